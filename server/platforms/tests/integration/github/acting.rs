//! Calls to a scripted GitHub.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use platforms::{ApplyError, Connection, Platform};
use serde_json::{Value, json};
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{Ask, EffectId, Json, MemberId};
use uuid::Uuid;
use wiremock::matchers::{body_partial_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::hearing::{connection, github};

const KEY: IdempotencyKey = IdempotencyKey(EffectId(Uuid::from_u128(7)));

/// A key of our own; making one takes a while.
static PEM: LazyLock<String> = LazyLock::new(|| {
    let made = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&made).unwrap();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64_STANDARD.encode(der.as_ref()))
});

/// A GitHub that gives the installation its token.
async fn server() -> MockServer {
    let server = MockServer::start().await;
    let token = ResponseTemplate::new(201).set_body_json(json!({ "token": "ghs_x" }));
    Mock::given(method("POST"))
        .and(path("/app/installations/1/access_tokens"))
        .respond_with(token)
        .mount(&server)
        .await;
    server
}

fn ours(server: &MockServer) -> Connection {
    connection(&format!("{}/", server.uri()), &PEM)
}

async fn apply(server: &MockServer, operation: &Operation) -> Result<Receipt, ApplyError> {
    github().apply(&ours(server), operation, KEY).await
}

async fn on(server: &MockServer, verb: &str, at: &str, body: Value, answer: ResponseTemplate) {
    Mock::given(method(verb))
        .and(path(at))
        .and(header("authorization", "Bearer ghs_x"))
        .and(body_partial_json(body))
        .respond_with(answer)
        .expect(1)
        .mount(server)
        .await;
}

async fn finds(server: &MockServer, at: &str, answer: Value) {
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(server)
        .await;
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({}))
}

fn execute(kind: &str, payload: Value, undo: Value) -> Operation {
    let ada = Person {
        member: MemberId::NIL,
        handle: "ada".into(),
        display_name: "Ada".into(),
        external: Some("ada".into()),
    };
    Operation::Execute { kind: kind.parse().unwrap(), payload: Json(payload), initiator: Some(ada), undo: Json(undo) }
}

fn revert(kind: &str, payload: Value, undo: Value) -> Operation {
    Operation::Revert {
        kind: kind.parse().unwrap(),
        payload: Json(payload),
        undo: Json(undo),
        reason: "it waits".into(),
    }
}

