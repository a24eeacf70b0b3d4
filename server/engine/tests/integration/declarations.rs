//! `policy.d.ts` says what there is, no more and no less, and its examples run.

use std::collections::BTreeSet;
use std::path::PathBuf;

use engine::declarations::{BEGIN, END, POLICY_D_TS, generated, surface};
use serde_json::json;
use types::evaluation::{BundleInput, BundleKind, BundledAction};
use types::fact::{DocumentFact, HttpAnswer, PolicyFact, PolicyModule};
use types::{ActionId, ActionStatus, BundleId, DocumentId, Enforcement, Json, Layer, PolicyId, ProposalId};

use crate::scenario::Scenario;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("policy-api").join(name)
}

/// Compares a committed text with what it should be, or writes it when `UPDATE_EXPECT` is set.
fn expect_file(name: &str, expected: &str) {
    let actual = std::fs::read_to_string(file(name)).unwrap_or_default();
    if actual == expected {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(file(name), expected).unwrap();
        return;
    }
    panic!("policy-api/{name} is out of date: run UPDATE_EXPECT=1 cargo test -p engine");
}

#[test]
fn the_generated_part_is_up_to_date() {
    let text = std::fs::read_to_string(file("policy.d.ts")).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    expect_file("policy.d.ts", &format!("{before}{BEGIN}{}{END}{after}", generated()));
}

/// The names that the declarations declare: globals under the empty name, members under their interface.
fn declared(interface: &str) -> BTreeSet<String> {
    let name_of = |line: &str| -> String { line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    if interface.is_empty() {
        let words = ["declare const ", "declare function "];
        return POLICY_D_TS
            .lines()
            .filter_map(|line| words.iter().find_map(|word| line.strip_prefix(word)))
            .map(name_of)
            .collect();
    }
    POLICY_D_TS
        .lines()
        .skip_while(|line| line.strip_prefix("interface ").is_none_or(|rest| name_of(rest) != interface))
        .skip(1)
        .take_while(|line| *line != "}")
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with(char::is_alphabetic))
        .map(|line| name_of(line.strip_prefix("readonly ").unwrap_or(line)))
        .collect()
}

#[test]
fn everything_in_the_sandbox_is_declared_and_the_other_way_round() {
    for (interface, members) in surface().unwrap() {
        assert_eq!(members, declared(&interface), "left: the sandbox, right: policy.d.ts, of “{interface}”");
    }
}

/// The `@example` blocks, in order.
fn examples() -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in POLICY_D_TS.lines().map(str::trim) {
        if line == "* @example" {
            examples.push(String::new());
            is_open = true;
        } else if line == "*/" {
            is_open = false;
        } else if is_open && let Some(last) = examples.last_mut() {
            last.push_str(line.strip_prefix("* ").unwrap_or(line).replace("*\\/", "*/").as_str());
            last.push('\n');
        }
    }
    examples
}

#[test]
fn the_examples_are_gathered_for_typescript() {
    let mut text =
        String::from("// Generated from the @example blocks of policy.d.ts, for TypeScript to check. Do not edit.\n");
    for example in examples() {
        if example.contains("function check") {
            text.push_str(&format!("{{\n{example}}}\n"));
        } else {
            text.push_str(&format!("{{\n/** @type {{CheckFn}} */ function check(action) {{\n{example}}}\n}}\n"));
        }
    }
    expect_file("examples.js", &text);
}

#[test]
fn every_example_runs() {
    let examples = examples();
    assert!(examples.len() >= 50, "only {} examples", examples.len());
    for example in examples {
        let is_whole = example.contains("function check");
        let source = if is_whole { example.clone() } else { format!("function check(action) {{\n{example}}}") };
        let mut scenario = community(&source);
        if let Err(error) = scenario.evaluate() {
            panic!("{error:?}\n{example}");
        }
    }
}

/// A community where everything that examples speak of is there.
fn community(source: &str) -> Scenario {
    let mut scenario = Scenario::new(source);
    scenario.request.policy.http_hosts = vec!["api.example.org".into()];
    scenario.usual_answer = Some(HttpAnswer { status: 200, body: "{\"edits\":12}".into(), error: None });
    let document =
        DocumentFact { id: DocumentId::NIL, name: "Code of conduct".into(), text: "Be kind.".into(), version: 1 };
    scenario.facts.documents = Some(vec![document]);
    let election = PolicyFact {
        id: PolicyId::NIL,
        name: "Democratic election".into(),
        layer: Layer::Platform,
        version: 1,
        enforcement: Enforcement::Shadow,
    };
    scenario.facts.policies = Some(vec![election.clone()]);
    let source = "function check(action) { return action.proposal.yes > 0 ? PASSED : PROPOSED }".into();
    let module = PolicyModule { policy: election, source, settings: Json::default(), data: [].into() };
    scenario.facts.modules.insert("Democratic election".into(), Some(module));
    let bundled = |n: u128| BundledAction {
        id: ActionId(uuid::Uuid::from_u128(n)),
        kind: "board.set_topic".parse().unwrap(),
        payload: Json(json!({ "channel": "general", "topic": format!("topic {n}") })),
        initiator: None,
        status: ActionStatus::Proposed,
        label: format!("topic {n}"),
        statement: "It is the better one.".into(),
        nominee: None,
        proposal: ProposalId(uuid::Uuid::from_u128(10 + n)),
        ballots: vec![],
    };
    scenario.request.bundle = Some(BundleInput {
        id: BundleId::NIL,
        kind: BundleKind::Election,
        title: "Choose a topic".into(),
        actions: vec![bundled(1), bundled(2)],
        seats: 1,
        none: Some("None of these".into()),
        gone: vec![],
    });
    scenario.vote(1, true).vote(2, false);
    scenario
}
