//! Hostile policies that the engine itself stops. Those that only a worker survives are run by the worker pool's tests.

use std::path::Path;

use types::Verdict;

use crate::scenario::{Scenario, on_a_big_stack};

struct Attack {
    name: String,
    source: String,
    codes: Vec<String>,
}

fn attacks() -> Vec<Attack> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let mut attacks = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "js") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let source = std::fs::read_to_string(&path).unwrap();
        let header = source.lines().next().unwrap().strip_prefix("// expect: ");
        let (codes, place) = header.and_then(|header| header.split_once(" in ")).expect(&name);
        assert!(["worker", "anywhere"].contains(&place), "{name}: {place}");
        if place == "anywhere" {
            let codes = codes.split('|').map(ToOwned::to_owned).collect();
            attacks.push(Attack { name, source, codes });
        }
    }
    attacks.sort_by(|a, b| a.name.cmp(&b.name));
    attacks
}

fn outcome(scenario: &mut Scenario) -> String {
    match scenario.evaluate() {
        Ok(_) => "passes".to_owned(),
        Err(error) => {
            assert!(!error.message.is_empty());
            error.code.as_str().to_owned()
        }
    }
}

#[test]
fn each_is_stopped_with_its_own_code() {
    on_a_big_stack(|| {
        let attacks = attacks();
        assert!(attacks.len() >= 40, "only {} attacks", attacks.len());
        let mut wrong = Vec::new();
        for attack in attacks {
            let outcome = outcome(&mut Scenario::new(&attack.source));
            if !attack.codes.contains(&outcome) {
                wrong.push(format!("{}: {outcome}, not {}", attack.name, attack.codes.join("|")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn nothing_leaks_into_the_next_evaluation() {
    on_a_big_stack(|| {
        let source = "let n = 0; function check() { n += 1; log(n); return n === 1 ? PASSED : FAILED }";
        let mut scenario = Scenario::new(source);
        scenario.evaluate().unwrap();
        let first = scenario.evaluate().unwrap();
        for attack in attacks() {
            let mut other = Scenario::new(&attack.source);
            std::mem::swap(&mut other.engine, &mut scenario.engine);
            outcome(&mut other);
            std::mem::swap(&mut other.engine, &mut scenario.engine);
        }
        let last = scenario.evaluate().unwrap();
        assert_eq!(first, last);
        assert_eq!(last.verdict, Verdict::Passed);
    });
}
