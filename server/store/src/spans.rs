//! Who belonged to a community and who held which role from when to when: every moment of the past at once.

use types::{MemberId, RoleId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, Result};

/// A membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipSpan {
    /// Whose.
    pub member: MemberId,
    /// Their short name.
    pub handle: String,
    /// The name people read.
    pub display_name: String,
    /// Whether it is a program.
    pub is_bot: bool,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` to this day.
    pub to: Option<Timestamp>,
}

/// A role, while there was one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleSpan {
    /// The role.
    pub role: RoleId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether every member holds it.
    pub is_base: bool,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` to this day.
    pub to: Option<Timestamp>,
}

/// A member who held a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantSpan {
    /// The role.
    pub role: RoleId,
    /// Who.
    pub member: MemberId,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` to this day.
    pub to: Option<Timestamp>,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct RosterSpans {
    /// Memberships, in the order in which they began.
    pub memberships: Vec<MembershipSpan>,
    /// Roles.
    pub roles: Vec<RoleSpan>,
    /// Who held them.
    pub grants: Vec<GrantSpan>,
}

impl FromRow for MembershipSpan {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            member: cells.take()?,
            handle: cells.take()?,
            display_name: cells.take()?,
            is_bot: cells.take()?,
            from: cells.take()?,
            to: cells.opt()?,
        })
    }
}

impl FromRow for RoleSpan {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            role: cells.take()?,
            name: cells.take()?,
            description: cells.take()?,
            is_base: cells.take()?,
            from: cells.take()?,
            to: cells.opt()?,
        })
    }
}

impl FromRow for GrantSpan {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { role: cells.take()?, member: cells.take()?, from: cells.take()?, to: cells.opt()? })
    }
}

impl CommunityStore<'_> {
    /// Members and roles at every moment there was.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn roster_spans(&self) -> Result<RosterSpans> {
        let memberships = "SELECT p.member_id, m.handle, m.display_name, m.is_bot, p.joined_at, p.left_at
            FROM memberships p JOIN members m ON m.id = p.member_id WHERE p.community_id = $1
            ORDER BY p.joined_at, p.member_id";
        let roles = "SELECT id, name, description, is_base, created_at, deleted_at FROM roles
            WHERE community_id = $1 ORDER BY name, id";
        let grants = "SELECT role_id, member_id, granted_at, revoked_at FROM role_grants
            WHERE community_id = $1 ORDER BY id";
        Ok(RosterSpans {
            memberships: self.db.all(memberships, values![self.id]).await?,
            roles: self.db.all(roles, values![self.id]).await?,
            grants: self.db.all(grants, values![self.id]).await?,
        })
    }
}
