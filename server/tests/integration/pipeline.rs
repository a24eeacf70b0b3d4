//! The semantics of deciding, through the whole service: who governs, what is pinned, what is held, what a trial may not do.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::pipeline::{Attempt, AttemptError};
use types::{Evaluation, Facts, Json, MemberId, Origin, Request};

use crate::web::test_app::TestApp;

const PASSES: &str = "function check() { return PASSED }\nfunction pass(action) { action.execute() }";
const FAILS: &str = "function check() { return failed(\"never\") }";
const TWO_YES: &str = "function check(action) { if (action.proposal.yes.length >= 2) return passed(\"two agreed\") }
function pass(action) { action.execute() }";

/// A community where everything passes, with four members.
async fn town(app: &TestApp) {
    app.found("town", "open", &["ada", "ben", "cleo", "dara"]).await;
}

/// Puts a policy in force, by the action that does so.
async fn policy(app: &TestApp, name: &str, kind: &str, source: &str, more: Value) -> Value {
    let layer = if kind.starts_with("constitution") { "constitution" } else { "platform" };
    let mut payload = json!({ "name": name, "layer": layer, "action_types": [kind], "source": source });
    payload.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let added = app.attempt("town", "ada", "constitution.add_policy", payload).await;
    assert_eq!(added["status"], "executed", "{added}");
    added
}

async fn topic(app: &TestApp, by: &str, topic: &str) -> Value {
    app.attempt("town", by, "board.set_topic", json!({ "channel": "general", "topic": topic })).await
}

async fn again(app: &TestApp, action: &Value) -> Value {
    let path = format!("/api/v1/communities/town/actions/{}", action["id"].as_str().unwrap());
    app.get(&path).send().await.expect(StatusCode::OK).json()
}

