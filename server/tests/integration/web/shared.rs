//! Policies shared between communities, and rules imported from elsewhere.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::test_app::TestApp;

/// Asks without a token.
async fn open(app: &TestApp, path: &str) -> Value {
    app.get(path).without("authorization").send().await.expect(StatusCode::OK).json()
}

/// What came of an attempt, once everything that follows from it is done.
async fn attempt(app: &TestApp, slug: &str, by: &str, kind: &str, payload: Value) -> Value {
    let action = app.attempt(slug, by, kind, payload).await;
    app.quiet().await;
    let path = format!("/api/v1/communities/{slug}/actions/{}", action["id"].as_str().unwrap());
    app.get(&path).send().await.expect(StatusCode::OK).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_published_forked_and_withdrawn() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    app.found("moss", "open", &["bo"]).await;
    let source = "function check(action) { return PASSED }\nfunction pass(action) { action.execute() }";
    let policy = json!({ "name": "Loan limits", "description": "Three tools at a time.", "layer": "platform",
        "action_types": ["board.rename_channel"], "source": source });
    let added = attempt(&app, "fern", "ada", "constitution.add_policy", policy).await;
    assert_eq!(added["status"], "executed", "{added}");
    assert_eq!(open(&app, "/api/v1/library/shared").await["policies"], json!([]), "nothing is shared by itself");

    let payload = json!({ "policy": "Loan limits", "note": "Works for us.", "licence": "MIT" });
    let published = attempt(&app, "fern", "ada", "constitution.publish_policy", payload.clone()).await;
    assert_eq!(published["status"], "executed", "{published}");
    let shared = open(&app, "/api/v1/library/shared?text=loan").await;
    let first = &shared["policies"][0];
    assert_eq!(
        (&first["name"], &first["licence"], &first["credit"]),
        (&json!("Loan limits"), &json!("MIT"), &Value::Null)
    );
    assert_eq!((&first["adopted"], &first["rolled_back"], &first["version"]), (&json!(0), &json!(0), &json!(1)));
    assert!(!shared.to_string().contains("fern"), "a community that does not say so is not named");
    assert_eq!(open(&app, "/api/v1/library/shared?text=nonsense").await["policies"], json!([]));
    let again = attempt(&app, "fern", "ada", "constitution.publish_policy", payload).await;
    assert_ne!(again["status"], "executed", "that version is published already: {again}");

    let path = format!("/api/v1/library/shared/{}", first["id"].as_str().unwrap());
    let page = open(&app, &path).await;
    assert_eq!((&page["source"], &page["hash"]), (&json!(source), &first["hash"]));
    let mut draft = page["draft"].clone();
    assert_eq!(draft["forked_from"], first["id"]);
    draft["name"] = json!("Our loan limits");
    let taken = attempt(&app, "moss", "bo", "constitution.add_policy", draft).await;
    assert_eq!(taken["status"], "executed", "{taken}");
    let counts = async || {
        let page = open(&app, &path).await;
        (page["adopted"].as_u64().unwrap(), page["rolled_back"].as_u64().unwrap())
    };
    assert_eq!(counts().await, (1, 0));

    let ours = json!({ "policy": "Our loan limits", "credit": true });
    attempt(&app, "moss", "bo", "constitution.publish_policy", ours).await;
    let remix = open(&app, "/api/v1/library/shared?text=our").await["policies"][0].clone();
    assert_eq!(remix["forked_from"], first["id"], "where it comes from goes with it");
    assert!(remix["credit"].is_string(), "{remix}");

    attempt(&app, "moss", "bo", "constitution.remove_policy", json!({ "policy": "Our loan limits" })).await;
    assert_eq!(counts().await, (1, 1));
    attempt(&app, "moss", "bo", "constitution.recover_policy", json!({ "policy": "Our loan limits" })).await;
    assert_eq!(counts().await, (1, 0));

    let withdraw = json!({ "publication": first["id"] });
    let theirs = attempt(&app, "moss", "bo", "constitution.withdraw_publication", withdraw.clone()).await;
    assert_ne!(theirs["status"], "executed", "only who published it withdraws it");
    attempt(&app, "fern", "ada", "constitution.withdraw_publication", withdraw).await;
    app.get(&path).without("authorization").send().await.refused(404, "not-found", None);
    let gone = json!({ "name": "Late", "layer": "platform", "action_types": ["board.set_topic"], "source": source,
        "forked_from": first["id"] });
    let late = attempt(&app, "moss", "bo", "constitution.add_policy", gone).await;
    assert_ne!(late["status"], "executed", "{late}");
    app.get("/api/v1/library/shared/nothing").without("authorization").send().await.refused(404, "not-found", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn automoderator_rules_become_drafts_and_nothing_is_written() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let path = "/api/v1/communities/fern/import/automoderator";
    let before = app.get("/api/v1/communities/fern/policies").send().await.json();
    let yaml = "# Slurs\nbody: [slur]\naction: remove\n---\nflair_text: x\naction: remove\n";
    let imported = app.post(path, json!({ "yaml": yaml })).send().await.expect(StatusCode::OK).json();
    let policy = imported["drafts"][0]["policy"].clone();
    assert_eq!(policy["name"], "Slurs");
    assert_eq!(imported["untranslated"][0]["key"], "flair_text");
    assert_eq!(imported["untranslated"][0]["fate"], "rule_left_out");
    assert_eq!(app.get("/api/v1/communities/fern/policies").send().await.json(), before);

    // A draft is a policy: it can be proposed as it is, and decides.
    let added = attempt(&app, "fern", "ada", "constitution.add_policy", policy).await;
    assert_eq!(added["status"], "executed", "{added}");
    let post = |text: &str| json!({ "channel": "general", "text": text });
    let refused = attempt(&app, "fern", "ada", "board.post_message", post("a slur!")).await;
    assert_eq!(refused["status"], "failed", "{refused}");
    let fine = attempt(&app, "fern", "ada", "board.post_message", post("slurry")).await;
    assert_eq!(fine["status"], "executed", "{fine}");

    app.post(path, json!({ "yaml": "" })).send().await.refused(422, "bad-rule-set", Some("yaml"));
    app.post(path, json!({ "yml": "" })).send().await.expect(StatusCode::UNPROCESSABLE_ENTITY);
    app.post(path, json!({ "yaml": yaml })).without("authorization").send().await.expect(StatusCode::UNAUTHORIZED);
    let elsewhere = "/api/v1/communities/nothing/import/automoderator";
    app.post(elsewhere, json!({ "yaml": yaml })).send().await.refused(404, "not-found", None);
}
