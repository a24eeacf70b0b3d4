//! Rules about statements: endless loops, verdicts that are none, changes of what cannot be changed, lines that never run.

use oxc_ast::ast::{
    AssignmentExpression, AssignmentTarget, BinaryExpression, CallExpression, DoWhileStatement, Expression,
    ForOfStatement, ForStatement, Function, Program, ReturnStatement, SimpleAssignmentTarget, Statement, StringLiteral,
    UnaryExpression, UpdateExpression, WhileStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::ScopeFlags;
use oxc_span::{GetSpan, Span};
use types::simulation::{FindingCode, Severity};

use super::{Report, meant};
use crate::host;

/// The words of verdicts.
const VERDICTS: [&str; 3] = ["PASSED", "FAILED", "PROPOSED"];

/// Calls that give all members, or as many.
const EVERYBODY: [&str; 4] = ["members.all", "members.where", "members.withRole", "members.list"];

pub(super) fn look(program: &Program<'_>, report: &mut Report<'_>) {
    let mut search = Search { report, in_check: 0, depth: 0, loops_over_members: 0 };
    search.visit_program(program);
}

/// The verdict that a word almost is.
pub(super) fn almost_a_verdict(word: &str) -> Option<&'static str> {
    if VERDICTS.contains(&word) || word.len() < 4 {
        return None;
    }
    let aliases = [
        ("PASS", "PASSED"),
        ("FAIL", "FAILED"),
        ("PROPOSE", "PROPOSED"),
        ("PENDING", "PROPOSED"),
        ("OPEN", "PROPOSED"),
        ("APPROVED", "PASSED"),
        ("REJECTED", "FAILED"),
        ("DENIED", "FAILED"),
    ];
    if let Some((_, verdict)) = aliases.iter().find(|(alias, _)| *alias == word) {
        return Some(verdict);
    }
    let is_shouted = word.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
    if is_shouted { meant(word, VERDICTS.into_iter()) } else { None }
}

struct Search<'r, 's> {
    report: &'r mut Report<'s>,
    /// How deep inside the functions of `check` we are; 0 outside.
    in_check: u32,
    /// How many functions are around.
    depth: u32,
    /// How many loops over all members are around.
    loops_over_members: u32,
}

impl Search<'_, '_> {
    fn endless(&mut self, span: Span) {
        let message = "this loop has no end that can be seen".to_owned();
        let remedy = "loop over a list, or leave with break or return: a policy that goes on for too long is stopped and its actions are held";
        self.report.add(FindingCode::UnboundedLoop, Severity::Error, span, message, remedy);
    }

    fn misspelt(&mut self, word: &str, span: Span) {
        let upper = word.to_uppercase();
        let close = almost_a_verdict(&upper).or_else(|| VERDICTS.into_iter().find(|verdict| *verdict == upper));
        let Some(close) = close.or_else(|| meant(&upper, VERDICTS.into_iter())) else { return };
        let message = format!("\"{word}\" is no verdict, and would break the policy");
        let remedy = format!("write {close}");
        let (code, replacement) = (FindingCode::MisspeltVerdict, Some(close.to_owned()));
        self.report.add_with(code, Severity::Error, span, message, &remedy, replacement);
    }

    /// What `check` gives back.
    fn answer(&mut self, expression: &Expression<'_>) {
        match expression {
            Expression::StringLiteral(text) if !VERDICTS.contains(&text.value.as_str()) => {
                self.misspelt(text.value.as_str(), text.span);
            }
            Expression::BooleanLiteral(answer) => {
                let close = if answer.value { "PASSED" } else { "FAILED" };
                let message = format!("check returns {}, which is no verdict", answer.value);
                let replacement = Some(close.to_owned());
                let remedy = format!("write {close}");
                let code = FindingCode::MisspeltVerdict;
                self.report.add_with(code, Severity::Error, answer.span, message, &remedy, replacement);
            }
            Expression::ConditionalExpression(either) => {
                self.answer(&either.consequent);
                self.answer(&either.alternate);
            }
            Expression::ParenthesizedExpression(inner) => self.answer(&inner.expression),
            _ => {}
        }
    }

    fn frozen(&mut self, root: &str, span: Span) {
        let message = format!("`{root}` cannot be changed");
        let remedy = match root {
            "action" => "keep values with action.data.set(\"key\", value)",
            "policy" => "keep values with policy.data.set(\"key\", value); settings change by a vote",
            _ => {
                "declare a variable of your own: nothing that Polity gives can be changed, and nothing is kept between evaluations"
            }
        };
        self.report.add(FindingCode::FrozenAssignment, Severity::Error, span, message, remedy);
    }

