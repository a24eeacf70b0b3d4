//! Members and roles.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::Timestamp;

use super::words::Person;
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
