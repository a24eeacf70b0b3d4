//! Votes that are extended, end early, and remind only who has not voted.

use std::time::Duration;

use serde_json::{Value, json};
use store::notices::NoticeFilter;

use super::{DAY, HOUR, TestApp, again, attempt, policy, proposal, town, until, vote};

async fn topic(app: &TestApp) -> Value {
    attempt(app, "ben", "board.set_topic", json!({ "channel": "general", "topic": "x" })).await
}

/// A quorum that is met in the last hour gives the others another day, once.
const LATE_QUORUM: &str = "
function initialize(action) { ask(\"everyone\", { text: \"?\", closes: action.proposal.deadline(days(2)) }) }
function check(action) {
    const outcome = action.proposal.tally(\"yes-no\", { quorum: 2 })
    const isLate = action.proposal.hasElapsed(hours(47))
    if (outcome.turnout >= 2 || action.proposal.voters.length >= 2) {
        if (isLate && !action.data.get(\"extended\") && !action.data.get(\"early\")) {
            action.data.set(\"extended\", true)
            ask(\"everyone\", { text: \"?\", closes: action.proposal.deadline(days(3)) })
            return
        }
        if (!isLate) action.data.set(\"early\", true)
    }
    if (action.proposal.hasElapsed(days(action.data.get(\"extended\") ? 3 : 2))) {
        return outcome.passed ? passed(outcome.sentence) : failed(outcome.sentence)
    }
}
function pass(action) { action.execute() }";

#[tokio::test(flavor = "multi_thread")]
async fn a_late_quorum_extends_the_vote_once() {
    let app = TestApp::start().await;
    town(&app).await;
    policy(&app, "Late quorum", &["board.set_topic"], LATE_QUORUM, json!({})).await;
    let open = topic(&app).await;
    app.wait(47 * HOUR).await;
    vote(&app, &open, &["ada", "cleo"], true).await;
    app.quiet().await;
    app.wait(2 * HOUR).await;
    let extended = again(&app, &open).await;
    assert_eq!(extended["status"], "proposed", "the others have another day: {extended}");
    vote(&app, &open, &["dara"], false).await;
    app.wait(DAY).await;
    until(&app, &open, "executed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_ends_early_when_nothing_can_change_any_more() {
    let app = TestApp::start().await;
    town(&app).await;
    let early = "function initialize(action) { ask(\"everyone\", { text: \"?\", closes: days(7) }) }
        function check(action) {
            const outcome = action.proposal.tally(\"yes-no\", { threshold: \">50%\", of: \"eligible\" })
            if (outcome.prospects?.settled) return outcome.passed ? passed(outcome.sentence) : failed(outcome.sentence)
        }
        function pass(action) { action.execute() }";
    policy(&app, "Early", &["board.set_topic"], early, json!({})).await;
    let open = topic(&app).await;
    vote(&app, &open, &["ada", "cleo"], true).await;
    app.quiet().await;
    assert_eq!(again(&app, &open).await["status"], "proposed", "two of four can still be turned");
    vote(&app, &open, &["dara"], true).await;
    until(&app, &open, "executed").await;
}

async fn reminded(privacy: &str) {
    let app = TestApp::start().await;
    town(&app).await;
    let source = format!(
        "function initialize(action) {{ ask(\"everyone\", {{ text: \"?\", closes: days(4), privacy: \"{privacy}\" }}) }}
        function check(action) {{
            if (action.proposal.hasElapsed(days(4))) return failed(\"over\")
            if (action.proposal.hasElapsed(days(2)) && !action.data.get(\"reminded\")) {{
                action.data.set(\"reminded\", true)
                remind(\"everyone\", \"Your vote is missing.\")
            }}
        }}"
    );
    policy(&app, "Reminds", &["board.set_topic"], &source, json!({})).await;
    let open = topic(&app).await;
    app.vote("town", &proposal(&open), "ada", json!(true)).await;
    app.vote("town", &proposal(&open), "cleo", json!(false)).await;
    app.wait(2 * DAY).await;
    app.wait(Duration::from_secs(60)).await;
    let community = app.ctx.store.system().community_by_slug("town").await.unwrap().unwrap().id;
    let store = app.ctx.store.community(community);
    let told = async || {
        let mut told = Vec::new();
        for member in store.roster(None).await.unwrap().members {
            if store
                .notices(member.id, NoticeFilter { limit: 10, ..NoticeFilter::default() })
                .await
                .unwrap()
                .iter()
                .any(|notice| notice.text.contains("missing"))
            {
                told.push(member.handle);
            }
        }
        told.sort();
        told
    };
    super::eventually(&app, async || told().await.len() >= 2).await;
    assert_eq!(told().await, ["ben", "dara"], "{privacy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_has_not_voted_is_reminded() {
    reminded("open").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_it_is_in_a_secret_vote() {
    reminded("secret").await;
}
