//! Bearer tokens of the REST interface. Only their hashes are stored.

use types::{CommunityId, Timestamp, TokenId};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result, SystemStore, SystemTx};

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One community.
    Community(CommunityId),
    /// Everything.
    Operator,
}

/// A token, without what is presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The id.
    pub id: TokenId,
    /// SHA-256 of the token, hexadecimal.
    pub hash: String,
    /// What it opens.
    pub scope: Scope,
    /// What it is for, in its maker's words.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, hash, community_id, name, created_at, expires_at, revoked_at";

impl FromRow for Token {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            hash: cells.take()?,
            scope: cells.opt()?.map_or(Scope::Operator, Scope::Community),
            name: cells.take()?,
            created_at: cells.take()?,
            expires_at: cells.opt()?,
            revoked_at: cells.opt()?,
        })
    }
}

impl CommunityStore<'_> {
    /// The community's tokens, newest first, revoked ones included.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn tokens(&self) -> Result<Vec<Token>> {
        let sql = format!("SELECT {COLUMNS} FROM api_tokens WHERE community_id = $1 ORDER BY created_at DESC, id");
        self.db.all(&sql, values![self.id]).await
    }
}

impl CommunityTx<'_> {
    /// Revokes one of the community's tokens. Answers whether it was valid until now.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn revoke_token(&self, id: TokenId, at: Timestamp) -> Result<bool> {
        let sql = "UPDATE api_tokens SET revoked_at = $3 WHERE community_id = $1 AND id = $2 AND revoked_at IS NULL";
        Ok(self.db.run(sql, values![self.id, id, at]).await? > 0)
    }
}

impl SystemStore<'_> {
    /// The token of a hash, unless it has ended or was revoked. Across communities because it says which one.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn token(&self, hash: &str, now: Timestamp) -> Result<Option<Token>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM api_tokens WHERE hash = $1 AND revoked_at IS NULL
             AND (expires_at IS NULL OR expires_at > $2)"
        );
        self.db.one(&sql, values![hash, now]).await
    }
}

impl SystemTx<'_> {
    /// Makes a token, of a community or the operator's.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_token(&self, token: &Token) -> Result<()> {
        let t = token;
        let community = match t.scope {
            Scope::Community(id) => Some(id),
            Scope::Operator => None,
        };
        let sql = format!("INSERT INTO api_tokens ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)");
        let values = values![t.id, t.hash, community, t.name, t.created_at, t.expires_at, t.revoked_at];
        self.db.run(&sql, values).await?;
        Ok(())
    }
}
