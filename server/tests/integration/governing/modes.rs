//! Modes: policies that are asked between dates or while a condition holds.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{DAY, HOUR, TestApp, again, attempt, done, entries, get, policy, town, vote};

const FAILS: &str = "function check() { return failed(\"first week\") }";
const ONE_YES: &str = "function check(action) { if (action.proposal.yes.length > 0) return PASSED }
    function pass(action) { action.execute() }";

async fn topic(app: &TestApp) -> Value {
    attempt(app, "ben", "board.set_topic", json!({ "channel": "general", "topic": "x" })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mode_is_on_between_its_dates_and_for_what_is_new() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Term", &["board.set_topic"], ONE_YES, json!({})).await;
    let start = app.ctx.clock.now();
    let mode =
        json!({ "name": "first week of term", "policies": ["Term"], "from": start + DAY, "until": start + 8 * DAY });
    done(&app, "constitution.add_mode", mode).await;
    assert_eq!(topic(&app).await["status"], "executed", "not yet");
    app.wait(DAY).await;
    let open = topic(&app).await;
    assert_eq!(open["status"], "proposed", "{open}");
    assert_eq!(get(&app, "modes").await["modes"][0]["is_on"], true);
    app.wait(7 * DAY).await;
    assert_eq!(topic(&app).await["status"], "executed", "no longer");
    assert_eq!(again(&app, &open).await["status"], "proposed", "what is open keeps its policies");
    vote(&app, &open, &["cleo"], true).await;
    super::until(&app, &open, "executed").await;
    let turns = async || (entries(&app, "mode.began").await.len(), entries(&app, "mode.ended").await.len());
    super::eventually(&app, async || turns().await == (1, 1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mode_is_on_while_its_condition_holds_or_as_it_is_switched() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Busy", &["board.set_topic"], FAILS, json!({})).await;
    let condition = json!({ "name": "crowd", "policies": ["Busy"], "condition": { "members_at_least": 5 } });
    done(&app, "constitution.add_mode", condition).await;
    assert_eq!(topic(&app).await["status"], "executed");
    let member = json!({ "handle": "eve", "display_name": "Eve" });
    app.post("/api/v1/communities/town/members", member).send().await.expect(StatusCode::CREATED);
    assert_eq!(topic(&app).await["status"], "failed");
    done(&app, "constitution.switch_mode", json!({ "name": "crowd", "to": "off" })).await;
    assert_eq!(topic(&app).await["status"], "executed");
    done(&app, "constitution.switch_mode", json!({ "name": "crowd", "to": "on" })).await;
    assert_eq!(topic(&app).await["status"], "failed");
    done(&app, "constitution.remove_mode", json!({ "name": "crowd" })).await;
    assert_eq!(topic(&app).await["status"], "failed", "without its mode a policy is asked always");
    app.wait(HOUR).await;
    for (payload, why) in [
        (json!({ "name": "x", "policies": [] }), "policies is empty"),
        (json!({ "name": "x", "policies": ["Ghost"] }), "there is no policy"),
        (
            json!({ "name": "x", "policies": ["Busy"], "from": "2027-01-02T00:00:00Z", "until": "2027-01-01T00:00:00Z" }),
            "before it begins",
        ),
    ] {
        let tried = attempt(&app, "ada", "constitution.add_mode", payload).await;
        assert!(tried["reason"].as_str().unwrap().contains(why), "{tried}");
    }
    let locks = json!({ "name": "night", "policies": ["Everything passes"], "until": "2036-01-01T00:00:00Z" });
    let warned = done(&app, "constitution.add_mode", locks).await;
    assert_eq!(warned["warnings"][0]["code"], "locked", "{warned}");
}
