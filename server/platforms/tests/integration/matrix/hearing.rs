//! Decoding what Synapse 1.163.2 really pushed (`tests/payloads/matrix/`).

use std::sync::LazyLock;

use expect_test::{Expect, expect};
use platforms::http::Reach;
use platforms::matrix::{CALL_WITHIN, Matrix};
use platforms::{Connection, DecodeError, Delivery, Heard, Platform};
use serde_json::{Value, json};
use types::platform::PlatformEvent;
use types::{CommunityId, ConnectionId, Json, Timestamp};

pub static MATRIX: LazyLock<Matrix> = LazyLock::new(|| Matrix::new(Reach::Public, CALL_WITHIN).unwrap());

pub fn connection() -> Connection {
    Connection {
        id: ConnectionId::NIL,
        community: CommunityId::NIL,
        platform: "matrix".into(),
        config: Json(json!({
            "homeserver": "https://polity.test",
            "rooms": ["!plaza12", "!plaza10:polity.test"],
            "bots": ["@weatherbot:polity.test"],
        })),
        secrets: [("hs_token".to_owned(), "from-the-homeserver".into())].into(),
        own_user: "@polity:polity.test".into(),
    }
}

pub fn delivery(token: Option<&str>, body: &[u8]) -> Delivery {
    Delivery {
        headers: token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))).into_iter().collect(),
        query: String::new(),
        body: body.to_vec(),
        received_at: Timestamp::from_millis(4_000_000_000_000),
        is_dialled: false,
    }
}

pub fn hear(body: &[u8]) -> Result<Heard, DecodeError> {
    MATRIX.decode(&connection(), &delivery(Some("from-the-homeserver"), body))
}

