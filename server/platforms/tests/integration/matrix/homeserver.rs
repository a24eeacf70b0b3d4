//! A real homeserver (`script/with-synapse`), people in it, and an ear for what it pushes.

use std::collections::HashMap;
use std::time::Duration;

use platforms::http::Reach;
use platforms::matrix::Matrix;
use platforms::{ApplyError, Connection, Delivery, Heard, Platform};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use types::platform::{IdempotencyKey, Operation, Person, PlatformEvent, Receipt};
use types::{CommunityId, ConnectionId, EffectId, Json, MemberId, Timestamp};
use uuid::Uuid;

/// Longest that we wait for the homeserver to push something.
const PATIENCE: Duration = Duration::from_secs(20);

/// The homeserver under test; `None` where there is none, which is said loudly.
pub fn environment() -> Option<Environment> {
    let get = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let Some(address) = get("POLITY_TEST_SYNAPSE") else {
        assert!(
            get("POLITY_REQUIRE_SYNAPSE").is_none(),
            "POLITY_REQUIRE_SYNAPSE is set, but POLITY_TEST_SYNAPSE is not"
        );
        eprintln!("\n*** SKIPPED: no homeserver. Run it with: script/with-synapse cargo test -p platforms ***\n");
        return None;
    };
    let need = |name: &str| get(name).unwrap_or_else(|| panic!("{name} is not set; script/with-synapse sets it"));
    Some(Environment {
        address,
        name: need("POLITY_TEST_SYNAPSE_SERVER_NAME"),
        as_token: need("POLITY_TEST_SYNAPSE_AS_TOKEN"),
        hs_token: need("POLITY_TEST_SYNAPSE_HS_TOKEN"),
        registration_secret: need("POLITY_TEST_SYNAPSE_REGISTRATION_SECRET"),
        port: need("POLITY_TEST_AS_PORT").parse().unwrap(),
        pid: get("POLITY_TEST_SYNAPSE_PID"),
    })
}

pub struct Environment {
    pub address: String,
    pub name: String,
    as_token: String,
    hs_token: String,
    registration_secret: String,
    port: u16,
    pid: Option<String>,
}

/// Somebody with a client.
pub struct Somebody {
    pub id: String,
    token: String,
}

/// The homeserver, our platform connected to it, and what it pushed so far.
pub struct World {
    pub env: Environment,
    pub matrix: Matrix,
    pub connection: Connection,
    client: Client,
    pushed: mpsc::UnboundedReceiver<Delivery>,
    waiting: Vec<PlatformEvent>,
    /// What the last effect on each action kept, which the next one begins with.
    kept: HashMap<String, Json>,
    n_effects: u128,
    run: u32,
}

