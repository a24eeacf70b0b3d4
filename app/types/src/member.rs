//! Members, roles and rights.

use serde::{Deserialize, Serialize};

use crate::{MemberId, RoleId, Timestamp};

/// A person's membership of one community, as a policy sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The id.
    pub id: MemberId,
    /// The short name, unique in the community.
    pub handle: String,
    /// The name people read.
    pub display_name: String,
    /// Since when.
    pub joined_at: Timestamp,
    /// The roles held, in no order.
    pub roles: Vec<RoleId>,
    /// Whether it is a program: never asked, never counted.
    pub is_bot: bool,
}

/// A named set of members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The id.
    pub id: RoleId,
    /// The name, unique in the community.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether every member holds it.
    pub is_base: bool,
}

/// What a role may do with actions of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See them.
    View,
    /// Attempt them, under the policies.
    Propose,
    /// Carry them out at once, past every policy.
    Execute,
}

/// One right of one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// The role that holds it.
    pub role: RoleId,
    /// An action type, `platform.*` for all of a platform, or `*`.
    pub pattern: String,
    /// The right.
    pub right: Right,
}

impl Permission {
    /// Whether the permission speaks of `kind`.
    #[must_use]
    pub fn covers(&self, kind: &crate::ActionType) -> bool {
        pattern_covers(&self.pattern, kind)
    }
}

/// Whether `pattern` (an action type, `platform.*` or `*`) covers `kind`.
#[must_use]
pub fn pattern_covers(pattern: &str, kind: &crate::ActionType) -> bool {
    pattern == "*" || pattern == kind.as_str() || pattern.strip_suffix(".*").is_some_and(|p| p == kind.platform())
}
