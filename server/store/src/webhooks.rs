//! Webhooks: addresses at which other services tell a community something.

use types::{MemberId, Timestamp, WebhookId};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result};

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The id: part of the address.
    pub id: WebhookId,
    /// The name, by which policies know it.
    pub name: String,
    /// Who may have its secret shown, besides those who hold a token.
    pub claimant: Option<MemberId>,
    /// The encrypted secret; `None` until it was shown to somebody.
    pub secret: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its secret was last replaced.
    pub rotated_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, name, claimant_id, secret, created_at, rotated_at";

impl FromRow for Webhook {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            name: cells.take()?,
            claimant: cells.opt()?,
            secret: cells.opt()?,
            created_at: cells.take()?,
            rotated_at: cells.opt()?,
        })
    }
}

impl CommunityStore<'_> {
    /// The webhooks that are open, by name.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>> {
        let sql =
            format!("SELECT {COLUMNS} FROM webhooks WHERE community_id = $1 AND removed_at IS NULL ORDER BY name, id");
        self.db.all(&sql, values![self.id]).await
    }

    /// One open webhook.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>> {
        let sql = format!("SELECT {COLUMNS} FROM webhooks WHERE community_id = $1 AND id = $2 AND removed_at IS NULL");
        self.db.one(&sql, values![self.id, id]).await
    }
}

impl CommunityTx<'_> {
    /// Opens a webhook, without a secret.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] when the name is in use, or what the database answered.
    pub async fn add_webhook(&self, webhook: &Webhook) -> Result<()> {
        let sql = "INSERT INTO webhooks (id, community_id, name, claimant_id, created_at) VALUES ($1, $2, $3, $4, $5)";
        let values = values![webhook.id, self.id, webhook.name, webhook.claimant, webhook.created_at];
        self.db.run(sql, values).await?;
        Ok(())
    }

    /// Forgets a webhook's secret, and says who may have the next one shown.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn rotate_webhook(&self, id: WebhookId, claimant: Option<MemberId>, at: Timestamp) -> Result<()> {
        let sql =
            "UPDATE webhooks SET secret = NULL, claimant_id = $3, rotated_at = $4 WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, claimant, at]).await?;
        Ok(())
    }

    /// Keeps a webhook's secret, encrypted, unless it has one. Answers whether it was kept: who lost must not show theirs.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn claim_webhook(&self, id: WebhookId, secret: &[u8]) -> Result<bool> {
        let sql = "UPDATE webhooks SET secret = $3
            WHERE community_id = $1 AND id = $2 AND secret IS NULL AND removed_at IS NULL";
        Ok(self.db.run(sql, values![self.id, id, secret]).await? > 0)
    }

    /// Closes a webhook for good, and forgets its secret.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn remove_webhook(&self, id: WebhookId, at: Timestamp) -> Result<()> {
        let sql = "UPDATE webhooks SET removed_at = $3, secret = NULL WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, at]).await?;
        Ok(())
    }
}