pub fn recorded(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/payloads/matrix/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Hears the recorded transaction `name` and compares what was said, one line each.
#[track_caller]
fn check(name: &str, expected: Expect) {
    expected.assert_eq(&told(&hear(&recorded(name)).unwrap()));
}

#[track_caller]
fn check_event(event: Value, expected: Expect) {
    expected.assert_eq(&told(&hear(json!({ "events": [event] }).to_string().as_bytes()).unwrap()));
}

fn told(heard: &Heard) -> String {
    let events = heard.events.iter().map(|event| match event {
        PlatformEvent::Attempted { event, kind, payload, undo, actor, happened, .. } => {
            assert!(happened, "whatever a homeserver tells has happened");
            let before = undo.get("content").filter(|_| undo.get("type").is_some());
            let before = before.map(|content| format!("\n  before: {content}")).unwrap_or_default();
            format!("{event} {} {kind} {}{before}", actor.id, payload.0)
        }
        PlatformEvent::Voted { event, message, voter, value, .. } => {
            format!("{event} {} votes {} on {message}", voter.id, serde_json::to_string(value).unwrap())
        }
        PlatformEvent::Withdrew { event, cast_by, .. } => format!("{event} withdraws {cast_by}"),
        PlatformEvent::Joined { event, user, .. } => format!("{event} {} ({:?}) joined", user.id, user.display_name),
        PlatformEvent::Known { .. } => panic!("matrix tells what a value was"),
        PlatformEvent::Left { event, user, .. } => format!("{event} {} left", user.id),
    });
    let notes = heard.notes.iter().map(|note| format!("{note:?}"));
    events.chain(notes).map(|line| line + "\n").collect()
}

#[test]
fn messages() {
    check(
        "message",
        expect![[r#"
        $kmsux73hp5qwbj_EnjafZDFJQ-sEIbD5Q4-TWyyA0OE @bob:polity.test matrix.post_message {"room":"!plaza12","text":"hello *all*"}
    "#]],
    );
    check(
        "edit",
        expect![[r#"
        $NJrCwFOh8FifyMws-y9YTsnDYLDnYdXofcWRhB-66Eg @bob:polity.test matrix.post_message {"room":"!plaza12","text":"bye"}
    "#]],
    );
    check(
        "reply",
        expect![[r#"
        $hCGZy6dpVsSLEGWpNR88nlGvOC8ixhe2pTwgzsYobaQ @bob:polity.test votes false on $CH_K_8jTnen8IpQpNjLRVKLZnISQP-jKrc1ZzbemCqY
        $hCGZy6dpVsSLEGWpNR88nlGvOC8ixhe2pTwgzsYobaQ @bob:polity.test matrix.post_message {"room":"!plaza12","text":"-1 too dear"}
    "#]],
    );
    check(
        "thread",
        expect![[r#"
        $9kyvjuh2wCAMKkijG1_39TDPkurdZCOBb7dUZwsmdBw @alice:polity.test votes ["3","1","2"] on $CH_K_8jTnen8IpQpNjLRVKLZnISQP-jKrc1ZzbemCqY
        $9kyvjuh2wCAMKkijG1_39TDPkurdZCOBb7dUZwsmdBw @alice:polity.test matrix.post_message {"room":"!plaza12","text":"3 1 2"}
    "#]],
    );
}

#[test]
fn votes() {
    check(
        "reaction",
        expect![[r#"
        $JPdwW86cG8N6DStqfFReVMe93GsQQAsk7I6RK7hj8Mo @bob:polity.test votes true on $CH_K_8jTnen8IpQpNjLRVKLZnISQP-jKrc1ZzbemCqY
    "#]],
    );
    check(
        "withdrawal",
        expect![[r#"
        $ZV9xD2X1HoK4uFcLMlO_UYuBnXpXrqSXsor44b_yumk withdraws $JPdwW86cG8N6DStqfFReVMe93GsQQAsk7I6RK7hj8Mo
    "#]],
    );
    check(
        "withdrawal_version_10",
        expect![[r#"
        $8wa4zFxgXuY4nFcf6LA9szl9uFHTNmMkJPLItiFV_L0 withdraws $-ABh7Q7hGGFOn1zeXA4h8NOVtEvqGxnD07gbLVXSAR8
    "#]],
    );
}

#[test]
fn the_state_of_a_room() {
    check(
        "rename",
        expect![[r#"
        $R_GG6CXhXXdg2jc3pdW2wVESCdUPHCNSnbIm6KgWqac @alice:polity.test matrix.rename_room {"name":"plaza","room":"!plaza12"}
          before: {"name":"town square"}
    "#]],
    );
    check(
        "rename_version_10",
        expect![[r#"
        $_-fPTLhRNM5LMWpcku85aFLnXzaN5xL_Ge0aGuujbj8 @alice:polity.test matrix.rename_room {"name":"plaza","room":"!plaza10:polity.test"}
          before: {"name":"town square"}
    "#]],
    );
    check(
        "topic",
        expect![[r#"
        $coaAX3xhgacuh0I_htCnoD6kUy07wRM3PlDOPbhWJR0 @bob:polity.test matrix.set_topic {"room":"!plaza12","topic":"weather"}
          before: {"m.topic":{"m.text":[{"body":"talk"}]},"topic":"talk"}
    "#]],
    );
    check(
        "first_picture",
        expect![[r#"
        $jE7qMQ6-TX0Gi1OU1NfjXX47-dW2xx1d9AkaI1c0HPs @alice:polity.test matrix.set_avatar {"room":"!plaza12","url":"mxc://x/y"}
          before: {}
    "#]],
    );
    check(
        "join_rules",
        expect![[r#"
        $GFFzWIOFqRMORbaV00tp-oFdrxxHDszzFLfe4fEqRQk @alice:polity.test matrix.set_join_rules {"room":"!plaza12","rule":"invite"}
          before: {"join_rule":"public"}
    "#]],
    );
    check(
        "pin",
        expect![[r#"
        $YJ5bVDwQIxA9BY6QeLsgxJvAe5s6VOBkbaesXF3LWgM @bob:polity.test matrix.set_pinned {"events":["$kmsux73hp5qwbj_EnjafZDFJQ-sEIbD5Q4-TWyyA0OE"],"room":"!plaza12"}
          before: {}
    "#]],
    );
}

#[test]
fn power() {
    check(
        "power_levels",
        expect![[r#"
            $EkabVt74-_CcFqy-MzFWkKgebkMTJRppWa65zIjiCrw#@bob:polity.test @alice:polity.test matrix.set_power_level {"level":50,"room":"!plaza12","user":"@bob:polity.test"}
              before: {"ban":50,"events":{"m.call.invite":50,"m.room.avatar":50,"m.room.canonical_alias":50,"m.room.encryption":100,"m.room.history_visibility":100,"m.room.name":50,"m.room.power_levels":100,"m.room.server_acl":100,"m.room.tombstone":150},"events_default":0,"historical":100,"invite":50,"kick":50,"redact":50,"state_default":50,"users":{},"users_default":0}
        "#]],
    );
    check(
        "power_levels_version_10",
        expect![[r#"
            $0cFGc3ZXz45CpwqylnA-rjJWdK7g7qQh1a5D1E8n6S4#@bob:polity.test @alice:polity.test matrix.set_power_level {"level":50,"room":"!plaza10:polity.test","user":"@bob:polity.test"}
              before: {"ban":50,"events":{"m.call.invite":50,"m.room.avatar":50,"m.room.canonical_alias":50,"m.room.encryption":100,"m.room.history_visibility":100,"m.room.name":50,"m.room.power_levels":100,"m.room.server_acl":100,"m.room.tombstone":100},"events_default":0,"historical":100,"invite":50,"kick":50,"redact":50,"state_default":50,"users":{"@alice:polity.test":100},"users_default":0}
        "#]],
    );
}

#[test]
fn membership() {
    check(
        "invite",
        expect![[r#"
        $9QCGe6LeDHMECE17o-cXcd9sMqOkYi0RDV_HhMpSAnw @alice:polity.test matrix.invite {"room":"!plaza12","user":"@carol:polity.test"}
          before: {}
    "#]],
    );
    check(
        "join",
        expect![[r#"
        $X4EHP0JKt3zPcHCuWFMEGbPnhn5h-OkxQCQ6SX-jL4k @carol:polity.test (Some("carol")) joined
    "#]],
    );
    check("profile", expect![[""]]);
    check(
        "kick",
        expect![[r#"
        $MhS_wOW3p97whpQc5zc9yMOxhC_vP9IHaTVx6PW3dxc @bob:polity.test matrix.kick {"reason":"noise","room":"!plaza12","user":"@carol:polity.test"}
          before: {"displayname":"Carol None","membership":"join"}
    "#]],
    );
    check(
        "ban",
        expect![[r#"
        $-RYH8x7OMCgjBKBky-n5cpEo3f-LKIifQhaoDWvbs-4 @bob:polity.test matrix.ban {"reason":"spam","room":"!plaza12","user":"@carol:polity.test"}
          before: {"membership":"leave","reason":"noise"}
    "#]],
    );
    check(
        "unban",
        expect![[r#"
        $pRgsqI3dn6cxcksyowDAGeEMB5SdEj2-X7Dbff79kUI @bob:polity.test matrix.unban {"room":"!plaza12","user":"@carol:polity.test"}
          before: {"membership":"ban","reason":"spam"}
    "#]],
    );
    check(
        "leave",
        expect![[r#"
        $EEew8RpqkZ4Bg6EqsahFT1itNXNoXMtSeGqpv7y095M @bob:polity.test left
    "#]],
    );
}

#[test]
fn our_own_doings_are_not_heard() {
    check("our_own_message", expect![[""]]);
    check("our_own_rename", expect![[""]]);
}

#[test]
fn what_the_community_should_know() {
    check(
        "invited_ourselves",
        expect![[r#"
        Invited { place: "!plaza12", by: "@alice:polity.test" }
    "#]],
    );
    check(
        "removed_ourselves",
        expect![[r#"
        LostPlace { place: "!plaza12", why: "@alice:polity.test removed Polity from the room, so it is not governed any more" }
    "#]],
    );
    check(
        "encryption",
        expect![[r#"
        Ungovernable { place: "!plaza12", why: "the room is encrypted: Polity cannot read what is said there, so it cannot govern it" }
    "#]],
    );
    check(
        "encrypted",
        expect![[r#"
        Ungovernable { place: "!plaza12", why: "the room is encrypted: Polity cannot read what is said there, so it cannot govern it" }
    "#]],
    );
}

#[test]
fn a_room_that_is_not_ours_is_not_looked_at() {
    let elsewhere = String::from_utf8(recorded("rename")).unwrap().replace("!plaza12", "!elsewhere");
    assert_eq!(hear(elsewhere.as_bytes()).unwrap(), Heard::default());
}

#[test]
fn a_state_event_that_changes_nothing_is_nobodys_action() {
    check_event(
        json!({
            "event_id": "$1", "type": "m.room.name", "sender": "@ada:polity.test", "room_id": "!plaza12",
            "state_key": "", "content": { "name": "plaza" },
            "unsigned": { "prev_content": { "name": "plaza" }, "replaces_state": "$0" },
        }),
        expect![[""]],
    );
}

#[test]
fn a_program_is_known_by_the_settings_alone() {
    let message = |sender: &str, kind: &str| {
        let event = json!({
            "event_id": "$1", "type": "m.room.message", "sender": sender, "room_id": "!plaza12",
            "content": { "msgtype": kind, "body": "rain" },
        });
        let heard = hear(json!({ "events": [event] }).to_string().as_bytes()).unwrap();
        let PlatformEvent::Attempted { actor, .. } = &heard.events[0] else { panic!("no action") };
        actor.is_bot
    };
    assert!(message("@weatherbot:polity.test", "m.text"));
    assert!(!message("@ada:polity.test", "m.notice"));
}

#[test]
fn a_servers_clock_ahead_of_ours_does_not_act_tomorrow() {
    let event = json!({
        "event_id": "$1", "type": "m.room.message", "sender": "@ada:far.test", "room_id": "!plaza12",
        "origin_server_ts": 9_000_000_000_000_i64, "content": { "msgtype": "m.text", "body": "hello from 2255" },
    });
    let heard = hear(json!({ "events": [event] }).to_string().as_bytes()).unwrap();
    let PlatformEvent::Attempted { at, .. } = &heard.events[0] else { panic!("no action") };
    assert_eq!(*at, Timestamp::from_millis(4_000_000_000_000));
}

#[test]
fn everything_needed_to_undo_a_rename_is_kept() {
    let heard = hear(&recorded("rename")).unwrap();
    let PlatformEvent::Attempted { undo, .. } = &heard.events[0] else { panic!("no action") };
    assert_eq!(undo.get("content"), Some(&json!({ "name": "town square" })));
    assert_eq!(undo.get("set"), Some(&json!({ "name": "plaza" })));
    assert_eq!(
        (undo.text("type"), undo.text("state_key"), undo.text("room")),
        (Some("m.room.name"), Some(""), Some("!plaza12"))
    );
}

#[test]
fn a_delivery_twice_says_the_same_twice() {
    for name in ["rename", "reaction", "power_levels"] {
        assert_eq!(hear(&recorded(name)).unwrap(), hear(&recorded(name)).unwrap());
    }
}

#[test]
fn words_hidden_from_the_rules_in_html_are_told_to_them() {
    let message = |content: Value| json!({ "event_id": "$1", "type": "m.room.message", "sender": "@ada:polity.test", "room_id": "!plaza12", "content": content });
    check_event(
        message(json!({ "msgtype": "m.text", "body": "hello", "formatted_body": "buy <b>my book</b>" })),
        expect![[r#"
            $1 @ada:polity.test matrix.post_message {"room":"!plaza12","text":"hello\nbuy my book"}
        "#]],
    );
    check_event(
        message(json!({ "msgtype": "m.text", "body": "**hello**", "formatted_body": "<strong>hello</strong>" })),
        expect![[r#"
            $1 @ada:polity.test matrix.post_message {"room":"!plaza12","text":"**hello**"}
        "#]],
    );
}

#[test]
fn our_own_power_is_not_governed_but_losing_it_is_told() {
    let levels = |from: i64, to: i64| {
        json!({
            "event_id": "$1", "type": "m.room.power_levels", "sender": "@ada:polity.test", "room_id": "!plaza12", "state_key": "",
            "content": { "users": { "@polity:polity.test": to } },
            "unsigned": { "prev_content": { "users": { "@polity:polity.test": from } }, "replaces_state": "$0" },
        })
    };
    check_event(levels(0, 100), expect![[""]]);
    check_event(
        levels(100, 0),
        expect![[r#"
            LostPlace { place: "!plaza12", why: "@ada:polity.test lowered the power of Polity, so some decisions cannot be carried out" }
        "#]],
    );
}
