//! Discussion and notices through the whole service, and letters through a mail server.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use server::notices::{self, Link, Mailer};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use types::{CommunityId, MemberId};

use super::test_app::TestApp;

/// A mail server that keeps what it is given.
struct Sink {
    url: String,
    letters: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    /// `refusing` answers the first letters with "try again later".
    async fn start(refusing: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let letters = Arc::new(Mutex::new(Vec::new()));
        let (kept, refused) = (Arc::clone(&letters), Arc::new(Mutex::new(refusing)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(receive(stream, Arc::clone(&kept), Arc::clone(&refused)));
            }
        });
        Self { url, letters }
    }

    fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }
}

async fn receive(stream: tokio::net::TcpStream, kept: Arc<Mutex<Vec<String>>>, refusing: Arc<Mutex<usize>>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 sink\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250 sink\r\n",
            "MAIL" if std::mem::replace(&mut *refusing.lock().unwrap(), 0) > 0 => "451 try again later\r\n",
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await.unwrap();
                let mut letter = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    letter.push_str(&line);
                    letter.push('\n');
                }
                kept.lock().unwrap().push(letter);
                "250 kept\r\n"
            }
            "QUIT" => break,
            _ => "250 so be it\r\n",
        };
        writer.write_all(answer.as_bytes()).await.unwrap();
    }
}

async fn community(app: &TestApp, slug: &str) -> CommunityId {
    app.ctx.store.system().community_by_slug(slug).await.unwrap().unwrap().id
}

async fn member(app: &TestApp, slug: &str, handle: &str) -> MemberId {
    let store = app.ctx.store.community(community(app, slug).await);
    store.member_by_handle(handle).await.unwrap().unwrap().id
}

/// Gives a member an account with a confirmed address.
async fn address(app: &TestApp, slug: &str, handle: &str) {
    let id = community(app, slug).await;
    let member = member(app, slug, handle).await;
    let account = store::accounts::Account {
        id: app.ctx.ids.next(),
        display_name: handle.to_owned(),
        email: Some(format!("{handle}@example.org")),
        created_at: app.ctx.clock.now(),
    };
    let tx = app.ctx.store.begin().await.unwrap();
    tx.system().add_account(&account).await.unwrap();
    tx.community(id).link_account(member, account.id).await.unwrap();
    tx.commit().await.unwrap();
}

async fn inbox(app: &TestApp, slug: &str, handle: &str) -> Vec<(String, String)> {
    app.quiet().await;
    let path = format!("/api/v1/communities/{slug}/notices?member={handle}");
    let found = app.get(&path).send().await.expect(StatusCode::OK).json();
    let line =
        |notice: &Value| (notice["event"].as_str().unwrap().to_owned(), notice["text"].as_str().unwrap().to_owned());
    found["notices"].as_array().unwrap().iter().map(line).collect()
}

fn of(inbox: &[(String, String)], event: &str) -> Vec<String> {
    inbox.iter().filter(|(known, _)| known == event).map(|(_, text)| text.clone()).collect()
}

