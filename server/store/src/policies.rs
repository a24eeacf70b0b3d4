//! Policies: their immutable versions, and how each stands now and stood at any moment.

use types::policy::Policy;
use types::{ActionId, Enforcement, OnError, PolicyDraft, PolicyId, PolicyVersionId, Timestamp};

use crate::communities::Part;
use crate::sql::{Cells, FromRow, json, values, word};
use crate::{CommunityStore, CommunityTx, Result, StoreError};

/// A policy's first version, or its next.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The version's id.
    pub id: PolicyVersionId,
    /// Its content.
    pub draft: PolicyDraft,
    /// SHA-256 of its source, hexadecimal.
    pub hash: String,
}

/// How a policy stands, outside its JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How far its decisions reach.
    pub enforcement: Enforcement,
    /// What happens when it breaks.
    pub on_error: OnError,
    /// Its place; the lowest is asked first.
    pub position: i32,
    /// Whether it is in force.
    pub is_active: bool,
}

impl FromRow for Policy {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            version_id: cells.take()?,
            version: cells.take()?,
            hash: cells.take()?,
            draft: cells.json("policy draft")?,
            enforcement: cells.word("enforcement")?,
            on_error: cells.word("error rule")?,
            position: cells.take()?,
            is_active: cells.take()?,
            created_at: cells.take()?,
        })
    }
}

/// Policies as they stand.
const NOW: &str = "SELECT p.id, v.id, v.version, v.hash, v.draft, p.enforcement, p.on_error, p.position, p.is_active,
    v.created_at FROM policies p JOIN policy_versions v ON v.id = p.version_id";

/// Policies as they stood between `h.since` and `h.until`.
const THEN: &str = "SELECT h.policy_id, v.id, v.version, v.hash, v.draft, h.enforcement, h.on_error, h.position,
    h.is_active, v.created_at FROM policy_history h JOIN policy_versions v ON v.id = h.version_id";

/// Any version, with how its policy stands now.
const VERSION: &str = "SELECT p.id, v.id, v.version, v.hash, v.draft, p.enforcement, p.on_error, p.position,
    p.is_active, v.created_at FROM policy_versions v JOIN policies p ON p.id = v.policy_id";

/// Leaves out what is no policy by itself: the stages of others, and what Polity keeps for questions of its own.
const SHOWN: &str =
    "p.is_built_in = FALSE AND NOT EXISTS (SELECT 1 FROM policy_stages hidden WHERE hidden.policy_id = p.id)";

/// One stage of a policy's version.
#[derive(Clone, Debug, PartialEq)]
pub struct StageVersion {
    /// The version that is in stages.
    pub of: PolicyVersionId,
    /// Its place, from 1.
    pub place: u32,
    /// The stage, at the version that belongs to it.
    pub policy: Policy,
}

impl FromRow for StageVersion {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { of: cells.take()?, place: cells.take()?, policy: Policy::from_row(cells)? })
    }
}

