//! The third-party emulator of Slack (npm `emulate` 0.12.2), where POLITY_TEST_SLACK_EMULATOR names one: an account of Slack's
//! interface that is not ours.

use platforms::{ApplyError, Connection, Platform};
use serde_json::{Value, json};
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{Ask, EffectId, Json, MemberId, ProposalId};
use uuid::Uuid;

use super::hearing::{connection, slack};

struct World {
    connection: Connection,
    api: String,
    n: u128,
}

impl World {
    async fn apply(&mut self, operation: &Operation) -> Result<Receipt, ApplyError> {
        self.n += 1;
        slack().apply(&self.connection, operation, IdempotencyKey(EffectId(Uuid::from_u128(self.n)))).await
    }

    /// What somebody's own client asks.
    async fn client(&self, token: &str, method: &str, fields: &[(&str, &str)]) -> Value {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = reqwest::Client::new().post(format!("{}{method}", self.api)).bearer_auth(token);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn channel(&self, name: &str) -> Value {
        let all = self.client("xoxp-admin", "conversations.list", &[]).await;
        all["channels"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned().unwrap_or_default()
    }
}

fn execute(kind: &str, payload: Value, undo: Value) -> Operation {
    let ada = Person { member: MemberId::NIL, handle: "ada".into(), display_name: "Ada".into(), external: None };
    Operation::Execute { kind: kind.parse().unwrap(), payload: Json(payload), initiator: Some(ada), undo: Json(undo) }
}

fn revert(kind: &str, payload: Value, undo: Value) -> Operation {
    Operation::Revert {
        kind: kind.parse().unwrap(),
        payload: Json(payload),
        undo: Json(undo),
        reason: "it waits".into(),
    }
}

#[tokio::test]
async fn what_we_ask_is_what_the_emulator_understands() {
    let Ok(address) = std::env::var("POLITY_TEST_SLACK_EMULATOR") else {
        eprintln!(
            "\n*** SKIPPED: no emulator. Run it with: script/with-slack-emulator cargo test -p platforms emulator ***\n"
        );
        return;
    };
    let api = format!("{}/api/", address.trim_end_matches('/'));
    let mut world = World { connection: connection(&api), api, n: u128::from(std::process::id()) << 32 };
    let square = world.channel("square").await["id"].as_str().unwrap().to_owned();

    // Somebody's message: no bot may delete it, the administrator's token does; a second time it is gone already.
    let said = world.client("xoxp-admin", "chat.postMessage", &[("channel", &square), ("text", "hello")]).await;
    let message = format!("{square}/{}", said["ts"].as_str().unwrap());
    let refused =
        world.client("xoxb-bot", "chat.delete", &[("channel", &square), ("ts", said["ts"].as_str().unwrap())]).await;
    assert_eq!(refused["error"], "cant_delete_message");
    let payload = json!({ "channel": square, "text": "hello" });
    let heard = json!({ "channel": square, "message": message, "content": { "text": "hello" } });
    let undone = world.apply(&revert("slack.post_message", payload.clone(), heard.clone())).await.unwrap();
    world.apply(&revert("slack.post_message", payload.clone(), heard)).await.unwrap();
    let again = world.apply(&execute("slack.post_message", payload, undone.detail.0)).await.unwrap();
    let (_, ts) = again.external.as_deref().unwrap().split_once('/').unwrap();
    let history = world.client("xoxp-admin", "conversations.history", &[("channel", &square)]).await;
    let posted = history["messages"].as_array().unwrap().iter().find(|one| one["ts"] == ts).unwrap();
    assert_eq!(posted["text"], "hello");
    assert_eq!(posted["metadata"]["event_type"], "polity");

    // A rename goes through whom Slack lets do it, there and back.
    world
        .apply(&execute("slack.rename_channel", json!({ "channel": square, "name": "plaza" }), json!({})))
        .await
        .unwrap();
    assert_eq!(world.channel("plaza").await["id"], square.as_str());
    let undo = json!({ "channel": square, "old_name": "square", "name": "plaza" });
    world.apply(&revert("slack.rename_channel", json!({ "channel": square, "name": "plaza" }), undo)).await.unwrap();
    assert_eq!(world.channel("square").await["id"], square.as_str());

    let done = world
        .apply(&execute("slack.set_topic", json!({ "channel": square, "topic": "new" }), json!({})))
        .await
        .unwrap();
    assert_eq!(done.detail.get("before"), Some(&json!("The square")));
    world.apply(&revert("slack.set_topic", json!({ "channel": square, "topic": "new" }), done.detail.0)).await.unwrap();
    assert_eq!(world.channel("square").await["topic"]["value"], "The square");

    let made = world.apply(&execute("slack.create_channel", json!({ "name": "fun" }), json!({}))).await.unwrap();
    world.apply(&revert("slack.create_channel", json!({ "name": "fun" }), made.detail.0.clone())).await.unwrap();
    world.apply(&revert("slack.create_channel", json!({ "name": "fun" }), made.detail.0)).await.unwrap();

    // A ballot with its buttons, reactions under it, and how it ended.
    let ask = Ask { text: "Shall we?".into(), ..Ask::default() };
    let ballot = Operation::PostBallot {
        place: "#square".into(),
        ask,
        url: None,
        proposal: Some(ProposalId(Uuid::from_u128(9))),
    };
    let ballot = world.apply(&ballot).await.unwrap().external.unwrap();
    let (_, ts) = ballot.split_once('/').unwrap();
    world.client("xoxp-admin", "reactions.add", &[("channel", &square), ("timestamp", ts), ("name", "thumbsup")]).await;
    let found = slack().recount(&world.connection, &square, &ballot).await.unwrap().unwrap();
    assert_eq!(found.len(), 1);
    let update =
        Operation::UpdateBallot { place: square.clone(), message: ballot.clone(), text: "Passed".into(), open: None };
    world.apply(&update).await.unwrap();
    let pin = json!({ "channel": square, "message": ballot });
    world.apply(&execute("slack.pin", pin.clone(), json!({}))).await.unwrap();
    world.apply(&execute("slack.pin", pin.clone(), json!({}))).await.unwrap();
    world.apply(&revert("slack.pin", pin, json!({}))).await.unwrap();
}
