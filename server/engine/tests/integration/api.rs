//! The policy API, function by function.

use serde_json::json;
use types::decision::ErrorCode;
use types::effect::Power;
use types::fact::{HttpAnswer, HttpRequest, PolicyFact, PolicyModule};
use types::{Effect, Enforcement, FactKey, Json, Layer, PolicyId, Timestamp, Verdict};

use crate::scenario::{DAY, START, Scenario, breaks, check, logs, member_id};

#[test]
fn an_action_has_its_own_fields_and_the_payload() {
    assert_eq!(
        logs("log(action.type, action.channel, action.name, action.payload, action.layer, action.origin)"),
        ["board.rename_channel general commons {\"channel\":\"general\",\"name\":\"commons\"} platform web"]
    );
    assert_eq!(
        logs("log(action.initiator.handle, action.initiator.roles, action.bundle)"),
        ["m0 [\"Member\",\"Steward\"] null"]
    );
    assert_eq!(
        logs("log(action.initiator === members.get('m0'), members.get('m1') === members.get('@m1'))"),
        ["true true"]
    );
}

#[test]
fn filters_do_not_load_the_member_list() {
    let mut scenario = Scenario::new("function check(a) { return a.initiator.hasRole('steward') ? PASSED : FAILED }");
    assert_eq!(scenario.verdict().0, Verdict::Passed);
    assert!(scenario.asked_for.is_empty());
}

#[test]
fn facts_are_asked_for_together() {
    let mut scenario = Scenario::new("function check() { log(members.count, policy.data.get('x', 5)) }");
    scenario.evaluate().unwrap();
    assert_eq!(scenario.asked_for, [FactKey::Members, FactKey::PolicyData]);
}

#[test]
fn members_are_found_counted_and_drawn() {
    assert_eq!(logs("log(members.count, members.withRole('Steward').length, roles.get('Member').count)"), ["10 2 10"]);
    assert_eq!(logs("log(members.where(m => m.handle > 'm7').map(m => m.handle))"), ["[\"m8\",\"m9\"]"]);
    assert_eq!(logs("log([...members].length, members.get('nobody'), roles.get('nothing'))"), ["10 null null"]);
    let drawn =
        logs("log(members.sample(20, { avoid: 'Steward' }).length, members.sample(5, { role: 'Steward' }).length)");
    assert_eq!(drawn, ["8 2"]);
    assert_eq!(logs("log(members.sample(3).map(m => m.handle))"), logs("log(members.sample(3).map(m => m.handle))"));
}

#[test]
fn a_jury_can_be_drawn_again_by_hand() {
    let drawn = logs("for (const m of members.sample(3)) log(m.handle)");
    let mut draw = engine::draw::Draw::new(types::evaluation::Seed([7; 32]));
    let by_hand: Vec<String> = draw.sample(10, 3).into_iter().map(|place| format!("m{place}")).collect();
    assert_eq!(drawn, by_hand);
}

#[test]
fn roles_change_by_effects() {
    let source = "function check() { return PASSED }
        function pass(a) { const r = roles.get('Steward'); r.add('m5'); r.remove(['m0', members.get('m1')]); r.clear() }";
    check(source, Verdict::Passed, "", &["add_to_role", "remove_from_role", "remove_from_role", "clear_role"]);
    breaks("function check() { roles.get('Member').add('m5') }", ErrorCode::BadArgument, (1, 43), "every member holds");
}

#[test]
fn ballots_are_filtered_in_every_way() {
    let mut scenario = Scenario::new(
        "function check(a) {
           const p = a.proposal
           const n = by => p.ballots({ by }).length
           log(p.yes, p.no, p.abstain, p.voters.length, p.ballots().length)
           log(n('Steward'), n(roles.get('Steward')), n(['m0', members.get('m2')]), n(m => m.handle > 'm1'), n('everyone'))
           log(p.ballots({ value: true }).length, p.ballots({ value: 'abstain' })[0].member.handle, p.ballots()[0].value)
         }",
    );
    scenario.vote(0, true).vote(1, false).vote(2, true).vote(3, "abstain");
    let lines: Vec<String> = scenario.evaluate().unwrap().logs.into_iter().map(|line| line.text).collect();
    assert_eq!(lines, ["2 1 1 4 4", "2 2 2 2 4", "2 m3 true"]);
}

