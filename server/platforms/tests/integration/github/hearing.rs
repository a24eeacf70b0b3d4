//! Deliveries, signed as GitHub signs them.

use std::time::Duration;

use aws_lc_rs::hmac;
use platforms::github::GitHub;
use platforms::http::Reach;
use platforms::{Connection, DecodeError, Delivery, Heard, Note, Platform};
use serde_json::{Value, json};
use types::platform::PlatformEvent;
use types::{BallotValue, CommunityId, ConnectionId, Json, Timestamp};

use crate::slack::hearing::torn;

const SECRET: &str = "It's a Secret to Everybody";

pub fn github() -> GitHub {
    GitHub::new(Reach::Anywhere, Duration::from_millis(500)).unwrap()
}

pub fn connection(api: &str, private_key: &str) -> Connection {
    let config = json!({
        "tenant": "1", "name": "Codertocat", "app_id": "77", "slug": "polity", "client_id": "Iv1.x",
        "repositories": [], "api": api, "web": api,
    });
    let secret = |name: &str, value: &str| (name.to_owned(), value.into());
    Connection {
        id: ConnectionId::NIL,
        community: CommunityId::NIL,
        platform: "github".into(),
        config: Json(config),
        secrets: [secret("webhook_secret", SECRET), secret("client_secret", "shh"), secret("private_key", private_key)]
            .into(),
        own_user: "polity[bot]".into(),
    }
}

