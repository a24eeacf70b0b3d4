//! The real binary as a process of its own, spoken to over HTTP.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

/// The operator's token of every server here.
const TOKEN: &str = "an-operators-token-for-these-tests";

/// A port that nobody listens on just now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// One running server.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub base: String,
}

impl Server {
    /// Starts a demo server on a port; it may not be ready yet.
    pub fn start(database: &str, port: u16) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_polity"))
            .args(["serve", "--demo", "--addr", &format!("127.0.0.1:{port}"), "--database", database])
            .env("POLITY_OPERATOR_TOKEN", TOKEN)
            .env("POLITY_SECRET_KEY", "00".repeat(32))
            .env("POLITY_LOG", "error")
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("polity starts");
        Self { child, base: format!("http://127.0.0.1:{port}") }
    }

    /// Waits until it takes work.
    pub async fn ready(&mut self, http: &reqwest::Client) {
        let begun = Instant::now();
        loop {
            let answer = http.get(format!("{}/readyz", self.base)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("polity ended by itself: {status}");
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "polity is not ready after 30 seconds");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// `SIGKILL`, as the kernel would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A failed assertion must not leave the process behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One call as the operator; `None` where it got no whole answer.
pub async fn call(http: &reqwest::Client, method: Method, url: String, body: Option<Value>) -> Option<(u16, Value)> {
    let mut request = http.request(method, url).bearer_auth(TOKEN);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    // An answer cut off in the middle was no answer.
    let value = answer.json().await.ok()?;
    Some((status, value))
}

/// One call that must succeed.
pub async fn must(http: &reqwest::Client, method: Method, url: String, body: Option<Value>) -> Value {
    let (status, value) = call(http, method, url, body).await.expect("an answer");
    assert!((200..300).contains(&status), "{status}: {value}");
    value
}

/// All pages of a list.
pub async fn all(http: &reqwest::Client, url: &str, name: &str, cursor: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = Some(String::new());
    while let Some(from) = next {
        let page = must(http, Method::GET, format!("{url}?limit=200{from}"), None).await;
        items.extend(page[name].as_array().unwrap().iter().cloned());
        next = match &page["next"] {
            Value::String(text) => Some(format!("&{cursor}={text}")),
            Value::Number(number) => Some(format!("&{cursor}={number}")),
            _ => None,
        };
    }
    items
}
