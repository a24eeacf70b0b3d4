//! Incidents: policies that broke.

use types::{ActionId, IncidentId, Json, PolicyId, PolicyVersionId, ProposalId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result};

/// A policy that broke, or something else that somebody must look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// The id.
    pub id: IncidentId,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// Its version.
    pub version: Option<PolicyVersionId>,
    /// The action it was deciding on.
    pub action: Option<ActionId>,
    /// Its proposal.
    pub proposal: Option<ProposalId>,
    /// What kind of failure, a kebab-case word.
    pub code: String,
    /// What was wrong, in words.
    pub message: String,
    /// Line, column and whatever else helps.
    pub body: Json,
    /// When.
    pub at: Timestamp,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
}

/// The code of the incident that stands for a tripped breaker, until it is reset or a new version is in force.
pub const BREAKER: &str = "breaker";

const COLUMNS: &str = "id, policy_id, policy_version_id, action_id, proposal_id, code, message, body, at, resolved_at";

impl FromRow for Incident {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            policy: cells.opt()?,
            version: cells.opt()?,
            action: cells.opt()?,
            proposal: cells.opt()?,
            code: cells.take()?,
            message: cells.take()?,
            body: cells.json("incident")?,
            at: cells.take()?,
            resolved_at: cells.opt()?,
        })
    }
}

impl CommunityStore<'_> {
    /// Incidents, the latest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn incidents(&self, limit: u32) -> Result<Vec<Incident>> {
        let sql = format!("SELECT {COLUMNS} FROM incidents WHERE community_id = $1 ORDER BY at DESC, id LIMIT $2");
        self.db.all(&sql, values![self.id, i64::from(limit)]).await
    }

    /// Breakers that are tripped.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn open_breakers(&self) -> Result<Vec<Incident>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM incidents WHERE community_id = $1 AND code = $2 AND resolved_at IS NULL ORDER BY at, id"
        );
        self.db.all(&sql, values![self.id, BREAKER]).await
    }

    /// How often a version broke since `since` and it is not over yet: what trips the breaker.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn count_incidents(&self, version: PolicyVersionId, since: Timestamp) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM incidents
            WHERE community_id = $1 AND policy_version_id = $2 AND at >= $3 AND resolved_at IS NULL
            AND code <> 'breaker'";
        Ok(self.db.one::<(i64,)>(sql, values![self.id, version, since]).await?.map_or(0, |(n,)| n))
    }
}

impl CommunityTx<'_> {
    /// Opens an incident.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn open_incident(&self, incident: &Incident) -> Result<()> {
        let i = incident;
        let sql = format!(
            "INSERT INTO incidents ({COLUMNS}, community_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        );
        let values = values![
            i.id,
            i.policy,
            i.version,
            i.action,
            i.proposal,
            i.code,
            i.message,
            i.body,
            i.at,
            i.resolved_at,
            self.id
        ];
        self.db.run(&sql, values).await?;
        Ok(())
    }

    /// Closes the incidents of all versions of a policy: another is in force.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn resolve_incidents_of(&self, policy: PolicyId, at: Timestamp) -> Result<u64> {
        let sql = "UPDATE incidents SET resolved_at = $3
            WHERE community_id = $1 AND policy_id = $2 AND resolved_at IS NULL";
        self.db.run(sql, values![self.id, policy, at]).await
    }

    /// Closes the incidents of a version: it works again, or another took its place.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn resolve_incidents(&self, version: PolicyVersionId, at: Timestamp) -> Result<u64> {
        let sql = "UPDATE incidents SET resolved_at = $3
            WHERE community_id = $1 AND policy_version_id = $2 AND resolved_at IS NULL";
        self.db.run(sql, values![self.id, version, at]).await
    }
}
