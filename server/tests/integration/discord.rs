//! A server governed: a rename heard from its audit log snaps back, members click, it is renamed after all.

use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::http::{Method, StatusCode};
use platforms::Delivery;
use serde_json::{Value, json};
use server::pipeline;
use store::connections::{Connection, ConnectionStatus};
use types::Json;

use crate::vendor::Vendor;
use crate::web::test_app::TestApp;

const GUILD: &str = "290926798626357999";

const TWO_YES: &str = "function initialize() { ask(\"everyone\", { text: \"Rename the channel?\" }) }
function check(action) { if (action.proposal.yes.length >= 2) return passed(\"two agreed\") }
function pass(action) { action.execute() }";

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

struct World {
    app: TestApp,
    discord: Vendor,
}

impl World {
    async fn start() -> Self {
        let discord = Vendor::start().await;
        let public = hex(key().public_key().as_ref());
        let environment = [
            ("POLITY_DISCORD_APPLICATION_ID", "1"),
            ("POLITY_DISCORD_PUBLIC_KEY", public.as_str()),
            ("POLITY_DISCORD_CLIENT_SECRET", "shh"),
            ("POLITY_DISCORD_BOT_TOKEN", "bot"),
            ("POLITY_DISCORD_API", discord.address.as_str()),
        ];
        let app = TestApp::with_vendor(&environment).await;
        app.found("town", "open", &["ada"]).await;
        let community = app.ctx.store.system().community_by_slug("town").await.unwrap().unwrap().id;
        let connection = Connection {
            id: app.ctx.ids.uuid().into(),
            community,
            platform: "discord".to_owned(),
            config: Json(json!({ "tenant": GUILD, "name": "Town" })),
            secrets: None,
            status: ConnectionStatus::Active,
            status_reason: String::new(),
            cursor: None,
            created_at: app.ctx.clock.now(),
        };
        let tx = app.ctx.store.begin().await.unwrap();
        tx.community(community).add_connection(&connection).await.unwrap();
        tx.community(community).set_places(connection.id, &[GUILD.to_owned()]).await.unwrap();
        tx.commit().await.unwrap();
        Self { app, discord }
    }

    async fn dispatch(&self, kind: &str, seq: u64, data: Value) {
        let frame = json!({ "op": 0, "t": kind, "s": seq, "d": data });
        let delivery = Delivery::dialled(frame.to_string().into_bytes(), self.app.ctx.clock.now());
        pipeline::receive_at(&self.app.ctx, "discord", delivery, Some(format!("cursor {seq}"))).await.unwrap();
    }

    async fn click(&self, user: &str, id: &str, proposal: &str, answer: &str) -> Value {
        let body = json!({
            "type": 3, "id": id, "token": "t", "guild_id": GUILD, "channel_id": "2",
            "data": { "custom_id": format!("polity-vote:{proposal}:{answer}") }, "member": { "user": { "id": user, "username": "x" } },
        });
        self.interaction(body.to_string()).await
    }

    async fn interaction(&self, body: String) -> Value {
        let moment = (self.app.ctx.clock.now().0 / 1000).to_string();
        let signature = hex(key().sign(format!("{moment}{body}").as_bytes()).as_ref());
        let call = self.app.call(Method::POST, "/hooks/discord").header("content-type", "application/json");
        let call = call.header("x-signature-timestamp", &moment).header("x-signature-ed25519", &signature);
        call.body(body).send().await.expect(StatusCode::OK).json()
    }

    async fn until(&self, what: &str, look: impl AsyncFn() -> bool) {
        for _ in 0..200 {
            self.app.quiet().await;
            if look().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("waited in vain until {what}; asked: {:?}", self.discord.asked("", ""));
    }

    async fn actions(&self) -> Vec<Value> {
        let path = "/api/v1/communities/town/actions?type=discord.rename_channel";
        self.app.get(path).send().await.expect(StatusCode::OK).json()["actions"].as_array().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_snaps_back_and_happens_when_two_have_clicked() {
    let world = World::start().await;
    let policy = json!({ "name": "Two agree", "layer": "platform", "action_types": ["discord.rename_channel"], "source": TWO_YES });
    let added = world.app.attempt("town", "ada", "constitution.add_policy", policy).await;
    assert_eq!(added["status"], "executed", "{added}");
    world.discord.answers("GET /channels/2", json!({ "id": "2", "name": "plaza" }));
    world.discord.answers("POST /channels/2/messages", json!({ "id": "33" }));

    let entry = json!({ "id": "334385199974967042", "guild_id": GUILD, "user_id": "5", "target_id": "2", "action_type": 11,
        "changes": [{ "key": "name", "old_value": "square", "new_value": "plaza" }] });
    world.dispatch("GUILD_AUDIT_LOG_ENTRY_CREATE", 1, entry.clone()).await;
    // The gateway says it again after a resume.
    world.dispatch("GUILD_AUDIT_LOG_ENTRY_CREATE", 1, entry).await;
    world
        .until("the old name is back", async || {
            world.discord.asked("PATCH", "/channels/2").iter().any(|one| one.body == json!({ "name": "square" }))
        })
        .await;
    world.discord.answers("GET /channels/2", json!({ "id": "2", "name": "square" }));
    // Our own change stands in the log under our own name.
    let ours = json!({ "id": "334385199974967043", "guild_id": GUILD, "user_id": "1", "target_id": "2", "action_type": 11,
        "changes": [{ "key": "name", "old_value": "plaza", "new_value": "square" }] });
    world.dispatch("GUILD_AUDIT_LOG_ENTRY_CREATE", 2, ours).await;
    world.until("the ballot is posted", async || !world.discord.asked("POST", "/channels/2/messages").is_empty()).await;
    let [action] = &world.actions().await[..] else { panic!("one action") };
    let proposal = action["proposals"][0]["id"].as_str().unwrap().to_owned();

    let told = world.click("5", "i1", &proposal, "yes").await;
    assert_eq!((&told["type"], &told["data"]["flags"]), (&json!(4), &json!(64)));
    assert!(told["data"]["content"].as_str().unwrap().starts_with("Your ballot is in: yes"), "{told}");
    let told = world.click("5", "i1", &proposal, "yes").await;
    assert_eq!(told["data"]["content"], "This was done already.");
    assert_eq!(world.actions().await[0]["status"], "proposed", "one member has one ballot");
    let reaction = json!({ "user_id": "6", "channel_id": "2", "message_id": "33", "guild_id": GUILD, "emoji": { "name": "👍🏽" }, "member": { "user": { "id": "6" } } });
    world.dispatch("MESSAGE_REACTION_ADD", 3, reaction).await;
    world
        .until("the channel has its new name", async || {
            world.discord.asked("PATCH", "/channels/2").iter().any(|one| one.body == json!({ "name": "plaza" }))
        })
        .await;
    world.until("it is recorded", async || world.actions().await[0]["status"] == "executed").await;
    let cursor = world.app.ctx.store.system().setting("discord.cursor").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("cursor 3"), "how far the socket came is kept with what it said");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_is_answered_and_a_forged_one_refused() {
    let world = World::start().await;
    assert_eq!(
        world.interaction(json!({ "type": 1, "id": "1", "token": "t" }).to_string()).await,
        json!({ "type": 1 })
    );
    let forged = world
        .app
        .call(Method::POST, "/hooks/discord")
        .header("x-signature-timestamp", "1")
        .header("x-signature-ed25519", &"0".repeat(128));
    forged.body(r#"{"type":1}"#).send().await.refused(401, "bad-signature", None);
    let stranger = json!({ "type": 2, "id": "2", "token": "t", "guild_id": "999", "data": { "name": "polity" }, "member": { "user": { "id": "5" } } });
    let told = world.interaction(stranger.to_string()).await;
    assert!(told["data"]["content"].as_str().unwrap().starts_with("No community"), "{told}");
}
