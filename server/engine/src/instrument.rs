//! Counters and value probes inside a policy's source, on the same lines and out of the policy's sight.
//!
//! boa tells neither which lines ran nor, for many errors, where it was. So the source is run once more with small
//! expressions put before its statements and around some of its values. They write to two arrays that the policy cannot
//! name, call nothing, and so change neither recursion nor any verdict: only the number of instructions.
//!
//! `foo()` becomes `c[c[2]=7]++;foo()`: statement 7 ran once more, and is the last one that ran in function 2.
//! `const n = f()` becomes `const n = (v[3]=(f()))`.

mod place;
mod splice;
mod visit;

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;
use types::simulation::CoverageKind;

use crate::syntax::STRICT;

pub(crate) use place::Places;

/// Most points and most probes of one source: beyond, the text grows without telling its author more.
const MOST: usize = 4_000;

/// A stretch of the author's text.
///
/// # Units
/// Bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub start: usize,
    pub end: usize,
}

/// A statement or branch that is counted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub kind: CoverageKind,
    pub stretch: Stretch,
    /// Where it stands in the array of counts. An implicit `else` is what is left: `counts[of] - counts[minus]`.
    pub counted: Counted,
}

/// How often a point ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// The count under this number.
    At(usize),
    /// The first count less the second.
    Rest(usize, usize),
}

/// A value that is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Watched {
    pub label: String,
    pub stretch: Stretch,
    /// Where its value stands in the array of values.
    pub slot: usize,
    /// The point that counts how often it ran.
    pub count: usize,
}

/// A function of the source: errors that boa places at its start belong to the statement that ran last in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Region {
    pub stretch: Stretch,
    /// Where boa may say that an error in it was.
    pub starts: Vec<usize>,
}

/// A source with counters and probes.
#[derive(Clone, Debug)]
pub(crate) struct Instrumented {
    /// The text that is run.
    pub text: String,
    /// The name of the array of counts.
    pub counts: String,
    /// The name of the array of values.
    pub values: String,
    /// Length of the array of counts: regions first, then counted points.
    pub n_counts: usize,
    /// Functions; the first is the top level.
    pub regions: Vec<Region>,
    /// In the order of the text.
    pub points: Vec<Point>,
    /// In the order of the text.
    pub watched: Vec<Watched>,
    /// Statements by the number of their count, for places.
    pub by_count: Vec<(usize, Stretch)>,
    /// What was put where.
    pub inserted: Vec<splice::Inserted>,
}

/// Puts counters and probes into `source`, which must have passed [`crate::syntax::check`]. `None` where it does not parse.
pub(crate) fn instrument(source: &str) -> Option<Instrumented> {
    let allocator = Allocator::default();
    let strict = format!("{STRICT}{source}");
    let parsed = Parser::new(&allocator, &strict, SourceType::script()).parse();
    if parsed.diagnostics.errors().next().is_some() {
        return None;
    }
    let (counts, values) = (unused_name(source, "c"), unused_name(source, "v"));
    let found = visit::visit(&parsed.program, STRICT.len(), source.len(), MOST, &counts, &values);
    let (text, inserted) = splice::splice(source, found.insertions);
    let mut points = found.points;
    points.sort_by_key(|point| (point.stretch.start, point.stretch.end));
    let mut watched = found.watched;
    watched.sort_by_key(|value| (value.stretch.start, value.stretch.end));
    Some(Instrumented {
        text,
        counts,
        values,
        n_counts: found.n_counts,
        regions: found.regions,
        points,
        watched,
        by_count: found.by_count,
        inserted,
    })
}

/// A name that the source does not contain anywhere, so that it can neither be read nor hidden by the policy.
fn unused_name(source: &str, letter: &str) -> String {
    let mut name = format!("${letter}");
    while source.contains(&name) || source.contains("\\u") && name.len() < 24 {
        name.push('$');
        if name.len() >= 24 && !source.contains(&name) {
            break;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        let instrumented = instrument(source).unwrap();
        instrumented.text
    }

    #[test]
    fn lines_stay_where_they_are() {
        let source =
            "function check(action) {\n  const n = 1\n  if (n > 1) return PASSED\n  else\n    return FAILED\n}\n";
        let text = text(source);
        assert_eq!(source.lines().count(), text.lines().count());
        for (before, after) in source.lines().zip(text.lines()) {
            assert!(after.len() >= before.len(), "{after}");
        }
        assert!(text.contains("const n = ($v[0]=(1))"), "{text}");
    }

    #[test]
    fn what_is_put_in_parses() {
        let sources = [
            "a: for (const x of [1]) { continue a }",
            "const f = x => ({ a: x })\nfunction check() { return f(1) ? PASSED : FAILED }",
            "function check() { switch (1) { case 1: foo(); break; default: } do x(); while (y) foo() }\nfunction foo(){}",
            "function check() { if (a) b(); else if (c) d(); else e() }",
            "let a = 1\nlet b = a\n;[a, b] = [b, a]\nclass A { static #x = 1; static { this.#x = 2 } get y() { return A.#x } }",
            "function* g() { const x = yield 1; for (let i = 0, n = 2; i < n; i++) yield* [x && i || n ?? 3] }",
            "const t = `${a ? `x${b}` : 'y'}`, u = a?.b?.c, w = function () {}, z = class {}",
            "function check() { 'use strict'; return\nPASSED }",
            "for (var i in {}) ; while (false) ; if (1) {} else ;",
            "const s = 'ü𝒳'; log(s)",
        ];
        for source in sources {
            let instrumented = text(source);
            let allocator = Allocator::default();
            let parsed = Parser::new(&allocator, &instrumented, SourceType::script()).parse();
            assert!(parsed.diagnostics.errors().next().is_none(), "{source}\n→ {instrumented}");
        }
    }

    #[test]
    fn the_names_are_nobodys() {
        let instrumented = instrument("const $c = 1; log($c)").unwrap();
        assert_eq!(instrumented.counts, "$c$");
        let escaped = instrument("const \\u0024c = 1").unwrap();
        assert!(escaped.counts.len() > 8);
    }
}
