//! Calls to a scripted Discord.

use std::collections::BTreeMap;

use platforms::{ApplyError, Platform};
use serde_json::{Value, json};
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{Ask, EffectId, Json, MemberId, ProposalId};
use uuid::Uuid;
use wiremock::matchers::{any, body_partial_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::hearing::{connection, discord};

const KEY: IdempotencyKey = IdempotencyKey(EffectId(Uuid::from_u128(7)));
const GUILD: &str = "/guilds/290926798626357999";

async fn apply(server: &MockServer, operation: &Operation) -> Result<Receipt, ApplyError> {
    discord().apply(&connection(&format!("{}/", server.uri())), operation, KEY).await
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({}))
}

fn ada() -> Person {
    Person { member: MemberId::NIL, handle: "ada".into(), display_name: "Ada *x*".into(), external: Some("5".into()) }
}

fn execute(kind: &str, payload: Value, undo: Value) -> Operation {
    Operation::Execute { kind: kind.parse().unwrap(), payload: Json(payload), initiator: Some(ada()), undo: Json(undo) }
}

fn revert(kind: &str, payload: Value, undo: Value) -> Operation {
    Operation::Revert {
        kind: kind.parse().unwrap(),
        payload: Json(payload),
        undo: Json(undo),
        reason: "it needs a vote ☂".into(),
    }
}

#[tokio::test]
async fn every_row_of_the_table_is_carried_out_and_undone() {
    let (member, role) = (format!("{GUILD}/members/5"), format!("{GUILD}/members/5/roles/8"));
    let ban = format!("{GUILD}/bans/5");
    let pin = json!({ "channel": "2", "message": "2/3" });
    let both = json!({ "user": "5", "role": "8" });
    let rows: Vec<(&str, Value, Value, bool, &str, String, Value)> = vec![
        (
            "discord.post_message",
            json!({ "channel": "2", "text": "x" }),
            json!({ "message": "2/3" }),
            true,
            "DELETE",
            "/channels/2/messages/3".into(),
            json!({}),
        ),
        ("discord.pin", pin.clone(), json!({}), false, "PUT", "/channels/2/messages/pins/3".into(), json!({})),
        ("discord.pin", pin.clone(), json!({}), true, "DELETE", "/channels/2/messages/pins/3".into(), json!({})),
        ("discord.unpin", pin, json!({}), true, "PUT", "/channels/2/messages/pins/3".into(), json!({})),
        (
            "discord.rename_channel",
            json!({ "channel": "2", "name": "two" }),
            json!({ "before": "one" }),
            true,
            "PATCH",
            "/channels/2".into(),
            json!({ "name": "one" }),
        ),
        (
            "discord.set_topic",
            json!({ "channel": "2", "topic": "b" }),
            json!({ "before": "a" }),
            true,
            "PATCH",
            "/channels/2".into(),
            json!({ "topic": "a" }),
        ),
        (
            "discord.create_channel",
            json!({ "name": "fun" }),
            json!({}),
            false,
            "POST",
            format!("{GUILD}/channels"),
            json!({ "name": "fun", "type": 0 }),
        ),
        (
            "discord.create_channel",
            json!({ "name": "fun" }),
            json!({ "channel": "9" }),
            true,
            "DELETE",
            "/channels/9".into(),
            json!({}),
        ),
        ("discord.grant_role", both.clone(), json!({}), true, "DELETE", role.clone(), json!({})),
        ("discord.revoke_role", both, json!({}), true, "PUT", role, json!({})),
        (
            "discord.timeout",
            json!({ "user": "5", "until": "2026-11-22T12:00:00Z" }),
            json!({ "before": "" }),
            true,
            "PATCH",
            member.clone(),
            json!({ "communication_disabled_until": null }),
        ),
        (
            "discord.set_nickname",
            json!({ "user": "5", "nickname": "x" }),
            json!({ "before": "Ada" }),
            true,
            "PATCH",
            member,
            json!({ "nick": "Ada" }),
        ),
        ("discord.ban", json!({ "user": "5" }), json!({}), true, "DELETE", ban.clone(), json!({})),
        ("discord.unban", json!({ "user": "5" }), json!({}), true, "PUT", ban, json!({})),
    ];
    for (kind, payload, undo, undoes, verb, at, body) in rows {
        let server = MockServer::start().await;
        Mock::given(method("GET")).respond_with(ok()).mount(&server).await;
        let called = Mock::given(method(verb)).and(path(at)).and(header("authorization", "Bot bot"));
        let called = if body == json!({}) { called } else { called.and(body_partial_json(body)) };
        called.respond_with(ok()).expect(1).mount(&server).await;
        let operation = if undoes { revert(kind, payload, undo) } else { execute(kind, payload, undo) };
        apply(&server, &operation).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
        if undoes {
            let all = server.received_requests().await.unwrap();
            let reason = all.last().unwrap().headers["x-audit-log-reason"].to_str().unwrap().to_owned();
            assert_eq!(reason, "it%20needs%20a%20vote%20%E2%98%82", "{kind}");
        }
    }
    for (kind, payload) in [
        ("discord.kick", json!({ "user": "5" })),
        ("discord.delete_channel", json!({ "channel": "2" })),
        ("discord.delete_message", json!({ "channel": "2", "message": "3" })),
    ] {
        let error = apply(&MockServer::start().await, &revert(kind, payload, json!({}))).await.unwrap_err();
        assert!(matches!(error, ApplyError::Permanent { code: "irreversible", .. }), "{kind}");
    }
}

