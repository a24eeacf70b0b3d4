//! The board: every action carried out, undone, carried out again, and done once however often it is asked.

mod storage;

use std::sync::Arc;

use platforms::board::Board;
use platforms::board::storage::{BoardMember, BoardStorage, Channel, Post};
use platforms::{ApplyError, Connection, Platform};
use serde_json::{Value, json};
use storage::{Shelf, State};
use types::platform::{IdempotencyKey, Operation, Person, Receipt};
use types::{ActionType, Ask, ChannelId, CommunityId, ConnectionId, EffectId, Json, MemberId, PostId};
use uuid::Uuid;

const GENERAL: ChannelId = ChannelId(Uuid::from_u128(10));
const RANDOM: ChannelId = ChannelId(Uuid::from_u128(11));
const POST: PostId = PostId(Uuid::from_u128(20));
const ADA: MemberId = MemberId(Uuid::from_u128(30));

fn key(number: u128) -> IdempotencyKey {
    IdempotencyKey(EffectId(Uuid::from_u128(number)))
}

fn connection() -> Connection {
    Connection {
        id: ConnectionId::NIL,
        community: CommunityId::NIL,
        platform: "board".into(),
        config: Json::default(),
        secrets: Default::default(),
        own_user: String::new(),
    }
}

fn ada() -> Person {
    Person { member: ADA, handle: "ada".into(), display_name: "Ada".into(), external: None }
}

/// A village: two channels, a post, a present and a former member.
fn village() -> Shelf {
    let shelf = Shelf::default();
    let channel = |id, name: &str| Channel { id, name: name.into(), topic: "talk".into(), is_archived: false };
    let state = State {
        channels: [(GENERAL, channel(GENERAL, "general")), (RANDOM, channel(RANDOM, "random"))].into(),
        posts: [(
            POST,
            Post {
                id: POST,
                channel: GENERAL,
                author: Some(ADA),
                text: "hello".into(),
                reply_to: None,
                link: None,
                removed: None,
                is_pinned: false,
            },
        )]
        .into(),
        members: [
            ("ada".to_owned(), BoardMember { id: ADA, display_name: "Ada".into(), is_present: true }),
            (
                "ben".to_owned(),
                BoardMember { id: MemberId(Uuid::from_u128(31)), display_name: "Ben".into(), is_present: false },
            ),
        ]
        .into(),
        ..State::default()
    };
    *shelf.0.lock().unwrap() = state;
    shelf
}

fn execute(kind: &str, payload: Value, undo: Json) -> Operation {
    Operation::Execute { kind: kind.parse().unwrap(), payload: Json(payload), initiator: Some(ada()), undo }
}

fn revert(kind: &str, payload: Value, undo: Json) -> Operation {
    Operation::Revert { kind: kind.parse().unwrap(), payload: Json(payload), undo, reason: "held".into() }
}

async fn apply(shelf: &Shelf, operation: &Operation, number: u128) -> Result<Receipt, ApplyError> {
    Board::new(Arc::new(shelf.clone())).apply(&connection(), operation, key(number)).await
}

/// Every action type, with a payload that works in the village.
fn every_action() -> Vec<(&'static str, Value)> {
    vec![
        ("board.post_message", json!({"channel": "#general", "text": "a word", "reply_to": POST})),
        ("board.remove_message", json!({"post": POST, "reason": "rude"})),
        ("board.edit_message", json!({"post": POST, "text": "good morning"})),
        ("board.pin_message", json!({"post": POST})),
        ("board.rename_channel", json!({"channel": "general", "name": "town-square"})),
        ("board.set_topic", json!({"channel": "general", "topic": "weather"})),
        ("board.create_channel", json!({"name": "garden", "topic": "beds"})),
        ("board.archive_channel", json!({"channel": "random"})),
        ("board.join_channel", json!({"channel": "random"})),
        ("board.remove_from_channel", json!({"channel": "random", "member": "ada"})),
        ("board.admit_member", json!({"handle": "ben"})),
        ("board.remove_member", json!({"member": "ada"})),
    ]
}

