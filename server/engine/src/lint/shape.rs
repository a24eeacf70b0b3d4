//! The six functions: which are there, which are almost there, and which functions nobody calls.

use oxc_ast::ast::{Program, Statement};
use oxc_semantic::Semantic;
use oxc_span::Span;
use types::simulation::{FindingCode, Severity};

use super::{Report, meant};
use crate::call::Function;
use crate::syntax::STRICT;

/// A named function of the top level.
struct Named<'a> {
    name: &'a str,
    span: Span,
    whole: Span,
    is_used: bool,
}

pub(super) fn look(program: &Program<'_>, semantic: &Semantic<'_>, report: &mut Report<'_>) {
    let functions = functions(program, semantic);
    let six = || Function::ALL.iter().map(|function| function.name());
    let has = |name: &str| functions.iter().any(|function| function.name == name);
    let start = u32::try_from(STRICT.len()).unwrap_or(0);
    let mut almost_check = false;
    for function in &functions {
        if six().any(|name| name == function.name) {
            missing_type(function, report);
            continue;
        }
        if function.is_used {
            continue;
        }
        match meant(function.name, six()).filter(|close| !has(close)) {
            Some(close) => {
                almost_check |= close == "check";
                let message = format!("`{}` is almost `{close}`, but nobody calls it", function.name);
                let remedy = format!("rename it to `{close}`");
                let (code, replacement) = (FindingCode::MisspeltFunction, Some(close.to_owned()));
                report.add_with(code, Severity::Error, function.span, message, &remedy, replacement);
            }
            None => {
                let message = format!("nobody calls `{}`", function.name);
                let remedy = "call it, or take it out: only filter, initialize, check, notify, pass and fail are called by Polity";
                report.add(FindingCode::UnusedFunction, Severity::Warning, function.span, message, remedy);
            }
        }
    }
    if !has("check") && !almost_check && !declares(program, "check") {
        let message = "there is no `check` function, so this policy can decide nothing".to_owned();
        let remedy = "add: function check(action) { return PASSED }, or a vote";
        report.add(FindingCode::MissingCheck, Severity::Error, Span::new(start, start), message, remedy);
    } else {
        never_passes(&functions, report);
    }
}

/// The editor checks a function only where a comment before it says what it is.
fn missing_type(function: &Named<'_>, report: &mut Report<'_>) {
    let offset = usize::try_from(function.whole.start).unwrap_or(0).saturating_sub(STRICT.len());
    let before = report.source.get(..offset).unwrap_or_default().trim_end();
    let comment = before.strip_suffix("*/").and_then(|rest| rest.rfind("/**").and_then(|at| rest.get(at..)));
    if comment.is_some_and(|comment| comment.contains("@type") || comment.contains("@param")) {
        return;
    }
    let mut kind = function.name.to_owned();
    if let Some(first) = kind.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let message = format!("without a type the editor cannot check `{}`", function.name);
    let remedy = format!("put /** @type {{{kind}Fn}} */ on the line before");
    let end = function.whole.start;
    report.add_with(
        FindingCode::MissingType,
        Severity::Hint,
        Span::new(end, function.span.end),
        message,
        &remedy,
        None,
    );
}

/// Whether the word by which an action passes stands anywhere.
fn never_passes(functions: &[Named<'_>], report: &mut Report<'_>) {
    let Some(check) = functions.iter().find(|function| function.name == "check") else { return };
    let code = report.source;
    if ["PASSED", "passed(", "policies.", ".verdict"].iter().any(|word| code.contains(word)) {
        return;
    }
    let message = "`check` never answers PASSED, so nothing that this policy governs can ever happen".to_owned();
    let remedy = "return PASSED, or passed(\"why\"), where the action may go ahead";
    report.add(FindingCode::NeverPasses, Severity::Warning, check.span, message, remedy);
}

fn functions<'a>(program: &Program<'a>, semantic: &Semantic<'_>) -> Vec<Named<'a>> {
    let mut functions = Vec::new();
    for statement in &program.body {
        match statement {
            Statement::FunctionDeclaration(function) => {
                let Some(id) = &function.id else { continue };
                let is_used = used_outside(semantic, id.symbol_id.get(), function.span);
                functions.push(Named { name: id.name.as_str(), span: id.span, whole: function.span, is_used });
            }
            Statement::VariableDeclaration(declaration) => {
                for one in &declaration.declarations {
                    let (Some(id), Some(init)) = (one.id.get_binding_identifier(), &one.init) else { continue };
                    if !init.is_function() {
                        continue;
                    }
                    let is_used = used_outside(semantic, id.symbol_id.get(), one.span);
                    let (name, span) = (id.name.as_str(), id.span);
                    functions.push(Named { name, span, whole: declaration.span, is_used });
                }
            }
            _ => {}
        }
    }
    functions
}

/// Whether a name is read somewhere else than inside the function that bears it: calling oneself is no use.
fn used_outside(semantic: &Semantic<'_>, symbol: Option<oxc_semantic::SymbolId>, own: Span) -> bool {
    let Some(symbol) = symbol else { return true };
    semantic.symbol_references(symbol).any(|reference| {
        let span = semantic.reference_span(reference);
        reference.is_read() && !(own.start <= span.start && span.end <= own.end)
    })
}

/// Whether the top level declares a variable of this name, whatever it holds.
fn declares(program: &Program<'_>, name: &str) -> bool {
    program.body.iter().any(|statement| match statement {
        Statement::VariableDeclaration(declaration) => declaration
            .declarations
            .iter()
            .any(|one| one.id.get_binding_identifier().is_some_and(|id| id.name.as_str() == name)),
        _ => false,
    })
}
