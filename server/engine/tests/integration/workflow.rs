//! filter → initialize → check → pass, fail, or notify.

use types::Verdict::{Failed, Passed, Proposed};
use types::decision::{ErrorCode, Wake};
use types::evaluation::Step;

use crate::scenario::{DAY, Scenario, breaks, check, logs, wakes_after};

#[test]
fn a_policy_that_passes_at_once_is_carried_out() {
    check("function check() { return PASSED }\nfunction pass(action) { action.execute() }", Passed, "", &["execute"]);
}

#[test]
fn passing_alone_carries_nothing_out() {
    check("function check() { return passed('why not') }", Passed, "why not", &[]);
}

#[test]
fn an_open_proposal_notifies_once() {
    let mut scenario = Scenario::new(
        "function initialize(a) { a.data.set('n', 1) }
         function check(a) { log(a.data.get('n')) }
         function notify() { notifyMembers('everyone', 'please vote') }",
    );
    let first = scenario.evaluate().unwrap();
    assert!(first.initialized && first.notified && first.verdict == Proposed);
    assert_eq!(first.logs[0].text, "1");
    let second = scenario.evaluate().unwrap();
    assert!(!second.initialized && !second.notified && second.effects.is_empty());
    assert_eq!(scenario.kinds(), ["set_action_data", "notify"]);
}

#[test]
fn filter_decides_about_scope_and_nothing_else() {
    let source = "function filter(a) { return a.name === 'other' } function check() { return PASSED }";
    let decision = Scenario::new(source).evaluate().unwrap();
    assert!(!decision.in_scope);
    let mut scenario = Scenario::new("function filter() { return true } function check() { throw new Error('never') }");
    scenario.request.step = Step::Filter;
    assert!(scenario.evaluate().unwrap().in_scope);
}

#[test]
fn a_policy_without_check_is_told_so() {
    breaks("function pass(action) { action.execute() }", ErrorCode::BadReturn, (0, 0), "no check function");
}

#[test]
fn wrong_answers_are_named() {
    breaks("function check() { return true }", ErrorCode::BadReturn, (0, 0), "not true");
    breaks("function filter() {} function check() {}", ErrorCode::BadReturn, (0, 0), "true or false, not nothing");
}

#[test]
fn exceptions_say_where() {
    let error = breaks("function check(action) {\n  const x = null\n  return x.y\n}", ErrorCode::Threw, (3, 12), "");
    assert_eq!(error.function.as_deref(), Some("check"));
    breaks("function check(action) {\n  throw new Error('boom')\n}", ErrorCode::Threw, (2, 9), "boom");
}

#[test]
fn host_functions_say_what_was_wrong_and_where() {
    breaks(
        "function initialize(a) {\n  ask('everyone', { closes: 'soon' })\n}\nfunction check() {}",
        ErrorCode::BadArgument,
        (2, 6),
        "ask: `closes` must be a length of time such as days(2), or a date, got the text “soon”",
    );
}

#[test]
fn syntax_errors_say_where() {
    breaks("function check() {\n  return PASSED +\n}", ErrorCode::Syntax, (3, 1), "");
    breaks("function check(a) {\n  with (a) { return PASSED }\n}", ErrorCode::Syntax, (2, 3), "");
    breaks("let a; let a", ErrorCode::Syntax, (1, 5), "");
    breaks("async function check() {}", ErrorCode::Syntax, (1, 1), "do not wait");
}

#[test]
fn deadlines_wake_exactly_then() {
    let mut scenario = Scenario::new(
        "function check(a) {
           if (a.proposal.hasElapsed(days(3))) return failed('too late')
           if (a.proposal.hasElapsed(days(2))) log('two days')
         }",
    );
    let decision = scenario.evaluate().unwrap();
    assert!(wakes_after(&decision, 2 * DAY), "{decision:?}");
    let decision = scenario.at(2 * DAY).evaluate().unwrap();
    assert!(wakes_after(&decision, 3 * DAY), "{decision:?}");
    assert_eq!(scenario.at(3 * DAY).verdict(), (Failed, "too late".into()));
}

#[test]
fn the_raw_clock_wakes_every_minute() {
    for clock in ["now", "Date.now()", "new Date()", "a.proposal.elapsed"] {
        let decision = Scenario::new(&format!("function check(a) {{ log({clock}) }}")).evaluate().unwrap();
        assert_eq!(decision.wake, Some(Wake::EveryMinute), "{clock}");
    }
    let decision = Scenario::new("function check(a) { new Date(0) }").evaluate().unwrap();
    assert_eq!(decision.wake, None);
}

#[test]
fn log_shows_values() {
    assert_eq!(logs("log('a', 1, { b: [true, null] }, members.get('m3'))")[0].split(' ').count(), 4);
}
