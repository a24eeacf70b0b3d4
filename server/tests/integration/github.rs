//! A repository governed: an issue is closed again until members have agreed, by a comment and a reaction.

use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use store::connections::{Connection, ConnectionStatus};
use types::Json;

use crate::vendor::Vendor;
use crate::web::test_app::{Answer, TestApp};

const SECRET: &str = "the-webhook-secret";

const TWO_YES: &str = "function initialize() { ask(\"everyone\", { text: \"Shall this issue be open?\" }) }
function check(action) { if (action.proposal.yes.length >= 2) return passed(\"two agreed\") }
function pass(action) { action.execute() }";

struct World {
    app: TestApp,
    github: Vendor,
}

impl World {
    async fn start() -> Self {
        let github = Vendor::start().await;
        let made = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&made).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----",
            BASE64_STANDARD.encode(der.as_ref())
        );
        let environment = [
            ("POLITY_GITHUB_APP_ID", "77"),
            ("POLITY_GITHUB_SLUG", "polity"),
            ("POLITY_GITHUB_CLIENT_ID", "Iv1.x"),
            ("POLITY_GITHUB_CLIENT_SECRET", "shh"),
            ("POLITY_GITHUB_WEBHOOK_SECRET", SECRET),
            ("POLITY_GITHUB_PRIVATE_KEY", pem.as_str()),
            ("POLITY_GITHUB_API", github.address.as_str()),
        ];
        let app = TestApp::with_vendor(&environment).await;
        app.found("town", "open", &["ada"]).await;
        let community = app.ctx.store.system().community_by_slug("town").await.unwrap().unwrap().id;
        let connection = Connection {
            id: app.ctx.ids.uuid().into(),
            community,
            platform: "github".to_owned(),
            config: Json(json!({ "tenant": "5", "name": "o" })),
            secrets: None,
            status: ConnectionStatus::Active,
            status_reason: String::new(),
            cursor: None,
            created_at: app.ctx.clock.now(),
        };
        let tx = app.ctx.store.begin().await.unwrap();
        tx.community(community).add_connection(&connection).await.unwrap();
        tx.community(community).set_places(connection.id, &["5".to_owned()]).await.unwrap();
        tx.commit().await.unwrap();
        github.answers("POST /app/installations/5/access_tokens", json!({ "token": "ghs_x" }));
        github.answers("POST /repos/o/r/issues/12/comments", json!({ "id": 9, "node_id": "IC_9" }));
        Self { app, github }
    }

    async fn hook(&self, event: &str, mut body: Value, secret: &str) -> Answer {
        body["installation"] = json!({ "id": 5 });
        body["repository"] = json!({ "full_name": "o/r", "name": "r" });
        let body = body.to_string();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signature: String =
            hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let call = self.app.call(Method::POST, "/hooks/github").header("content-type", "application/json");
        let call = call.header("x-github-event", event).header("x-hub-signature-256", &format!("sha256={signature}"));
        call.body(body).send().await
    }

    async fn until(&self, what: &str, look: impl AsyncFn() -> bool) {
        for _ in 0..200 {
            self.app.quiet().await;
            if look().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("waited in vain until {what}");
    }

    async fn actions(&self, kind: &str) -> Vec<Value> {
        let path = format!("/api/v1/communities/town/actions?type={kind}");
        self.app.get(&path).send().await.expect(StatusCode::OK).json()["actions"].as_array().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_is_closed_until_two_have_agreed() {
    let world = World::start().await;
    let policy =
        json!({ "name": "Two agree", "layer": "platform", "action_types": ["github.open_issue"], "source": TWO_YES });
    let added = world.app.attempt("town", "ada", "constitution.add_policy", policy).await;
    assert_eq!(added["status"], "executed", "{added}");
    let opened = json!({ "action": "opened", "sender": { "login": "eve", "type": "User" },
        "issue": { "number": 12, "title": "Paint it red", "body": "please", "updated_at": "2026-11-01T10:00:00Z" } });
    world.hook("issues", opened.clone(), "another secret").await.refused(401, "bad-signature", None);
    world.hook("issues", opened.clone(), SECRET).await.expect(StatusCode::OK);
    world.hook("issues", opened, SECRET).await.expect(StatusCode::OK);
    let state = |state: &str| {
        let state = state.to_owned();
        let github = world.github.clone();
        async move || {
            github.asked("PATCH", "/repos/o/r/issues/12").iter().any(|one| one.body["state"] == state.as_str())
        }
    };
    world.until("the issue is closed", state("closed")).await;
    let ours = json!({ "action": "closed", "sender": { "login": "polity[bot]", "type": "Bot" },
        "issue": { "number": 12, "title": "Paint it red", "updated_at": "2026-11-01T10:00:05Z" } });
    world.hook("issues", ours, SECRET).await.expect(StatusCode::OK);
    world
        .until("the ballot is posted", async || !world.github.asked("POST", "/repos/o/r/issues/12/comments").is_empty())
        .await;
    assert!(world.actions("github.close_issue").await.is_empty(), "our own doings are no actions");

    // One votes by a comment; a program's comment counts for nothing.
    let comment = |id: u64, login: &str, kind: &str| {
        json!({ "action": "created", "sender": { "login": login, "type": kind }, "issue": { "number": 12 },
        "comment": { "id": id, "node_id": format!("IC_{id}"), "body": "+1", "user": { "login": login, "type": kind }, "updated_at": "2026-11-01T10:01:00Z" } })
    };
    world.hook("issue_comment", comment(20, "ben", "User"), SECRET).await.expect(StatusCode::OK);
    world.hook("issue_comment", comment(21, "ci[bot]", "Bot"), SECRET).await.expect(StatusCode::OK);
    world.app.quiet().await;
    assert_eq!(world.actions("github.open_issue").await[0]["status"], "proposed");
    assert!(world.actions("github.comment").await.len() <= 1, "a vote is no comment to be governed");

    // GitHub tells of no reaction: they are counted every minute.
    let posted = world.github.asked("POST", "/repos/o/r/issues/12/comments")[0].body["body"].clone();
    world.github.answers(
        "GET /repos/o/r/issues/12/comments",
        json!([{ "id": 9, "user": { "login": "polity[bot]" }, "body": posted }]),
    );
    world.github.answers(
        "GET /repos/o/r/issues/comments/9/reactions",
        json!([
            { "content": "+1", "user": { "login": "ben", "type": "User" } },
            { "content": "+1", "user": { "login": "cleo", "type": "User" } },
        ]),
    );
    server::pipeline::pass_time(&world.app.ctx, Duration::from_secs(61)).await.unwrap();
    world.until("the issue is open again", state("open")).await;
    world.until("it is recorded", async || world.actions("github.open_issue").await[0]["status"] == "executed").await;
    assert_eq!(world.actions("github.open_issue").await[0]["reason"], "two agreed");
}
