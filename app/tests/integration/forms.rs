//! Forms work without a script: they are sent, the answer is a redirect, and the next page shows what came of it.

use app::api::ballot::BallotFields;
use axum::http::header;
use types::BallotValue;

use crate::browse::{Browser, path_of, shows};

const SUNDAY: &str = "00000000-0000-4000-8000-000000000214";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ballot_is_cast_and_shown() {
    let browser = Browser::of_leila();
    let page = format!("/c/riverside/proposals/{SUNDAY}");
    let fields = [
        ("slug", "riverside"),
        ("proposal", SUNDAY),
        ("ballot[kind]", "yes-no"),
        ("ballot[answer]", "yes"),
        ("ballot[reason]", "I would come."),
    ];
    let answer = browser.submit(&page, &path_of(&browser, &page, "cast_ballot").await, &fields).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (302, page.clone()));
    shows(&browser.html(&page).await, &["You voted: yes.", "Change my vote", "I would come."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ballot_without_an_answer_comes_back_with_the_reason() {
    let browser = Browser::of_leila();
    let page = format!("/c/riverside/proposals/{SUNDAY}");
    let fields = [("slug", "riverside"), ("proposal", SUNDAY), ("ballot[kind]", "yes-no")];
    let answer = browser.submit(&page, &path_of(&browser, &page, "cast_ballot").await, &fields).await;
    assert_eq!(answer.status.as_u16(), 302);
    shows(&browser.html(&answer.location()).await, &["Nothing was chosen yet.", "ballot-empty"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_is_asked_to_sign_in() {
    let visitor = Browser::of_a_visitor();
    let page = format!("/c/riverside/proposals/{SUNDAY}");
    let function = path_of(&Browser::of_leila(), &page, "cast_ballot").await;
    let fields = [("slug", "riverside"), ("proposal", SUNDAY), ("ballot[kind]", "yes-no"), ("ballot[answer]", "yes")];
    let answer = visitor.submit(&page, &function, &fields).await;
    assert!(answer.location().contains("__err="), "{}", answer.location());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_stands_on_the_board() {
    let browser = Browser::of_leila();
    let page = "/c/riverside/board/general";
    let function = path_of(&browser, page, "attempt_action").await;
    let fields = [
        ("slug", "riverside"),
        ("action_type", "board.post_message"),
        ("fields[channel]", "general"),
        ("fields[text]", "Good morning & <hello>"),
        ("key", "k"),
    ];
    let answer = browser.submit(page, &function, &fields).await;
    assert_eq!(answer.status.as_u16(), 302);
    assert!(answer.location().starts_with(&format!("{page}?did=")), "{}", answer.location());
    let html = browser.html(&answer.location()).await;
    shows(&html, &["Good morning & <hello>", "That word is not posted here."]);
    assert!(!html.contains("<hello>"), "what people write stays text");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rename_that_cannot_be_says_why() {
    let browser = Browser::of_leila();
    let page = "/c/riverside/board/general";
    let function = path_of(&browser, page, "attempt_action").await;
    let fields = [
        ("slug", "riverside"),
        ("action_type", "board.rename_channel"),
        ("fields[channel]", "general"),
        ("fields[name]", "taken"),
    ];
    let answer = browser.submit(page, &function, &fields).await;
    shows(&browser.html(&answer.location()).await, &["the name is taken", "board-name-taken"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proposing_leads_to_the_proposal() {
    let browser = Browser::of_leila();
    let page = "/c/riverside/propose/board.rename_channel";
    let function = path_of(&browser, page, "propose_action").await;
    let fields = [
        ("slug", "riverside"),
        ("action_type", "board.rename_channel"),
        ("fields[name]", "tool-chat"),
        ("lists[roles][]", "a"),
        ("lists[roles][]", "b"),
    ];
    let answer = browser.submit(page, &function, &fields).await;
    assert_eq!(answer.location(), "/c/riverside/proposals/00000000-0000-4000-8000-000000000218");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_sets_the_cookie_and_opens_the_community() {
    let browser = Browser::of_a_visitor();
    let function = path_of(&browser, "/sign-in", "sign_in_as_demo").await;
    let answer = browser.submit("/sign-in", &function, &[("community", "riverside"), ("member", "leila")]).await;
    assert_eq!((answer.status.as_u16(), answer.location().as_str()), (302, "/c/riverside"));
    assert!(answer.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap().starts_with("session=leila"));
    let wrong = browser.submit("/sign-in", &function, &[("community", "riverside"), ("member", "nobody")]).await;
    shows(&browser.html(&wrong.location()).await, &["There is no member here."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_a_demo_moves() {
    let browser = Browser::of_leila();
    let function = path_of(&browser, "/c/riverside", "advance_clock").await;
    shows(&browser.html("/c/riverside").await, &["Sunday 22 November 2026, 10:38 UTC"]);
    browser.submit("/c/riverside", &function, &[("seconds", "86400")]).await;
    shows(&browser.html("/c/riverside").await, &["Monday 23 November 2026, 10:38 UTC"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_ballot_has_its_controls() {
    let browser = Browser::of_leila();
    for (n, control) in [
        (214, "name=\"ballot[answer]\" value=\"abstain\""),
        (219, "name=\"ballot[numbers][o0]\""),
        (230, "value=\"option:Rosa Ferreira\""),
        (231, "value=\"stand-aside\""),
        (232, "name=\"ballot[approved][]\""),
        (233, "name=\"ballot[numbers][o2]\""),
        (234, "max=\"100\""),
    ] {
        let html = browser.html(&format!("/c/riverside/proposals/00000000-0000-4000-8000-000000000{n}")).await;
        assert!(html.contains(control), "{n}: {control}");
    }
}

#[test]
fn what_a_form_says_becomes_a_ballot() {
    let fields =
        |kind: &str, answer: &str| BallotFields { kind: kind.into(), answer: answer.into(), ..BallotFields::default() };
    assert_eq!(fields("yes-no", "no").value().unwrap(), BallotValue::No);
    assert_eq!(fields("ranking", "abstain").value().unwrap(), BallotValue::Abstain);
    assert_eq!(fields("consent", "object").value().unwrap(), BallotValue::Choice("object".into()));
    assert_eq!(fields("choice", "option:tea").value().unwrap(), BallotValue::Choice("tea".into()));
    assert_eq!(fields("choice", "").value().unwrap_err().code, "ballot-empty");
    let numbered = |kind: &str, numbers: &[&str]| BallotFields {
        kind: kind.into(),
        numbers: numbers.iter().zip(0..).map(|(n, at)| (format!("o{at}"), (*n).to_owned())).collect(),
        options: ["tea", "coffee", "water"]
            .iter()
            .zip(0..)
            .map(|(o, at)| (format!("o{at}"), (*o).to_owned()))
            .collect(),
        ..BallotFields::default()
    };
    assert_eq!(
        numbered("ranking", &["2", "", "1"]).value().unwrap(),
        BallotValue::List(vec!["water".into(), "tea".into()])
    );
    assert_eq!(numbered("ranking", &["1", "1", ""]).value().unwrap_err().code, "ballot-same-place");
    assert_eq!(numbered("score", &["x"]).value().unwrap_err().code, "ballot-not-a-number");
    assert_eq!(
        numbered("score", &["4", "", "0"]).value().unwrap(),
        BallotValue::Numbers([("tea".into(), 4.0), ("water".into(), 0.0)].into())
    );
    assert_eq!(numbered("budget", &["", "", ""]).value().unwrap_err().code, "ballot-empty");
}
