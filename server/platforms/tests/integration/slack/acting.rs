//! Calls to a scripted Slack: what is asked of it, and what happens when it is slow, busy, or says no.

use std::time::Duration;

use platforms::{ApplyError, Platform};
use serde_json::{Value, json};
use types::platform::{IdempotencyKey, OpenBallot, Operation, Person, Receipt};
use types::{Ask, EffectId, Json, MemberId, ProposalId};
use uuid::Uuid;
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::hearing::{connection, slack};

const KEY: IdempotencyKey = IdempotencyKey(EffectId(Uuid::from_u128(7)));

async fn apply(server: &MockServer, operation: &Operation) -> Result<Receipt, ApplyError> {
    slack().apply(&connection(&format!("{}/", server.uri())), operation, KEY).await
}

/// Answers calls of `name`, so many times.
async fn on(server: &MockServer, name: &str, token: &str, answer: Value, times: u64) {
    Mock::given(method("POST"))
        .and(path(format!("/{name}")))
        .and(header("authorization", format!("Bearer {token}").as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .expect(times)
        .mount(server)
        .await;
}

fn ok() -> Value {
    json!({ "ok": true })
}

fn no(word: &str) -> Value {
    json!({ "ok": false, "error": word })
}

fn ada() -> Person {
    Person {
        member: MemberId::NIL,
        handle: "ada".into(),
        display_name: "Ada <b>".into(),
        external: Some("U0ADA".into()),
    }
}

fn execute(kind: &str, payload: Value, undo: Value) -> Operation {
    Operation::Execute { kind: kind.parse().unwrap(), payload: Json(payload), initiator: Some(ada()), undo: Json(undo) }
}

fn revert(kind: &str, payload: Value, undo: Value) -> Operation {
    Operation::Revert {
        kind: kind.parse().unwrap(),
        payload: Json(payload),
        undo: Json(undo),
        reason: "it needs a vote".into(),
    }
}

/// The form of the last call of `name`.
async fn sent(server: &MockServer, name: &str) -> Value {
    let all = server.received_requests().await.unwrap();
    let last = all.iter().rev().find(|request| request.url.path() == format!("/{name}")).unwrap();
    let fields = url::form_urlencoded::parse(&last.body)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())));
    Value::Object(fields.collect())
}

#[tokio::test]
async fn a_message_is_deleted_by_the_administrator_and_said_again_in_its_authors_name() {
    let server = MockServer::start().await;
    on(&server, "chat.delete", "xoxp-admin", ok(), 1).await;
    let payload = json!({ "channel": "C1", "text": "<!channel> & <https://x.test>" });
    let heard = json!({ "channel": "C1", "message": "C1/1.2", "content": { "text": "&lt;!channel&gt; &amp; &lt;https://x.test&gt;", "files": [{ "permalink": "https://files.test/1" }] } });
    let undone = apply(&server, &revert("slack.post_message", payload.clone(), heard)).await.unwrap();
    assert_eq!(sent(&server, "chat.delete").await, json!({ "channel": "C1", "ts": "1.2" }));
    assert_eq!(undone.detail.get("content").unwrap()["files"][0]["permalink"], "https://files.test/1");

    on(&server, "chat.postMessage", "xoxb-bot", json!({ "ok": true, "channel": "C1", "ts": "3.4" }), 1).await;
    let done = apply(&server, &execute("slack.post_message", payload, undone.detail.0)).await.unwrap();
    assert_eq!(done.external.as_deref(), Some("C1/3.4"));
    let said = sent(&server, "chat.postMessage").await;
    assert_eq!(said["username"], "Ada <b>");
    assert_eq!(said["text"], "&lt;!channel&gt; &amp; &lt;https://x.test&gt;\nhttps://files.test/1");
    assert!(said["metadata"].as_str().unwrap().contains(&KEY.0.to_string()));
}

#[tokio::test]
async fn what_a_bot_may_not_do_the_administrator_does() {
    let server = MockServer::start().await;
    on(&server, "conversations.info", "xoxb-bot", json!({ "ok": true, "channel": { "name": "two" } }), 1).await;
    on(&server, "conversations.rename", "xoxb-bot", no("not_authorized"), 1).await;
    on(&server, "conversations.rename", "xoxp-admin", ok(), 1).await;
    let undo = json!({ "channel": "C1", "old_name": "one", "name": "two" });
    apply(&server, &revert("slack.rename_channel", json!({ "channel": "C1", "name": "two" }), undo)).await.unwrap();
    assert_eq!(sent(&server, "conversations.rename").await, json!({ "channel": "C1", "name": "one" }));
}