#[tokio::test]
async fn every_row_of_the_table_is_carried_out_and_undone() {
    let issue = json!({ "repository": "o/r", "issue": 12 });
    let with = |more: Value| {
        let mut all = issue.as_object().unwrap().clone();
        all.extend(more.as_object().unwrap().clone());
        Value::Object(all)
    };
    let closed = json!({ "state": "closed", "state_reason": "not_planned" });
    let rows: Vec<(&str, Value, Value, bool, &str, &str, Value)> = vec![
        (
            "github.open_issue",
            json!({ "repository": "o/r", "title": "t" }),
            json!({ "issue": 12 }),
            true,
            "PATCH",
            "/repos/o/r/issues/12",
            closed.clone(),
        ),
        (
            "github.open_issue",
            json!({ "repository": "o/r", "title": "t" }),
            json!({ "issue": 12 }),
            false,
            "PATCH",
            "/repos/o/r/issues/12",
            json!({ "state": "open" }),
        ),
        (
            "github.close_issue",
            issue.clone(),
            json!({}),
            true,
            "PATCH",
            "/repos/o/r/issues/12",
            json!({ "state": "open" }),
        ),
        ("github.reopen_issue", issue.clone(), json!({}), true, "PATCH", "/repos/o/r/issues/12", closed),
        (
            "github.edit_issue",
            with(json!({ "title": "new", "body": "b" })),
            json!({ "title": "old", "body": null }),
            true,
            "PATCH",
            "/repos/o/r/issues/12",
            json!({ "title": "old" }),
        ),
        (
            "github.comment",
            with(json!({ "text": "hi" })),
            json!({ "node": "IC_1" }),
            true,
            "POST",
            "/graphql",
            json!({ "variables": { "id": "IC_1" } }),
        ),
        (
            "github.add_label",
            with(json!({ "label": "bug" })),
            json!({}),
            false,
            "POST",
            "/repos/o/r/issues/12/labels",
            json!({ "labels": ["bug"] }),
        ),
        (
            "github.add_label",
            with(json!({ "label": "bug" })),
            json!({}),
            true,
            "DELETE",
            "/repos/o/r/issues/12/labels/bug",
            json!({}),
        ),
        (
            "github.assign",
            with(json!({ "user": "ada" })),
            json!({}),
            true,
            "DELETE",
            "/repos/o/r/issues/12/assignees",
            json!({ "assignees": ["ada"] }),
        ),
        ("github.lock", issue.clone(), json!({}), true, "DELETE", "/repos/o/r/issues/12/lock", json!({})),
        ("github.unlock", issue.clone(), json!({}), true, "PUT", "/repos/o/r/issues/12/lock", json!({})),
        (
            "github.delete_branch",
            json!({ "repository": "o/r", "branch": "old" }),
            json!({ "sha": "abc" }),
            true,
            "POST",
            "/repos/o/r/git/refs",
            json!({ "ref": "refs/heads/old", "sha": "abc" }),
        ),
        (
            "github.rename_repository",
            json!({ "repository": "o/r", "name": "new" }),
            json!({ "before": "r" }),
            true,
            "PATCH",
            "/repos/o/new",
            json!({ "name": "r" }),
        ),
        (
            "github.publish_release",
            json!({ "repository": "o/r", "tag": "v1" }),
            json!({ "release": 5 }),
            true,
            "PATCH",
            "/repos/o/r/releases/5",
            json!({ "draft": true }),
        ),
        (
            "github.add_collaborator",
            json!({ "repository": "o/r", "user": "eve", "permission": "push" }),
            json!({}),
            true,
            "DELETE",
            "/repos/o/r/collaborators/eve",
            json!({}),
        ),
        (
            "github.remove_collaborator",
            json!({ "repository": "o/r", "user": "eve" }),
            json!({ "permission": "admin" }),
            true,
            "PUT",
            "/repos/o/r/collaborators/eve",
            json!({ "permission": "admin" }),
        ),
    ];
    for (kind, payload, undo, undoes, verb, at, body) in rows {
        let server = server().await;
        finds(&server, "/repos/o/r/collaborators/eve/permission", json!({ "role_name": "write" })).await;
        // Calls without a body are matched by their address alone.
        let answered = Mock::given(method(verb)).and(path(at));
        let answered = if body == json!({}) { answered } else { answered.and(body_partial_json(body)) };
        answered.respond_with(ok()).expect(1).mount(&server).await;
        let operation = if undoes { revert(kind, payload, undo) } else { execute(kind, payload, undo) };
        apply(&server, &operation).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
    let error = apply(&server().await, &revert("github.merge", json!({ "repository": "o/r", "pull": 3 }), json!({})))
        .await
        .unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "irreversible", .. }));
}

#[tokio::test]
async fn a_merge_answers_the_check_and_merges_what_was_agreed_to() {
    let server = server().await;
    finds(&server, "/repos/o/r/pulls/3", json!({ "head": { "sha": "abc" }, "merged": false })).await;
    on(
        &server,
        "POST",
        "/repos/o/r/check-runs",
        json!({ "name": "Polity", "head_sha": "abc", "conclusion": "success" }),
        ok(),
    )
    .await;
    on(&server, "PUT", "/repos/o/r/pulls/3/merge", json!({ "sha": "abc" }), ok()).await;
    let merge = |sha: &str| execute("github.merge", json!({ "repository": "o/r", "pull": 3, "sha": sha }), json!({}));
    apply(&server, &merge("abc")).await.unwrap();
    let error = apply(&server, &merge("older")).await.unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "pushed-since", .. }));
}

