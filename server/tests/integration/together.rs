//! Two processes share one PostgreSQL: everything is decided and carried out once, and each hears what the other did.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::served::{Server, all, call, free_port, must};

/// Messages that each client sends.
const MESSAGES: usize = 60;

/// Clients of each process.
const CLIENTS: usize = 4;

/// Three of the four members pass it; nobody's ballot may be lost to the other process.
const THREE_YES: &str = r#"
function check(action) {
  policy.data.increment("checks")
  if (action.proposal.yes >= 3) return passed("three agreed")
}
function pass(action) { action.execute(); policy.data.increment("passed") }
"#;

/// What was answered with success: text of each message by action, and the topics that were voted on.
#[derive(Default)]
struct Accepted {
    posts: BTreeMap<String, String>,
    topics: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_postgresql_work_as_one() {
    let Ok(database) = std::env::var("POLITY_TEST_POSTGRES") else {
        let required = std::env::var("POLITY_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
        assert!(!required, "POLITY_REQUIRE_POSTGRES=1 but POLITY_TEST_POSTGRES names no server");
        return;
    };
    let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
    // One after the other: the first founds the demo community.
    let mut first = Server::start(&database, free_port());
    first.ready(&http).await;
    let mut second = Server::start(&database, free_port());
    second.ready(&http).await;
    everything_is_done_once(&http, &first, &second).await;
    a_page_hears_the_other_process(&http, &first, &second).await;
}

/// Messages, topics and ballots through both: each is accepted, decided and carried out once.
async fn everything_is_done_once(http: &reqwest::Client, first: &Server, second: &Server) {
    let slug = format!("twins-{:08x}", rand::random::<u32>());
    let here = |server: &Server| format!("{}/api/v1/communities/{slug}", server.base);
    let (one, two) = (here(first), here(second));

    let founding = json!({ "slug": slug, "name": "Twins", "starter_kit": "open" });
    must(http, Method::POST, format!("{}/api/v1/communities", first.base), Some(founding)).await;
    for n in 0..4 {
        let member = json!({ "handle": format!("m{n}"), "display_name": format!("Member {n}") });
        must(http, Method::POST, format!("{one}/members"), Some(member)).await;
    }
    let policy = json!({ "type": "constitution.add_policy", "initiator": "m0", "payload": {
        "name": "Three yes", "layer": "platform", "action_types": ["board.set_topic"], "source": THREE_YES } });
    // Each process has read the community before the other changes its rules: neither may go by an old snapshot.
    must(http, Method::GET, format!("{two}/policies"), None).await;
    let action = must(http, Method::POST, format!("{one}/actions"), Some(policy)).await;
    executed(http, &two, action["id"].as_str().unwrap()).await;

    let accepted = Arc::new(Mutex::new(Accepted::default()));
    let clients: Vec<_> = (0..CLIENTS)
        .flat_map(|client| [(client, one.clone(), two.clone()), (client, two.clone(), one.clone())])
        .enumerate()
        .map(|(number, (client, near, far))| {
            tokio::spawn(load(http.clone(), near, far, number, client, Arc::clone(&accepted)))
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }

    let Accepted { posts, topics } = Arc::into_inner(accepted).unwrap().into_inner();
    assert_eq!(posts.len(), 2 * CLIENTS * MESSAGES, "every message was accepted");
    for action in posts.keys().chain(&topics) {
        executed(http, &one, action).await;
    }
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for post in all(http, &format!("{two}/channels/general/posts"), "posts", "before").await {
        *times.entry(post["text"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for text in posts.values() {
        assert_eq!(times.get(text), Some(&1), "“{text}” must stand on the board once");
    }
    let audit = all(http, &format!("{two}/audit"), "entries", "after").await;
    for (at, entry) in audit.iter().enumerate() {
        assert_eq!(entry["seq"].as_u64(), Some(at as u64 + 1), "the audit log has a gap");
    }
    let mut decided: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in audit.iter().filter(|entry| entry["kind"] == "action.decided") {
        *decided.entry(entry["subject"].as_str().unwrap()).or_default() += 1;
    }
    assert!(decided.values().all(|n| *n == 1), "an action was decided twice");
}

/// A page that listens at one process is told of what the other commits.
async fn a_page_hears_the_other_process(http: &reqwest::Client, first: &Server, second: &Server) {
    // The demo's community is one that a visitor may look at.
    let demo = must(http, Method::GET, format!("{}/api/v1/communities", first.base), None).await;
    let slug = demo["communities"][0]["slug"].as_str().unwrap().to_owned();
    let mut stream = http.get(format!("{}/c/{slug}/live", second.base)).send().await.unwrap();
    assert!(stream.status().is_success());
    let heard = tokio::spawn(async move {
        let mut text = String::new();
        while let Some(bytes) = stream.chunk().await.unwrap() {
            text.push_str(&String::from_utf8_lossy(&bytes));
            if text.contains("data: everything") {
                return;
            }
        }
        panic!("the stream ended: {text}");
    });
    // The line to the other process is laid when the first page listens; news before that is nobody's.
    let until = Instant::now() + Duration::from_secs(20);
    let mut n = 0;
    while !heard.is_finished() && Instant::now() < until {
        let member = json!({ "handle": format!("newcomer{n}"), "display_name": "Newcomer" });
        must(http, Method::POST, format!("{}/api/v1/communities/{slug}/members", first.base), Some(member)).await;
        n += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    tokio::time::timeout(Duration::from_secs(1), heard).await.expect("the news arrived").unwrap();
}

/// Messages through one process; topics proposed at it and voted on at both.
async fn load(
    http: reqwest::Client,
    near: String,
    far: String,
    number: usize,
    client: usize,
    accepted: Arc<Mutex<Accepted>>,
) {
    for n in 0..MESSAGES {
        let text = format!("message {n} of client {number}");
        let post = json!({ "type": "board.post_message", "initiator": format!("m{client}"),
            "payload": { "channel": "general", "text": text } });
        let action = must(&http, Method::POST, format!("{near}/actions"), Some(post)).await;
        accepted.lock().await.posts.insert(action["id"].as_str().unwrap().to_owned(), text);
        if n % 10 != 0 {
            continue;
        }
        let topic = json!({ "type": "board.set_topic", "initiator": format!("m{client}"),
            "payload": { "channel": "general", "topic": format!("{number}-{n}") } });
        let action = must(&http, Method::POST, format!("{near}/actions"), Some(topic)).await;
        accepted.lock().await.topics.push(action["id"].as_str().unwrap().to_owned());
        let proposal = action["proposals"][0]["id"].as_str().unwrap();
        let cast = |community: &str, voter: &str| {
            let url = format!("{community}/proposals/{proposal}/ballots");
            let ballot = json!({ "member": voter, "value": true });
            let http = http.clone();
            async move { call(&http, Method::POST, url, Some(ballot)).await }
        };
        let (a, b, c) = tokio::join!(cast(&near, "m0"), cast(&far, "m1"), cast(&far, "m2"));
        for answer in [a, b, c] {
            let (status, body) = answer.expect("an answer");
            assert_eq!(status, 200, "{body}");
        }
    }
}

async fn executed(http: &reqwest::Client, community: &str, action: &str) {
    let begun = Instant::now();
    loop {
        let found: Value = must(http, Method::GET, format!("{community}/actions/{action}"), None).await;
        if found["status"] == "executed" {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "still not carried out: {found}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
