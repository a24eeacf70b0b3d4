//! The things of the REST interface as programs read them. A stable contract: fields are added, never renamed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A community that was founded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Founded {
    /// Its id.
    pub id: String,
    /// Its name in addresses.
    #[schema(example = "fern-valley")]
    pub slug: String,
}

/// A community.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommunityShape {
    /// Its id.
    pub id: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The starter kit it began with.
    pub starter_kit: String,
    /// Its settings.
    pub settings: Value,
    /// How many members it has.
    pub n_members: u32,
    /// When it was founded, RFC 3339.
    pub created_at: String,
}

/// A member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberShape {
    /// The id.
    pub id: String,
    /// The short name, unique in the community.
    pub handle: String,
    /// The name people read.
    pub display_name: String,
    /// Names of the roles held.
    pub roles: Vec<String>,
    /// Whether it is a program: never asked, never counted.
    pub is_bot: bool,
    /// Since when, RFC 3339.
    pub joined_at: String,
}

/// A role.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleShape {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether every member holds it.
    pub is_base: bool,
    /// What it may do.
    pub permissions: Vec<PermissionShape>,
    /// Handles of those who hold it; left empty for the role that everybody holds.
    pub members: Vec<String>,
}

/// One right of a role.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PermissionShape {
    /// An action type, `platform.*`, or `*`.
    pub action_type: String,
    /// `view`, `propose` or `execute`; each includes those before it.
    pub right: String,
}

/// A policy at the version in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyShape {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// `platform` or `constitution`.
    pub layer: String,
    /// `governing` or `reacting`.
    pub kind: String,
    /// Action types it governs.
    pub action_types: Vec<String>,
    /// `off`, `shadow`, `warn` or `enforced`.
    pub enforcement: String,
    /// `hold`, `deny` or `allow`.
    pub on_error: String,
    /// Its place; the lowest is asked first.
    pub position: i32,
    /// Whether it is in force (not removed).
    pub is_active: bool,
    /// The version's number, from 1.
    pub version: u32,
    /// SHA-256 of the source, hexadecimal.
    pub hash: String,
    /// The six functions, JavaScript.
    pub source: String,
    /// Values of the template's blanks.
    pub settings: Value,
    /// Hosts that it may ask over HTTP.
    pub http_hosts: Vec<String>,
    /// What its effects may be; empty for everything but HTTP.
    pub powers: Vec<String>,
    /// What starts it, if it is reacting: `commands`, `webhooks`, `every`.
    pub triggers: Value,
    /// When this version was made, RFC 3339.
    pub created_at: String,
    /// Its stages in their order, for a policy in stages: each begins when the one before it has passed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageShape>,
    /// Why an older version is in force than the newest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<BreakerShape>,
}

/// One stage of a policy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StageShape {
    /// Its place, from 1.
    pub number: u32,
    /// The id under which its proposals and data are kept.
    pub policy_id: String,
    /// The name.
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// Its own version's number.
    pub version: u32,
    /// SHA-256 of the source, hexadecimal.
    pub hash: String,
    /// The six functions, JavaScript.
    pub source: String,
    /// Values of the template's blanks.
    pub settings: Value,
    /// Hosts that it may ask over HTTP.
    pub http_hosts: Vec<String>,
    /// What its effects may be; empty for everything but HTTP.
    pub powers: Vec<String>,
}

/// A circuit breaker that has tripped.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BreakerShape {
    /// When, RFC 3339.
    pub tripped_at: String,
    /// The number of the version that broke.
    pub broken_version: Option<u32>,
    /// What happened, in a sentence or two.
    pub reason: String,
}

/// A policy that broke.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IncidentShape {
    /// The id.
    pub id: String,
    /// The policy's id.
    pub policy_id: Option<String>,
    /// The id of the version.
    pub version_id: Option<String>,
    /// The action it was deciding on.
    pub action: Option<String>,
    /// Its proposal.
    pub proposal: Option<String>,
    /// The kind of failure: `threw`, `time`, `quarantined`, …, or `breaker` where an older version took its place.
    pub code: String,
    /// What was wrong, in words.
    pub message: String,
    /// When, RFC 3339.
    pub at: String,
    /// When it was over: a new version is in force, or the policy was reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<String>,
}

/// A document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentShape {
    /// The id.
    pub id: String,
    /// The title.
    pub name: String,
    /// The text, Markdown.
    pub text: String,
    /// The newest version.
    pub version: u32,
    /// Whether it is in force (not deleted).
    pub is_active: bool,
    /// When that version was made, RFC 3339.
    pub changed_at: String,
}

