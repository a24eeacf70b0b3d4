//! Counters and probes: they tell what lines did, change nothing, and find the places that boa does not name.

use engine::{Engine, Limits};
use types::decision::ErrorCode;
use types::simulation::{CoverageKind, Trace};

use crate::scenario::{Scenario, breaks, on_a_big_stack};

fn trace(source: &str) -> Trace {
    let mut scenario = Scenario::new(source);
    scenario.evaluate().unwrap();
    let request = scenario.request.clone();
    let trace = move || Engine::new(Limits::default()).trace(&request).trace;
    let trace = std::thread::Builder::new().stack_size(engine::STACK_BYTES).spawn(trace).unwrap().join().unwrap();
    assert!(trace.agrees, "{source}");
    trace
}

#[test]
fn lines_are_counted_and_values_are_kept() {
    let source = "function check(action) {
  const n = members.count
  const few = [1, 'two', { three: 3 }]
  if (n > 5) return PASSED
  return FAILED
}";
    let trace = trace(source);
    let hits = |line: u32, kind| {
        trace.coverage.points.iter().find(|point| point.line == line && point.kind == kind).map(|point| point.hits)
    };
    assert_eq!(hits(2, CoverageKind::Statement), Some(1));
    assert_eq!(hits(4, CoverageKind::Branch), Some(1));
    assert_eq!(hits(4, CoverageKind::ImplicitElse), Some(0));
    assert_eq!(hits(5, CoverageKind::Statement), Some(0));
    assert!(trace.coverage.hit < trace.coverage.total);
    let value = |line: u32, label: &str| {
        let found = trace.probes.iter().find(|probe| probe.line == line && probe.label == label);
        found.map(|probe| probe.value.as_str())
    };
    assert_eq!(value(2, "n"), Some("10"));
    assert_eq!(value(3, "few"), Some("[1, \"two\", {three: 3}]"));
    assert_eq!(value(4, "condition"), Some("true"));
    assert_eq!(value(4, "return"), Some("\"PASSED\""));
    assert_eq!(value(5, "return"), None, "what never ran has no value");
    let n = trace.probes.iter().find(|probe| probe.label == "n").unwrap();
    assert_eq!((n.column, n.end_line, n.end_column), (13, 2, 26));
}

#[test]
fn every_way_to_branch_is_counted() {
    let source = "function check(action) {
  let n = 0
  for (const x of [1, 2, 3]) n += x > 1 ? 10 : 1
  while (n > 20) n -= 5
  switch (n) { case 16: n = 1; break; default: n = 2 }
  const big = [1, 2, 3].filter(x => x > 1 && x < 3)
  if (n === 1) log('one'); else if (n === 2) log('two'); else log('more')
  return big.length === 1 ? PASSED : FAILED
}";
    let trace = trace(source);
    let on = |line: u32| trace.coverage.points.iter().filter(move |point| point.line == line).map(|point| point.hits);
    assert_eq!(on(3).collect::<Vec<_>>(), [1, 3, 2, 1], "the loop, its body, and both ways of the condition");
    assert_eq!(on(6).max(), Some(3));
    assert!(on(7).any(|hits| hits == 0));
}

#[test]
fn a_policy_cannot_tell_that_it_is_counted() {
    // Whatever a policy can ask of itself and of its surroundings gives the same answer with and without counters.
    let source = "const anonymous = () => 1, named = function () {}, Thing = class { static n = 1 }
function check(action) {
  const seen = [anonymous.name, named.name, Thing.name, check.name, check.length, String(check), String(anonymous)]
  seen.push(Object.getOwnPropertyNames(globalThis).sort().join(' '))
  seen.push(typeof this, arguments.length, arguments.callee === undefined)
  try { null.x } catch (error) { seen.push(Object.getOwnPropertyNames(error).join(), String(error), String(error.stack)) }
  try { action.nothing() } catch (error) { seen.push(String(error)) }
  const f = x => (x, { y: x }), g = (a, b = a ? 1 : 2) => b
  seen.push(JSON.stringify(f(3)), g.length, g(0), [..._generate()].join())
  log(JSON.stringify(seen))
  label: for (let i = 0; i < 3; i++) { for (;;) { if (i === 1) continue label; break } seen.push(i) }
  return seen.length > 5 ? passed(`${seen.length} things`) : FAILED
}
function* _generate() { const got = yield 1; yield got ?? 2 }
"
    .replace("arguments.callee === undefined", "0");
    let mut scenario = Scenario::new(&source);
    let plain = scenario.evaluate().unwrap();
    assert_eq!(plain.logs.len(), 1, "Scenario::evaluate has compared it with the counted run");
}

#[test]
fn deep_recursion_ends_at_the_same_depth() {
    on_a_big_stack(|| {
        let source = |depth: u32| {
            format!(
                "function down(n) {{ return n === 0 ? 0 : 1 + down(n - 1) }}\nfunction check() {{ return down({depth}) ? PASSED : FAILED }}"
            )
        };
        for depth in 190..205 {
            let mut scenario = Scenario::new(&source(depth));
            let _ = scenario.evaluate();
            let traced = Engine::new(Limits::default()).trace(&scenario.request);
            assert!(traced.trace.agrees, "at depth {depth}");
        }
    });
}

#[test]
fn errors_are_placed_where_they_happen() {
    on_a_big_stack(|| {
        let threw = ErrorCode::Threw;
        // Used before its declaration.
        breaks("function check() {\n  log(1)\n  log(x)\n  let x = 1\n}", threw, (3, 7), "`x` is used before line 4");
        // Taking apart what is not there.
        breaks("function check() {\n  const a = 1\n  const { b } = null\n}", threw, (3, 3), "");
        breaks("function check() {\n  log('é𝒳'); const [b] = undefined\n}", threw, (2, 15), "");
        // Going through what is no list.
        breaks("function check() {\n  let n = 0\n  for (const x of 5) n += x\n}", threw, (3, 3), "");
        // An operator.
        breaks("function check() {\r\n\tconst n = 1n + 1\r\n}", threw, (2, 2), "");
        // After a function that returned.
        breaks(
            "function help(v) { return v }\nfunction check() {\n  help(1)\n  const { b } = null\n}",
            threw,
            (4, 3),
            "",
        );
        // Inside a function that another was given to.
        breaks("function check() {\n  [1].map(x => {\n    const { b } = null\n  })\n}", threw, (3, 5), "");
        // At the top level.
        breaks("const a = 1\nconst { b } = null\nfunction check() { return PASSED }", threw, (2, 1), "");
        // What boa knows better stays as it is.
        breaks("function check() {\n  const a = null\n  return [1, a.b]\n}", threw, (3, 16), "cannot read `b` of `a`");
        breaks("function check() {\n  let n = 0\n  while (true) n++\n}", ErrorCode::Fuel, (3, 16), "");
    });
}

#[test]
fn endless_recursion_is_placed_in_the_function_that_calls_itself() {
    on_a_big_stack(|| {
        let source = "function down(n) {\n  log('x'.length)\n  return down(n + 1)\n}\nfunction check() { down(0) }";
        let mut scenario = Scenario::new(source);
        let error = scenario.evaluate().unwrap_err();
        // The log runs full first or the recursion ends: both are in `down`.
        assert!((2..=3).contains(&error.line), "{error:?}");
        let source = "function down(n) {\n  return down(n + 1)\n}\nfunction check() { down(0) }";
        let error = Scenario::new(source).evaluate().unwrap_err();
        assert_eq!((error.code, error.line), (ErrorCode::Recursion, 2), "{error:?}");
    });
}
