//! What a scenario came to.

use serde::{Deserialize, Serialize};

use super::trace::Trace;
use crate::{Ask, Json, Verdict};

/// What a scenario came to. The same scenario gives the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The verdict at the end: of all policies together where several decided.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// What happened when.
    pub timeline: Vec<Moment>,
    /// What would have been done, in order.
    pub effects: Vec<WouldDo>,
    /// What the policy logged.
    pub logs: Vec<Logged>,
    /// Where it broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Broken>,
    /// Which kinds of fact it read.
    pub reads: Vec<String>,
    /// What voters were asked, at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Ask>,
    /// Instructions used by the costliest evaluation.
    pub most_instructions: u64,
    /// How many instructions one evaluation may use.
    #[serde(default)]
    pub limit_instructions: u64,
    /// Whether the policy's own filter said that it governs the action.
    #[serde(default)]
    pub in_scope: bool,
    /// When the verdict fell, in seconds from the attempt; none while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at_seconds: Option<u64>,
    /// When the answer could next change by itself, in seconds from the attempt, where the scenario ends while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_seconds: Option<u64>,
    /// Whether the action would have been carried out.
    #[serde(default)]
    pub carried_out: bool,
    /// Where each policy stood at the end, in order, where several decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<SeatOutcome>,
    /// What the lines did, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// What proves it, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// When, in seconds from the attempt.
    pub at_seconds: u64,
    /// What happened, in a sentence.
    pub event: String,
    /// The verdict after it.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// Lines that the policy logged at this moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<String>,
}

/// An effect that would have been performed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WouldDo {
    /// When, in seconds from the attempt.
    pub at_seconds: u64,
    /// Its kind.
    pub kind: String,
    /// Its details.
    pub detail: Json,
    /// What would be done, in a sentence: "message 38 members".
    #[serde(default)]
    pub sentence: String,
    /// What it would be told apart by: SHA-256 of its place in the scenario and its details, hexadecimal.
    #[serde(default)]
    pub receipt: String,
    /// The power that it takes; none for the policy's own bookkeeping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<crate::effect::Power>,
    /// The policy that asked for it, where several decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// A line that the policy logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// When, in seconds from the attempt.
    pub at_seconds: u64,
    /// The line of the author's text.
    pub line: u32,
    /// What.
    pub text: String,
}

/// Where a policy broke.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Broken {
    /// The kind of failure.
    pub code: String,
    /// What was wrong and what to do.
    pub message: String,
    /// The line of the author's text, from 1; 0 where unknown.
    pub line: u32,
    /// The column, from 1 in UTF-16 units; 0 where unknown.
    pub column: u32,
    /// Which of the six functions was running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Which policy, where several decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// Where one of several policies stood at the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatOutcome {
    /// The policy, by name.
    pub policy: String,
    /// Whether it is the one on trial.
    pub is_draft: bool,
    /// Whether its filter said that it governs the action.
    pub in_scope: bool,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// What proves a result: whoever runs the same scenario on the same policy with the same engine gets the same result, byte for
/// byte. All are SHA-256, hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Of the policies: source, settings, powers and order.
    pub policy: String,
    /// Of the scenario: community, events, seed and clock.
    pub scenario: String,
    /// The engine's version.
    pub engine: String,
    /// Of the result without trace and receipt.
    pub result: String,
    /// Of the four above.
    pub hash: String,
}
