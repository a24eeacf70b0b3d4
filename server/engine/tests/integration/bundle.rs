//! What a policy sees of a bundle, and how it maps the winners of a count back to actions.

use serde_json::json;
use types::evaluation::{BundleInput, BundleKind, BundledAction};
use types::{ActionId, ActionStatus, BundleId, Effect, Json, ProposalId};

use crate::scenario::{Scenario, member_id};

fn id(n: u128) -> ActionId {
    ActionId(uuid::Uuid::from_u128(n))
}

fn election(source: &str) -> Scenario {
    let mut scenario = Scenario::new(source);
    let candidate = |(n, label): (u128, &str)| BundledAction {
        id: id(n),
        kind: "board.set_topic".parse().unwrap(),
        payload: Json(json!({ "channel": "general", "topic": label })),
        initiator: None,
        status: ActionStatus::Proposed,
        label: label.into(),
        statement: "hear me".into(),
        nominee: Some(member_id(1)),
        proposal: ProposalId(uuid::Uuid::from_u128(100 + n)),
        ballots: vec![],
    };
    scenario.request.bundle = Some(BundleInput {
        id: BundleId::NIL,
        kind: BundleKind::Election,
        title: "Drinks".into(),
        actions: [(1, "tea"), (2, "coffee"), (3, "cocoa")].map(candidate).to_vec(),
        seats: 2,
        none: Some("None of these".into()),
        gone: vec!["water".into()],
    });
    scenario
}

fn dropped(scenario: &Scenario) -> Vec<ActionId> {
    let drop = |effect: &Effect| match effect {
        Effect::DropFromBundle { action } => Some(*action),
        _ => None,
    };
    scenario.effects.iter().filter_map(drop).collect()
}

#[test]
fn the_ballot_names_what_is_there_and_the_names_lead_back() {
    let mut scenario = election(
        "function check(action) {
            const { bundle } = action
            log(bundle.options.join(), bundle.seats, bundle.none, bundle.title)
            log(bundle.find('coffee').topic, bundle.find('coffee').label, bundle.find('None of these'), bundle.find('water'))
            log(bundle.actions[0].statement, bundle.actions[0].nominee.handle, bundle.actions[0].proposal.id.slice(-3))
            log(action.label)
        }",
    );
    let logs: Vec<String> = scenario.evaluate().unwrap().logs.into_iter().map(|line| line.text).collect();
    assert_eq!(logs[0], "tea,coffee,cocoa,None of these 2 None of these Drinks");
    assert_eq!(logs[1], "coffee coffee null null");
    assert!(logs[2].starts_with("hear me m1") && logs[2].ends_with("065"), "{logs:?}");
    assert_eq!(logs[3], "null");
}

#[test]
fn keeping_the_winners_drops_the_others() {
    for (kept, gone) in [
        ("['coffee', 'tea']", vec![3]),
        ("'cocoa'", vec![1, 2]),
        ("action.bundle.actions[0]", vec![2, 3]),
        ("['None of these']", vec![1, 2, 3]),
        ("['water', 'tea']", vec![2, 3]),
        ("[]", vec![1, 2, 3]),
    ] {
        let source = format!(
            "function check() {{ return PASSED }}
             function pass(action) {{ action.bundle.keep({kept}); action.execute() }}"
        );
        let mut scenario = election(&source);
        scenario.evaluate().unwrap();
        assert_eq!(dropped(&scenario), gone.into_iter().map(id).collect::<Vec<_>>(), "{kept}");
    }
    let mut unknown = election("function check(action) { action.bundle.keep('milk') }");
    let error = unknown.evaluate().unwrap_err();
    assert!(error.message.contains("there is no candidate “milk”; there are: tea, coffee, cocoa"), "{error:?}");
}

#[test]
fn a_ballot_that_names_who_withdrew_is_read_without_them() {
    let source = "function initialize(action) {
            ask('everyone', { kind: 'ranking', options: [...action.bundle.options, 'water'] })
        }
        function check(action) {
            const outcome = action.proposal.tally('ranked')
            return outcome.invalid === 0 ? passed(outcome.winners.join()) : failed(outcome.sentence)
        }";
    let mut scenario = election(source);
    scenario
        .vote(1, json!(["water", "coffee"]))
        .vote(2, json!(["water"]))
        .vote(3, json!(["tea"]))
        .vote(0, json!(["water", "coffee"]));
    assert_eq!(scenario.verdict(), (types::Verdict::Passed, "coffee".to_owned()));
}
