//! What tests of deciding have in common: a town, policies put in force by actions, and waiting for an outcome.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::web::test_app::TestApp;

/// A community where everything passes, with four members.
pub async fn town(app: &TestApp) {
    app.found("town", "open", &["ada", "ben", "cleo", "dara"]).await;
}

/// Puts a policy in force, by the action that does so.
pub async fn policy(app: &TestApp, name: &str, kind: &str, source: &str, more: Value) -> Value {
    let layer = if kind.starts_with("constitution") { "constitution" } else { "platform" };
    let mut payload = json!({ "name": name, "layer": layer, "action_types": [kind], "source": source });
    payload.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let added = app.attempt("town", "ada", "constitution.add_policy", payload).await;
    assert_eq!(added["status"], "executed", "{added}");
    added
}

/// The action as it stands.
pub async fn again(app: &TestApp, action: &Value) -> Value {
    let path = format!("/api/v1/communities/town/actions/{}", action["id"].as_str().unwrap());
    app.get(&path).send().await.expect(StatusCode::OK).json()
}

/// The action once it stands where it should. The service works at its own pace beside the test.
pub async fn until(app: &TestApp, action: &Value, status: &str) -> Value {
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

/// The action's proposal under the policy of that name.
pub fn named(action: &Value, policy: &str) -> String {
    let proposals = action["proposals"].as_array().unwrap_or_else(|| panic!("no proposals: {action}"));
    let found = proposals.iter().find(|one| one["policy"] == policy);
    found.unwrap_or_else(|| panic!("no proposal under {policy}: {action}"))["id"].as_str().unwrap().to_owned()
}

/// How many audit entries of a kind there are.
pub async fn kinds(app: &TestApp, kind: &str) -> usize {
    let community = app.ctx.store.system().community_by_slug("town").await.unwrap().unwrap().id;
    let query = store::audit::AuditQuery {
        kinds: vec![types::AuditKind::from_word(kind).unwrap()],
        ..store::audit::AuditQuery::default()
    };
    app.ctx.store.community(community).audit_entries(&query).await.unwrap().len()
}
