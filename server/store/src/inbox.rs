//! The inbox: what platforms delivered, as they delivered it, until it has been understood.
//!
//! A webhook is answered as soon as its bytes are here, so that a slow decision never makes a platform give up on us.

use types::{ConnectionId, Timestamp};

use crate::sql::{Cells, FromRow, in_list, values};
use crate::{Result, SystemStore, SystemTx};

/// Bytes that a platform delivered, verified but not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its place in the inbox.
    pub ord: i64,
    /// Where it came from: a connection's id, or a platform's name where one delivery speaks of several.
    pub source: String,
    /// The platform's id of the delivery.
    pub delivery: String,
    /// The connection, where it is known.
    pub connection: Option<ConnectionId>,
    /// What was delivered.
    pub body: Vec<u8>,
    /// When.
    pub received_at: Timestamp,
}

impl FromRow for Delivery {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            ord: cells.take()?,
            source: cells.take()?,
            delivery: cells.take()?,
            connection: cells.opt()?,
            body: cells.take()?,
            received_at: cells.take()?,
        })
    }
}

impl SystemTx<'_> {
    /// Keeps a delivery. Answers whether it is new; `ord` is given by the database.
    ///
    /// # Idempotency
    /// By source and delivery id: what a platform delivers again is dropped here.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn receive(&self, delivery: &Delivery) -> Result<bool> {
        let d = delivery;
        let sql = "INSERT INTO inbox (source, delivery, connection_id, body, received_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (source, delivery) DO NOTHING";
        Ok(self.db.run(sql, values![d.source, d.delivery, d.connection, d.body, d.received_at]).await? > 0)
    }

    /// Says that deliveries have been understood, or with `error` that they never will be. Their ids stay, so that they
    /// are known when they come again; their bodies go.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn mark_processed(&self, ords: &[i64], error: Option<&str>, at: Timestamp) -> Result<()> {
        let mut values = values![at, error, Vec::<u8>::new()];
        let list = in_list(&mut values, ords);
        let sql = format!("UPDATE inbox SET processed_at = $1, error = $2, body = $3 WHERE ord IN {list}");
        self.db.run(&sql, values).await?;
        Ok(())
    }

    /// Forgets deliveries that were understood before `before`. A documented retention job calls it: platforms deliver
    /// again for hours, not for weeks.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forget_deliveries(&self, before: Timestamp) -> Result<u64> {
        self.db.run("DELETE FROM inbox WHERE processed_at < $1", values![before]).await
    }
}

impl SystemStore<'_> {
    /// Whether a delivery was received before. Across communities because its source says whose it is.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn is_received(&self, source: &str, delivery: &str) -> Result<bool> {
        let sql = "SELECT ord FROM inbox WHERE source = $1 AND delivery = $2";
        Ok(self.db.one::<(i64,)>(sql, values![source, delivery]).await?.is_some())
    }

    /// Deliveries that wait, oldest first; within a transaction on PostgreSQL nobody else gets them until it ends.
    ///
    /// Across communities because a delivery may speak of several.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn waiting_deliveries(&self, limit: u32) -> Result<Vec<Delivery>> {
        let is_claim = self.db.is_postgres() && matches!(self.db, crate::sql::Db::Tx(..));
        let lock = if is_claim { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "SELECT ord, source, delivery, connection_id, body, received_at FROM inbox WHERE processed_at IS NULL
             ORDER BY ord LIMIT $1{lock}"
        );
        self.db.all(&sql, values![i64::from(limit)]).await
    }
}
