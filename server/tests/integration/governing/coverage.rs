//! The coverage map: gaps, order, contradictions, and policies that never match.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{TestApp, attempt, done, get, policy, reacting, town};

#[tokio::test(flavor = "multi_thread")]
async fn the_map_shows_who_governs_what_and_where_it_goes_wrong() {
    let app = TestApp::start().await;
    town(&app).await;
    let passes = "function check() { return PASSED } function pass(action) { action.execute() }";
    let never = "function filter() { return false } function check() { return PASSED }";
    policy(&app, "Lenient", &["board.set_topic"], passes, json!({})).await;
    policy(&app, "Strict", &["board.*"], "function check() { return failed(\"no\") }", json!({})).await;
    policy(&app, "Blind", &["board.set_topic"], never, json!({})).await;
    policy(&app, "Fresh", &["board.rename_channel"], never, json!({ "enforcement": "off" })).await;
    reacting(&app, "Answers", &["board.set_topic"], json!({}), passes).await;
    let combine = json!({ "layer": "platform", "combining": "permit-overrides" });
    done(&app, "constitution.set_combining", combine).await;
    for _ in 0..2 {
        let topic = json!({ "channel": "general", "topic": "x" });
        attempt(&app, "ben", "board.set_topic", topic).await;
    }
    let map = get(&app, "coverage").await;
    let of = |kind: &str| -> Value {
        map["action_types"].as_array().unwrap().iter().find(|one| one["type"] == kind).unwrap().clone()
    };
    let topic = of("board.set_topic");
    let order: Vec<_> = topic["policies"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(order, ["Lenient", "Strict", "Blind", "Answers"], "{topic}");
    assert_eq!(
        (&topic["state"], &topic["combining"], &topic["n_actions"]),
        (&json!("governed"), &json!("permit-overrides"), &json!(2))
    );
    assert_eq!(topic["policies"][2]["n_asked"], 2);
    let names: Vec<_> =
        map["never_match"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Blind"], "of Fresh, which was never asked, nothing is said: {map}");
    assert_eq!(
        map["disagree"],
        json!([{ "type": "board.set_topic", "passed": "Lenient", "failed": "Strict", "n_times": 2 }])
    );
    assert_eq!(of("constitution.add_role")["state"], "governed");
    assert_eq!(of("constitution.roll_back")["state"], "recovery");
    assert!(!map.to_string().contains("trigger."), "nobody governs triggers");
    assert!(!map.to_string().contains("matrix."), "a platform that is not connected is not on the map");
    done(&app, "constitution.remove_policy", json!({ "policy": "Strict" })).await;
    done(&app, "constitution.remove_policy", json!({ "policy": "Everything passes" })).await;
    let map = get(&app, "coverage").await;
    let state = |kind: &str| -> Value {
        map["action_types"].as_array().unwrap().iter().find(|one| one["type"] == kind).unwrap()["state"].clone()
    };
    assert_eq!((state("board.pin_message"), state("constitution.add_role")), (json!("open"), json!("held")));
    app.get("/api/v1/communities/town/coverage?days=0").send().await.refused(422, "invalid-query", Some("days"));
    let nobody = app.get("/api/v1/communities/town/coverage").without("authorization").send().await;
    assert_ne!(nobody.status, StatusCode::OK);
}
