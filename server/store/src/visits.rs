//! Visits to a vendor's page, and what was granted there until the community has decided to connect.

use types::{CommunityId, ConnectionId, Json, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, json, values};
use crate::{CommunityStore, CommunityTx, Result, SystemTx};

/// Somebody on their way to a vendor's page and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// SHA-256 of the state that comes back with them, hexadecimal.
    pub state_hash: String,
    /// The session of the browser that left: no other brings the state back.
    pub session_hash: String,
    /// For which community.
    pub community: CommunityId,
    /// As which member of it.
    pub member: MemberId,
    /// To which platform.
    pub platform: String,
    /// Until when.
    pub expires_at: Timestamp,
}

impl FromRow for Visit {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            state_hash: cells.take()?,
            session_hash: cells.take()?,
            community: cells.take()?,
            member: cells.take()?,
            platform: cells.take()?,
            expires_at: cells.take()?,
        })
    }
}

/// What was granted: a connection to be.
#[derive(Clone, PartialEq)]
pub struct Grant {
    /// The id of the connection that it becomes.
    pub id: ConnectionId,
    /// The platform.
    pub platform: String,
    /// The workspace, server or installation.
    pub tenant: String,
    /// Settings of the connection.
    pub config: Json,
    /// Tokens, encrypted by the caller.
    pub secrets: Vec<u8>,
    /// When.
    pub granted_at: Timestamp,
}

impl FromRow for Grant {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            platform: cells.take()?,
            tenant: cells.take()?,
            config: cells.json("grant")?,
            secrets: cells.take()?,
            granted_at: cells.take()?,
        })
    }
}

impl SystemTx<'_> {
    /// Remembers a visit.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn begin_visit(&self, visit: &Visit) -> Result<()> {
        let v = visit;
        let sql = "INSERT INTO visits (state_hash, session_hash, community_id, member_id, platform, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let values = values![v.state_hash, v.session_hash, v.community, v.member, v.platform, v.expires_at];
        self.db.run(sql, values).await?;
        Ok(())
    }

    /// Ends a visit, which ends once: the answer is `None` for one that was ended, is too old, or was another browser's.
    ///
    /// Across communities because the state alone says whose it is.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn end_visit(
        &self,
        state_hash: &str,
        session_hash: &str,
        platform: &str,
        now: Timestamp,
    ) -> Result<Option<Visit>> {
        self.db.run("DELETE FROM visits WHERE expires_at <= $1", values![now]).await?;
        let sql = "DELETE FROM visits WHERE state_hash = $1 AND session_hash = $2 AND platform = $3
            RETURNING state_hash, session_hash, community_id, member_id, platform, expires_at";
        Ok(self.db.change::<Visit>(sql, values![state_hash, session_hash, platform]).await?.into_iter().next())
    }
}

impl CommunityStore<'_> {
    /// What was granted under this id.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn grant(&self, id: ConnectionId) -> Result<Option<Grant>> {
        let sql = "SELECT id, platform, tenant, config, secrets, granted_at FROM grants
            WHERE community_id = $1 AND id = $2";
        self.db.one(sql, values![self.id, id]).await
    }
}

impl CommunityTx<'_> {
    /// Keeps what was granted.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_grant(&self, grant: &Grant) -> Result<()> {
        let g = grant;
        let sql = "INSERT INTO grants (id, community_id, platform, tenant, config, secrets, granted_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let config = json("grant", &g.config)?;
        self.db.run(sql, values![g.id, self.id(), g.platform, g.tenant, config, g.secrets, g.granted_at]).await?;
        Ok(())
    }

    /// Forgets what was granted: it became a connection, or never will.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forget_grant(&self, id: ConnectionId) -> Result<()> {
        self.db.run("DELETE FROM grants WHERE community_id = $1 AND id = $2", values![self.id(), id]).await?;
        Ok(())
    }
}
