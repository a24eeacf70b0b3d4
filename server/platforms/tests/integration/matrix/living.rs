//! One town square on a real Synapse: everything that members do is heard, undone, and carried out.
//!
//! One test, because the homeserver pushes to one port: the scenes follow each other.

mod aside;

use aside::{encryption, looking_up, outage, talking_to_one};
use platforms::{Note, Platform};
use reqwest::Method;
use serde_json::json;
use types::platform::{Operation, PlatformEvent};
use types::{Ask, BallotValue, Json};

use super::homeserver::{Somebody, World, environment, person};

#[tokio::test]
async fn a_town_square_on_a_real_homeserver() {
    let Some(env) = environment() else { return };
    let mut world = World::new(env).await;
    let (alice, bob, carol) =
        (world.register("alice").await, world.register("bob").await, world.register("carol").await);

    for version in ["12", "10"] {
        eprintln!("a room of version {version}");
        let room = found(&mut world, &alice, &bob, version).await;
        renaming(&mut world, &alice, &room).await;
        two_renames_at_once(&mut world, &alice, &bob, &room).await;
        messages(&mut world, &alice, &bob, &room).await;
        voting(&mut world, &alice, &bob, &room).await;
        power(&mut world, &alice, &bob, &room, version).await;
        coming_and_going(&mut world, &alice, &carol, &room).await;
        other_state(&mut world, &alice, &room).await;
        looking_up(&mut world, &alice, &room, version).await;
        let rest = world.rest(&alice, &room).await;
        assert!(rest.is_empty(), "heard but not expected, our own doings among them: {rest:#?}");
    }
    outage(&mut world, &alice).await;
    talking_to_one(&mut world, &alice, &bob).await;
    encryption(&mut world, &alice).await;
}

/// Alice opens a room, invites Polity, and gives it power; Bob comes too.
async fn found(world: &mut World, alice: &Somebody, bob: &Somebody, version: &str) -> String {
    let options = json!({
        "name": "town square", "topic": "talk", "preset": "public_chat", "room_version": version,
        "room_alias_name": format!("square{version}-{}", alice.id.len() + usize::try_from(std::process::id()).unwrap()),
    });
    let room = world.create_room(alice, options).await;
    let own = world.connection.own_user.clone();

    // Before it is invited it cannot govern, and says what to do.
    world.govern(&[&room]);
    let invite_only = world.set_state(alice, &room, "m.room.join_rules", json!({ "join_rule": "invite" })).await;
    assert!(invite_only["event_id"].is_string(), "{invite_only}");
    let installed = world.matrix.install(&world.connection).await.unwrap();
    assert_eq!((installed.own_user.as_str(), installed.places.len()), (own.as_str(), 0));
    assert_eq!(installed.warnings, [format!("Polity is not in {room}: invite {own} there, then try again")]);

    // The invitation is heard and accepted.
    world.govern(&[]);
    world.client(alice, Method::POST, &format!("rooms/{room}/invite"), json!({ "user_id": own })).await;
    loop {
        let delivery = world.next_delivery().await;
        let heard = world.matrix.decode(&world.connection, &delivery).unwrap();
        assert_eq!(heard.events, [], "a room that is not governed was listened to");
        if heard.notes.contains(&Note::Invited { place: room.clone(), by: alice.id.clone() }) {
            break;
        }
    }
    world.matrix.join(&world.connection, &room).await.unwrap();

    // Without power it says what it cannot do.
    world.govern(&[&room]);
    let installed = world.matrix.install(&world.connection).await.unwrap();
    assert_eq!(installed.places, std::slice::from_ref(&room));
    assert!(
        installed
            .warnings
            .contains(&"in “town square” Polity cannot remove messages: it has power 0 and needs 50".into()),
        "{:?}",
        installed.warnings
    );
    let mut levels = world.state(alice, &room, "m.room.power_levels", "").await;
    levels["users"][&own] = json!(100);
    levels["users"][&bob.id] = json!(50);
    world.set_state(alice, &room, "m.room.power_levels", levels).await;
    let heard = world.hear_attempt("matrix.set_power_level").await;
    let PlatformEvent::Attempted { payload, .. } = &heard else { panic!() };
    assert_eq!(payload.0, json!({ "room": room, "user": bob.id, "level": 50 }));
    world.set_state(alice, &room, "m.room.join_rules", json!({ "join_rule": "public" })).await;
    world.hear_attempt("matrix.set_join_rules").await;
    let installed = world.matrix.install(&world.connection).await.unwrap();
    assert!(!installed.warnings.iter().any(|warning| warning.contains("needs")), "{:?}", installed.warnings);

    world.client(bob, Method::POST, &format!("join/{room}"), json!({})).await;
    let joined = world.hear(|event| matches!(event, PlatformEvent::Joined { .. })).await;
    let PlatformEvent::Joined { user, .. } = &joined else { panic!() };
    assert_eq!(user.id, bob.id);
    room
}