/// The action once it stands where it should. The service works at its own pace beside the test.
async fn until(app: &TestApp, action: &Value, status: &str) -> Value {
    for _ in 0..200 {
        app.quiet().await;
        let now = again(app, action).await;
        if now["status"] == status {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never became {status}: {}", again(app, action).await)
}

fn proposal(action: &Value, place: usize) -> String {
    action["proposals"][place]["id"].as_str().unwrap_or_else(|| panic!("no proposal {place}: {action}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_policy_governs_goes_ahead_on_the_board_and_is_held_in_the_constitution() {
    let app = TestApp::start().await;
    town(&app).await;
    assert_eq!(topic(&app, "ada", "hello").await["status"], "executed");
    let removed =
        app.attempt("town", "ada", "constitution.remove_policy", json!({ "policy": "Everything passes" })).await;
    assert_eq!(removed["status"], "executed", "{removed}");
    let held = app.attempt("town", "ada", "constitution.add_role", json!({ "name": "Steward" })).await;
    assert_eq!(held["status"], "held", "{held}");
    assert!(held["reason"].as_str().unwrap().contains("no policy governs"), "{held}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_policy_must_pass_and_one_failure_fails() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Passes", "board.set_topic", PASSES, json!({})).await;
    assert_eq!(topic(&app, "ada", "one").await["status"], "executed");
    policy(&app, "Fails", "board.*", FAILS, json!({})).await;
    let failed = topic(&app, "ada", "two").await;
    assert_eq!((&failed["status"], &failed["reason"]), (&json!("failed"), &json!("never")), "{failed}");
    let combine = json!({ "layer": "platform", "combining": "first-applicable" });
    app.attempt("town", "ada", "constitution.set_combining", combine).await;
    assert_eq!(topic(&app, "ada", "three").await["status"], "executed", "the first policy in order decides");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_breaks_waves_nothing_through() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Breaks", "board.set_topic", "function check(action) { return action.nothing.here }", json!({})).await;
    let held = topic(&app, "ada", "one").await;
    assert_eq!(held["status"], "held", "{held}");
    assert!(held["reason"].as_str().unwrap().contains("“Breaks” broke (line 1"), "{held}");
    app.attempt("town", "ada", "constitution.set_on_error", json!({ "policy": "Breaks", "on_error": "deny" })).await;
    assert_eq!(topic(&app, "ada", "two").await["status"], "failed");
    app.attempt("town", "ada", "constitution.set_on_error", json!({ "policy": "Breaks", "on_error": "allow" })).await;
    assert_eq!(topic(&app, "ada", "three").await["status"], "executed");
    assert_eq!(again(&app, &held).await["status"], "held", "the first was pinned to hold");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_proposal_finishes_under_the_version_it_began_with() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Two yes", "board.set_topic", TWO_YES, json!({})).await;
    let open = topic(&app, "ada", "one").await;
    assert_eq!(open["status"], "proposed", "{open}");
    app.attempt("town", "ada", "constitution.change_policy", json!({ "policy": "Two yes", "source": FAILS })).await;
    app.attempt("town", "ada", "constitution.set_enforcement", json!({ "policy": "Two yes", "enforcement": "off" }))
        .await;
    app.attempt("town", "ada", "constitution.remove_policy", json!({ "policy": "Two yes" })).await;
    for member in ["ben", "cleo"] {
        app.vote("town", &proposal(&open, 0), member, json!(true)).await.expect(StatusCode::OK);
    }
    let decided = until(&app, &open, "executed").await;
    assert_eq!(decided["reason"], "two agreed", "{decided}");
    assert_eq!(decided["proposals"][0]["policy_version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changeover_that_is_not_offered_is_refused_in_words() {
    let app = TestApp::start().await;
    town(&app).await;
    let body = json!({ "type": "constitution.change_policy", "initiator": "ada",
        "payload": { "policy": "Everything passes", "description": "x", "changeover": "restart" } });
    let refused =
        app.post("/api/v1/communities/town/actions", body).send().await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.json()["message"].as_str().unwrap().contains("finish_under_old"), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_decides_and_changes_nothing() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Trial", "board.set_topic", FAILS, json!({ "enforcement": "shadow" })).await;
    let topic = topic(&app, "ada", "one").await;
    assert_eq!(topic["status"], "executed", "{topic}");
    assert_eq!(topic["proposals"][0]["status"], "failed", "the trial has its opinion: {topic}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_pass_is_a_field_trial() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Silent", "board.set_topic", "function check() { return PASSED }\nfunction pass() {}", json!({}))
        .await;
    let passed = topic(&app, "ada", "one").await;
    assert_eq!(passed["status"], "passed", "{passed}");
    assert_eq!(passed["effects"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_is_met_at_its_moment_without_anybody_doing_anything() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "function check(action) { if (action.proposal.hasElapsed(days(2))) return failed(\"too late\") }";
    policy(&app, "Two days", "board.set_topic", source, json!({})).await;
    let open = topic(&app, "ada", "one").await;
    app.wait(Duration::from_secs(2 * 24 * 3600 - 60)).await;
    assert_eq!(again(&app, &open).await["status"], "proposed");
    app.wait(Duration::from_secs(61)).await;
    let failed = until(&app, &open, "failed").await;
    assert_eq!(failed["reason"], "too late", "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_of_one_action_share_its_data_and_may_come_into_scope_by_it() {
    let app = TestApp::start().await;
    town(&app).await;
    // The caucus of the paper: the first round sets a flag, at which the second wakes.
    let first = "function filter(action) { return !action.data.get(\"round two\") }
        function check() { return PASSED }
        function pass(action) { action.data.set(\"round two\", true) }";
    let second = "function filter(action) { return action.data.get(\"round two\") === true }
        function check(action) { if (action.proposal.yes.length >= 1) return passed(\"the second round agreed\") }
        function pass(action) { action.execute() }";
    policy(&app, "Round two", "board.set_topic", second, json!({})).await;
    policy(&app, "Round one", "board.set_topic", first, json!({})).await;
    let open = topic(&app, "ada", "one").await;
    assert_eq!(open["status"], "proposed", "the second round is awake, so nothing is carried out yet: {open}");
    let awake = open["proposals"].as_array().unwrap().iter().find(|one| one["status"] == "proposed").unwrap();
    app.vote("town", awake["id"].as_str().unwrap(), "ben", json!(true)).await.expect(StatusCode::OK);
    until(&app, &open, "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_actions_that_count_up_the_same_number_both_count() {
    let app = TestApp::start().await;
    town(&app).await;
    let source =
        "function check() { policy.data.increment(\"seen\"); return passed(String(policy.data.get(\"seen\"))) }
        function pass(action) { action.execute() }";
    policy(&app, "Counts", "board.set_topic", source, json!({})).await;
    let names: Vec<String> = (0..20).map(|n| format!("topic {n}")).collect();
    futures_util::future::join_all(names.iter().map(|name| topic(&app, "ada", name))).await;
    app.quiet().await;
    let last = topic(&app, "ada", "last").await;
    assert_eq!(last["reason"], "21", "none was lost: {last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_right_to_propose_is_refused_and_it_is_recorded() {
    let app = TestApp::start().await;
    town(&app).await;
    let role = json!({ "role": "Member", "permissions": [{ "action_type": "constitution.*", "right": "propose" }] });
    let edited = app.attempt("town", "ada", "constitution.edit_role", role).await;
    assert_eq!(edited["status"], "executed", "{edited}");
    let refused = topic(&app, "ben", "one").await;
    assert_eq!(refused["status"], "failed", "{refused}");
    assert!(refused["reason"].as_str().unwrap().contains("none of the member's roles may propose"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dated_action_enters_at_its_moment_under_what_is_in_force_then() {
    let app = TestApp::start().await;
    town(&app).await;
    let at = app.ctx.clock.now() + Duration::from_secs(3600);
    let body = json!({ "type": "board.set_topic", "initiator": "ada", "activates_at": at,
        "payload": { "channel": "general", "topic": "later" } });
    let dated = app.post("/api/v1/communities/town/actions", body).send().await.expect(StatusCode::CREATED).json();
    assert_eq!(dated["status"], "proposed", "{dated}");
    policy(&app, "Fails", "board.set_topic", FAILS, json!({})).await;
    app.wait(Duration::from_secs(3601)).await;
    until(&app, &dated, "failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_carried_out_says_so() {
    let app = TestApp::start().await;
    town(&app).await;
    let assign = json!({ "role": "Ghost", "members": ["ada"] });
    let passed = app.attempt("town", "ada", "constitution.assign_role", assign).await;
    assert_eq!(passed["status"], "passed", "{passed}");
    assert!(passed["reason"].as_str().unwrap().contains("there is no role “Ghost”"), "{passed}");
    assert_eq!(passed["effects"][0]["status"], "failed", "{passed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_decision_can_be_run_again_and_gives_the_same_bytes() {
    let app = TestApp::start().await;
    town(&app).await;
    let jury = engine::shipped::named("jury").unwrap().source;
    policy(&app, "Jury", "board.set_topic", jury, json!({ "settings": { "size": 3, "yes": 2, "days": 2 } })).await;
    let open = topic(&app, "ada", "one").await;
    let id = proposal(&open, 0);
    for member in ["ben", "cleo"] {
        app.vote("town", &id, member, json!(true)).await.expect(StatusCode::OK);
    }
    until(&app, &open, "executed").await;

    let community = app.ctx.store.system().community_by_slug("town").await.unwrap().unwrap().id;
    let store = app.ctx.store.community(community);
    let stored = store.proposal(id.parse().unwrap()).await.unwrap().unwrap();
    let decisions = store.decisions(stored.id).await.unwrap();
    assert!(decisions.len() >= 2, "the opening and the end are both remembered");
    for decision in decisions {
        let mut request: Request = decision.request.read().unwrap();
        let version = store.policy_versions_by_id(&[stored.version]).await.unwrap().remove(0);
        request.policy.source = version.draft.source;
        let mut facts = serde_json::to_value(Facts::default()).unwrap();
        for (name, hash) in &decision.facts {
            let bodies = store.facts(&[hash.as_str()]).await.unwrap();
            facts[name] = serde_json::from_str(&bodies[hash]).unwrap();
        }
        request.facts = serde_json::from_value(facts).unwrap();
        let rerun = std::thread::Builder::new()
            .stack_size(engine::STACK_BYTES)
            .spawn(move || engine::evaluate(&request, &engine::Limits::default()))
            .unwrap()
            .join()
            .unwrap();
        let recorded: Evaluation = decision.evaluation.read().unwrap();
        assert_eq!(serde_json::to_string(&rerun).unwrap(), serde_json::to_string(&recorded).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_that_arrive_at_once_are_each_answered_and_a_stranger_harms_nobody() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Passes", "board.set_topic", PASSES, json!({})).await;
    let town = app.ctx.store.system().community_by_slug("town").await.unwrap().unwrap();
    let ada = app.ctx.store.community(town.id).member_by_handle("ada").await.unwrap().unwrap();
    let each = (0..100).map(|n| {
        let attempt = Attempt {
            kind: "board.set_topic".parse().unwrap(),
            payload: Json(json!({ "channel": "general", "topic": format!("topic {n}") })),
            initiator: if n % 10 == 7 { MemberId(uuid::Uuid::from_u128(n)) } else { ada.id },
            origin: Origin::Api,
            activates_at: None,
            undo: Json::default(),
        };
        server::pipeline::attempt(&app.ctx, town.id, attempt)
    });
    let answers = futures_util::future::join_all(each).await;
    let mut accepted = std::collections::BTreeSet::new();
    for (n, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(id) => {
                assert!(n % 10 != 7 && accepted.insert(id), "attempt {n} was answered with somebody else's action")
            }
            Err(error) => assert!(n % 10 == 7 && matches!(error, AttemptError::NotAMember), "attempt {n}: {error}"),
        }
    }
    assert_eq!(accepted.len(), 90);
    for id in accepted {
        until(&app, &json!({ "id": id }), "executed").await;
    }
}
