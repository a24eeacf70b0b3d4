//! What a policy's source looks like that is not right, besides what does not parse.
//!
//! The rules look for what TypeScript lets pass and for what surprises authors of policies. None runs anything.

mod names;
mod regexes;
mod rules;
mod shape;

use std::collections::BTreeSet;

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::{SourceType, Span};
use types::simulation::{Finding, FindingCode, Place, Severity};

use crate::limits::Limits;
use crate::syntax::{self, STRICT, position};

/// Most findings of one source.
const MOST: usize = 200;

/// Looks through `source`. Findings stand in the order of the text; a source that does not parse has one.
#[must_use]
pub fn lint(source: &str, limits: &Limits) -> Vec<Finding> {
    if let Err(error) = syntax::check(source, limits) {
        let (line, column) = (error.line.max(1), error.column.max(1));
        let place = Place { line, column, end_line: line, end_column: column.saturating_add(1) };
        let remedy = "mend this first: nothing else can be looked at before".to_owned();
        let (code, severity) = (FindingCode::Syntax, Severity::Error);
        return vec![Finding { code, severity, place, message: error.message, remedy, replacement: None }];
    }
    let allocator = Allocator::default();
    let strict = format!("{STRICT}{source}");
    let options = ParseOptions { parse_regular_expression: true, ..ParseOptions::default() };
    let parsed = Parser::new(&allocator, &strict, SourceType::script()).with_options(options).parse();
    let semantic = SemanticBuilder::new().with_build_nodes(true).build(&parsed.program).semantic;
    let mut report = Report { source, findings: Vec::new() };
    names::look(&semantic, &mut report);
    shape::look(&parsed.program, &semantic, &mut report);
    rules::look(&parsed.program, &mut report);
    regexes::look(&parsed.program, &mut report);
    let mut findings = report.findings;
    findings.sort_by_key(|finding| (finding.place, finding.code));
    findings.dedup_by(|one, other| one.place == other.place && one.code == other.code);
    findings.truncate(MOST);
    findings
}

/// What was found so far.
struct Report<'s> {
    source: &'s str,
    findings: Vec<Finding>,
}

impl Report<'_> {
    fn add(&mut self, code: FindingCode, severity: Severity, span: Span, message: String, remedy: &str) {
        self.add_with(code, severity, span, message, remedy, None);
    }

    fn add_with(
        &mut self,
        code: FindingCode,
        severity: Severity,
        span: Span,
        message: String,
        remedy: &str,
        replacement: Option<String>,
    ) {
        let place = self.place(span);
        self.findings.push(Finding { code, severity, place, message, remedy: remedy.to_owned(), replacement });
    }

    fn place(&self, span: Span) -> Place {
        let offset = |offset: u32| usize::try_from(offset).unwrap_or(0).saturating_sub(STRICT.len());
        let (line, column) = position(self.source, offset(span.start));
        let (end_line, end_column) = position(self.source, offset(span.end));
        Place { line, column, end_line, end_column }
    }
}

/// The word of `known` that `word` almost is: at most a third of its letters are wrong.
fn meant<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let most = (word.chars().count() / 3).clamp(1, 3);
    known
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= most && *candidate != word)
        .min_by_key(|(distance, candidate)| (*distance, *candidate))
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour, capitals aside.
fn distance(one: &str, other: &str) -> usize {
    let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let (one, other) = (letters(one), letters(other));
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.iter().enumerate() {
        let mut next = vec![i.saturating_add(1)];
        for (j, wanted) in other.iter().enumerate() {
            let at = |list: &Vec<usize>, at: usize| list.get(at).copied().unwrap_or(usize::MAX / 2);
            let changed = at(&row, j).saturating_add(usize::from(letter != wanted));
            let mut best =
                changed.min(at(&row, j.saturating_add(1)).saturating_add(1)).min(at(&next, j).saturating_add(1));
            let is_swap = i > 0
                && j > 0
                && one.get(i.wrapping_sub(1)) == Some(wanted)
                && other.get(j.wrapping_sub(1)) == Some(letter);
            if is_swap {
                best = best.min(at(&before, j.wrapping_sub(1)).saturating_add(1));
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

/// Every name that a policy finds in scope without declaring it: those of `policy.d.ts`, and what is left of ECMAScript.
fn globals() -> BTreeSet<&'static str> {
    let declared = crate::declarations::POLICY_D_TS.lines().filter_map(|line| {
        let rest = line.strip_prefix("declare function ").or_else(|| line.strip_prefix("declare const "))?;
        let is_refused = rest.trim_end().ends_with(": never");
        rest.split(['(', ':', '<']).next().filter(|_| !is_refused)
    });
    let mut names: BTreeSet<&'static str> = declared.collect();
    names.extend([
        "undefined",
        "NaN",
        "Infinity",
        "globalThis",
        "Object",
        "Array",
        "String",
        "Number",
        "Boolean",
        "BigInt",
        "Symbol",
        "Math",
        "JSON",
        "Map",
        "Set",
        "WeakMap",
        "WeakSet",
        "Date",
        "RegExp",
        "Error",
        "TypeError",
        "RangeError",
        "SyntaxError",
        "ReferenceError",
        "EvalError",
        "URIError",
        "AggregateError",
        "Proxy",
        "Reflect",
        "parseInt",
        "parseFloat",
        "isNaN",
        "isFinite",
        "encodeURIComponent",
        "decodeURIComponent",
        "encodeURI",
        "decodeURI",
        "arguments",
    ]);
    names
}

#[cfg(test)]
mod tests;