impl World {
    pub async fn new(env: Environment) -> Self {
        let (hear, pushed) = mpsc::unbounded_channel();
        let listener = TcpListener::bind(("127.0.0.1", env.port)).await.unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, hear.clone()));
            }
        });
        let connection = Connection {
            id: ConnectionId::NIL,
            community: CommunityId::NIL,
            platform: "matrix".into(),
            config: Json(json!({ "homeserver": env.address, "rooms": [] })),
            secrets: [
                ("as_token".to_owned(), env.as_token.clone().into()),
                ("hs_token".to_owned(), env.hs_token.clone().into()),
            ]
            .into(),
            own_user: format!("@polity:{}", env.name),
        };
        // A homeserver that serves several runs still knows the users of the last one.
        let run = std::process::id();
        Self {
            matrix: Matrix::new(Reach::Anywhere, Duration::from_secs(20)).unwrap(),
            connection,
            client: Client::new(),
            pushed,
            waiting: Vec::new(),
            kept: HashMap::new(),
            n_effects: u128::from(run) << 64,
            run,
            env,
        }
    }

    /// The rooms that the community governs.
    pub fn govern(&mut self, rooms: &[&str]) {
        self.connection.config = Json(json!({ "homeserver": self.env.address, "rooms": rooms }));
    }

    /// A new user of the homeserver.
    pub async fn register(&self, name: &str) -> Somebody {
        let name = format!("{name}{}", self.run);
        let path = "/_synapse/admin/v1/register";
        let nonce = self.raw(Method::GET, path, "", None).await;
        let nonce = nonce["nonce"].as_str().unwrap();
        let mac = hmac_sha1(&self.env.registration_secret, &format!("{nonce}\0{name}\0pw\0notadmin"));
        let body = json!({ "nonce": nonce, "username": name, "password": "pw", "admin": false, "mac": mac });
        let answer = self.raw(Method::POST, path, "", Some(body)).await;
        let text = |key: &str| answer[key].as_str().unwrap_or_else(|| panic!("no {key} in {answer}")).to_owned();
        Somebody { id: text("user_id"), token: text("access_token") }
    }

    /// What somebody's client asks.
    pub async fn client(&self, who: &Somebody, method: Method, path: &str, body: Value) -> Value {
        let body = (method != Method::GET).then_some(body);
        self.raw(method, &format!("/_matrix/client/v3/{path}"), &who.token, body).await
    }

    async fn raw(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Value {
        let mut request = self.client.request(method, format!("{}{path}", self.env.address));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Somebody opens a room; its id.
    pub async fn create_room(&self, who: &Somebody, options: Value) -> String {
        let answer = self.client(who, Method::POST, "createRoom", options).await;
        answer["room_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Somebody sends an event; its id.
    pub async fn send(&mut self, who: &Somebody, room: &str, kind: &str, content: Value) -> String {
        self.n_effects += 1;
        let path = format!("rooms/{room}/send/{kind}/t{}", self.n_effects);
        let answer = self.client(who, Method::PUT, &path, content).await;
        answer["event_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Somebody sets a room's state.
    pub async fn set_state(&self, who: &Somebody, room: &str, kind: &str, content: Value) -> Value {
        self.client(who, Method::PUT, &format!("rooms/{room}/state/{kind}/"), content).await
    }

    /// The content of a room's state, as somebody sees it.
    pub async fn state(&self, who: &Somebody, room: &str, kind: &str, key: &str) -> Value {
        self.client(who, Method::GET, &format!("rooms/{room}/state/{kind}/{key}"), json!({})).await
    }

    /// An event, as somebody sees it.
    pub async fn event(&self, who: &Somebody, room: &str, event: &str) -> Value {
        self.client(who, Method::GET, &format!("rooms/{room}/event/{event}"), json!({})).await
    }

    /// The newest messages of a room, newest first.
    pub async fn messages(&self, who: &Somebody, room: &str) -> Vec<Value> {
        let answer = self.client(who, Method::GET, &format!("rooms/{room}/messages?dir=b&limit=50"), json!({})).await;
        answer["chunk"].as_array().unwrap().clone()
    }

    /// What is pushed next.
    pub async fn next_delivery(&mut self) -> Delivery {
        let next = tokio::time::timeout(PATIENCE, self.pushed.recv()).await;
        next.expect("the homeserver pushed nothing").unwrap()
    }

    /// Waits for the event that `wanted` knows; everything heard before it is kept for later.
    pub async fn hear(&mut self, wanted: impl Fn(&PlatformEvent) -> bool) -> PlatformEvent {
        loop {
            if let Some(at) = self.waiting.iter().position(&wanted) {
                return self.waiting.remove(at);
            }
            let delivery = self.next_delivery().await;
            let Heard { events, notes } = self.matrix.decode(&self.connection, &delivery).unwrap();
            assert!(notes.is_empty(), "{notes:?}");
            self.waiting.extend(events);
        }
    }

    /// Waits for an attempt of type `kind`.
    pub async fn hear_attempt(&mut self, kind: &str) -> PlatformEvent {
        self.hear(|event| matches!(event, PlatformEvent::Attempted { kind: heard, .. } if heard.as_str() == kind)).await
    }

    /// Everything heard that nobody asked for; a message of `witness` marks the moment up to which we listen.
    pub async fn rest(&mut self, witness: &Somebody, room: &str) -> Vec<PlatformEvent> {
        let mark = self.send(witness, room, "m.room.message", json!({ "msgtype": "m.text", "body": "mark" })).await;
        self.hear(|event| event.event() == mark).await;
        std::mem::take(&mut self.waiting)
    }

    /// Stops the homeserver's process where it stands, or lets it go on; whether that was possible.
    pub fn signal(&self, signal: &str) -> bool {
        let Some(pid) = &self.env.pid else { return false };
        std::process::Command::new("kill").args([signal, pid]).status().unwrap().success()
    }

    /// A fresh key.
    pub fn key(&mut self) -> IdempotencyKey {
        self.n_effects += 1;
        IdempotencyKey(EffectId(Uuid::from_u128(self.n_effects)))
    }

    /// Applies under a fresh key.
    pub async fn apply(&mut self, operation: Operation) -> Result<Receipt, ApplyError> {
        let key = self.key();
        self.matrix.apply(&self.connection, &operation, key).await
    }

    /// Undoes what was heard.
    pub async fn undo(&mut self, heard: &PlatformEvent) -> Receipt {
        let PlatformEvent::Attempted { event, kind, payload, undo, .. } = heard.clone() else { panic!("{heard:?}") };
        let undo = self.kept.remove(&event).unwrap_or(undo);
        let reason = "it needs a vote".to_owned();
        let receipt = self.apply(Operation::Revert { kind, payload, undo, reason }).await.unwrap();
        self.kept.insert(event, receipt.detail.clone());
        receipt
    }

    /// Carries out what was heard and undone.
    pub async fn carry_out(&mut self, heard: &PlatformEvent) -> Receipt {
        let PlatformEvent::Attempted { event, kind, payload, undo, actor, .. } = heard.clone() else {
            panic!("{heard:?}")
        };
        let undo = self.kept.remove(&event).unwrap_or(undo);
        let initiator = Some(person(&actor.id));
        let receipt = self.apply(Operation::Execute { kind, payload, initiator, undo }).await.unwrap();
        self.kept.insert(event, receipt.detail.clone());
        receipt
    }
}

/// A member who is this user.
pub fn person(user: &str) -> Person {
    let handle = user.trim_start_matches('@').split(':').next().unwrap().to_owned();
    Person { member: MemberId::NIL, display_name: handle.clone(), handle, external: Some(user.to_owned()) }
}

/// Reads one request after the other and answers each with `{}`.
async fn answer(stream: TcpStream, hear: mpsc::UnboundedSender<Delivery>) {
    let mut stream = stream;
    let mut bytes = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let headers: Vec<(String, String)> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
        while bytes.len() < end + length {
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let body = bytes[end..end + length].to_vec();
        bytes.drain(..end + length);
        let received_at = Timestamp::from_millis(4_000_000_000_000);
        if head.starts_with("PUT /_matrix/app/v1/transactions/") {
            let _ = hear.send(Delivery { headers, query: String::new(), body, received_at, is_dialled: false });
        }
        let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

/// HMAC-SHA1 in hexadecimal, which Synapse wants for registrations and nothing else of ours needs.
fn hmac_sha1(key: &str, message: &str) -> String {
    let mut block = [0u8; 64];
    block[..key.len()].copy_from_slice(key.as_bytes());
    let pad = |by: u8| block.map(|byte| byte ^ by).to_vec();
    let inner = sha1(&[pad(0x36), message.as_bytes().to_vec()].concat());
    sha1(&[pad(0x5c), inner.to_vec()].concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 3174.
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if message.len() % 64 > 55 {
        padded.resize(padded.len() + 64, 0);
    }
    let at = padded.len() - 8;
    padded[at..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());

    let mut h: [u32; 5] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
    for chunk in padded.chunks(64) {
        let mut w: Vec<u32> = chunk.chunks(4).map(|four| u32::from_be_bytes(four.try_into().unwrap())).collect();
        for t in 16..80 {
            w.push((w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = h;
        for (t, word) in w.iter().enumerate() {
            let (f, k) = match t {
                0..20 => ((b & c) | (!b & d), 0x5a827999),
                20..40 => (b ^ c ^ d, 0x6ed9eba1),
                40..60 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdc),
                _ => (b ^ c ^ d, 0xca62c1d6u32),
            };
            let next = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(*word);
            (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
        }
        for (sum, part) in h.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut digest = [0; 20];
    for (four, word) in digest.chunks_mut(4).zip(h) {
        four.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

#[test]
fn sha1_is_sha1() {
    let hex = |digest: [u8; 20]| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_eq!(
        hmac_sha1("key", "The quick brown fox jumps over the lazy dog"),
        "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"
    );
}
