//! Which statements are counted, and which values are kept.

use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, AssignmentExpression, AssignmentTarget, BindingPattern,
    ConditionalExpression, DoWhileStatement, Expression, ForInStatement, ForOfStatement, ForStatement, Function,
    IfStatement, LogicalExpression, Program, ReturnStatement, Statement, VariableDeclarator, WhileStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::ScopeFlags;
use oxc_span::{GetSpan, Span};
use types::simulation::CoverageKind;

use super::splice::Insertion;
use super::{Counted, Point, Region, Stretch, Watched};

/// What was found.
pub(super) struct Found {
    pub insertions: Vec<Insertion>,
    pub regions: Vec<Region>,
    pub points: Vec<Point>,
    pub watched: Vec<Watched>,
    pub by_count: Vec<(usize, Stretch)>,
    pub n_counts: usize,
}

/// Looks through a program whose text begins `before` bytes before the author's.
pub(super) fn visit(
    program: &Program<'_>,
    before: usize,
    length: usize,
    most: usize,
    counts: &str,
    values: &str,
) -> Found {
    let whole = Region { stretch: Stretch { start: 0, end: length }, starts: vec![0] };
    // Numbers of functions and of points are drawn from one row, so functions are counted first.
    let mut functions = Functions { before, regions: vec![whole] };
    functions.visit_program(program);
    let regions = functions.regions;
    let n_counts = regions.len();
    let mut visitor = Visitor {
        before,
        most,
        counts,
        values,
        regions: &regions,
        entered: vec![0],
        found: Found {
            insertions: Vec::new(),
            regions: Vec::new(),
            points: Vec::new(),
            watched: Vec::new(),
            by_count: Vec::new(),
            n_counts,
        },
        latest: 0,
    };
    visitor.visit_program(program);
    let mut found = visitor.found;
    found.regions = regions;
    found
}

fn stretch(span: Span, before: usize) -> Stretch {
    let offset = |offset: u32| usize::try_from(offset).unwrap_or(0).saturating_sub(before);
    Stretch { start: offset(span.start), end: offset(span.end) }
}

/// Collects the functions, in the order in which they are entered.
struct Functions {
    before: usize,
    regions: Vec<Region>,
}

impl Functions {
    fn add(&mut self, span: Span, others: &[Span]) {
        let starts = std::iter::once(&span).chain(others).map(|span| stretch(*span, self.before).start).collect();
        self.regions.push(Region { stretch: stretch(span, self.before), starts });
    }
}

impl<'a> Visit<'a> for Functions {
    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let mut others = vec![function.params.span];
        others.extend(function.id.as_ref().map(|id| id.span));
        others.extend(function.body.as_ref().map(|body| body.span));
        self.add(function.span, &others);
        walk::walk_function(self, function, flags);
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        self.add(function.span, &[function.params.span, function.body.span()]);
        walk::walk_arrow_function_expression(self, function);
    }
}

struct Visitor<'n> {
    before: usize,
    most: usize,
    counts: &'n str,
    values: &'n str,
    regions: &'n [Region],
    /// The functions around, innermost last.
    entered: Vec<usize>,
    found: Found,
    /// The count of the statement around: values run as often, or are counted with it.
    latest: usize,
}

