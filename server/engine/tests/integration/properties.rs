//! What holds for every source: no panic, and the same answer whether warm or cold.

use engine::{Engine, Limits, evaluate};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::scenario::{Scenario, on_a_big_stack};

/// Pieces of JavaScript, well and badly formed.
fn source() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("function check(action) {".to_owned()),
        Just("function filter(action) { return true }".to_owned()),
        Just("return PASSED".to_owned()),
        Just("}".to_owned()),
        Just("{".to_owned()),
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just("log(members.sample(2))".to_owned()),
        Just("action.data.set('a', [1, {}])".to_owned()),
        Just("for (const m of members) log(m.handle)".to_owned()),
        Just("`${".to_owned()),
        Just("/* ".to_owned()),
        Just("\u{2028}é😀".to_owned()),
        Just("class A { static #x = new A() }".to_owned()),
        Just("throw action".to_owned()),
        Just("a?.b ?? c".to_owned()),
        "[ -~\\n]{0,40}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join("\n"))
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

fn small() -> Limits {
    Limits { instructions: 20_000, loop_iterations: 5_000, ..Limits::default() }
}

#[test]
fn no_text_makes_the_engine_panic() {
    on_a_big_stack(|| {
        runner(300)
            .run(&source(), |source| {
                let mut request = Scenario::new(&source).request;
                request.facts.members = Some(vec![]);
                request.facts.roles = Some(vec![]);
                let _ = evaluate(&request, &small());
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn warm_and_cold_agree() {
    on_a_big_stack(|| {
        let body = prop::collection::vec(
            prop::sample::select(vec![
                "log(random.number(), Math.random())",
                "action.data.increment('n')",
                "log(members.sample(2).map(m => m.handle))",
                "if (members.count > 3) notifyMembers('everyone', 'hello')",
                "for (let i = 0; i < 100; i++) log.x",
                "log(missing)",
                "class A { static a = new A() } log(new A() instanceof A)",
                "throw new TypeError('no')",
                "while (true) {}",
                "return passed('yes ' + action.proposal.yes)",
                "log(Symbol.for('x').description, 'aXb'.replace(/x/i, '-'))",
                "log(action.proposal.hasElapsed(days(1)), now)",
            ]),
            0..6,
        );
        let engine = std::cell::RefCell::new(Engine::new(small()));
        runner(60)
            .run(&body, |body| {
                let source = format!("function check(action) {{\n{}\n}}", body.join("\n"));
                let scenario = Scenario::new(&source);
                let mut request = scenario.request;
                request.facts = scenario.facts;
                let cold = evaluate(&request, &small());
                for _ in 0..3 {
                    prop_assert_eq!(&engine.borrow_mut().evaluate(&request), &cold);
                }
                Ok(())
            })
            .unwrap();
    });
}
