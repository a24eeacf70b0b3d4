//! The shadow stage: a policy runs beside the rules in force for a while, and its limits decide what becomes of it.

use serde::{Deserialize, Serialize};

use crate::{ActionId, PolicyId, Timestamp, Verdict};

/// How long a policy runs in shadow, and what must not happen meanwhile. Part of what is voted on.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ShadowTerms {
    /// Ends after so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Ends after so many decisions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<u32>,
    /// Goes back as soon as it has differed from the rules in force more often than this; no limit where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_divergences: Option<u32>,
    /// Goes back as soon as it has broken more often than this.
    #[serde(default)]
    pub max_errors: u32,
}

/// Where a shadow stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShadowStatus {
    /// It is running.
    Running,
    /// It kept its limits, and the policy is in force.
    Promoted,
    /// It did not, and the policy is out of force.
    Returned,
}

/// A shadow stage, as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShadowView {
    /// The policy in shadow.
    pub policy: PolicyId,
    /// Its name.
    pub name: String,
    /// The policy that it would change; none for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<PolicyId>,
    /// What was voted on.
    pub terms: ShadowTerms,
    /// Where it stands.
    pub status: ShadowStatus,
    /// Why, in a sentence.
    pub sentence: String,
    /// Since when.
    pub begun_at: Timestamp,
    /// Until when at the latest, where a length was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Decisions so far.
    pub n_decisions: u32,
    /// Of them, how many differed.
    pub n_divergences: u32,
    /// How often it broke.
    pub n_errors: u32,
    /// The differences, newest first.
    pub divergences: Vec<Divergence>,
}

/// An action on which a policy in shadow differed from the rules in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Divergence {
    /// The action.
    pub action: ActionId,
    /// What was attempted, in a sentence; may be empty.
    pub title: String,
    /// When.
    pub at: Timestamp,
    /// What the policy in shadow made of it; none where it broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<Verdict>,
    /// Why.
    pub shadow_reason: String,
    /// What became of it.
    pub actual: Verdict,
}
