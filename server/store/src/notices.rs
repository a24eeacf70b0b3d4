//! Notices: what a member is told inside Polity, and the board's receipts.

use types::{EffectId, Json, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, json, values};
use crate::{CommunityStore, CommunityTx, Result};

/// Something a member was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number, growing with time.
    pub ord: i64,
    /// What.
    pub text: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

impl FromRow for Notice {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { ord: cells.take()?, text: cells.take()?, created_at: cells.take()?, read_at: cells.opt()? })
    }
}

/// The receipt column of a row.
struct ReceiptRow(Json);

impl FromRow for ReceiptRow {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self(cells.json("board receipt")?))
    }
}

impl CommunityStore<'_> {
    /// What a member was told, the latest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn notices(&self, member: MemberId, limit: u32) -> Result<Vec<Notice>> {
        let sql = "SELECT ord, body, created_at, read_at FROM notices WHERE community_id = $1 AND member_id = $2
            ORDER BY ord DESC LIMIT $3";
        self.db.all(sql, values![self.id, member, i64::from(limit)]).await
    }

    /// The receipt of an effect that the board has done, or `None`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn board_receipt(&self, effect: EffectId) -> Result<Option<Json>> {
        let sql = "SELECT receipt FROM board_receipts WHERE community_id = $1 AND effect_id = $2";
        Ok(self.db.one::<ReceiptRow>(sql, values![self.id, effect]).await?.map(|ReceiptRow(receipt)| receipt))
    }
}

impl CommunityTx<'_> {
    /// Tells a member something.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_notice(&self, to: MemberId, text: &str, at: Timestamp) -> Result<()> {
        let sql = "INSERT INTO notices (community_id, member_id, body, created_at) VALUES ($1, $2, $3, $4)";
        self.db.run(sql, values![self.id, to, text, at]).await?;
        Ok(())
    }

    /// Keeps the receipt of an effect, together with what the board did for it.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] when the effect was done already, or what the database answered.
    pub async fn put_board_receipt(&self, effect: EffectId, receipt: &Json) -> Result<()> {
        let sql = "INSERT INTO board_receipts (effect_id, community_id, receipt) VALUES ($1, $2, $3)";
        self.db.run(sql, values![effect, self.id, json("board receipt", receipt)?]).await?;
        Ok(())
    }
}
