//! Acting against a scripted homeserver: what happens when it is slow, busy, broken, or says no.

use std::time::Duration;

use platforms::http::Reach;
use platforms::matrix::Matrix;
use platforms::{ApplyError, Connection, Platform};
use serde_json::{Value, json};
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{Ask, BallotKind, CommunityId, ConnectionId, EffectId, Json, MemberId};
use uuid::Uuid;
use wiremock::matchers::{any, body_json, body_partial_json, header, method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: IdempotencyKey = IdempotencyKey(EffectId(Uuid::from_u128(7)));
const TXN: &str = "polity-00000000-0000-0000-0000-000000000007";
const CLIENT: &str = "/_matrix/client/v3";

fn connection(homeserver: &str) -> Connection {
    Connection {
        id: ConnectionId::NIL,
        community: CommunityId::NIL,
        platform: "matrix".into(),
        config: Json(json!({ "homeserver": homeserver, "rooms": ["!plaza:hs.test"] })),
        secrets: [("as_token".to_owned(), "to-the-homeserver".into())].into(),
        own_user: "@polity:hs.test".into(),
    }
}

fn matrix() -> Matrix {
    Matrix::new(Reach::Anywhere, Duration::from_millis(300)).unwrap()
}

async fn apply(server: &MockServer, operation: &Operation) -> Result<Receipt, ApplyError> {
    matrix().apply(&connection(&server.uri()), operation, KEY).await
}

fn post() -> Operation {
    Operation::Post { place: "!plaza:hs.test".into(), text: "hello".into(), thread: None }
}

fn ada() -> Person {
    Person {
        member: MemberId::NIL,
        handle: "ada".into(),
        display_name: "Ada".into(),
        external: Some("@ada:hs.test".into()),
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

/// Answers every request alike.
async fn answering(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(response).mount(&server).await;
    server
}

fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn refusal(status: u16, errcode: &str, error: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({ "errcode": errcode, "error": error }))
}

/// A state event as `GET …/state/…?format=event` answers.
fn state_event(id: &str, sender: &str, content: Value) -> ResponseTemplate {
    ok(json!({ "event_id": id, "sender": sender, "type": "m.room.name", "state_key": "", "content": content }))
}

#[tokio::test]
async fn a_busy_homeserver_says_when_to_come_back() {
    let busy =
        ResponseTemplate::new(429).set_body_json(json!({ "errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500 }));
    let error = apply(&answering(busy).await, &post()).await.unwrap_err();
    assert!(
        matches!(&error, ApplyError::Retry { after: Some(wait), .. } if *wait == Duration::from_millis(1500)),
        "{error:?}"
    );

    let by_header = refusal(429, "M_LIMIT_EXCEEDED", "slow down").insert_header("retry-after", "3");
    let error = apply(&answering(by_header).await, &post()).await.unwrap_err();
    assert!(
        matches!(&error, ApplyError::Retry { after: Some(wait), .. } if *wait == Duration::from_secs(3)),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_broken_slow_or_absent_homeserver_is_tried_again() {
    let late = ok(json!({ "event_id": "$1" })).set_delay(Duration::from_secs(20));
    for (response, expected) in [
        (
            refusal(500, "M_UNKNOWN", "Internal server error"),
            "the homeserver has trouble and could not post in the room yet (Internal server error)",
        ),
        (
            ResponseTemplate::new(502).set_body_string("<html>"),
            "the homeserver has trouble and could not post in the room yet (status 502)",
        ),
        (late, "the homeserver did not answer in time, so Polity could not post in the room yet"),
        (
            ResponseTemplate::new(200).set_body_string("hello?"),
            "the homeserver answered with no JSON when asked to post in the room",
        ),
    ] {
        let error = apply(&answering(response).await, &post()).await.unwrap_err();
        assert!(error.is_retryable(), "{error:?}");
        assert_eq!(error.to_string(), expected);
    }
    // Nobody listens at this port any more.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = matrix().apply(&connection(&gone), &post(), KEY).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert_eq!(error.to_string(), "the homeserver cannot be reached, so Polity could not post in the room yet");
}

#[tokio::test]
async fn a_no_is_a_no_with_a_code_and_words_but_no_token() {
    for (response, code, words) in [
        (
            refusal(403, "M_FORBIDDEN", "User not in room"),
            "forbidden",
            "the homeserver does not let Polity post in the room: User not in room",
        ),
        (refusal(404, "M_NOT_FOUND", "Unknown room"), "not-found", "Polity could not post in the room: Unknown room"),
        (
            refusal(401, "M_UNKNOWN_TOKEN", "Invalid token"),
            "token-refused",
            "the homeserver does not accept our token (Invalid token)",
        ),
        (refusal(400, "M_BAD_JSON", "bad"), "refused", "the homeserver refused to post in the room: bad"),
        (
            ResponseTemplate::new(302).insert_header("location", "https://evil.example/"),
            "refused",
            "the homeserver refused to post in the room: status 302",
        ),
    ] {
        let error = apply(&answering(response).await, &post()).await.unwrap_err();
        let ApplyError::Permanent { code: got, why } = &error else { panic!("{error:?}") };
        assert_eq!((*got, why.as_str()), (code, words));
        assert!(!format!("{error:?}").contains("to-the-homeserver"));
    }
}

#[tokio::test]
async fn every_request_carries_the_token_and_the_same_transaction_each_time() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(path(format!("{CLIENT}/rooms/!plaza:hs.test/send/m.room.message/{TXN}-post")))
        .and(header("authorization", "Bearer to-the-homeserver"))
        .and(body_partial_json(json!({ "msgtype": "m.notice", "body": "hello" })))
        .respond_with(ok(json!({ "event_id": "$said" })))
        .expect(2)
        .mount(&server)
        .await;
    let first = apply(&server, &post()).await.unwrap();
    let second = apply(&server, &post()).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(first.external.as_deref(), Some("$said"));
}

#[tokio::test]
async fn no_room_of_somebody_else_is_touched() {
    let server = MockServer::start().await;
    Mock::given(path_regex("/directory/room/"))
        .respond_with(ok(json!({ "room_id": "!other:hs.test" })))
        .mount(&server)
        .await;
    Mock::given(any()).respond_with(refusal(404, "M_NOT_FOUND", "nothing")).mount(&server).await;
    for place in ["!other:hs.test", "#other:hs.test", "other", ""] {
        let operation = Operation::Post { place: place.into(), text: "psst".into(), thread: None };
        let error = apply(&server, &operation).await.unwrap_err();
        assert_eq!(error.to_string(), format!("'{place}' is none of the community's rooms"));
    }
    let rename = execute("matrix.rename_room", json!({ "room": "!other:hs.test", "name": "ours" }), json!(null));
    assert!(!apply(&server, &rename).await.unwrap_err().is_retryable());
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| request.method.as_str() == "GET"), "something was changed");
}

#[tokio::test]
async fn a_room_is_found_by_its_name_or_alias() {
    let server = MockServer::start().await;
    Mock::given(path(format!("{CLIENT}/directory/room/%23square:hs.test")))
        .respond_with(ok(json!({ "room_id": "!plaza:hs.test" })))
        .mount(&server)
        .await;
    Mock::given(path(format!("{CLIENT}/rooms/!plaza:hs.test/state/m.room.name/")))
        .respond_with(state_event("$n", "@ada:hs.test", json!({ "name": "Town Square" })))
        .mount(&server)
        .await;
    Mock::given(path_regex("/send/")).respond_with(ok(json!({ "event_id": "$said" }))).expect(3).mount(&server).await;
    Mock::given(any()).respond_with(refusal(404, "M_NOT_FOUND", "nothing")).mount(&server).await;
    for place in ["#square", "#square:hs.test", "town square"] {
        apply(&server, &Operation::Post { place: place.into(), text: "hi".into(), thread: None }).await.unwrap();
    }
}

/// A room whose name is `now`, set by `sender`; puts are answered, and the restored content is what `expected` says.
async fn room_named(now: &str, sender: &str, expected: Option<Value>) -> MockServer {
    let server = MockServer::start().await;
    let name = format!("{CLIENT}/rooms/!plaza:hs.test/state/m.room.name/");
    Mock::given(method("GET"))
        .and(path(&name))
        .respond_with(state_event("$now", sender, json!({ "name": now })))
        .mount(&server)
        .await;
    let n_puts = u64::from(expected.is_some());
    Mock::given(method("PUT"))
        .and(path(&name))
        .and(body_json(expected.unwrap_or_default()))
        .respond_with(ok(json!({ "event_id": "$put" })))
        .expect(n_puts)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn undoing_a_rename_restores_all_of_what_was_there_and_only_if_nothing_was_decided_since() {
    let payload = json!({ "room": "!plaza:hs.test", "name": "plaza" });
    let heard = json!({ "event": "$e", "content": { "name": "square", "org.example": 1 }, "set": { "name": "plaza" } });
    let before = Some(json!({ "name": "square", "org.example": 1 }));
    let undo = revert("matrix.rename_room", payload.clone(), heard);

    // As it was set; and set again by a member, whose change is being undone too.
    for (now, sender) in [("plaza", "@ada:hs.test"), ("market", "@ben:hs.test")] {
        let server = room_named(now, sender, before.clone()).await;
        assert_eq!(apply(&server, &undo).await.unwrap().external.as_deref(), Some("$put"), "{now}");
    }
    // Set by us since: a decision, which stands.
    let server = room_named("market", "@polity:hs.test", None).await;
    assert_eq!(apply(&server, &undo).await.unwrap().detail.get("superseded"), Some(&json!(true)));
    // Done already: the answer to our first try was lost.
    let server = room_named("square", "@polity:hs.test", None).await;
    let plain = revert("matrix.rename_room", payload.clone(), json!({ "content": { "name": "square" } }));
    assert_eq!(apply(&server, &plain).await.unwrap().detail.get("unchanged"), Some(&json!(true)));
    // Carried out by us and changed by a member since: that change is judged by itself.
    let server = room_named("market", "@ben:hs.test", None).await;
    let ours = revert("matrix.rename_room", payload, json!({ "content": { "name": "square" }, "ours": true }));
    assert_eq!(apply(&server, &ours).await.unwrap().detail.get("superseded"), Some(&json!(true)));
}

#[tokio::test]
async fn carrying_out_a_rename_twice_sets_it_once_and_keeps_what_was_before() {
    let server = room_named("plaza", "@ben:hs.test", Some(json!({ "name": "square" }))).await;
    let rename = execute("matrix.rename_room", json!({ "room": "!plaza:hs.test", "name": "square" }), json!(null));
    let receipt = apply(&server, &rename).await.unwrap();
    assert_eq!(receipt.detail.get("content"), Some(&json!({ "name": "plaza" })));

    let again = MockServer::start().await;
    let now = json!({
        "event_id": "$put", "sender": "@polity:hs.test", "content": { "name": "square" },
        "unsigned": { "prev_content": { "name": "plaza" } },
    });
    Mock::given(method("GET")).respond_with(ok(now)).mount(&again).await;
    Mock::given(method("PUT")).respond_with(ResponseTemplate::new(500)).expect(0).mount(&again).await;
    assert_eq!(apply(&again, &rename).await.unwrap(), receipt);
}

#[tokio::test]
async fn a_removed_message_that_is_gone_already_counts_as_removed() {
    let server = answering(refusal(404, "M_NOT_FOUND", "no such event")).await;
    let undo = json!({ "room": "!plaza:hs.test", "event": "$msg", "content": {} });
    let payload = json!({ "room": "!plaza:hs.test", "text": "x".repeat(60_000) });
    let receipt = apply(&server, &revert("matrix.post_message", payload, undo)).await.unwrap();
    assert_eq!(receipt.detail.get("gone"), Some(&json!(true)));
}

#[tokio::test]
async fn one_users_power_changes_and_everybody_elses_stays() {
    let server = MockServer::start().await;
    let levels =
        json!({ "ban": 60, "users": { "@ada:hs.test": 100, "@polity:hs.test": 100, "@zoe:hs.test": "50" }, "x": [1] });
    let create = json!({ "event_id": "$c", "sender": "@ada:hs.test", "content": { "room_version": "10" } });
    Mock::given(method("GET"))
        .and(path_regex("m.room.power_levels"))
        .respond_with(state_event("$l", "@ada:hs.test", levels))
        .mount(&server)
        .await;
    Mock::given(method("GET")).and(path_regex("m.room.create")).respond_with(ok(create)).mount(&server).await;
    let expected = json!({
        "ban": 60, "x": [1],
        "users": { "@ada:hs.test": 100, "@polity:hs.test": 100, "@zoe:hs.test": "50", "@ben:hs.test": 50 },
    });
    Mock::given(method("PUT"))
        .and(body_json(expected))
        .respond_with(ok(json!({ "event_id": "$p" })))
        .expect(1)
        .mount(&server)
        .await;
    let set = |user: &str, level: i64| {
        execute(
            "matrix.set_power_level",
            json!({ "room": "!plaza:hs.test", "user": user, "level": level }),
            json!(null),
        )
    };
    let receipt = apply(&server, &set("@ben:hs.test", 50)).await.unwrap();
    assert_eq!(receipt.detail.get("level"), Some(&Value::Null));

    let error = apply(&server, &set("@polity:hs.test", 0)).await.unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "own-power", .. }), "{error:?}");
}

#[tokio::test]
async fn a_creators_power_cannot_be_changed_since_room_version_12() {
    let server = MockServer::start().await;
    let create = json!({
        "event_id": "$c", "sender": "@ada:hs.test",
        "content": { "room_version": "12", "additional_creators": ["@eve:hs.test"] },
    });
    Mock::given(path_regex("m.room.create")).respond_with(ok(create)).mount(&server).await;
    for user in ["@ada:hs.test", "@eve:hs.test"] {
        let demote = json!({ "room": "!plaza:hs.test", "user": user, "level": 0 });
        let error = apply(&server, &execute("matrix.set_power_level", demote, json!(null))).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{user} created the room and has power without limit, which cannot be changed")
        );
    }
}

#[tokio::test]
async fn a_ballot_offers_its_answers_and_survives_a_refused_one() {
    let server = MockServer::start().await;
    Mock::given(path_regex("/send/m.room.message/"))
        .respond_with(ok(json!({ "event_id": "$ballot" })))
        .mount(&server)
        .await;
    Mock::given(path_regex("/send/m.reaction/.*seed-0"))
        .and(body_json(json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": "$ballot", "key": "1\u{FE0F}\u{20E3}" } })))
        .respond_with(refusal(400, "M_DUPLICATE_ANNOTATION", "twice"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path_regex("/send/m.reaction/.*seed-1"))
        .respond_with(refusal(403, "M_FORBIDDEN", "no reactions here"))
        .expect(1)
        .mount(&server)
        .await;
    let ask = Ask {
        text: "Where?".into(),
        kind: BallotKind::Choice,
        options: vec!["a".into(), "b".into(), "c".into()],
        ..Ask::default()
    };
    let operation = Operation::PostBallot {
        place: "!plaza:hs.test".into(),
        ask,
        url: Some("https://p.example/1".into()),
        proposal: None,
    };
    assert_eq!(apply(&server, &operation).await.unwrap().external.as_deref(), Some("$ballot"));
}

#[tokio::test]
async fn a_homeserver_inside_is_refused_where_only_public_ones_are_in_reach() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ok(json!({}))).expect(0).mount(&server).await;
    let matrix = Matrix::new(Reach::Public, Duration::from_secs(1)).unwrap();
    for homeserver in
        [server.uri(), "https://127.0.0.1:8448".into(), "https://localhost:8448".into(), "https://[::1]".into()]
    {
        let error = matrix.apply(&connection(&homeserver), &post(), KEY).await.unwrap_err();
        assert!(matches!(error, ApplyError::Permanent { code: "out-of-reach", .. }), "{homeserver}: {error:?}");
    }
}

#[test]
fn a_payload_is_checked_before_it_is_proposed() {
    let refused =
        |kind: &str, payload: Value| matrix().validate(&kind.parse().unwrap(), &Json(payload)).unwrap_err().to_string();
    assert_eq!(
        refused("matrix.invite", json!({ "room": "!r", "user": "ada" })),
        "'ada' is not a Matrix user such as @ada:example.org"
    );
    assert_eq!(refused("matrix.post_message", json!({ "room": "!r", "text": " " })), "the message is empty");
    assert_eq!(refused("matrix.rename_room", json!({ "room": "", "name": "x" })), "no room is named");
    assert_eq!(
        refused("matrix.set_join_rules", json!({ "room": "!r", "rule": "open" })),
        "who may join is public, invite, knock or restricted"
    );
    assert_eq!(
        refused("matrix.remove_message", json!({ "room": "!r", "event": "x" })),
        "'x' is not the id of a message"
    );
    assert_eq!(matrix().action_types().len(), 12);
}