impl CommunityStore<'_> {
    /// The stages of versions, by version and in their order; none for versions without stages.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn stages_of(&self, versions: &[PolicyVersionId]) -> Result<Vec<StageVersion>> {
        let before = "SELECT s.version_id, s.stage, p.id, v.id, v.version, v.hash, v.draft, p.enforcement, p.on_error,
            p.position, p.is_active, v.created_at FROM stage_versions s JOIN policy_versions v ON v.id = s.stage_version_id
            JOIN policies p ON p.id = v.policy_id WHERE s.community_id = $1 AND s.version_id IN";
        self.db.all_in(before, values![self.id], versions, "ORDER BY s.version_id, s.stage").await
    }

    /// The policy that Polity keeps for questions of its own, if it was needed before.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn built_in_policy(&self) -> Result<Option<Policy>> {
        let sql = format!(
            "{NOW} JOIN policy_stages s ON s.policy_id = p.id AND s.bundle_policy_id = p.id WHERE p.community_id = $1"
        );
        self.db.one(&sql, values![self.id]).await
    }

    /// The latest version before number `before` that is known to have worked, or of which no failure is known.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn last_working_version(&self, policy: PolicyId, before: u32) -> Result<Option<Policy>> {
        let versions =
            "(SELECT v.id UNION ALL SELECT s.stage_version_id FROM stage_versions s WHERE s.version_id = v.id)";
        let sql = format!(
            "{VERSION} WHERE v.community_id = $1 AND v.policy_id = $2 AND v.version < $3
             AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.policy_version_id = v.id AND i.code = 'breaker')
             AND (NOT EXISTS (SELECT 1 FROM incidents i WHERE i.policy_version_id IN {versions})
               OR EXISTS (SELECT 1 FROM proposals r WHERE r.policy_version_id IN {versions}
                 AND r.n_decisions > 0 AND r.error IS NULL))
             ORDER BY v.version DESC LIMIT 1"
        );
        self.db.one(&sql, values![self.id, policy, before]).await
    }

    /// Policies in force, in the order in which they are asked; those that are off included.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn policies(&self) -> Result<Vec<Policy>> {
        let sql = format!("{NOW} WHERE p.community_id = $1 AND p.is_active = TRUE ORDER BY p.position, p.id");
        self.db.all(&sql, values![self.id]).await
    }

    /// Policies that were in force, in the order in which they were asked.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn policies_at(&self, at: Timestamp) -> Result<Vec<Policy>> {
        let sql = format!(
            "{THEN} WHERE h.community_id = $1 AND h.since <= $2 AND (h.until IS NULL OR h.until > $2)
             AND h.is_active = TRUE ORDER BY h.position, h.policy_id"
        );
        self.db.all(&sql, values![self.id, at]).await
    }

    /// Every policy there ever was, removed ones last.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn all_policies(&self) -> Result<Vec<Policy>> {
        let sql = format!("{NOW} WHERE p.community_id = $1 AND {SHOWN} ORDER BY p.is_active DESC, p.position, p.id");
        self.db.all(&sql, values![self.id]).await
    }

    /// One policy at its current version, in force or removed.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn policy(&self, id: PolicyId) -> Result<Option<Policy>> {
        self.db.one(&format!("{NOW} WHERE p.community_id = $1 AND p.id = $2"), values![self.id, id]).await
    }

    /// The policy of a name, in force; failing that the one removed last.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn policy_by_name(&self, name: &str) -> Result<Option<Policy>> {
        let sql = format!(
            "{NOW} WHERE p.community_id = $1 AND p.name = $2 AND {SHOWN}
             ORDER BY p.is_active DESC, v.created_at DESC, p.id LIMIT 1"
        );
        self.db.one(&sql, values![self.id, name]).await
    }

    /// Versions by id, in no order.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn policy_versions_by_id(&self, ids: &[PolicyVersionId]) -> Result<Vec<Policy>> {
        let before = format!("{VERSION} WHERE v.community_id = $1 AND v.id IN");
        self.db.all_in(&before, values![self.id], ids, "").await
    }

    /// All versions of a policy, newest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn policy_versions(&self, id: PolicyId) -> Result<Vec<Policy>> {
        let sql = format!("{VERSION} WHERE v.community_id = $1 AND v.policy_id = $2 ORDER BY v.version DESC");
        self.db.all(&sql, values![self.id, id]).await
    }
}