    fn assigned(&mut self, target: &SimpleAssignmentTarget<'_>) {
        let Some(member) = target.as_member_expression() else {
            if let SimpleAssignmentTarget::AssignmentTargetIdentifier(name) = target {
                self.assigned_name(name.name.as_str(), name.span);
            }
            return;
        };
        let mut object = member.object();
        while let Some(inner) = object.as_member_expression() {
            object = inner.object();
        }
        if let Expression::Identifier(name) = object {
            let root = name.name.as_str();
            let is_ours = host::NAMESPACES.iter().any(|(_, name)| *name == root)
                || matches!(root, "action" | "policy" | "globalThis" | "Object" | "Array" | "Math" | "JSON" | "String");
            if is_ours {
                self.frozen(root, target.span());
            }
        }
    }

    fn assigned_name(&mut self, name: &str, span: Span) {
        let is_ours =
            host::NAMESPACES.iter().any(|(_, ours)| *ours == name) || VERDICTS.contains(&name) || name == "policy";
        if is_ours {
            self.frozen(name, span);
        }
    }

    /// A loop whose body never leaves it.
    fn while_true(&mut self, test: Option<&Expression<'_>>, body: &Statement<'_>, span: Span) {
        let is_always = match test {
            None => true,
            Some(Expression::BooleanLiteral(always)) => always.value,
            Some(Expression::NumericLiteral(number)) => number.value != 0.0,
            Some(_) => false,
        };
        if is_always && !leaves(body) {
            self.endless(span);
        }
    }

    /// Whether a list is all members, or as many.
    fn is_everybody(expression: &Expression<'_>) -> bool {
        match expression {
            Expression::Identifier(name) => name.name.as_str() == "members",
            Expression::CallExpression(call) => call.callee.as_member_expression().is_some_and(|callee| {
                let of = callee.object();
                let name = callee.static_property_name().unwrap_or_default();
                matches!(of, Expression::Identifier(object) if EVERYBODY.contains(&format!("{}.{name}", object.name).as_str()))
                    || Self::is_everybody(of)
            }),
            expression => expression.as_member_expression().is_some_and(|member| Self::is_everybody(member.object())),
        }
    }

    fn loop_over(&mut self, list: &Expression<'_>, span: Span, walk: impl FnOnce(&mut Self)) {
        if !Self::is_everybody(list) {
            walk(self);
            return;
        }
        if self.loops_over_members > 0 {
            let message =
                "a loop over all members inside another: ten thousand members are a hundred million turns".to_owned();
            let remedy = "count with proposal.ballots({ by, value }) or members.count, which cost the same for any number of members";
            self.report.add(FindingCode::UnboundedLoop, Severity::Warning, span, message, remedy);
        } else if self.depth > 0 {
            let message =
                "a loop over all members gets slower as the community grows, and is stopped at a million steps"
                    .to_owned();
            let remedy = "let Polity count: members.count, roles.get(…).count, proposal.ballots({ by: role, value: true }).length";
            self.report.add(FindingCode::UnboundedLoop, Severity::Hint, span, message, remedy);
        }
        self.loops_over_members += 1;
        walk(self);
        self.loops_over_members -= 1;
    }
}

