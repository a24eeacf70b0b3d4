//! A Slack of our own, as far as these tests need one: it keeps a channel's name and what was said, and says no as Slack does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::post;
use serde_json::{Value, json};

/// What happened in it.
#[derive(Default)]
pub struct Workspace {
    /// The name of the channel `C1`.
    pub name: String,
    /// Every call: its name, whose token it had, and its fields.
    pub calls: Vec<(String, String, BTreeMap<String, String>)>,
    /// Messages told to one person alone.
    pub whispers: Vec<Value>,
    n_messages: u32,
}

/// The workspace and where it is reached.
#[derive(Clone)]
pub struct Fake {
    pub state: Arc<Mutex<Workspace>>,
    pub address: String,
}

impl Fake {
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(Workspace { name: "square".into(), ..Workspace::default() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/whisper", post(whisper))
            .route("/{method}", post(answer))
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { state, address }
    }

    pub fn name(&self) -> String {
        self.state.lock().unwrap().name.clone()
    }

    /// The fields of every call of `method`.
    pub fn called(&self, method: &str) -> Vec<BTreeMap<String, String>> {
        let state = self.state.lock().unwrap();
        state.calls.iter().filter(|(name, ..)| name == method).map(|(.., fields)| fields.clone()).collect()
    }
}

async fn whisper(State(state): State<Arc<Mutex<Workspace>>>, body: Bytes) -> &'static str {
    state.lock().unwrap().whispers.push(serde_json::from_slice(&body).unwrap());
    "ok"
}

async fn answer(
    State(state): State<Arc<Mutex<Workspace>>>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> String {
    let mut state = state.lock().unwrap();
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    state.calls.push((method.clone(), token.clone(), fields.clone()));
    let is_admin = token.ends_with("xoxp-admin");
    let answer = match method.as_str() {
        "oauth.v2.access" => json!({
            "ok": true, "access_token": "xoxb-bot", "bot_user_id": "U0POLITY", "app_id": "A0POLITY",
            "team": { "id": "T1", "name": "Town" }, "authed_user": { "id": "U0ADA", "access_token": "xoxp-admin" },
        }),
        "users.info" => json!({ "ok": true, "user": { "is_admin": fields["user"] == "U0ADA", "real_name": "Ada" } }),
        "auth.test" => json!({ "ok": true, "user_id": "U0POLITY", "team_id": "T1" }),
        "conversations.list" => json!({ "ok": true, "channels": [
            { "id": "C1", "name": state.name, "is_general": true, "is_member": true, "topic": { "value": "" }, "purpose": { "value": "" } },
        ] }),
        "conversations.info" => json!({ "ok": true, "channel": { "id": "C1", "name": state.name } }),
        "conversations.rename" if !is_admin => json!({ "ok": false, "error": "not_authorized" }),
        "conversations.rename" => {
            state.name = fields["name"].clone();
            json!({ "ok": true })
        }
        "users.list" => json!({ "ok": true, "members": [
            { "id": "U0ADA", "name": "ada", "is_admin": true, "profile": { "real_name": "Ada" } },
            { "id": "U0BEN", "name": "ben", "profile": { "real_name": "Ben" } },
        ] }),
        "chat.postMessage" => {
            state.n_messages += 1;
            json!({ "ok": true, "channel": fields["channel"], "ts": format!("{}.000100", state.n_messages) })
        }
        "conversations.open" => json!({ "ok": true, "channel": { "id": "D1" } }),
        "usergroups.list" => json!({ "ok": false, "error": "paid_teams_only" }),
        _ => json!({ "ok": true }),
    };
    answer.to_string()
}
