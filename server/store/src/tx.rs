//! Transactions: what is committed together.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sea_orm::{DatabaseTransaction, DbBackend};
use types::CommunityId;
use types::audit::AuditEntry;

use crate::audit::PendingEntry;
use crate::decisions::NewDecision;
use crate::effects::NewEffect;
use crate::jobs::NewJob;
use crate::sql::Db;
use crate::{CommunityStore, CommunityTx, Result, SystemStore, SystemTx};

/// An open transaction. Dropped without [`Tx::commit`], it never happened.
///
/// What is only ever appended (audit entries, decisions, effects, jobs) is kept in memory and written when the
/// transaction is committed, in few statements however many there are and whichever communities they belong to.
/// Reads of the same transaction do not see these; [`Tx::flush`] writes all but the audit entries earlier.
pub struct Tx {
    tx: DatabaseTransaction,
    backend: DbBackend,
    buffer: Mutex<Buffer>,
}

/// What waits to be written.
#[derive(Default)]
pub(crate) struct Buffer {
    pub facts: std::collections::BTreeMap<(CommunityId, String), String>,
    pub decisions: Vec<(CommunityId, NewDecision)>,
    pub effects: Vec<(CommunityId, NewEffect)>,
    pub jobs: Vec<NewJob>,
    pub audit: Vec<PendingEntry>,
    /// Communities whose effects or jobs were written, so that other processes hear of their work.
    pub scheduled_for: Vec<CommunityId>,
}

/// A moment within a transaction; there is one at a time.
#[must_use = "give it to Tx::release or Tx::rollback_to"]
pub struct Savepoint {
    facts: std::collections::BTreeMap<(CommunityId, String), String>,
    n_decisions: usize,
    n_effects: usize,
    n_jobs: usize,
    n_audit: usize,
}

impl Tx {
    pub(crate) fn new(tx: DatabaseTransaction, backend: DbBackend) -> Self {
        Self { tx, backend, buffer: Mutex::default() }
    }

    pub(crate) fn db(&self) -> Db<'_> {
        Db::Tx(&self.tx, self.backend)
    }

    pub(crate) fn buffer(&self) -> MutexGuard<'_, Buffer> {
        // A panic while the guard was held cannot leave half a row: pushing is all that is ever done.
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One community within the transaction.
    #[must_use]
    pub fn community(&self, id: CommunityId) -> CommunityTx<'_> {
        CommunityTx { reads: CommunityStore { db: self.db(), id }, tx: self }
    }

    /// What spans communities, within the transaction.
    #[must_use]
    pub fn system(&self) -> SystemTx<'_> {
        SystemTx { reads: SystemStore { db: self.db() }, tx: self }
    }

    /// Writes the decisions, effects and jobs that wait in memory, so that reads of this transaction see them.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn flush(&self) -> Result<()> {
        let (facts, decisions, effects, jobs) = {
            let mut buffer = self.buffer();
            let buffer = &mut *buffer;
            buffer.scheduled_for.extend(buffer.jobs.iter().map(|job| job.community));
            buffer.scheduled_for.extend(buffer.effects.iter().map(|(community, _)| *community));
            (
                std::mem::take(&mut buffer.facts),
                std::mem::take(&mut buffer.decisions),
                std::mem::take(&mut buffer.effects),
                std::mem::take(&mut buffer.jobs),
            )
        };
        crate::decisions::write_facts(self.db(), facts).await?;
        crate::decisions::write(self.db(), decisions).await?;
        crate::effects::write(self.db(), effects).await?;
        crate::jobs::write(self.db(), jobs).await
    }

    /// Writes what waits, seals the audit entries into their chains, and commits.
    ///
    /// Chains are locked last and in order of community, so that two processes neither wait long nor for each other.
    /// The answer holds the entries as written: what happened, for those who want to be told.
    ///
    /// # Errors
    /// [`crate::StoreError::Busy`] when another transaction won, or what the database answered. Nothing was changed then.
    pub async fn commit(self) -> Result<Vec<AuditEntry>> {
        self.flush().await?;
        let (pending, mut touched) = {
            let mut buffer = self.buffer();
            (std::mem::take(&mut buffer.audit), std::mem::take(&mut buffer.scheduled_for))
        };
        let written = crate::audit::write(self.db(), pending).await?;
        touched.extend(written.iter().map(|entry| entry.community));
        crate::changes::tell(self.db(), touched).await?;
        self.tx.commit().await?;
        Ok(written)
    }

    /// Remembers this moment, so that what follows can be undone alone.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn savepoint(&self) -> Result<Savepoint> {
        self.db().run("SAVEPOINT part", Vec::new()).await?;
        let buffer = self.buffer();
        Ok(Savepoint {
            facts: buffer.facts.clone(),
            n_decisions: buffer.decisions.len(),
            n_effects: buffer.effects.len(),
            n_jobs: buffer.jobs.len(),
            n_audit: buffer.audit.len(),
        })
    }

    /// Undoes what happened since the savepoint. Nothing may have been flushed since then.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn rollback_to(&self, savepoint: Savepoint) -> Result<()> {
        self.db().run("ROLLBACK TO SAVEPOINT part", Vec::new()).await?;
        self.db().run("RELEASE SAVEPOINT part", Vec::new()).await?;
        let mut buffer = self.buffer();
        buffer.facts = savepoint.facts;
        buffer.decisions.truncate(savepoint.n_decisions);
        buffer.effects.truncate(savepoint.n_effects);
        buffer.jobs.truncate(savepoint.n_jobs);
        buffer.audit.truncate(savepoint.n_audit);
        Ok(())
    }

    /// Keeps what happened since the savepoint.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn release(&self, _savepoint: Savepoint) -> Result<()> {
        self.db().run("RELEASE SAVEPOINT part", Vec::new()).await?;
        Ok(())
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }
}
