//! Shadow stages: policies that run beside the rules in force before they come into force, and where they differed.

use types::simulation::{ShadowStatus, ShadowTerms};
use types::{ActionId, PolicyId, Timestamp, Verdict};

use crate::sql::{Cells, FromRow, json, values, word};
use crate::{CommunityStore, CommunityTx, Result};

/// A shadow stage.
#[derive(Clone, Debug, PartialEq)]
pub struct ShadowStage {
    /// The policy in shadow.
    pub policy: PolicyId,
    /// The policy that it would change.
    pub replaces: Option<PolicyId>,
    /// What was voted on.
    pub terms: ShadowTerms,
    /// Where it stands.
    pub status: ShadowStatus,
    /// Why it ended; empty while it runs.
    pub reason: String,
    /// Since when.
    pub begun_at: Timestamp,
    /// Until when at the latest.
    pub ends_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The action that began it.
    pub action: ActionId,
    /// Decisions so far.
    pub n_decisions: u32,
    /// Of them, how many differed.
    pub n_divergences: u32,
    /// How often it broke.
    pub n_errors: u32,
}

/// An action on which a policy in shadow differed.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDivergence {
    /// The policy in shadow.
    pub policy: PolicyId,
    /// The action.
    pub action: ActionId,
    /// When.
    pub at: Timestamp,
    /// What it made of it; none where it broke.
    pub shadow: Option<Verdict>,
    /// Why.
    pub shadow_reason: String,
    /// What became of it.
    pub actual: Verdict,
}

const COLUMNS: &str =
    "policy_id, replaces_id, terms, status, reason, begun_at, ends_at, ended_at, action_id, n_decisions,
    n_divergences, n_errors";

impl FromRow for ShadowStage {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            policy: cells.take()?,
            replaces: cells.opt()?,
            terms: cells.json("shadow terms")?,
            status: cells.word("shadow status")?,
            reason: cells.take()?,
            begun_at: cells.take()?,
            ends_at: cells.opt()?,
            ended_at: cells.opt()?,
            action: cells.take()?,
            n_decisions: cells.take()?,
            n_divergences: cells.take()?,
            n_errors: cells.take()?,
        })
    }
}

impl FromRow for StoredDivergence {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        let (policy, action, at) = (cells.take()?, cells.take()?, cells.take()?);
        let shadow: Option<String> = cells.opt()?;
        let shadow = shadow.map(|word| crate::sql::from_json("verdict", &format!("\"{word}\""))).transpose()?;
        Ok(Self { policy, action, at, shadow, shadow_reason: cells.take()?, actual: cells.word("verdict")? })
    }
}

impl CommunityStore<'_> {
    /// The shadow stage of a policy, or the latest one that would change it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn shadow_stage(&self, policy: PolicyId) -> Result<Option<ShadowStage>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM shadow_stages WHERE community_id = $1 AND (policy_id = $2 OR replaces_id = $2)
            ORDER BY begun_at DESC, policy_id DESC LIMIT 1"
        );
        self.db.one(&sql, values![self.id, policy]).await
    }

    /// The shadow stages that are running.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn running_shadow_stages(&self) -> Result<Vec<ShadowStage>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM shadow_stages WHERE community_id = $1 AND status = 'running' ORDER BY begun_at"
        );
        self.db.all(&sql, values![self.id]).await
    }

    /// Where a policy in shadow differed, newest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn divergences(&self, policy: PolicyId, limit: u32) -> Result<Vec<StoredDivergence>> {
        let sql = "SELECT policy_id, action_id, at, shadow, shadow_reason, actual FROM divergences
            WHERE community_id = $1 AND policy_id = $2 ORDER BY at DESC, action_id LIMIT $3";
        self.db.all(sql, values![self.id, policy, i64::from(limit)]).await
    }
}

impl CommunityTx<'_> {
    /// Begins a shadow stage.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn begin_shadow_stage(&self, stage: &ShadowStage) -> Result<()> {
        let sql = format!(
            "INSERT INTO shadow_stages ({COLUMNS}, community_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        );
        let s = stage;
        let (terms, status) = (json("shadow terms", &s.terms)?, word("shadow status", &s.status)?);
        let counts = [s.n_decisions, s.n_divergences, s.n_errors].map(i64::from);
        let [n_decisions, n_divergences, n_errors] = counts;
        let values = values![
            s.policy,
            s.replaces,
            terms,
            status,
            s.reason,
            s.begun_at,
            s.ends_at,
            s.ended_at,
            s.action,
            n_decisions,
            n_divergences,
            n_errors,
            self.id
        ];
        self.db.run(&sql, values).await?;
        Ok(())
    }

    /// Saves the counts and the end of a shadow stage.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn save_shadow_stage(&self, stage: &ShadowStage) -> Result<()> {
        let sql =
            "UPDATE shadow_stages SET status = $3, reason = $4, ended_at = $5, n_decisions = $6, n_divergences = $7,
            n_errors = $8 WHERE community_id = $1 AND policy_id = $2";
        let status = word("shadow status", &stage.status)?;
        let [n_decisions, n_divergences, n_errors] =
            [stage.n_decisions, stage.n_divergences, stage.n_errors].map(i64::from);
        let values =
            values![self.id, stage.policy, status, stage.reason, stage.ended_at, n_decisions, n_divergences, n_errors];
        self.db.run(sql, values).await?;
        Ok(())
    }

    /// Writes a divergence down. The same action twice is one.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn record_divergence(&self, divergence: &StoredDivergence) -> Result<()> {
        let sql = "INSERT INTO divergences (policy_id, action_id, community_id, at, shadow, shadow_reason, actual)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (policy_id, action_id) DO NOTHING";
        let d = divergence;
        let shadow = d.shadow.map(|verdict| verdict.as_str().to_owned());
        let values = values![d.policy, d.action, self.id, d.at, shadow, d.shadow_reason, d.actual.as_str()];
        self.db.run(sql, values).await?;
        Ok(())
    }
}
