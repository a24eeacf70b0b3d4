//! Notices: what members are told, where they want to hear it, and the board's receipts.

use std::collections::{BTreeMap, BTreeSet};

use types::{AccountId, CommunityId, EffectId, Json, MemberId, ProposalId, Timestamp};

use crate::sql::{Cells, FromRow, json, values};
use crate::{CommunityStore, CommunityTx, Result, SystemStore};

/// Something a member was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number, growing with time.
    pub ord: i64,
    /// What.
    pub text: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// What kind of thing it tells: `asked`, `decided`, …
    pub event: String,
    /// What it is about, such as `proposal:<id>`. May be empty.
    pub subject: String,
}

impl FromRow for Notice {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            ord: cells.take()?,
            text: cells.take()?,
            created_at: cells.take()?,
            read_at: cells.opt()?,
            event: cells.take()?,
            subject: cells.take()?,
        })
    }
}

/// A notice to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// For whom.
    pub member: MemberId,
    /// What.
    pub text: String,
    /// What kind of thing it tells.
    pub event: String,
    /// What it is about. May be empty.
    pub subject: String,
    /// What it was made of: the same origin tells the same member once. None for what may repeat.
    pub origin: Option<String>,
    /// Whether it stands in the inbox.
    pub in_app: bool,
    /// Whether it waits for the member's digest.
    pub in_digest: bool,
    /// When it happened.
    pub at: Timestamp,
}

/// When a member wants letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The zone in which they live, such as `Europe/Berlin`.
    pub time_zone: String,
    /// `off` (each at once), `daily` or `weekly`.
    pub digest: String,
    /// At which hour of the day, 0 to 23.
    pub hour: u32,
    /// On which day of the week, 1 for Monday, for a weekly one.
    pub weekday: u32,
    /// The next moment at which one is due; none where there is none.
    pub digest_at: Option<Timestamp>,
}

/// A digest that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueDigest {
    /// In which community.
    pub community: CommunityId,
    /// Whose.
    pub member: MemberId,
    /// Since when.
    pub due_at: Timestamp,
}

/// Which notices of a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// Only those that were not read.
    pub unread: bool,
    /// Only those with a lower number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// The receipt column of a row.
struct ReceiptRow(Json);

impl FromRow for ReceiptRow {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self(cells.json("board receipt")?))
    }
}

impl FromRow for Schedule {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            time_zone: cells.take()?,
            digest: cells.take()?,
            hour: cells.take()?,
            weekday: cells.take()?,
            digest_at: cells.opt()?,
        })
    }
}

/// A member's e-mail address.
struct AddressRow(MemberId, String);

impl FromRow for AddressRow {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self(cells.take()?, cells.take()?))
    }
}

const COLUMNS: &str = "ord, body, created_at, read_at, event, subject";

