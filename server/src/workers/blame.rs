//! What the author of a policy is told when its worker had to be ended, or was never asked.

use std::time::Duration;

use types::PolicyError;
use types::decision::ErrorCode;

use super::process::{Death, Program};

/// The error of a policy whose worker ended like this.
pub(super) fn of_death(death: Death, program: &Program) -> PolicyError {
    match death {
        Death::Time => error(
            ErrorCode::Time,
            format!(
                "stopped after {} ms: look for a loop, or a regular expression, that goes on for too long",
                program.wall_limit.as_millis()
            ),
        ),
        Death::Memory => error(
            ErrorCode::Memory,
            format!(
                "stopped at {} MiB of memory: look for a text or list that grows without end",
                program.heap_limit_bytes >> 20
            ),
        ),
        Death::Crash => error(
            ErrorCode::Crash,
            "stopped because it brought its sandbox down: look for nesting or recursion that goes too deep".to_owned(),
        ),
        Death::Lost => error(
            ErrorCode::TooBusy,
            "not evaluated: its sandbox was ended from outside, twice; it will be tried again".to_owned(),
        ),
    }
}

pub(super) fn set_aside(left: Duration) -> PolicyError {
    let minutes = left.as_secs().div_ceil(60);
    error(
        ErrorCode::Quarantined,
        format!("set aside for {minutes} more min: it had to be stopped too often; mend it, or wait"),
    )
}

pub(super) fn too_busy() -> PolicyError {
    error(ErrorCode::TooBusy, "not evaluated: too many evaluations of this community are waiting; try again".to_owned())
}

pub(super) fn closed() -> PolicyError {
    error(ErrorCode::TooBusy, "not evaluated: the service is shutting down; it will be tried again".to_owned())
}

pub(super) fn too_large(what: &impl std::fmt::Display) -> PolicyError {
    error(ErrorCode::TooMuch, format!("what the policy would have to read does not fit: {what}"))
}

pub(super) fn confused() -> PolicyError {
    error(ErrorCode::Crash, "stopped because its sandbox answered another question than was asked".to_owned())
}

fn error(code: ErrorCode, message: String) -> PolicyError {
    PolicyError { code, message, line: 0, column: 0, function: None }
}