#[tokio::test]
async fn undoing_is_the_exact_inverse_of_doing_and_doing_again_of_undoing() {
    let kinds: Vec<_> = every_action().iter().map(|(kind, _)| (*kind).to_owned()).collect();
    let board = Board::new(Arc::new(village()));
    let described: Vec<_> = board.action_types().iter().map(|row| row.kind.to_string()).collect();
    assert_eq!(kinds, described, "an action of the catalogue is not tested here");

    for (kind, payload) in every_action() {
        let shelf = village();
        if kind == "board.remove_from_channel" {
            shelf.0.lock().unwrap().in_channel.push((RANDOM, ADA));
        }
        let before = shelf.state();
        let done = apply(&shelf, &execute(kind, payload.clone(), Json::default()), 1).await.unwrap();
        let after = shelf.state();
        assert_ne!(after.visible(), before.visible(), "{kind} changed nothing");

        let undone = apply(&shelf, &revert(kind, payload.clone(), done.detail), 2).await.unwrap();
        let mut reverted = shelf.state().visible();
        // A removed post leaves its row, so that it can come back.
        reverted.posts.retain(|id, post| !(post.removed.is_some() && *id != POST));
        assert_eq!(reverted, before.visible(), "{kind} was not undone");

        apply(&shelf, &execute(kind, payload, undone.detail), 3).await.unwrap();
        let mut again = shelf.state().visible();
        let mut after = after.visible();
        if kind == "board.create_channel" {
            // It was deleted, and is a new channel of the same name.
            for state in [&mut again, &mut after] {
                let channels = std::mem::take(&mut state.channels);
                state.channels = channels
                    .into_values()
                    .zip(0..)
                    .map(|(mut channel, n)| {
                        channel.id = ChannelId(Uuid::from_u128(n));
                        (channel.id, channel)
                    })
                    .collect();
            }
        }
        assert_eq!(again, after, "{kind} was not done again");
    }
}

#[tokio::test]
async fn the_same_key_does_it_once() {
    for (kind, payload) in every_action() {
        let shelf = village();
        let operation = execute(kind, payload, Json::default());
        let first = apply(&shelf, &operation, 1).await.unwrap();
        let state = shelf.state();
        let second = apply(&shelf, &operation, 1).await.unwrap();
        assert_eq!(first, second, "{kind}");
        assert_eq!(shelf.state(), state, "{kind}");
    }
}

#[tokio::test]
async fn a_refusal_says_what_to_do_in_plain_words() {
    #[track_caller]
    fn words(result: Result<Receipt, ApplyError>) -> String {
        let error = result.unwrap_err();
        assert!(!error.is_retryable(), "{error}");
        error.to_string()
    }
    let shelf = village();
    let attempt = |kind: &'static str, payload| {
        let shelf = shelf.clone();
        async move { words(apply(&shelf, &execute(kind, payload, Json::default()), 1).await) }
    };
    let said = attempt("board.create_channel", json!({"name": "#Random"})).await;
    assert_eq!(said, "#random exists already; choose another name");
    let said = attempt("board.rename_channel", json!({"channel": "general", "name": "random"})).await;
    assert_eq!(said, "#random exists already; choose another name");
    let said = attempt("board.set_topic", json!({"channel": "cellar", "topic": "wine"})).await;
    assert_eq!(said, "there is no channel #cellar");
    let said = attempt("board.post_message", json!({"channel": "general", "text": "  "})).await;
    assert_eq!(said, "the message is empty");
    let said = attempt("board.remove_member", json!({"member": "zoe"})).await;
    assert_eq!(said, "there is no member called zoe");
    let said = attempt("board.join_channel", json!({"channel": "random", "member": "ben"})).await;
    assert_eq!(said, "there is no member called ben");
    let said = attempt("board.dance", json!({})).await;
    assert_eq!(said, "board has no action board.dance");

    apply(&shelf, &execute("board.archive_channel", json!({"channel": "random"}), Json::default()), 2).await.unwrap();
    let said = attempt("board.post_message", json!({"channel": "random", "text": "psst"})).await;
    assert_eq!(said, "#random is archived; nothing new can be posted there");
    let said = attempt("board.create_channel", json!({"name": "random"})).await;
    assert_eq!(said, "#random exists already and is archived; choose another name");
}