#[tokio::test]
async fn what_cannot_be_merged_yet_has_the_communitys_word_all_the_same() {
    let server = server().await;
    finds(&server, "/repos/o/r/pulls/3", json!({ "head": { "sha": "abc" }, "merged": false })).await;
    on(&server, "POST", "/repos/o/r/check-runs", json!({}), ok()).await;
    on(
        &server,
        "PUT",
        "/repos/o/r/pulls/3/merge",
        json!({}),
        ResponseTemplate::new(405).set_body_json(json!({ "message": "not mergeable" })),
    )
    .await;
    let receipt =
        apply(&server, &execute("github.merge", json!({ "repository": "o/r", "pull": 3 }), json!({}))).await.unwrap();
    assert_eq!(receipt.detail.get("merged"), Some(&json!(false)));
}

#[tokio::test]
async fn a_ballot_is_a_comment_that_is_found_again_and_whose_reactions_are_all_counted() {
    let server = server().await;
    on(
        &server,
        "POST",
        "/repos/o/r/issues/12/comments",
        json!({}),
        ResponseTemplate::new(201).set_body_json(json!({ "id": 9, "node_id": "IC_9" })),
    )
    .await;
    let ask = Ask { text: "Merge @all?".into(), ..Ask::default() };
    let ballot = Operation::PostBallot { place: "o/r#12".into(), ask, url: None, proposal: None };
    assert_eq!(apply(&server, &ballot).await.unwrap().external.as_deref(), Some("o/r#12"));

    let comments = json!([
        { "id": 8, "user": { "login": "mallory" }, "body": "<!-- polity:ballot -->" },
        { "id": 9, "user": { "login": "polity[bot]" }, "body": "### Merge?\n<!-- polity:ballot -->" },
    ]);
    finds(&server, "/repos/o/r/issues/12/comments", comments).await;
    // Thirty to a page would miss the thirty-first, and a hundred the hundred and first.
    let reaction = |n: usize| json!({ "content": if n.is_multiple_of(2) { "+1" } else { "-1" }, "user": { "login": format!("u{n}"), "type": "User" } });
    let page = |range: std::ops::Range<usize>| {
        ResponseTemplate::new(200).set_body_json(range.map(reaction).collect::<Vec<_>>())
    };
    let at = "/repos/o/r/issues/comments/9/reactions";
    Mock::given(path(at)).and(query_param("page", "1")).respond_with(page(0..100)).mount(&server).await;
    let mut last: Vec<Value> = (100..131).map(reaction).collect();
    last.push(json!({ "content": "+1", "user": { "login": "ci[bot]", "type": "Bot" } }));
    last.push(json!({ "content": "heart", "user": { "login": "u7", "type": "User" } }));
    Mock::given(path(at))
        .and(query_param("page", "2"))
        .respond_with(ResponseTemplate::new(200).set_body_json(last))
        .mount(&server)
        .await;
    let found = github().recount(&ours(&server), "o/r#12", "o/r#12").await.unwrap().unwrap();
    assert_eq!(found.len(), 131);

    on(&server, "PATCH", "/repos/o/r/issues/comments/9", json!({}), ok()).await;
    let update =
        Operation::UpdateBallot { place: "o/r#12".into(), message: "o/r#12".into(), text: "Passed".into(), open: None };
    apply(&server, &update).await.unwrap();
}

#[tokio::test]
async fn an_earlier_try_is_found_by_its_mark() {
    let server = server().await;
    let comments = json!([{ "id": 4, "node_id": "IC_4", "user": { "login": "polity[bot]" }, "body": format!("x\n<!-- polity:{} -->", KEY.0) }]);
    finds(&server, "/repos/o/r/issues/12/comments", comments).await;
    let post = Operation::Post { place: "o/r#12".into(), text: "x".into(), thread: None };
    let found = github().done_before(&ours(&server), &post, KEY).await.unwrap().unwrap();
    assert_eq!(found.detail.get("comment"), Some(&json!(4)));
}

