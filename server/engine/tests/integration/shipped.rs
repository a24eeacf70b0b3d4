//! The policies that come with Polity do what their descriptions say.

use types::Verdict::{Failed, Passed, Proposed};

use crate::scenario::{DAY, HOUR, Scenario};
use serde_json::json;

fn shipped(slug: &str) -> Scenario {
    let policy = engine::shipped::named(slug).unwrap();
    Scenario::new(policy.source).settings(policy.default_settings())
}

#[test]
fn everything_passes() {
    let mut scenario = shipped("everything-passes");
    assert_eq!(scenario.verdict().0, Passed);
    assert_eq!(scenario.kinds(), ["execute"]);
}

#[test]
fn a_dictator_decides() {
    let dictator = || shipped("dictator").settings(json!({ "role": "Steward" }));
    assert_eq!(dictator().verdict(), (Passed, "Member 0 decides as Steward".into()));
    let mut scenario = dictator().by(5);
    assert_eq!(scenario.verdict().0, Proposed);
    assert_eq!(scenario.kinds(), ["ask", "notify"]);
    assert_eq!(scenario.vote(5, true).verdict().0, Proposed);
    assert_eq!(scenario.vote(1, false).verdict(), (Failed, "Member 1 said no".into()));
    assert_eq!(scenario.vote(1, true).verdict(), (Passed, "Member 1 said yes".into()));
}

#[test]
fn a_jury_of_three_decides() {
    let mut scenario = shipped("jury");
    assert_eq!(scenario.verdict().0, Proposed);
    let jury: Vec<types::MemberId> = scenario.request.action.data["jury"].read().unwrap();
    assert_eq!(jury.len(), 3);
    let place = |id: types::MemberId| (0..10).find(|n| crate::scenario::member_id(*n) == id).unwrap();
    let jury: Vec<usize> = jury.into_iter().map(place).collect();
    assert!(!jury.contains(&0), "the initiator is never drawn");
    let outsider = (1..10).find(|n| !jury.contains(n)).unwrap();
    scenario.vote(outsider, true).vote(jury[0], true);
    assert_eq!(scenario.verdict().0, Proposed);
    assert_eq!(scenario.vote(jury[1], true).verdict(), (Passed, "2 of 3 jurors said yes".into()));
    assert_eq!(scenario.kinds(), ["set_action_data", "ask", "notify", "execute"]);
}

#[test]
fn a_jury_that_does_not_agree_fails() {
    let mut scenario = shipped("jury");
    scenario.verdict();
    assert_eq!(scenario.at(2 * DAY).verdict(), (Failed, "the jury did not agree within 2 days".into()));
}

#[test]
fn a_majority_needs_its_quorum() {
    let mut scenario = shipped("majority");
    assert_eq!(scenario.verdict().0, Proposed);
    scenario.vote(1, true).vote(2, true).vote(3, false);
    assert_eq!(scenario.at(36 * HOUR).verdict().0, Proposed);
    assert_eq!(scenario.at(37 * HOUR).verdict().0, Proposed);
    assert_eq!(scenario.kinds(), ["ask", "set_action_data", "remind"], "one reminder");
    assert_eq!(scenario.at(3 * DAY).verdict(), (Passed, "2 yes, 1 no, 3 of 10 took part".into()));

    let mut scenario = shipped("majority");
    scenario.vote(1, true).vote(2, true);
    assert_eq!(scenario.at(3 * DAY).verdict().0, Failed);
}

#[test]
fn a_majority_closes_early() {
    let mut scenario = shipped("majority");
    for n in 0..5 {
        scenario.vote(n, true);
    }
    assert_eq!(scenario.verdict().0, Proposed);
    assert_eq!(scenario.vote(5, true).verdict().0, Passed);
}

#[test]
fn a_majority_of_a_role() {
    let mut scenario =
        shipped("majority").settings(json!({ "role": "Steward", "quorum": 0.5, "days": 1, "reminder": false }));
    scenario.vote(5, true).vote(6, true);
    assert_eq!(scenario.verdict().0, Proposed);
    assert_eq!(scenario.vote(0, true).vote(1, true).verdict().0, Passed);
}

#[test]
fn the_word_filter_looks_for_whole_words() {
    let post =
        |text: &str| shipped("word-filter").action("board.post_message", json!({ "channel": "general", "text": text }));
    assert_eq!(post("hello").verdict().0, Passed);
    assert_eq!(post("spamming is not the word").verdict().0, Passed);
    let mut scenario = post("Buy SPAM!");
    assert_eq!(scenario.verdict(), (Failed, "the word “spam” is not allowed here".into()));
    assert_eq!(scenario.kinds(), ["notify"]);
}

#[test]
fn joining_needs_approval() {
    let mut scenario = shipped("joining-needs-approval")
        .by(7)
        .action("board.admit_member", json!({ "handle": "zoe" }))
        .settings(json!({ "role": "Steward", "approvals": 2, "days": 7 }));
    assert_eq!(scenario.verdict().0, Proposed);
    assert_eq!(scenario.vote(0, true).verdict().0, Proposed);
    assert_eq!(scenario.vote(1, true).verdict(), (Passed, "2 said yes".into()));
}
