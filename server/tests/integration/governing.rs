//! Reacting policies, recovery, safeguards, modes and coverage, through the whole service.

mod coverage;
mod modes;
mod reacting;
mod recovery;
mod recurring;
mod replay;
mod safeguards;
mod votes;
mod webhooks;

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::web::test_app::TestApp;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A community where everything passes, with four members.
async fn town(app: &TestApp) {
    app.found("town", "open", &["ada", "ben", "cleo", "dara"]).await;
}

/// Attempts something, and waits until it has been looked at and what followed is done: however busy the machine is.
async fn attempt(app: &TestApp, by: &str, kind: &str, payload: Value) -> Value {
    let action = app.attempt("town", by, kind, payload).await;
    for _ in 0..400 {
        let now = again(app, &action).await;
        let waits = |one: &Value| one["status"] == "waiting";
        let pends = |one: &Value| one["status"] == "pending";
        let is_busy = now["proposals"].as_array().unwrap().iter().any(waits)
            || now["effects"].as_array().unwrap().iter().any(pends);
        if !is_busy {
            return now;
        }
        app.quiet().await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it was never looked at: {action}")
}

/// Does something by an action that is carried out at once.
async fn done(app: &TestApp, kind: &str, payload: Value) -> Value {
    let action = attempt(app, "ada", kind, payload).await;
    assert_eq!(action["status"], "executed", "{action}");
    action
}

/// Puts a policy in force.
async fn policy(app: &TestApp, name: &str, types: &[&str], source: &str, more: Value) -> Value {
    let layer = if types.iter().any(|kind| kind.starts_with("constitution")) { "constitution" } else { "platform" };
    let mut payload = json!({ "name": name, "layer": layer, "action_types": types, "source": source });
    payload.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    done(app, "constitution.add_policy", payload).await
}

/// Puts a reacting policy in force.
async fn reacting(app: &TestApp, name: &str, types: &[&str], triggers: Value, source: &str) -> Value {
    policy(app, name, types, source, json!({ "kind": "reacting", "triggers": triggers })).await
}

async fn post(app: &TestApp, by: &str, text: &str) -> Value {
    attempt(app, by, "board.post_message", json!({ "channel": "general", "text": text })).await
}

async fn get(app: &TestApp, path: &str) -> Value {
    app.get(&format!("/api/v1/communities/town/{path}")).send().await.expect(StatusCode::OK).json()
}

async fn again(app: &TestApp, action: &Value) -> Value {
    get(app, &format!("actions/{}", action["id"].as_str().unwrap())).await
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

/// The actions of a type, the newest first, once there are at least so many and none is still being looked at.
async fn actions(app: &TestApp, kind: &str, at_least: usize) -> Vec<Value> {
    let mut found = Vec::new();
    for _ in 0..200 {
        app.quiet().await;
        let answer = get(app, &format!("actions?type={kind}&limit=200")).await;
        found = answer["actions"].as_array().unwrap().clone();
        let is_settled = |action: &Value| {
            action["proposals"].as_array().unwrap().iter().all(|proposal| proposal["status"] != "waiting")
        };
        if found.len() >= at_least && found.iter().all(is_settled) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("there were only {} of {kind}: {found:?}", found.len())
}

fn proposal(action: &Value) -> String {
    action["proposals"][0]["id"].as_str().unwrap_or_else(|| panic!("no proposal: {action}")).to_owned()
}

async fn vote(app: &TestApp, action: &Value, members: &[&str], value: bool) {
    for member in members {
        app.vote("town", &proposal(action), member, json!(value)).await.expect(StatusCode::OK);
    }
}

/// The entries of the record of a kind, oldest first.
async fn entries(app: &TestApp, kind: &str) -> Vec<Value> {
    let answer = get(app, &format!("audit?kind={kind}&limit=500")).await;
    answer["entries"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

/// Waits until `what` says yes: the service works at its own pace beside the test.
async fn eventually(app: &TestApp, what: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        app.quiet().await;
        if what().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came about");
}