impl Visitor<'_> {
    fn stretch(&self, span: Span) -> Stretch {
        stretch(span, self.before)
    }

    fn insert(&mut self, at: usize, opens: bool, text: String) {
        self.found.insertions.push(Insertion { at, opens, text });
    }

    fn region(&self) -> usize {
        self.entered.last().copied().unwrap_or(0)
    }

    /// Counts a point; the answer is the expression that does it.
    fn count(&mut self, kind: CoverageKind, stretch: Stretch) -> Option<(usize, String)> {
        if self.found.points.len() >= self.most {
            return None;
        }
        let number = self.found.n_counts;
        self.found.n_counts = number.saturating_add(1);
        self.found.points.push(Point { kind, stretch, counted: Counted::At(number) });
        self.found.by_count.push((number, stretch));
        let (counts, region) = (self.counts, self.region());
        Some((number, format!("{counts}[{counts}[{region}]={number}]++")))
    }

    /// Counts a statement.
    fn statement_point(&mut self, statement: &Statement<'_>) {
        let span = statement.span();
        let end = head_end(statement).unwrap_or(span.end);
        let whole = self.stretch(Span::new(span.start, end));
        if let Some((number, text)) = self.count(CoverageKind::Statement, whole) {
            self.insert(whole.start, true, format!("{text};"));
            self.latest = number;
        }
    }

    /// A statement that stands alone where a block could stand: it gets braces, so that it can be counted.
    fn alone(&mut self, statement: &Statement<'_>, kind: Option<CoverageKind>) -> Option<usize> {
        let whole = self.stretch(statement.span());
        let branch = kind.and_then(|kind| self.count(kind, whole));
        let number = branch.as_ref().map(|(number, _)| *number);
        let text = branch.map(|(_, text)| format!("{text};")).unwrap_or_default();
        if let Statement::BlockStatement(block) = statement {
            self.insert(whole.start.saturating_add(1), true, text);
            walk::walk_block_statement(self, block);
        } else {
            self.insert(whole.start, true, format!("{{{text}"));
            if is_counted(statement) {
                self.statement_point(statement);
            }
            self.visit_statement(statement);
            self.insert(whole.end, false, "}".to_owned());
        }
        number
    }

    /// An expression that is one way of several: it is counted when it runs.
    fn branch(&mut self, expression: &Expression<'_>, kind: CoverageKind) {
        let whole = self.stretch(expression.span());
        match self.count(kind, whole) {
            Some((_, text)) => {
                self.insert(whole.start, true, format!("({text},"));
                self.visit_expression(expression);
                self.insert(whole.end, false, ")".to_owned());
            }
            None => self.visit_expression(expression),
        }
    }

    /// Keeps the value of an expression. Functions and classes are left alone: they take their name from where they stand.
    fn watch(&mut self, expression: &Expression<'_>, label: &str, restore: Option<usize>) {
        let whole = self.stretch(expression.span());
        if is_anonymous_definition(expression) || self.found.watched.len() >= self.most {
            self.visit_expression(expression);
            return;
        }
        let slot = self.found.watched.len();
        let (counts, values, region) = (self.counts, self.values, self.region());
        let count = self.latest;
        self.found.watched.push(Watched { label: label.to_owned(), stretch: whole, slot, count });
        let restored = restore.map(|number| format!("{counts}[{region}]={number},")).unwrap_or_default();
        self.insert(whole.start, true, format!("({restored}{values}[{slot}]=("));
        self.visit_expression(expression);
        self.insert(whole.end, false, "))".to_owned());
    }

    fn condition(&mut self, test: &Expression<'_>) {
        let number = self.latest;
        self.watch(test, "condition", Some(number));
    }

    /// An `if`. That of an `else if` has opened a bracket before its condition, which ends with it.
    fn conditional(&mut self, statement: &IfStatement<'_>, opened_before: Option<usize>) {
        let around = self.latest;
        self.condition(&statement.test);
        if let Some(test_end) = opened_before {
            self.insert(test_end, false, ")".to_owned());
        }
        let then = self.alone(&statement.consequent, Some(CoverageKind::Branch));
        match &statement.alternate {
            Some(Statement::IfStatement(other)) => {
                // `else if` stays one statement: a long chain must not become deep.
                let head = self.stretch(Span::new(other.span.start, other.consequent.span().start));
                let test = self.stretch(other.test.span());
                if let Some((number, text)) = self.count(CoverageKind::Branch, head) {
                    self.insert(test.start, true, format!("({text},"));
                    self.latest = number;
                    self.conditional(other, Some(test.end));
                } else {
                    self.conditional(other, None);
                }
            }
            Some(other) => {
                self.alone(other, Some(CoverageKind::Branch));
            }
            None => {
                if let Some(then) = then {
                    let end = self.stretch(statement.span).end;
                    let stretch = Stretch { start: end, end };
                    let counted = Counted::Rest(around, then);
                    self.found.points.push(Point { kind: CoverageKind::ImplicitElse, stretch, counted });
                }
            }
        }
        self.latest = around;
    }

    fn enter(&mut self, span: Span, walk: impl FnOnce(&mut Self)) {
        let whole = self.stretch(span);
        self.entered.push(self.regions.iter().rposition(|region| region.stretch == whole).unwrap_or(0));
        let latest = self.latest;
        walk(self);
        self.latest = latest;
        self.entered.pop();
    }
}

