//! Every template of the form builder does in the engine what its sentence says.

#[path = "../../engine/tests/integration/scenario.rs"]
#[expect(dead_code, reason = "the engine's own tests use the rest of it")]
mod scenario;

use std::collections::BTreeMap;

use app::builder::templates;
use scenario::{DAY, HOUR, Scenario, member_id};
use serde_json::{Value, json};
use types::Verdict::{Failed, Passed, Proposed};
use types::fact::{ActionQuery, PastAction};
use types::{ActionStatus, Effect, Json, MemberId, Timestamp};

/// The policy that a template generates, with some blanks filled.
fn filled(slug: &str, values: &[(&str, &str)]) -> Scenario {
    let template = templates::named(slug).unwrap();
    let values: BTreeMap<String, String> = values.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    let form = template.fill(&values).unwrap_or_else(|wrong| panic!("{slug}: {wrong:?}"));
    let mut scenario = Scenario::new(&form.to_code());
    scenario.request.policy.powers = form.powers();
    scenario
}

/// `filled`, about somebody's post.
fn post(slug: &str, values: &[(&str, &str)], text: &str) -> Scenario {
    filled(slug, values).action("board.post_message", json!({ "channel": "general", "text": text }))
}

/// Whether the policy has an opinion.
fn is_in_scope(scenario: &mut Scenario) -> bool {
    scenario.evaluate().unwrap_or_else(|error| panic!("the policy broke: {error:?}")).in_scope
}

fn told(scenario: &Scenario) -> Vec<(Vec<MemberId>, String)> {
    let notify = |effect: &Effect| match effect {
        Effect::Notify { to, text, .. } => Some((to.clone(), text.clone())),
        _ => None,
    };
    scenario.effects.iter().filter_map(notify).collect()
}

#[test]
fn every_template_is_accepted_by_the_engine_as_it_comes() {
    for template in templates::templates() {
        let form = template.fill(&BTreeMap::new()).unwrap();
        let code = form.to_code();
        assert_eq!(engine::syntax::check(&code, &engine::Limits::default()), Ok(()), "{}\n{code}", template.slug);
        let kind = form.action_types().first().unwrap().replace('*', "board.set_topic");
        let payload = json!({ "channel": "general", "text": "hello", "topic": "a", "name": "b", "role": "Moderator", "members": ["m1"] });
        let mut scenario = Scenario::new(&code).action(&kind, payload);
        scenario.request.policy.powers = form.powers();
        for hours in [0, 1, 24, 24 * 30] {
            scenario.at(hours * HOUR).evaluate().unwrap_or_else(|error| panic!("{}: {error:?}\n{code}", template.slug));
        }
    }
}

#[test]
fn direct_democracy_counts_votes_ratio_and_time() {
    let vote = || filled("direct-democracy", &[("min_votes", "3"), ("threshold", ">1/2"), ("at_most", "5 days")]);
    let mut passes = vote();
    assert_eq!(passes.verdict().0, Proposed);
    passes.vote(1, true).vote(2, true).vote(3, false);
    assert_eq!(passes.at(5 * DAY - 1).verdict().0, Proposed, "more may still come");
    assert_eq!(passes.at(5 * DAY).verdict().0, Passed, "exactly at the deadline it is counted");
    assert_eq!(passes.kinds(), ["ask", "execute"]);

    let mut ties = vote();
    ties.verdict();
    ties.vote(1, true).vote(2, true).vote(3, false).vote(4, false);
    assert_eq!(ties.at(5 * DAY).verdict().0, Failed, "a tie is not more than half");

    let mut few = vote();
    few.verdict();
    few.vote(1, true).vote(2, true);
    let (verdict, reason) = few.at(5 * DAY).verdict();
    assert_eq!(verdict, Failed);
    assert!(reason.contains("fewer than 3 took part"), "{reason}");

    let mut nobody = vote();
    nobody.verdict();
    assert_eq!(nobody.at(5 * DAY).verdict().0, Failed, "nobody votes");

    let mut settled = vote();
    settled.verdict();
    for n in 0..6 {
        settled.vote(n, true);
    }
    assert_eq!(settled.at(HOUR).verdict().0, Passed, "six of ten: no ballot to come can change it");

    let mut half = filled("direct-democracy", &[("min_votes", "1"), ("threshold", "1/2")]);
    half.verdict();
    half.vote(1, true).vote(2, false);
    assert_eq!(half.at(5 * DAY).verdict().0, Passed, "exactly half is enough where the blank says 1/2");
}

