//! What stands before every handler: headers, origin, rates, tokens, signatures.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::test_app::{HS_TOKEN, OPERATOR, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers_that_protect() {
    let app = TestApp::start().await;
    for path in ["/", "/sign-in", "/healthz", "/api/v1/communities", "/nothing", "/c/none"] {
        let answer = app.get(path).send().await;
        let header =
            |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe-inline"), "{path}");
        assert!(!header("x-request-id").is_empty(), "{path}");
    }
    assert_eq!(app.get("/healthz").send().await.text(), "ok\n");
    assert_eq!(app.get("/readyz").send().await.expect(StatusCode::OK).text(), "ready\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_are_for_the_operator() {
    let app = TestApp::start().await;
    let numbers = app.get("/metrics").send().await.expect(StatusCode::OK).text();
    assert!(numbers.contains("polity_process_resident_bytes"), "{numbers}");
    app.get("/metrics").without("authorization").send().await.refused(401, "token-needed", None);
    app.get("/metrics").without("authorization").from([127, 0, 0, 1]).send().await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_site_is_refused() {
    let app = TestApp::demo().await;
    app.found("fern", "open", &["ada"]).await;
    let sign_in = "/_fn/app/api/session/sign_in_as_demo";
    let form = "community=fern&member=ada".to_owned();
    let refused = |answer: super::test_app::Answer| answer.refused(403, "other-origin", None);
    refused(app.form(sign_in, form.clone()).header("origin", "http://evil.example").send().await);
    refused(app.form(sign_in, form.clone()).header("origin", "null").send().await);
    refused(app.form(sign_in, form.clone()).without("origin").send().await);
    refused(app.form(sign_in, form.clone()).header("sec-fetch-site", "cross-site").send().await);
    let done = app.form(sign_in, form).without("origin").header("sec-fetch-site", "same-origin").send().await;
    assert!(done.headers.contains_key("set-cookie"), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_changes_nothing_by_rest_unless_our_own_page_asks() {
    let app = TestApp::demo().await;
    app.found("fern", "open", &["ada", "bo"]).await;
    let cookie = app.sign_in("fern", "ada").await;
    let action = |by: &str| {
        let body =
            json!({ "type": "board.post_message", "payload": { "channel": "general", "text": "hi" }, "initiator": by });
        app.post("/api/v1/communities/fern/actions", body).without("authorization").cookie(&cookie)
    };
    action("ada").send().await.refused(403, "other-origin", None);
    action("ada").header("origin", "http://evil.example").send().await.refused(403, "other-origin", None);
    action("bo").header("origin", "http://127.0.0.1:3000").send().await.refused(403, "not-yourself", Some("initiator"));
    action("ada").header("origin", "http://127.0.0.1:3000").send().await.expect(StatusCode::CREATED);
    let members = app.post("/api/v1/communities/fern/members", json!({ "handle": "x" })).without("authorization");
    members.cookie(&cookie).header("origin", "http://127.0.0.1:3000").send().await.refused(403, "token-needed", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_new_at_each_sign_in_and_gone_after_signing_out() {
    let app = TestApp::demo().await;
    app.found("fern", "open", &["ada"]).await;
    let planted = format!("polity_session={}", "a".repeat(64));
    let form =
        app.form("/_fn/app/api/session/sign_in_as_demo", "community=fern&member=ada".to_owned()).cookie(&planted);
    let line = form.send().await.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax") && !line.contains(&"a".repeat(64)), "{line}");
    let me = |cookie: String| app.get("/api/v1/me").without("authorization").cookie(&cookie).send();
    me(planted).await.refused(401, "token-needed", None);
    let cookie = line.split(';').next().unwrap().to_owned();
    let known = me(cookie.clone()).await.expect(StatusCode::OK).json();
    assert_eq!(known["communities"][0]["member"], "ada");
    let again = app.sign_in("fern", "ada").await;
    assert_ne!(again, cookie);
    let out = app.form("/_fn/app/api/session/sign_out", String::new()).cookie(&cookie).send().await;
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    me(cookie).await.refused(401, "token-needed", None);
    me(again).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_by_choosing_a_member_outside_a_demo() {
    let app = TestApp::start().await;
    app.found("fern", "open", &["ada"]).await;
    let answer = app.form("/_fn/app/api/session/sign_in_as_demo", "community=fern&member=ada".to_owned()).send().await;
    assert!(!answer.headers.contains_key("set-cookie"), "{answer:?}");
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_demo_trusts_this_machine_and_nobody_else() {
    let app = TestApp::bare_demo().await;
    let call = || app.get("/api/v1/communities").without("authorization");
    call().from([127, 0, 0, 1]).send().await.expect(StatusCode::OK);
    call().send().await.refused(401, "token-needed", None);
    call().from([127, 0, 0, 1]).header("host", "evil.example:3000").send().await.refused(401, "token-needed", None);
    call().from([127, 0, 0, 1]).header("x-forwarded-for", "8.8.8.8").send().await.refused(401, "token-needed", None);
    let configured = TestApp::demo().await;
    let near = configured.get("/api/v1/communities").without("authorization").from([127, 0, 0, 1]);
    near.send().await.refused(401, "token-needed", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_fast_waits() {
    let app = TestApp::start().await;
    let mut refused = None;
    for _ in 0..700 {
        let answer = app.call(Method::GET, "/healthz").send().await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("nobody was refused");
    assert!(refused.headers.contains_key("retry-after"));
    refused.refused(429, "too-many-requests", None);
    app.call(Method::GET, "/healthz").from([198, 51, 100, 9]).send().await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_counts_only_with_the_homeservers_token() {
    let app = TestApp::start().await;
    let put = |token: Option<&str>, body: &'static str| {
        let call = app.call(Method::PUT, "/_matrix/app/v1/transactions/1").body(body);
        match token {
            Some(token) => call.bearer(token).send(),
            None => call.send(),
        }
    };
    assert_eq!(put(None, "{\"events\":[]}").await.expect(StatusCode::FORBIDDEN).json()["errcode"], "M_FORBIDDEN");
    assert_eq!(
        put(Some("forged"), "{\"events\":[]}").await.expect(StatusCode::FORBIDDEN).json()["errcode"],
        "M_FORBIDDEN"
    );
    assert_eq!(put(Some(OPERATOR), "{\"events\":[]}").await.status, StatusCode::FORBIDDEN);
    assert_eq!(put(Some(HS_TOKEN), "{\"events\":[]}").await.expect(StatusCode::OK).json(), json!({}));
    assert_eq!(put(Some(HS_TOKEN), "{").await.expect(StatusCode::BAD_REQUEST).json()["errcode"], "M_BAD_JSON");
    let ping = |token: &'static str| app.call(Method::POST, "/_matrix/app/v1/ping").bearer(token).body("{}").send();
    ping(HS_TOKEN).await.expect(StatusCode::OK);
    ping("forged").await.expect(StatusCode::FORBIDDEN);
    let unknown = app.call(Method::GET, "/_matrix/app/v1/users/@x:hs.test").send().await.expect(StatusCode::NOT_FOUND);
    assert_eq!(unknown.json()["errcode"], "M_NOT_FOUND");
    let hook = |path: &'static str| app.call(Method::POST, path).body("{}").send();
    hook("/hooks/matrix/00000000-0000-0000-0000-000000000000").await.refused(401, "bad-signature", None);
    hook("/hooks/slack/00000000-0000-0000-0000-000000000000").await.refused(404, "not-found", None);
    hook("/hooks/board/not-an-id").await.refused(404, "not-found", None);
}
