//! Jobs: work to be done later, once, by whoever has time.
//!
//! A job is known by its kind and subject, and there is one of each: scheduling it again moves it earlier. A job that is
//! scheduled while somebody is at it runs once more afterwards, because what it saw may be stale.

use std::collections::BTreeMap;

use types::{ActionId, CommunityId, JobId, Timestamp};

use crate::effects::Claim;
use crate::sql::{Cells, Db, FromRow, in_list, values};
use crate::{CommunityTx, Result, SystemStore, SystemTx};

/// Work to be scheduled.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// The id, should it be new.
    pub id: JobId,
    /// The community; [`CommunityId::NIL`] for the service itself.
    pub community: CommunityId,
    /// What is to be done: `evaluate`, `sweep`, …
    pub kind: String,
    /// To what: an id.
    pub subject: String,
    /// When, at the earliest.
    pub run_at: Timestamp,
}

/// A job as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number: by which it is finished.
    pub ord: i64,
    /// The id.
    pub id: JobId,
    /// The community; [`CommunityId::NIL`] for the service itself.
    pub community: CommunityId,
    /// What is to be done.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// When it was due.
    pub run_at: Timestamp,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// Why it did not work the last time.
    pub last_error: Option<String>,
}

const COLUMNS: &str = "ord, id, community_id, kind, subject, run_at, attempts, last_error";

impl FromRow for Job {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            ord: cells.take()?,
            id: cells.take()?,
            community: cells.take()?,
            kind: cells.take()?,
            subject: cells.take()?,
            run_at: cells.take()?,
            attempts: cells.take()?,
            last_error: cells.opt()?,
        })
    }
}

impl CommunityTx<'_> {
    /// Schedules work of this community. Written when the transaction is committed.
    pub fn schedule(&self, id: JobId, kind: impl Into<String>, subject: impl Into<String>, run_at: Timestamp) {
        let job = NewJob { id, community: self.id(), kind: kind.into(), subject: subject.into(), run_at };
        self.tx.buffer().jobs.push(job);
    }
}

impl SystemStore<'_> {
    /// Claims jobs that are due, communities taking turns: one with a thousand waiting does not hold up the others.
    ///
    /// Across communities because workers serve all. One statement, so that it needs no transaction.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn claim_jobs(&self, claim: &Claim) -> Result<Vec<Job>> {
        let due = "jobs.run_at <= $1 AND (jobs.leased_until IS NULL OR jobs.leased_until <= $1)";
        let sql = format!(
            "{} UPDATE jobs SET leased_until = $3, lease_owner = $4, attempts = jobs.attempts + 1,
             again_at = CASE WHEN jobs.again_at <= $1 THEN NULL ELSE jobs.again_at END
             FROM chosen WHERE jobs.ord = chosen.ord RETURNING jobs.{COLUMNS}",
            chosen(self.db, "jobs", "jobs.run_at", due, "TRUE")
        );
        let values = values![claim.now, i64::from(claim.limit), claim.leased_until, claim.owner];
        let mut claimed = self.db.change::<Job>(&sql, values).await?;
        claimed.sort_unstable_by_key(|job| (job.run_at, job.ord));
        Ok(claimed)
    }

    /// When the next job is due; it may be in the past. `None` when there is none.
    ///
    /// Across communities because workers serve all.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn next_job_at(&self) -> Result<Option<Timestamp>> {
        // Two questions that an index answers, rather than one that reads every job.
        let sql = "SELECT run_at FROM jobs WHERE leased_until IS NULL ORDER BY run_at LIMIT 1";
        let free = self.db.one::<(Timestamp,)>(sql, Vec::new()).await?;
        let sql = "SELECT leased_until FROM jobs WHERE leased_until IS NOT NULL ORDER BY leased_until LIMIT 1";
        let leased = self.db.one::<(Timestamp,)>(sql, Vec::new()).await?;
        Ok(free.into_iter().chain(leased).map(|(at,)| at).min())
    }

    /// When the job of this kind and subject is due; `None` where there is none.
    ///
    /// Across communities because a job's subject is an id that the caller has found in its own community.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn job_due_at(&self, kind: &str, subject: &str) -> Result<Option<Timestamp>> {
        let sql = "SELECT run_at FROM jobs WHERE kind = $1 AND subject = $2";
        Ok(self.db.one::<(Timestamp,)>(sql, values![kind, subject]).await?.map(|(at,)| at))
    }

    /// Open actions of before `before` that were never looked at and that no job of `kind` would look at.
    ///
    /// Across communities because the sweep serves all.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forgotten_actions(
        &self,
        kind: &str,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(CommunityId, ActionId)>> {
        let sql = "SELECT DISTINCT a.community_id, a.id FROM actions a JOIN proposals p ON p.action_id = a.id
            WHERE a.status = 'proposed' AND a.created_at < $1 AND p.is_open AND p.status = 'waiting'
            AND a.pins IS NULL LIMIT $2";
        let mut forgotten = self.db.all::<(CommunityId, ActionId)>(sql, values![before, i64::from(limit)]).await?;
        let ids: Vec<String> = forgotten.iter().map(|(_, id)| id.to_string()).collect();
        let sql = "SELECT subject FROM jobs WHERE kind = $1 AND subject IN";
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let known = self.db.all_in::<(String,), _>(sql, values![kind], &ids, "").await?;
        forgotten.retain(|(_, id)| !known.contains(&(id.to_string(),)));
        Ok(forgotten)
    }

    /// How many jobs there are, by kind: for tests that nothing is left over, and for `/metrics`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn count_jobs(&self) -> Result<BTreeMap<String, i64>> {
        let sql = "SELECT kind, COUNT(*) FROM jobs GROUP BY kind";
        Ok(self.db.all::<(String, i64)>(sql, Vec::new()).await?.into_iter().collect())
    }
}