#[tokio::test]
async fn what_will_look_like_the_administrator_is_named_before_it_is_done() {
    let undo = json!({ "channel": "C1", "old_name": "one", "name": "two" });
    let echoes = |operation: &Operation| slack().echoes(&connection(""), operation);
    let payload = json!({ "channel": "C1", "name": "two" });
    assert_eq!(echoes(&revert("slack.rename_channel", payload.clone(), undo)), ["rename:C1:one"]);
    assert_eq!(echoes(&execute("slack.rename_channel", payload, Value::Null)), ["rename:C1:two"]);
    assert_eq!(echoes(&revert("slack.kick", json!({ "channel": "C1", "user": "U2" }), Value::Null)), ["invite:C1:U2"]);
    let post = Operation::Post { place: "C1".into(), text: "x".into(), thread: None };
    assert!(echoes(&post).is_empty());
}

#[tokio::test]
async fn every_row_of_the_table_is_carried_out_and_undone() {
    let one = json!({ "channel": "C1", "user": "U2" });
    let pin = json!({ "channel": "C1", "message": "C1/1.2" });
    let rows: [(&str, Value, Value, bool, &str); 13] = [
        ("slack.set_topic", json!({ "channel": "C1", "topic": "new" }), json!({}), false, "conversations.setTopic"),
        (
            "slack.set_topic",
            json!({ "channel": "C1", "topic": "new" }),
            json!({ "before": "old" }),
            true,
            "conversations.setTopic",
        ),
        (
            "slack.set_purpose",
            json!({ "channel": "C1", "purpose": "new" }),
            json!({ "before": "old" }),
            true,
            "conversations.setPurpose",
        ),
        ("slack.invite", one.clone(), json!({}), false, "conversations.invite"),
        ("slack.invite", one.clone(), json!({}), true, "conversations.kick"),
        ("slack.kick", one.clone(), json!({}), false, "conversations.kick"),
        ("slack.kick", one, json!({}), true, "conversations.invite"),
        ("slack.pin", pin.clone(), json!({}), true, "pins.remove"),
        ("slack.unpin", pin, json!({}), true, "pins.add"),
        ("slack.create_channel", json!({ "name": "fun" }), json!({ "channel": "C9" }), true, "conversations.archive"),
        ("slack.archive_channel", json!({ "channel": "C1" }), json!({}), true, "conversations.unarchive"),
        ("slack.unarchive_channel", json!({ "channel": "C1" }), json!({}), true, "conversations.archive"),
        (
            "slack.set_user_group",
            json!({ "group": "S1", "users": ["U1", "U2"] }),
            json!({ "before": ["U1"] }),
            true,
            "usergroups.users.update",
        ),
    ];
    for (kind, payload, undo, undoes, called) in rows {
        let server = MockServer::start().await;
        let info = json!({ "ok": true, "channel": { "topic": { "value": "new" }, "purpose": { "value": "new" } } });
        Mock::given(path("/conversations.info"))
            .respond_with(ResponseTemplate::new(200).set_body_json(info))
            .mount(&server)
            .await;
        on(&server, called, "xoxb-bot", ok(), 1).await;
        let operation = if undoes { revert(kind, payload, undo) } else { execute(kind, payload, undo) };
        apply(&server, &operation).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
    let server = MockServer::start().await;
    let error =
        apply(&server, &revert("slack.delete_message", json!({ "channel": "C1", "message": "1.2" }), json!({})))
            .await
            .unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "irreversible", .. }));
}

#[tokio::test]
async fn a_topic_that_nobody_knew_is_not_guessed_at() {
    let server = MockServer::start().await;
    let undo = json!({ "channel": "C1", "kept": "topic:C1" });
    let error =
        apply(&server, &revert("slack.set_topic", json!({ "channel": "C1", "topic": "new" }), undo)).await.unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "nothing-to-undo", .. }));
}