#[test]
fn tallies_are_bound() {
    let mut scenario = Scenario::new(
        "function initialize() { ask('everyone', { text: 'Tea?', kind: 'ranking', options: ['tea', 'coffee', 'water'] }) }
         function check(a) { const t = a.proposal.tally('ranked'); if (t.passed) return passed(t.winners[0]) }",
    );
    scenario.vote(0, json!(["tea", "coffee"])).vote(1, json!(["coffee", "tea"])).vote(2, json!(["tea"]));
    assert_eq!(scenario.verdict(), (Verdict::Passed, "tea".into()));
    let mut scenario = Scenario::new("function check(a) { log(a.proposal.tally('yes-no', { quorum: '20%' }).passed) }");
    scenario.vote(0, true).vote(1, true);
    assert_eq!(scenario.evaluate().unwrap().logs[0].text, "true");
    breaks(
        "function check(a) { a.proposal.tally('magic') }",
        ErrorCode::BadArgument,
        (1, 37),
        "no tally method 'magic'",
    );
}

#[test]
fn data_is_read_back_and_written_once() {
    let mut scenario = Scenario::new(
        "function check(a) {
           a.data.set('x', 1); a.data.increment('x', 4); a.data.add('list', 'a'); a.data.add('list', { b: 2 })
           a.data.set('gone', true); a.data.remove('gone')
           log(a.data.get('x'), a.data.get('list'), a.data.has('gone'), a.data.keys(), a.data.get('none', 'else'))
           policy.data.increment('seen')
         }",
    );
    let decision = scenario.evaluate().unwrap();
    assert_eq!(decision.logs[0].text, "5 [\"a\",{\"b\":2}] false [\"list\",\"x\"] else");
    let set = |key: &str, value| Effect::SetActionData { key: key.into(), value };
    assert_eq!(decision.effects[0], set("x", Some(Json(json!(5)))));
    assert_eq!(decision.effects[2], set("gone", None));
    assert_eq!(decision.effects[3], Effect::SetPolicyData { key: "seen".into(), value: Some(Json(json!(1))) });
}

#[test]
fn asking_describes_the_ballot() {
    let source = "function initialize(a) {
        ask(['m1', 'm2'], { text: 'Which?', kind: 'choice', options: ['a', 'b'], where: 'general', closes: days(2), privacy: 'secret', results: 'at-close' })
      }
      function check(a) { log(a.proposal.closesAt - a.proposal.openedAt, a.proposal.isClosed) }";
    let decision = Scenario::new(source).evaluate().unwrap();
    let Effect::Ask(ask) = &decision.effects[0] else { panic!("{decision:?}") };
    assert_eq!(ask.eligible, Some(vec![member_id(1), member_id(2)]));
    assert_eq!(ask.closes, Some(Timestamp(START.millis() + 2 * DAY)));
    assert_eq!(ask.place.as_deref(), Some("general"));
    assert_eq!(decision.logs[0].text, "172800000 false");
    breaks(
        "function check() { ask('everyone', { kind: 'choice' }) }",
        ErrorCode::BadArgument,
        (1, 23),
        "needs `options`",
    );
    breaks(
        "function check() { ask('everyone', { close: 1 }) }",
        ErrorCode::BadArgument,
        (1, 23),
        "no option `close`; there are: text",
    );
}

