//! Saying what boa leaves out of its errors: which name, which expression, and where.

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;
use types::PolicyError;
use types::decision::ErrorCode;

use super::position;

/// Longest expression that a message repeats.
const SHOWN_CHARS: usize = 60;

/// The error, with the names that the source gives it.
pub(crate) fn explain(source: &str, mut error: PolicyError) -> PolicyError {
    if error.code != ErrorCode::Threw {
        return error;
    }
    let undefined =
        error.message.strip_prefix("ReferenceError: ").and_then(|rest| rest.strip_suffix(" is not defined"));
    if let Some(name) = undefined.map(ToOwned::to_owned) {
        if let Some(place) = undefined_name(source, &name, (error.line, error.column)) {
            (error.line, error.column) = place;
        }
        error.message = format!("{name} is not defined");
    } else if error.message == "ReferenceError: access of uninitialized binding" {
        if let Some((name, place, declared)) = used_too_early(source, (error.line, error.column)) {
            (error.line, error.column) = place;
            error.message = format!("`{name}` is used before line {declared}, which declares it");
        }
    } else if error.message == "TypeError: cannot convert 'null' or 'undefined' to object" {
        if let Some((expression, property)) = property_read(source, error.line, error.column) {
            error.message = format!("cannot read `{property}` of `{expression}`, which is null or undefined");
        }
    } else if error.message == "TypeError: not a callable function"
        && let Some(expression) = before(source, error.line, error.column)
    {
        error.message = format!("`{expression}` is not a function");
    }
    error
}

/// The expression that ends just before a place, if it is a plain chain of names.
fn before(source: &str, line: u32, column: u32) -> Option<String> {
    let text = source.lines().nth(usize::try_from(line.checked_sub(1)?).ok()?)?;
    let units: Vec<u16> = text.encode_utf16().take(usize::try_from(column.checked_sub(1)?).ok()?).collect();
    let text = String::from_utf16(&units).ok()?;
    let is_named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '?');
    let reversed: String = text.chars().rev().take_while(|c| is_named(*c)).take(SHOWN_CHARS).collect();
    let rest = text.chars().rev().nth(reversed.chars().count());
    let expression: String = reversed.chars().rev().collect();
    // What follows a bracket is only the end of a longer expression.
    let is_whole = !expression.is_empty() && !rest.is_some_and(|c| matches!(c, ')' | ']' | '`' | '"' | '\''));
    is_whole.then_some(expression)
}

/// The expression before the dot and the property after it, for a place that stands on the property.
fn property_read(source: &str, line: u32, column: u32) -> Option<(String, String)> {
    let expression = before(source, line, column)?;
    let expression = expression.strip_suffix('.')?.trim_end_matches('?').to_owned();
    let text = source.lines().nth(usize::try_from(line.checked_sub(1)?).ok()?)?;
    let rest: String = String::from_utf16_lossy(
        &text.encode_utf16().skip(usize::try_from(column.checked_sub(1)?).ok()?).collect::<Vec<_>>(),
    );
    let property: String =
        rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$')).take(SHOWN_CHARS).collect();
    (!expression.is_empty() && !property.is_empty()).then_some((expression, property))
}

/// Finds the first name at or after `start` that is read above its own declaration, and the line of that declaration.
fn used_too_early(source: &str, start: (u32, u32)) -> Option<(String, (u32, u32), u32)> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::script()).parse();
    let semantic = SemanticBuilder::new().with_build_nodes(true).build(&parsed.program).semantic;
    let scoping = semantic.scoping();
    let offset = |offset: u32| position(source, usize::try_from(offset).unwrap_or(0));
    let mut found: Vec<((u32, u32), String, u32)> = Vec::new();
    for symbol in scoping.symbol_ids() {
        let flags = scoping.symbol_flags(symbol);
        if !(flags.is_block_scoped() || flags.is_class()) {
            continue;
        }
        let declared = offset(scoping.symbol_span(symbol).start);
        for reference in scoping.get_resolved_references(symbol) {
            let place = offset(semantic.reference_span(reference).start);
            if place < declared && place >= start {
                found.push((place, scoping.symbol_name(symbol).to_owned(), declared.0));
            }
        }
    }
    let (place, name, line) = found.into_iter().min()?;
    Some((name, place, line))
}

/// Finds the name that "… is not defined" speaks of: boa says only in which function it stands.
fn undefined_name(source: &str, name: &str, start: (u32, u32)) -> Option<(u32, u32)> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::script()).parse();
    let semantic = SemanticBuilder::new().with_build_nodes(true).build(&parsed.program).semantic;
    let scoping = semantic.scoping();
    let unresolved = scoping.root_unresolved_references();
    let references =
        unresolved.iter().filter(|(known, _)| known.as_str() == name).flat_map(|(_, references)| references);
    let mut places: Vec<(u32, u32)> = references
        .map(|reference| semantic.reference_span(scoping.get_reference(*reference)).start)
        .map(|offset| position(source, usize::try_from(offset).unwrap_or(0)))
        .collect();
    places.sort_unstable();
    // The first one at or after the start of the function that was running.
    places.iter().find(|place| **place >= start).or_else(|| places.first()).copied()
}