#[tokio::test]
async fn a_ballot_has_buttons_while_it_is_open_and_none_after() {
    let server = MockServer::start().await;
    on(&server, "chat.postMessage", "xoxb-bot", json!({ "ok": true, "channel": "C1", "ts": "3.4" }), 1).await;
    on(&server, "chat.update", "xoxb-bot", ok(), 2).await;
    let ask = Ask { text: "Shall <!here> we?".into(), ..Ask::default() };
    let proposal = ProposalId(Uuid::from_u128(9));
    let url = Some("https://p.example/1".to_owned());
    let ballot =
        Operation::PostBallot { place: "C1".into(), ask: ask.clone(), url: url.clone(), proposal: Some(proposal) };
    assert_eq!(apply(&server, &ballot).await.unwrap().external.as_deref(), Some("C1/3.4"));
    let posted = sent(&server, "chat.postMessage").await["blocks"].as_str().unwrap().to_owned();
    assert!(posted.contains("polity-vote:00000000-0000-0000-0000-000000000009:yes") && !posted.contains("<!here>"));
    let update = |open| Operation::UpdateBallot {
        place: "C1".into(),
        message: "C1/3.4".into(),
        text: "Yes 2 · No 1".into(),
        open,
    };
    apply(&server, &update(Some(OpenBallot { proposal, ask, url }))).await.unwrap();
    let open = sent(&server, "chat.update").await;
    assert!(
        open["blocks"].as_str().unwrap().contains("Yes 2 · No 1")
            && open["blocks"].as_str().unwrap().contains("polity-vote:")
    );
    assert_eq!((&open["channel"], &open["ts"]), (&json!("C1"), &json!("3.4")));
    apply(&server, &update(None)).await.unwrap();
    assert!(!sent(&server, "chat.update").await["blocks"].as_str().unwrap().contains("polity-vote:"));
}

#[tokio::test]
async fn a_member_is_told_alone_in_the_channel_or_else_in_a_message() {
    let server = MockServer::start().await;
    on(&server, "chat.postEphemeral", "xoxb-bot", ok(), 1).await;
    let tell =
        |here: Option<&str>| Operation::Message { to: ada(), text: "a < b".into(), here: here.map(str::to_owned) };
    apply(&server, &tell(Some("C1"))).await.unwrap();
    assert_eq!(
        sent(&server, "chat.postEphemeral").await,
        json!({ "channel": "C1", "user": "U0ADA", "text": "a &lt; b" })
    );
    on(&server, "conversations.open", "xoxb-bot", json!({ "ok": true, "channel": { "id": "D1" } }), 1).await;
    on(&server, "chat.postMessage", "xoxb-bot", json!({ "ok": true, "channel": "D1", "ts": "5.6" }), 1).await;
    assert_eq!(apply(&server, &tell(None)).await.unwrap().external.as_deref(), Some("D1/5.6"));
}

#[tokio::test]
async fn a_channel_outside_what_is_governed_is_never_acted_in() {
    let server = MockServer::start().await;
    let mut narrow = connection(&format!("{}/", server.uri()));
    narrow.config.0["channels"] = json!(["C1"]);
    let post = Operation::Post { place: "C2".into(), text: "x".into(), thread: None };
    let error = slack().apply(&narrow, &post, KEY).await.unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "no-such-channel", .. }));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_earlier_try_is_found_by_its_key() {
    let server = MockServer::start().await;
    let messages = json!({ "ok": true, "messages": [
        { "ts": "9.9", "text": "x", "metadata": { "event_type": "polity", "event_payload": { "key": "another" } } },
        { "ts": "8.8", "text": "x", "metadata": { "event_type": "polity", "event_payload": { "key": KEY.0.to_string() } } },
    ] });
    on(&server, "conversations.history", "xoxb-bot", messages, 1).await;
    let post = Operation::Post { place: "C1".into(), text: "x".into(), thread: None };
    let found = slack().done_before(&connection(&format!("{}/", server.uri())), &post, KEY).await.unwrap().unwrap();
    assert_eq!(found.external.as_deref(), Some("C1/8.8"));
}

#[tokio::test]
async fn reactions_are_counted_whoever_made_them_but_ourselves() {
    let server = MockServer::start().await;
    let answer = json!({ "ok": true, "message": { "reactions": [
        { "name": "+1", "count": 3, "users": ["U1", "U0POLITY", "U2"] },
        { "name": "thumbsdown::skin-tone-2", "count": 1, "users": ["U3"] },
        { "name": "tada", "count": 1, "users": ["U4"] },
    ] } });
    on(&server, "reactions.get", "xoxb-bot", answer, 1).await;
    let found = slack().recount(&connection(&format!("{}/", server.uri())), "C1", "C1/1.2").await.unwrap().unwrap();
    let who: Vec<_> = found.iter().map(|one| one.voter.id.as_str()).collect();
    assert_eq!(who, ["U1", "U2", "U3"]);
    assert_eq!(found[2].event, "reaction:C1/1.2:U3:thumbsdown::skin-tone-2");
}