impl SystemTx<'_> {
    /// Schedules work of any community, or of the service itself. Written when the transaction is committed.
    pub fn schedule(&self, job: NewJob) {
        self.tx.buffer().jobs.push(job);
    }

    /// Ends jobs that `owner` had claimed. Each goes, unless it is to run again: at the moment given here, or because it
    /// was scheduled meanwhile. Answers how many were still `owner`'s; those of others are left alone.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn finish_jobs(&self, owner: &str, jobs: &[(i64, Option<Timestamp>)]) -> Result<u64> {
        if self.db.is_postgres() {
            // In the order in which they are scheduled too, so that who schedules and who finishes never wait for each other.
            let all: Vec<i64> = jobs.iter().map(|(ord, _)| *ord).collect();
            let before = "SELECT ord FROM jobs WHERE ord IN";
            self.db.all_in::<(i64,), _>(before, Vec::new(), &all, "ORDER BY kind, subject FOR UPDATE").await?;
        }
        let done: Vec<i64> = jobs.iter().filter(|(_, next)| next.is_none()).map(|(ord, _)| *ord).collect();
        let mut n_finished = 0;
        if !done.is_empty() {
            let mut values = values![owner];
            let list = in_list(&mut values, &done);
            let sql = format!("DELETE FROM jobs WHERE lease_owner = $1 AND again_at IS NULL AND ord IN {list}");
            n_finished += self.db.run(&sql, values).await?;
        }
        // What is still there runs again, at the earlier of the two moments.
        let rows = jobs.iter().map(|(ord, next)| values![*ord, *next, owner]).collect();
        let before = "UPDATE jobs SET leased_until = NULL, lease_owner = NULL, attempts = 0, last_error = NULL,
            run_at = CASE WHEN jobs.again_at IS NULL THEN v.column2 WHEN v.column2 < jobs.again_at THEN v.column2
                ELSE jobs.again_at END,
            again_at = NULL FROM (";
        let after = ") AS v WHERE jobs.ord = v.column1 AND jobs.lease_owner = v.column3
            AND (jobs.again_at IS NOT NULL OR v.column2 IS NOT NULL)";
        Ok(n_finished + self.db.run_values(before, rows, after).await?)
    }

    /// Gives back everything that anybody had claimed: for the start of a process that is alone on its database, and whose
    /// predecessor may have been killed in the middle of something.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn release_leases(&self) -> Result<()> {
        for table in ["jobs", "effects"] {
            let sql =
                format!("UPDATE {table} SET leased_until = NULL, lease_owner = NULL WHERE leased_until IS NOT NULL");
            self.db.run(&sql, Vec::new()).await?;
        }
        Ok(())
    }

    /// Gives a job back that did not work: it is due again at `at`, or earlier where it was scheduled meanwhile.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn retry_job(&self, owner: &str, ord: i64, at: Timestamp, error: &str) -> Result<bool> {
        let sql = "UPDATE jobs SET leased_until = NULL, lease_owner = NULL, last_error = $4,
            run_at = CASE WHEN again_at < $3 THEN again_at ELSE $3 END, again_at = NULL
            WHERE ord = $2 AND lease_owner = $1";
        Ok(self.db.run(sql, values![owner, ord, at, error]).await? > 0)
    }
}

