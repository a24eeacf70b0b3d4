//! A workspace governed: installed by a visit, a rename that snaps back, votes by button and reaction, the rename after all.

mod fake;

use std::time::Duration;

use aws_lc_rs::hmac;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use self::fake::Fake;
use crate::web::test_app::{Answer, TestApp};

const SECRET: &str = "the-signing-secret";

const TWO_YES: &str = "function initialize() { ask(\"everyone\", { text: \"Rename the channel?\" }) }
function check(action) { if (action.proposal.yes.length >= 2) return passed(\"two agreed\") }
function pass(action) { action.execute() }";

/// The service, the workspace, and who is signed in.
struct World {
    app: TestApp,
    slack: Fake,
    n_events: std::sync::atomic::AtomicU32,
}

impl World {
    async fn start() -> Self {
        let slack = Fake::start().await;
        let environment = [
            ("POLITY_SLACK_CLIENT_ID", "1.2"),
            ("POLITY_SLACK_CLIENT_SECRET", "shh"),
            ("POLITY_SLACK_SIGNING_SECRET", SECRET),
            ("POLITY_SLACK_API", slack.address.as_str()),
        ];
        let app = TestApp::with_vendor(&environment).await;
        app.found("town", "open", &["ada", "clerk"]).await;
        Self { app, slack, n_events: Default::default() }
    }

    /// Ada visits Slack and comes back.
    async fn install(&self) {
        let cookie = self.app.sign_in("town", "ada").await;
        let state = self.leave(&cookie).await;
        self.back(&cookie, &state).await.expect(StatusCode::SEE_OTHER);
        self.until("the workspace is connected", async || {
            self.slack.called("chat.postMessage").iter().any(|said| said["text"].contains("governs itself"))
        })
        .await;
    }

    async fn leave(&self, cookie: &str) -> String {
        let answer = self
            .app
            .form("/c/town/connect/slack", String::new())
            .cookie(cookie)
            .send()
            .await
            .expect(StatusCode::SEE_OTHER);
        let to = answer.headers["location"].to_str().unwrap().to_owned();
        assert!(to.starts_with(&self.slack.address) && to.contains("/oauth/v2/authorize?client_id=1.2"), "{to}");
        url::Url::parse(&to).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
    }

    async fn back(&self, cookie: &str, state: &str) -> Answer {
        let path = format!("/connect/slack/back?code=abc&state={state}");
        self.app.call(Method::GET, &path).cookie(cookie).send().await
    }

    async fn hook(&self, content_type: &str, body: String, secret: &str) -> Answer {
        let moment = self.app.ctx.clock.now().0 / 1000;
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signature = hmac::sign(&key, format!("v0:{moment}:{body}").as_bytes());
        let signature: String = signature.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.app
            .call(Method::POST, "/hooks/slack")
            .header("content-type", content_type)
            .header("x-slack-request-timestamp", &moment.to_string())
            .header("x-slack-signature", &format!("v0={signature}"))
            .body(body)
            .send()
            .await
    }

    async fn event(&self, event: Value) {
        let n = self.n_events.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.event_as(event, &format!("Ev{n}"), "T1").await.expect(StatusCode::OK);
    }

    async fn event_as(&self, event: Value, id: &str, team: &str) -> Answer {
        let envelope = json!({ "type": "event_callback", "event_id": id, "team_id": team, "event": event });
        self.hook("application/json", envelope.to_string(), SECRET).await
    }

    async fn click(&self, user: &str, proposal: &str, answer: &str, moment: &str) -> Answer {
        let payload = json!({
            "type": "block_actions", "team": { "id": "T1" }, "user": { "id": user, "name": user.to_lowercase() },
            "container": { "channel_id": "C1" }, "response_url": format!("{}whisper", self.slack.address),
            "actions": [{ "value": format!("polity-vote:{proposal}:{answer}"), "action_ts": moment }],
        });
        let body: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
        self.hook("application/x-www-form-urlencoded", body, SECRET).await
    }

    async fn command(&self, user: &str, words: &str, n: u32) -> String {
        let fields =
            [("command", "/polity"), ("text", words), ("team_id", "T1"), ("user_id", user), ("channel_id", "C1")];
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .append_pair("trigger_id", &n.to_string())
            .finish();
        let answer = self.hook("application/x-www-form-urlencoded", body, SECRET).await.expect(StatusCode::OK).json();
        assert_eq!(answer["response_type"], "ephemeral");
        answer["text"].as_str().unwrap().to_owned()
    }

    /// Lets everything that is due happen until `look` is content. The service works beside the test.
    async fn until(&self, what: &str, look: impl AsyncFn() -> bool) {
        for _ in 0..200 {
            self.app.quiet().await;
            if look().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("waited in vain until {what}; calls: {:?}", self.slack.state.lock().unwrap().calls);
    }

    async fn actions(&self, kind: &str) -> Vec<Value> {
        let path = format!("/api/v1/communities/town/actions?type={kind}");
        self.app.get(&path).send().await.expect(StatusCode::OK).json()["actions"].as_array().unwrap().clone()
    }

    async fn rename_by(&self, user: &str, name: &str, ts: &str) {
        let old = self.slack.name();
        self.slack.state.lock().unwrap().name = name.to_owned();
        let event = json!({ "type": "message", "subtype": "channel_name", "channel": "C1", "channel_type": "channel",
            "user": user, "old_name": old, "name": name, "ts": ts });
        self.event(event).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_snaps_back_and_happens_when_two_have_agreed() {
    let world = World::start().await;
    world.install().await;
    let policy = json!({ "name": "Two agree", "layer": "platform", "action_types": ["slack.rename_channel"], "source": TWO_YES });
    let added = world.app.attempt("town", "clerk", "constitution.add_policy", policy).await;
    assert_eq!(added["status"], "executed", "{added}");

    world.rename_by("U0BEN", "plaza", "100.000001").await;
    world.until("the old name is back", async || world.slack.name() == "square").await;
    // Slack tells of our own doing under the administrator's name: it is no action of hers.
    let echo = json!({ "type": "message", "subtype": "channel_name", "channel": "C1", "channel_type": "channel",
        "user": "U0ADA", "old_name": "plaza", "name": "square", "ts": "100.000002" });
    world.event(echo).await;
    world
        .until("the ballot is posted", async || {
            world.slack.called("chat.postMessage").iter().any(|said| said.get("blocks").is_some())
        })
        .await;
    let [action] = &world.actions("slack.rename_channel").await[..] else { panic!("our own doing became an action") };
    let proposal = action["proposals"][0]["id"].as_str().unwrap().to_owned();
    let posted = world.slack.called("chat.postMessage").into_iter().find(|said| said.contains_key("blocks")).unwrap();
    assert!(posted["blocks"].contains(&format!("polity-vote:{proposal}:yes")));

    // Ben clicks; what he clicked once and somebody sends again is not counted again after he has changed his mind.
    let answer = world.click("U0BEN", &proposal, "yes", "1.1").await.expect(StatusCode::OK);
    assert!(answer.body.is_empty());
    world.click("U0BEN", &proposal, "no", "1.2").await.expect(StatusCode::OK);
    world.click("U0BEN", &proposal, "yes", "1.1").await.expect(StatusCode::OK);
    world.until("Ben was told", async || world.slack.state.lock().unwrap().whispers.len() >= 2).await;
    let whispers: Vec<Value> = world.slack.state.lock().unwrap().whispers.clone();
    assert!(
        whispers.iter().any(|told| told["text"].as_str().unwrap().starts_with("Your ballot is in: no")),
        "{whispers:?}"
    );
    assert!(whispers.iter().all(|told| told["response_type"] == "ephemeral"));
    let path = format!("/api/v1/communities/town/proposals/{proposal}");
    let page = world.app.get(&path).send().await.expect(StatusCode::OK).text();
    assert!(!page.contains("\"executed\""), "{page}");
    world.click("U0BEN", &proposal, "yes", "1.3").await.expect(StatusCode::OK);

    // A reaction with a skin, taken back and made again; what is told in the wrong order counts right.
    let message = "2.000100";
    let message = world
        .slack
        .called("chat.postMessage")
        .iter()
        .position(|said| said.contains_key("blocks"))
        .map_or(message.to_owned(), |at| format!("{}.000100", at + 1));
    let react = |kind: &str, at: &str| {
        json!({ "type": kind, "user": "U0EVE", "reaction": "thumbsup::skin-tone-3",
        "item": { "type": "message", "channel": "C1", "ts": message }, "event_ts": at })
    };
    world.event(react("reaction_removed", "200.0002")).await;
    world.event(react("reaction_added", "200.0001")).await;
    world.app.quiet().await;
    assert_eq!(world.slack.name(), "square", "a vote that was taken back does not count, however late it is told");
    world.event(react("reaction_added", "200.5")).await;
    world.until("the channel has its new name", async || world.slack.name() == "plaza").await;

    let [action] = &world.actions("slack.rename_channel").await[..] else { panic!("one action") };
    assert_eq!((&action["status"], &action["reason"]), (&json!("executed"), &json!("two agreed")));
    let renames = world
        .slack
        .state
        .lock()
        .unwrap()
        .calls
        .iter()
        .filter(|(name, token, _)| name == "conversations.rename" && token.ends_with("xoxp-admin"))
        .count();
    assert_eq!(renames, 2, "undone once, done once");
    let audit = world.app.get("/api/v1/communities/town/audit").send().await.expect(StatusCode::OK).text();
    for told in ["connection.added", "action.reverted", "ballot.cast", "action.executed"] {
        assert!(audit.contains(told), "{told} is not in the log");
    }

    // The ballot's message says how it ended, and has no buttons any more.
    world.app.wait(Duration::from_secs(3)).await;
    server::pipeline::pass_time(&world.app.ctx, Duration::from_secs(3)).await.unwrap();
    world
        .until("the ballot is closed", async || {
            world
                .slack
                .called("chat.update")
                .last()
                .is_some_and(|last| last["text"].contains("Passed") && !last["blocks"].contains("polity-vote"))
        })
        .await;

    // And she herself is governed like everybody: the echo was one event, not a time of grace.
    world.rename_by("U0ADA", "square", "300.000001").await;
    world.until("her rename is undone", async || world.slack.name() == "plaza").await;
    assert_eq!(world.actions("slack.rename_channel").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_belongs_to_one_browser_and_ends_once() {
    let world = World::start().await;
    let cookie = world.app.sign_in("town", "ada").await;
    let state = world.leave(&cookie).await;
    let other = world.app.sign_in("town", "clerk").await;
    world.back(&other, &state).await.refused(400, "unknown-visit", None);
    world.back(&cookie, &"0".repeat(64)).await.refused(400, "unknown-visit", None);
    world.back(&cookie, &state).await.expect(StatusCode::SEE_OTHER);
    world.back(&cookie, &state).await.refused(400, "unknown-visit", None);
    let nobody = world.app.call(Method::GET, &format!("/connect/slack/back?code=abc&state={state}")).send().await;
    nobody.refused(400, "unknown-visit", None);
    let page = world.app.call(Method::GET, "/c/town/connections").cookie(&cookie).send().await.expect(StatusCode::OK);
    assert!(
        page.text().contains("action=\"/c/town/connect/slack\"") && page.text().contains("delete members"),
        "{}",
        page.text()
    );
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https://slack.com") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(world.app.call(Method::GET, "/c/town/connections").send().await.status, StatusCode::UNAUTHORIZED);
    let stranger = world.app.form("/c/town/connect/slack", String::new()).send().await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    let elsewhere = world
        .app
        .form("/c/town/connect/slack", String::new())
        .header("origin", "http://evil.example")
        .cookie(&cookie)
        .send()
        .await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    world
        .app
        .form("/c/nowhere/connect/slack", String::new())
        .cookie(&cookie)
        .send()
        .await
        .expect(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_never_shown_and_a_cut_connection_gives_them_back() {
    let world = World::start().await;
    world.install().await;
    let audit = world.app.get("/api/v1/communities/town/audit").send().await.expect(StatusCode::OK).text();
    assert!(!audit.contains("xox"), "a token is in the log");
    let roles = world.app.get("/api/v1/communities/town/roles").send().await.text();
    assert!(roles.contains("Slack administrators") || audit.contains("Slack administrators"), "{roles}");
    let cut =
        world.app.attempt("town", "clerk", "constitution.remove_connection", json!({ "platform": "slack" })).await;
    assert_eq!(cut["status"], "executed", "{cut}");
    world.until("both tokens are given back", async || world.slack.called("auth.revoke").len() == 2).await;
    world.event(json!({ "type": "message", "channel": "C1", "channel_type": "channel", "user": "U0BEN", "text": "still there?", "ts": "1.1" })).await;
    world.app.quiet().await;
    assert!(world.actions("slack.post_message").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_repeated_and_foreign_deliveries_change_nothing() {
    let world = World::start().await;
    world.install().await;
    let said = |ts: &str| json!({ "type": "message", "channel": "C1", "channel_type": "channel", "user": "U0BEN", "text": "hello", "ts": ts });
    let envelope = json!({ "type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": said("1.1") });
    world.hook("application/json", envelope.to_string(), "another-secret").await.refused(401, "bad-signature", None);
    world.event_as(said("2.2"), "Ev2", "T2").await.expect(StatusCode::OK);
    world.app.quiet().await;
    assert!(world.actions("slack.post_message").await.is_empty());
    for _ in 0..2 {
        world.event_as(said("3.3"), "Ev3", "T1").await.expect(StatusCode::OK);
    }
    world.until("it is heard", async || !world.actions("slack.post_message").await.is_empty()).await;
    assert_eq!(world.actions("slack.post_message").await.len(), 1);
    world.app.call(Method::POST, "/hooks/slack").body("{}").send().await.refused(401, "bad-signature", None);
    world.app.call(Method::POST, "/hooks/nowhere").body("{}").send().await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_on_another_communitys_ballot_is_not_counted() {
    let world = World::start().await;
    world.install().await;
    let answer =
        world.click("U0BEN", "00000000-0000-0000-0000-00000000002a", "yes", "1.1").await.expect(StatusCode::OK);
    assert!(answer.body.is_empty());
    world.until("Ben was told", async || !world.slack.state.lock().unwrap().whispers.is_empty()).await;
    let told = world.slack.state.lock().unwrap().whispers[0]["text"].as_str().unwrap().to_owned();
    assert!(told.contains("not one of this community's"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_answer_for_one_and_link_to_the_page() {
    let world = World::start().await;
    world.install().await;
    assert!(world.command("U0BEN", "help", 1).await.contains("rules here"));
    assert!(world.command("U0BEN", "rules here", 2).await.contains("/c/town/policies"));
    assert_eq!(world.command("U0BEN", "my ballots", 3).await, "Nothing waits for your vote.");
    assert!(world.command("U0BEN", "propose", 4).await.contains("/c/town/propose"));
    assert!(world.command("U0BEN", "why", 5).await.contains("not attempted anything"));
    assert!(world.command("U0BEN", "dance <!here>", 6).await.contains("I do not know “dance”"));
    world.event(json!({ "type": "message", "channel": "C1", "channel_type": "channel", "user": "U0BEN", "text": "hello", "ts": "1.1" })).await;
    world.until("it is heard", async || !world.actions("slack.post_message").await.is_empty()).await;
    world.app.quiet().await;
    let why = world.command("U0BEN", "why", 7).await;
    assert!(why.contains("carried out") && why.contains("/c/town/"), "{why}");
    assert_eq!(world.command("U0BEN", "why", 7).await, "This was done already.");
}
