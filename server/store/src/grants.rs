//! Since when, and by which action, somebody holds a role and a role allows something.

use types::member::{Permission, Right};
use types::{ActionId, BallotValue, MemberId, ProposalId, RoleId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, Result};

/// A role that a member holds or held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The role.
    pub role: RoleId,
    /// Since when.
    pub since: Timestamp,
    /// The action that gave it; none where it came with the membership.
    pub by: Option<ActionId>,
    /// Until when; none while it is held.
    pub until: Option<Timestamp>,
}

/// A right that a role has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Which.
    pub permission: Permission,
    /// Since when.
    pub since: Timestamp,
    /// The action that gave it; none for the starter kit.
    pub by: Option<ActionId>,
}

impl FromRow for Holding {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { role: cells.take()?, since: cells.take()?, by: cells.opt()?, until: cells.opt()? })
    }
}

impl FromRow for Granted {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        let permission =
            Permission { role: cells.take()?, pattern: cells.take()?, right: cells.word::<Right>("right")? };
        Ok(Self { permission, since: cells.take()?, by: cells.opt()? })
    }
}

impl CommunityStore<'_> {
    /// The roles that a member was given, base roles aside, the latest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn holdings_of(&self, member: MemberId) -> Result<Vec<Holding>> {
        let sql = "SELECT role_id, granted_at, granted_by, revoked_at FROM role_grants
            WHERE community_id = $1 AND member_id = $2 ORDER BY id DESC";
        self.db.all(sql, values![self.id, member]).await
    }

    /// The rights in force, each with its beginning.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn granted(&self) -> Result<Vec<Granted>> {
        let sql = "SELECT p.role_id, p.pattern, p.privilege, p.granted_at, p.granted_by
            FROM permissions p JOIN roles r ON r.id = p.role_id
            WHERE p.community_id = $1 AND p.revoked_at IS NULL AND r.deleted_at IS NULL ORDER BY p.id";
        self.db.all(sql, values![self.id]).await
    }

    /// On how many proposals a member's ballot stands openly.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn count_ballots_by(&self, member: MemberId) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM ballots WHERE community_id = $1 AND member_id = $2";
        Ok(self.db.one::<(i64,)>(sql, values![self.id, member]).await?.map_or(0, |(n,)| n))
    }
}

/// A ballot that bears its voter's name.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnBallot {
    /// On what.
    pub proposal: ProposalId,
    /// What it says.
    pub value: BallotValue,
    /// Why.
    pub reason: Option<String>,
    /// When it was cast or last changed.
    pub cast_at: Timestamp,
}

impl FromRow for OwnBallot {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { proposal: cells.take()?, value: cells.json("ballot")?, reason: cells.opt()?, cast_at: cells.take()? })
    }
}

impl CommunityStore<'_> {
    /// The ballots that bear a member's name, newest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn ballots_by(&self, member: MemberId, limit: u32) -> Result<Vec<OwnBallot>> {
        let sql = "SELECT proposal_id, value, reason, cast_at FROM ballots
            WHERE community_id = $1 AND member_id = $2 ORDER BY cast_at DESC LIMIT $3";
        self.db.all(sql, values![self.id, member, i64::from(limit)]).await
    }
}
