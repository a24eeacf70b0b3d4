//! Delegated voices in a policy's count.

use serde_json::json;
use types::delegation::{Delegation, Scope};
use types::{Reads, Timestamp, Verdict};

use crate::scenario::{START, Scenario, member_id};

const SOURCE: &str = "function initialize() { ask('everyone', { delegation: true, topic: 'money' }) }
    function check(action) { return passed(action.proposal.tally('yes-no', TALLY).sentence) }";

fn scenario(tally: &str, delegations: &[(usize, usize, Scope)]) -> Scenario {
    let mut scenario = Scenario::new(&SOURCE.replace("TALLY", tally));
    let one = |(from, to, scope): &(usize, usize, Scope)| Delegation {
        from: member_id(*from),
        to: member_id(*to),
        scope: scope.clone(),
        since: Timestamp(0),
        expires_at: None,
    };
    scenario.facts.delegations = Some(delegations.iter().map(one).collect());
    scenario
}

fn sentence(scenario: &mut Scenario) -> String {
    let (verdict, reason) = scenario.verdict();
    assert_eq!(verdict, Verdict::Passed);
    reason
}

#[test]
fn a_count_weighs_each_voter_with_the_voices_they_carry() {
    let web = [(1, 2, Scope::Everything), (2, 3, Scope::Topic("money".into())), (4, 3, Scope::Everything)];
    let mut counted = scenario("{}", &web);
    counted.vote(3, true).vote(0, false);
    assert!(sentence(&mut counted).starts_with("4 yes, 1 no"), "one, two and four stand behind three");
    let mut counted = scenario("{}", &web);
    counted.vote(3, true).vote(2, false);
    assert!(sentence(&mut counted).starts_with("2 yes, 2 no"), "two voted, and carries one");
}

#[test]
fn weights_that_the_policy_gives_are_carried_too() {
    let weights = format!("{{ weights: {} }}", json!({ member_id(1).to_string(): 3, member_id(3).to_string(): 0 }));
    let mut counted = scenario(&weights, &[(1, 2, Scope::Everything), (3, 2, Scope::Everything)]);
    counted.vote(2, true);
    assert!(sentence(&mut counted).starts_with("4 yes, 0 no"));
}

#[test]
fn the_count_is_looked_at_again_when_a_delegation_ends() {
    let mut counted = Scenario::new(
        "function initialize() { ask('everyone', { delegation: true }) }
         function check(action) { action.proposal.tally('yes-no') }",
    );
    let end = Timestamp(START.millis() + 5_000);
    counted.facts.delegations = Some(vec![Delegation {
        from: member_id(1),
        to: member_id(2),
        scope: Scope::Everything,
        since: Timestamp(0),
        expires_at: Some(end),
    }]);
    counted.vote(2, true);
    let decision = counted.evaluate().unwrap();
    assert_eq!(decision.wake, Some(types::decision::Wake::At(end)));
    assert!(decision.reads.touches(Reads::DELEGATIONS));
}

#[test]
fn without_the_word_no_voice_is_carried() {
    let mut counted =
        Scenario::new("function check(action) { return passed(action.proposal.tally('yes-no').sentence) }");
    counted.facts.delegations = Some(vec![]);
    counted.vote(3, true);
    assert!(sentence(&mut counted).starts_with("1 yes, 0 no"));
    assert!(!counted.asked_for.contains(&types::FactKey::Delegations));
}