#[tokio::test]
async fn what_we_say_rings_nobody_and_is_said_once() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/channels/2/messages"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "id": "33" })))
        .mount(&server)
        .await;
    let done =
        apply(&server, &execute("discord.post_message", json!({ "channel": "2", "text": "hi @everyone" }), json!({})))
            .await
            .unwrap();
    assert_eq!(done.external.as_deref(), Some("2/33"));
    let ask = Ask { text: "Shall *we*?".into(), ..Ask::default() };
    let ballot =
        Operation::PostBallot { place: "2".into(), ask, url: None, proposal: Some(ProposalId(Uuid::from_u128(9))) };
    apply(&server, &ballot).await.unwrap();
    let sent: Vec<Value> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    assert_eq!(sent[0]["content"], "**Ada \\*x\\***: hi @everyone");
    for body in &sent {
        assert_eq!((&body["allowed_mentions"], &body["enforce_nonce"]), (&json!({ "parse": [] }), &json!(true)));
        assert_eq!(body["nonce"], sent[0]["nonce"]);
    }
    assert_eq!(
        sent[1]["components"][0]["components"][0]["custom_id"],
        "polity-vote:00000000-0000-0000-0000-000000000009:yes"
    );
}

#[tokio::test]
async fn reactions_are_counted_on_all_pages_ordinary_and_super() {
    let server = MockServer::start().await;
    let posted = json!({ "reactions": [{ "emoji": { "id": null, "name": "👍" }, "count": 102 }, { "emoji": { "id": null, "name": "🎉" } }] });
    Mock::given(path("/channels/2/messages/3"))
        .respond_with(ResponseTemplate::new(200).set_body_json(posted))
        .mount(&server)
        .await;
    let user = |n: usize| json!({ "id": n.to_string(), "username": format!("u{n}") });
    let page = |users: Vec<Value>| ResponseTemplate::new(200).set_body_json(users);
    let at = "/channels/2/messages/3/reactions/%F0%9F%91%8D";
    Mock::given(path(at))
        .and(query_param("type", "0"))
        .and(query_param("after", "0"))
        .respond_with(page((1..=100).map(user).collect()))
        .mount(&server)
        .await;
    let rest = vec![user(101), json!({ "id": "1", "username": "polity", "bot": true })];
    Mock::given(path(at))
        .and(query_param("type", "0"))
        .and(query_param("after", "100"))
        .respond_with(page(rest))
        .mount(&server)
        .await;
    Mock::given(path(at))
        .and(query_param("type", "1"))
        .respond_with(page(vec![user(7), user(200)]))
        .mount(&server)
        .await;
    let found = discord().recount(&connection(&format!("{}/", server.uri())), "2", "2/3").await.unwrap().unwrap();
    assert_eq!(found.len(), 102, "whoever made both kinds voted once");
}

