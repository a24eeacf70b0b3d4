//! Objections: examples that voters put against a proposed policy. Each must come out as expected, or be answered.

use types::{ActionId, Json, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result, StoreError};

/// An objection.
#[derive(Clone, Debug, PartialEq)]
pub struct Objection {
    /// The action that proposes the policy.
    pub action: ActionId,
    /// The example's name, unique for the action.
    pub name: String,
    /// The example.
    pub example: Json,
    /// Who objects.
    pub member: MemberId,
    /// When.
    pub at: Timestamp,
    /// What the author answered.
    pub answer: Option<String>,
    /// When.
    pub answered_at: Option<Timestamp>,
}

const COLUMNS: &str = "action_id, name, example, member_id, created_at, answer, answered_at";

impl FromRow for Objection {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            action: cells.take()?,
            name: cells.take()?,
            example: cells.json("example")?,
            member: cells.take()?,
            at: cells.take()?,
            answer: cells.opt()?,
            answered_at: cells.opt()?,
        })
    }
}

impl CommunityStore<'_> {
    /// The objections to what an action proposes, oldest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn objections(&self, action: ActionId) -> Result<Vec<Objection>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM objections WHERE community_id = $1 AND action_id = $2 ORDER BY created_at, name"
        );
        self.db.all(&sql, values![self.id, action]).await
    }
}

impl CommunityTx<'_> {
    /// Adds an objection.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where the action is not of this community, [`StoreError::Taken`] where there is one of this
    /// name, or what the database answered.
    pub async fn object(&self, objection: &Objection) -> Result<()> {
        if self.action(objection.action).await?.is_none() {
            return Err(StoreError::Missing("action"));
        }
        let sql = "INSERT INTO objections (community_id, action_id, name, example, member_id, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)";
        let o = objection;
        self.db.run(sql, values![self.id, o.action, o.name, o.example, o.member, o.at]).await?;
        Ok(())
    }

    /// Answers an objection. Answers whether there is one of this name.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn answer_objection(&self, action: ActionId, name: &str, answer: &str, at: Timestamp) -> Result<bool> {
        let sql = "UPDATE objections SET answer = $4, answered_at = $5
            WHERE community_id = $1 AND action_id = $2 AND name = $3";
        Ok(self.db.run(sql, values![self.id, action, name, answer, at]).await? > 0)
    }
}
