//! Ballots: one member has one ballot on a proposal, and the last one cast counts.
//!
//! # Secret votes
//! Of a secret vote the link from voter to ballot is not stored anywhere: `secret_tallies` counts how often each value
//! was cast, and `secret_voters` holds, for who has voted, HMAC-SHA256 of the member's id under a random key of that
//! proposal. A tally is a counter and not a row per ballot, because rows would stand in the order in which people voted.
//! From this follow three rules that voters must be told: a secret ballot cannot be changed or taken back (nobody
//! could find it), it carries no reason (the words would name their author), and it has no time of its own.
//! The store cannot keep what its callers tell: an audit entry that names the voter of a secret ballot, or a decision
//! recorded after each of them, would give away by its time what the tables hide. So a secret ballot is audited without
//! its value, and a secret vote is evaluated when it closes.
//! Once the vote is closed, [`CommunityTx::seal_secret_vote`] erases the key: then not even who has voted can be told.

use std::collections::{BTreeMap, BTreeSet};

use hmac::{Hmac, KeyInit, Mac};
use sea_orm::Value;
use sha2::Sha256;
use types::ballot::Ballot;
use types::{BallotValue, MemberId, ProposalId, Timestamp};

use crate::audit::canonical;
use crate::sql::{Cells, FromRow, in_list, json, values};
use crate::{CommunityStore, CommunityTx, Result, StoreError, SystemStore};

/// The key under which a secret vote remembers who has voted: 32 random bytes, drawn for this proposal alone.
#[derive(Clone)]
pub struct BallotKey(pub [u8; 32]);

/// A ballot on its way in.
#[derive(Clone, Debug)]
pub struct CastBallot {
    /// On what.
    pub proposal: ProposalId,
    /// Whose.
    pub member: MemberId,
    /// What it says.
    pub value: BallotValue,
    /// Why, in the voter's words.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The platform's event that carried it, by which it may be withdrawn.
    pub event: Option<String>,
}

/// What became of a ballot.
#[derive(Clone, Debug, PartialEq)]
pub enum Cast {
    /// The member's first on this proposal.
    First,
    /// It replaced this one.
    Changed(BallotValue),
    /// A later one was there already: events of a platform may come in any order.
    Stale,
}

/// What became of a secret ballot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretCast {
    /// It counts, and cannot be told from the others.
    Counted,
    /// The member has voted; a secret ballot cannot be changed.
    AlreadyVoted,
}

/// One row: a ballot, or so many equal ones without a voter.
struct Row {
    proposal: ProposalId,
    ballot: Ballot,
    n_ballots: i64,
}

impl FromRow for Row {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            proposal: cells.take()?,
            ballot: Ballot {
                member: cells.opt()?,
                value: cells.json("ballot")?,
                reason: cells.opt()?,
                cast_at: cells.take()?,
            },
            n_ballots: cells.take()?,
        })
    }
}

