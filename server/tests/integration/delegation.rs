//! Liquid democracy through the whole service.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::play::{again, kinds, named, policy, town, until};
use crate::web::test_app::{Answer, OPERATOR, TestApp};

/// Three voices are needed, delegated ones included.
const THREE: &str = "function initialize(action) {
        ask('everyone', { text: 'Agreed?', closes: days(3), delegation: true, topic: 'rooms' })
    }
    function check(action) {
        const count = action.proposal.tally('yes-no', { quorum: 3 })
        if (count.passed) return passed(count.sentence)
        if (action.proposal.isClosed) return failed(count.sentence)
    }
    function pass(action) { action.execute() }";

async fn give(app: &TestApp, from: &str, to: &str, scope: Value, more: Value) -> Answer {
    let mut body = json!({ "member": from, "to": to, "scope": scope });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let call = app.call(Method::PUT, "/api/v1/communities/town/delegations").bearer(OPERATOR);
    call.header("content-type", "application/json").body(body.to_string()).send().await
}

async fn take_back(app: &TestApp, query: &str) -> Answer {
    app.call(Method::DELETE, &format!("/api/v1/communities/town/delegations?{query}")).bearer(OPERATOR).send().await
}

async fn topic(app: &TestApp) -> Value {
    app.attempt("town", "ada", "board.set_topic", json!({ "channel": "general", "topic": "tea" })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voter_carries_the_voices_that_were_given_through_others() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Three", "board.set_topic", THREE, json!({})).await;
    give(&app, "ada", "ben", json!({ "kind": "everything" }), json!({})).await.expect(StatusCode::OK);
    give(&app, "ben", "cleo", json!({ "kind": "topic", "value": "rooms" }), json!({})).await.expect(StatusCode::OK);
    let open = topic(&app).await;
    app.vote("town", &named(&open, "Three"), "cleo", json!(true)).await.expect(StatusCode::OK);
    let done = until(&app, &open, "executed").await;
    assert!(done["reason"].as_str().unwrap().starts_with("3 yes, 0 no"), "{done}");
    assert_eq!(kinds(&app, "delegation.made").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_votes_takes_their_own_voice_back_until_the_close() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Three", "board.set_topic", THREE, json!({})).await;
    for from in ["ada", "ben"] {
        give(&app, from, "cleo", json!({ "kind": "action_type", "value": "board.*" }), json!({}))
            .await
            .expect(StatusCode::OK);
    }
    let open = topic(&app).await;
    let ballot = named(&open, "Three");
    app.vote("town", &ballot, "ben", json!(false)).await.expect(StatusCode::OK);
    app.vote("town", &ballot, "cleo", json!(true)).await.expect(StatusCode::OK);
    let done = until(&app, &open, "executed").await;
    assert!(done["reason"].as_str().unwrap().starts_with("2 yes, 1 no"), "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegation_given_or_taken_back_is_counted_at_once_and_ends_at_its_moment() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Three", "board.set_topic", THREE, json!({})).await;
    let open = topic(&app).await;
    app.vote("town", &named(&open, "Three"), "cleo", json!(true)).await.expect(StatusCode::OK);
    let expires_at = app.ctx.clock.now() + Duration::from_secs(3600);
    give(&app, "ada", "cleo", json!({ "kind": "everything" }), json!({ "expires_at": expires_at }))
        .await
        .expect(StatusCode::OK);
    app.wait(Duration::from_secs(3601)).await;
    give(&app, "ben", "cleo", json!({ "kind": "everything" }), json!({})).await.expect(StatusCode::OK);
    app.quiet().await;
    assert_eq!(again(&app, &open).await["status"], "proposed", "ada's has ended");
    let then = (app.ctx.clock.now() - Duration::from_secs(3600)).to_string();
    let listed =
        app.get(&format!("/api/v1/communities/town/delegations?at={then}")).send().await.expect(StatusCode::OK).json();
    assert_eq!(listed["delegations"][0]["from"], "ada", "the past can be seen: {listed}");
    let listed = app.get("/api/v1/communities/town/delegations?member=ben").send().await.json();
    assert_eq!(listed["delegations"].as_array().unwrap().len(), 1, "{listed}");
    take_back(&app, "member=ben&kind=everything").await.expect(StatusCode::NO_CONTENT);
    take_back(&app, "member=ben&kind=everything").await.refused(409, "not-given", None);
    give(&app, "ben", "dara", json!({ "kind": "everything" }), json!({})).await.expect(StatusCode::OK);
    give(&app, "ada", "cleo", json!({ "kind": "everything" }), json!({})).await.expect(StatusCode::OK);
    app.vote("town", &named(&open, "Three"), "dara", json!(true)).await.expect(StatusCode::OK);
    until(&app, &open, "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_carry_no_weight_is_refused_with_the_reason() {
    let app = TestApp::start().await;
    town(&app).await;
    let everything = || json!({ "kind": "everything" });
    let refused = give(&app, "ada", "ben", everything(), json!({})).await;
    assert!(refused.text().contains("no policy in force"), "{}", refused.text());
    refused.refused(422, "no-weight", Some("scope"));
    policy(&app, "Three", "board.set_topic", THREE, json!({})).await;
    give(&app, "ada", "ada", everything(), json!({})).await.refused(422, "no-weight", Some("scope"));
    give(&app, "ada", "zoe", everything(), json!({})).await.refused(422, "unknown-member", Some("to"));
    let other = json!({ "kind": "action_type", "value": "board.rename_channel" });
    give(&app, "ada", "ben", other, json!({})).await.refused(422, "no-weight", Some("scope"));
    let unknown = json!({ "kind": "action_type", "value": "board.fly" });
    give(&app, "ada", "ben", unknown, json!({})).await.refused(422, "invalid-field", Some("scope"));
    let role = json!({ "kind": "role", "value": "Ghost" });
    give(&app, "ada", "ben", role, json!({})).await.refused(422, "unknown-role", Some("scope"));
    app.attempt("town", "ada", "constitution.add_role", json!({ "name": "Steward" })).await;
    let role = json!({ "kind": "role", "value": "Steward" });
    give(&app, "ada", "ben", role, json!({})).await.refused(422, "no-weight", Some("scope"));
    let past = json!({ "expires_at": app.ctx.clock.now() });
    give(&app, "ada", "ben", everything(), past).await.refused(422, "invalid-field", Some("expires_at"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_vote_takes_no_delegations() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "function initialize() { ask('everyone', { privacy: 'secret', closes: days(1), delegation: true }) }
        function check() {}";
    policy(&app, "Secret", "board.set_topic", source, json!({})).await;
    let held = topic(&app).await;
    assert_eq!(held["status"], "held", "{held}");
    assert!(held["reason"].as_str().unwrap().contains("a secret vote takes no delegations"), "{held}");
}
