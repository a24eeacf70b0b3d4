//! Delegation: a member gives another their voice, for some votes or all, until they take it back or vote themselves.

use serde::{Deserialize, Serialize};

use crate::{MemberId, RoleId, Timestamp};

/// Which votes a delegation is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All that take delegations.
    Everything,
    /// Those that ask the holders of this role.
    Role(RoleId),
    /// Those on actions of this type, or of a platform (`board.*`).
    ActionType(String),
    /// Those whose policy names this topic.
    Topic(String),
}

/// One member's voice, given to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Delegation {
    /// Whose voice.
    pub from: MemberId,
    /// Who carries it.
    pub to: MemberId,
    /// On which votes.
    pub scope: Scope,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` until it is taken back.
    pub expires_at: Option<Timestamp>,
}