impl CommunityStore<'_> {
    /// The ballots of a proposal, oldest first; those of a secret vote without voter, reason or time.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn ballots(&self, proposal: ProposalId) -> Result<Vec<Ballot>> {
        let mut all = load(SystemStore { db: self.db }, &[proposal], Some(*self)).await?;
        Ok(all.remove(&proposal).unwrap_or_default())
    }

    /// The ballots of several proposals; one without ballots is not in the answer.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn ballots_of(&self, proposals: &[ProposalId]) -> Result<BTreeMap<ProposalId, Vec<Ballot>>> {
        load(SystemStore { db: self.db }, proposals, Some(*self)).await
    }

    /// The member's ballot on a proposal; never one of a secret vote.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn ballot(&self, proposal: ProposalId, member: MemberId) -> Result<Option<Ballot>> {
        // PostgreSQL reads a bare 1 as a 32-bit integer.
        let sql = "SELECT proposal_id, member_id, value, reason, cast_at, CAST(1 AS BIGINT) FROM ballots
            WHERE community_id = $1 AND proposal_id = $2 AND member_id = $3";
        Ok(self.db.one::<Row>(sql, values![self.id, proposal, member]).await?.map(|row| row.ballot))
    }

    /// Ballots that were cleared, oldest first: those of a secret vote without voter, reason or time.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn cleared_ballots(&self, proposal: ProposalId) -> Result<Vec<Ballot>> {
        let sql = "SELECT proposal_id, member_id, value, reason, COALESCE(cast_at, 0), n_ballots FROM cleared_ballots
            WHERE community_id = $1 AND proposal_id = $2 ORDER BY id";
        let rows = self.db.all::<Row>(sql, values![self.id, proposal]).await?;
        let each = |row: Row| (0..row.n_ballots).map(move |_| row.ballot.clone());
        Ok(rows.into_iter().flat_map(each).collect())
    }

    /// On which of the proposals the member has voted, openly or in secret (unless that vote is sealed).
    ///
    /// # Errors
    /// What the database answered.
    pub async fn voted_on(&self, member: MemberId, proposals: &[ProposalId]) -> Result<Vec<ProposalId>> {
        let before = "SELECT proposal_id FROM ballots WHERE community_id = $1 AND member_id = $2 AND proposal_id IN";
        let mut voted: Vec<ProposalId> = self
            .db
            .all_in::<(ProposalId,), _>(before, values![self.id, member], proposals, "")
            .await?
            .into_iter()
            .map(|(id,)| id)
            .collect();
        let before =
            "SELECT id, ballot_key FROM proposals WHERE community_id = $1 AND ballot_key IS NOT NULL AND id IN";
        let secret = self.db.all_in::<(ProposalId, Vec<u8>), _>(before, values![self.id], proposals, "").await?;
        for (proposal, key) in secret {
            let sql =
                "SELECT proposal_id FROM secret_voters WHERE community_id = $1 AND proposal_id = $2 AND voter = $3";
            let values = values![self.id, proposal, voter(&key, member)?];
            voted.extend(self.db.one::<(ProposalId,)>(sql, values).await?.map(|(id,)| id));
        }
        Ok(voted)
    }

    /// Which of `members` have voted on the proposal, openly or in secret (unless that vote is sealed).
    ///
    /// # Errors
    /// What the database answered.
    pub async fn who_voted(&self, proposal: ProposalId, members: &[MemberId]) -> Result<BTreeSet<MemberId>> {
        let before = "SELECT member_id FROM ballots WHERE community_id = $1 AND proposal_id = $2 AND member_id IN";
        let open = self.db.all_in::<(MemberId,), _>(before, values![self.id, proposal], members, "").await?;
        let mut voted: BTreeSet<MemberId> = open.into_iter().map(|(member,)| member).collect();
        let sql = "SELECT ballot_key FROM proposals WHERE community_id = $1 AND id = $2 AND ballot_key IS NOT NULL";
        let Some((key,)) = self.db.one::<(Vec<u8>,)>(sql, values![self.id, proposal]).await? else { return Ok(voted) };
        let sql = "SELECT voter FROM secret_voters WHERE community_id = $1 AND proposal_id = $2";
        let secret = self.db.all::<(Vec<u8>,)>(sql, values![self.id, proposal]).await?;
        let secret: BTreeSet<Vec<u8>> = secret.into_iter().map(|(voter,)| voter).collect();
        for member in members {
            if secret.contains(&voter(&key, *member)?) {
                voted.insert(*member);
            }
        }
        Ok(voted)
    }
}

impl SystemStore<'_> {
    /// The ballots of proposals of any community, oldest first; one without ballots is not in the answer.
    ///
    /// Across communities because one batch of claimed work concerns several. The ids come from stored actions.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn load_ballots(&self, proposals: &[ProposalId]) -> Result<BTreeMap<ProposalId, Vec<Ballot>>> {
        load(*self, proposals, None).await
    }
}

