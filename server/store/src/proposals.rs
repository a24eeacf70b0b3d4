//! Proposals: one action under one policy version.

use sea_orm::Value;
use types::evaluation::Seed;
use types::{
    ActionId, Ask, CommunityId, Enforcement, OnError, PolicyError, PolicyId, PolicyVersionId, ProposalId,
    ProposalStatus, Reads, Timestamp,
};

use crate::audit::hex;
use crate::sql::{Cells, FromRow, json_opt, values, word};
use crate::{CommunityStore, CommunityTx, Result, StoreError, SystemStore, SystemTx};

/// A proposal as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredProposal {
    /// The community.
    pub community: CommunityId,
    /// The id.
    pub id: ProposalId,
    /// The action.
    pub action: ActionId,
    /// The policy.
    pub policy: PolicyId,
    /// Its version: the one that decides, whatever becomes of the policy.
    pub version: PolicyVersionId,
    /// Its place among the policies of the action.
    pub position: i32,
    /// Where it stands.
    pub status: ProposalStatus,
    /// How far the decision reaches, as pinned.
    pub enforcement: Enforcement,
    /// What happens when the policy breaks, as pinned.
    pub on_error: OnError,
    /// Why it stands there, in words.
    pub reason: String,
    /// Since when it is open.
    pub opened_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// What voters were asked, if anybody was.
    pub ask: Option<Ask>,
    /// When it is decided at the latest, where that is known.
    pub deadline: Option<Timestamp>,
    /// When to look again although nothing that was read has changed.
    pub wake_at: Option<Timestamp>,
    /// Which kinds of fact the last evaluation read.
    pub reads: Reads,
    /// Whether `initialize` has run.
    pub is_initialized: bool,
    /// Whether `notify` has run.
    pub is_notified: bool,
    /// Whether `pass` asked for the action to be carried out.
    pub wants_execute: bool,
    /// Where its random draws come from.
    pub seed: Seed,
    /// How the policy broke, if it did.
    pub error: Option<PolicyError>,
    /// How many decisions were recorded; the next one's `seq` is one more.
    pub n_decisions: i64,
    /// The policy of which it is a stage, and in which place, from 1; `None` for a policy without stages.
    pub stage: Option<(PolicyId, u32)>,
}

const COLUMNS: &str = "community_id, id, action_id, policy_id, policy_version_id, position, status, enforcement, on_error,
    reason, opened_at, decided_at, ask, deadline, wake_at, reads, is_initialized, is_notified, wants_execute, seed, error,
    n_decisions, stage_of, stage";

impl FromRow for StoredProposal {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            community: cells.take()?,
            id: cells.take()?,
            action: cells.take()?,
            policy: cells.take()?,
            version: cells.take()?,
            position: cells.take()?,
            status: cells.word("proposal status")?,
            enforcement: cells.word("enforcement")?,
            on_error: cells.word("error rule")?,
            reason: cells.take()?,
            opened_at: cells.take()?,
            decided_at: cells.opt()?,
            ask: cells.json_opt("ask")?,
            deadline: cells.opt()?,
            wake_at: cells.opt()?,
            reads: Reads(cells.take()?),
            is_initialized: cells.take()?,
            is_notified: cells.take()?,
            wants_execute: cells.take()?,
            seed: read_seed(&cells.take::<String>()?)?,
            error: cells.json_opt("policy error")?,
            n_decisions: cells.take()?,
            stage: {
                let (of, place) = (cells.opt()?, cells.take()?);
                of.map(|policy| (policy, place))
            },
        })
    }
}

impl CommunityStore<'_> {
    /// One proposal.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn proposal(&self, id: ProposalId) -> Result<Option<StoredProposal>> {
        let sql = format!("SELECT {COLUMNS} FROM proposals WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// The proposals of actions, by action and in the order of their policies.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn proposals_of(&self, actions: &[ActionId]) -> Result<Vec<StoredProposal>> {
        let before = format!("SELECT {COLUMNS} FROM proposals WHERE community_id = $1 AND action_id IN");
        self.db.all_in(&before, values![self.id], actions, "ORDER BY action_id, position, id").await
    }

    /// Open actions of which a proposal read any of `reads`: those that a change of these concerns.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn open_proposals_reading(&self, reads: Reads) -> Result<Vec<ActionId>> {
        let sql = "SELECT DISTINCT p.action_id FROM proposals p JOIN actions a ON a.id = p.action_id
            WHERE p.community_id = $1 AND p.is_open AND (p.reads & $2) <> 0 AND a.status IN ('proposed', 'held')";
        let rows = self.db.all::<(ActionId,)>(sql, values![self.id, i64::from(reads.0)]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Open proposals under any version of a policy, of actions that are open too, by action.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn open_proposals_under(&self, policies: &[PolicyId]) -> Result<Vec<StoredProposal>> {
        let before = format!(
            "SELECT {COLUMNS} FROM proposals WHERE community_id = $1 AND is_open
             AND action_id IN (SELECT id FROM actions WHERE community_id = $1 AND status IN ('proposed', 'held'))
             AND COALESCE(stage_of, policy_id) IN"
        );
        self.db.all_in(&before, values![self.id], policies, "ORDER BY action_id, position, id").await
    }

    /// Open proposals that voters can be asked about, the latest first: for the home page.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn open_proposals(&self, limit: u32) -> Result<Vec<StoredProposal>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM proposals WHERE community_id = $1 AND is_open AND status = 'proposed'
             AND action_id IN (SELECT id FROM actions WHERE community_id = $1 AND status IN ('proposed', 'held'))
             ORDER BY opened_at DESC, id LIMIT $2"
        );
        self.db.all(&sql, values![self.id, i64::from(limit)]).await
    }

    /// The proposals under a policy, the latest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn proposals_under(&self, policy: PolicyId, limit: u32) -> Result<Vec<StoredProposal>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM proposals WHERE community_id = $1 AND policy_id = $2
             ORDER BY opened_at DESC, id LIMIT $3"
        );
        self.db.all(&sql, values![self.id, policy, i64::from(limit)]).await
    }
}

