//! Syntax that policies do without, and what to write instead.

use oxc_ast::ast::{ArrowFunctionExpression, AwaitExpression, ForOfStatement, Function, ImportExpression, Program};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::ScopeFlags;

const WAITING: &str = "policies do not wait: remove async and await (http.get and http.post answer at once)";
const IMPORTING: &str = "policies cannot import: everything they may use is already in scope";

/// The first forbidden thing: its offset, and what to do.
pub(super) fn find(program: &Program<'_>) -> Option<(usize, &'static str)> {
    let mut search = Search::default();
    search.visit_program(program);
    search.found.map(|(offset, message)| (usize::try_from(offset).unwrap_or(0), message))
}

#[derive(Default)]
struct Search {
    found: Option<(u32, &'static str)>,
}

impl Search {
    fn note(&mut self, offset: u32, message: &'static str) {
        if self.found.is_none_or(|(first, _)| offset < first) {
            self.found = Some((offset, message));
        }
    }
}

impl<'a> Visit<'a> for Search {
    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        if function.r#async {
            self.note(function.span.start, WAITING);
        }
        walk::walk_function(self, function, flags);
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        if function.r#async {
            self.note(function.span.start, WAITING);
        }
        walk::walk_arrow_function_expression(self, function);
    }

    fn visit_await_expression(&mut self, expression: &AwaitExpression<'a>) {
        self.note(expression.span.start, WAITING);
    }

    fn visit_for_of_statement(&mut self, statement: &ForOfStatement<'a>) {
        if statement.r#await {
            self.note(statement.span.start, WAITING);
        }
        walk::walk_for_of_statement(self, statement);
    }

    fn visit_import_expression(&mut self, expression: &ImportExpression<'a>) {
        self.note(expression.span.start, IMPORTING);
    }
}
