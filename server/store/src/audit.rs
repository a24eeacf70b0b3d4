//! The audit log: append-only, one hash chain per community.
//!
//! # The hash
//! `hash` is the SHA-256, in lower-case hexadecimal, of the entry's canonical form: the JSON object of all its other
//! fields (`actor at body community kind prev_hash seq subject`) with the keys of every object in ascending order of
//! their Unicode code points, no white space, strings escaped only where JSON demands it, whole numbers in plain digits and other numbers in
//! the shortest form that reads back as the same 64-bit float, and `at` as in the export (RFC 3339, UTC). `prev_hash` is
//! the `hash` of the entry before; 64 zeros stand before the first.
//! So an export can be checked with nothing but a JSON parser and SHA-256; [`verify`] is ours.

use std::collections::BTreeMap;

use sea_orm::Value;
use types::audit::{Actor, AuditEntry};
use types::{AuditKind, CommunityId, Json, Timestamp};

use crate::sql::{Cells, Db, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result, StoreError};

mod canonical;
mod export;
mod verify;

pub(crate) use canonical::hex;
pub use canonical::{canonical, entry_hash};
pub use export::{ExportError, read_export};
pub use verify::{Tampered, Verified, verify};

/// What stands before the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Most entries that one page of the log holds.
pub const MAX_AUDIT_PAGE: u32 = 1_000;

/// Where a community's chain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of the last entry; 0 before the first.
    pub seq: i64,
    /// Its hash; [`GENESIS`] before the first.
    pub hash: String,
}

/// Which entries are wanted, in ascending order.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Only those with a higher number.
    pub after: i64,
    /// Only those with a lower number; `None` for up to the end.
    pub before: Option<i64>,
    /// At most so many; at most [`MAX_AUDIT_PAGE`], which 0 stands for.
    pub limit: u32,
    /// Only of these kinds; empty for all.
    pub kinds: Vec<AuditKind>,
    /// Only caused by this one.
    pub actor: Option<Actor>,
    /// Only about this subject, such as `action:<id>`.
    pub subject: Option<String>,
    /// The latest `limit` rather than the first; the answer ascends all the same.
    pub from_end: bool,
}

/// An entry that has no number yet.
pub(crate) struct PendingEntry {
    community: CommunityId,
    at: Timestamp,
    actor: Actor,
    kind: AuditKind,
    subject: String,
    body: Json,
}

impl CommunityTx<'_> {
    /// Tells the log. The entry gets its number and hash when the transaction is committed, which answers with it.
    pub fn audit(
        &self,
        actor: Actor,
        kind: AuditKind,
        subject: impl Into<String>,
        body: impl Into<Json>,
        at: Timestamp,
    ) {
        let entry = PendingEntry { community: self.id(), at, actor, kind, subject: subject.into(), body: body.into() };
        self.tx.buffer().audit.push(entry);
    }
}

impl CommunityStore<'_> {
    /// Where the chain ends, as far as it is committed.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn audit_head(&self) -> Result<AuditHead> {
        let found = self
            .db
            .one::<(i64, String)>("SELECT seq, hash FROM audit_heads WHERE community_id = $1", values![self.id])
            .await?;
        let (seq, hash) = found.unwrap_or_else(|| (0, GENESIS.to_owned()));
        Ok(AuditHead { seq, hash })
    }

    /// Entries in ascending order.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn audit_entries(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let mut values = values![self.id, query.after, crate::sql::page(query.limit, MAX_AUDIT_PAGE)];
        let mut wanted = String::new();
        let mut also = |values: &mut Vec<Value>, value: Value, condition: &str| {
            values.push(value);
            wanted.push_str(&format!(" AND {condition} ${}", values.len()));
        };
        if let Some(before) = query.before {
            also(&mut values, before.into(), "seq <");
        }
        if let Some(actor) = &query.actor {
            also(&mut values, actor_text(actor).into(), "actor =");
        }
        if let Some(subject) = &query.subject {
            also(&mut values, subject.as_str().into(), "subject =");
        }
        if !query.kinds.is_empty() {
            let kinds: Vec<&str> = query.kinds.iter().map(|kind| kind.as_str()).collect();
            let list = crate::sql::in_list(&mut values, &kinds);
            wanted.push_str(&format!(" AND kind IN {list}"));
        }
        let order = if query.from_end { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT {COLUMNS} FROM audit WHERE community_id = $1 AND seq > $2{wanted} ORDER BY seq {order} LIMIT $3"
        );
        let mut entries = self.db.all::<AuditEntry>(&sql, values).await?;
        if query.from_end {
            entries.reverse();
        }
        Ok(entries)
    }
}

