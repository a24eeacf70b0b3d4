//! The question put to the engine: one policy version, one action, the facts so far.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ballot::Ballot;
use crate::effect::Power;
use crate::{
    ActionId, ActionStatus, ActionType, Ask, BundleId, Facts, Json, Layer, MemberId, PolicyId, PolicyVersionId,
    ProposalId, ProposalStatus, Timestamp,
};

/// 256 bits from which every random draw of one proposal follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Seed(pub [u8; 32]);

/// One evaluation. The same request gives the same decision, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// What is to be run.
    pub step: Step,
    /// The policy version.
    pub policy: PolicyInput,
    /// The action.
    pub action: ActionInput,
    /// The proposal: the action under this policy.
    pub proposal: ProposalInput,
    /// The bundle that the action is, if it is one.
    pub bundle: Option<BundleInput>,
    /// What the policy may read.
    pub facts: Facts,
    /// The moment of the evaluation.
    pub now: Timestamp,
    /// The source of random draws.
    pub seed: Seed,
}

/// How much of the workflow to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// filter → initialize (once) → check → pass, fail, or notify (once).
    Evaluate,
    /// `filter` alone: asked of the other policies before an action is carried out.
    Filter,
}

/// A policy version, as the engine runs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyInput {
    /// The policy.
    pub id: PolicyId,
    /// The version.
    pub version_id: PolicyVersionId,
    /// The version's number.
    pub version: u32,
    /// The name.
    pub name: String,
    /// SHA-256 of the source, hexadecimal: the worker's cache key.
    pub hash: String,
    /// The six functions.
    pub source: String,
    /// Values of the template's blanks.
    pub settings: Json,
    /// What its effects may be.
    pub powers: BTreeSet<Power>,
    /// Hosts that `http` may reach.
    pub http_hosts: Vec<String>,
}

/// The action, as the engine shows it to a policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionInput {
    /// The id.
    pub id: ActionId,
    /// The type.
    pub kind: ActionType,
    /// The layer.
    pub layer: Layer,
    /// Who attempted it, with name and roles so that a filter need not read the member list.
    pub initiator: Option<Initiator>,
    /// The type's own fields.
    pub payload: Json,
    /// `web`, `api`, `policy`, `system`, or the platform's name.
    pub origin: String,
    /// Whether the platform had already let it happen.
    pub has_happened: bool,
    /// When it was attempted.
    pub created_at: Timestamp,
    /// The action's own data store, shared by all its policies.
    pub data: BTreeMap<String, Json>,
}

/// Who attempted an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initiator {
    /// The id.
    pub id: MemberId,
    /// The short name.
    pub handle: String,
    /// The name people read.
    pub display_name: String,
    /// Since when a member.
    pub joined_at: Timestamp,
    /// Names of the roles held.
    pub roles: Vec<String>,
}

/// The proposal, as the engine shows it to a policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposalInput {
    /// The id.
    pub id: ProposalId,
    /// Where it stood before this evaluation.
    pub status: ProposalStatus,
    /// Since when it is open.
    pub opened_at: Timestamp,
    /// Whether `initialize` has run.
    pub is_initialized: bool,
    /// Whether `notify` has run.
    pub is_notified: bool,
    /// What voters were asked, if anybody was.
    pub ask: Option<Ask>,
    /// The ballots, oldest first. Those of a secret vote have no member.
    pub ballots: Vec<Ballot>,
}

/// An action that is several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BundleInput {
    /// The id.
    pub id: BundleId,
    /// Election or combination.
    pub kind: BundleKind,
    /// What is decided, in a sentence.
    #[serde(default)]
    pub title: String,
    /// Its actions, in the order in which they were added; those that were dropped or withdrawn are left out.
    pub actions: Vec<BundledAction>,
    /// How many may win, for an election.
    #[serde(default = "one")]
    pub seats: u32,
    /// The option that stands for "none of these", where the election offers it.
    #[serde(default)]
    pub none: Option<String>,
    /// Labels of those that were dropped or withdrawn: a ballot that names them is read without them.
    #[serde(default)]
    pub gone: Vec<String>,
}

fn one() -> u32 {
    1
}

fn nil() -> ProposalId {
    ProposalId::NIL
}

impl BundleInput {
    /// What stands on a ballot over the bundle: the labels of its actions, and "none of these" where it is offered.
    pub fn options(&self) -> impl Iterator<Item = &str> {
        self.actions.iter().map(|action| action.label.as_str()).chain(self.none.as_deref())
    }
}

/// How the actions of a bundle hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BundleKind {
    /// Choose among them.
    Election,
    /// All or nothing.
    Combination,
}

/// One action of a bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BundledAction {
    /// The id.
    pub id: ActionId,
    /// The type.
    pub kind: ActionType,
    /// The payload.
    pub payload: Json,
    /// Who attempted it.
    pub initiator: Option<MemberId>,
    /// What became of it so far.
    pub status: ActionStatus,
    /// What it is called on a ballot over the bundle; no two of a bundle are called the same.
    #[serde(default)]
    pub label: String,
    /// Why, in the words of who named it.
    #[serde(default)]
    pub statement: String,
    /// Whom it concerns.
    #[serde(default)]
    pub nominee: Option<MemberId>,
    /// Its own proposal under this policy.
    #[serde(default = "nil")]
    pub proposal: ProposalId,
    /// Its own ballots, oldest first.
    pub ballots: Vec<Ballot>,
}
