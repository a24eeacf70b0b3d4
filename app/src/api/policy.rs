//! Policies: the list in order, and one whole.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{Combining, Enforcement, Layer, OnError, PolicyId, PolicyKind, ProposalId, Timestamp};

use super::words::{NamedValue, Person};
use crate::error::AppError;

/// All policies of a community.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PoliciesView {
    /// The layers, everyday first.
    pub layers: Vec<LayerView>,
    /// Whether the viewer may propose a new policy.
    pub may_add: bool,
}

/// The policies of one layer, in the order in which they are asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerView {
    /// The layer.
    pub layer: Layer,
    /// How several verdicts become one.
    pub combining: Combining,
    /// The policies.
    pub policies: Vec<PolicyLine>,
}

/// A policy in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyLine {
    /// Its id.
    pub id: PolicyId,
    /// How messages cite it: "R-02".
    pub label: String,
    /// Its name.
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// Whether it decides or answers.
    pub kind: PolicyKind,
    /// What it governs, in words: "Rename a channel".
    pub governs: Vec<String>,
    /// How seriously it is taken.
    pub enforcement: Enforcement,
    /// The version in force.
    pub version: u32,
    /// How many proposals are open under it.
    pub n_open: u32,
    /// What is broken about it, as a sentence, while something is.
    pub incident: Option<String>,
}

/// One policy, at one version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyView {
    /// Its id.
    pub id: PolicyId,
    /// How messages cite it.
    pub label: String,
    /// Its name.
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// The layer it governs.
    pub layer: Layer,
    /// Whether it decides or answers.
    pub kind: PolicyKind,
    /// How seriously it is taken.
    pub enforcement: Enforcement,
    /// What happens when it breaks.
    pub on_error: OnError,
    /// What it governs: type and words.
    pub governs: Vec<NamedValue>,
    /// The version that is shown.
    pub version: u32,
    /// The version in force; none once the policy was removed.
    pub in_force: Option<u32>,
    /// The JavaScript of the version that is shown.
    pub source: String,
    /// SHA-256 of that source, hexadecimal.
    pub hash: String,
    /// What each function does, step by step, in plain words. Empty where nobody wrote it.
    pub steps: Vec<NamedValue>,
    /// Its settings.
    pub settings: Vec<NamedValue>,
    /// What its effects may be, and what not.
    pub powers: Vec<PowerView>,
    /// Hosts it may ask over HTTP.
    pub http_hosts: Vec<String>,
    /// What it did in the last thirty days. None while nothing happened.
    pub stats: Option<PolicyStats>,
    /// Its versions, newest first.
    pub versions: Vec<VersionLine>,
    /// Where it stands among the policies of its layer, in order.
    pub order: Vec<OrderLine>,
    /// How several verdicts become one in its layer.
    pub combining: Combining,
    /// How many open proposals are pinned to versions of it, and how they will finish, as a sentence. May be empty.
    pub pinned: String,
    /// What is broken about it, while something is.
    pub incident: Option<IncidentView>,
    /// Whether the viewer may propose a change of it.
    pub may_change: bool,
}

/// A kind of effect, allowed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerView {
    /// "Carry out what it decides on".
    pub name: String,
    /// Whether it may.
    pub granted: bool,
    /// How often it did: "9 times in 30 days". May be empty.
    pub note: String,
}

/// What a policy did in the last thirty days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyStats {
    /// Attempts it was asked about.
    pub seen: u32,
    /// Passed.
    pub passed: u32,
    /// Failed.
    pub failed: u32,
    /// Open now.
    pub open: u32,
    /// Evaluations that broke.
    pub errors: u32,
    /// Typical time from proposal to decision, in seconds.
    pub typical_seconds: Option<u32>,
    /// Ballots cast under it.
    pub ballots: u32,
}

/// One version of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionLine {
    /// Its number, from 1.
    pub number: u32,
    /// SHA-256 of its source, hexadecimal.
    pub hash: String,
    /// Since when it is, or was, in force.
    pub since: Timestamp,
    /// Until when it was in force.
    pub until: Option<Timestamp>,
    /// Who wrote it; none for a starter kit.
    pub author: Option<Person>,
    /// Why, in the author's words, or where it came from. May be empty.
    pub reason: String,
    /// The proposal that brought it.
    pub proposal: Option<ProposalId>,
    /// What changed against the version before, line by line. Empty for the first.
    pub changes: Vec<DiffLine>,
}

/// One line of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// Whether it came, went or stayed.
    pub change: Change,
    /// The line.
    pub text: String,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It stayed.
    Kept,
    /// It came.
    Added,
    /// It went.
    Removed,
}

/// A neighbour in the order of policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The policy.
    pub id: PolicyId,
    /// How messages cite it.
    pub label: String,
    /// Its name.
    pub name: String,
    /// Whether it is the one that is shown.
    pub is_this: bool,
}

/// A policy that broke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentView {
    /// What happened and what Polity did about it, as a sentence.
    pub sentence: String,
    /// The author's error message. May be empty.
    pub message: String,
    /// The line of the source it points at.
    pub line: Option<u32>,
    /// When.
    pub at: Timestamp,
}

/// Loads all policies.
#[server]
pub async fn policies(
    /// The community.
    slug: String,
) -> Result<PoliciesView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.policies(&viewer, &slug).await)
}

/// Loads one policy, at a version where one is named.
#[server]
pub async fn policy(
    /// The community.
    slug: String,
    /// The policy, as it stands in the address.
    id: String,
    /// The version.
    #[server(default)]
    version: Option<u32>,
) -> Result<PolicyView, AppError> {
    let (backend, viewer) = super::asked()?;
    let known = super::answered(id.parse::<PolicyId>().map_err(|_| AppError::not_found("policy")))?;
    super::answered(backend.policy(&viewer, &slug, known, version).await)
}
