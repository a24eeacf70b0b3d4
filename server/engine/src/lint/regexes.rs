//! Regular expressions that may take forever: a repetition without a bound inside another.
//!
//! `(a+)+b` on thirty times `a` takes minutes, and the interpreter cannot stop it from within.

use oxc_ast::ast::{Argument, CallExpression, Expression, NewExpression, Program, RegExpLiteral, StringLiteral};
use oxc_ast_visit::{Visit, walk};
use oxc_span::Span;
use types::simulation::{FindingCode, Severity};

use super::Report;

pub(super) fn look(program: &Program<'_>, report: &mut Report<'_>) {
    let mut search = Search { report };
    search.visit_program(program);
}

struct Search<'r, 's> {
    report: &'r mut Report<'s>,
}

impl Search<'_, '_> {
    fn look(&mut self, pattern: &str, span: Span) {
        if !repeats_a_repetition(pattern) {
            return;
        }
        let message = "a repetition inside a repetition: some texts would keep it busy for minutes".to_owned();
        let remedy = "repeat one kind of character once, as in /a+b/, or look for plain words with includes()";
        self.report.add(FindingCode::NestedQuantifier, Severity::Warning, span, message, remedy);
    }

    fn of_call(&mut self, callee: &Expression<'_>, arguments: &[Argument<'_>]) {
        let Expression::Identifier(name) = callee else { return };
        if let (true, Some(Argument::StringLiteral(text))) = (name.name.as_str() == "RegExp", arguments.first()) {
            let text: &StringLiteral<'_> = text;
            self.look(text.value.as_str(), text.span);
        }
    }
}

impl<'a> Visit<'a> for Search<'_, '_> {
    fn visit_reg_exp_literal(&mut self, literal: &RegExpLiteral<'a>) {
        self.look(literal.regex.pattern.text.as_str(), literal.span);
    }

    fn visit_new_expression(&mut self, call: &NewExpression<'a>) {
        self.of_call(&call.callee, &call.arguments);
        walk::walk_new_expression(self, call);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        self.of_call(&call.callee, &call.arguments);
        walk::walk_call_expression(self, call);
    }
}

/// What stands in an open group so far.
#[derive(Clone, Copy, Default)]
struct Group {
    /// Whether something in it is repeated without a bound.
    repeats: bool,
    /// Whether it offers alternatives: `(a|a)*` takes as long as `(a+)*`.
    alternates: bool,
}

/// Whether a pattern has an unbounded repetition of a group that itself repeats without a bound, or that offers alternatives
/// which begin alike.
pub(super) fn repeats_a_repetition(pattern: &str) -> bool {
    let letters: Vec<char> = pattern.chars().collect();
    let mut open: Vec<(Group, usize)> = vec![(Group::default(), 0)];
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        let mut closed: Option<(Group, usize)> = None;
        match letter {
            '\\' => at = at.saturating_add(1),
            '[' => at = end_of_class(&letters, at),
            '(' => open.push((Group::default(), at)),
            ')' if open.len() > 1 => closed = open.pop(),
            '|' => {
                if let Some((group, _)) = open.last_mut() {
                    group.alternates = true;
                }
                at = at.saturating_add(1);
                continue;
            }
            _ => {}
        }
        let next = at.saturating_add(1);
        let repeated = letter != '(' && is_unbounded(&letters, next);
        if let Some((group, start)) = closed {
            let inside = letters.get(start.saturating_add(1)..at).unwrap_or_default();
            if repeated && (group.repeats || group.alternates && begin_alike(inside)) {
                return true;
            }
            if let Some((around, _)) = open.last_mut() {
                around.repeats |= group.repeats;
            }
        }
        if repeated && let Some((around, _)) = open.last_mut() {
            around.repeats = true;
        }
        at = next;
    }
    false
}

/// Whether `*`, `+` or `{n,}` stands there.
fn is_unbounded(letters: &[char], at: usize) -> bool {
    match letters.get(at) {
        Some('*' | '+') => true,
        Some('{') => {
            let rest = letters.get(at.saturating_add(1)..).unwrap_or_default();
            let inside: String = rest.iter().take_while(|letter| **letter != '}').collect();
            inside.strip_suffix(',').is_some_and(|low| !low.is_empty() && low.chars().all(|c| c.is_ascii_digit()))
        }
        _ => false,
    }
}

/// The place of the bracket that ends a class of characters.
fn end_of_class(letters: &[char], start: usize) -> usize {
    let mut at = start.saturating_add(1);
    while let Some(letter) = letters.get(at) {
        match letter {
            '\\' => at = at.saturating_add(1),
            ']' => return at,
            _ => {}
        }
        at = at.saturating_add(1);
    }
    at
}

/// Whether two alternatives of a group can begin with the same character.
fn begin_alike(inside: &[char]) -> bool {
    let text: String = inside.iter().collect();
    let text = text.strip_prefix("?:").unwrap_or(&text);
    let mut firsts: Vec<String> = Vec::new();
    for alternative in text.split('|') {
        let mut letters = alternative.chars();
        let Some(first) = letters.next() else { return true };
        let first = if first == '\\' { format!("\\{}", letters.next().unwrap_or_default()) } else { first.to_string() };
        let is_wide = matches!(first.as_str(), "." | "\\w" | "\\W" | "\\S" | "\\D" | "[" | "(");
        if is_wide && text.contains('|') || firsts.contains(&first) {
            return true;
        }
        firsts.push(first);
    }
    false
}
