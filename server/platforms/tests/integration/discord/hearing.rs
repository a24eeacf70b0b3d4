//! Interactions, signed as Discord signs them, and the gateway's events.

use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use platforms::discord::Discord;
use platforms::http::Reach;
use platforms::{Connection, DecodeError, Delivery, Heard, Note, Platform, Wish};
use serde_json::{Value, json};
use types::platform::PlatformEvent;
use types::{BallotValue, CommunityId, ConnectionId, Json, Timestamp};

use crate::slack::hearing::torn;

const NOW: i64 = 1_700_000_010;
const GUILD: &str = "290926798626357999";

pub fn discord() -> Discord {
    Discord::new(Reach::Anywhere, Duration::from_millis(500)).unwrap()
}

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn connection(api: &str) -> Connection {
    let config = json!({
        "tenant": GUILD, "name": "Town", "application_id": "1", "public_key": hex(key().public_key().as_ref()),
        "channels": [], "hold_words": [], "api": api,
    });
    Connection {
        id: ConnectionId::NIL,
        community: CommunityId::NIL,
        platform: "discord".into(),
        config: Json(config),
        secrets: [("bot_token".to_owned(), "bot".into()), ("client_secret".to_owned(), "shh".into())].into(),
        own_user: "1".into(),
    }
}

fn signed_at(moment: i64, body: &[u8]) -> Delivery {
    let signature = key().sign(&[moment.to_string().as_bytes(), body].concat());
    Delivery {
        headers: vec![
            ("x-signature-timestamp".into(), moment.to_string()),
            ("x-signature-ed25519".into(), hex(signature.as_ref())),
        ],
        query: String::new(),
        body: body.to_vec(),
        received_at: Timestamp::from_millis(NOW * 1000),
        is_dialled: false,
    }
}

fn frame(kind: &str, data: Value) -> Delivery {
    let body = json!({ "op": 0, "t": kind, "s": 42, "d": data });
    Delivery::dialled(body.to_string().into_bytes(), Timestamp::from_millis(NOW * 1000))
}

fn heard(kind: &str, data: Value) -> Heard {
    discord().decode(&connection(""), &frame(kind, data)).unwrap()
}

pub fn message(content: &str) -> Value {
    json!({
        "id": "334385199974967042", "channel_id": "290926798999357250", "guild_id": GUILD, "type": 0,
        "author": { "id": "53908099506183680", "username": "mason", "global_name": "Mason" },
        "content": content, "attachments": [], "embeds": [], "edited_timestamp": null,
    })
}

fn click(custom_id: &str) -> Value {
    json!({
        "version": 1, "type": 3, "token": "unique_interaction_token", "id": "846462639134605312", "guild_id": GUILD,
        "channel_id": "290926798999357250", "application_id": "1", "data": { "custom_id": custom_id, "component_type": 2 },
        "member": { "user": { "id": "53908232506183680", "username": "mason" }, "roles": [], "permissions": "17179869183" },
    })
}

