//! Connections: a community's links to platforms, and the places that each governs.

use serde::{Deserialize, Serialize};
use types::{CommunityId, ConnectionId, Json, Timestamp};

use crate::sql::{Cells, FromRow, json, values, word};
use crate::{CommunityStore, CommunityTx, Result, StoreError, SystemStore};

/// How a connection fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// It works.
    Active,
    /// The platform does not answer; what is to be done waits.
    Down,
    /// The platform refuses us until somebody signs in again.
    Refused,
    /// It was cut.
    Removed,
}

/// A link to one platform.
#[derive(Clone, PartialEq)]
pub struct Connection {
    /// The id.
    pub id: ConnectionId,
    /// The community.
    pub community: CommunityId,
    /// The platform, such as `matrix`.
    pub platform: String,
    /// What is governed there.
    pub config: Json,
    /// Tokens, encrypted by the caller; the store never sees what is inside.
    pub secrets: Option<Vec<u8>>,
    /// How it fares.
    pub status: ConnectionStatus,
    /// Why, in words.
    pub status_reason: String,
    /// How far the platform's events have been read.
    pub cursor: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither the secrets nor a config that may name people.
        f.debug_struct("Connection")
            .field("id", &self.id)
            .field("platform", &self.platform)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

const COLUMNS: &str = "id, community_id, platform, config, secrets, status, status_reason, cursor, created_at";

impl FromRow for Connection {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            community: cells.take()?,
            platform: cells.take()?,
            config: cells.json("connection")?,
            secrets: cells.opt()?,
            status: cells.word("connection status")?,
            status_reason: cells.take()?,
            cursor: cells.opt()?,
            created_at: cells.take()?,
        })
    }
}

impl CommunityStore<'_> {
    /// The community's connections that were not cut.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn connections(&self) -> Result<Vec<Connection>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM connections WHERE community_id = $1 AND removed_at IS NULL ORDER BY platform, id"
        );
        self.db.all(&sql, values![self.id]).await
    }

    /// One connection, even if it was cut.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn connection(&self, id: ConnectionId) -> Result<Option<Connection>> {
        let sql = format!("SELECT {COLUMNS} FROM connections WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// The places that a connection governs.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn places(&self, connection: ConnectionId) -> Result<Vec<String>> {
        let sql = "SELECT place FROM connection_places WHERE community_id = $1 AND connection_id = $2 ORDER BY place";
        let rows = self.db.all::<(String,)>(sql, values![self.id, connection]).await?;
        Ok(rows.into_iter().map(|(place,)| place).collect())
    }
}

impl CommunityTx<'_> {
    /// Makes a connection.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_connection(&self, connection: &Connection) -> Result<()> {
        let c = connection;
        let sql = format!("INSERT INTO connections ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
        let (config, status) = (json("connection", &c.config)?, word("connection status", &c.status)?);
        let values =
            values![c.id, self.id, c.platform, config, c.secrets, status, c.status_reason, c.cursor, c.created_at];
        self.db.run(&sql, values).await?;
        Ok(())
    }

    /// Changes what a connection governs and the tokens it uses.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn configure_connection(&self, id: ConnectionId, config: &Json, secrets: Option<&[u8]>) -> Result<()> {
        let sql = "UPDATE connections SET config = $3, secrets = $4 WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, config, secrets]).await?;
        Ok(())
    }

    /// Tells how a connection fares.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_connection_status(&self, id: ConnectionId, status: ConnectionStatus, reason: &str) -> Result<()> {
        let sql = "UPDATE connections SET status = $3, status_reason = $4
            WHERE community_id = $1 AND id = $2 AND removed_at IS NULL";
        self.db.run(sql, values![self.id, id, word("connection status", &status)?, reason]).await?;
        Ok(())
    }

    /// Remembers how far a connection has read.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_cursor(&self, id: ConnectionId, cursor: &str) -> Result<()> {
        let sql = "UPDATE connections SET cursor = $3 WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, cursor]).await?;
        Ok(())
    }

    /// Sets all places that a connection governs.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when another connection governs one of them, or what the database answered.
    pub async fn set_places(&self, connection: ConnectionId, places: &[String]) -> Result<()> {
        let known = self.connection(connection).await?.ok_or(StoreError::Missing("connection"))?;
        let sql = "DELETE FROM connection_places WHERE community_id = $1 AND connection_id = $2";
        self.db.run(sql, values![self.id, connection]).await?;
        let row = |place: &String| values![known.platform, place, connection, self.id];
        let before = "INSERT INTO connection_places (platform, place, connection_id, community_id)";
        self.db.run_values(before, places.iter().map(row).collect(), "").await?;
        Ok(())
    }

    /// Forgets the tokens of a connection that was cut: they were given back.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forget_secrets(&self, id: ConnectionId) -> Result<()> {
        let sql = "UPDATE connections SET secrets = NULL WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id]).await?;
        Ok(())
    }

    /// Cuts a connection but for its tokens, which are yet to be given back: [`Self::forget_secrets`] ends it. Answers whether
    /// it was there.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn part_with_connection(&self, id: ConnectionId, at: Timestamp) -> Result<bool> {
        let sql = "DELETE FROM connection_places WHERE community_id = $1 AND connection_id = $2";
        self.db.run(sql, values![self.id, id]).await?;
        let sql = "UPDATE connections SET removed_at = $3, status = 'removed'
            WHERE community_id = $1 AND id = $2 AND removed_at IS NULL";
        Ok(self.db.run(sql, values![self.id, id, at]).await? > 0)
    }

    /// Cuts a connection: its places are free and its tokens gone. Answers whether it was there.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn remove_connection(&self, id: ConnectionId, at: Timestamp) -> Result<bool> {
        let sql = "DELETE FROM connection_places WHERE community_id = $1 AND connection_id = $2";
        self.db.run(sql, values![self.id, id]).await?;
        let sql = "UPDATE connections SET removed_at = $3, status = 'removed', secrets = NULL
            WHERE community_id = $1 AND id = $2 AND removed_at IS NULL";
        Ok(self.db.run(sql, values![self.id, id, at]).await? > 0)
    }
}

impl SystemStore<'_> {
    /// The connection that governs a place. Across communities because this is how an event gets to one.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn connection_of_place(&self, platform: &str, place: &str) -> Result<Option<Connection>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM connections WHERE removed_at IS NULL AND id =
             (SELECT connection_id FROM connection_places WHERE platform = $1 AND place = $2)"
        );
        self.db.one(&sql, values![platform, place]).await
    }

    /// All connections that were not cut. Across communities because each is looked after in its turn.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn connections(&self) -> Result<Vec<Connection>> {
        let sql = format!("SELECT {COLUMNS} FROM connections WHERE removed_at IS NULL ORDER BY id");
        self.db.all(&sql, Vec::new()).await
    }

    /// All connections to a platform that were not cut. Across communities because listeners are started for each.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn connections_to(&self, platform: &str) -> Result<Vec<Connection>> {
        let sql = format!("SELECT {COLUMNS} FROM connections WHERE platform = $1 AND removed_at IS NULL ORDER BY id");
        self.db.all(&sql, values![platform]).await
    }
}
