//! Delegations: who gave whom their voice, for what and when. Nothing is ever deleted, so that any moment can be seen again.

use types::delegation::{Delegation, Scope};
use types::{DelegationId, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result, StoreError};

/// A row; the scope is stored as a word and a text so that there is one of each at most.
struct Row(Delegation);

impl FromRow for Row {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        let (from, to) = (cells.take()?, cells.take()?);
        let (kind, value): (String, String) = (cells.take()?, cells.take()?);
        let scope = read_scope(&kind, &value)?;
        Ok(Self(Delegation { from, to, scope, since: cells.take()?, expires_at: cells.opt()? }))
    }
}

fn stored_scope(scope: &Scope) -> (&'static str, String) {
    match scope {
        Scope::Everything => ("everything", String::new()),
        Scope::Role(role) => ("role", role.to_string()),
        Scope::ActionType(pattern) => ("action_type", pattern.clone()),
        Scope::Topic(topic) => ("topic", topic.clone()),
    }
}

fn read_scope(kind: &str, value: &str) -> Result<Scope> {
    let unreadable = |problem: String| StoreError::Unreadable { what: "delegation", problem };
    Ok(match kind {
        "everything" => Scope::Everything,
        "role" => Scope::Role(value.parse().map_err(|_| unreadable(format!("'{value}' is no role's id")))?),
        "action_type" => Scope::ActionType(value.to_owned()),
        "topic" => Scope::Topic(value.to_owned()),
        other => return Err(unreadable(format!("'{other}' is no scope"))),
    })
}

impl CommunityStore<'_> {
    /// The delegations that were in force at a moment, by who gave them.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn delegations_at(&self, at: Timestamp) -> Result<Vec<Delegation>> {
        let sql = "SELECT from_id, to_id, scope_kind, scope_value, since, expires_at FROM delegations
            WHERE community_id = $1 AND since <= $2 AND (until IS NULL OR until > $2)
            AND (expires_at IS NULL OR expires_at > $2) ORDER BY from_id, scope_kind, scope_value, since";
        let rows = self.db.all::<Row>(sql, values![self.id, at]).await?;
        Ok(rows.into_iter().map(|Row(delegation)| delegation).collect())
    }
}

impl CommunityTx<'_> {
    /// Gives a voice to another; what the member had given for the same scope ends.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn delegate(&self, id: DelegationId, delegation: &Delegation) -> Result<()> {
        let d = delegation;
        self.end_delegation(d.from, &d.scope, d.since).await?;
        let (kind, value) = stored_scope(&d.scope);
        let sql =
            "INSERT INTO delegations (id, community_id, from_id, to_id, scope_kind, scope_value, since, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let values = values![id, self.id(), d.from, d.to, kind, value, d.since, d.expires_at];
        self.db.run(sql, values).await?;
        Ok(())
    }

    /// Takes a voice back. Answers whether it had been given, and had not ended by itself.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn end_delegation(&self, from: MemberId, scope: &Scope, at: Timestamp) -> Result<bool> {
        let (kind, value) = stored_scope(scope);
        let sql = "SELECT from_id, to_id, scope_kind, scope_value, since, expires_at FROM delegations
            WHERE community_id = $1 AND from_id = $2 AND scope_kind = $3 AND scope_value = $4 AND until IS NULL";
        let found = self.db.one::<Row>(sql, values![self.id(), from, kind, value]).await?;
        let was_in_force = found.is_some_and(|Row(one)| one.expires_at.is_none_or(|ends| ends > at));
        let sql = "UPDATE delegations SET until = $5
            WHERE community_id = $1 AND from_id = $2 AND scope_kind = $3 AND scope_value = $4 AND until IS NULL";
        self.db.run(sql, values![self.id(), from, kind, value, at]).await?;
        Ok(was_in_force)
    }
}
