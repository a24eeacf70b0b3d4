//! Members and roles.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{ProposalId, Timestamp};

use super::{proposal::ProposalCard, words::Person};
use crate::error::AppError;

/// The members and roles of a community.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersView {
    /// The members, by name.
    pub members: Vec<MemberLine>,
    /// The roles, the one that everybody holds first.
    pub roles: Vec<RoleView>,
}

/// A member in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberLine {
    /// Who.
    pub person: Person,
    /// The roles they hold beside the one that everybody holds.
    pub roles: Vec<String>,
    /// Since when they belong.
    pub since: Timestamp,
    /// Their linked identities: "Matrix: @ada:example.org".
    pub identities: Vec<String>,
    /// Whether it is a program.
    pub is_bot: bool,
    /// Whether it is the viewer.
    pub is_you: bool,
}

/// A role and what it may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleView {
    /// Its name.
    pub name: String,
    /// What it is for. May be empty.
    pub description: String,
    /// Whether every member holds it.
    pub is_everyone: bool,
    /// Who holds it, at most a dozen; empty for everyone.
    pub holders: Vec<Person>,
    /// How many hold it.
    pub n_holders: u32,
    /// What it may do, as phrases: "rename a channel, without asking".
    pub may: Vec<GrantLine>,
}

/// What a role may do with one kind of action, or a family of kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantLine {
    /// The kind in words: "Rename a channel", "Everything on the board".
    pub what: String,
    /// May see it.
    pub view: bool,
    /// May propose it.
    pub propose: bool,
    /// May do it at once, past every policy.
    pub execute: bool,
}

/// Loads the members and roles.
#[server]
pub async fn members(
    /// The community.
    slug: String,
) -> Result<MembersView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.members(&viewer, &slug).await)
}

/// One member: who they are, what they may do and why, what they did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberView {
    /// Who.
    pub person: Person,
    /// Whether it is the viewer.
    pub is_you: bool,
    /// Whether it is a program.
    pub is_bot: bool,
    /// Since when they belong.
    pub since: Timestamp,
    /// Their linked identities: "Matrix: @ada:example.org". Only for members.
    pub identities: Vec<String>,
    /// The roles they hold, the one that everybody holds first.
    pub roles: Vec<HeldRole>,
    /// Roles they held before.
    pub earlier: Vec<HeldRole>,
    /// What they may do, and by which role.
    pub may: Vec<MayLine>,
    /// What they proposed lately.
    pub proposed: Vec<ProposalCard>,
    /// On how many proposals their ballot stands openly.
    pub n_voted: u32,
    /// Roles that could be proposed for them: none where the viewer may not propose.
    pub offers: Vec<String>,
    /// Whether the viewer may propose to take their roles away.
    pub may_remove: bool,
    /// Makes the next proposal from this page count once.
    pub attempt_key: String,
}

/// A role that somebody holds or held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRole {
    /// Its name.
    pub name: String,
    /// What it is for. May be empty.
    pub description: String,
    /// Whether every member holds it.
    pub is_everyone: bool,
    /// Since when.
    pub since: Timestamp,
    /// Until when; none while it is held.
    pub until: Option<Timestamp>,
    /// The decision that gave it.
    pub decision: Option<ProposalId>,
}

/// Something that somebody may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MayLine {
    /// What: "Rename a channel".
    pub what: String,
    /// How far the right goes.
    pub right: RightView,
    /// The role that it comes from.
    pub role: String,
    /// Since when the role has it.
    pub since: Timestamp,
    /// The decision that gave the role the right.
    pub decision: Option<ProposalId>,
    /// What happens when they do it: "Decided by Jury". Empty for what they may only see.
    pub then: String,
}

/// How far a right goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RightView {
    /// See it.
    See,
    /// Propose it, under the policies.
    Propose,
    /// Do it at once, past every policy.
    AtOnce,
}

impl RightView {
    /// As people read it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Propose => "propose",
            Self::AtOnce => "at once",
        }
    }
}

/// Which role may do what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsView {
    /// The roles, the one that everybody holds first.
    pub roles: Vec<String>,
    /// The kinds of action, in groups as people think of them.
    pub groups: Vec<RightsGroup>,
}

/// Kinds of action that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsGroup {
    /// "The board".
    pub title: String,
    /// The kinds.
    pub rows: Vec<RightsRow>,
}

/// One kind of action, role by role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsRow {
    /// "Rename a channel".
    pub title: String,
    /// What decides when it is proposed.
    pub then: String,
    /// For each role, in their order: the right, where it has one.
    pub cells: Vec<Option<RightCell>>,
}

/// One role's right to one kind of action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightCell {
    /// How far it goes.
    pub right: RightView,
    /// Since when.
    pub since: Timestamp,
    /// The decision that gave it; none where it came with the founding.
    pub decision: Option<ProposalId>,
}

/// Loads one member.
#[server]
pub async fn member(
    /// The community.
    slug: String,
    /// The member, by handle.
    handle: String,
) -> Result<MemberView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.member(&viewer, &slug, &handle).await)
}

/// Loads which role may do what.
#[server]
pub async fn rights(
    /// The community.
    slug: String,
) -> Result<RightsView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.rights(&viewer, &slug).await)
}
