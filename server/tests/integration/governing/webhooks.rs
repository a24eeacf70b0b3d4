//! Incoming webhooks: genuine or refused, and each delivery once.

use axum::http::{Method, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{TestApp, actions, done, entries, get, reacting, town};
use crate::web::test_app::{Answer, OPERATOR};

/// Makes a webhook, and answers with its path and secret.
async fn webhook(app: &TestApp, name: &str) -> (String, String) {
    let made = done(app, "constitution.add_webhook", json!({ "name": name })).await;
    let listed = get(app, "webhooks").await;
    let one = listed["webhooks"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!(one["has_secret"], false, "{made}");
    let id = one["id"].as_str().unwrap();
    let shown = app.post(&format!("/api/v1/communities/town/webhooks/{id}/secret"), json!({})).send().await;
    let shown = shown.expect(StatusCode::OK).json();
    (format!("/hooks/in/town/{id}"), shown["secret"].as_str().unwrap().to_owned())
}

fn signature(secret: &str, signed: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

async fn send(app: &TestApp, path: &str, secret: &str, body: &str) -> Answer {
    let time = (app.ctx.clock.now().millis() / 1000).to_string();
    let signature = signature(secret, &format!("{time}.{body}"));
    let call = app.call(Method::POST, path).header("x-polity-timestamp", &time);
    call.header("x-polity-signature", &signature).body(body.to_owned()).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_becomes_the_data_of_a_procedure() {
    let app = TestApp::start().await;
    town(&app).await;
    let source = "function check(action) {
            if (action.webhook !== \"expenses\") return failed(\"not mine\")
            return passed(`${action.data.get(\"amount\")} for ${action.body.what}`)
        }
        function pass(action) {
            propose(\"board.post_message\", { channel: \"general\", text: `paid: ${action.body.what}` })
        }";
    reacting(&app, "Expenses", &[], json!({ "webhooks": ["expenses"] }), source).await;
    let (path, secret) = webhook(&app, "expenses").await;
    let body = r#"{"amount": 12.5, "what": "paint"}"#;
    let accepted = send(&app, &path, &secret, body).await.expect(StatusCode::ACCEPTED).json();
    let told = actions(&app, "trigger.webhook", 1).await;
    assert_eq!(accepted["actions"], json!([told[0]["id"]]));
    assert_eq!(told[0]["reason"], "12.5 for paint", "{}", told[0]);
    assert_eq!(told[0]["initiator"], json!(null));
    let posts = actions(&app, "board.post_message", 1).await;
    assert_eq!(posts[0]["payload"]["text"], "paid: paint");
    // The same delivery again is the same action.
    let again = send(&app, &path, &secret, body).await.expect(StatusCode::ACCEPTED).json();
    assert_eq!(again, accepted);
    app.quiet().await;
    assert_eq!(actions(&app, "trigger.webhook", 1).await.len(), 1);
    assert_eq!(super::replay::replay(&app, &told[0]).await, 1);
    // Nothing of the secret is in the record.
    let record = entries(&app, "webhook").await;
    assert_eq!(record.len(), 2, "{record:?}");
    assert!(!json!(record).to_string().contains(&secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_nothing_answers_to_is_recorded() {
    let app = TestApp::start().await;
    town(&app).await;
    let (path, secret) = webhook(&app, "news").await;
    send(&app, &path, &secret, "[1, 2]").await.expect(StatusCode::ACCEPTED);
    let told = actions(&app, "trigger.webhook", 1).await;
    assert_eq!((&told[0]["status"], &told[0]["payload"]["body"]), (&json!("passed"), &json!([1, 2])), "{}", told[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_genuine_is_refused() {
    let app = TestApp::start().await;
    town(&app).await;
    app.found("moss", "open", &["eve"]).await;
    let (path, secret) = webhook(&app, "news").await;
    let plain = |path: String| app.call(Method::POST, &path);
    plain(path.clone()).body("{}").send().await.refused(401, "bad-signature", None);
    send(&app, &path, "a guess", "{}").await.refused(401, "bad-signature", None);
    plain(path.clone()).bearer("a guess").body("{}").send().await.refused(401, "bad-signature", None);
    let old = ((app.ctx.clock.now().millis() / 1000) - 301).to_string();
    let signed = signature(&secret, &format!("{old}.{{}}"));
    let stale = plain(path.clone()).header("x-polity-timestamp", &old).header("x-polity-signature", &signed);
    stale.body("{}").send().await.refused(401, "stale-delivery", None);
    let elsewhere = path.replace("/town/", "/moss/");
    plain(elsewhere).bearer(&secret).body("{}").send().await.refused(404, "not-found", None);
    let nothing = "/hooks/in/town/00000000-0000-7000-8000-000000000000".to_owned();
    plain(nothing).bearer(&secret).body("{}").send().await.refused(404, "not-found", None);
    plain("/hooks/in/town/news".to_owned()).bearer(&secret).body("{}").send().await.refused(404, "not-found", None);
    plain(path.clone()).bearer(&secret).body("no json").send().await.expect(StatusCode::BAD_REQUEST);
    let large = format!("\"{}\"", "x".repeat(65 * 1024));
    plain(path.clone()).bearer(&secret).body(large).send().await.expect(StatusCode::PAYLOAD_TOO_LARGE);
    app.quiet().await;
    assert_eq!(get(&app, "actions?type=trigger.webhook").await["actions"], json!([]), "none of these counted");
    plain(path.clone()).bearer(&secret).body("{}").send().await.expect(StatusCode::ACCEPTED);
    let like_github = plain(path.clone()).header("x-hub-signature-256", &signature(&secret, "{\"a\":1}"));
    like_github.body("{\"a\":1}").send().await.expect(StatusCode::ACCEPTED);
    assert_eq!(actions(&app, "trigger.webhook", 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_called_too_fast_waits() {
    let app = TestApp::start().await;
    town(&app).await;
    let (path, secret) = webhook(&app, "news").await;
    let mut refused = None;
    for _ in 0..90 {
        let answer = app.call(Method::POST, &path).bearer(&secret).body("{}").send().await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("nothing was refused");
    assert!(refused.headers.contains_key("retry-after"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once_and_to_whom_it_is_due() {
    let app = TestApp::demo().await;
    town(&app).await;
    let origin = "http://127.0.0.1:3000";
    done(&app, "constitution.add_webhook", json!({ "name": "news" })).await;
    let id = get(&app, "webhooks").await["webhooks"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/communities/town/webhooks/{id}/secret");
    let as_member = async |handle: &str| {
        let cookie = app.sign_in("town", handle).await;
        app.post(&path, json!({})).without("authorization").cookie(&cookie).header("origin", origin).send().await
    };
    app.post(&path, json!({})).without("authorization").send().await.refused(401, "token-needed", None);
    as_member("ben").await.refused(403, "not-yourself", None);
    let shown = as_member("ada").await.expect(StatusCode::OK).json();
    let secret = shown["secret"].as_str().unwrap().to_owned();
    as_member("ada").await.refused(409, "already-shown", None);
    app.post(&path, json!({})).send().await.refused(409, "already-shown", None);
    let listed = get(&app, "webhooks").await;
    assert!(!listed.to_string().contains(&secret) && listed["webhooks"][0]["has_secret"] == true, "{listed}");

    let hook = format!("/hooks/in/town/{id}");
    done(&app, "constitution.rotate_webhook", json!({ "name": "news" })).await;
    app.call(Method::POST, &hook).bearer(&secret).body("{}").send().await.refused(401, "bad-signature", None);
    let next: Value = app.post(&path, json!({})).send().await.expect(StatusCode::OK).json();
    let next = next["secret"].as_str().unwrap();
    assert_ne!(next, secret);
    app.call(Method::POST, &hook).bearer(next).body("{}").send().await.expect(StatusCode::ACCEPTED);
    done(&app, "constitution.remove_webhook", json!({ "name": "news" })).await;
    app.call(Method::POST, &hook).bearer(next).body("{}").send().await.refused(404, "not-found", None);
    app.call(Method::POST, &hook).bearer(OPERATOR).body("{}").send().await.refused(404, "not-found", None);
}