#[tokio::test]
async fn a_repository_outside_what_is_governed_is_never_acted_in() {
    let server = server().await;
    let mut narrow = ours(&server);
    narrow.config.0["repositories"] = json!(["o/r"]);
    for place in ["o/other", "../o/r", "o/r/../x"] {
        let close = execute("github.close_issue", json!({ "repository": place, "issue": 1 }), json!({}));
        let error = github().apply(&narrow, &close, KEY).await.unwrap_err();
        assert!(matches!(error, ApplyError::Permanent { code: "no-such-repository", .. }), "{place}");
    }
}

#[tokio::test]
async fn the_fault_menu() {
    let close = || execute("github.close_issue", json!({ "repository": "o/r", "issue": 12 }), json!({}));
    let says = |status: u16, message: &str| ResponseTemplate::new(status).set_body_json(json!({ "message": message }));
    let slow = ok().set_delay(std::time::Duration::from_secs(2));
    let cases: Vec<(&str, Operation, ResponseTemplate, &str)> = vec![
        ("too fast", close(), says(429, "slow down").insert_header("retry-after", "60"), "later"),
        (
            "too fast, said as forbidden",
            close(),
            says(403, "secondary rate limit").insert_header("retry-after", "60"),
            "later",
        ),
        ("used up", close(), says(403, "API rate limit exceeded").insert_header("x-ratelimit-remaining", "0"), "later"),
        ("trouble", close(), says(502, "bad gateway"), "later"),
        ("too slow", close(), slow, "later"),
        ("token revoked", close(), says(401, "Bad credentials"), "token-refused"),
        ("permission lost", close(), says(403, "Resource not accessible by integration"), "forbidden"),
        ("gone", close(), says(410, "This issue was deleted"), "not-found"),
        ("moved", close(), says(301, "Moved Permanently"), "moved"),
        (
            "label gone already",
            execute("github.remove_label", json!({ "repository": "o/r", "issue": 12, "label": "x" }), json!({})),
            says(404, "Label does not exist"),
            "done",
        ),
        (
            "branch back already",
            revert("github.delete_branch", json!({ "repository": "o/r", "branch": "x" }), json!({ "sha": "abc" })),
            says(422, "Reference already exists"),
            "done",
        ),
    ];
    for (what, operation, answer, expected) in cases {
        let server = server().await;
        Mock::given(wiremock::matchers::any()).respond_with(answer).with_priority(9).mount(&server).await;
        let ended = match apply(&server, &operation).await {
            Ok(_) => "done".to_owned(),
            Err(ApplyError::Retry { .. }) => "later".to_owned(),
            Err(ApplyError::Permanent { code, why }) => {
                assert!(!why.contains("ghs_"), "{what}: {why}");
                code.to_owned()
            }
        };
        assert_eq!(ended, expected, "{what}");
    }
}

#[tokio::test]
async fn an_installation_that_the_installer_does_not_see_is_not_theirs() {
    let server = MockServer::start().await;
    let token = ResponseTemplate::new(200).set_body_json(json!({ "access_token": "ghu_x" }));
    Mock::given(method("POST")).and(path("/login/oauth/access_token")).respond_with(token).mount(&server).await;
    finds(&server, "/user", json!({ "login": "ada", "name": "Ada" })).await;
    finds(
        &server,
        "/user/installations",
        json!({ "installations": [{ "id": 5, "app_id": 77, "account": { "login": "town" } }] }),
    )
    .await;
    finds(
        &server,
        "/user/installations/5/repositories",
        json!({ "repositories": [{ "full_name": "town/r", "permissions": { "admin": true } }] }),
    )
    .await;
    let visit = |id: &str| {
        BTreeMap::from([("installation_id".to_owned(), id.to_owned()), ("code".to_owned(), "abc".to_owned())])
    };
    let grant = github().granted(&ours(&server), &visit("5"), "https://p.example/back").await.unwrap();
    assert_eq!((grant.tenant.as_str(), grant.name.as_str(), grant.installer.id.as_str()), ("5", "town", "ada"));
    let error = github().granted(&ours(&server), &visit("6"), "https://p.example/back").await.unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "not-an-administrator", .. }), "{error}");
}