impl CommunityTx<'_> {
    /// Casts an open ballot, or changes it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the proposal is not of this community, or what the database answered.
    pub async fn cast_ballot(&self, cast: &CastBallot) -> Result<Cast> {
        self.check_proposal(cast.proposal).await?;
        let before = self.ballot(cast.proposal, cast.member).await?;
        let sql = "INSERT INTO ballots (proposal_id, member_id, community_id, value, reason, cast_at, event)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (proposal_id, member_id) DO UPDATE SET value = excluded.value, reason = excluded.reason,
            cast_at = excluded.cast_at, event = excluded.event WHERE excluded.cast_at >= ballots.cast_at";
        let value = json("ballot", &cast.value)?;
        let values = values![cast.proposal, cast.member, self.id, value, cast.reason, cast.at, cast.event];
        Ok(match (self.db.run(sql, values).await?, before) {
            (0, _) => Cast::Stale,
            (_, None) => Cast::First,
            (_, Some(before)) => Cast::Changed(before.value),
        })
    }

    /// Takes an open ballot back. Answers what it said.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn withdraw_ballot(&self, proposal: ProposalId, member: MemberId) -> Result<Option<BallotValue>> {
        let before = self.ballot(proposal, member).await?;
        let sql = "DELETE FROM ballots WHERE community_id = $1 AND proposal_id = $2 AND member_id = $3";
        self.db.run(sql, values![self.id, proposal, member]).await?;
        Ok(before.map(|ballot| ballot.value))
    }

    /// Takes back the ballot that a platform's event had cast, unless a later one replaced it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn withdraw_ballot_of_event(&self, event: &str) -> Result<Option<(ProposalId, MemberId)>> {
        let sql = "DELETE FROM ballots WHERE community_id = $1 AND event = $2 RETURNING proposal_id, member_id";
        Ok(self.db.change::<(ProposalId, MemberId)>(sql, values![self.id, event]).await?.first().copied())
    }

    /// Makes the vote on a proposal secret. Has no effect when it is already.
    ///
    /// # Errors
    /// [`StoreError::Missing`], or what the database answered.
    pub async fn open_secret_vote(&self, proposal: ProposalId, key: &BallotKey) -> Result<()> {
        let sql = "UPDATE proposals SET ballot_key = COALESCE(ballot_key, $3) WHERE community_id = $1 AND id = $2";
        match self.db.run(sql, values![self.id, proposal, key.0.as_slice()]).await? {
            0 => Err(StoreError::Missing("proposal")),
            _ => Ok(()),
        }
    }

    /// Casts a secret ballot. It can be neither changed nor taken back.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the proposal has no secret vote, or it is sealed, or what the database answered.
    pub async fn cast_secret_ballot(
        &self,
        proposal: ProposalId,
        member: MemberId,
        value: &BallotValue,
    ) -> Result<SecretCast> {
        let sql = "SELECT ballot_key FROM proposals WHERE community_id = $1 AND id = $2 AND ballot_key IS NOT NULL";
        let (key,) = self
            .db
            .one::<(Vec<u8>,)>(sql, values![self.id, proposal])
            .await?
            .ok_or(StoreError::Missing("secret vote"))?;
        let sql = "INSERT INTO secret_voters (proposal_id, voter, community_id) VALUES ($1, $2, $3)
            ON CONFLICT (proposal_id, voter) DO NOTHING";
        if self.db.run(sql, values![proposal, voter(&key, member)?, self.id]).await? == 0 {
            return Ok(SecretCast::AlreadyVoted);
        }
        let sql = "INSERT INTO secret_tallies (proposal_id, value, community_id, n_ballots) VALUES ($1, $2, $3, 1)
            ON CONFLICT (proposal_id, value) DO UPDATE SET n_ballots = secret_tallies.n_ballots + 1";
        let problem = |error: serde_json::Error| StoreError::Unwritable { what: "ballot", problem: error.to_string() };
        // Equal ballots must have equal texts to be counted together.
        let value = canonical(&serde_json::to_value(value).map_err(problem)?);
        self.db.run(sql, values![proposal, value, self.id]).await?;
        Ok(SecretCast::Counted)
    }

    /// Erases the key of a closed secret vote: from now on nobody can tell who has voted.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn seal_secret_vote(&self, proposal: ProposalId) -> Result<()> {
        let sql = "UPDATE proposals SET ballot_key = NULL WHERE community_id = $1 AND id = $2";
        self.db.run(sql, values![self.id, proposal]).await?;
        Ok(())
    }

    /// Starts votes again, as a policy asked for an action of its bundle. Answers how many ballots count no longer.
    ///
    /// What had been cast is kept in `cleared_ballots`; of a secret vote only how often each value was cast.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn clear_ballots(&self, proposals: &[ProposalId], at: Timestamp) -> Result<u64> {
        let into =
            "INSERT INTO cleared_ballots (community_id, proposal_id, member_id, value, reason, cast_at, n_ballots,
            cleared_at)";
        let open = "SELECT community_id, proposal_id, member_id, value, reason, cast_at, CAST(1 AS BIGINT),
            CAST($2 AS BIGINT) FROM ballots";
        let secret = "SELECT community_id, proposal_id, NULL, value, NULL, NULL, n_ballots, CAST($2 AS BIGINT)
            FROM secret_tallies";
        for select in [open, secret] {
            let mut values = values![self.id, at];
            let list = in_list(&mut values, proposals);
            let sql = format!("{into} {select} WHERE community_id = $1 AND proposal_id IN {list}");
            self.db.run(&sql, values).await?;
        }
        let mut n_cleared = 0;
        for (table, counts) in [("ballots", true), ("secret_voters", true), ("secret_tallies", false)] {
            let mut values = values![self.id];
            let list = in_list(&mut values, proposals);
            let sql = format!("DELETE FROM {table} WHERE community_id = $1 AND proposal_id IN {list}");
            let n_deleted = self.db.run(&sql, values).await?;
            n_cleared += if counts { n_deleted } else { 0 };
        }
        Ok(n_cleared)
    }

    async fn check_proposal(&self, proposal: ProposalId) -> Result<()> {
        let sql = "SELECT id FROM proposals WHERE community_id = $1 AND id = $2";
        let found = self.db.one::<(ProposalId,)>(sql, values![self.id, proposal]).await?;
        found.map(|_| ()).ok_or(StoreError::Missing("proposal"))
    }
}