#[test]
fn direct_democracy_of_a_role_that_nobody_holds_fails() {
    let mut scenario = filled("direct-democracy", &[("voters", "Treasurer")]);
    assert_eq!(scenario.verdict(), (Failed, "nobody holds the role Treasurer".into()));
    let mut stewards = filled("direct-democracy", &[("voters", "Steward"), ("min_votes", "2")]);
    assert_eq!(stewards.verdict().0, Proposed);
    assert_eq!(stewards.vote(0, true).vote(1, true).verdict().0, Passed, "all have voted");
}

#[test]
fn a_jury_decides_by_its_own_votes() {
    let jury = |scenario: &Scenario| -> Vec<usize> {
        let (_, drawn) = scenario.request.action.data.iter().find(|(key, _)| key.starts_with("jury")).unwrap();
        let ids: Vec<MemberId> = drawn.read().unwrap();
        ids.into_iter().map(|id| (0..10).find(|n| member_id(*n) == id).unwrap()).collect()
    };
    let mut scenario = filled("jury", &[]);
    assert_eq!(scenario.verdict().0, Proposed);
    let drawn = jury(&scenario);
    assert!(drawn.len() == 3 && !drawn.contains(&0), "{drawn:?}");
    assert_eq!(scenario.vote(drawn[0], true).verdict().0, Proposed);
    assert_eq!(scenario.vote(drawn[1], true).verdict(), (Passed, "2 of 3 jurors said yes".into()));

    let mut refused = filled("jury", &[]);
    refused.verdict();
    let drawn = jury(&refused);
    refused.vote(drawn[0], false).vote(drawn[1], true);
    assert_eq!(refused.verdict().0, Proposed, "a tie waits for the third");
    assert_eq!(refused.vote(drawn[2], false).verdict(), (Failed, "2 of 3 jurors said no".into()));
    assert_eq!(told(&refused), [(vec![member_id(0)], "The jury did not let this pass.".to_owned())]);

    let mut late = filled("jury", &[]);
    late.verdict();
    assert_eq!(late.at(2 * DAY).verdict(), (Failed, "the jury did not agree within 2 days".into()));

    let mut nobody = filled("jury", &[("from_role", "Treasurer")]);
    assert_eq!(nobody.verdict(), (Failed, "only 0 could be drawn, and 2 must say yes".into()));
}

#[test]
fn two_juries_on_one_action_keep_their_own() {
    let mut scenario = filled("jury", &[]);
    scenario.verdict();
    let data = scenario.request.action.data.clone();
    let mut other = filled("jury", &[]);
    other.request.policy.id = types::PolicyId(uuid::Uuid::from_u128(99));
    other.request.action.data.clone_from(&data);
    other.verdict();
    assert_eq!(other.request.action.data.len(), 2);
}

#[test]
fn consent_bears_no_objection_that_is_not_taken_back() {
    let mut scenario = filled("consent", &[("quorum", "2")]);
    assert_eq!(scenario.verdict().0, Proposed);
    scenario.vote(1, "agree").vote(2, "object");
    assert_eq!(scenario.verdict().0, Proposed, "an objection can be answered");
    assert_eq!(scenario.vote(2, "stand-aside").at(7 * DAY).verdict().0, Passed);

    let mut objected = filled("consent", &[("quorum", "2")]);
    objected.verdict();
    objected.vote(1, "agree").vote(2, "object");
    assert_eq!(objected.at(7 * DAY).verdict().0, Failed);

    let mut nobody = filled("consent", &[("quorum", "")]);
    nobody.verdict();
    assert_eq!(nobody.at(7 * DAY).verdict().0, Failed, "nobody agreed");

    let mut all = filled("consent", &[("quorum", "")]);
    all.verdict();
    for n in 0..10 {
        all.vote(n, "agree");
    }
    assert_eq!(all.verdict().0, Passed, "all have answered");
}