impl<'a> Visit<'a> for Search<'_, '_> {
    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let is_check = self.depth == 0 && function.id.as_ref().is_some_and(|id| id.name.as_str() == "check");
        let around = std::mem::replace(&mut self.in_check, if is_check { self.depth + 1 } else { 0 });
        self.depth += 1;
        walk::walk_function(self, function, flags);
        self.depth -= 1;
        self.in_check = around;
    }

    fn visit_arrow_function_expression(&mut self, function: &oxc_ast::ast::ArrowFunctionExpression<'a>) {
        self.depth += 1;
        walk::walk_arrow_function_expression(self, function);
        self.depth -= 1;
    }

    fn visit_statements(&mut self, statements: &oxc_allocator::Vec<'a, Statement<'a>>) {
        let ends = statements.iter().position(|statement| {
            matches!(
                statement,
                Statement::ReturnStatement(_)
                    | Statement::ThrowStatement(_)
                    | Statement::BreakStatement(_)
                    | Statement::ContinueStatement(_)
            )
        });
        let after = ends.and_then(|at| statements.get(at.saturating_add(1)));
        if let Some(dead) =
            after.filter(|dead| !matches!(dead, Statement::FunctionDeclaration(_) | Statement::EmptyStatement(_)))
        {
            let message = "this can never run: the line before leaves".to_owned();
            let remedy = "take it out, or move it before the line that leaves";
            self.report.add(FindingCode::Unreachable, Severity::Warning, dead.span(), message, remedy);
        }
        walk::walk_statements(self, statements);
    }

    fn visit_return_statement(&mut self, statement: &ReturnStatement<'a>) {
        // Only of `check` itself, not of the functions inside it.
        if self.in_check > 0
            && self.in_check == self.depth
            && let Some(argument) = &statement.argument
        {
            self.answer(argument);
        }
        walk::walk_return_statement(self, statement);
    }

    fn visit_binary_expression(&mut self, expression: &BinaryExpression<'a>) {
        if expression.operator.is_equality() {
            for (text, other) in [(&expression.left, &expression.right), (&expression.right, &expression.left)] {
                let Expression::StringLiteral(text) = text else { continue };
                let text: &StringLiteral<'_> = text;
                let is_verdict = matches!(other, Expression::CallExpression(call)
                    if call.callee.as_member_expression().and_then(|m| m.static_property_name()).is_some_and(|n| n == "check"));
                if is_verdict && !VERDICTS.contains(&text.value.as_str()) {
                    self.misspelt(text.value.as_str(), text.span);
                }
            }
        }
        walk::walk_binary_expression(self, expression);
    }

    fn visit_while_statement(&mut self, statement: &WhileStatement<'a>) {
        let span = Span::new(statement.span.start, statement.test.span().end.saturating_add(1));
        self.while_true(Some(&statement.test), &statement.body, span);
        walk::walk_while_statement(self, statement);
    }

    fn visit_do_while_statement(&mut self, statement: &DoWhileStatement<'a>) {
        self.while_true(Some(&statement.test), &statement.body, statement.test.span());
        walk::walk_do_while_statement(self, statement);
    }

    fn visit_for_statement(&mut self, statement: &ForStatement<'a>) {
        let span = Span::new(statement.span.start, statement.body.span().start);
        self.while_true(statement.test.as_ref(), &statement.body, span);
        walk::walk_for_statement(self, statement);
    }

    fn visit_for_of_statement(&mut self, statement: &ForOfStatement<'a>) {
        let span = Span::new(statement.span.start, statement.right.span().end.saturating_add(1));
        self.loop_over(&statement.right, span, |search| walk::walk_for_of_statement(search, statement));
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let callee = call.callee.as_member_expression();
        let name = callee.and_then(|callee| callee.static_property_name()).unwrap_or_default();
        // Code from text, by way of a function's constructor.
        if name == "constructor" {
            let message = "`constructor` makes code out of text, which a policy cannot do".to_owned();
            let remedy = "write what is to be done; to choose at run time, use an object of functions";
            self.report.add(FindingCode::CodeFromText, Severity::Warning, call.span, message, remedy);
        }
        let loops = ["forEach", "map", "filter", "some", "every", "find", "reduce", "flatMap", "sort"].contains(&name);
        match callee {
            Some(callee) if loops => {
                let span = Span::new(call.span.start, callee.span().end);
                self.loop_over(callee.object(), span, |search| walk::walk_call_expression(search, call));
            }
            _ => walk::walk_call_expression(self, call),
        }
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        if let AssignmentTarget::AssignmentTargetIdentifier(name) = &assignment.left {
            self.assigned_name(name.name.as_str(), name.span);
        } else if let Some(target) = assignment.left.as_simple_assignment_target() {
            self.assigned(target);
        }
        walk::walk_assignment_expression(self, assignment);
    }

    fn visit_update_expression(&mut self, update: &UpdateExpression<'a>) {
        self.assigned(&update.argument);
        walk::walk_update_expression(self, update);
    }

    fn visit_unary_expression(&mut self, unary: &UnaryExpression<'a>) {
        if unary.operator == oxc_ast::ast::UnaryOperator::Delete
            && let Some(member) = unary.argument.as_member_expression()
            && let Expression::Identifier(name) = member.object()
            && matches!(name.name.as_str(), "action" | "policy")
        {
            self.frozen(name.name.as_str(), unary.span);
        }
        walk::walk_unary_expression(self, unary);
    }
}

/// Whether a loop's body can leave it: by `break`, `return` or `throw`, however deep.
fn leaves(body: &Statement<'_>) -> bool {
    struct Leaves(bool);
    impl<'a> Visit<'a> for Leaves {
        fn visit_break_statement(&mut self, _: &oxc_ast::ast::BreakStatement<'a>) {
            self.0 = true;
        }
        fn visit_return_statement(&mut self, _: &ReturnStatement<'a>) {
            self.0 = true;
        }
        fn visit_throw_statement(&mut self, _: &oxc_ast::ast::ThrowStatement<'a>) {
            self.0 = true;
        }
        fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}
        fn visit_arrow_function_expression(&mut self, _: &oxc_ast::ast::ArrowFunctionExpression<'a>) {}
    }
    let mut search = Leaves(false);
    search.visit_statement(body);
    search.0
}
