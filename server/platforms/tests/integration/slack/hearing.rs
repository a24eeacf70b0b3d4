//! Deliveries, signed as Slack signs them.

use aws_lc_rs::hmac;
use platforms::http::Reach;
use platforms::slack::Slack;
use platforms::{Connection, DecodeError, Delivery, Heard, Note, Platform, Wish};
use serde_json::{Value, json};
use std::time::Duration;
use types::platform::PlatformEvent;
use types::{BallotValue, CommunityId, ConnectionId, Json, Timestamp};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const NOW: i64 = 1_700_000_010;

pub fn slack() -> Slack {
    Slack::new(Reach::Anywhere, Duration::from_millis(500)).unwrap()
}

pub fn connection(api: &str) -> Connection {
    let config = json!({
        "tenant": "T024BE7LD", "name": "Example", "own_user": "U0POLITY", "app_id": "A0POLITY",
        "admin_user": "U0ADMIN", "channels": [], "client_id": "1.2", "api": api,
    });
    let secret = |name: &str, value: &str| (name.to_owned(), value.into());
    Connection {
        id: ConnectionId::NIL,
        community: CommunityId::NIL,
        platform: "slack".into(),
        config: Json(config),
        secrets: [
            secret("signing_secret", SECRET),
            secret("client_secret", "shh"),
            secret("bot_token", "xoxb-bot"),
            secret("admin_token", "xoxp-admin"),
        ]
        .into(),
        own_user: "U0POLITY".into(),
    }
}

