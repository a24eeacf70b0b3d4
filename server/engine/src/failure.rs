//! From what boa throws to an error that its author can mend.

use std::fmt::{self, Write};

use boa_engine::error::{EngineError, RuntimeLimitError};
use boa_engine::{Context, JsError, js_string};
use types::PolicyError;
use types::decision::ErrorCode;

use crate::limits::Limits;

/// The name under which the policy's own source runs; frames of other policies have other names.
pub(crate) const SOURCE_NAME: &str = "policy.js";

/// Lines that the wrapper puts before the author's text.
pub(crate) const LINES_BEFORE: u32 = 1;

/// Longest text of an exception that is kept, backtrace included. It bounds the work of showing a hostile object.
const SHOWN_BYTES: usize = 32 * 1024;

/// Longest message.
const MESSAGE_CHARS: usize = 500;

/// Line and column of the author's text from which a host function was called; zeros where unknown.
pub(crate) fn caller(context: &Context) -> (u32, u32) {
    context
        .stack_trace()
        .map(|frame| frame.position())
        .filter(|place| place.path.to_string() == SOURCE_NAME)
        .find_map(|place| place.position)
        .map_or((0, 0), |position| (position.line_number().saturating_sub(LINES_BEFORE), position.column_number()))
}

/// The error behind an exception or an exceeded limit.
pub(crate) fn explain(error: &JsError, limits: &Limits, context: &mut Context) -> PolicyError {
    let (line, column) = place(error);
    let (code, message) = match error.as_engine() {
        Some(engine) => limit(engine, limits),
        None => (ErrorCode::Threw, clip(&message(error, context))),
    };
    PolicyError { code, message, line, column, function: None }
}

fn limit(error: &EngineError, limits: &Limits) -> (ErrorCode, String) {
    match error {
        EngineError::NoInstructionsRemain => (ErrorCode::Fuel, out_of_fuel(limits)),
        EngineError::RuntimeLimit(RuntimeLimitError::LoopIteration) => (
            ErrorCode::Fuel,
            format!("a loop went round more than {} times: does it ever end?", limits.loop_iterations),
        ),
        EngineError::RuntimeLimit(RuntimeLimitError::Recursion) => (
            ErrorCode::Recursion,
            format!(
                "functions called each other more than {} levels deep: does the recursion ever end?",
                limits.recursion
            ),
        ),
        EngineError::RuntimeLimit(RuntimeLimitError::StackSize) => {
            (ErrorCode::Recursion, "too many values at once on the stack: spread smaller lists".to_owned())
        }
        EngineError::Panic(panic) => (ErrorCode::Crash, format!("the engine gave way: {}", clip(panic.message()))),
    }
}

/// What a policy that used up its instructions is told.
pub(crate) fn out_of_fuel(limits: &Limits) -> String {
    format!("the policy used more than {} instructions: does every loop end?", limits.instructions)
}

/// The words of an exception. They are read with `get`, because the error prototypes hold accessors here.
fn message(error: &JsError, context: &mut Context) -> String {
    if let Some(native) = error.as_native() {
        let kind = native.kind().to_string();
        let text = native.message().to_string();
        return if kind == "Error" { text } else { format!("{kind}: {text}") };
    }
    let Some(thrown) = error.as_opaque() else { return String::new() };
    let Some(object) = thrown.as_object() else {
        return format!("the policy threw {}", shown(thrown));
    };
    let mut read =
        |key| object.get(key, context).ok().and_then(|value| value.as_string()).map(|text| text.to_std_string_lossy());
    match (read(js_string!("name")), read(js_string!("message"))) {
        (Some(name), Some(text)) if name == "Error" => text,
        (Some(name), Some(text)) if text.is_empty() => name,
        (Some(name), Some(text)) => format!("{name}: {text}"),
        (None, Some(text)) => text,
        _ => "the policy threw an object that is not an Error: write throw new Error(\"why\")".to_owned(),
    }
}

/// A value that is no object, as JavaScript writes it.
fn shown(value: &boa_engine::JsValue) -> String {
    let mut text = Bounded(String::new());
    let _ = write!(text, "{}", value.display());
    text.0
}

/// Where it happened: boa gives the place only in the text of the error, and the first frame is the innermost.
fn place(error: &JsError) -> (u32, u32) {
    let mut text = Bounded(String::new());
    let _ = write!(text, "{error}");
    text.0.lines().filter(|line| line.starts_with("    at ")).find_map(frame).unwrap_or((0, 0))
}

/// Line and column of `    at check (policy.js:12:5)`.
fn frame(line: &str) -> Option<(u32, u32)> {
    let (_, rest) = line.rsplit_once('(')?;
    let (path, column) = rest.strip_suffix(')')?.rsplit_once(':')?;
    let (path, line) = path.rsplit_once(':')?;
    if path != SOURCE_NAME {
        return None;
    }
    let line: u32 = line.parse().ok()?;
    Some((line.saturating_sub(LINES_BEFORE), column.parse().ok()?))
}

fn clip(text: &str) -> String {
    if text.chars().count() <= MESSAGE_CHARS {
        return text.to_owned();
    }
    text.chars().take(MESSAGE_CHARS).chain("…".chars()).collect()
}

/// A text that refuses to grow without end.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len().saturating_add(text.len()) > SHOWN_BYTES {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}