#[test]
fn lazy_consensus_takes_silence_for_consent() {
    let mut silent = filled("lazy-consensus", &[]);
    assert_eq!(silent.verdict().0, Proposed);
    assert_eq!(silent.at(72 * HOUR - 1).verdict().0, Proposed);
    assert_eq!(silent.at(72 * HOUR).verdict(), (Passed, "nobody objected within 72 hours".into()));
    let mut objected = filled("lazy-consensus", &[]);
    objected.verdict();
    assert_eq!(objected.vote(3, true).verdict().0, Proposed, "a yes hastens nothing");
    assert_eq!(objected.vote(4, false).verdict(), (Failed, "somebody objected".into()));
}

#[test]
fn two_others_must_approve() {
    let approvals = |needed| {
        filled("two-approvals", &[("role", "Steward"), ("needed", needed), ("actions", "board.rename_channel")])
    };
    // m0 and m1 are stewards, and m0 proposes.
    assert_eq!(approvals("2").verdict(), (Failed, "fewer than 2 with the role Steward could approve it".into()));
    let mut by_another = approvals("2").by(5);
    assert_eq!(by_another.verdict().0, Proposed);
    assert_eq!(told(&by_another)[0].1, "Member 5 proposes something that needs your approval.");
    assert_eq!(by_another.vote(0, true).vote(4, true).verdict().0, Proposed, "m4 is no steward");
    assert_eq!(by_another.vote(1, true).verdict(), (Passed, "2 approved it".into()));
    let mut refused = approvals("1");
    refused.verdict();
    assert_eq!(refused.vote(0, true).verdict().0, Proposed, "nobody approves their own");
    assert_eq!(refused.vote(1, false).verdict(), (Failed, "Member 1 said no".into()));
    let mut late = approvals("1");
    late.verdict();
    assert_eq!(late.at(7 * DAY).verdict(), (Failed, "only 0 of 1 approvals within 7 days".into()));
}

#[test]
fn one_person_decides() {
    let dictator = || filled("dictator", &[("role", "Steward")]);
    assert_eq!(dictator().verdict(), (Passed, "whoever proposed it decides as Steward".into()));
    let mut other = dictator().by(5);
    assert_eq!(other.verdict().0, Proposed);
    assert_eq!(other.vote(4, true).verdict().0, Proposed);
    assert_eq!(other.vote(1, "abstain").at(30 * DAY).verdict().0, Proposed, "an abstention is no word");
    assert_eq!(other.vote(1, false).verdict(), (Failed, "Member 1 said no".into()));
    assert_eq!(filled("dictator", &[("role", "Nobody")]).verdict(), (Failed, "nobody holds the role Nobody".into()));
}

/// An election of a steward among m2, m3 and m4.
fn election(values: &[(&str, &str)]) -> Scenario {
    let values: Vec<(&str, &str)> = [("role", "Steward")].iter().chain(values).copied().collect();
    let payload = json!({ "role": "Steward", "members": ["m2", "m3", "m4"] });
    filled("election", &values).action("constitution.assign_role", payload)
}

#[test]
fn an_election_gives_the_office_to_the_winner() {
    let mut scenario = election(&[]);
    assert_eq!(scenario.verdict().0, Proposed);
    let ask = scenario.request.proposal.ask.clone().unwrap();
    assert_eq!(ask.options, ["m2", "m3", "m4", "none of these"]);
    scenario.vote(1, json!(["m3", "m2"])).vote(5, json!(["m3"])).vote(6, json!(["m2", "m3"]));
    assert_eq!(scenario.at(5 * DAY - 1).verdict().0, Proposed, "it is counted at the end");
    assert_eq!(scenario.at(5 * DAY).verdict().0, Passed);
    let given: Vec<MemberId> = scenario
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::AddToRole { member, .. } => Some(*member),
            _ => None,
        })
        .collect();
    assert_eq!(given, [member_id(3)]);
    assert_eq!(scenario.kinds(), ["ask", "clear_role", "add_to_role"]);
}

