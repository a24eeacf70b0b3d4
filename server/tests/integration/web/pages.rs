//! Pages: rendered whole, with a policy that lets nothing else run, and forms that work without a script.

use std::time::Duration;

use axum::http::{Method, StatusCode};

use serde_json::json;
use tokio_stream::StreamExt;

use super::test_app::TestApp;

/// Whether everything that runs in a page carries its nonce, and nothing has a style or handler of its own.
#[track_caller]
fn check_policy(path: &str, html: &str, policy: &str) {
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
    assert!(nonce.len() > 15, "{path}: {policy}");
    assert!(policy.contains("'strict-dynamic'") && policy.contains("'wasm-unsafe-eval'"), "{policy}");
    for script in html.split("<script").skip(1).chain(html.split("<style").skip(1)) {
        let tag = script.split('>').next().unwrap();
        assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{tag}>");
    }
    for inline in [" style=\"", " onclick=\"", " onload=\"", "javascript:"] {
        assert!(!html.contains(inline), "{path}: {inline}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_community_is_sent_whole_under_its_policy() {
    let app = TestApp::demo().await;
    app.found("fern", "jury", &["ada", "bo", "cy", "dee"]).await;
    app.attempt("fern", "ada", "board.post_message", json!({ "channel": "general", "text": "<b>Hello</b>" })).await;
    let action =
        app.attempt("fern", "ada", "board.rename_channel", json!({ "channel": "general", "name": "hall" })).await;
    let proposal = &action["proposals"][0];
    let juror = proposal["eligible"][0].as_str().unwrap();
    let cookie = app.sign_in("fern", juror).await;
    let policy = app.get("/api/v1/communities/fern/policies").send().await.json();
    let policy = policy["policies"][0]["id"].as_str().unwrap().to_owned();
    let id = proposal["id"].as_str().unwrap();
    let pages = [
        ("/".to_owned(), "Polity"),
        ("/sign-in".to_owned(), "ADA"),
        ("/c/fern".to_owned(), "Rename #general to #hall"),
        ("/c/fern/board".to_owned(), "&lt;b&gt;Hello&lt;/b&gt;"),
        ("/c/fern/board/general".to_owned(), "ADA"),
        ("/c/fern/proposals".to_owned(), "Rename #general to #hall"),
        (format!("/c/fern/proposals/{id}"), "You can vote."),
        ("/c/fern/propose".to_owned(), "Rename a channel"),
        ("/c/fern/propose/constitution.add_policy".to_owned(), "Source"),
        ("/c/fern/policies".to_owned(), "Jury for channel names"),
        (format!("/c/fern/policies/{policy}"), "Jury for the rules"),
        (format!("/c/fern/policies/{policy}/edit"), "Propose this change"),
        ("/c/fern/studio".to_owned(), "Propose this policy"),
        ("/c/fern/documents".to_owned(), "fern"),
        ("/c/fern/members".to_owned(), "ADA"),
        ("/c/fern/audit".to_owned(), "founded the community"),
    ];
    for (path, expected) in pages {
        let answer = app.call(Method::GET, &path).cookie(&cookie).send().await.expect(StatusCode::OK);
        let html = answer.text();
        assert!(html.contains(expected), "{path} does not say {expected}: {html}");
        check_policy(&path, &html, answer.headers["content-security-policy"].to_str().unwrap());
    }
    for path in ["/nothing", "/c/none", "/c/fern/proposals/none", "/c/fern/policies/none", "/pkg/none.js"] {
        let answer = app.call(Method::GET, path).send().await.expect(StatusCode::NOT_FOUND);
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"), "{path}");
        check_policy(path, &answer.text(), answer.headers["content-security-policy"].to_str().unwrap());
    }
    let two = [app.call(Method::GET, "/").send().await, app.call(Method::GET, "/").send().await];
    assert_ne!(
        two[0].headers["content-security-policy"], two[1].headers["content-security-policy"],
        "a nonce is used once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_votes_and_posts_without_a_script() {
    let app = TestApp::demo().await;
    app.found("fern", "jury", &["ada", "bo", "cy"]).await;
    let action =
        app.attempt("fern", "ada", "board.rename_channel", json!({ "channel": "general", "name": "hall" })).await;
    let id = action["proposals"][0]["id"].as_str().unwrap();
    for handle in ["bo", "cy"] {
        let cookie = app.sign_in("fern", handle).await;
        let form = format!("slug=fern&proposal={id}&ballot[kind]=yes-no&ballot[answer]=yes&ballot[reason]=Friendlier");
        let vote = app.form("/_fn/app/api/ballot/cast_ballot", form).cookie(&cookie).header("accept", "text/html");
        let page = format!("http://127.0.0.1:3000/c/fern/proposals/{id}");
        let answer = vote.header("referer", &page).send().await;
        assert!(answer.status.is_redirection(), "{answer:?}");
    }
    app.quiet().await;
    let cookie = app.sign_in("fern", "ada").await;
    let page =
        app.call(Method::GET, &format!("/c/fern/proposals/{id}")).cookie(&cookie).send().await.expect(StatusCode::OK);
    assert!(page.text().contains("Friendlier") && page.text().contains("It was carried out"), "{}", page.text());

    let form =
        "slug=fern&action_type=board.post_message&fields[channel]=hall&fields[text]=Good+morning&key=0123456789abcdef";
    for _ in 0..2 {
        app.form("/_fn/app/api/action/attempt_action", form.to_owned())
            .cookie(&cookie)
            .send()
            .await
            .expect(StatusCode::OK);
    }
    let posts = app.get("/api/v1/communities/fern/channels/hall/posts").send().await.json();
    assert_eq!(posts["posts"].as_array().unwrap().len(), 1, "a form that is sent twice counts once: {posts}");
    let board = app.call(Method::GET, "/c/fern/board/hall").cookie(&cookie).send().await.expect(StatusCode::OK);
    assert!(board.text().contains("Good morning"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_hears_of_a_ballot_and_nothing_of_what_it_says() {
    let app = TestApp::demo().await;
    app.found("fern", "jury", &["ada", "bo", "cy"]).await;
    let action =
        app.attempt("fern", "ada", "board.rename_channel", json!({ "channel": "general", "name": "hall" })).await;
    let id = action["proposals"][0]["id"].as_str().unwrap();
    let response = app.call(Method::GET, "/c/fern/live").open().await;
    let mut events = response.into_body().into_data_stream();
    app.vote("fern", id, "bo", json!(true)).await.expect(StatusCode::OK);
    let mut heard = String::new();
    let listening = async {
        while !heard.contains(&format!("data: proposal:{id}")) {
            heard.push_str(std::str::from_utf8(&events.next().await.unwrap().unwrap()).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(10), listening).await.unwrap();
    for topic in heard.lines().filter_map(|line| line.strip_prefix("data: ")) {
        let (family, id) = topic.split_once(':').unwrap_or((topic, ""));
        let is_plain =
            family.chars().all(|c| c.is_ascii_lowercase()) && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        assert!(is_plain, "says more than what changed: {topic}");
    }
}
