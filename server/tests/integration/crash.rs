//! The process is killed two hundred times at random points under load: nothing accepted is lost, nothing happens twice.
//!
//! The real binary, a real SQLite file, `SIGKILL`. What a request answered with success must be there afterwards; every message
//! that was accepted must stand on the board exactly once; every ballot that was accepted must still count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::served::{Server, all, call, free_port, must};

/// How often the process is killed.
const KILLS: usize = 200;

/// How many clients send at once.
const CLIENTS: usize = 4;

/// How long after it is ready the process may live, at most.
const LONGEST_LIFE: Duration = Duration::from_millis(300);

/// Passes when two members said yes, and carries the action out.
const TWO_YES: &str = r#"
function check(action) { if (action.proposal.yes.length >= 2) return passed("two members agreed") }
function pass(action) { action.execute() }
"#;

/// What was answered with success, and must therefore be there.
#[derive(Default)]
struct Accepted {
    /// Text of each message, by action id.
    posts: BTreeMap<String, String>,
    /// Actions that wait for ballots.
    topics: Vec<String>,
    /// Proposal and member of each ballot.
    ballots: BTreeSet<(String, String)>,
}

/// A small generator of numbers: the test is the same every time.
fn next(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_lose_nothing_and_repeat_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("polity.db").display());
    let port = free_port();
    let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();

    let mut server = Server::start(&database, port);
    server.ready(&http).await;
    let community = format!("{}/api/v1/communities/crash", server.base);
    let founding = json!({ "slug": "crash", "name": "Crash", "starter_kit": "open" });
    must(&http, Method::POST, format!("{}/api/v1/communities", server.base), Some(founding)).await;
    for n in 0..4 {
        let member = json!({ "handle": format!("m{n}"), "display_name": format!("Member {n}") });
        must(&http, Method::POST, format!("{community}/members"), Some(member)).await;
    }
    let policy = json!({ "type": "constitution.add_policy", "initiator": "m0", "payload": {
        "name": "Two yes", "layer": "platform", "action_types": ["board.set_topic"], "source": TWO_YES } });
    must(&http, Method::POST, format!("{community}/actions"), Some(policy)).await;
    quiet(&http, &community).await;
    server.kill();

    let accepted = Arc::new(Mutex::new(Accepted::default()));
    let mut luck = 20_201_020_u64;
    for round in 0..KILLS {
        let mut server = Server::start(&database, port);
        server.ready(&http).await;
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| tokio::spawn(load(http.clone(), community.clone(), round, client, Arc::clone(&accepted))))
            .collect();
        let life = next(&mut luck, LONGEST_LIFE.as_micros() as u64);
        tokio::time::sleep(Duration::from_micros(life)).await;
        server.kill();
        for client in clients {
            client.await.unwrap();
        }
    }

    let mut server = Server::start(&database, port);
    server.ready(&http).await;
    quiet(&http, &community).await;
    let accepted = Arc::into_inner(accepted).unwrap().into_inner().unwrap();
    assert!(accepted.posts.len() > KILLS, "the load was too light to mean anything: {}", accepted.posts.len());
    assert!(accepted.ballots.len() > KILLS / 4, "too few ballots were accepted: {}", accepted.ballots.len());
    println!(
        "{} messages, {} topics and {} ballots were accepted around {KILLS} kills",
        accepted.posts.len(),
        accepted.topics.len(),
        accepted.ballots.len()
    );

    for action in accepted.posts.keys() {
        let action = must(&http, Method::GET, format!("{community}/actions/{action}"), None).await;
        assert_eq!(action["status"], "executed", "{action}");
    }
    let posts = all(&http, &format!("{community}/channels/general/posts"), "posts", "before").await;
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for post in &posts {
        *times.entry(post["text"].as_str().unwrap()).or_default() += 1;
    }
    for text in accepted.posts.values() {
        assert_eq!(times.get(text.as_str()), Some(&1), "“{text}” must stand on the board once");
    }
    assert!(times.values().all(|n| *n == 1), "something was posted twice");

    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for (proposal, _) in &accepted.ballots {
        *votes.entry(proposal.clone()).or_default() += 1;
    }
    for action in &accepted.topics {
        let action = must(&http, Method::GET, format!("{community}/actions/{action}"), None).await;
        for proposal in action["proposals"].as_array().unwrap() {
            let counted = proposal["tally"]["yes"].as_f64().unwrap_or(0.0) as usize;
            let cast = votes.get(proposal["id"].as_str().unwrap()).copied().unwrap_or(0);
            assert!(counted >= cast, "{cast} ballots were accepted, {counted} are counted: {action}");
            if cast >= 2 {
                assert_eq!(action["status"], "executed", "{action}");
            }
        }
    }
    let audit = all(&http, &format!("{community}/audit"), "entries", "after").await;
    for (at, entry) in audit.iter().enumerate() {
        assert_eq!(entry["seq"].as_u64(), Some(at as u64 + 1), "the audit log has a gap");
    }
}

/// Sends messages, proposals and ballots until the server is gone, and remembers what was accepted.
async fn load(http: reqwest::Client, community: String, round: usize, client: usize, accepted: Arc<Mutex<Accepted>>) {
    for n in 0.. {
        let text = format!("message {n} of client {client} in round {round}");
        let post = json!({ "type": "board.post_message", "initiator": format!("m{client}"), "payload": { "channel": "general", "text": text } });
        let Some((201, action)) = call(&http, Method::POST, format!("{community}/actions"), Some(post)).await else {
            return;
        };
        accepted.lock().unwrap().posts.insert(action["id"].as_str().unwrap().to_owned(), text);
        if n % 2 == 1 {
            continue;
        }
        let topic = json!({ "type": "board.set_topic", "initiator": format!("m{client}"),
            "payload": { "channel": "general", "topic": format!("{round}-{client}-{n}") } });
        let Some((201, action)) = call(&http, Method::POST, format!("{community}/actions"), Some(topic)).await else {
            return;
        };
        accepted.lock().unwrap().topics.push(action["id"].as_str().unwrap().to_owned());
        let Some(proposal) = action["proposals"][0]["id"].as_str().map(str::to_owned) else { continue };
        for voter in ["m0", "m1"] {
            let ballot = json!({ "member": voter, "value": true });
            let url = format!("{community}/proposals/{proposal}/ballots");
            match call(&http, Method::POST, url, Some(ballot)).await {
                Some((200, _)) => accepted.lock().unwrap().ballots.insert((proposal.clone(), voter.to_owned())),
                Some(_) => continue,
                None => return,
            };
        }
    }
}

/// Waits until nothing is on its way any more: every message is carried out.
async fn quiet(http: &reqwest::Client, community: &str) {
    let begun = Instant::now();
    loop {
        let waiting =
            must(http, Method::GET, format!("{community}/actions?type=board.post_message&status=proposed"), None).await;
        let passed = must(http, Method::GET, format!("{community}/actions?status=passed"), None).await;
        if [&waiting, &passed].iter().all(|page| page["actions"].as_array().is_some_and(Vec::is_empty)) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "still not quiet: {waiting} {passed}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
