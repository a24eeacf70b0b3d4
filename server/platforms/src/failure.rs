//! Failures: what can go wrong when we act, in words that may be shown.

use std::time::Duration;

/// What a failure says whose operation a platform did not even look at, because we were too fast.
pub const TOLD_TO_WAIT: &str = "asked us to wait";

/// Why an operation was not done.
///
/// Messages hold no tokens and may be shown to members.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// It may work later: the platform is out of reach, or told us to slow down.
    #[error("{why}")]
    Retry {
        /// How long the platform asked us to wait; without it the caller backs off.
        after: Option<Duration>,
        /// What happened.
        why: String,
    },
    /// It will not work until somebody changes something.
    #[error("{why}")]
    Permanent {
        /// A stable kebab-case code.
        code: &'static str,
        /// What happened and what would help.
        why: String,
    },
}

impl ApplyError {
    /// A failure that only people can mend.
    pub(crate) fn permanent(code: &'static str, why: impl Into<String>) -> Self {
        Self::Permanent { code, why: why.into() }
    }

    /// A failure that time may mend.
    pub(crate) fn retry(why: impl Into<String>) -> Self {
        Self::Retry { after: None, why: why.into() }
    }

    /// Whether it is worth another try.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Retry { .. })
    }
}

/// Why an action cannot be attempted as it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Refusal {
    /// A stable kebab-case code.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub why: String,
}

impl Refusal {
    /// A refusal with its code.
    pub(crate) fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

impl From<Refusal> for ApplyError {
    fn from(refusal: Refusal) -> Self {
        Self::Permanent { code: refusal.code, why: refusal.why }
    }
}