pub fn payload(name: &str) -> Value {
    let path = format!("{}/tests/payloads/github/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

pub fn signed(event: &str, body: &[u8]) -> Delivery {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature: String = hmac::sign(&key, body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Delivery {
        headers: vec![
            header("content-type", "application/json"),
            header("x-github-event", event),
            header("x-hub-signature-256", &format!("sha256={signature}")),
        ],
        query: String::new(),
        body: body.to_vec(),
        received_at: Timestamp::from_millis(4_000_000_000_000),
        is_dialled: false,
    }
}

fn heard_of(name: &str, body: &Value) -> Heard {
    let event = name.split('.').next().unwrap();
    github().decode(&connection("", ""), &signed(event, body.to_string().as_bytes())).unwrap()
}

fn attempt(heard: &Heard) -> (String, Value, String, bool, Value) {
    let found = heard.events.iter().find_map(|event| match event {
        PlatformEvent::Attempted { kind, payload, actor, happened, undo, .. } => {
            Some((kind.to_string(), payload.0.clone(), actor.id.clone(), *happened, undo.0.clone()))
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no action: {heard:?}"))
}

fn told(name: &str) -> (String, Value, String, bool, Value) {
    attempt(&heard_of(name, &payload(name)))
}

/// GitHub's own example.
#[test]
fn the_documented_signature_is_accepted_and_nothing_like_it() {
    let (github, ours) = (github(), connection("", ""));
    let mut delivery = signed("ping", b"Hello, World!");
    assert_eq!(delivery.headers[2].1, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    assert!(matches!(github.decode(&ours, &delivery), Err(DecodeError::Malformed(_))), "genuine, but no JSON");
    delivery.body.push(b'!');
    assert_eq!(github.open(&ours, &delivery), Err(DecodeError::Forged));
    let mut unsigned = signed("ping", b"{}");
    unsigned.headers.pop();
    assert_eq!(github.open(&ours, &unsigned), Err(DecodeError::Unsigned));
    let mut old = signed("ping", b"{}");
    old.headers[2] = ("x-hub-signature".into(), "sha1=7d38cdd689735b008b3c702edd92eea23791c5f6".into());
    assert_eq!(github.open(&ours, &old), Err(DecodeError::Unsigned), "the old signature is none");
    let mut form = signed("issues", b"payload=%7B%7D");
    form.headers[0].1 = "application/x-www-form-urlencoded".into();
    assert!(matches!(github.open(&ours, &form), Err(DecodeError::Malformed(why)) if why.contains("application/json")));
    let nobody = Connection { secrets: Default::default(), ..connection("", "") };
    assert_eq!(github.open(&nobody, &signed("ping", b"{}")), Err(DecodeError::NotConfigured("webhook_secret")));
}

#[test]
fn a_delivery_names_its_installation_and_its_bytes_are_its_id() {
    let body = payload("issues.reopened").to_string();
    let opened = github().open(&connection("", ""), &signed("issues", body.as_bytes())).unwrap();
    assert_eq!((opened.tenant.as_deref(), opened.id), (Some("1"), None));
    let ping = github().open(&connection("", ""), &signed("ping", payload("ping").to_string().as_bytes())).unwrap();
    assert!(ping.answer.is_some());
}

#[test]
fn every_row_of_the_table_is_heard_with_who_did_it() {
    let (kind, payload, actor, happened, undo) = told("issues.opened");
    assert_eq!((kind.as_str(), actor.as_str(), happened), ("github.open_issue", "Codertocat", true));
    assert_eq!((&payload["repository"], &undo["issue"]), (&json!("Codertocat/Hello-World"), &json!(1)));
    for (name, expected) in [
        ("issues.reopened", "github.reopen_issue"),
        ("issues.labeled", "github.add_label"),
        ("issues.unlabeled", "github.remove_label"),
        ("issues.assigned", "github.assign"),
        ("issues.locked", "github.lock"),
        ("issues.edited", "github.edit_issue"),
        ("issue_comment.created", "github.comment"),
        ("member.added", "github.add_collaborator"),
        ("repository.renamed", "github.rename_repository"),
        ("release.published", "github.publish_release"),
        ("pull_request.labeled", "github.add_label"),
        ("pull_request.closed", "github.close_issue"),
    ] {
        assert_eq!(told(name).0, expected, "{name}");
    }
    assert_eq!(told("repository.renamed").4["before"], "Hello-World");
    assert!(heard_of("push", &payload_of("push")).events.is_empty(), "a push that deletes nothing is nobody's action");
}

fn payload_of(name: &str) -> Value {
    payload(name)
}

#[test]
fn an_edit_tells_what_was_there_before() {
    let mut edited = payload("issues.edited");
    edited["changes"] = json!({ "title": { "from": "the old title" } });
    let (_, payload, _, _, undo) = attempt(&heard_of("issues.edited", &edited));
    assert_eq!(undo["title"], "the old title");
    assert_eq!(undo["body"], payload["body"], "what did not change is what it was");
}

#[test]
fn asking_to_pull_asks_to_merge_and_nothing_has_happened_yet() {
    let (kind, payload, _, happened, _) = told("pull_request.opened");
    assert_eq!((kind.as_str(), happened), ("github.merge", false));
    let mut merged = payload_of("pull_request.closed");
    merged["pull_request"]["merged"] = json!(true);
    let heard = heard_of("pull_request.closed", &merged);
    let (kind, _, _, happened, _) = attempt(&heard);
    assert_eq!((kind.as_str(), happened), ("github.merge", true));
    // The same commit of the same request is the same action, whether it was asked for or done.
    assert_eq!(
        heard.events[0].event(),
        format!(
            "merge:Codertocat/Hello-World#{}:{}",
            merged["pull_request"]["number"],
            merged["pull_request"]["head"]["sha"].as_str().unwrap()
        )
    );
    assert!(payload["sha"].is_string());
}

#[test]
fn a_deleted_branch_is_known_by_the_commit_it_stood_at() {
    let mut push = payload("push");
    push["deleted"] = json!(true);
    push["ref"] = json!("refs/heads/old");
    push["before"] = json!("6113728f27ae82c7b1a177c8d03f9e96e0adf246");
    let (kind, payload, _, _, undo) = attempt(&heard_of("push", &push));
    assert_eq!((kind.as_str(), &payload["branch"]), ("github.delete_branch", &json!("old")));
    assert_eq!(undo["sha"], "6113728f27ae82c7b1a177c8d03f9e96e0adf246");
}

#[test]
fn a_comment_votes_for_its_author_alone() {
    let mut vote = payload("issue_comment.created");
    vote["comment"]["body"] = json!("+1\r\n\r\nlooks good");
    let heard = heard_of("issue_comment.created", &vote);
    let [PlatformEvent::Voted { event, message, voter, value, .. }, PlatformEvent::Attempted { .. }] =
        &heard.events[..]
    else {
        panic!("{heard:?}")
    };
    assert_eq!(
        (message.as_str(), voter.id.as_str(), value),
        ("Codertocat/Hello-World#1", "Codertocat", &BallotValue::Yes)
    );

    let mut by_other = vote.clone();
    by_other["action"] = json!("edited");
    by_other["sender"]["login"] = json!("mallory");
    by_other["comment"]["body"] = json!("-1");
    let heard = heard_of("issue_comment.edited", &by_other);
    assert!(matches!(&heard.events[0], PlatformEvent::Withdrew { cast_by, .. } if cast_by == event), "{heard:?}");

    let mut gone = vote;
    gone["action"] = json!("deleted");
    let heard = heard_of("issue_comment.deleted", &gone);
    assert!(matches!(&heard.events[..], [PlatformEvent::Withdrew { cast_by, .. }] if cast_by == event));
}

#[test]
fn our_own_doings_are_no_actions_and_what_is_not_governed_is_not_heard() {
    let mut ours = payload("issues.labeled");
    ours["sender"] = json!({ "login": "polity[bot]", "type": "Bot" });
    assert_eq!(heard_of("issues.labeled", &ours), Heard::default());
    let mut by_app = payload("issue_comment.created");
    by_app["comment"]["performed_via_github_app"] = json!({ "id": 77 });
    assert_eq!(heard_of("issue_comment.created", &by_app), Heard::default());
    let mut other_bot = payload("issues.labeled");
    other_bot["sender"] = json!({ "login": "dependabot[bot]", "type": "Bot" });
    let heard = heard_of("issues.labeled", &other_bot);
    assert!(matches!(&heard.events[..], [PlatformEvent::Attempted { actor, .. }] if actor.is_bot));
    let mut narrow = connection("", "");
    narrow.config.0["repositories"] = json!(["someone/else"]);
    let body = payload("issues.labeled").to_string();
    assert_eq!(github().decode(&narrow, &signed("issues", body.as_bytes())).unwrap(), Heard::default());
}

#[test]
fn an_uninstalled_app_is_said_to_be() {
    let heard = heard_of("installation.deleted", &payload("installation.deleted"));
    assert!(matches!(&heard.notes[..], [Note::Uninstalled { .. }]));
    assert_eq!(heard_of("installation.created", &payload("installation.created")), Heard::default());
}

#[test]
fn every_example_with_anything_torn_out_is_read_without_panic() {
    let (github, ours) = (github(), connection("", ""));
    for name in ["issue_comment.created", "member.added", "repository.renamed", "release.published", "push"] {
        let event = name.split('.').next().unwrap();
        for torn in torn(&payload(name)) {
            let delivery = signed(event, torn.to_string().as_bytes());
            let _ = (github.open(&ours, &delivery), github.decode(&ours, &delivery));
        }
    }
}

/// All 329 examples of the npm package, where POLITY_TEST_OCTOKIT names its `api.github.com/index.json`.
#[test]
fn all_published_examples_are_read() {
    let Ok(path) = std::env::var("POLITY_TEST_OCTOKIT") else {
        eprintln!("\n*** SKIPPED: POLITY_TEST_OCTOKIT names no @octokit/webhooks-examples index.json ***\n");
        return;
    };
    let all: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let (github, ours, mut n_examples, mut n_actions) = (github(), connection("", ""), 0, 0);
    for event in &all {
        let name = event["name"].as_str().unwrap();
        for example in event["examples"].as_array().unwrap() {
            n_examples += 1;
            let delivery = signed(name, example.to_string().as_bytes());
            github.open(&ours, &delivery).unwrap();
            let heard = github.decode(&ours, &delivery).unwrap();
            for told in &heard.events {
                if let PlatformEvent::Attempted { actor, payload, .. } = told {
                    n_actions += 1;
                    assert_eq!(actor.id, example["sender"]["login"].as_str().unwrap(), "{name}");
                    assert_eq!(payload.text("repository"), example["repository"]["full_name"].as_str(), "{name}");
                }
            }
            assert!(heard.notes.iter().all(|note| !matches!(note, Note::Skipped { .. })), "{name}: {heard:?}");
        }
    }
    eprintln!("{n_examples} examples, {n_actions} actions");
    assert!(n_examples > 300 && n_actions > 40);
}