/// What can go wrong, and what must come of it: the operation, the answers, and how it must end.
#[tokio::test]
async fn the_fault_menu() {
    let delete = || {
        revert(
            "slack.post_message",
            json!({ "channel": "C1", "text": "x" }),
            json!({ "channel": "C1", "message": "C1/1.2" }),
        )
    };
    let kick = || execute("slack.kick", json!({ "channel": "C1", "user": "U2" }), json!({}));
    let ok_with = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    let slow = ok_with(ok()).set_delay(Duration::from_secs(2));
    let limited = ResponseTemplate::new(429).insert_header("retry-after", "30").set_body_json(no("ratelimited"));
    let cases: Vec<(&str, Operation, ResponseTemplate, &str)> = vec![
        ("too fast", delete(), limited, "later"),
        ("trouble", delete(), ResponseTemplate::new(503), "later"),
        ("trouble, said politely", delete(), ok_with(no("internal_error")), "later"),
        ("no JSON", delete(), ResponseTemplate::new(200).set_body_string("<html>"), "later"),
        ("too slow", delete(), slow, "later"),
        ("deleted already", delete(), ok_with(no("message_not_found")), "done"),
        ("token revoked", delete(), ok_with(no("token_revoked")), "token-refused"),
        (
            "permission lost",
            delete(),
            ok_with(json!({ "ok": false, "error": "missing_scope", "needed": "chat:write" })),
            "missing-scope",
        ),
        ("not allowed", delete(), ok_with(no("cant_delete_message")), "refused"),
        ("everybody's channel", kick(), ok_with(no("cant_kick_from_general")), "irreversible"),
        (
            "pinned already",
            execute("slack.pin", json!({ "channel": "C1", "message": "1.2" }), json!({})),
            ok_with(no("already_pinned")),
            "done",
        ),
        (
            "archived already",
            execute("slack.archive_channel", json!({ "channel": "C1" }), json!({})),
            ok_with(no("already_archived")),
            "done",
        ),
        (
            "in it already",
            execute("slack.invite", json!({ "channel": "C1", "user": "U2" }), json!({})),
            ok_with(no("already_in_channel")),
            "done",
        ),
    ];
    for (what, operation, answer, expected) in cases {
        let server = MockServer::start().await;
        Mock::given(method("POST")).respond_with(answer).mount(&server).await;
        let ended = match apply(&server, &operation).await {
            Ok(_) => "done".to_owned(),
            Err(ApplyError::Retry { .. }) => "later".to_owned(),
            Err(ApplyError::Permanent { code, why }) => {
                assert!(!why.contains("xox"), "{what}: {why}");
                code.to_owned()
            }
        };
        assert_eq!(ended, expected, "{what}");
    }
}

#[tokio::test]
async fn a_route_that_rests_is_not_asked_again_and_the_wait_is_what_slack_said() {
    let server = MockServer::start().await;
    let limited = ResponseTemplate::new(429).insert_header("retry-after", "30").set_body_json(no("ratelimited"));
    Mock::given(path("/chat.postMessage")).respond_with(limited).expect(1).mount(&server).await;
    let (slack, ours) = (slack(), connection(&format!("{}/", server.uri())));
    let post = Operation::Post { place: "C1".into(), text: "x".into(), thread: None };
    for _ in 0..2 {
        let Err(ApplyError::Retry { after: Some(after), why }) = slack.apply(&ours, &post, KEY).await else { panic!() };
        assert!((29..=36).contains(&after.as_secs()) && why.contains(platforms::TOLD_TO_WAIT), "{after:?}");
    }
    // Another workspace is not held up.
    let mut other = ours.clone();
    other.config.0["tenant"] = json!("T0OTHER");
    Mock::given(path("/pins.add"))
        .and(body_string_contains("C1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(ok()))
        .mount(&server)
        .await;
    slack
        .apply(&other, &execute("slack.pin", json!({ "channel": "C1", "message": "1.2" }), json!({})), KEY)
        .await
        .unwrap();
}