impl<'a> Visit<'a> for Visitor<'_> {
    fn visit_statements(&mut self, statements: &oxc_allocator::Vec<'a, Statement<'a>>) {
        for statement in statements {
            if is_counted(statement) {
                self.statement_point(statement);
            }
            self.visit_statement(statement);
        }
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        self.enter(function.span, |visitor| walk::walk_function(visitor, function, flags));
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        self.enter(function.span, |visitor| {
            visitor.visit_formal_parameters(&function.params);
            match &function.body {
                ArrowFunctionBody::FunctionBody(body) => visitor.visit_function_body(body),
                body => match body.as_expression() {
                    Some(expression) => visitor.branch(expression, CoverageKind::Statement),
                    None => visitor.visit_arrow_function_body(body),
                },
            }
        });
    }

    fn visit_if_statement(&mut self, statement: &IfStatement<'a>) {
        self.conditional(statement, None);
    }

    fn visit_while_statement(&mut self, statement: &WhileStatement<'a>) {
        self.condition(&statement.test);
        self.alone(&statement.body, None);
    }

    fn visit_do_while_statement(&mut self, statement: &DoWhileStatement<'a>) {
        let around = self.latest;
        self.alone(&statement.body, None);
        self.latest = around;
        self.condition(&statement.test);
    }

    fn visit_for_statement(&mut self, statement: &ForStatement<'a>) {
        if let Some(init) = &statement.init {
            self.visit_for_statement_init(init);
        }
        if let Some(test) = &statement.test {
            self.condition(test);
        }
        if let Some(update) = &statement.update {
            self.visit_expression(update);
        }
        self.alone(&statement.body, None);
    }

    fn visit_for_in_statement(&mut self, statement: &ForInStatement<'a>) {
        self.visit_for_statement_left(&statement.left);
        self.visit_expression(&statement.right);
        self.alone(&statement.body, None);
    }

    fn visit_for_of_statement(&mut self, statement: &ForOfStatement<'a>) {
        self.visit_for_statement_left(&statement.left);
        self.visit_expression(&statement.right);
        self.alone(&statement.body, None);
    }

    fn visit_conditional_expression(&mut self, expression: &ConditionalExpression<'a>) {
        let number = self.latest;
        self.watch(&expression.test, "condition", Some(number));
        self.branch(&expression.consequent, CoverageKind::Branch);
        self.branch(&expression.alternate, CoverageKind::Branch);
    }

    fn visit_logical_expression(&mut self, expression: &LogicalExpression<'a>) {
        self.visit_expression(&expression.left);
        self.branch(&expression.right, CoverageKind::Branch);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        let Some(init) = &declarator.init else { return };
        match &declarator.id {
            BindingPattern::BindingIdentifier(name) => self.watch(init, name.name.as_str(), None),
            pattern => {
                self.visit_binding_pattern(pattern);
                self.visit_expression(init);
            }
        }
    }

    fn visit_return_statement(&mut self, statement: &ReturnStatement<'a>) {
        if let Some(argument) = &statement.argument {
            self.watch(argument, "return", None);
        }
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        match &assignment.left {
            AssignmentTarget::AssignmentTargetIdentifier(name) if assignment.operator.is_assign() => {
                self.watch(&assignment.right, name.name.as_str(), None);
            }
            _ => walk::walk_assignment_expression(self, assignment),
        }
    }
}

/// Where the head of a compound statement ends: what an error or a count of the statement itself is about.
fn head_end(statement: &Statement<'_>) -> Option<u32> {
    Some(match statement {
        Statement::IfStatement(statement) => statement.test.span().end.saturating_add(1),
        Statement::WhileStatement(statement) => statement.test.span().end.saturating_add(1),
        Statement::ForStatement(statement) => statement.body.span().start,
        Statement::ForInStatement(statement) => statement.right.span().end.saturating_add(1),
        Statement::ForOfStatement(statement) => statement.right.span().end.saturating_add(1),
        Statement::SwitchStatement(statement) => statement.discriminant.span().end.saturating_add(1),
        Statement::LabeledStatement(statement) => head_end(&statement.body)?,
        _ => return None,
    })
}

/// Blocks are counted by what is in them; functions and imports do not run where they stand.
fn is_counted(statement: &Statement<'_>) -> bool {
    !matches!(
        statement,
        Statement::BlockStatement(_)
            | Statement::EmptyStatement(_)
            | Statement::FunctionDeclaration(_)
            | Statement::TryStatement(_)
            | Statement::DoWhileStatement(_)
    )
}

fn is_anonymous_definition(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::ParenthesizedExpression(inner) => is_anonymous_definition(&inner.expression),
        Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_) | Expression::ClassExpression(_) => {
            true
        }
        _ => false,
    }
}
