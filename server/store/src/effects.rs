//! Effects: the outbox. What is to be done in the world waits here until it is done, or given up.

use sea_orm::Value;
use serde::{Deserialize, Serialize};
use types::{ActionId, CommunityId, ConnectionId, EffectId, Json, ProposalId, Timestamp};

use crate::sql::{Cells, Db, FromRow, json, values, word};
use crate::{CommunityStore, CommunityTx, Result, SystemStore, SystemTx};

/// Something to be done.
#[derive(Clone, Debug)]
pub struct NewEffect {
    /// The id: the platform's idempotency key.
    pub id: EffectId,
    /// The action it belongs to. Effects of one action are done one after another, in the order of their insertion.
    pub action: Option<ActionId>,
    /// The proposal whose policy asked.
    pub proposal: Option<ProposalId>,
    /// The number of the decision that asked.
    pub decision_seq: Option<i64>,
    /// The word under which it is shown: `execute`, `revert`, `notify`, …
    pub kind: String,
    /// What exactly: usually a `types::platform::Operation`.
    pub body: Json,
    /// The platform that does it.
    pub platform: String,
    /// Its connection, where it has one.
    pub connection: Option<ConnectionId>,
    /// When, at the earliest.
    pub at: Timestamp,
}

/// Where an effect stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectStatus {
    /// To be done, or tried again.
    Pending,
    /// Done.
    Delivered,
    /// Given up.
    Failed,
    /// No longer wanted.
    Cancelled,
}

/// An effect as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEffect {
    /// Its place in the outbox.
    pub ord: i64,
    /// The id.
    pub id: EffectId,
    /// The community.
    pub community: CommunityId,
    /// The action it belongs to.
    pub action: Option<ActionId>,
    /// The proposal whose policy asked.
    pub proposal: Option<ProposalId>,
    /// The number of the decision that asked.
    pub decision_seq: Option<i64>,
    /// The word under which it is shown.
    pub kind: String,
    /// What exactly.
    pub body: Json,
    /// The platform that does it.
    pub platform: String,
    /// Its connection, where it has one.
    pub connection: Option<ConnectionId>,
    /// Where it stands.
    pub status: EffectStatus,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// When it is tried next.
    pub next_attempt_at: Timestamp,
    /// What the platform answered.
    pub receipt: Option<Json>,
    /// Why it did not work the last time.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was done or given up.
    pub finished_at: Option<Timestamp>,
}

/// What came of a claimed effect.
#[derive(Clone, Debug)]
pub enum EffectOutcome {
    /// Done. `external` is the id of what came of it, by which votes and our own echo are recognised.
    Delivered {
        /// What the platform answered.
        receipt: Json,
        /// The id of the message or event that came of it.
        external: Option<String>,
    },
    /// To be tried again.
    Retry {
        /// When.
        at: Timestamp,
        /// Why it did not work.
        error: String,
    },
    /// Given up.
    Failed {
        /// Why.
        error: String,
    },
}

/// Who claims work, how much and for how long.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Who: unique among processes and their workers.
    pub owner: String,
    /// What is due by now.
    pub now: Timestamp,
    /// How long nobody else gets it.
    pub leased_until: Timestamp,
    /// At most so many.
    pub limit: u32,
}

const COLUMNS: &str =
    "ord, id, community_id, action_id, proposal_id, decision_seq, kind, body, platform, connection_id,
    status, attempts, next_attempt_at, receipt, error, created_at, finished_at";

impl FromRow for StoredEffect {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            ord: cells.take()?,
            id: cells.take()?,
            community: cells.take()?,
            action: cells.opt()?,
            proposal: cells.opt()?,
            decision_seq: cells.opt()?,
            kind: cells.take()?,
            body: cells.json("effect")?,
            platform: cells.take()?,
            connection: cells.opt()?,
            status: cells.word("effect status")?,
            attempts: cells.take()?,
            next_attempt_at: cells.take()?,
            receipt: cells.json_opt("receipt")?,
            error: cells.opt()?,
            created_at: cells.take()?,
            finished_at: cells.opt()?,
        })
    }
}