/// The scene of the design: renamed, snapped back, voted on, renamed.
async fn renaming(world: &mut World, alice: &Somebody, room: &str) {
    world.set_state(alice, room, "m.room.name", json!({ "name": "plaza" })).await;
    let heard = world.hear_attempt("matrix.rename_room").await;
    let PlatformEvent::Attempted { payload, actor, happened, .. } = &heard else { panic!() };
    assert_eq!((payload.0.clone(), &actor.id, *happened), (json!({ "room": room, "name": "plaza" }), &alice.id, true));

    world.undo(&heard).await;
    assert_eq!(name(world, alice, room).await, "town square");
    let again = world.undo(&heard).await;
    assert_eq!(again.detail.get("unchanged"), Some(&json!(true)));

    world.carry_out(&heard).await;
    assert_eq!(name(world, alice, room).await, "plaza");
    // What we carried out can be undone by its receipt, too, and carried out once more.
    world.undo(&heard).await;
    assert_eq!(name(world, alice, room).await, "town square");
    world.carry_out(&heard).await;
    assert_eq!(name(world, alice, room).await, "plaza");
    world.undo(&heard).await;
    assert_eq!(name(world, alice, room).await, "town square");
}

/// Two members rename at the same time, and both are held: whatever the order, the room is called what it was called.
async fn two_renames_at_once(world: &mut World, alice: &Somebody, bob: &Somebody, room: &str) {
    for first_is_undone_first in [true, false] {
        world.set_state(alice, room, "m.room.name", json!({ "name": "plaza" })).await;
        world.set_state(bob, room, "m.room.name", json!({ "name": "market" })).await;
        let one = world.hear_attempt("matrix.rename_room").await;
        let two = world.hear_attempt("matrix.rename_room").await;
        for heard in if first_is_undone_first { [&one, &two] } else { [&two, &one] } {
            world.undo(heard).await;
        }
        assert_eq!(name(world, alice, room).await, "town square");
    }
}

async fn messages(world: &mut World, alice: &Somebody, bob: &Somebody, room: &str) {
    let said = world.send(bob, room, "m.room.message", json!({ "msgtype": "m.text", "body": "buy <b>" })).await;
    let heard = world.hear_attempt("matrix.post_message").await;
    assert_eq!(heard.event(), said);
    world.undo(&heard).await;
    let event = world.event(alice, room, &said).await;
    assert_eq!(event["content"], json!({}));
    assert_eq!(event["unsigned"]["redacted_because"]["content"]["reason"], "it needs a vote");
    world.undo(&heard).await;

    let receipt = world.carry_out(&heard).await;
    let posted = receipt.external.clone().unwrap();
    let event = world.event(alice, room, &posted).await;
    let name = person(&bob.id).display_name;
    assert_eq!(event["sender"], world.connection.own_user);
    assert_eq!(event["content"]["body"], format!("{name}: buy <b>"));
    assert_eq!(event["content"]["formatted_body"], format!("<strong>{name}</strong>: buy &lt;b&gt;"));

    // A picture comes back as the picture.
    let picture =
        json!({ "msgtype": "m.image", "body": "cat.png", "url": "mxc://polity.test/cat", "info": { "w": 3 } });
    world.send(bob, room, "m.room.message", picture).await;
    let heard = world.hear_attempt("matrix.post_message").await;
    world.undo(&heard).await;
    let again = world.carry_out(&heard).await.external.unwrap();
    let event = world.event(alice, room, &again).await;
    assert_eq!(event["content"]["url"], "mxc://polity.test/cat");
    assert_eq!(event["content"]["body"], format!("{name}: cat.png"));

    // The same key says it once.
    let key = world.key();
    let post = Operation::Post { place: room.to_owned(), text: "once".into(), thread: Some(posted.clone()) };
    let first = world.matrix.apply(&world.connection, &post, key).await.unwrap();
    let second = world.matrix.apply(&world.connection, &post, key).await.unwrap();
    assert_eq!(first, second);
    let said = world.messages(alice, room).await;
    let n_said = said.iter().filter(|event| event["content"]["body"] == "once").count();
    assert_eq!(n_said, 1);

    // A member's edit is an action of its own: undone, the first text stands again.
    let own = world.send(bob, room, "m.room.message", json!({ "msgtype": "m.text", "body": "fine" })).await;
    world.hear_attempt("matrix.post_message").await;
    let edit = json!({
        "msgtype": "m.text", "body": "* foul", "m.new_content": { "msgtype": "m.text", "body": "foul" },
        "m.relates_to": { "rel_type": "m.replace", "event_id": own },
    });
    world.send(bob, room, "m.room.message", edit).await;
    let heard = world.hear_attempt("matrix.post_message").await;
    let PlatformEvent::Attempted { payload, .. } = &heard else { panic!() };
    assert_eq!(payload.text("text"), Some("foul"));
    world.undo(&heard).await;
    assert_eq!(world.event(alice, room, &own).await["content"]["body"], "fine");

    // Removing somebody's message as an action keeps what it said.
    let payload = Json(json!({ "room": room, "event": own, "reason": "off topic" }));
    let kind = "matrix.remove_message".parse().unwrap();
    let remove = Operation::Execute { kind, payload, initiator: None, undo: Json::default() };
    let receipt = world.apply(remove).await.unwrap();
    assert_eq!(receipt.detail.get("content").and_then(|content| content.get("body")), Some(&json!("fine")));
}

