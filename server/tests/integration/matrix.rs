//! A real Matrix room under the jury: a member renames it, it snaps back, the jurors react, it is renamed.
//!
//! The real binary as an application service of a real homeserver; `script/with-synapse` starts one.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

/// Longest that anything may take: deciding takes milliseconds, the homeserver's push a second or two.
const PATIENCE: Duration = Duration::from_secs(40);

const TOKEN: &str = "matrix-test-operator-token";

/// The homeserver, the service beside it, and a client for both.
struct World {
    service: Child,
    base: String,
    homeserver: String,
    server_name: String,
    as_token: String,
    http: reqwest::Client,
    n_sent: u32,
}

impl Drop for World {
    fn drop(&mut self) {
        // A failed assertion must not leave the process behind.
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl World {
    /// The service on the port where the homeserver pushes to; `None` where there is no homeserver, which is said loudly.
    async fn start(database: &str) -> Option<Self> {
        let Some(homeserver) = variable("POLITY_TEST_SYNAPSE") else {
            assert!(
                variable("POLITY_REQUIRE_SYNAPSE").is_none(),
                "POLITY_REQUIRE_SYNAPSE is set, but there is no homeserver"
            );
            eprintln!(
                "\n*** SKIPPED: no homeserver. Run it with: script/with-synapse cargo test -p server matrix ***\n"
            );
            return None;
        };
        let need =
            |name: &str| variable(name).unwrap_or_else(|| panic!("{name} is not set; script/with-synapse sets it"));
        let (port, as_token) = (need("POLITY_TEST_AS_PORT"), need("POLITY_TEST_SYNAPSE_AS_TOKEN"));
        let server_name = need("POLITY_TEST_SYNAPSE_SERVER_NAME");
        let service = Command::new(env!("CARGO_BIN_EXE_polity"))
            .args(["serve", "--demo", "--addr", &format!("127.0.0.1:{port}"), "--database", database])
            .env("POLITY_OPERATOR_TOKEN", TOKEN)
            .env("POLITY_SECRET_KEY", "00".repeat(32))
            .env("POLITY_MATRIX_HOMESERVER", &homeserver)
            .env("POLITY_MATRIX_SERVER_NAME", &server_name)
            .env("POLITY_MATRIX_AS_TOKEN", &as_token)
            .env("POLITY_MATRIX_HS_TOKEN", need("POLITY_TEST_SYNAPSE_HS_TOKEN"))
            .env("POLITY_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()
            .expect("polity starts");
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        let base = format!("http://127.0.0.1:{port}");
        let world = Self { service, base, homeserver, server_name, as_token, http, n_sent: 0 };
        world
            .until("the service is ready", async || {
                let answer = world.http.get(format!("{}/readyz", world.base)).send().await;
                answer.is_ok_and(|answer| answer.status().is_success()).then_some(())
            })
            .await;
        Some(world)
    }

    /// Asks `look` again and again until it answers.
    async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look().await {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain until {what}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn call(&self, method: Method, url: String, token: &str, body: Option<Value>) -> Value {
        let mut request = self.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap().json().await.unwrap()
    }

    /// What the interface of Polity answers.
    async fn polity(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        self.call(method, format!("{}/api/v1/{path}", self.base), TOKEN, body).await
    }

    /// What somebody's client asks the homeserver. The service's token may act as any user here: that is how they are played.
    async fn client(&self, who: &str, method: Method, path: &str, body: Option<Value>) -> Value {
        let user = format!("@{who}:{}", self.server_name);
        let url = format!("{}/_matrix/client/v3/{path}?user_id={user}", self.homeserver);
        self.call(method, url, &self.as_token, body).await
    }

    async fn register(&self, name: &str) {
        let url = format!("{}/_matrix/client/v3/register", self.homeserver);
        let body = json!({ "type": "m.login.application_service", "username": name, "inhibit_login": true });
        let answer = self.call(Method::POST, url, &self.as_token, Some(body)).await;
        assert!(answer.get("user_id").is_some(), "{answer}");
    }

    async fn send(&mut self, who: &str, room: &str, kind: &str, content: Value) {
        self.n_sent += 1;
        let path = format!("rooms/{room}/send/{kind}/t{}-{}", self.n_sent, std::process::id());
        let answer = self.client(who, Method::PUT, &path, Some(content)).await;
        assert!(answer.get("event_id").is_some(), "{who} could not send {kind}: {answer}");
    }

    async fn name_of(&self, room: &str) -> String {
        let state = self.client("alice", Method::GET, &format!("rooms/{room}/state/m.room.name/"), None).await;
        state["name"].as_str().unwrap_or_default().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn matrix_room_is_renamed_when_its_jury_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("polity.db").display());
    let Some(mut world) = World::start(&database).await else { return };

    // Four people share a room, and Polity is asked in with the power to undo and to rename.
    for name in ["alice", "bob", "carol", "dave"] {
        world.register(name).await;
    }
    let own = format!("@polity:{}", world.server_name);
    let everybody: Vec<String> =
        ["bob", "carol", "dave"].iter().map(|name| format!("@{name}:{}", world.server_name)).collect();
    let options = json!({ "name": "town square", "preset": "private_chat", "invite": everybody, "room_version": "11",
        "power_level_content_override": { "events": { "m.room.name": 0 }, "users": { format!("@alice:{}", world.server_name): 100, (own.clone()): 100 } } });
    let room = world.client("alice", Method::POST, "createRoom", Some(options)).await;
    let room = room["room_id"].as_str().unwrap_or_else(|| panic!("{room}")).to_owned();
    for name in ["bob", "carol", "dave"] {
        world.client(name, Method::POST, &format!("join/{room}"), Some(json!({}))).await;
    }
    world.client("alice", Method::POST, &format!("rooms/{room}/invite"), Some(json!({ "user_id": own }))).await;

    // The community governs the room; who speaks there becomes a member.
    let founding = json!({ "slug": "town", "name": "Town", "starter_kit": "open" });
    world.polity(Method::POST, "communities", Some(founding)).await;
    let operator = json!({ "handle": "clerk", "display_name": "Clerk" });
    world.polity(Method::POST, "communities/town/members", Some(operator)).await;
    let connect = json!({ "type": "constitution.add_connection", "initiator": "clerk",
        "payload": { "platform": "matrix", "config": { "rooms": [room] } } });
    let connected = world.polity(Method::POST, "communities/town/actions", Some(connect)).await;
    assert_eq!(connected["status"], "executed", "{connected}");
    let members = format!("rooms/{room}/joined_members");
    world
        .until("Polity is in the room", async || {
            let joined = world.client("alice", Method::GET, &members, None).await;
            joined["joined"].get(&own).map(|_| ())
        })
        .await;
    for name in ["alice", "bob", "carol", "dave"] {
        world
            .send(name, &room, "m.room.message", json!({ "msgtype": "m.text", "body": format!("{name} is here") }))
            .await;
    }
    world
        .until("everybody who spoke is a member", async || {
            let all = world.polity(Method::GET, "communities/town/members", None).await;
            (all["members"].as_array().is_some_and(|all| all.len() == 5)).then_some(())
        })
        .await;
    let jury = engine::shipped::named("jury").unwrap();
    let policy = json!({ "type": "constitution.add_policy", "initiator": "clerk", "payload": { "name": "Jury for room names",
        "layer": "platform", "action_types": ["matrix.rename_room"], "source": jury.source,
        "settings": { "size": 4, "yes": 3, "days": 2 } } });
    let added = world.polity(Method::POST, "communities/town/actions", Some(policy)).await;
    assert_eq!(added["status"], "executed", "{added}");

    // Alice renames it, and it snaps back.
    let renamed = world
        .client("alice", Method::PUT, &format!("rooms/{room}/state/m.room.name/"), Some(json!({ "name": "plaza" })))
        .await;
    assert!(renamed.get("event_id").is_some(), "{renamed}");
    world.until("the old name is back", async || (world.name_of(&room).await == "town square").then_some(())).await;

    // The ballot stands in the room; three jurors react to it.
    let messages = format!("rooms/{room}/messages");
    let ballot = world
        .until("the ballot is posted", async || {
            let url = format!(
                "{}/_matrix/client/v3/{messages}?dir=b&limit=50&user_id=@alice:{}",
                world.homeserver, world.server_name
            );
            let page = world.call(Method::GET, url, &world.as_token, None).await;
            let chunk = page["chunk"].as_array()?.clone();
            let posted = chunk.iter().find(|event| {
                event["type"] == "m.room.message"
                    && event["sender"] == own.as_str()
                    && event["content"]["body"].as_str().is_some_and(|text| text.contains("drawn for the jury"))
            })?;
            posted["event_id"].as_str().map(str::to_owned)
        })
        .await;
    assert_eq!(world.name_of(&room).await, "town square", "nobody has voted yet");
    for name in ["bob", "carol", "dave"] {
        let reaction = json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": ballot, "key": "👍" } });
        world.send(name, &room, "m.reaction", reaction).await;
    }
    world.until("the room has its new name", async || (world.name_of(&room).await == "plaza").then_some(())).await;

    // And anybody can read why.
    let actions = world.polity(Method::GET, "communities/town/actions?type=matrix.rename_room", None).await;
    let action = world
        .until("the action is recorded as carried out", async || {
            let actions = world.polity(Method::GET, "communities/town/actions?type=matrix.rename_room", None).await;
            actions["actions"].as_array()?.iter().find(|action| action["status"] == "executed").cloned()
        })
        .await;
    assert_eq!(actions["actions"].as_array().map(Vec::len), Some(1), "our own doings are no actions: {actions}");
    assert!(action["reason"].as_str().is_some_and(|why| why.contains("jurors said yes")), "{action}");
}