#[test]
fn an_election_without_votes_or_candidates_fails() {
    let mut few = election(&[]);
    few.verdict();
    few.vote(1, json!(["m3"])).vote(2, json!(["m3"]));
    assert_eq!(few.at(5 * DAY).verdict().0, Failed, "2 of 10 are not 25 %");
    let mut none = election(&[("quorum", "")]);
    none.verdict();
    assert_eq!(none.at(5 * DAY).verdict().0, Failed, "nobody votes");
    let mut empty = filled("election", &[("role", "Steward")])
        .action("constitution.assign_role", json!({ "role": "Steward", "members": [] }));
    assert_eq!(empty.verdict(), (Failed, "nobody stands, or nobody could vote".into()));
    let mut other = election(&[]).action("constitution.assign_role", json!({ "role": "Other", "members": ["m2"] }));
    assert!(!is_in_scope(&mut other), "another office");
}

#[test]
fn an_election_that_is_tied_is_settled_by_lot_the_same_way_each_time() {
    let tied = |method| {
        let mut scenario = election(&[("method", method), ("quorum", "")]);
        scenario.verdict();
        let one = |name: &str| {
            if matches!(method, "schulze" | "ranked" | "stv" | "approval") { json!([name]) } else { json!(name) }
        };
        scenario.vote(5, one("m2")).vote(6, one("m3"));
        let verdict = scenario.at(5 * DAY).verdict();
        (verdict, scenario.kinds().len())
    };
    for method in ["schulze", "ranked", "stv", "approval", "plurality"] {
        assert_eq!(tied(method), tied(method), "{method}");
        assert_eq!(tied(method).0.0, Passed, "{method}");
    }
}

#[test]
fn cooling_off_waits_and_can_be_vetoed() {
    let cool = |veto| filled("cool-off", &[("actions", "*"), ("veto", veto)]);
    let mut scenario = cool("");
    assert_eq!(scenario.verdict().0, Proposed);
    assert_eq!(scenario.at(3 * DAY - 1).verdict().0, Proposed);
    assert_eq!(scenario.at(3 * DAY).verdict(), (Passed, "it has waited 3 days".into()));
    let mut vetoed = cool("Steward");
    vetoed.verdict();
    assert_eq!(vetoed.vote(5, false).at(DAY).verdict().0, Proposed, "m5 has no veto");
    assert_eq!(vetoed.vote(1, false).verdict(), (Failed, "Member 1 vetoed it".into()));
}

#[test]
fn a_word_list_refuses_whole_words_and_tells_why() {
    for fine in ["hello", "spamming", "antispam", "spam2", ""] {
        assert!(!is_in_scope(&mut post("word-list", &[("words", "spam\nbuy now")], fine)), "{fine}");
    }
    for bad in ["Spam!", "this is SPAM", "please buy now, all", "(spam)"] {
        let mut scenario = post("word-list", &[("words", "spam\nBuy Now")], bad);
        assert_eq!(scenario.verdict().0, Failed, "{bad}");
        assert_eq!(told(&scenario).len(), 1);
    }
    let elsewhere = &[("places", "announcements")];
    assert!(!is_in_scope(&mut post("word-list", elsewhere, "spam")), "another channel");
}

fn past(n: usize) -> Vec<(ActionQuery, Vec<PastAction>)> {
    let action = |at: usize| PastAction {
        id: types::ActionId(uuid::Uuid::from_u128(at as u128)),
        kind: "board.post_message".parse().unwrap(),
        initiator: Some(member_id(0)),
        payload: Json(Value::Null),
        created_at: Timestamp(0),
        status: ActionStatus::Executed,
    };
    vec![(ActionQuery::default(), (0..n).map(action).collect())]
}

#[test]
fn a_rate_limit_counts_what_was_before() {
    let mut fine = post("rate-limit", &[("at_least", "3")], "hello");
    fine.facts.actions = past(2);
    assert!(!is_in_scope(&mut fine));
    let mut too_many = post("rate-limit", &[("at_least", "3")], "hello");
    too_many.facts.actions = past(3);
    assert_eq!(too_many.verdict(), (Failed, "3 within 1 hour are enough".into()));
    let mut exempt = post("rate-limit", &[("at_least", "3"), ("except", "Steward")], "hello");
    exempt.facts.actions = past(9);
    assert!(!is_in_scope(&mut exempt), "stewards are exempt");
}