#[tokio::test]
async fn the_fault_menu() {
    let delete = || revert("discord.post_message", json!({ "channel": "2", "text": "x" }), json!({ "message": "2/3" }));
    let says =
        |status: u16, code: u64| ResponseTemplate::new(status).set_body_json(json!({ "code": code, "message": "no" }));
    let slow = ok().set_delay(std::time::Duration::from_secs(2));
    let cases: Vec<(&str, Operation, ResponseTemplate, &str)> = vec![
        ("too fast", delete(), says(429, 0).insert_header("retry-after", "0.65"), "later"),
        (
            "too fast for everybody",
            delete(),
            says(429, 0).insert_header("retry-after", "3").insert_header("x-ratelimit-global", "true"),
            "later",
        ),
        ("trouble", delete(), says(500, 0), "later"),
        ("too slow", delete(), slow, "later"),
        ("deleted already", delete(), says(404, 10008), "done"),
        ("token revoked", delete(), says(401, 0), "token-refused"),
        ("permission lost", delete(), says(403, 50013), "forbidden"),
        ("gone already", execute("discord.kick", json!({ "user": "5" }), json!({})), says(404, 10007), "done"),
        ("not banned", revert("discord.ban", json!({ "user": "5" }), json!({})), says(404, 10026), "done"),
        (
            "no such role",
            execute("discord.grant_role", json!({ "user": "5", "role": "8" }), json!({})),
            says(404, 10011),
            "not-found",
        ),
    ];
    for (what, operation, answer, expected) in cases {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let ended = match apply(&server, &operation).await {
            Ok(_) => "done".to_owned(),
            Err(ApplyError::Retry { .. }) => "later".to_owned(),
            Err(ApplyError::Permanent { code, .. }) => code.to_owned(),
        };
        assert_eq!(ended, expected, "{what}");
    }
}

#[tokio::test]
async fn only_who_manages_the_server_installs_and_the_server_is_the_tokens() {
    let token = json!({ "access_token": "user-token", "guild": { "id": "42", "name": "Town" } });
    for (bits, is_good) in [("32", true), ("8", true), ("2048", false)] {
        let server = MockServer::start().await;
        Mock::given(path("/oauth2/token"))
            .and(header("authorization", "Basic MTpzaGg="))
            .respond_with(ResponseTemplate::new(200).set_body_json(&token))
            .mount(&server)
            .await;
        Mock::given(path("/oauth2/token/revoke")).respond_with(ok()).expect(1).mount(&server).await;
        Mock::given(path("/users/@me"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "id": "5", "username": "ada" })))
            .mount(&server)
            .await;
        let guilds = json!([{ "id": "41", "permissions": "8" }, { "id": "42", "permissions": bits }]);
        Mock::given(method("GET"))
            .and(path("/users/@me/guilds"))
            .respond_with(ResponseTemplate::new(200).set_body_json(guilds))
            .mount(&server)
            .await;
        Mock::given(method("DELETE"))
            .and(path("/users/@me/guilds/42"))
            .respond_with(ResponseTemplate::new(204))
            .expect(u64::from(!is_good))
            .mount(&server)
            .await;
        // The address names another server, which the visitor may well manage.
        let query = BTreeMap::from([("code".to_owned(), "abc".to_owned()), ("guild_id".to_owned(), "41".to_owned())]);
        let granted =
            discord().granted(&connection(&format!("{}/", server.uri())), &query, "https://p.example/back").await;
        match is_good {
            true => assert_eq!(granted.unwrap().tenant, "42"),
            false => assert!(matches!(granted, Err(ApplyError::Permanent { code: "not-an-administrator", .. }))),
        }
    }
}