async fn rename(app: &TestApp) -> String {
    let action = app
        .attempt("fern", "ada", "constitution.add_document", json!({ "name": "House rules", "text": "Be kind." }))
        .await;
    app.quiet().await;
    action["proposals"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn members_hear_once_of_what_concerns_them() {
    let app = TestApp::start().await;
    app.found("fern", "majority", &["ada", "bo", "cy"]).await;
    let proposal = rename(&app).await;
    let told = inbox(&app, "fern", "bo").await;
    assert_eq!(of(&told, "asked").len(), 1, "{told:?}");
    assert!(of(&told, "asked")[0].starts_with("Your vote is asked for: Add the document “House rules”."), "{told:?}");
    for who in ["cy", "bo"] {
        app.vote("fern", &proposal, who, json!(true)).await.expect(StatusCode::OK);
    }
    app.wait(Duration::from_secs(30 * 24 * 3600)).await;
    let told = inbox(&app, "fern", "cy").await;
    assert!(of(&told, "decided").iter().any(|text| text.starts_with("Passed: Add the document")), "{told:?}");
    assert!(of(&told, "rules").contains(&"A new document was adopted: “House rules”.".to_owned()), "{told:?}");
    let before = told.len();
    // Reading the log again tells nobody twice.
    notices::turn(&app.ctx).await.unwrap();
    assert_eq!(inbox(&app, "fern", "cy").await.len(), before);
    let read = json!({ "member": "cy" });
    let left = app.post("/api/v1/communities/fern/notices/read", read).send().await.expect(StatusCode::OK).json();
    assert_eq!(left["n_unread"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_voted_is_reminded_once_and_nobody_else() {
    let app = TestApp::start().await;
    app.found("fern", "majority", &["ada", "bo", "cy"]).await;
    let proposal = rename(&app).await;
    app.vote("fern", &proposal, "bo", json!(true)).await.expect(StatusCode::OK);
    let store = app.ctx.store.community(community(&app, "fern").await);
    let id = proposal.parse().unwrap();
    let deadline = store.proposal(id).await.unwrap().unwrap().deadline.expect("a deadline");
    let until = deadline.since(app.ctx.clock.now()) - Duration::from_secs(3600);
    app.wait(until).await;
    app.wait(Duration::from_secs(60)).await;
    assert_eq!(of(&inbox(&app, "fern", "cy").await, "closing").len(), 1);
    assert_eq!(of(&inbox(&app, "fern", "bo").await, "closing").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discussion_reaches_those_it_names_and_leaves_marks() {
    let app = TestApp::start().await;
    app.found("fern", "majority", &["ada", "bo", "cy", "dee"]).await;
    let proposal = rename(&app).await;
    let path = format!("/api/v1/communities/fern/proposals/{proposal}/comments");
    let say = |author: &str, text: &str, more: Value| {
        let mut body = json!({ "author": author, "text": text });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.post(&path, body)
    };
    let first =
        say("bo", "Short is good, @cy.", json!({ "side": "for" })).send().await.expect(StatusCode::CREATED).json();
    let first = first["id"].as_str().unwrap().to_owned();
    let reply = say("cy", "Too short!", json!({ "parent": first })).send().await.expect(StatusCode::CREATED).json();
    // An answer to an answer stands in the same thread.
    let deep = say("dee", "No.", json!({ "parent": reply["id"] })).send().await.expect(StatusCode::CREATED).json();
    assert_eq!(deep["parent"], json!(first));
    say("bo", "  ", json!({})).send().await.refused(422, "comment-empty", Some("text"));
    say("bo", "x", json!({ "side": "perhaps" })).send().await.refused(422, "unknown-side", Some("side"));
    say("eve", "x", json!({})).send().await.refused(422, "unknown-member", Some("author"));

    let cy = inbox(&app, "fern", "cy").await;
    assert_eq!(of(&cy, "mention"), ["BO mentioned you in the discussion of: Add the document “House rules”."]);
    assert_eq!(of(&inbox(&app, "fern", "bo").await, "comment").len(), 2, "both answers are to bo");
    assert_eq!(of(&inbox(&app, "fern", "ada").await, "comment").len(), 3, "ada proposed it");

    let removal = format!("/api/v1/communities/fern/comments/{first}/removal");
    app.post(&removal, json!({ "by": "cy", "reason": "rude" })).send().await.refused(403, "not-a-moderator", None);
    let gone = app.post(&removal, json!({ "by": "bo" })).send().await.expect(StatusCode::OK).json();
    assert_eq!((gone["text"].as_str(), gone["removed_at"].is_string()), (Some(""), true));
    app.post(&removal, json!({ "by": "bo" })).send().await.refused(404, "not-found", None);
    let log = app.get("/api/v1/communities/fern/audit?kind=comment").send().await.text();
    assert!(
        log.contains("comment.written") && log.contains("comment.removed") && !log.contains("Short is good"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_go_out_once_and_end_with_one_click() {
    let sink = Sink::start(1).await;
    let app = TestApp::with_environment(&[
        ("POLITY_SMTP_URL", &sink.url),
        ("POLITY_MAIL_FROM", "Polity <polity@example.org>"),
    ])
    .await;
    app.found("fern", "majority", &["ada", "bo"]).await;
    address(&app, "fern", "bo").await;
    let mailer = Mailer::of(&app.ctx.config).unwrap().unwrap();
    rename(&app).await;
    // The first try was refused for now; the second comes later, and no third.
    notices::post(&app.ctx, &mailer).await.unwrap();
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(120));
        notices::turn(&app.ctx).await.unwrap();
        notices::post(&app.ctx, &mailer).await.unwrap();
    }
    let letters = sink.letters();
    let asked: Vec<_> = letters.iter().filter(|letter| letter.contains("Your vote is asked for")).collect();
    assert_eq!(asked.len(), 1, "{letters:?}");
    let letter = asked[0];
    for part in
        ["To: bo@example.org", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Auto-Submitted: auto-generated"]
    {
        assert!(letter.contains(part), "{part}: {letter}");
    }
    let link = Link::Unsubscribe { community: community(&app, "fern").await, member: member(&app, "fern", "bo").await };
    let token = link.seal(&app.ctx.vault).unwrap();
    let click = |token: &str| {
        app.call(Method::POST, &format!("/mail/unsubscribe?token={token}")).body("List-Unsubscribe=One-Click")
    };
    click("ab12").send().await.refused(422, "link-not-ours", Some("token"));
    click(&token).send().await.expect(StatusCode::OK);
    let before = sink.letters().len();
    rename_again(&app).await;
    notices::post(&app.ctx, &mailer).await.unwrap();
    assert_eq!(sink.letters().len(), before, "no letter after that");
    assert_eq!(of(&inbox(&app, "fern", "bo").await, "asked").len(), 2, "the inbox still has both");
}

async fn rename_again(app: &TestApp) {
    app.attempt("fern", "ada", "constitution.add_document", json!({ "name": "Rota", "text": "Mon: ada" })).await;
    app.quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_comes_once_per_period_and_never_empty() {
    let app = TestApp::start().await;
    app.found("fern", "majority", &["ada", "bo"]).await;
    address(&app, "fern", "bo").await;
    let id = community(&app, "fern").await;
    let bo = member(&app, "fern", "bo").await;
    let mut schedule = store::notices::Schedule {
        time_zone: "Europe/Berlin".to_owned(),
        digest: "daily".to_owned(),
        hour: 8,
        weekday: 1,
        digest_at: None,
    };
    schedule.digest_at = notices::next_digest(&schedule, app.ctx.clock.now());
    let tx = app.ctx.store.begin().await.unwrap();
    tx.community(id).set_schedule(bo, &schedule).await.unwrap();
    tx.commit().await.unwrap();
    rename(&app).await;
    rename_again(&app).await;
    let letters = async || app.ctx.store.system().latest_mails(id, 50).await.unwrap();
    assert!(letters().await.is_empty(), "what waits for the digest is not sent by itself");
    app.wait(Duration::from_secs(24 * 3600)).await;
    let sent = letters().await;
    assert_eq!(sent.iter().filter(|(_, title, _)| title.starts_with("fern: 2 notices")).count(), 1, "{sent:?}");
    // Two late workers at once, and days without news.
    let (one, other) = tokio::join!(notices::digest(&app.ctx), notices::digest(&app.ctx));
    one.unwrap();
    other.unwrap();
    app.clock.advance(Duration::from_secs(3 * 24 * 3600));
    notices::digest(&app.ctx).await.unwrap();
    let digests = letters().await.iter().filter(|(_, title, _)| title.starts_with("fern: ")).count();
    assert_eq!(digests, 1);
}