#[test]
fn a_role_gate_lets_holders_through() {
    let gate = || filled("role-gate", &[("role", "Steward"), ("actions", "board.rename_channel")]);
    assert!(!is_in_scope(&mut gate()));
    let mut other = gate().by(5);
    assert_eq!(other.verdict(), (Failed, "only Steward may do this".into()));
    assert_eq!(other.kinds(), ["notify"]);
}

#[test]
fn points_are_gained_and_asked_for() {
    let mut tracker = post("reputation", &[("by", "5")], "hello");
    assert_eq!(tracker.verdict().0, Passed);
    let gained = tracker.effects.iter().find_map(|effect| match effect {
        Effect::SetPolicyData { key, value } => Some((key.clone(), value.clone())),
        _ => None,
    });
    let (key, value) = gained.unwrap();
    assert_eq!((key.clone(), value), (format!("points of {}", member_id(0)), Some(Json(json!(5)))));

    let gate = |points: i64| {
        let mut scenario = post("reputation-gate", &[("actions", "board.post_message"), ("points", "50")], "hello");
        let module = types::fact::PolicyModule {
            policy: serde_json::from_value(json!({
                "id": uuid::Uuid::from_u128(7), "name": "Reputation", "layer": "platform", "version": 1, "enforcement": "enforced"
            }))
            .unwrap(),
            source: "function check() { return PASSED }".into(),
            settings: Json(json!({})),
            data: [(key.clone(), Json(json!(points)))].into(),
        };
        scenario.facts.modules.insert("Reputation".into(), Some(module));
        scenario
    };
    assert_eq!(gate(49).verdict(), (Failed, "50 points are needed".into()));
    assert!(!is_in_scope(&mut gate(50)));
    let mut unknown = post("reputation-gate", &[("actions", "board.post_message"), ("points", "1")], "hello");
    assert_eq!(unknown.verdict().0, Failed, "without the policy that counts nobody has points");
}

#[test]
fn probation_holds_the_links_of_newcomers() {
    // `by` makes members who joined at the beginning.
    let newcomer = |text: &str| post("probation", &[("role", "Steward")], text).by(5);
    assert!(!is_in_scope(&mut newcomer("hello")));
    let mut held = newcomer("see https://example.org");
    assert_eq!(held.verdict().0, Proposed);
    assert_eq!(told(&held).len(), 2);
    assert_eq!(held.vote(0, true).verdict(), (Passed, "1 approved it".into()));
    let old = &[("role", "Steward"), ("length", "7 days")];
    assert!(!is_in_scope(&mut post("probation", old, "see https://example.org")), "m0 is a member of 100 days");
}

#[test]
fn quiet_hours_go_over_midnight() {
    // Every scenario begins at noon.
    let at = |from: &str, until: &str| post("quiet-hours", &[("from", from), ("until", until)], "hello");
    assert_eq!(at("12:00", "13:00").verdict().0, Failed);
    assert!(!is_in_scope(&mut at("13:00", "12:00")), "until noon is before noon");
    assert_eq!(at("22:00", "12:01").verdict().0, Failed);
    assert!(!is_in_scope(&mut at("22:00", "06:00")));
}

#[test]
fn the_first_rule_that_covers_an_action_decides_it() {
    let channel = |text: &str, by| post("moderated-channel", &[("role", "Steward")], text).by(by);
    assert_eq!(channel("spam", 5).verdict().0, Failed, "words come first");
    let mut newcomer = channel("hello", 5);
    assert_eq!(newcomer.verdict().0, Proposed);
    // A week later they are no newcomer any more, and the rule that was chosen goes on.
    assert_eq!(newcomer.at(DAY).vote(1, true).verdict(), (Passed, "1 approved it".into()));
    let mut old = post("moderated-channel", &[("role", "Steward")], "hello");
    assert_eq!(old.verdict().0, Passed);
    assert_eq!(old.kinds(), ["set_action_data", "execute"]);
}