impl CommunityTx<'_> {
    /// Marks a policy as no policy by itself: a stage of `of`, or with `of` itself one that Polity keeps for its questions.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn hide_policy(&self, of: PolicyId, policy: PolicyId) -> Result<()> {
        let sql = "INSERT INTO policy_stages (community_id, bundle_policy_id, stage, policy_id)
            SELECT $1, $2, (SELECT COUNT(*) FROM policy_stages WHERE bundle_policy_id = $2) + 1, $3";
        self.db.run(sql, values![self.id(), of, policy]).await?;
        Ok(())
    }

    /// Says which versions the stages of a version are.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_stages(&self, version: PolicyVersionId, stages: &[PolicyVersionId]) -> Result<()> {
        let rows =
            stages.iter().zip(1_i64..).map(|(stage, place)| values![version, place, self.id(), *stage]).collect();
        let before = "INSERT INTO stage_versions (version_id, stage, community_id, stage_version_id)";
        self.db.run_values(before, rows, "").await?;
        self.touch(Part::Policies).await
    }

    /// Puts a new policy in force, after all others unless `standing` says otherwise.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the name is in use, or what the database answered.
    pub async fn add_policy(
        &self,
        id: PolicyId,
        first: &NewVersion,
        standing: Standing,
        by: Option<ActionId>,
        at: Timestamp,
    ) -> Result<Policy> {
        let sql = "INSERT INTO policies (id, community_id, name, version_id, version, enforcement, on_error, position,
            is_active, created_at) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9)";
        let (enforcement, on_error) = words(standing)?;
        let values = values![
            id,
            self.id,
            first.draft.name,
            first.id,
            enforcement,
            on_error,
            standing.position,
            standing.is_active,
            at
        ];
        self.db.run(sql, values).await?;
        self.add_version(id, first, by, at).await
    }

    /// The position after all policies in force.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn next_position(&self) -> Result<i32> {
        let sql = "SELECT COALESCE(MAX(position), 0) + 1 FROM policies WHERE community_id = $1 AND is_active = TRUE";
        Ok(self.db.one::<(i32,)>(sql, values![self.id]).await?.map_or(1, |(position,)| position))
    }

    /// Gives a policy its next version, which is in force from now on.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Taken`] when the new name is in use, or what the database answered.
    pub async fn add_version(
        &self,
        id: PolicyId,
        next: &NewVersion,
        by: Option<ActionId>,
        at: Timestamp,
    ) -> Result<Policy> {
        // The row is changed first: on PostgreSQL this is also the lock under which the number is given.
        let sql = "UPDATE policies SET version = version + 1, version_id = $3, name = $4
            WHERE community_id = $1 AND id = $2 RETURNING version";
        let changed = self.db.change::<(u32,)>(sql, values![self.id, id, next.id, next.draft.name]).await?;
        let (version,) = changed.first().copied().ok_or(StoreError::Missing("policy"))?;
        let sql =
            "INSERT INTO policy_versions (id, community_id, policy_id, version, hash, draft, created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let draft = json("policy draft", &next.draft)?;
        self.db.run(sql, values![next.id, self.id, id, version, next.hash, draft, at, by]).await?;
        self.record(id, by, at).await?;
        self.policy(id).await?.ok_or(StoreError::Missing("policy"))
    }

    /// Changes how a policy stands.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Taken`] when it comes back into force and its name is in use by another,
    /// or what the database answered.
    pub async fn adjust_policy(
        &self,
        id: PolicyId,
        standing: Standing,
        by: Option<ActionId>,
        at: Timestamp,
    ) -> Result<()> {
        let sql = "UPDATE policies SET enforcement = $3, on_error = $4, position = $5, is_active = $6
            WHERE community_id = $1 AND id = $2";
        let (enforcement, on_error) = words(standing)?;
        let values = values![self.id, id, enforcement, on_error, standing.position, standing.is_active];
        match self.db.run(sql, values).await? {
            0 => Err(StoreError::Missing("policy")),
            _ => self.record(id, by, at).await,
        }
    }

    /// Puts an older version of a policy back in force: the circuit breaker's last resort.
    ///
    /// # Errors
    /// [`StoreError::Missing`], or what the database answered.
    pub async fn restore_version(
        &self,
        id: PolicyId,
        version: PolicyVersionId,
        by: Option<ActionId>,
        at: Timestamp,
    ) -> Result<()> {
        let sql = "UPDATE policies SET version_id = $3 WHERE community_id = $1 AND id = $2
            AND EXISTS (SELECT 1 FROM policy_versions v WHERE v.id = $3 AND v.policy_id = $2 AND v.community_id = $1)";
        match self.db.run(sql, values![self.id, id, version]).await? {
            0 => Err(StoreError::Missing("policy version")),
            _ => self.record(id, by, at).await,
        }
    }

    /// Ends the row of history that was the present, and begins the next.
    async fn record(&self, id: PolicyId, by: Option<ActionId>, at: Timestamp) -> Result<()> {
        let sql = "UPDATE policy_history SET until = $3 WHERE community_id = $1 AND policy_id = $2 AND until IS NULL";
        self.db.run(sql, values![self.id, id, at]).await?;
        let sql = "INSERT INTO policy_history (community_id, policy_id, version_id, enforcement, on_error, position,
            is_active, since, changed_by)
            SELECT community_id, id, version_id, enforcement, on_error, position, is_active, $3, $4 FROM policies
            WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, id, at, by]).await?;
        self.touch(Part::Policies).await
    }
}

fn words(standing: Standing) -> Result<(String, String)> {
    Ok((word("enforcement", &standing.enforcement)?, word("error rule", &standing.on_error)?))
}
