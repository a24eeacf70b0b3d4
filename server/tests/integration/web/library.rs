//! The library is open to everyone, and what it names can be founded and filled in.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::test_app::TestApp;

/// Asks without a token.
async fn open(app: &TestApp, path: &str) -> Value {
    app.get(path).without("authorization").send().await.expect(StatusCode::OK).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_read_the_library() {
    let app = TestApp::start().await;
    let library = open(&app, "/api/v1/library").await;
    let slugs = |kind: &str| -> Vec<String> {
        let cards = library[kind].as_array().unwrap();
        cards.iter().map(|card| card["slug"].as_str().unwrap().to_owned()).collect()
    };
    assert!(slugs("policies").len() >= 25 && slugs("kits").len() >= 9, "{library}");
    for slug in slugs("policies") {
        let page = open(&app, &format!("/api/v1/library/{slug}")).await;
        assert_eq!(page["slug"], json!(slug));
        assert_eq!(page["hash"].as_str().unwrap().len(), 64, "{slug}");
        assert!(page["source"].as_str().unwrap().contains("function check"), "{slug}");
        assert!(
            page["guide"].as_str().unwrap().starts_with(&format!("# {}", page["name"].as_str().unwrap())),
            "{slug}"
        );
        let scenario = &page["scenarios"][0];
        assert!(
            scenario["steps"].as_array().unwrap().iter().all(|step| step.as_str().unwrap().ends_with('.')),
            "{slug}"
        );
        assert!(page["failure_modes"][0]["source"].as_str().unwrap().len() > 10, "{slug}");
    }
    let jury = open(&app, "/api/v1/library/jury").await;
    assert_eq!(jury["kits"], json!(["jury"]));
    assert_eq!(jury["settings"][0]["takes"], "a whole number from 1 to 1000");
    let kit = open(&app, "/api/v1/library/kits/elected-council").await;
    assert_eq!(kit["blanks"][0]["kind"], "role");
    assert_eq!(kit["policies"][0]["shipped"], "democratic-election");
    app.get("/api/v1/library/nothing").without("authorization").send().await.refused(404, "not-found", None);
    app.get("/api/v1/library/kits/nothing").without("authorization").send().await.refused(404, "not-found", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kit_can_be_founded_and_says_what_its_blanks_take() {
    let app = TestApp::start().await;
    let library = open(&app, "/api/v1/library").await;
    let names = library["kits"].as_array().unwrap().iter().map(|kit| kit["slug"].as_str().unwrap().to_owned());
    for (n, name) in names.chain(["Elected council".to_owned()]).enumerate() {
        app.found(&format!("town-{n}"), &name, &["ada"]).await;
    }
    let found = |kit: &str, settings: Value| json!({ "slug": "other", "name": "Other", "starter_kit": kit, "settings": settings });
    let refused = async |kit: &str, settings: Value, says: &str| {
        let answer = app.post("/api/v1/communities", found(kit, settings)).send().await;
        let answer = answer.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(says), "{}", answer.text());
    };
    refused("consensus", json!({ "days": 0 }), "takes a number of days from 0.01 to 90").await;
    refused("consensus", json!({ "quorum": 25 }), "takes a share from 0 to 1").await;
    refused("consensus", json!({ "channel": "two words" }), "takes the name of a channel or room").await;
    refused("moderators", json!({ "role": "" }), "takes the name of a role").await;
    refused("anarchy", json!({}), "elected-council").await;
}
