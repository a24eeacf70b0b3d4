//! Sessions: signed-in browsers. Only the hash of what the browser presents is stored.

use types::{AccountId, CommunityId, Json, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{Result, SystemStore, SystemTx};

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// SHA-256 of the cookie's secret, hexadecimal.
    pub hash: String,
    /// Who signed in.
    pub account: Option<AccountId>,
    /// As which member, where the sign-in was to one community.
    pub member: Option<MemberId>,
    /// That community.
    pub community: Option<CommunityId>,
    /// Whatever else the browser's session holds.
    pub data: Json,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

const COLUMNS: &str = "hash, account_id, member_id, community_id, data, created_at, expires_at";

impl FromRow for Session {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            hash: cells.take()?,
            account: cells.opt()?,
            member: cells.opt()?,
            community: cells.opt()?,
            data: cells.json("session")?,
            created_at: cells.take()?,
            expires_at: cells.take()?,
        })
    }
}

impl SystemStore<'_> {
    /// The session of a hash, unless it has ended. Across communities because it is asked before one is known.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn session(&self, hash: &str, now: Timestamp) -> Result<Option<Session>> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE hash = $1 AND expires_at > $2");
        self.db.one(&sql, values![hash, now]).await
    }
}

impl SystemTx<'_> {
    /// Begins a session, or changes the one of the same hash.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn put_session(&self, session: &Session) -> Result<()> {
        let s = session;
        let sql = format!(
            "INSERT INTO sessions ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (hash) DO UPDATE SET account_id = excluded.account_id, member_id = excluded.member_id,
             community_id = excluded.community_id, data = excluded.data, expires_at = excluded.expires_at"
        );
        let values = values![s.hash, s.account, s.member, s.community, s.data, s.created_at, s.expires_at];
        self.db.run(&sql, values).await?;
        Ok(())
    }

    /// Ends a session. Answers whether there was one.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn end_session(&self, hash: &str) -> Result<bool> {
        Ok(self.db.run("DELETE FROM sessions WHERE hash = $1", values![hash]).await? > 0)
    }

    /// Removes sessions that have ended: housekeeping.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn sweep_sessions(&self, now: Timestamp) -> Result<u64> {
        self.db.run("DELETE FROM sessions WHERE expires_at <= $1", values![now]).await
    }
}
