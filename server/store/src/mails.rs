//! The outbox of e-mail: letters on their way to members, each sent once.

use std::time::Duration;

use types::{CommunityId, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityTx, Result, SystemStore, SystemTx};

/// A letter to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail {
    /// What it is made of: a second letter of the same origin is not kept.
    pub origin: String,
    /// The member it is for; none where somebody confirms an address.
    pub member: Option<MemberId>,
    /// Where it goes.
    pub address: String,
    /// Its subject line.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The page it leads to, below the service's address.
    pub path: Option<String>,
}

/// A letter as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its number.
    pub ord: i64,
    /// What it is made of.
    pub origin: String,
    /// The community it speaks of.
    pub community: CommunityId,
    /// The member it is for.
    pub member: Option<MemberId>,
    /// Where it goes.
    pub address: String,
    /// Its subject line.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The page it leads to, below the service's address.
    pub path: Option<String>,
    /// How often sending it was tried, this time included.
    pub attempts: u32,
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailOutcome {
    /// The server took it.
    Sent,
    /// It is tried again.
    Later(Timestamp, String),
    /// It cannot be sent.
    GivenUp(String),
}

impl FromRow for Mail {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            ord: cells.take()?,
            origin: cells.take()?,
            community: cells.take()?,
            member: cells.opt()?,
            address: cells.take()?,
            title: cells.take()?,
            body: cells.take()?,
            path: cells.opt()?,
            attempts: cells.take()?,
        })
    }
}

impl CommunityTx<'_> {
    /// Puts a letter into the outbox, unless one of the same origin is there.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_mail(&self, mail: &NewMail, at: Timestamp) -> Result<bool> {
        let m = mail;
        let sql = "INSERT INTO mails (origin, community_id, member_id, address, title, body, path, status, attempts,
            next_attempt_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', 0, $8, $8)
            ON CONFLICT (origin) DO NOTHING";
        let values = values![m.origin, self.id, m.member, m.address, m.title, m.body, m.path, at];
        Ok(self.db.run(sql, values).await? > 0)
    }

    /// Forgets the letters to a member that were not sent: they asked for no more.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn drop_mails(&self, member: MemberId) -> Result<u64> {
        let sql = "DELETE FROM mails WHERE community_id = $1 AND member_id = $2 AND status = 'pending' AND leased_until IS NULL";
        self.db.run(sql, values![self.id, member]).await
    }
}

impl SystemStore<'_> {
    /// How many letters wait or could not be sent, by status. Across communities because the operator asks.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn count_mails(&self) -> Result<Vec<(String, i64)>> {
        self.db.all("SELECT status, COUNT(*) FROM mails GROUP BY status ORDER BY status", Vec::new()).await
    }

    /// Letters that are due, claimed until `now + lease`. Across communities because one process sends for all.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn claim_mails(&self, now: Timestamp, lease: Duration, limit: u32) -> Result<Vec<Mail>> {
        let skip = if self.db.is_postgres() { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "UPDATE mails SET leased_until = $2, attempts = attempts + 1 WHERE ord IN (
                SELECT ord FROM mails WHERE status = 'pending' AND next_attempt_at <= $1
                AND (leased_until IS NULL OR leased_until <= $1) ORDER BY next_attempt_at, ord LIMIT $3{skip})
             RETURNING ord, origin, community_id, member_id, address, title, body, path, attempts"
        );
        let mut claimed: Vec<Mail> = self.db.change(&sql, values![now, now + lease, i64::from(limit)]).await?;
        claimed.sort_by_key(|mail| mail.ord);
        Ok(claimed)
    }
}

impl SystemTx<'_> {
    /// Keeps what became of a letter.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn finish_mail(&self, ord: i64, outcome: &MailOutcome, now: Timestamp) -> Result<()> {
        match outcome {
            MailOutcome::Sent => {
                // What is in it is the member's business, and no longer needed.
                let sql = "UPDATE mails SET status = 'sent', sent_at = $2, leased_until = NULL, error = NULL, body = ''
                    WHERE ord = $1";
                self.db.run(sql, values![ord, now]).await?;
            }
            MailOutcome::Later(at, why) => {
                let sql = "UPDATE mails SET next_attempt_at = $2, leased_until = NULL, error = $3 WHERE ord = $1";
                self.db.run(sql, values![ord, *at, why]).await?;
            }
            MailOutcome::GivenUp(why) => {
                let sql =
                    "UPDATE mails SET status = 'failed', leased_until = NULL, error = $2, body = '' WHERE ord = $1";
                self.db.run(sql, values![ord, why]).await?;
            }
        }
        Ok(())
    }
}

impl SystemStore<'_> {
    /// The latest letters of a community: address, subject line and status. For the operator, who looks why one did not arrive.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn latest_mails(&self, community: CommunityId, limit: u32) -> Result<Vec<(String, String, String)>> {
        let sql = "SELECT address, title, status FROM mails WHERE community_id = $1 ORDER BY ord DESC LIMIT $2";
        self.db.all(sql, values![community, i64::from(limit)]).await
    }
}
