//! Policies, their settings outside the JavaScript, and how several combine.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::effect::Power;
use crate::{ActionType, Json, Layer, PolicyId, PolicyVersionId, Timestamp};

/// How far a policy's decisions reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// Not asked at all.
    Off,
    /// Decides and records, without any effect: a trial.
    Shadow,
    /// Decides and tells people what it would have done.
    Warn,
    /// Decides.
    #[default]
    Enforced,
}

/// What happens to an action whose policy breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// It waits until the policy works again.
    #[default]
    Hold,
    /// It fails.
    Deny,
    /// It passes; platform layer only.
    Allow,
}

/// How the verdicts of several policies become one, in XACML's terms.
///
/// # Source
/// OASIS XACML 3.0, appendix C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Combining {
    /// Every one must pass; one failure fails.
    #[default]
    DenyOverrides,
    /// The first policy in order that has an opinion decides.
    FirstApplicable,
    /// One pass passes; it fails when all have failed.
    PermitOverrides,
}

/// What a changed policy does to the proposals open under the old version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Changeover {
    /// They finish under the version they began with.
    #[default]
    FinishUnderOld,
    /// They start again under the new version; ballots are kept.
    Restart,
    /// Their voters are asked which of the two.
    AskVoters,
}

/// Whether a policy holds actions up or only answers to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// Decides whether the action may happen.
    #[default]
    Governing,
    /// Starts a procedure of its own when something happened.
    Reacting,
}

/// What starts a reacting policy besides the carrying out of actions of its types.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Triggers {
    /// Commands typed in chat or on the board, without `/` or `!`: `kudos` answers to `/kudos ben` and `!kudos ben`.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Names of the community's webhooks.
    #[serde(default)]
    pub webhooks: Vec<String>,
    /// A schedule, such as `day at 09:00`, `monday at 18:30`, `month on last at 12:00` or `2026-12-24 at 18:00`.
    #[serde(default)]
    pub every: Option<String>,
}

impl Triggers {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty() && self.webhooks.is_empty() && self.every.is_none()
    }
}

/// Everything that makes up a policy version: what `constitution.add_policy` carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyDraft {
    /// The name, unique in the community.
    pub name: String,
    /// What it does, in plain words.
    #[serde(default)]
    pub description: String,
    /// The layer whose actions it governs.
    pub layer: Layer,
    /// Governing or reacting.
    #[serde(default)]
    pub kind: PolicyKind,
    /// Action types, `platform.*`, or `*` for the whole layer.
    pub action_types: Vec<String>,
    /// The six functions.
    pub source: String,
    /// Values of the template's blanks.
    #[serde(default)]
    pub settings: Json,
    /// Hosts that `http` may reach.
    #[serde(default)]
    pub http_hosts: Vec<String>,
    /// What its effects may be; empty means everything but HTTP.
    #[serde(default)]
    pub powers: BTreeSet<Power>,
    /// Scenarios with the outcome that is expected of each: they are law.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<crate::simulation::Example>,
    /// What starts a reacting policy, besides actions of its types.
    #[serde(default)]
    pub triggers: Triggers,
}

/// A policy at one version, as the pipeline and pages see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// The policy.
    pub id: PolicyId,
    /// This version of it.
    pub version_id: PolicyVersionId,
    /// The version's number, from 1.
    pub version: u32,
    /// SHA-256 of the source, hexadecimal.
    pub hash: String,
    /// The version's content.
    pub draft: PolicyDraft,
    /// How far its decisions reach.
    pub enforcement: Enforcement,
    /// What happens when it breaks.
    pub on_error: OnError,
    /// Its place among the community's policies; the lowest is asked first.
    pub position: i32,
    /// Whether it is in force (not removed).
    pub is_active: bool,
    /// When this version was made.
    pub created_at: Timestamp,
}

impl PolicyDraft {
    /// Whether the policy is declared for actions of type `kind`. Only reacting policies are for triggers, and `*` means none.
    #[must_use]
    pub fn covers(&self, kind: &ActionType) -> bool {
        if kind.is_trigger() {
            return self.kind == PolicyKind::Reacting && self.starts_by(kind);
        }
        self.layer == kind.layer() && self.action_types.iter().any(|p| crate::member::pattern_covers(p, kind))
    }

    fn starts_by(&self, kind: &ActionType) -> bool {
        let is_named = self.action_types.iter().any(|pattern| pattern == kind.as_str() || pattern == "trigger.*");
        is_named
            || match kind.verb() {
                "command" => !self.triggers.commands.is_empty(),
                "webhook" => !self.triggers.webhooks.is_empty(),
                "schedule" => self.triggers.every.is_some(),
                "carried_out" => self.action_types.iter().any(|pattern| !pattern.starts_with("trigger.")),
                _ => false,
            }
    }
}
