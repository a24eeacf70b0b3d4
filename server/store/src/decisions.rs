//! Decisions: what each evaluation was asked, what it read and what it said, so that it can be run again.
//!
//! Facts are stored by the hash of their text, once per community however many decisions read them.

use std::collections::BTreeMap;

use sea_orm::Value;
use sha2::{Digest, Sha256};
use types::{CommunityId, Json, ProposalId, Timestamp};

use crate::audit::hex;
use crate::sql::{Cells, Db, FromRow, json, values};
use crate::{CommunityStore, CommunityTx, Result};

/// One evaluation, to be remembered.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// Of which proposal.
    pub proposal: ProposalId,
    /// Its number within the proposal, from 1. The same number twice is refused: two processes decided at once.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The request without its facts.
    pub request: Json,
    /// The names of the facts in the request, and the hashes that [`CommunityTx::put_fact`] answered.
    pub facts: BTreeMap<String, String>,
    /// The engine's answer.
    pub evaluation: Json,
}

/// One evaluation, as remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDecision {
    /// Of which proposal.
    pub proposal: ProposalId,
    /// Its number within the proposal, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// The request without its facts.
    pub request: Json,
    /// The names of the facts in the request, and their hashes.
    pub facts: BTreeMap<String, String>,
    /// The engine's answer.
    pub evaluation: Json,
}

const COLUMNS: &str = "proposal_id, seq, decided_at, request, facts, evaluation";

impl FromRow for StoredDecision {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            proposal: cells.take()?,
            seq: cells.take()?,
            at: cells.take()?,
            request: cells.json("request")?,
            facts: cells.json("fact hashes")?,
            evaluation: cells.json("evaluation")?,
        })
    }
}

impl CommunityStore<'_> {
    /// The decisions of a proposal, oldest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn decisions(&self, proposal: ProposalId) -> Result<Vec<StoredDecision>> {
        let sql = format!("SELECT {COLUMNS} FROM decisions WHERE community_id = $1 AND proposal_id = $2 ORDER BY seq");
        self.db.all(&sql, values![self.id, proposal]).await
    }

    /// One decision.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn decision(&self, proposal: ProposalId, seq: i64) -> Result<Option<StoredDecision>> {
        let sql = format!("SELECT {COLUMNS} FROM decisions WHERE community_id = $1 AND proposal_id = $2 AND seq = $3");
        self.db.one(&sql, values![self.id, proposal, seq]).await
    }

    /// The texts of facts, by hash.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn facts(&self, hashes: &[&str]) -> Result<BTreeMap<String, String>> {
        let before = "SELECT hash, body FROM facts WHERE community_id = $1 AND hash IN";
        let rows = self.db.all_in::<(String, String), _>(before, values![self.id], hashes, "").await?;
        Ok(rows.into_iter().collect())
    }
}

impl CommunityTx<'_> {
    /// Remembers the text of a fact, and answers with its hash. Written when the transaction is committed.
    #[must_use]
    pub fn put_fact(&self, body: String) -> String {
        let hash = hex(&Sha256::digest(body.as_bytes()));
        self.tx.buffer().facts.insert((self.id(), hash.clone()), body);
        hash
    }

    /// Remembers a decision. Written when the transaction is committed.
    pub fn record_decision(&self, decision: NewDecision) {
        self.tx.buffer().decisions.push((self.id(), decision));
    }
}

pub(crate) async fn write_facts(db: Db<'_>, facts: BTreeMap<(CommunityId, String), String>) -> Result<()> {
    let row = |((community, hash), body): ((CommunityId, String), String)| values![community, hash, body];
    let rows: Vec<Vec<Value>> = facts.into_iter().map(row).collect();
    let before = "INSERT INTO facts (community_id, hash, body)";
    db.run_values(before, rows, "ON CONFLICT (community_id, hash) DO NOTHING").await?;
    Ok(())
}

pub(crate) async fn write(db: Db<'_>, decisions: Vec<(CommunityId, NewDecision)>) -> Result<()> {
    let mut rows = Vec::with_capacity(decisions.len());
    for (community, d) in decisions {
        let facts = json("fact hashes", &d.facts)?;
        rows.push(values![d.proposal, d.seq, d.at, d.request, facts, d.evaluation, community]);
    }
    db.run_values(&format!("INSERT INTO decisions ({COLUMNS}, community_id)"), rows, "").await?;
    Ok(())
}
