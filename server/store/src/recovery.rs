//! The recovery rule of a community: how its members take the government back. Only founding a community writes it.

use types::{PolicyId, Timestamp};

use crate::policies::{NewVersion, Standing};
use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result};

/// How many of all members must agree, and for how long they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryRule {
    /// The share's numerator.
    pub numerator: u32,
    /// The share's denominator.
    pub denominator: u32,
    /// How many days the vote is open.
    pub days: u32,
}

impl Default for RecoveryRule {
    /// Two thirds of all members within a fortnight.
    fn default() -> Self {
        Self { numerator: 2, denominator: 3, days: 14 }
    }
}

impl FromRow for RecoveryRule {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { numerator: cells.take()?, denominator: cells.take()?, days: cells.take()? })
    }
}

impl CommunityStore<'_> {
    /// The community's recovery rule.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn recovery_rule(&self) -> Result<RecoveryRule> {
        let sql = "SELECT numerator, denominator, days FROM recovery_rules WHERE community_id = $1";
        Ok(self.db.one(sql, values![self.id]).await?.unwrap_or_default())
    }

    /// Whether a policy is built in: no action changes it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn is_built_in(&self, policy: PolicyId) -> Result<bool> {
        let sql = "SELECT is_built_in FROM policies WHERE community_id = $1 AND id = $2";
        Ok(self.db.one::<(bool,)>(sql, values![self.id, policy]).await?.is_some_and(|(is,)| is))
    }
}

impl CommunityTx<'_> {
    /// Sets the rule of a community that is being founded.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] where it was set before, or what the database answered.
    pub async fn set_recovery_rule(&self, rule: RecoveryRule) -> Result<()> {
        let sql = "INSERT INTO recovery_rules (community_id, numerator, denominator, days) VALUES ($1, $2, $3, $4)";
        self.db.run(sql, values![self.id, rule.numerator, rule.denominator, rule.days]).await?;
        Ok(())
    }

    /// Adds a built-in policy: out of force, so that it is nobody's candidate but for those who name it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_built_in_policy(
        &self,
        id: PolicyId,
        version: &NewVersion,
        at: Timestamp,
    ) -> Result<types::policy::Policy> {
        let standing = Standing {
            enforcement: types::Enforcement::Enforced,
            on_error: types::OnError::Hold,
            position: 0,
            is_active: false,
        };
        let added = self.add_policy(id, version, standing, None, at).await?;
        let sql = "UPDATE policies SET is_built_in = TRUE WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id]).await?;
        Ok(added)
    }
}