async fn voting(world: &mut World, alice: &Somebody, bob: &Somebody, room: &str) {
    let ask = Ask { text: "Rename the square?".into(), ..Ask::default() };
    let ballot = Operation::PostBallot {
        place: "Town Square".into(),
        ask,
        url: Some("https://polity.example/c/fern/proposals/1".into()),
        proposal: None,
    };
    let ballot = world.apply(ballot).await.unwrap().external.unwrap();
    let offered = world.messages(alice, room).await;
    let offered = offered.iter().filter(|event| event["type"] == "m.reaction").count();
    assert_eq!(offered, 2, "👍 and 👎");

    let react = |key: &str| json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": ballot, "key": key } });
    let cast = world.send(alice, room, "m.reaction", react("👍🏽")).await;
    let voted = world.hear(|event| matches!(event, PlatformEvent::Voted { .. })).await;
    let PlatformEvent::Voted { event, message, voter, value, .. } = &voted else { panic!() };
    assert_eq!((event, message, &voter.id, value), (&cast, &ballot, &alice.id, &BallotValue::Yes));

    world.client(alice, Method::PUT, &format!("rooms/{room}/redact/{cast}/w{cast}"), json!({})).await;
    let withdrew = world.hear(|event| matches!(event, PlatformEvent::Withdrew { .. })).await;
    let PlatformEvent::Withdrew { cast_by, .. } = &withdrew else { panic!() };
    assert_eq!(cast_by, &cast);

    let reply = json!({
        "msgtype": "m.text", "body": "> <@polity> Rename?\n\n-1 too dear",
        "m.relates_to": { "m.in_reply_to": { "event_id": ballot } },
    });
    world.send(bob, room, "m.room.message", reply).await;
    let voted = world.hear(|event| matches!(event, PlatformEvent::Voted { .. })).await;
    let PlatformEvent::Voted { message, voter, value, .. } = &voted else { panic!() };
    assert_eq!((message, &voter.id, value), (&ballot, &bob.id, &BallotValue::No));
    world.hear_attempt("matrix.post_message").await;

    let text = "Closed: 1 against.".to_owned();
    let update = Operation::UpdateBallot { place: room.to_owned(), message: ballot.clone(), text, open: None };
    world.apply(update).await.unwrap();
    let shown = world.event(alice, room, &ballot).await;
    assert_eq!(shown["unsigned"]["m.relations"]["m.replace"]["content"]["m.new_content"]["body"], "Closed: 1 against.");
}

async fn power(world: &mut World, alice: &Somebody, bob: &Somebody, room: &str, version: &str) {
    let mut levels = world.state(alice, room, "m.room.power_levels", "").await;
    levels["users"][&bob.id] = json!(75);
    levels["users"]["@dora:hs.test"] = json!(10);
    world.set_state(alice, room, "m.room.power_levels", levels).await;
    let (one, two) =
        (world.hear_attempt("matrix.set_power_level").await, world.hear_attempt("matrix.set_power_level").await);
    let about = |event: &PlatformEvent| match event {
        PlatformEvent::Attempted { payload, .. } => payload.text("user").unwrap().to_owned(),
        other => panic!("{other:?}"),
    };
    let (bobs, doras) = if about(&one) == bob.id { (one, two) } else { (two, one) };

    // Each is undone by itself; the other stays.
    world.undo(&bobs).await;
    let levels = world.state(alice, room, "m.room.power_levels", "").await;
    assert_eq!((&levels["users"][&bob.id], &levels["users"]["@dora:hs.test"]), (&json!(50), &json!(10)));
    world.undo(&doras).await;
    let levels = world.state(alice, room, "m.room.power_levels", "").await;
    assert_eq!(levels["users"].get("@dora:hs.test"), None);
    world.carry_out(&bobs).await;
    assert_eq!(world.state(alice, room, "m.room.power_levels", "").await["users"][&bob.id], 75);

    let kind = "matrix.set_power_level".parse().unwrap();
    let payload = Json(json!({ "room": room, "user": alice.id, "level": 0 }));
    let demote = Operation::Execute { kind, payload, initiator: None, undo: Json::default() };
    let why = world.apply(demote).await.unwrap_err().to_string();
    let expected = if version == "12" {
        format!("{} created the room and has power without limit, which cannot be changed", alice.id)
    } else {
        "the homeserver does not let Polity change a power level: ".to_owned()
    };
    assert!(why.starts_with(&expected), "{why}");
}