/// An attempted event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionShape {
    /// The id.
    pub id: String,
    /// `platform.verb`.
    #[serde(rename = "type")]
    #[schema(example = "board.rename_channel")]
    pub kind: String,
    /// `platform` or `constitution`.
    pub layer: String,
    /// What it would do, in words.
    pub title: String,
    /// `proposed`, `held`, `passed`, `failed`, `executed` or `reverted`.
    #[schema(example = "proposed")]
    pub status: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The handle of who attempted it; none for Polity itself.
    pub initiator: Option<String>,
    /// The type's fields.
    pub payload: Value,
    /// `web`, `api`, `policy`, `trigger`, `system`, or the platform's name.
    pub origin: String,
    /// When it was attempted, RFC 3339.
    pub created_at: String,
    /// When it enters, for a dated action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activates_at: Option<String>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// The action that it answers to, for a trigger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// How it waits, waited or was stopped after it had passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooling: Option<CoolingShape>,
    /// What it would lead to, the gravest first: that no way would be left to amend the policies, and the like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningShape>,
    /// The policies that have something to say, in the order in which they are asked.
    pub proposals: Vec<ProposalShape>,
    /// Names of the policies that were asked and have no opinion.
    pub no_opinion: Vec<String>,
    /// What was asked of the world.
    pub effects: Vec<EffectShape>,
    /// What it consists of, for an election or a combination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<BundleShape>,
    /// The bundle it is part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOfShape>,
}

/// Several actions decided together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BundleShape {
    /// The id.
    pub id: String,
    /// `election` or `combination`.
    pub kind: String,
    /// What is decided, in a sentence.
    pub title: String,
    /// Whether candidates can be named now.
    pub takes_nominations: bool,
    /// How many may win, for an election.
    pub seats: u32,
    /// The option that stands for nobody, where the election offers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub none: Option<String>,
    /// Its actions, in the order of the ballot; those that were dropped or withdrawn have failed.
    pub actions: Vec<PartShape>,
}

/// One action of a bundle.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartShape {
    /// The action's id.
    pub id: String,
    /// `platform.verb`.
    #[serde(rename = "type")]
    #[schema(example = "board.rename_channel")]
    pub kind: String,
    /// What it would do, in words.
    pub title: String,
    /// What it is called on the ballot.
    pub label: String,
    /// Why, in the words of who named it; may be empty.
    pub statement: String,
    /// The handle of whom it concerns, where somebody was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nominee: Option<String>,
    /// The handle of who named it.
    pub initiator: Option<String>,
    /// `proposed`, `passed`, `failed`, `executed` or `reverted`.
    pub status: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The type's fields.
    pub payload: Value,
    /// Its own proposals, one for each policy that decides on the bundle: they take its ballots.
    pub proposals: Vec<ProposalShape>,
}

/// What an action is within its bundle.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartOfShape {
    /// The bundle's id.
    pub bundle: String,
    /// The id of the election or combination, which is an action too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What it is called on the ballot.
    pub label: String,
}

/// How an action waits after it has passed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CoolingShape {
    /// When it is carried out, RFC 3339.
    pub ends_at: String,
    /// `waiting`, `over`, `vetoed` or `cancelled`.
    pub status: String,
    /// The handle of who stopped it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A danger that an action brings.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WarningShape {
    /// `locked`, `risk` or `note`.
    pub severity: String,
    /// A stable code: `locked`, `frozen`, `unreachable`, `roundabout` or `rests-on-few`.
    pub code: String,
    /// What it is, in a sentence or two.
    pub sentence: String,
}

/// One action under one policy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposalShape {
    /// The id.
    pub id: String,
    /// The action.
    pub action: String,
    /// The policy's name.
    pub policy: String,
    /// The policy's id.
    pub policy_id: String,
    /// The version that was pinned.
    pub policy_version: u32,
    /// Which stage of a policy in stages it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageOfShape>,
    /// How far its decision reaches: `off`, `shadow`, `warn` or `enforced`.
    pub enforcement: String,
    /// `waiting`, `out_of_scope`, `proposed`, `passed`, `failed` or `held`.
    pub status: String,
    /// Why, in a sentence.
    pub reason: String,
    /// Since when it is open.
    pub opened_at: String,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// When the vote closes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// What voters are asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<AskShape>,
    /// Handles of those who may vote; left out where every member may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eligible: Option<Vec<String>>,
    /// The count, as far as the caller may see it.
    pub tally: TallyShape,
    /// How the policy broke, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<BrokenShape>,
}

/// A proposal's place among the stages of its policy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StageOfShape {
    /// The id of the policy in stages.
    pub policy_id: String,
    /// Its place, from 1. A stage begins when the one before it has passed.
    pub number: u32,
}