fn attempt(heard: &Heard) -> (String, Value, String, Value) {
    let found = heard.events.iter().find_map(|event| match event {
        PlatformEvent::Attempted { kind, payload, actor, undo, .. } => {
            Some((kind.to_string(), payload.0.clone(), actor.id.clone(), undo.0.clone()))
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no action: {heard:?}"))
}

#[test]
fn interactions_are_checked_before_anything_is_answered() {
    let (discord, ours) = (discord(), connection(""));
    let ping = json!({ "id": "1", "token": "t", "type": 1 }).to_string();
    let opened = discord.open(&ours, &signed_at(NOW, ping.as_bytes())).unwrap();
    assert_eq!(opened.answer.unwrap().body, r#"{"type":1}"#);
    let mut forged = signed_at(NOW, ping.as_bytes());
    forged.body = ping.replace('1', "2").into_bytes();
    assert_eq!(discord.open(&ours, &forged), Err(DecodeError::Forged));
    assert!(matches!(discord.open(&ours, &signed_at(NOW - 301, ping.as_bytes())), Err(DecodeError::Stale(..))));
    let mut unsigned = signed_at(NOW, ping.as_bytes());
    unsigned.headers.clear();
    assert_eq!(discord.open(&ours, &unsigned), Err(DecodeError::Unsigned));
    assert_eq!(
        discord.decode(&ours, &unsigned),
        Err(DecodeError::Unsigned),
        "gateway events come by our own socket alone"
    );
    let mut keyless = connection("");
    keyless.config.0["public_key"] = json!("");
    assert_eq!(discord.open(&keyless, &signed_at(NOW, ping.as_bytes())), Err(DecodeError::NotConfigured("public_key")));
}

#[test]
fn a_click_is_a_vote_and_is_answered_for_its_maker_alone() {
    let body = click("polity-vote:00000000-0000-0000-0000-000000000009:2").to_string();
    let opened = discord().open(&connection(""), &signed_at(NOW, body.as_bytes())).unwrap();
    assert_eq!(opened.tenant.as_deref(), Some(GUILD));
    let interaction = opened.interaction.unwrap();
    assert_eq!(interaction.user.id, "53908232506183680");
    assert!(matches!(&interaction.wish, Wish::Vote { value: Some(BallotValue::Choice(two)), .. } if two == "2"));
    let answer: Value = serde_json::from_str(&discord().reply(&interaction, "done @everyone").unwrap().body).unwrap();
    assert_eq!((&answer["type"], &answer["data"]["flags"]), (&json!(4), &json!(64)));
    assert_eq!(answer["data"]["allowed_mentions"], json!({ "parse": [] }));
    // The same over the gateway is answered by a call.
    let opened = discord()
        .open(
            &connection(""),
            &frame("INTERACTION_CREATE", click("polity-vote:00000000-0000-0000-0000-000000000009:yes")),
        )
        .unwrap();
    assert_eq!(discord().reply(&opened.interaction.unwrap(), "done"), None);
}

#[test]
fn a_command_has_its_words() {
    let mut body = click("");
    body["type"] = json!(2);
    body["data"] = json!({ "name": "polity", "options": [{ "name": "what", "type": 3, "value": "rules here" }] });
    let opened = discord().open(&connection(""), &signed_at(NOW, body.to_string().as_bytes())).unwrap();
    assert_eq!(opened.interaction.unwrap().wish, Wish::Command("rules here".into()));
}

#[test]
fn messages_are_heard_and_our_own_are_not() {
    let (kind, payload, actor, undo) = attempt(&heard("MESSAGE_CREATE", message("hello")));
    assert_eq!(
        (kind.as_str(), actor.as_str(), &payload["text"]),
        ("discord.post_message", "53908099506183680", &json!("hello"))
    );
    assert_eq!(undo["message"], "290926798999357250/334385199974967042");
    let mut ours = message("hello");
    ours["author"]["id"] = json!("1");
    assert_eq!(heard("MESSAGE_CREATE", ours), Heard::default());
    let mut hook = message("hello");
    hook["webhook_id"] = json!("9");
    assert!(
        matches!(&heard("MESSAGE_CREATE", hook).events[..], [PlatformEvent::Attempted { actor, .. }] if actor.is_bot)
    );
    let mut line = message("");
    line["type"] = json!(6);
    assert_eq!(heard("MESSAGE_CREATE", line), Heard::default(), "Discord's own line about a pin");
    let mut elsewhere = message("hello");
    elsewhere["guild_id"] = json!("999");
    assert_eq!(heard("MESSAGE_CREATE", elsewhere), Heard::default());
    assert_eq!(heard("MESSAGE_UPDATE", message("a preview was added")), Heard::default());
}

#[test]
fn answers_and_reactions_vote_and_are_taken_back() {
    let mut reply = message("+1 good");
    reply["type"] = json!(19);
    reply["message_reference"] = json!({ "message_id": "77", "channel_id": "290926798999357250" });
    let told = heard("MESSAGE_CREATE", reply.clone());
    let [PlatformEvent::Voted { event, message, value, .. }, PlatformEvent::Attempted { .. }] = &told.events[..] else {
        panic!("{told:?}")
    };
    assert_eq!((message.as_str(), value), ("290926798999357250/77", &BallotValue::Yes));
    reply["content"] = json!("hm");
    reply["edited_timestamp"] = json!("2023-11-14T22:13:29Z");
    assert!(
        matches!(&heard("MESSAGE_UPDATE", reply).events[0], PlatformEvent::Withdrew { cast_by, .. } if cast_by == event)
    );
    let gone = json!({ "id": "334385199974967042", "channel_id": "290926798999357250", "guild_id": GUILD });
    assert!(
        matches!(&heard("MESSAGE_DELETE", gone).events[..], [PlatformEvent::Withdrew { cast_by, .. }] if cast_by == event)
    );

    let reaction = json!({ "user_id": "5", "channel_id": "2", "message_id": "3", "guild_id": GUILD, "emoji": { "id": null, "name": "👍🏽" }, "member": { "user": { "id": "5" } } });
    let added = heard("MESSAGE_REACTION_ADD", reaction.clone());
    let [PlatformEvent::Voted { event, message, value: BallotValue::Yes, .. }] = &added.events[..] else {
        panic!("{added:?}")
    };
    assert_eq!(message, "2/3");
    assert!(
        matches!(&heard("MESSAGE_REACTION_REMOVE", reaction.clone()).events[..], [PlatformEvent::Withdrew { cast_by, .. }] if cast_by == event)
    );
    let mut bot = reaction;
    bot["member"]["user"]["bot"] = json!(true);
    assert_eq!(heard("MESSAGE_REACTION_ADD", bot), Heard::default());
}

#[test]
fn the_audit_log_says_who_did_what_and_what_was_before() {
    let entry = |action_type: u64, target: &str, changes: Value| json!({ "id": "334385199974967042", "guild_id": GUILD, "user_id": "53908099506183680", "target_id": target, "action_type": action_type, "changes": changes });
    let told = |entry: Value| attempt(&heard("GUILD_AUDIT_LOG_ENTRY_CREATE", entry));
    let (kind, payload, actor, undo) =
        told(entry(11, "2", json!([{ "key": "name", "old_value": "one", "new_value": "two" }])));
    assert_eq!((kind.as_str(), actor.as_str()), ("discord.rename_channel", "53908099506183680"));
    assert_eq!((&payload["name"], &undo["before"]), (&json!("two"), &json!("one")));
    assert_eq!(told(entry(12, "2", json!([{ "key": "name", "old_value": "one" }]))).0, "discord.delete_channel");
    assert_eq!(
        told(entry(10, "2", json!([{ "key": "name", "new_value": "one" }, { "key": "type", "new_value": 0 }]))).0,
        "discord.create_channel"
    );
    assert_eq!(told(entry(20, "5", json!([]))).0, "discord.kick");
    assert_eq!(told(entry(22, "5", json!([]))).0, "discord.ban");
    assert_eq!(told(entry(23, "5", json!([]))).0, "discord.unban");
    let (kind, payload, ..) =
        told(entry(25, "5", json!([{ "key": "$add", "new_value": [{ "id": "8", "name": "Mod" }] }])));
    assert_eq!((kind.as_str(), &payload["role"]), ("discord.grant_role", &json!("8")));
    let (kind, payload, _, undo) =
        told(entry(24, "5", json!([{ "key": "communication_disabled_until", "new_value": "2026-11-22T12:00:00Z" }])));
    assert_eq!(
        (kind.as_str(), &payload["until"], &undo["before"]),
        ("discord.timeout", &json!("2026-11-22T12:00:00Z"), &json!(""))
    );
    let mut pin = entry(74, "5", json!([]));
    pin["options"] = json!({ "channel_id": "2", "message_id": "3" });
    assert_eq!(told(pin).1["message"], "2/3");
    let mut ours = entry(20, "5", json!([]));
    ours["user_id"] = json!("1");
    assert_eq!(heard("GUILD_AUDIT_LOG_ENTRY_CREATE", ours), Heard::default());
}

#[test]
fn what_automod_held_has_not_happened() {
    let blocked = json!({ "guild_id": GUILD, "action": { "type": 1 }, "rule_id": "9", "user_id": "5", "channel_id": "2", "content": "buy my book", "matched_keyword": "book" });
    let told = heard("AUTO_MODERATION_ACTION_EXECUTION", blocked.clone());
    assert!(matches!(&told.events[..], [PlatformEvent::Attempted { happened: false, .. }]), "{told:?}");
    let mut alerted = blocked;
    alerted["action"]["type"] = json!(2);
    assert_eq!(heard("AUTO_MODERATION_ACTION_EXECUTION", alerted), Heard::default());
}

#[test]
fn being_removed_is_no_outage() {
    assert!(matches!(&heard("GUILD_DELETE", json!({ "id": GUILD })).notes[..], [Note::Uninstalled { .. }]));
    assert_eq!(heard("GUILD_DELETE", json!({ "id": GUILD, "unavailable": true })), Heard::default());
}

#[test]
fn everything_with_anything_torn_out_is_read_without_panic() {
    let (discord, ours) = (discord(), connection(""));
    let whole = [
        json!({ "op": 0, "t": "MESSAGE_CREATE", "s": 1, "d": message("+1") }),
        json!({ "op": 0, "t": "INTERACTION_CREATE", "s": 1, "d": click("polity-vote:00000000-0000-0000-0000-000000000009:yes") }),
        json!({ "op": 0, "t": "GUILD_AUDIT_LOG_ENTRY_CREATE", "s": 1, "d": { "id": "1", "guild_id": GUILD, "user_id": "5", "target_id": "6", "action_type": 25, "changes": [{ "key": "$add", "new_value": [{ "id": "8" }] }] } }),
    ];
    for whole in &whole {
        for torn in torn(whole) {
            let delivery = Delivery::dialled(torn.to_string().into_bytes(), Timestamp(0));
            let _ = (discord.open(&ours, &delivery), discord.decode(&ours, &delivery));
        }
    }
}