#[tokio::test]
async fn a_later_decision_stands_when_an_earlier_one_is_undone() {
    let shelf = village();
    let first = json!({"channel": "general", "name": "square"});
    let done = apply(&shelf, &execute("board.rename_channel", first.clone(), Json::default()), 1).await.unwrap();
    let second = json!({"channel": "square", "name": "market"});
    apply(&shelf, &execute("board.rename_channel", second, Json::default()), 2).await.unwrap();
    let undone = apply(&shelf, &revert("board.rename_channel", first, done.detail), 3).await.unwrap();
    assert_eq!(shelf.state().channel("market").id, GENERAL);
    assert_eq!(undone.detail.get("superseded"), Some(&Value::Bool(true)));
}

#[tokio::test]
async fn a_channel_with_posts_is_closed_rather_than_deleted() {
    let shelf = village();
    let payload = json!({"name": "garden"});
    let done = apply(&shelf, &execute("board.create_channel", payload.clone(), Json::default()), 1).await.unwrap();
    let post = json!({"channel": "garden", "text": "tulips"});
    apply(&shelf, &execute("board.post_message", post, Json::default()), 2).await.unwrap();
    apply(&shelf, &revert("board.create_channel", payload, done.detail), 3).await.unwrap();
    assert!(shelf.state().channel("garden").is_archived);
}

#[tokio::test]
async fn polity_posts_notices_announcements_and_ballots() {
    let shelf = village();
    let text = "x".repeat(5_000);
    apply(&shelf, &Operation::Message { to: ada(), text: text.clone(), here: None }, 1).await.unwrap();
    let (to, said) = shelf.state().notices[0].clone();
    assert_eq!((to, said.chars().count(), said.ends_with('…')), (ADA, 4_000, true));

    let ask = Ask {
        text: "Where to?".into(),
        kind: types::BallotKind::Choice,
        options: vec!["park".into(), "lake".into()],
        ..Ask::default()
    };
    let url = Some("https://polity.example/c/village/proposals/1".to_owned());
    let ballot = Operation::PostBallot { place: "#general".into(), ask, url: url.clone(), proposal: None };
    let posted = apply(&shelf, &ballot, 2).await.unwrap().external.unwrap();
    let post = shelf.state().posts[&posted.parse::<PostId>().unwrap()].clone();
    assert_eq!((post.text.as_str(), post.link, post.author), ("Where to?\n1. park\n2. lake", url, None));

    let update = Operation::UpdateBallot {
        place: "general".into(),
        message: posted.clone(),
        text: "Decided.".into(),
        open: None,
    };
    apply(&shelf, &update, 3).await.unwrap();
    assert_eq!(shelf.state().posts[&posted.parse::<PostId>().unwrap()].text, "Decided.");

    let thread = Operation::Post { place: "general".into(), text: "Thanks".into(), thread: Some(posted.clone()) };
    let answer = apply(&shelf, &thread, 4).await.unwrap().external.unwrap();
    let answer = shelf.state().posts[&answer.parse::<PostId>().unwrap()].clone();
    assert_eq!(answer.reply_to.unwrap().to_string(), posted);
}

#[tokio::test]
async fn a_rehearsal_leaves_no_trace() {
    let shelf = village();
    let board = Board::new(Arc::new(shelf.clone()));
    let before = shelf.state();
    let kind: ActionType = "board.create_channel".parse().unwrap();
    let free = board.rehearse(&connection(), &kind, &Json(json!({"name": "garden"})), None).await;
    let taken = board.rehearse(&connection(), &kind, &Json(json!({"name": "random"})), None).await;
    assert!(free.is_ok() && taken.is_err());
    assert_eq!(shelf.state(), before);
}

#[tokio::test]
async fn a_clash_with_somebody_else_is_tried_again_later() {
    let shelf = village();
    let mut slow = shelf.begin(CommunityId::NIL).await.unwrap();
    apply(&shelf, &execute("board.pin_message", json!({"post": POST}), Json::default()), 1).await.unwrap();
    slow.notice(ADA, "late").await.unwrap();
    let clash = slow.commit(key(2), &Receipt::default()).await.unwrap_err();
    assert!(ApplyError::from(clash).is_retryable());
}

#[test]
fn validation_brings_a_payload_into_its_usual_form() {
    let board = Board::new(Arc::new(village()));
    let kind = "board.rename_channel".parse().unwrap();
    let usual = board.validate(&kind, &Json(json!({"channel": "#General", "name": " Town-Square "}))).unwrap();
    assert_eq!(usual.0, json!({"channel": "general", "name": "town-square"}));
}
