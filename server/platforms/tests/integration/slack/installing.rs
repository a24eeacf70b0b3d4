//! Installing in a scripted Slack: the visit, who may, and what is given back.

use std::collections::BTreeMap;

use platforms::{ApplyError, Platform};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use types::Timestamp;
use wiremock::matchers::{body_string_contains, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::hearing::{connection, slack};

async fn answers(server: &MockServer, name: &str, answer: Value) {
    Mock::given(path(format!("/{name}")))
        .respond_with(ResponseTemplate::new(200).set_body_json(answer))
        .mount(server)
        .await;
}

fn granted() -> Value {
    json!({
        "ok": true, "access_token": "xoxb-new", "token_type": "bot", "bot_user_id": "U0BOT", "app_id": "A0POLITY",
        "team": { "id": "T0NEW", "name": "New" }, "enterprise": null, "is_enterprise_install": false,
        "authed_user": { "id": "U0INSTALLER", "access_token": "xoxp-new", "token_type": "user" },
    })
}

fn code() -> BTreeMap<String, String> {
    [("code".to_owned(), "abc".to_owned())].into()
}

#[test]
fn the_visit_asks_for_what_is_needed_and_comes_back_with_its_state() {
    let url = slack().install_url(&connection(""), "s3cret", "https://p.example/connect/slack/back").unwrap();
    assert!(url.starts_with("https://slack.com/oauth/v2/authorize?client_id=1.2&scope=channels%3Ahistory"), "{url}");
    assert!(url.contains("user_scope=channels%3Awrite%2Cchat%3Awrite%2Cgroups%3Awrite"));
    assert!(url.ends_with("state=s3cret&redirect_uri=https%3A%2F%2Fp.example%2Fconnect%2Fslack%2Fback"));
}

#[tokio::test]
async fn an_administrators_grant_becomes_a_connection_to_be() {
    let server = MockServer::start().await;
    answers(&server, "oauth.v2.access", granted()).await;
    answers(&server, "users.info", json!({ "ok": true, "user": { "is_admin": true, "real_name": "Ada" } })).await;
    let service = connection(&format!("{}/", server.uri()));
    let grant = slack().granted(&service, &code(), "https://p.example/back").await.unwrap();
    assert_eq!(
        (grant.tenant.as_str(), grant.name.as_str(), grant.installer.id.as_str()),
        ("T0NEW", "New", "U0INSTALLER")
    );
    assert_eq!(grant.secrets["bot_token"].expose_secret(), "xoxb-new");
    assert_eq!(grant.secrets["admin_token"].expose_secret(), "xoxp-new");
    assert_eq!(grant.config.text("own_user"), Some("U0BOT"));
    assert!(!format!("{grant:?}").contains("xox"), "tokens never reach a log");
    let exchange = &server.received_requests().await.unwrap()[0];
    let body = String::from_utf8(exchange.body.clone()).unwrap();
    assert!(
        body.contains("client_secret=shh")
            && body.contains("code=abc")
            && !exchange.headers.contains_key("authorization")
    );
}

#[tokio::test]
async fn anybody_elses_grant_is_given_back() {
    let server = MockServer::start().await;
    answers(&server, "oauth.v2.access", granted()).await;
    answers(&server, "users.info", json!({ "ok": true, "user": { "is_admin": false, "is_owner": false } })).await;
    Mock::given(path("/auth.revoke"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "ok": true })))
        .expect(2)
        .mount(&server)
        .await;
    let service = connection(&format!("{}/", server.uri()));
    let error = slack().granted(&service, &code(), "https://p.example/back").await.unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "not-an-administrator", .. }));
}

#[tokio::test]
async fn a_code_is_good_once_and_a_refusal_is_said() {
    let server = MockServer::start().await;
    answers(&server, "oauth.v2.access", json!({ "ok": false, "error": "invalid_code" })).await;
    let service = connection(&format!("{}/", server.uri()));
    let error = slack().granted(&service, &code(), "https://p.example/back").await.unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "code-spent", .. }));
    let denied = [("error".to_owned(), "access_denied".to_owned())].into();
    let error = slack().granted(&service, &denied, "https://p.example/back").await.unwrap_err();
    assert!(matches!(error, ApplyError::Permanent { code: "not-granted", .. }));
}

