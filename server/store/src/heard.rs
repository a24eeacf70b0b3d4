//! What has to be remembered of a platform's events so that they join: our own doings under other names, values whose former
//! ones nobody tells, votes before their ballots and withdrawals before their votes.

use types::{ActionId, ConnectionId, EffectId, Json, MemberId, ProposalId, Timestamp};

use crate::effects::StoredEffect;
use crate::sql::{json, values};
use crate::{CommunityStore, CommunityTx, Result};

impl CommunityTx<'_> {
    /// Writes down, before it is asked for, a doing that will be heard as somebody else's.
    ///
    /// # Idempotency
    /// By effect: a repeated try intends the same once more, and its echo may come once more.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn intend_echo(
        &self,
        connection: ConnectionId,
        effect: EffectId,
        echo: &str,
        now: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO echoes (connection_id, effect_id, echo, intended_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (connection_id, echo, effect_id) DO UPDATE SET intended_at = excluded.intended_at";
        self.db.run(sql, values![connection, effect, echo, now]).await?;
        Ok(())
    }

    /// Whether `event` is a doing of ours that was intended since `since` and was not heard yet. It is heard by this.
    ///
    /// # Idempotency
    /// The same event is recognised again.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn is_echo(&self, connection: ConnectionId, echo: &str, event: &str, since: Timestamp) -> Result<bool> {
        let sql = "SELECT effect_id FROM echoes WHERE connection_id = $1 AND echo = $2 AND event = $3";
        if self.db.one::<(EffectId,)>(sql, values![connection, echo, event]).await?.is_some() {
            return Ok(true);
        }
        let sql = "UPDATE echoes SET event = $3 WHERE connection_id = $1 AND echo = $2 AND effect_id =
            (SELECT effect_id FROM echoes WHERE connection_id = $1 AND echo = $2 AND event IS NULL AND intended_at >= $4
             ORDER BY intended_at LIMIT 1)";
        Ok(self.db.run(sql, values![connection, echo, event, since]).await? > 0)
    }

    /// Sets a value as the platform told it, unless a later one is known. Answers whether it was.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn set_platform_value(
        &self,
        connection: ConnectionId,
        key: &str,
        value: &Json,
        at: Timestamp,
    ) -> Result<bool> {
        let sql = "INSERT INTO platform_values (connection_id, key, value, told_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (connection_id, key) DO UPDATE SET value = excluded.value, told_at = excluded.told_at
            WHERE excluded.told_at >= platform_values.told_at";
        Ok(self.db.run(sql, values![connection, key, json("platform value", value)?, at]).await? > 0)
    }

    /// Remembers that the vote of an event was taken back, for when the event comes after all.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn remember_withdrawal(&self, connection: ConnectionId, event: &str, at: Timestamp) -> Result<()> {
        let sql = "INSERT INTO withdrawals (connection_id, event, withdrawn_at) VALUES ($1, $2, $3)
            ON CONFLICT (connection_id, event) DO UPDATE SET withdrawn_at = excluded.withdrawn_at
            WHERE excluded.withdrawn_at >= withdrawals.withdrawn_at";
        self.db.run(sql, values![connection, event, at]).await?;
        Ok(())
    }

    /// Keeps a vote on a message that may yet turn out to be a ballot of ours.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn keep_orphan(
        &self,
        connection: ConnectionId,
        message: &str,
        event: &str,
        body: &Json,
        now: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO orphan_votes (connection_id, message, event, body, heard_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (connection_id, message, event) DO NOTHING";
        self.db.run(sql, values![connection, message, event, json("vote", body)?, now]).await?;
        Ok(())
    }

    /// Takes out the votes that were kept for a message, oldest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn take_orphans(&self, connection: ConnectionId, message: &str) -> Result<Vec<Json>> {
        let sql = "SELECT body FROM orphan_votes WHERE connection_id = $1 AND message = $2 ORDER BY heard_at, event";
        let found = self.db.all::<(String,)>(sql, values![connection, message]).await?;
        let sql = "DELETE FROM orphan_votes WHERE connection_id = $1 AND message = $2";
        self.db.run(sql, values![connection, message]).await?;
        Ok(found.into_iter().filter_map(|(body,)| serde_json::from_str(&body).ok().map(Json)).collect())
    }

    /// Forgets what nothing joined since `before`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn forget_unjoined(&self, connection: ConnectionId, before: Timestamp) -> Result<()> {
        for sql in [
            "DELETE FROM orphan_votes WHERE connection_id = $1 AND heard_at < $2",
            "DELETE FROM withdrawals WHERE connection_id = $1 AND withdrawn_at < $2",
            "DELETE FROM echoes WHERE connection_id = $1 AND intended_at < $2",
        ] {
            self.db.run(sql, values![connection, before]).await?;
        }
        Ok(())
    }
}

impl CommunityStore<'_> {
    /// A value as the platform last told it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn platform_value(&self, connection: ConnectionId, key: &str) -> Result<Option<Json>> {
        let sql = "SELECT value FROM platform_values WHERE connection_id = $1 AND key = $2";
        let found = self.db.one::<(String,)>(sql, values![connection, key]).await?;
        Ok(found.and_then(|(value,)| serde_json::from_str(&value).ok().map(Json)))
    }

    /// When the vote of an event was taken back, if it was.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn withdrawn_at(&self, connection: ConnectionId, event: &str) -> Result<Option<Timestamp>> {
        let sql = "SELECT withdrawn_at FROM withdrawals WHERE connection_id = $1 AND event = $2";
        Ok(self.db.one::<(Timestamp,)>(sql, values![connection, event]).await?.map(|(at,)| at))
    }

    /// Whether a ballot is on its way to the platform, so that a vote may be heard before its message's id is known.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn posts_a_ballot(&self, platform: &str) -> Result<bool> {
        let sql = "SELECT ord FROM effects WHERE community_id = $1 AND platform = $2 AND kind = 'ask'
            AND status = 'pending' LIMIT 1";
        Ok(self.db.one::<(i64,)>(sql, values![self.id, platform]).await?.is_some())
    }

    /// The messages in which a proposal's ballot was posted.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn posted_ballots(&self, action: ActionId, proposal: ProposalId) -> Result<Vec<StoredEffect>> {
        let effects = self.effects_of(&[action]).await?;
        Ok(effects.into_iter().filter(|effect| effect.kind == "ask" && effect.proposal == Some(proposal)).collect())
    }

    /// Who has an open ballot on a proposal, and the platform's event that cast it; empty where none did.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn ballot_events(&self, proposal: ProposalId) -> Result<Vec<(MemberId, String)>> {
        let sql = "SELECT member_id, COALESCE(event, '') FROM ballots WHERE community_id = $1 AND proposal_id = $2";
        self.db.all(sql, values![self.id, proposal]).await
    }
}
