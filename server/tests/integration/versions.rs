//! New versions under open votes, filters asked again, and the circuit breaker: through the whole service.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::play::{again, kinds, named, policy, town, until};
use crate::web::test_app::TestApp;

const TWO_YES: &str =
    "function check(action) { if (action.proposal.yes.length >= 2) return passed(`v${policy.version}: two agreed`) }
    function pass(action) { action.execute() }";
const ONE_YES: &str =
    "function check(action) { if (action.proposal.yes.length >= 1) return passed(`v${policy.version}: one agreed`) }
    function pass(action) { action.execute() }";
const BREAKS: &str = "function check(action) { return action.nothing.here }";

async fn topic(app: &TestApp, topic: &str) -> Value {
    app.attempt("town", "ada", "board.set_topic", json!({ "channel": "general", "topic": topic })).await
}

async fn change(app: &TestApp, name: &str, source: &str, changeover: &str) -> Value {
    let payload = json!({ "policy": name, "source": source, "changeover": changeover });
    let changed = app.attempt("town", "ada", "constitution.change_policy", payload).await;
    assert_eq!(changed["status"], "executed", "{changed}");
    changed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_counts_the_ballots_again_under_the_new_version() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Votes", "board.set_topic", TWO_YES, json!({})).await;
    let open = topic(&app, "one").await;
    app.vote("town", &named(&open, "Votes"), "ben", json!(true)).await.expect(StatusCode::OK);
    app.quiet().await;
    assert_eq!(again(&app, &open).await["status"], "proposed");
    change(&app, "Votes", ONE_YES, "restart").await;
    let done = until(&app, &open, "executed").await;
    assert_eq!(
        (&done["reason"], &done["proposals"][0]["policy_version"]),
        (&json!("v2: one agreed"), &json!(2)),
        "{done}"
    );
    assert_eq!(done["proposals"][0]["tally"]["voted"], 1, "the ballot was kept: {done}");
    assert!(kinds(&app, "proposal.restarted").await >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn voters_are_asked_which_version_finishes_their_vote() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Votes", "board.set_topic", TWO_YES, json!({})).await;
    let open = topic(&app, "one").await;
    app.vote("town", &named(&open, "Votes"), "ben", json!(true)).await.expect(StatusCode::OK);
    app.quiet().await;
    change(&app, "Votes", ONE_YES, "ask_voters").await;
    app.quiet().await;
    assert_eq!(again(&app, &open).await["status"], "proposed", "until they have answered it goes on as it began");
    let listed = app.get("/api/v1/communities/town/actions?type=constitution.restart_proposals").send().await.json();
    let question = listed["actions"][0].clone();
    let asked = &question["proposals"][0];
    assert_eq!((&asked["status"], &asked["ask"]["kind"]), (&json!("proposed"), &json!("yes-no")), "{question}");
    assert!(asked["deadline"].is_string(), "{question}");
    for (who, answer) in [("ben", true), ("cleo", true), ("dara", false)] {
        app.vote("town", asked["id"].as_str().unwrap(), who, json!(answer)).await.expect(StatusCode::OK);
    }
    app.wait(Duration::from_secs(3 * 24 * 3600 + 1)).await;
    let done = until(&app, &open, "executed").await;
    assert_eq!(done["reason"], "v2: one agreed", "{done}");
    assert_eq!(again(&app, &question).await["status"], "executed");
}

#[tokio::test(flavor = "multi_thread")]
async fn voters_who_say_nothing_finish_under_the_old_version() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Votes", "board.set_topic", TWO_YES, json!({})).await;
    let open = topic(&app, "one").await;
    change(&app, "Votes", ONE_YES, "ask_voters").await;
    app.wait(Duration::from_secs(3 * 24 * 3600 + 1)).await;
    for who in ["ben", "cleo"] {
        app.vote("town", &named(&open, "Votes"), who, json!(true)).await.expect(StatusCode::OK);
    }
    assert_eq!(until(&app, &open, "executed").await["reason"], "v1: two agreed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_breaks_three_times_gives_way_to_the_last_that_worked() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Votes", "board.set_topic", ONE_YES, json!({})).await;
    assert_eq!(topic(&app, "zero").await["status"], "proposed");
    change(&app, "Votes", BREAKS, "finish_under_old").await;
    for n in 1..=3 {
        let held = topic(&app, &format!("topic {n}")).await;
        assert_eq!((&held["status"], &held["proposals"][0]["policy_version"]), (&json!("held"), &json!(2)), "{held}");
        app.wait(Duration::from_secs(30)).await;
    }
    assert_eq!(kinds(&app, "policy.tripped").await, 1);
    let open = topic(&app, "four").await;
    assert_eq!((&open["status"], &open["proposals"][0]["policy_version"]), (&json!("proposed"), &json!(1)), "{open}");
    let shown = app.get("/api/v1/communities/town/policies").send().await.json();
    let shown = shown["policies"].as_array().unwrap().iter().find(|one| one["name"] == "Votes").unwrap().clone();
    assert_eq!((&shown["version"], &shown["breaker"]["broken_version"]), (&json!(1), &json!(2)), "{shown}");
    let incidents = app.get("/api/v1/communities/town/incidents").send().await.json();
    let codes: Vec<_> =
        incidents["incidents"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes.iter().filter(|code| **code == "breaker").count(), 1, "{incidents}");
    assert!(codes.len() == 4 && incidents["incidents"][0]["resolved_at"].is_null(), "{incidents}");

    let reset = app.attempt("town", "ada", "constitution.reset_policy", json!({ "policy": "Votes" })).await;
    assert_eq!(reset["status"], "executed", "{reset}");
    assert_eq!(topic(&app, "five").await["proposals"][0]["policy_version"], 2);
    change(&app, "Votes", TWO_YES, "finish_under_old").await;
    assert_eq!(topic(&app, "six").await["status"], "proposed");
    let incidents = app.get("/api/v1/communities/town/incidents").send().await.json();
    let is_over = incidents["incidents"].as_array().unwrap().iter().all(|one| one["resolved_at"].is_string());
    assert!(is_over, "a new version is a new start: {incidents}");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_far_apart_trip_nothing() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Votes", "board.set_topic", ONE_YES, json!({})).await;
    change(&app, "Votes", BREAKS, "finish_under_old").await;
    for n in 1..=4 {
        topic(&app, &format!("topic {n}")).await;
        app.wait(Duration::from_secs(200)).await;
    }
    assert_eq!(kinds(&app, "policy.tripped").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_decided_is_asked_again_whether_it_still_concerns_them() {
    let app = TestApp::start().await;
    town(&app).await;
    // The first is against until the second says that it is urgent, which puts the first out of scope.
    let first = "function filter(action) { return action.data.get('urgent') !== true }
        function check() { return failed('not like this') }";
    let second = "function check(action) { if (action.proposal.yes.length >= 1) return PASSED }
        function pass(action) { action.data.set('urgent', true); action.execute() }";
    policy(&app, "Careful", "board.set_topic", first, json!({})).await;
    policy(&app, "Urgent", "board.set_topic", second, json!({})).await;
    let combine = json!({ "layer": "platform", "combining": "permit-overrides" });
    app.attempt("town", "ada", "constitution.set_combining", combine).await;
    let open = topic(&app, "one").await;
    assert_eq!(open["proposals"][0]["status"], "failed", "{open}");
    app.vote("town", &named(&open, "Urgent"), "ben", json!(true)).await.expect(StatusCode::OK);
    let done = until(&app, &open, "executed").await;
    assert_eq!(done["no_opinion"], json!(["Careful"]), "{done}");
}