/// Schedules: a new job, an earlier one, or once more after the one at work.
pub(crate) async fn write(db: Db<'_>, jobs: Vec<NewJob>) -> Result<()> {
    // One statement may not touch a row twice: of equal jobs the earliest stands for all.
    let mut earliest = BTreeMap::<(String, String), NewJob>::new();
    for job in jobs {
        let key = (job.kind.clone(), job.subject.clone());
        match earliest.get_mut(&key) {
            Some(known) => known.run_at = known.run_at.min(job.run_at),
            None => {
                earliest.insert(key, job);
            }
        }
    }
    let row = |job: NewJob| values![job.id, job.community, job.kind, job.subject, job.run_at, 0_i64];
    let before = "INSERT INTO jobs (id, community_id, kind, subject, run_at, attempts)";
    let after = "ON CONFLICT (kind, subject) DO UPDATE SET
        run_at = CASE WHEN jobs.leased_until IS NULL AND excluded.run_at < jobs.run_at THEN excluded.run_at
            ELSE jobs.run_at END,
        again_at = CASE WHEN jobs.leased_until IS NULL THEN NULL
            WHEN jobs.again_at IS NULL OR excluded.run_at < jobs.again_at THEN excluded.run_at ELSE jobs.again_at END";
    db.run_values(before, earliest.into_values().map(row).collect(), after).await?;
    Ok(())
}

/// `WITH … chosen AS (…)`: the numbers of up to `$2` rows of `table` that are `due`, communities taking turns.
///
/// Communities are found by stepping through the index from one to the next, and of each at most as many rows are read
/// as are wanted: the cost follows the number of communities with work, not the length of anybody's queue.
pub(crate) fn chosen(db: Db<'_>, table: &str, order: &str, due: &str, indexed: &str) -> String {
    let communities = format!(
        "WITH RECURSIVE communities_at_work (id) AS (
            SELECT * FROM (SELECT {table}.community_id FROM {table} WHERE {indexed}
                ORDER BY {table}.community_id LIMIT 1) AS first
            UNION ALL
            SELECT (SELECT {table}.community_id FROM {table} WHERE {indexed}
                AND {table}.community_id > communities_at_work.id ORDER BY {table}.community_id LIMIT 1)
            FROM communities_at_work WHERE communities_at_work.id IS NOT NULL
        )"
    );
    let of_one = format!(
        "SELECT {table}.ord FROM {table} WHERE {table}.community_id = communities_at_work.id AND {due}
         ORDER BY {order}, {table}.ord LIMIT $2"
    );
    let turns = format!(
        "SELECT {table}.ord, ROW_NUMBER() OVER (PARTITION BY {table}.community_id ORDER BY {order}, {table}.ord) AS turn,
         {order} AS due_at FROM"
    );
    if db.is_postgres() {
        // Rows that another process is about to claim are skipped, and those claimed meanwhile are seen to be so.
        return format!(
            "{communities}, queued AS ({turns} communities_at_work CROSS JOIN LATERAL ({of_one}) AS mine
                JOIN {table} ON {table}.ord = mine.ord),
             chosen AS (SELECT {table}.ord FROM {table}
                WHERE {table}.ord IN (SELECT ord FROM queued ORDER BY turn, due_at, ord LIMIT $2) AND {due}
                FOR UPDATE OF {table} SKIP LOCKED)"
        );
    }
    format!(
        "{communities}, queued AS ({turns} communities_at_work JOIN {table} ON {table}.ord IN ({of_one})),
         chosen AS (SELECT ord FROM queued ORDER BY turn, due_at, ord LIMIT $2)"
    )
}