/// Where a policy broke.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BrokenShape {
    /// The kind of failure: `threw`, `time`, `memory`, …
    pub code: String,
    /// What was wrong and what to do.
    pub message: String,
    /// The line of the author's text, from 1; 0 where unknown.
    pub line: u32,
    /// The column, from 1; 0 where unknown.
    pub column: u32,
}

/// What voters are asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskShape {
    /// The question.
    pub text: String,
    /// `yes-no`, `choice`, `approval`, `ranking`, `score`, `budget` or `consent`.
    pub kind: String,
    /// The options, for the kinds that have them.
    pub options: Vec<String>,
    /// Who can see how a member voted: `open`, `after-close` or `secret`.
    pub privacy: String,
    /// When the count can be seen: `always`, `after-ballot` or `at-close`.
    pub results: String,
    /// Whether those who do not vote may have given their voice to who does.
    pub delegation: bool,
    /// What the vote is about, for delegations by topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
}

/// A count.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct TallyShape {
    /// What voters choose from.
    pub kind: String,
    /// How many may vote.
    pub eligible: u32,
    /// How many did; 0 while the count is hidden.
    pub voted: u32,
    /// How many voices the voters carry for others, where the vote takes delegations: they are in the counts below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegated: Option<u32>,
    /// Why the count cannot be seen, and until when; the numbers are then left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<String>,
    /// The answers, each with its count: `yes`, `no`, `abstain`.
    #[serde(flatten)]
    pub answers: BTreeMap<String, f64>,
    /// The options, each with its count: for rankings the first preferences, for scores the sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<BTreeMap<String, f64>>,
}

/// One thing asked of the world.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EffectShape {
    /// The id.
    pub id: String,
    /// `execute`, `revert`, `notify`, `announce`, `propose`, …
    pub kind: String,
    /// `pending`, `delivered`, `failed` or `cancelled`.
    pub status: String,
    /// The platform that does it.
    pub platform: String,
    /// What, in words.
    pub sentence: String,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong at the last try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it was done, or is tried next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// A ballot.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BallotShape {
    /// The proposal.
    pub proposal: String,
    /// Whose it is, by handle: only ever said to who cast it.
    pub member: String,
    /// What it says.
    pub value: Value,
    /// Why, in the voter's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was cast or last changed, RFC 3339.
    pub cast_at: String,
}

/// Whether a member may vote on a proposal, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EligibilityShape {
    /// The member, by handle.
    pub member: String,
    /// Whether they may, now.
    pub may_vote: bool,
    /// The deciding reason, in a sentence.
    pub reason: String,
    /// Every condition with its present state.
    pub conditions: Vec<ConditionShape>,
}

/// One condition of voting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConditionShape {
    /// The condition and its present value, in a sentence.
    pub sentence: String,
    /// `met`, `not-met`, `waiting` or `noted`.
    pub state: String,
}

/// One line of the audit log.
///
/// `hash` is SHA-256 over the canonical form of the other fields but `actor_name`; `polity verify FILE` checks a whole export.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditShape {
    /// The community.
    pub community: String,
    /// Its place, from 1 without gaps.
    pub seq: i64,
    /// When, RFC 3339.
    pub at: String,
    /// Who or what caused it: `{"member": id}`, `{"policy": name}`, `"operator"` or `"system"`.
    pub actor: Value,
    /// The actor's name, for people. Not part of what is hashed.
    pub actor_name: String,
    /// What it tells: `ballot.cast`.
    pub kind: String,
    /// What it is about: `action:<id>`.
    pub subject: String,
    /// The details.
    pub body: Value,
    /// The hash of the entry before; 64 zeros for the first.
    pub prev_hash: String,
    /// The entry's own hash.
    pub hash: String,
}

/// A channel of the board.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelShape {
    /// The id.
    pub id: String,
    /// The name, without the `#`.
    pub name: String,
    /// What it is for.
    pub topic: String,
    /// Whether it is closed for new posts.
    pub is_archived: bool,
}

/// A post on the board.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PostShape {
    /// The id.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// The handle of who wrote it; none for Polity itself.
    pub author: Option<String>,
    /// What it says; empty once removed.
    pub text: String,
    /// When, RFC 3339.
    pub at: String,
    /// Whether it was taken down.
    pub is_removed: bool,
    /// Whether it is pinned.
    pub is_pinned: bool,
    /// The post it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// The proposal whose ballot it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<String>,
}

/// A bearer token.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenShape {
    /// The id, for revoking it.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// When it ends to work by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The token itself: shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}