pub fn payload(name: &str) -> Value {
    let path = format!("{}/tests/payloads/slack/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn signature(moment: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signed = [format!("v0:{moment}:").as_bytes(), body].concat();
    hmac::sign(&key, &signed).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn signed(body: &[u8], content_type: &str) -> Delivery {
    signed_at(NOW, body, content_type)
}

fn signed_at(moment: i64, body: &[u8], content_type: &str) -> Delivery {
    let header = |name: &str, value: String| (name.to_owned(), value);
    Delivery {
        headers: vec![
            header("content-type", content_type.to_owned()),
            header("x-slack-request-timestamp", moment.to_string()),
            header("x-slack-signature", format!("v0={}", signature(moment, body))),
        ],
        query: String::new(),
        body: body.to_vec(),
        received_at: Timestamp::from_millis(NOW * 1000),
        is_dialled: false,
    }
}

fn heard(name: &str) -> Heard {
    let delivery = signed(payload(name).to_string().as_bytes(), "application/json");
    slack().decode(&connection(""), &delivery).unwrap()
}

fn form(fields: &[(&str, &str)]) -> Delivery {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    signed(body.as_bytes(), "application/x-www-form-urlencoded")
}

/// Type, payload, who did it and the echo of the only event.
fn attempt(heard: &Heard) -> (String, Value, String, Option<String>, Value) {
    let [PlatformEvent::Attempted { kind, payload, actor, echo, undo, happened: true, .. }, ..] = &heard.events[..]
    else {
        panic!("no action: {heard:?}")
    };
    (kind.to_string(), payload.0.clone(), actor.id.clone(), echo.clone(), undo.0.clone())
}

/// The example of Slack's own documentation.
#[test]
fn the_documented_signature_is_accepted() {
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
                trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let delivery = Delivery {
        headers: vec![
            header("content-type", "application/x-www-form-urlencoded"),
            header("x-slack-request-timestamp", "1531420618"),
            header("x-slack-signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
        ],
        query: String::new(),
        body: body.as_bytes().to_vec(),
        received_at: Timestamp::from_millis(1_531_420_618_000),
        is_dialled: false,
    };
    let opened = slack().open(&connection(""), &delivery).unwrap();
    assert_eq!(opened.tenant.as_deref(), Some("T1DC2JH3J"));
    assert_eq!(opened.interaction.unwrap().user.id, "U2CERLKJA");
}

#[test]
fn forged_stale_and_unsigned_deliveries_are_refused_on_every_road() {
    let event = payload("message").to_string();
    let click = format!(
        "payload={}",
        url::form_urlencoded::byte_serialize(payload("block_actions").to_string().as_bytes()).collect::<String>()
    );
    let command = "command=%2Fpolity&team_id=T024BE7LD&user_id=U1&text=help&trigger_id=1";
    let kinds = [
        ("application/json", event.as_str()),
        ("application/x-www-form-urlencoded", &click),
        ("application/x-www-form-urlencoded", command),
    ];
    for (kind, body) in kinds {
        let (slack, ours) = (slack(), connection(""));
        assert!(slack.open(&ours, &signed(body.as_bytes(), kind)).is_ok());
        let refused = |delivery: &Delivery| {
            assert_eq!(slack.open(&ours, delivery).unwrap_err(), slack.decode(&ours, delivery).unwrap_err());
            slack.open(&ours, delivery).unwrap_err()
        };
        let mut changed = signed(body.as_bytes(), kind);
        changed.body.push(b' ');
        assert_eq!(refused(&changed), DecodeError::Forged);
        assert!(matches!(refused(&signed_at(NOW - 301, body.as_bytes(), kind)), DecodeError::Stale(301, 300)));
        assert!(matches!(refused(&signed_at(NOW + 301, body.as_bytes(), kind)), DecodeError::Stale(301, 300)));
        assert!(slack.open(&ours, &signed_at(NOW - 300, body.as_bytes(), kind)).is_ok());
        let mut unsigned = signed(body.as_bytes(), kind);
        unsigned.headers.retain(|(name, _)| name != "x-slack-signature");
        assert_eq!(refused(&unsigned), DecodeError::Unsigned);
        let mut upper = signed(body.as_bytes(), kind);
        upper.headers[2].1 = upper.headers[2].1.to_uppercase();
        assert_eq!(refused(&upper), DecodeError::Forged);
        let mut moved = signed(body.as_bytes(), kind);
        moved.headers[1].1 = (NOW + 1).to_string();
        assert_eq!(refused(&moved), DecodeError::Forged);
        let nobody = Connection { secrets: Default::default(), ..connection("") };
        assert_eq!(
            slack.open(&nobody, &signed(body.as_bytes(), kind)).unwrap_err(),
            DecodeError::NotConfigured("signing_secret")
        );
    }
    let large = vec![b' '; platforms::slack::MAX_DELIVERY_BYTES + 1];
    assert!(matches!(
        slack().open(&connection(""), &signed(&large, "application/json")),
        Err(DecodeError::TooLarge(..))
    ));
}

#[test]
fn a_challenge_is_answered_and_an_event_names_its_workspace() {
    let open = |name: &str| {
        let delivery = signed(payload(name).to_string().as_bytes(), "application/json");
        slack().open(&connection(""), &delivery).unwrap()
    };
    let answer = open("url_verification").answer.unwrap();
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["challenge"], "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P");
    let opened = open("message");
    assert_eq!((opened.tenant.as_deref(), opened.id.as_deref()), (Some("T024BE7LD"), Some("Ev01MESSAGE")));
    let mut shared = payload("message");
    shared["team_id"] = json!("T0ELSEWHERE");
    let shared = slack().open(&connection(""), &signed(shared.to_string().as_bytes(), "application/json")).unwrap();
    assert_eq!(
        shared.tenant.as_deref(),
        Some("T024BE7LD"),
        "the installation that sees it, not the sender's workspace"
    );
}

#[test]
fn a_message_is_heard_as_it_was_typed_and_kept_as_it_was_sent() {
    let (kind, told, actor, echo, undo) = attempt(&heard("message"));
    assert_eq!((kind.as_str(), actor.as_str(), echo), ("slack.post_message", "U2147483697", None));
    assert_eq!(told["text"], "Hello <world> & <@U0ADA> see <https://example.org|here>");
    assert_eq!(undo["message"], "C2147483705/1355517523.000005");
    assert!(
        undo["content"]["text"].as_str().unwrap().contains("&lt;world&gt;") && undo["content"]["blocks"].is_array()
    );
    let (_, told, _, _, undo) = attempt(&heard("file_share"));
    assert_eq!(told["text"], "(no text)");
    assert!(undo["content"]["files"][0]["permalink"].is_string() && undo.to_string().find("url_private").is_none());
}

#[test]
fn everything_of_the_table_is_heard_with_who_did_it_and_what_was_before() {
    let told = |name: &str| {
        let (kind, payload, actor, _, undo) = attempt(&heard(name));
        (kind, payload, actor, undo)
    };
    let (kind, payload, actor, undo) = told("channel_name");
    assert_eq!((kind.as_str(), actor.as_str()), ("slack.rename_channel", "U023BECGF"));
    assert_eq!((&payload["name"], &undo["old_name"]), (&json!("two"), &json!("one")));
    let (kind, payload, _, undo) = told("channel_topic");
    assert_eq!((kind.as_str(), &payload["topic"]), ("slack.set_topic", &json!("Jobs & money")));
    assert_eq!(undo["kept"], "topic:C2147483705");
    let (kind, payload, actor, _) = told("member_joined_channel");
    assert_eq!((kind.as_str(), actor.as_str(), &payload["user"]), ("slack.invite", "U123456789", &json!("W06GH7XHN")));
    let (kind, payload, actor, _) = told("pin_added");
    assert_eq!((kind.as_str(), actor.as_str()), ("slack.pin", "U061F7AUR"));
    assert_eq!(payload["message"], "C2147483705/1355517523.000005");
    let (kind, _, actor, undo) = told("channel_created");
    assert_eq!(
        (kind.as_str(), actor.as_str(), &undo["channel"]),
        ("slack.create_channel", "U024BE7LH", &json!("C024BE91L"))
    );
    let (kind, _, actor, _) = told("channel_archive");
    assert_eq!((kind.as_str(), actor.as_str()), ("slack.archive_channel", "U024BE7LH"));
    let (kind, payload, actor, undo) = told("subteam_updated");
    assert_eq!(
        (kind.as_str(), actor.as_str(), &undo["kept"]),
        ("slack.set_user_group", "U060RNRCZ", &json!("user_group:S0614TZR7"))
    );
    assert_eq!(payload["users"], json!(["U060RNRCZ", "U060ULRC0"]));
    assert!(
        matches!(&heard("team_join").events[..], [PlatformEvent::Joined { user, .. }] if user.display_name.as_deref() == Some("Grace Hopper"))
    );
}

#[test]
fn values_of_which_slack_never_tells_the_former_are_told_as_they_are() {
    let known = |name: &str| {
        heard(name).events.into_iter().find_map(|event| match event {
            PlatformEvent::Known { key, value, .. } => Some((key, value.0)),
            _ => None,
        })
    };
    assert_eq!(known("channel_topic"), Some(("topic:C2147483705".into(), json!("Jobs & money"))));
    // Our own change of it is no action, but what it is now must be known all the same.
    let mut ours = payload("channel_topic");
    ours["event"]["user"] = json!("U0POLITY");
    let heard = slack().decode(&connection(""), &signed(ours.to_string().as_bytes(), "application/json")).unwrap();
    assert!(matches!(&heard.events[..], [PlatformEvent::Known { .. }]));
}

#[test]
fn what_the_administrators_token_did_for_us_has_an_echo_and_what_others_did_has_none() {
    assert_eq!(attempt(&heard("channel_name")).3, None);
    let mut theirs = payload("channel_name");
    theirs["event"]["user"] = json!("U0ADMIN");
    let heard = slack().decode(&connection(""), &signed(theirs.to_string().as_bytes(), "application/json")).unwrap();
    assert_eq!(attempt(&heard).3.as_deref(), Some("rename:C2147483705:two"));
}

#[test]
fn our_own_messages_are_no_actions_and_other_programs_are_programs() {
    assert_eq!(heard("our_own_message"), Heard::default());
    let heard = heard("bot_message");
    let [PlatformEvent::Attempted { actor, .. }] = &heard.events[..] else { panic!("{heard:?}") };
    assert!(actor.is_bot);
}

#[test]
fn votes_are_reactions_and_answers_and_are_taken_back() {
    let added = heard("reaction_added");
    let [PlatformEvent::Voted { event, message, voter, value, .. }] = &added.events[..] else { panic!("{added:?}") };
    assert_eq!(
        (message.as_str(), voter.id.as_str(), value),
        ("C2147483705/1360782400.498405", "U2147483697", &BallotValue::Yes)
    );
    let removed = heard("reaction_removed");
    assert!(matches!(&removed.events[..], [PlatformEvent::Withdrew { cast_by, .. }] if cast_by == event));

    let reply = heard("thread_reply");
    let [PlatformEvent::Voted { event, message, value, .. }, PlatformEvent::Attempted { event: same, .. }] =
        &reply.events[..]
    else {
        panic!("{reply:?}")
    };
    assert_eq!((message.as_str(), value, event), ("C2147483705/1361482916.000003", &BallotValue::Yes, same));
    let changed = heard("message_changed");
    assert!(
        matches!(&changed.events[..], [PlatformEvent::Voted { event: again, value: BallotValue::No, .. }, PlatformEvent::Attempted { .. }] if again == event)
    );
    let deleted = heard("message_deleted");
    assert!(matches!(&deleted.events[..], [PlatformEvent::Withdrew { cast_by, .. }] if cast_by == event));

    let mut silent = payload("message_changed");
    silent["event"]["message"]["text"] = json!("I changed my mind");
    let silent = slack().decode(&connection(""), &signed(silent.to_string().as_bytes(), "application/json")).unwrap();
    assert!(
        matches!(&silent.events[..], [PlatformEvent::Withdrew { cast_by, .. }, PlatformEvent::Attempted { .. }] if cast_by == event)
    );
}

#[test]
fn a_preview_is_nobodys_edit_and_a_private_talk_nobodys_business() {
    assert_eq!(heard("message_unfurled"), Heard::default());
    let mut private = payload("message");
    private["event"]["channel_type"] = json!("im");
    let private = slack().decode(&connection(""), &signed(private.to_string().as_bytes(), "application/json")).unwrap();
    assert_eq!(private, Heard::default());
}

#[test]
fn a_click_is_a_vote_of_who_clicked() {
    let click = payload("block_actions").to_string();
    let delivery = form(&[("payload", &click)]);
    let interaction = slack().open(&connection(""), &delivery).unwrap().interaction.unwrap();
    assert_eq!(interaction.user.id, "U2147483697");
    assert!(
        matches!(&interaction.wish, Wish::Vote { value: Some(BallotValue::Yes), proposal } if proposal.0.as_u128() == 9)
    );
    assert_eq!(slack().reply(&interaction, "hello"), None, "Slack reads no answer to a click");
    assert_eq!(slack().decode(&connection(""), &delivery).unwrap(), Heard::default());
    let mut other = payload("block_actions");
    other["actions"][0]["value"] = json!("approve_request");
    let other = slack().open(&connection(""), &form(&[("payload", &other.to_string())])).unwrap();
    assert_eq!(other.interaction, None);
}

#[test]
fn a_command_is_answered_for_its_maker_alone() {
    let fields = [
        ("command", "/polity"),
        ("text", " rules here "),
        ("team_id", "T024BE7LD"),
        ("user_id", "U1"),
        ("channel_id", "C1"),
        ("trigger_id", "13.4"),
    ];
    let interaction = slack().open(&connection(""), &form(&fields)).unwrap().interaction.unwrap();
    assert_eq!(interaction.wish, Wish::Command("rules here".into()));
    let answer: Value = serde_json::from_str(&slack().reply(&interaction, "<!channel> & you").unwrap().body).unwrap();
    assert_eq!(answer, json!({ "response_type": "ephemeral", "text": "&lt;!channel&gt; &amp; you" }));
}

#[test]
fn lost_tokens_and_lost_events_are_said() {
    assert!(matches!(&heard("app_uninstalled").notes[..], [Note::Uninstalled { .. }]));
    assert!(
        matches!(&heard("tokens_revoked").notes[..], [Note::LostPlace { why, .. }] if why.contains("administrator"))
    );
    assert!(matches!(&heard("app_rate_limited").notes[..], [Note::Ungovernable { .. }]));
}

#[test]
fn every_recorded_payload_with_anything_torn_out_is_read_without_panic() {
    let (slack, ours) = (slack(), connection(""));
    let folder = format!("{}/tests/payloads/slack", env!("CARGO_MANIFEST_DIR"));
    for file in std::fs::read_dir(folder).unwrap() {
        let whole: Value = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        for torn in torn(&whole) {
            let delivery = signed(torn.to_string().as_bytes(), "application/json");
            let _ = (slack.open(&ours, &delivery), slack.decode(&ours, &delivery));
        }
    }
}

/// `whole` with each of its values, one at a time, gone or of another type.
pub fn torn(whole: &Value) -> Vec<Value> {
    fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Object(fields) => fields.iter().for_each(|(key, value)| {
                paths(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found)
            }),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(n, value)| paths(value, &format!("{at}/{n}"), found))
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    paths(whole, "", &mut found);
    let other = [Value::Null, json!(7), json!("\u{1F600}"), json!([]), json!({})];
    let mut torn = Vec::new();
    for path in found {
        for instead in &other {
            let mut copy = whole.clone();
            *copy.pointer_mut(&path).unwrap() = instead.clone();
            torn.push(copy);
        }
    }
    torn
}