impl CommunityStore<'_> {
    /// What a member was told, the latest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn notices(&self, member: MemberId, filter: NoticeFilter) -> Result<Vec<Notice>> {
        let unread = if filter.unread { " AND read_at IS NULL" } else { "" };
        let sql = format!(
            "SELECT {COLUMNS} FROM notices WHERE community_id = $1 AND member_id = $2 AND in_app AND ord < $3{unread}
             ORDER BY ord DESC LIMIT $4"
        );
        let before = filter.before.unwrap_or(i64::MAX);
        self.db.all(&sql, values![self.id, member, before, i64::from(filter.limit)]).await
    }

    /// One notice of a member.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn notice(&self, member: MemberId, ord: i64) -> Result<Option<Notice>> {
        let sql =
            format!("SELECT {COLUMNS} FROM notices WHERE community_id = $1 AND member_id = $2 AND ord = $3 AND in_app");
        self.db.one(&sql, values![self.id, member, ord]).await
    }

    /// How many notices a member has not read.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn count_unread(&self, member: MemberId) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM notices
            WHERE community_id = $1 AND member_id = $2 AND read_at IS NULL AND in_app";
        Ok(self.db.one::<(i64,)>(sql, values![self.id, member]).await?.map_or(0, |(n,)| n))
    }

    /// Notices that wait for a member's digest, oldest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn notices_for_digest(&self, member: MemberId, limit: u32) -> Result<Vec<Notice>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM notices WHERE community_id = $1 AND member_id = $2 AND in_digest AND read_at IS NULL
             ORDER BY ord LIMIT $3"
        );
        self.db.all(&sql, values![self.id, member, i64::from(limit)]).await
    }

    /// The cells of the matrix that `members` set: by member, event and channel.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn notice_choices(&self, members: &[MemberId]) -> Result<BTreeMap<(MemberId, String, String), bool>> {
        let before =
            "SELECT member_id, event, channel, is_on FROM notice_choices WHERE community_id = $1 AND member_id IN";
        let rows = self.db.all_in::<(MemberId, String, String, bool), _>(before, values![self.id], members, "").await?;
        Ok(rows.into_iter().map(|(member, event, channel, is_on)| ((member, event, channel), is_on)).collect())
    }

    /// Who has been told what was made of `origin`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn who_was_told(&self, origin: &str) -> Result<BTreeSet<MemberId>> {
        let sql = "SELECT member_id FROM notices WHERE community_id = $1 AND origin = $2";
        let rows = self.db.all::<(MemberId,)>(sql, values![self.id, origin]).await?;
        Ok(rows.into_iter().map(|(member,)| member).collect())
    }

    /// Who of the community hears nothing about `subject`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn who_muted(&self, subject: &str) -> Result<BTreeSet<MemberId>> {
        let sql = "SELECT member_id FROM notice_mutes WHERE community_id = $1 AND subject = $2";
        let rows = self.db.all::<(MemberId,)>(sql, values![self.id, subject]).await?;
        Ok(rows.into_iter().map(|(member,)| member).collect())
    }

    /// What a member wants to hear nothing about.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn mutes_of(&self, member: MemberId) -> Result<Vec<String>> {
        let sql = "SELECT subject FROM notice_mutes WHERE community_id = $1 AND member_id = $2 ORDER BY subject";
        let rows = self.db.all::<(String,)>(sql, values![self.id, member]).await?;
        Ok(rows.into_iter().map(|(subject,)| subject).collect())
    }

    /// When a member wants letters; none where they never said.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn schedule_of(&self, member: MemberId) -> Result<Option<Schedule>> {
        let sql = "SELECT time_zone, digest, hour, weekday, digest_at FROM notice_schedules
            WHERE community_id = $1 AND member_id = $2";
        self.db.one(sql, values![self.id, member]).await
    }

    /// Those of `members` who want a digest instead of single letters.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn who_wants_digests(&self, members: &[MemberId]) -> Result<BTreeSet<MemberId>> {
        let before = "SELECT member_id FROM notice_schedules
            WHERE community_id = $1 AND digest_at IS NOT NULL AND member_id IN";
        let rows = self.db.all_in::<(MemberId,), _>(before, values![self.id], members, "").await?;
        Ok(rows.into_iter().map(|(member,)| member).collect())
    }

    /// The confirmed addresses of `members`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn addresses_of(&self, members: &[MemberId]) -> Result<BTreeMap<MemberId, String>> {
        let before = "SELECT m.id, a.email FROM members m JOIN accounts a ON a.id = m.account_id
            WHERE m.community_id = $1 AND m.left_at IS NULL AND a.email IS NOT NULL AND m.id IN";
        let rows = self.db.all_in::<AddressRow, _>(before, values![self.id], members, "").await?;
        Ok(rows.into_iter().map(|AddressRow(member, address)| (member, address)).collect())
    }

    /// How far the log has been read for notices.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn notice_cursor(&self) -> Result<i64> {
        let sql = "SELECT seq FROM notice_cursors WHERE community_id = $1";
        Ok(self.db.one::<(i64,)>(sql, values![self.id]).await?.map_or(0, |(seq,)| seq))
    }

    /// The receipt of an effect that the board has done, or `None`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn board_receipt(&self, effect: EffectId) -> Result<Option<Json>> {
        let sql = "SELECT receipt FROM board_receipts WHERE community_id = $1 AND effect_id = $2";
        Ok(self.db.one::<ReceiptRow>(sql, values![self.id, effect]).await?.map(|ReceiptRow(receipt)| receipt))
    }
}