impl CommunityStore<'_> {
    /// The effects of actions, in the order of their insertion.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn effects_of(&self, actions: &[ActionId]) -> Result<Vec<StoredEffect>> {
        let before = format!("SELECT {COLUMNS} FROM effects WHERE community_id = $1 AND action_id IN");
        self.db.all_in(&before, values![self.id], actions, "ORDER BY ord").await
    }

    /// One effect.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn effect(&self, id: EffectId) -> Result<Option<StoredEffect>> {
        let sql = format!("SELECT {COLUMNS} FROM effects WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// The effect that made a message or event on a platform: a ballot that was posted, or our own echo.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn effect_by_receipt(&self, platform: &str, external: &str) -> Result<Option<StoredEffect>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM effects WHERE community_id = $1 AND platform = $2 AND receipt_ref = $3
             ORDER BY ord DESC LIMIT 1"
        );
        self.db.one(&sql, values![self.id, platform, external]).await
    }

    /// Effects that were given up, the latest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn failed_effects(&self, limit: u32) -> Result<Vec<StoredEffect>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM effects WHERE community_id = $1 AND status = 'failed' ORDER BY ord DESC LIMIT $2"
        );
        self.db.all(&sql, values![self.id, i64::from(limit)]).await
    }
}

impl CommunityTx<'_> {
    /// Puts something into the outbox. Written when the transaction is committed, in the order of the calls.
    pub fn add_effect(&self, effect: NewEffect) {
        self.tx.buffer().effects.push((self.id(), effect));
    }

    /// Takes what is pending for an action out of the outbox, unless somebody is at it. Answers how many.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn cancel_effects(&self, action: ActionId, now: Timestamp) -> Result<u64> {
        let sql = "UPDATE effects SET status = 'cancelled', finished_at = $3 WHERE community_id = $1 AND action_id = $2
            AND status = 'pending' AND (leased_until IS NULL OR leased_until <= $3)";
        self.db.run(sql, values![self.id, action, now]).await
    }

    /// Tries an effect again that was given up. Answers whether there was such a one.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn revive_effect(&self, id: EffectId, now: Timestamp) -> Result<bool> {
        let sql = "UPDATE effects SET status = 'pending', attempts = 0, next_attempt_at = $3, finished_at = NULL
            WHERE community_id = $1 AND id = $2 AND status = 'failed'";
        Ok(self.db.run(sql, values![self.id, id, now]).await? > 0)
    }
}

impl SystemStore<'_> {
    /// Claims effects that are due, communities taking turns, in the order of their insertion.
    ///
    /// None is claimed while an earlier one of the same action is pending. A lease that ran out is claimed again: the
    /// id is the idempotency key by which the platform does it once.
    /// Across communities because the deliverer serves all. One statement, so that it needs no transaction.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn claim_effects(&self, claim: &Claim) -> Result<Vec<StoredEffect>> {
        let due = "effects.status = 'pending' AND effects.next_attempt_at <= $1
            AND (effects.leased_until IS NULL OR effects.leased_until <= $1)
            AND NOT EXISTS (SELECT 1 FROM effects earlier WHERE earlier.action_id = effects.action_id
                AND earlier.status = 'pending' AND earlier.ord < effects.ord)";
        let sql = format!(
            "{} UPDATE effects SET leased_until = $3, lease_owner = $4, attempts = effects.attempts + 1
             FROM chosen WHERE effects.ord = chosen.ord RETURNING effects.{COLUMNS}",
            crate::jobs::chosen(self.db, "effects", "effects.next_attempt_at", due, "effects.status = 'pending'")
        );
        let values = values![claim.now, i64::from(claim.limit), claim.leased_until, claim.owner];
        let mut claimed = self.db.change::<StoredEffect>(&sql, values).await?;
        claimed.sort_unstable_by_key(|effect| effect.ord);
        Ok(claimed)
    }

    /// When the next effect is due; it may be in the past. `None` when the outbox is empty.
    ///
    /// Across communities because the deliverer serves all.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn next_effect_at(&self) -> Result<Option<Timestamp>> {
        // Two questions that an index answers. What waits for an earlier one is due when that one is out of the way.
        let sql = "SELECT next_attempt_at FROM effects WHERE status = 'pending' AND leased_until IS NULL
            AND NOT EXISTS (SELECT 1 FROM effects earlier WHERE earlier.action_id = effects.action_id
                AND earlier.status = 'pending' AND earlier.ord < effects.ord)
            ORDER BY next_attempt_at LIMIT 1";
        let free = self.db.one::<(Timestamp,)>(sql, Vec::new()).await?;
        let sql = "SELECT leased_until FROM effects WHERE leased_until IS NOT NULL ORDER BY leased_until LIMIT 1";
        let leased = self.db.one::<(Timestamp,)>(sql, Vec::new()).await?;
        Ok(free.into_iter().chain(leased).map(|(at,)| at).min())
    }
}