/// Open and secret ballots of `proposals`, of one community or of any, in one query.
async fn load(
    store: SystemStore<'_>,
    proposals: &[ProposalId],
    of: Option<CommunityStore<'_>>,
) -> Result<BTreeMap<ProposalId, Vec<Ballot>>> {
    let mut ballots = BTreeMap::<ProposalId, Vec<Ballot>>::new();
    if proposals.is_empty() {
        return Ok(ballots);
    }
    // Half as many as a statement takes, because the list stands in it once and is used twice.
    for part in proposals.chunks(10_000) {
        let mut values: Vec<Value> = Vec::new();
        let list = in_list(&mut values, part);
        let mine = of.map_or_else(String::new, |store| {
            values.extend(values![store.id]);
            format!(" AND community_id = ${}", values.len())
        });
        let sql = format!(
            "SELECT proposal_id, member_id, value, reason, cast_at, CAST(1 AS BIGINT) AS n_ballots FROM ballots
             WHERE proposal_id IN {list}{mine}
             UNION ALL
             SELECT proposal_id, NULL, value, NULL, CAST(0 AS BIGINT), n_ballots FROM secret_tallies
             WHERE proposal_id IN {list}{mine}
             ORDER BY 5, 2, 3"
        );
        for row in store.db.all::<Row>(&sql, values).await? {
            let of_proposal = ballots.entry(row.proposal).or_default();
            for _ in 0..row.n_ballots {
                of_proposal.push(row.ballot.clone());
            }
        }
    }
    Ok(ballots)
}

/// How a secret vote remembers a voter.
fn voter(key: &[u8], member: MemberId) -> Result<Vec<u8>> {
    let problem = |_| StoreError::Unreadable { what: "ballot key", problem: "it has the wrong length".to_owned() };
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(problem)?;
    mac.update(member.0.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}
