//! The studio: drafts are their writer's, trials are for members, and a case shows what is voted on.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::test_app::{Answer, TestApp};

const SOURCE: &str =
    "/** @type {CheckFn} */\nfunction check(action) {\n  return action.proposal.yes > 0 ? PASSED : undefined\n}\n";

/// Calls a server function with a JSON body, as the page of a member does.
async fn call(app: &TestApp, function: &str, cookie: Option<&str>, body: Value) -> Answer {
    let call = app
        .call(Method::POST, &format!("/_fn/app/api/{function}"))
        .header("content-type", "application/json")
        .header("origin", "http://127.0.0.1:3000")
        .body(body.to_string());
    match cookie {
        Some(cookie) => call.cookie(cookie).send().await,
        None => call.send().await,
    }
}

fn draft(name: &str) -> Value {
    json!({
        "name": name, "layer": "platform", "action_types": ["board.set_topic"], "source": SOURCE,
        "settings": { "secret": 1 },
        "scenario": {
            "action": { "type": "board.set_topic", "payload": { "channel": "general", "topic": "x" }, "initiator": "ada" },
            "events": [{ "at_seconds": 60, "kind": "ballot", "member": "bo", "value": true }],
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_its_writers_until_a_link_is_made() {
    let app = TestApp::demo().await;
    app.found("fern", "jury", &["ada", "bo", "cy"]).await;
    app.found("moss", "open", &["eve"]).await;
    let (ada, bo, eve) =
        (app.sign_in("fern", "ada").await, app.sign_in("fern", "bo").await, app.sign_in("moss", "eve").await);
    let save = |slug: &str, id: Value, name: &str| json!({ "slug": slug, "id": id, "draft": draft(name) });

    let saved = call(&app, "studio/save_draft", Some(&ada), save("fern", Value::Null, "Topics")).await;
    let saved = saved.expect(StatusCode::OK).json();
    let id = saved["id"].as_str().unwrap().to_owned();
    assert_eq!(saved["version"], 1);
    let again = call(&app, "studio/save_draft", Some(&ada), save("fern", json!(id), "Topics by vote")).await;
    assert_eq!(again.expect(StatusCode::OK).json()["version"], 1, "minutes later it is still the same version");

    // Nobody else has it, under whatever address.
    for (slug, cookie) in [("fern", Some(bo.as_str())), ("moss", Some(eve.as_str()))] {
        let stolen = call(&app, "studio/save_draft", cookie, save(slug, json!(id), "Mine")).await;
        stolen.expect(StatusCode::NOT_FOUND);
        for function in ["share_draft", "delete_draft", "draft_versions"] {
            let form = format!("slug={slug}&id={id}");
            let answer =
                app.form(&format!("/_fn/app/api/studio/{function}"), form).cookie(cookie.unwrap()).send().await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{function}: {}", answer.text());
        }
        let page = app.call(Method::GET, &format!("/c/{slug}/studio?draft={id}")).cookie(cookie.unwrap()).send().await;
        page.expect(StatusCode::NOT_FOUND);
    }
    call(&app, "studio/save_draft", None, save("fern", Value::Null, "Mine")).await.expect(StatusCode::UNAUTHORIZED);
    call(&app, "studio/save_draft", Some(&eve), save("fern", Value::Null, "Mine")).await.expect(StatusCode::FORBIDDEN);

    // Who has the link reads it: a visitor without names and settings.
    let shared = app.form("/_fn/app/api/studio/share_draft", format!("slug=fern&id={id}")).cookie(&ada).send().await;
    let href = shared.expect(StatusCode::OK).json()["href"].as_str().unwrap().to_owned();
    let seen = app.call(Method::GET, &href).cookie(&bo).send().await.expect(StatusCode::OK).text();
    assert!(seen.contains("Topics by vote") && !seen.contains("Before you propose it</h2><form"), "{seen}");
    let visited = app.call(Method::GET, &href).send().await.expect(StatusCode::OK).text();
    assert!(
        visited.contains("the names of members and the policy&#x27;s settings were left out")
            || visited.contains("were left out")
    );
    assert!(!visited.contains("secret"), "settings are nobody's business");
    let wrong = href.replace("key=", "key=0");
    app.call(Method::GET, &wrong).send().await.expect(StatusCode::NOT_FOUND);
    // A new link ends the one before.
    app.form("/_fn/app/api/studio/share_draft", format!("slug=fern&id={id}"))
        .cookie(&ada)
        .send()
        .await
        .expect(StatusCode::OK);
    app.call(Method::GET, &href).send().await.expect(StatusCode::NOT_FOUND);

    app.form("/_fn/app/api/studio/delete_draft", format!("slug=fern&id={id}"))
        .cookie(&ada)
        .send()
        .await
        .expect(StatusCode::OK);
    app.call(Method::GET, &format!("/c/fern/studio?draft={id}"))
        .cookie(&ada)
        .send()
        .await
        .expect(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn trials_are_for_members() {
    let app = TestApp::demo().await;
    app.found("fern", "jury", &["ada", "bo"]).await;
    app.found("moss", "open", &["eve"]).await;
    let (ada, eve) = (app.sign_in("fern", "ada").await, app.sign_in("moss", "eve").await);
    let policy = json!({ "name": "T", "layer": "platform", "action_types": ["board.set_topic"], "source": SOURCE });
    let mut trial = draft("T")["scenario"].clone();
    trial["policy"] = policy.clone();
    trial["seed"] = json!(1);
    let body = json!({ "slug": "fern", "trial": trial });
    let outcome = call(&app, "trial/simulate", Some(&ada), body.clone()).await.expect(StatusCode::OK).json();
    assert_eq!((outcome["verdict"].as_str(), outcome["decided_at_seconds"].as_u64()), (Some("PASSED"), Some(60)));
    call(&app, "trial/simulate", Some(&eve), body.clone()).await.expect(StatusCode::FORBIDDEN);
    call(&app, "trial/simulate", None, body).await.expect(StatusCode::UNAUTHORIZED);

    let lint = |source: &str| json!({ "slug": "fern", "source": source });
    let found = call(&app, "trial/lint", Some(&ada), lint("function check( {")).await.expect(StatusCode::OK).json();
    assert_eq!((found[0]["code"].as_str(), found[0]["place"]["line"].as_u64()), (Some("syntax"), Some(1)));
    call(&app, "trial/lint", None, lint(SOURCE)).await.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_about_a_policy_shows_its_case() {
    let app = TestApp::demo().await;
    app.found("fern", "jury", &["ada", "bo", "cy", "di"]).await;
    let ada = app.sign_in("fern", "ada").await;
    let studio = app.call(Method::GET, "/c/fern/studio").cookie(&ada).send().await.expect(StatusCode::OK);
    let policy = studio.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("style-src-attr 'unsafe-inline'") && policy.contains("worker-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe-eval'; ") && !policy.contains("blob:"), "{policy}");
    let html = studio.text();
    assert!(
        html.contains("id=\"source-text\"") && !html.contains("/editor/loader.js"),
        "the editor waits for a script"
    );

    let payload = json!({
        "name": "Topics", "description": "One yes is enough.", "layer": "platform", "enforcement": "shadow",
        "action_types": ["board.set_topic"], "source": SOURCE, "powers": ["execute", "ask"],
    });
    let action = app.attempt("fern", "ada", "constitution.add_policy", payload).await;
    let id = action["proposals"][0]["id"].as_str().unwrap();
    let page = app
        .call(Method::GET, &format!("/c/fern/proposals/{id}"))
        .cookie(&ada)
        .send()
        .await
        .expect(StatusCode::OK)
        .text();
    assert!(page.contains("What “Topics” would be"), "{page}");
    assert!(
        page.contains("set a channel's topic (1 channel)") || page.contains("set a channel&#x27;s topic (1 channel)"),
        "{page}"
    );
    assert!(page.contains("Cannot message members") && page.contains("It begins on trial"), "{page}");

    let rename =
        app.attempt("fern", "ada", "board.rename_channel", json!({ "channel": "general", "name": "hall" })).await;
    let id = rename["proposals"][0]["id"].as_str().unwrap();
    let page = app
        .call(Method::GET, &format!("/c/fern/proposals/{id}"))
        .cookie(&ada)
        .send()
        .await
        .expect(StatusCode::OK)
        .text();
    assert!(!page.contains("would be</h2>"), "no case for what is no policy");
}
