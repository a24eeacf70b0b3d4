//! The engine's answer.

use serde::{Deserialize, Serialize};

use crate::{Effect, FactKey, Reads, Timestamp, Verdict};

/// What came of one evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evaluation {
    /// The policy has decided, for now.
    Decided(Decision),
    /// The policy read facts that the request did not hold: load them and ask again.
    NeedsFacts(Vec<FactKey>),
    /// The policy broke.
    Broke(PolicyError),
}

/// What a policy said, and what it asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Whether `filter` said that the policy governs this action. If not, nothing else below has a meaning.
    pub in_scope: bool,
    /// The verdict; [`Verdict::Proposed`] while open.
    pub verdict: Verdict,
    /// Why, in the policy's words; may be empty.
    pub reason: String,
    /// Whether `initialize` ran in this evaluation.
    pub initialized: bool,
    /// Whether `notify` ran in this evaluation.
    pub notified: bool,
    /// What was asked for, in order.
    pub effects: Vec<Effect>,
    /// Which kinds of fact were read.
    pub reads: Reads,
    /// When the answer could change although nothing else does.
    pub wake: Option<Wake>,
    /// What the policy logged.
    pub logs: Vec<LogLine>,
    /// What it cost.
    pub cost: Cost,
}

/// When to look again although nothing that was read has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wake {
    /// At this moment.
    At(Timestamp),
    /// Every minute: the policy read the raw clock.
    EveryMinute,
}

/// One `log(...)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// The line of the author's text, from 1; 0 where unknown.
    pub line: u32,
    /// What was logged.
    pub text: String,
}

/// What an evaluation used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Instructions of the policy's virtual machine.
    pub instructions: u64,
}

/// A policy that broke: a value, never a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct PolicyError {
    /// What kind of failure.
    pub code: ErrorCode,
    /// What was wrong and what to do, in words for the author.
    pub message: String,
    /// The line of the author's text, from 1; 0 where unknown.
    pub line: u32,
    /// The column, from 1; 0 where unknown.
    pub column: u32,
    /// Which of the six functions was running.
    pub function: Option<String>,
}

/// What kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The source does not parse.
    Syntax,
    /// An exception, thrown or met.
    Threw,
    /// A function returned something else than its contract says.
    BadReturn,
    /// A host function was called with arguments it cannot use.
    BadArgument,
    /// An effect or HTTP host that the policy was not given.
    NotAllowed,
    /// Too many instructions.
    Fuel,
    /// Too deep a recursion.
    Recursion,
    /// Too much wall-clock time; the worker was ended.
    Time,
    /// Too much memory; the worker was ended.
    Memory,
    /// The native stack or the engine itself gave way; the worker was ended.
    Crash,
    /// More or larger effects, logs or data than allowed.
    TooMuch,
    /// The policy asked for facts again and again without an end.
    FactLoop,
    /// The version was set aside because it broke too often.
    Quarantined,
    /// Nobody evaluated the policy: too many others waited. Not the policy's fault; ask again later.
    TooBusy,
}

impl ErrorCode {
    /// The kebab-case word of the interface.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Threw => "threw",
            Self::BadReturn => "bad-return",
            Self::BadArgument => "bad-argument",
            Self::NotAllowed => "not-allowed",
            Self::Fuel => "fuel",
            Self::Recursion => "recursion",
            Self::Time => "time",
            Self::Memory => "memory",
            Self::Crash => "crash",
            Self::TooMuch => "too-much",
            Self::FactLoop => "fact-loop",
            Self::Quarantined => "quarantined",
            Self::TooBusy => "too-busy",
        }
    }

    /// Whether the policy is to blame, so that an incident is opened and its `on_error` rule applies. If not, the same
    /// evaluation is worth trying again.
    #[must_use]
    pub fn blames_policy(self) -> bool {
        self != Self::TooBusy
    }
}
