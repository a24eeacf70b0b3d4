use super::*;

fn codes(source: &str) -> Vec<(FindingCode, u32, u32)> {
    let found = lint(source, &Limits::default());
    let serious = found.into_iter().filter(|finding| finding.severity != Severity::Hint);
    serious.map(|finding| (finding.code, finding.place.line, finding.place.column)).collect()
}

fn one(source: &str) -> Finding {
    let mut found = lint(source, &Limits::default());
    found.retain(|finding| finding.code != FindingCode::MissingType);
    assert_eq!(found.len(), 1, "{source}: {found:?}");
    found.remove(0)
}

#[test]
fn shipped_policies_are_clean() {
    for policy in crate::shipped() {
        let found = lint(policy.source, &Limits::default());
        let bad: Vec<_> = found.iter().filter(|finding| finding.severity != Severity::Hint).collect();
        assert!(bad.is_empty(), "{}: {bad:?}", policy.slug);
    }
}

#[test]
fn each_mistake_is_found_where_it_is() {
    use FindingCode::*;
    let cases = [
        ("function check() { return PASSD }", MisspeltVerdict, (1, 27)),
        ("function check() { return 'passed' ? \"PASED\" : PASSED }", MisspeltVerdict, (1, 38)),
        ("function check() { return true }", MisspeltVerdict, (1, 27)),
        ("function check() { eval('1'); return PASSED }", CodeFromText, (1, 20)),
        ("function check() { return new Function('return 1')() ? PASSED : FAILED }", CodeFromText, (1, 31)),
        ("function check() { fetch('https://x'); return PASSED }", UnknownName, (1, 20)),
        ("function check() { while (true) {}\n return PASSED }", UnboundedLoop, (1, 20)),
        ("function check() { for (;;) { log(1) } return PASSED }", UnboundedLoop, (1, 20)),
        ("function check() { return /(a+)+$/.test('a') ? PASSED : FAILED }", NestedQuantifier, (1, 27)),
        ("function check() { return new RegExp('(a|a)*b').test('a') ? PASSED : FAILED }", NestedQuantifier, (1, 38)),
        ("function chek() { return PASSED }", MisspeltFunction, (1, 10)),
        ("function filter() { return true }", MissingCheck, (1, 1)),
        ("function check() { return PASSED }\nfunction helper() { return helper() }", UnusedFunction, (2, 10)),
        ("function check(action) { action.kind = 'x'; return PASSED }", FrozenAssignment, (1, 26)),
        ("function check() { policy.settings.days++; return PASSED }", FrozenAssignment, (1, 20)),
        ("function check() { members = []; return PASSED }", FrozenAssignment, (1, 20)),
        ("function check() { return PASSED\n log('x') }", Unreachable, (2, 2)),
        ("function check() { return FAILED }", NeverPasses, (1, 10)),
        ("const t = '𝒳'; function check() { return PASSD }", MisspeltVerdict, (1, 42)),
    ];
    for (source, code, (line, column)) in cases {
        let found = codes(source);
        assert!(found.contains(&(code, line, column)), "{source}: {found:?}");
    }
}

#[test]
fn what_is_fine_is_left_alone() {
    for source in [
        "function check() { for (const n of [1, 2]) log(n); return PASSED }",
        "function check() { while (true) { if (1) break }\n return passed('x') }",
        "function check() { return /^[a-z]+\\s*(x|y)*$/.test('a') ? PASSED : FAILED }",
        "function check() { return /(?:ab)+c/.test('a') ? PASSED : FAILED }",
        "const seen = {}; function check(action) { seen.x = 1; return PASSED }",
        "const check = action => action.initiator ? PASSED : FAILED",
        "function check(action) { action.data.set('x', 1); return PASSED }",
    ] {
        assert_eq!(codes(source), [], "{source}");
    }
}

#[test]
fn a_remedy_says_what_to_write() {
    let finding = one("function check() { return PASSD }");
    assert_eq!(finding.replacement.as_deref(), Some("PASSED"));
    assert_eq!((finding.place.end_line, finding.place.end_column), (1, 32));
    let finding = one("function check() { return membrs.count > 1 ? PASSED : FAILED }");
    assert_eq!((finding.code, finding.replacement.as_deref()), (FindingCode::UnknownName, Some("members")));
    assert!(!finding.message.is_empty() && !finding.remedy.is_empty());
    assert_eq!(lint("function (", &Limits::default())[0].code, FindingCode::Syntax);
}
