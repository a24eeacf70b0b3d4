//! Examples: scenarios with the outcome that is expected of them. They ship with a policy and are law.

use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use super::scenario::ScenarioInput;
use crate::{Json, Verdict};

/// Most examples of one policy version: each is played when the policy is proposed and again when it comes into force.
pub const MAX_EXAMPLES: usize = 50;

/// Longest name of an example.
///
/// # Units
/// Characters.
pub const MAX_EXAMPLE_NAME_CHARS: usize = 120;

/// A scenario and what is expected of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows: "a tie fails".
    pub name: String,
    /// What is played.
    pub scenario: ScenarioInput,
    /// What is expected.
    pub expect: Expectation,
}

/// What is expected of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The verdict at the end.
    pub verdict: Verdict,
    /// A part of the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_contains: Option<String>,
    /// Kinds of effect that there must be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
    /// By when the verdict must have fallen, in seconds from the attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_seconds: Option<u64>,
}

impl Expectation {
    /// Why `outcome` is not what was expected; none where it is.
    #[must_use]
    pub fn unmet(&self, outcome: &Outcome) -> Option<String> {
        if let Some(error) = &outcome.error {
            return Some(format!("the policy broke in line {}: {}", error.line, error.message));
        }
        if outcome.verdict != self.verdict {
            let because = if outcome.reason.is_empty() { String::new() } else { format!(" ({})", outcome.reason) };
            return Some(format!(
                "expected {}, but it ended {}{because}",
                self.verdict.as_str(),
                outcome.verdict.as_str()
            ));
        }
        if let Some(part) = self.reason_contains.as_ref().filter(|part| !outcome.reason.contains(part.as_str())) {
            return Some(format!("expected a reason with “{part}”, but it was “{}”", outcome.reason));
        }
        let missing = self.effects.iter().find(|kind| !outcome.effects.iter().any(|effect| effect.kind == **kind));
        if let Some(kind) = missing {
            return Some(format!("expected the effect {kind}, but there was none"));
        }
        match (self.by_seconds, outcome.decided_at_seconds) {
            (Some(by), Some(at)) if at > by => {
                Some(format!("expected a verdict after {by} s, but it fell after {at} s"))
            }
            (Some(by), None) => Some(format!("expected a verdict after {by} s, but it is still open")),
            _ => None,
        }
    }
}

/// What came of an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExampleRun {
    /// Its name.
    pub name: String,
    /// Whether it came out as expected.
    pub holds: bool,
    /// Why not; empty where it did.
    pub problem: String,
    /// The verdict at the end.
    pub verdict: Verdict,
    /// The reason at the end.
    pub reason: String,
    /// Who added it as an objection, by handle; none for the author's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objected_by: Option<String>,
    /// The author's answer to the objection; none while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The example itself, so that it can be opened.
    pub example: Json,
}
