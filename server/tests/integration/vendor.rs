//! A vendor of our own for these tests: it answers every call with what the test said, and remembers what it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

/// One call that it was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub body: Value,
}

#[derive(Default)]
struct Memory {
    answers: HashMap<String, Value>,
    asked: Vec<Asked>,
}

/// The vendor, and where it is reached.
#[derive(Clone)]
pub struct Vendor {
    memory: Arc<Mutex<Memory>>,
    pub address: String,
}

impl Vendor {
    pub async fn start() -> Self {
        let memory = Arc::new(Mutex::new(Memory::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&memory));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { memory, address }
    }

    /// Answers `GET /path` with this from now on.
    pub fn answers(&self, call: &str, with: Value) {
        self.memory.lock().unwrap().answers.insert(call.to_owned(), with);
    }

    /// The calls of this method whose path begins so.
    pub fn asked(&self, method: &str, path: &str) -> Vec<Asked> {
        let memory = self.memory.lock().unwrap();
        memory.asked.iter().filter(|one| one.method == method && one.path.starts_with(path)).cloned().collect()
    }
}

async fn answer(
    State(memory): State<Arc<Mutex<Memory>>>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> (StatusCode, String) {
    let mut memory = memory.lock().unwrap();
    let path = uri.path().to_owned();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    memory.asked.push(Asked { method: method.to_string(), path: path.clone(), body });
    let known = memory.answers.get(&format!("{method} {path}")).cloned();
    (
        StatusCode::OK,
        known
            .unwrap_or_else(|| if path.ends_with('s') && method == Method::GET { json!([]) } else { json!({}) })
            .to_string(),
    )
}