async fn coming_and_going(world: &mut World, alice: &Somebody, carol: &Somebody, room: &str) {
    let steps = |verb: &str| format!("rooms/{room}/{verb}");
    let carol_is = json!({ "user_id": carol.id });

    // Invited, uninvited, invited by decision.
    world.client(alice, Method::POST, &steps("invite"), carol_is.clone()).await;
    let invited = world.hear_attempt("matrix.invite").await;
    world.undo(&invited).await;
    assert_eq!(membership(world, alice, room, carol).await, "leave");
    world.carry_out(&invited).await;
    world.carry_out(&invited).await;
    assert_eq!(membership(world, alice, room, carol).await, "invite");
    world.client(carol, Method::POST, &format!("join/{room}"), json!({})).await;
    world.hear(|event| matches!(event, PlatformEvent::Joined { .. })).await;

    // Kicked, invited back, kicked by decision.
    world.client(alice, Method::POST, &steps("kick"), json!({ "user_id": carol.id, "reason": "noise" })).await;
    let kicked = world.hear_attempt("matrix.kick").await;
    world.undo(&kicked).await;
    assert_eq!(membership(world, alice, room, carol).await, "invite");
    world.carry_out(&kicked).await;
    assert_eq!(membership(world, alice, room, carol).await, "leave");

    // Banned, unbanned, banned by decision; the ban lifted, restored, lifted by decision.
    world.client(alice, Method::POST, &steps("ban"), carol_is.clone()).await;
    let banned = world.hear_attempt("matrix.ban").await;
    world.undo(&banned).await;
    assert_eq!(membership(world, alice, room, carol).await, "leave");
    world.carry_out(&banned).await;
    assert_eq!(membership(world, alice, room, carol).await, "ban");
    world.client(alice, Method::POST, &steps("unban"), carol_is).await;
    let unbanned = world.hear_attempt("matrix.unban").await;
    world.undo(&unbanned).await;
    assert_eq!(membership(world, alice, room, carol).await, "ban");
    world.carry_out(&unbanned).await;
    assert_eq!(membership(world, alice, room, carol).await, "leave");

    // Coming and going by oneself is no action.
    world.client(carol, Method::POST, &format!("join/{room}"), json!({})).await;
    world.hear(|event| matches!(event, PlatformEvent::Joined { .. })).await;
    world.client(carol, Method::POST, &steps("leave"), json!({})).await;
    world.hear(|event| matches!(event, PlatformEvent::Left { .. })).await;
}

async fn other_state(world: &mut World, alice: &Somebody, room: &str) {
    let pin = world.send(alice, room, "m.room.message", json!({ "msgtype": "m.text", "body": "rules" })).await;
    world.hear_attempt("matrix.post_message").await;
    for (action, kind, content) in [
        ("matrix.set_topic", "m.room.topic", json!({ "topic": "weather" })),
        ("matrix.set_avatar", "m.room.avatar", json!({ "url": "mxc://polity.test/square" })),
        (
            "matrix.set_join_rules",
            "m.room.join_rules",
            json!({ "join_rule": "restricted", "allow": [{ "type": "m.room_membership", "room_id": "!friends:polity.test" }] }),
        ),
        ("matrix.set_pinned", "m.room.pinned_events", json!({ "pinned": [pin] })),
    ] {
        let before = world.state(alice, room, kind, "").await;
        let before = if before.get("errcode").is_some() { json!({}) } else { before };
        world.set_state(alice, room, kind, content.clone()).await;
        let heard = world.hear_attempt(action).await;
        world.undo(&heard).await;
        assert_eq!(world.state(alice, room, kind, "").await, before, "{action} was not undone");
        world.carry_out(&heard).await;
        assert_eq!(world.state(alice, room, kind, "").await, content, "{action} was not carried out");
    }
}

async fn name(world: &World, who: &Somebody, room: &str) -> String {
    world.state(who, room, "m.room.name", "").await["name"].as_str().unwrap().to_owned()
}

async fn membership(world: &World, who: &Somebody, room: &str, of: &Somebody) -> String {
    let state = world.state(who, room, "m.room.member", &of.id).await;
    state["membership"].as_str().unwrap_or_else(|| panic!("{state}")).to_owned()
}
