//! Whether a text is a policy, and if not, where and why.
//!
//! Runs in the worker too: a parser needs native stack in proportion to nesting.

mod brackets;
mod explain;
mod forbidden;

pub(crate) use explain::explain;

use boa_engine::JsError;
use oxc_allocator::Allocator;
use oxc_diagnostics::OxcDiagnostic;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;
use types::PolicyError;
use types::decision::ErrorCode;

use crate::limits::Limits;

/// The directive that the text is read under.
pub(crate) const STRICT: &str = "'use strict';";

/// Checks that `source` is a policy, without running it.
///
/// # Errors
/// What is wrong with it, at which line and column.
pub fn check(source: &str, limits: &Limits) -> Result<(), PolicyError> {
    if source.len() > limits.source_bytes {
        let message = format!("the source has {} bytes; at most {} are allowed", source.len(), limits.source_bytes);
        return Err(error(source, 0, message));
    }
    if let Some(offset) = brackets::too_deep(source, limits.bracket_depth) {
        let message = format!("brackets are nested more than {} levels deep", limits.bracket_depth);
        return Err(error(source, offset, message));
    }
    let allocator = Allocator::default();
    let options = ParseOptions { parse_regular_expression: true, ..ParseOptions::default() };
    // Policies run in strict mode, so they are read in it; what stands before the text is taken off each place.
    let strict = format!("{STRICT}{source}");
    let parsed = Parser::new(&allocator, &strict, SourceType::script()).with_options(options).parse();
    if let Some(found) = parsed.diagnostics.errors().next() {
        return Err(diagnosed(source, found));
    }
    if let Some((offset, message)) = forbidden::find(&parsed.program) {
        return Err(error(source, offset.saturating_sub(STRICT.len()), message.to_owned()));
    }
    let semantic = SemanticBuilder::new().with_check_syntax_error(true).build(&parsed.program);
    match semantic.diagnostics.errors().next() {
        Some(found) => Err(diagnosed(source, found)),
        None => Ok(()),
    }
}

/// What boa's own parser or compiler refused although [`check`] had let it pass.
pub(crate) fn refused(refusal: &JsError) -> PolicyError {
    let message = refusal.to_string().lines().next().unwrap_or_default().chars().take(300).collect();
    PolicyError { code: ErrorCode::Syntax, message, line: 0, column: 0, function: None }
}

fn diagnosed(source: &str, found: &OxcDiagnostic) -> PolicyError {
    let offset = found.labels.first().map_or(0, |label| usize::try_from(label.offset()).unwrap_or(0));
    let offset = offset.saturating_sub(STRICT.len());
    let message = match &found.help {
        Some(help) => format!("{} ({help})", found.message),
        None => found.message.to_string(),
    };
    error(source, offset, message)
}

fn error(source: &str, offset: usize, message: String) -> PolicyError {
    let (line, column) = position(source, offset);
    PolicyError { code: ErrorCode::Syntax, message, line, column, function: None }
}

/// Line and column, both from 1, of a byte of `source`. Columns count UTF-16 units, as editors and boa do.
pub(crate) fn position(source: &str, offset: usize) -> (u32, u32) {
    let before = source.get(..offset).unwrap_or(source);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count().saturating_add(1);
    (u32::try_from(line).unwrap_or(0), u32::try_from(column).unwrap_or(0))
}