const COLUMNS: &str = "community_id, seq, at, actor, kind, subject, body, prev_hash, hash";

impl FromRow for AuditEntry {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            community: cells.take()?,
            seq: cells.take()?,
            at: cells.take()?,
            actor: read_actor(&cells.take::<String>()?)?,
            kind: cells.word("audit kind")?,
            subject: cells.take()?,
            body: cells.json("audit body")?,
            prev_hash: cells.take()?,
            hash: cells.take()?,
        })
    }
}

/// Seals the entries into their communities' chains, in the order in which they were told.
pub(crate) async fn write(db: Db<'_>, pending: Vec<PendingEntry>) -> Result<Vec<AuditEntry>> {
    let mut by_community = BTreeMap::<CommunityId, Vec<PendingEntry>>::new();
    for entry in pending {
        by_community.entry(entry.community).or_default().push(entry);
    }
    let communities: Vec<CommunityId> = by_community.keys().copied().collect();
    if communities.is_empty() {
        return Ok(Vec::new());
    }
    let mut heads = lock_heads(db, &communities).await?;
    let mut written = Vec::new();
    for (community, entries) in by_community {
        let head = heads.entry(community).or_insert_with(|| AuditHead { seq: 0, hash: GENESIS.to_owned() });
        for entry in entries {
            let entry = seal(entry, head);
            *head = AuditHead { seq: entry.seq, hash: entry.hash.clone() };
            written.push(entry);
        }
    }
    let rows = written.iter().map(|entry| {
        values![
            entry.community,
            entry.seq,
            entry.at,
            actor_text(&entry.actor),
            entry.kind.as_str(),
            entry.subject,
            canonical(&entry.body.0),
            entry.prev_hash,
            entry.hash
        ]
    });
    db.run_values(&format!("INSERT INTO audit ({COLUMNS})"), rows.collect(), "").await?;
    let rows = heads.into_iter().map(|(community, head)| values![community, head.seq, head.hash]).collect();
    let after = "ON CONFLICT (community_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
    db.run_values("INSERT INTO audit_heads (community_id, seq, hash)", rows, after).await?;
    Ok(written)
}

/// The ends of the chains, which nobody else can extend until the transaction ends.
async fn lock_heads(db: Db<'_>, communities: &[CommunityId]) -> Result<BTreeMap<CommunityId, AuditHead>> {
    if db.is_postgres() {
        // A chain that has no head yet has no row to lock, so that its row is made first.
        let rows = communities.iter().map(|id| values![*id, 0_i64, GENESIS]).collect();
        let after = "ON CONFLICT (community_id) DO NOTHING";
        db.run_values("INSERT INTO audit_heads (community_id, seq, hash)", rows, after).await?;
    }
    let after = format!("ORDER BY community_id{}", db.for_update());
    let before = "SELECT community_id, seq, hash FROM audit_heads WHERE community_id IN";
    let heads = db.all_in::<(CommunityId, i64, String), _>(before, Vec::new(), communities, &after).await?;
    Ok(heads.into_iter().map(|(community, seq, hash)| (community, AuditHead { seq, hash })).collect())
}

/// Gives an entry its number and hash.
fn seal(entry: PendingEntry, head: &AuditHead) -> AuditEntry {
    let mut entry = AuditEntry {
        community: entry.community,
        seq: head.seq + 1,
        at: entry.at,
        actor: entry.actor,
        kind: entry.kind,
        subject: entry.subject,
        body: entry.body,
        prev_hash: head.hash.clone(),
        hash: String::new(),
    };
    entry.hash = entry_hash(&entry);
    entry
}

/// How an actor is stored, so that the log can be filtered by it.
pub(crate) fn actor_text(actor: &Actor) -> String {
    match actor {
        Actor::Member(id) => format!("member:{id}"),
        Actor::Policy(name) => format!("policy:{name}"),
        Actor::Operator => "operator".to_owned(),
        Actor::System => "system".to_owned(),
    }
}

fn read_actor(text: &str) -> Result<Actor> {
    let unreadable = || StoreError::Unreadable { what: "actor", problem: format!("'{text}' is nobody") };
    match text.split_once(':') {
        Some(("member", id)) => id.parse().map(Actor::Member).map_err(|_| unreadable()),
        Some(("policy", name)) => Ok(Actor::Policy(name.to_owned())),
        None if text == "operator" => Ok(Actor::Operator),
        None if text == "system" => Ok(Actor::System),
        _ => Err(unreadable()),
    }
}
