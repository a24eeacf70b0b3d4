//! Cooling-off: actions that have passed and wait until they are carried out, or are stopped.

use types::{ActionId, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result};

/// An action that waits, waited, or was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cooling {
    /// The action.
    pub action: ActionId,
    /// When it is carried out.
    pub ends_at: Timestamp,
    /// `waiting`, `over`, `vetoed` or `cancelled`.
    pub status: String,
    /// Who stopped it.
    pub member: Option<MemberId>,
    /// Why.
    pub reason: Option<String>,
}

impl FromRow for Cooling {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            action: cells.take()?,
            ends_at: cells.take()?,
            status: cells.take()?,
            member: cells.opt()?,
            reason: cells.opt()?,
        })
    }
}

impl CommunityStore<'_> {
    /// The cooling-off of an action that has one.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn cooling(&self, action: ActionId) -> Result<Option<Cooling>> {
        Ok(self.coolings(&[action]).await?.pop())
    }

    /// The cooling-offs of those of `actions` that have one.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn coolings(&self, actions: &[ActionId]) -> Result<Vec<Cooling>> {
        let sql = "SELECT action_id, ends_at, status, member_id, reason FROM coolings WHERE community_id = $1 AND action_id IN";
        self.db.all_in(sql, values![self.id], actions, "").await
    }
}

impl CommunityTx<'_> {
    /// Has an action wait.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] where it waits already, or what the database answered.
    pub async fn add_cooling(&self, action: ActionId, ends_at: Timestamp) -> Result<()> {
        let sql = "INSERT INTO coolings (action_id, community_id, ends_at, status) VALUES ($1, $2, $3, 'waiting')";
        self.db.run(sql, values![action, self.id, ends_at]).await?;
        Ok(())
    }

    /// Ends the waiting of an action. Answers whether it still waited: who comes second changes nothing.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn end_cooling(
        &self,
        action: ActionId,
        status: &str,
        member: Option<MemberId>,
        reason: Option<&str>,
    ) -> Result<bool> {
        let sql = "UPDATE coolings SET status = $3, member_id = $4, reason = $5
            WHERE community_id = $1 AND action_id = $2 AND status = 'waiting'";
        Ok(self.db.run(sql, values![self.id, action, status, member, reason]).await? > 0)
    }
}