impl SystemTx<'_> {
    /// Records what came of effects that `owner` had claimed. Answers those whose lease somebody else holds by now.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn finish_effects(
        &self,
        owner: &str,
        outcomes: &[(EffectId, EffectOutcome)],
        now: Timestamp,
    ) -> Result<Vec<EffectId>> {
        let mut rows = Vec::with_capacity(outcomes.len());
        for (id, outcome) in outcomes {
            rows.push(outcome_row(*id, owner, outcome, now)?);
        }
        let before = "UPDATE effects SET status = v.column3, receipt = v.column4, receipt_ref = v.column5,
            error = v.column6, next_attempt_at = COALESCE(v.column7, effects.next_attempt_at), finished_at = v.column8,
            leased_until = NULL, lease_owner = NULL FROM (";
        let after = ") AS v WHERE effects.id = v.column1 AND effects.lease_owner = v.column2
            AND effects.status = 'pending' RETURNING id";
        let finished = self.db.change_values::<(EffectId,)>(before, rows, after).await?;
        Ok(outcomes.iter().map(|(id, _)| *id).filter(|id| !finished.contains(&(*id,))).collect())
    }
}

fn outcome_row(id: EffectId, owner: &str, outcome: &EffectOutcome, now: Timestamp) -> Result<Vec<Value>> {
    let status = match outcome {
        EffectOutcome::Delivered { .. } => EffectStatus::Delivered,
        EffectOutcome::Retry { .. } => EffectStatus::Pending,
        EffectOutcome::Failed { .. } => EffectStatus::Failed,
    };
    let status = word("effect status", &status)?;
    Ok(match outcome {
        EffectOutcome::Delivered { receipt, external } => values![
            id,
            owner,
            status,
            Some(json("receipt", receipt)?),
            external,
            None::<String>,
            None::<Timestamp>,
            Some(now)
        ],
        EffectOutcome::Retry { at, error } => {
            values![id, owner, status, None::<String>, None::<String>, Some(error), Some(*at), None::<Timestamp>]
        }
        EffectOutcome::Failed { error } => {
            values![id, owner, status, None::<String>, None::<String>, Some(error), None::<Timestamp>, Some(now)]
        }
    })
}

pub(crate) async fn write(db: Db<'_>, effects: Vec<(CommunityId, NewEffect)>) -> Result<()> {
    let row = |(community, e): (CommunityId, NewEffect)| {
        values![
            e.id,
            community,
            e.action,
            e.proposal,
            e.decision_seq,
            e.kind,
            e.body,
            e.platform,
            e.connection,
            "pending",
            0_i64,
            e.at,
            e.at
        ]
    };
    let before = "INSERT INTO effects (id, community_id, action_id, proposal_id, decision_seq, kind, body, platform,
        connection_id, status, attempts, next_attempt_at, created_at)";
    db.run_values(before, effects.into_iter().map(row).collect(), "").await?;
    Ok(())
}