impl CommunityTx<'_> {
    /// Keeps notices. One of the same origin for the same member is kept once; the answer is how many were new.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_notices(&self, notices: &[NewNotice]) -> Result<u64> {
        let row = |n: &NewNotice| {
            values![self.id, n.member, n.text, n.at, n.event, n.subject, n.origin, n.in_app, n.in_digest]
        };
        let before = "INSERT INTO notices
            (community_id, member_id, body, created_at, event, subject, origin, in_app, in_digest)";
        self.db.run_values(before, notices.iter().map(row).collect(), "ON CONFLICT DO NOTHING").await
    }

    /// Marks one notice of a member as read, or all of them. Answers how many were not read before.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn read_notices(&self, member: MemberId, one: Option<i64>, at: Timestamp) -> Result<u64> {
        let sql = "UPDATE notices SET read_at = $3
            WHERE community_id = $1 AND member_id = $2 AND read_at IS NULL AND (ord = $4 OR $4 = 0)";
        self.db.run(sql, values![self.id, member, at, one.unwrap_or(0)]).await
    }

    /// Marks everything that a member was told about `subject` as read: they have it before them.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn read_notices_about(&self, member: MemberId, subject: &str, at: Timestamp) -> Result<u64> {
        let sql = "UPDATE notices SET read_at = $4
            WHERE community_id = $1 AND member_id = $2 AND subject = $3 AND read_at IS NULL";
        self.db.run(sql, values![self.id, member, subject, at]).await
    }

    /// Sets one cell of a member's matrix.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn choose_notice(&self, member: MemberId, event: &str, channel: &str, is_on: bool) -> Result<()> {
        let sql =
            "INSERT INTO notice_choices (community_id, member_id, event, channel, is_on) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (member_id, event, channel) DO UPDATE SET is_on = excluded.is_on";
        self.db.run(sql, values![self.id, member, event, channel, is_on]).await?;
        Ok(())
    }

    /// Has a member hear nothing more about `subject`, or hear of it again.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn mute(&self, member: MemberId, subject: &str, is_muted: bool) -> Result<()> {
        let sql = if is_muted {
            "INSERT INTO notice_mutes (community_id, member_id, subject) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM notice_mutes WHERE community_id = $1 AND member_id = $2 AND subject = $3"
        };
        self.db.run(sql, values![self.id, member, subject]).await?;
        Ok(())
    }

    /// Keeps when a member wants letters.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_schedule(&self, member: MemberId, schedule: &Schedule) -> Result<()> {
        let s = schedule;
        let sql = "INSERT INTO notice_schedules (member_id, community_id, time_zone, digest, hour, weekday, digest_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (member_id) DO UPDATE SET time_zone = excluded.time_zone, digest = excluded.digest,
            hour = excluded.hour, weekday = excluded.weekday, digest_at = excluded.digest_at";
        self.db.run(sql, values![member, self.id, s.time_zone, s.digest, s.hour, s.weekday, s.digest_at]).await?;
        Ok(())
    }

    /// Moves a member's digest on from the moment it was due to the next. False where somebody else has: then it is theirs.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn take_digest(&self, member: MemberId, due_at: Timestamp, next: Timestamp) -> Result<bool> {
        let sql = "UPDATE notice_schedules SET digest_at = $4
            WHERE community_id = $1 AND member_id = $2 AND digest_at = $3";
        Ok(self.db.run(sql, values![self.id, member, due_at, next]).await? > 0)
    }

    /// Takes notices out of the member's next digest: they were in this one, or the member has read them.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn empty_digest(&self, member: MemberId, up_to: i64) -> Result<()> {
        let sql = "UPDATE notices SET in_digest = FALSE
            WHERE community_id = $1 AND member_id = $2 AND in_digest AND ord <= $3";
        self.db.run(sql, values![self.id, member, up_to]).await?;
        Ok(())
    }

    /// Moves the place up to which the log was read for notices. False where somebody else has meanwhile.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn move_notice_cursor(&self, from: i64, to: i64) -> Result<bool> {
        if from == 0 {
            let sql = "INSERT INTO notice_cursors (community_id, seq) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            return Ok(self.db.run(sql, values![self.id, to]).await? > 0);
        }
        let sql = "UPDATE notice_cursors SET seq = $3 WHERE community_id = $1 AND seq = $2";
        Ok(self.db.run(sql, values![self.id, from, to]).await? > 0)
    }

    /// Remembers that the voters of a proposal were reminded. False where they were already.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn remind_once(&self, proposal: ProposalId, at: Timestamp) -> Result<bool> {
        let sql = "INSERT INTO vote_reminders (proposal_id, community_id, reminded_at) VALUES ($1, $2, $3)
            ON CONFLICT DO NOTHING";
        Ok(self.db.run(sql, values![proposal, self.id, at]).await? > 0)
    }

    /// Keeps the receipt of an effect, together with what the board did for it.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] when the effect was done already, or what the database answered.
    pub async fn put_board_receipt(&self, effect: EffectId, receipt: &Json) -> Result<()> {
        let sql = "INSERT INTO board_receipts (effect_id, community_id, receipt) VALUES ($1, $2, $3)";
        self.db.run(sql, values![effect, self.id, json("board receipt", receipt)?]).await?;
        Ok(())
    }
}