#[test]
fn an_announcement_can_be_a_thread() {
    let source = "function check() { const m = announce('#general', 'hello'); announce('general', 'again', { thread: m }); remind('everyone', 'vote') }";
    let decision = Scenario::new(source).evaluate().unwrap();
    match &decision.effects[..] {
        [Effect::Announce { key, place, .. }, Effect::Announce { thread, .. }, Effect::Remind { to, .. }] => {
            assert_eq!((thread.as_ref(), place.as_str(), to.len()), (Some(key), "general", 10));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn proposing_checks_the_payload() {
    check(
        "function check() { propose('board.set_topic', { channel: 'general', topic: 'tea' }, { at: days(1) }) }",
        Verdict::Proposed,
        "",
        &["propose"],
    );
    let wrong = "function check() { propose('board.set_topic', { channel: 'general', title: 'tea' }) }";
    breaks(wrong, ErrorCode::BadArgument, (1, 27), "needs the field `topic`");
}

#[test]
fn powers_are_enforced() {
    let mut scenario = Scenario::new("function check() { return PASSED }\nfunction pass(action) { action.execute() }");
    scenario.request.policy.powers = [Power::Notify].into();
    let error = scenario.evaluate().unwrap_err();
    assert_eq!((error.code, error.line, error.function.as_deref()), (ErrorCode::NotAllowed, 2, Some("pass")));
    assert!(error.message.contains("message members (notify)"), "{}", error.message);
}

#[test]
fn http_answers_by_replay() {
    let mut scenario = Scenario::new(
        "function check() {
           const answer = http.get('https://api.example.org/edits?user=' + encodeURIComponent('ada l'))
           return answer.ok && answer.json().edits > 10 ? passed('edits') : FAILED
         }",
    );
    scenario.request.policy.http_hosts = vec!["api.example.org".into()];
    let request = HttpRequest {
        method: "GET".into(),
        url: "https://api.example.org/edits?user=ada%20l".into(),
        headers: [].into(),
        body: None,
    };
    let answer = HttpAnswer { status: 200, body: "{\"edits\":12}".into(), error: None };
    scenario.facts.http.push((request, answer));
    assert_eq!(scenario.verdict(), (Verdict::Passed, "edits".into()));
    assert_eq!(scenario.asked_for.len(), 1);
}

#[test]
fn lookups_are_asked_for_together() {
    let mut scenario = Scenario::new(
        "function check() {
           return members.where(m => platform('wikipedia').lookup('edits', m) > 10).length === 2 ? PASSED : FAILED
         }",
    );
    for n in 0..10 {
        scenario.facts.lookups.push((
            "wikipedia".into(),
            "edits".into(),
            member_id(n),
            Json(json!(n * 2 - n / 9 * 10)),
        ));
    }
    scenario.evaluate().unwrap();
    assert_eq!(scenario.asked_for.len(), 11, "members, then all ten look-ups in one round");
}

fn other_policy(name: &str, source: &str) -> PolicyModule {
    PolicyModule {
        policy: PolicyFact {
            id: PolicyId::NIL,
            name: name.into(),
            layer: Layer::Platform,
            version: 3,
            enforcement: Enforcement::Enforced,
        },
        source: source.into(),
        settings: Json(json!({ "needed": 2 })),
        data: [("kept".to_owned(), Json(json!("here")))].into(),
    }
}

#[test]
fn policies_compose() {
    let mut scenario = Scenario::new(
        "function check(action) {
           const other = policies.get('Vote')
           log(other.version, other.data.get('kept'), policies.get('None'))
           return other.check(action)
         }",
    );
    let vote = "function check(action) { if (action.proposal.yes >= policy.settings.needed) return passed('by ' + policy.name) }";
    scenario.facts.modules.insert("Vote".into(), Some(other_policy("Vote", vote)));
    scenario.vote(1, true);
    assert_eq!(scenario.verdict().0, Verdict::Proposed);
    assert_eq!(scenario.vote(2, true).verdict(), (Verdict::Passed, "by Vote".into()));
}

#[test]
fn policies_that_call_each_other_in_a_circle_are_stopped() {
    let mut scenario = Scenario::new("function check(action) {\n  return policies.get('A').check(action)\n}");
    let calls = |name: &str| format!("function check(action) {{ return policies.get('{name}').check(action) }}");
    scenario.facts.modules.insert("A".into(), Some(other_policy("A", &calls("B"))));
    scenario.facts.modules.insert("B".into(), Some(other_policy("B", &calls("A"))));
    let error = scenario.evaluate().unwrap_err();
    assert_eq!((error.code, error.line), (ErrorCode::BadArgument, 2));
    assert!(error.message.contains("end up calling itself"), "{}", error.message);
}

#[test]
fn undefined_names_are_named_where_they_stand() {
    breaks(
        "function check() {\n  const a = 1\n  return a + voters\n}",
        ErrorCode::Threw,
        (3, 14),
        "voters is not defined",
    );
}

#[test]
fn what_was_undefined_is_named() {
    let nothing = "cannot read `id` of `action.nobody`, which is null or undefined";
    breaks("function check(action) {\n  return action.nobody.id\n}", ErrorCode::Threw, (2, 24), nothing);
    breaks(
        "function check(action) {\n  action.vote()\n}",
        ErrorCode::Threw,
        (2, 14),
        "`action.vote` is not a function",
    );
}

#[test]
fn errors_can_be_subclassed_although_prototypes_are_frozen() {
    let body = "class Mine extends Error { constructor(m) { super(m); this.name = 'Mine' } }
        try { throw new Mine('x') } catch (e) { log(e.name, e.message, e instanceof Mine, String({ toString() { return 'own' } })) }";
    assert_eq!(logs(body), ["Mine x true own"]);
}

#[test]
fn a_count_has_the_length_that_a_list_would_have() {
    let source = "function check(action) { const { yes, no } = action.proposal
        return yes === 0 && yes.length === 0 && no + 1 === 1 ? passed(`${yes} of ${no.length}`) : failed(typeof yes.length) }";
    assert_eq!(crate::scenario::Scenario::new(source).verdict().1, "0 of 0");
}