impl SystemStore<'_> {
    /// The proposals of actions of any community, by action and in the order of their policies.
    ///
    /// Across communities because one batch of claimed work concerns several. The ids come from claims.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn load_proposals(&self, actions: &[ActionId]) -> Result<Vec<StoredProposal>> {
        let before = format!("SELECT {COLUMNS} FROM proposals WHERE action_id IN");
        self.db.all_in(&before, Vec::new(), actions, "ORDER BY action_id, position, id").await
    }
}

impl SystemTx<'_> {
    /// Adds proposals of any communities.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when an action has one under the same version already, or what the database answered.
    pub async fn insert_proposals(&self, proposals: &[StoredProposal]) -> Result<()> {
        let mut rows = Vec::with_capacity(proposals.len());
        for proposal in proposals {
            rows.push(insert_row(proposal)?);
        }
        self.db.run_values(&format!("INSERT INTO proposals ({COLUMNS}, is_open)"), rows, "").await?;
        Ok(())
    }

    /// Saves what may change of proposals. Save their actions too: the action's generation guards both.
    ///
    /// # Errors
    /// [`StoreError::Missing`], or what the database answered.
    pub async fn save_proposals(&self, proposals: &[StoredProposal]) -> Result<()> {
        let mut rows = Vec::with_capacity(proposals.len());
        for proposal in proposals {
            rows.push(save_row(proposal)?);
        }
        let before = "UPDATE proposals SET status = v.column3, is_open = v.column4, reason = v.column5,
            decided_at = v.column6, ask = v.column7, deadline = v.column8, wake_at = v.column9, reads = v.column10,
            is_initialized = v.column11, is_notified = v.column12, wants_execute = v.column13, error = v.column14,
            n_decisions = v.column15, enforcement = v.column16, opened_at = v.column17, policy_version_id = v.column18,
            seed = v.column19, policy_id = v.column20, stage_of = v.column21, stage = v.column22 FROM (";
        let after = ") AS v WHERE proposals.id = v.column1 AND proposals.community_id = v.column2";
        match self.db.run_values(before, rows, after).await? {
            n_saved if n_saved == proposals.len() as u64 => Ok(()),
            _ => Err(StoreError::Missing("proposal")),
        }
    }
}

impl CommunityTx<'_> {
    /// Adds proposals of the community; see [`SystemTx::insert_proposals`].
    ///
    /// # Errors
    /// [`StoreError::Taken`], or what the database answered.
    pub async fn insert_proposals(&self, proposals: &[StoredProposal]) -> Result<()> {
        self.tx.system().insert_proposals(proposals).await
    }

    /// Saves proposals of the community; see [`SystemTx::save_proposals`].
    ///
    /// # Errors
    /// [`StoreError::Missing`], or what the database answered.
    pub async fn save_proposals(&self, proposals: &[StoredProposal]) -> Result<()> {
        self.tx.system().save_proposals(proposals).await
    }
}

fn insert_row(p: &StoredProposal) -> Result<Vec<Value>> {
    Ok(values![
        p.community,
        p.id,
        p.action,
        p.policy,
        p.version,
        p.position,
        word("proposal status", &p.status)?,
        word("enforcement", &p.enforcement)?,
        word("error rule", &p.on_error)?,
        p.reason,
        p.opened_at,
        p.decided_at,
        json_opt("ask", p.ask.as_ref())?,
        p.deadline,
        p.wake_at,
        i64::from(p.reads.0),
        p.is_initialized,
        p.is_notified,
        p.wants_execute,
        hex(&p.seed.0),
        json_opt("policy error", p.error.as_ref())?,
        p.n_decisions,
        p.stage.map(|(policy, _)| policy),
        p.stage.map_or(0_u32, |(_, place)| place),
        p.status.is_open(),
    ])
}

fn save_row(p: &StoredProposal) -> Result<Vec<Value>> {
    Ok(values![
        p.id,
        p.community,
        word("proposal status", &p.status)?,
        p.status.is_open(),
        p.reason,
        p.decided_at,
        json_opt("ask", p.ask.as_ref())?,
        p.deadline,
        p.wake_at,
        i64::from(p.reads.0),
        p.is_initialized,
        p.is_notified,
        p.wants_execute,
        json_opt("policy error", p.error.as_ref())?,
        p.n_decisions,
        word("enforcement", &p.enforcement)?,
        p.opened_at,
        p.version,
        hex(&p.seed.0),
        p.policy,
        p.stage.map(|(policy, _)| policy),
        p.stage.map_or(0_u32, |(_, place)| place),
    ])
}

fn read_seed(text: &str) -> Result<Seed> {
    let unreadable =
        || StoreError::Unreadable { what: "seed", problem: format!("'{text}' is not 64 hexadecimal digits") };
    let mut seed = Seed::default();
    if text.len() != 2 * seed.0.len() {
        return Err(unreadable());
    }
    for (place, byte) in seed.0.iter_mut().enumerate() {
        let digits = text.get(2 * place..2 * place + 2).ok_or_else(unreadable)?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| unreadable())?;
    }
    Ok(seed)
}