#[tokio::test]
async fn who_had_a_standing_has_it_in_writing_and_former_values_are_known() {
    let server = MockServer::start().await;
    answers(&server, "auth.test", json!({ "ok": true, "user_id": "U0POLITY", "team_id": "T024BE7LD" })).await;
    let channels = json!({ "ok": true, "channels": [
        { "id": "C1", "name": "general", "is_general": true, "is_member": false, "topic": { "value": "a &amp; b" }, "purpose": { "value": "" } },
        { "id": "G2", "name": "secret", "is_private": true, "is_member": true, "topic": { "value": "" }, "purpose": { "value": "p" } },
    ] });
    answers(&server, "conversations.list", channels).await;
    Mock::given(path("/conversations.join"))
        .and(body_string_contains("channel=C1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "ok": true })))
        .expect(1)
        .mount(&server)
        .await;
    let users = json!({ "ok": true, "members": [
        { "id": "U1", "name": "ada", "is_admin": true, "is_owner": true, "profile": { "real_name": "Ada" } },
        { "id": "U2", "name": "ben", "is_admin": true },
        { "id": "U3", "name": "cleo" },
        { "id": "U4", "name": "bot", "is_admin": true, "is_bot": true },
    ] });
    answers(&server, "users.list", users).await;
    answers(&server, "usergroups.list", json!({ "ok": true, "usergroups": [{ "id": "S1", "users": ["U1"] }] })).await;
    let installed = slack().install(&connection(&format!("{}/", server.uri()))).await.unwrap();
    assert_eq!((installed.places, installed.lobby.as_deref()), (vec!["T024BE7LD".to_owned()], Some("C1")));
    let roles: Vec<_> = installed.roles.iter().map(|role| (role.name.as_str(), role.members.len())).collect();
    assert_eq!(roles, [("Slack owners", 1), ("Slack administrators", 1)]);
    let known: BTreeMap<_, _> = installed.known.into_iter().map(|(key, value)| (key, value.0)).collect();
    assert_eq!(known["topic:C1"], json!("a & b"));
    assert_eq!(known["user_group:S1"], json!(["U1"]));
}

#[tokio::test]
async fn a_token_that_runs_out_is_exchanged_in_time() {
    let server = MockServer::start().await;
    let renewed =
        json!({ "ok": true, "access_token": "xoxe-new", "refresh_token": "xoxe-1-next", "expires_in": 43200 });
    Mock::given(path("/oauth.v2.access"))
        .and(body_string_contains("grant_type=refresh_token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(renewed))
        .expect(1)
        .mount(&server)
        .await;
    let mut ours = connection(&format!("{}/", server.uri()));
    ours.secrets.insert("refresh_token".into(), "xoxe-1-old".into());
    ours.secrets.insert("expires_at".into(), "1000000".into());
    let renewed = slack().tend(&ours, Timestamp::from_millis(0)).await.unwrap().unwrap();
    assert_eq!(renewed["bot_token"].expose_secret(), "xoxe-new");
    assert_eq!(renewed["expires_at"].expose_secret(), "43200000");
}

#[test]
fn the_manifest_names_our_addresses_and_all_we_ask_for() {
    let manifest: Value = serde_json::from_str(&platforms::slack::manifest("https://p.example")).unwrap();
    assert_eq!(manifest["settings"]["event_subscriptions"]["request_url"], "https://p.example/hooks/slack");
    assert_eq!(manifest["oauth_config"]["redirect_urls"], json!(["https://p.example/connect/slack/back"]));
    assert_eq!(manifest["features"]["slash_commands"][0]["command"], "/polity");
    assert!(manifest["oauth_config"]["scopes"]["bot"].as_array().unwrap().len() > 15);
}
