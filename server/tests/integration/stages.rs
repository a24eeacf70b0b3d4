//! Policies in stages, through the whole service.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::play::{again, named, policy, town, until};
use crate::web::test_app::TestApp;

/// One yes ends the first round; what it says is left for the second.
const FIRST: &str = "function check(action) {
        if (action.proposal.yes.length >= 1) { action.data.set('first', action.proposal.voters[0]); return passed('the first round agreed') }
        if (action.proposal.hasElapsed(days(1))) return failed('the first round took too long')
    }";
const SECOND: &str = "function initialize(action) { ask('everyone', { text: 'Again?', closes: days(1) }) }
    function check(action) {
        if (!action.data.get('first')) return failed('nothing came of the first round')
        if (action.proposal.yes.length >= 1) return passed('the second round agreed')
        if (action.proposal.isClosed) return failed('the second round took too long')
    }
    function pass(action) { action.execute() }";

async fn caucus(app: &TestApp, more: Value) -> Value {
    let mut payload = json!({
        "name": "Caucus", "layer": "platform", "action_types": ["board.set_topic"],
        "stages": [{ "name": "First", "source": FIRST }, { "name": "Second", "source": SECOND }],
    });
    payload.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let added = app.attempt("town", "ada", "constitution.add_policy_bundle", payload).await;
    assert_eq!(added["status"], "executed", "{added}");
    added
}

async fn topic(app: &TestApp) -> Value {
    app.attempt("town", "ada", "board.set_topic", json!({ "channel": "general", "topic": "tea" })).await
}

fn states(action: &Value) -> Vec<&str> {
    action["proposals"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_begins_when_the_one_before_it_has_passed() {
    let app = TestApp::start().await;
    town(&app).await;
    caucus(&app, json!({})).await;
    let listed = app.get("/api/v1/communities/town/policies?removed=true").send().await.json();
    let names: Vec<_> =
        listed["policies"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Caucus") && !names.contains(&"First"), "a stage is no policy by itself: {names:?}");
    let shown = listed["policies"].as_array().unwrap().iter().find(|one| one["name"] == "Caucus").unwrap();
    assert_eq!((&shown["stages"][0]["name"], &shown["stages"][1]["number"]), (&json!("First"), &json!(2)), "{shown}");

    let open = topic(&app).await;
    assert_eq!(states(&open), ["proposed", "waiting"], "{open}");
    assert_eq!(open["proposals"][1]["stage"]["number"], 2);
    let early = app.vote("town", &named(&open, "Second"), "ben", json!(true)).await;
    early.refused(409, "vote-closed", None);
    app.wait(Duration::from_secs(3600)).await;
    app.vote("town", &named(&open, "First"), "ben", json!(true)).await.expect(StatusCode::OK);
    app.quiet().await;
    let second = again(&app, &open).await;
    assert_eq!(states(&second), ["passed", "proposed"], "{second}");
    assert_ne!(
        second["proposals"][1]["opened_at"], open["proposals"][0]["opened_at"],
        "it began when the first had passed"
    );
    app.vote("town", &named(&open, "Second"), "cleo", json!(true)).await.expect(StatusCode::OK);
    let done = until(&app, &open, "executed").await;
    assert_eq!(done["reason"], "the second round agreed", "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_fails_fails_the_action() {
    let app = TestApp::start().await;
    town(&app).await;
    caucus(&app, json!({})).await;
    let open = topic(&app).await;
    app.wait(Duration::from_secs(24 * 3600 + 1)).await;
    let failed = until(&app, &open, "failed").await;
    assert_eq!(
        (&failed["reason"], states(&failed)),
        (&json!("the first round took too long"), vec!["failed", "waiting"]),
        "{failed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_in_stages_is_one_opinion_among_others() {
    let app = TestApp::start().await;
    town(&app).await;
    let passes = "function check() { return PASSED }\nfunction pass(action) { action.execute() }";
    policy(&app, "Passes", "board.set_topic", passes, json!({})).await;
    caucus(&app, json!({})).await;
    let combine = json!({ "layer": "platform", "combining": "permit-overrides" });
    app.attempt("town", "ada", "constitution.set_combining", combine).await;
    assert_eq!(topic(&app).await["status"], "executed", "one pass passes");
    let combine = json!({ "layer": "platform", "combining": "deny-overrides" });
    app.attempt("town", "ada", "constitution.set_combining", combine).await;
    let open = topic(&app).await;
    assert_eq!(states(&open), ["passed", "proposed", "waiting"], "{open}");
    app.vote("town", &named(&open, "First"), "ben", json!(true)).await.expect(StatusCode::OK);
    app.quiet().await;
    assert_eq!(again(&app, &open).await["status"], "proposed", "the second stage is still open");
    app.vote("town", &named(&open, "Second"), "ben", json!(true)).await.expect(StatusCode::OK);
    until(&app, &open, "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_in_stages_is_switched_removed_and_recovered_as_one() {
    let app = TestApp::start().await;
    town(&app).await;
    caucus(&app, json!({})).await;
    let off = json!({ "policy": "Caucus", "enforcement": "off" });
    app.attempt("town", "ada", "constitution.set_enforcement", off).await;
    assert_eq!(topic(&app).await["status"], "executed");
    let on = json!({ "policy": "Caucus", "enforcement": "enforced" });
    app.attempt("town", "ada", "constitution.set_enforcement", on).await;
    app.attempt("town", "ada", "constitution.remove_policy", json!({ "policy": "Caucus" })).await;
    assert_eq!(topic(&app).await["status"], "executed");
    app.attempt("town", "ada", "constitution.recover_policy", json!({ "policy": "Caucus" })).await;
    assert_eq!(states(&topic(&app).await), ["proposed", "waiting"]);
    let changed = app
        .attempt(
            "town",
            "ada",
            "constitution.change_policy",
            json!({
                "policy": "Caucus", "stages": [{ "name": "First", "source": FIRST }],
            }),
        )
        .await;
    assert_eq!(changed["status"], "executed", "{changed}");
    assert_eq!(states(&topic(&app).await), ["proposed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_may_be_a_copy_of_a_policy_and_a_mistake_is_named_with_its_place() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Twice", "matrix.rename_room", SECOND, json!({})).await;
    let stages = json!([{ "name": "First", "source": FIRST }, "Twice"]);
    caucus(&app, json!({ "stages": stages })).await;
    assert_eq!(topic(&app).await["proposals"][1]["policy"], "Twice");
    let body = json!({ "type": "constitution.add_policy_bundle", "initiator": "ada", "payload": {
        "name": "Broken", "layer": "platform", "action_types": ["board.*"],
        "stages": [{ "name": "First", "source": FIRST }, { "name": "Second", "source": "function check( {" }],
    } });
    let answer = app.post("/api/v1/communities/town/actions", body).send().await;
    answer.refused(422, "policy-does-not-parse", Some("payload.stages[1].source"));
}