impl SystemStore<'_> {
    /// Communities whose log says something that was not read for notices. Across communities because one process reads all.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn unread_logs(&self, limit: u32) -> Result<Vec<CommunityId>> {
        let sql =
            "SELECT h.community_id FROM audit_heads h LEFT JOIN notice_cursors c ON c.community_id = h.community_id
            WHERE h.seq > COALESCE(c.seq, 0) LIMIT $1";
        let rows = self.db.all::<(CommunityId,)>(sql, values![i64::from(limit)]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Open votes that close before `until` and of which nobody was reminded. Across communities, like all work that falls due.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn votes_to_remind(&self, until: Timestamp, limit: u32) -> Result<Vec<(CommunityId, ProposalId)>> {
        let sql = "SELECT p.community_id, p.id FROM proposals p LEFT JOIN vote_reminders r ON r.proposal_id = p.id
            WHERE p.is_open AND p.ask IS NOT NULL AND p.deadline <= $1 AND r.proposal_id IS NULL
            ORDER BY p.deadline LIMIT $2";
        self.db.all(sql, values![until, i64::from(limit)]).await
    }

    /// Digests that are due. Across communities, like all work that falls due.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn due_digests(&self, now: Timestamp, limit: u32) -> Result<Vec<DueDigest>> {
        let sql = "SELECT community_id, member_id, digest_at FROM notice_schedules WHERE digest_at <= $1
            ORDER BY digest_at LIMIT $2";
        let rows = self.db.all::<(CommunityId, MemberId, Timestamp)>(sql, values![now, i64::from(limit)]).await?;
        Ok(rows.into_iter().map(|(community, member, due_at)| DueDigest { community, member, due_at }).collect())
    }

    /// The account that signs in as a member. Across communities because an unsubscribe link names both.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn account_of_member(&self, community: CommunityId, member: MemberId) -> Result<Option<AccountId>> {
        let sql = "SELECT account_id FROM members WHERE community_id = $1 AND id = $2 AND account_id IS NOT NULL";
        Ok(self.db.one::<(AccountId,)>(sql, values![community, member]).await?.map(|(account,)| account))
    }
}
