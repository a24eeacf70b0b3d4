//! Actions: what was attempted, found by many keys, changed only by who read the latest state.

use std::collections::BTreeMap;

use sea_orm::Value;
use serde::{Deserialize, Serialize};
use types::fact::ActionQuery;
use types::{
    Action, ActionId, ActionStatus, Combining, CommunityId, ConnectionId, Enforcement, MemberId, OnError, Origin,
    PolicyId, PolicyVersionId, Timestamp,
};

use crate::sql::{Cells, Db, FromRow, in_list, json, json_opt, values, word};
use crate::{CommunityStore, CommunityTx, Result, SystemStore, SystemTx};

/// Most actions that one page of a list holds.
pub const MAX_ACTION_PAGE: u32 = 500;

/// What was in force when the action was proposed. No later change of a policy touches it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pins {
    /// How the verdicts combine.
    pub combining: Combining,
    /// The candidates, in order.
    pub policies: Vec<Pin>,
}

/// One policy as it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The policy.
    pub policy: PolicyId,
    /// Its version.
    pub version: PolicyVersionId,
    /// How far its decisions reach.
    pub enforcement: Enforcement,
    /// What happens when it breaks.
    pub on_error: OnError,
    /// The policy of which it is a stage, and in which place, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<(PolicyId, u32)>,
}

/// An action as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAction {
    /// The community.
    pub community: CommunityId,
    /// The action.
    pub action: Action,
    /// How often it was saved: [`SystemTx::save_actions`] refuses who has not read the latest.
    pub generation: i64,
    /// What was in force at the start; `None` until it has been looked at.
    pub pins: Option<Pins>,
}

/// What became of an insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insertion {
    /// It is new.
    New(ActionId),
    /// The platform's event was known already, as this action.
    Existing(ActionId),
}

/// Which actions are wanted, newest first.
#[derive(Clone, Debug, Default)]
pub struct ActionFilter {
    /// Only with one of these statuses; empty for all.
    pub statuses: Vec<ActionStatus>,
    /// Only of this type; `platform.*` for all of a platform.
    pub kind: Option<String>,
    /// Only by this member.
    pub initiator: Option<MemberId>,
    /// Only since this moment.
    pub since: Option<Timestamp>,
    /// Only those after this one in the list: the last of the page before.
    pub after: Option<(Timestamp, ActionId)>,
    /// At most so many; at most [`MAX_ACTION_PAGE`], which 0 stands for.
    pub limit: u32,
}

impl From<&ActionQuery> for ActionFilter {
    /// What a policy asked of the log.
    fn from(query: &ActionQuery) -> Self {
        Self {
            kind: query.kind.clone(),
            initiator: query.initiator,
            since: query.since_ms.map(Timestamp::from_millis),
            limit: query.limit,
            ..Self::default()
        }
    }
}

/// The columns of [`StoredAction`], in the order in which it is read.
pub(crate) const COLUMNS: &str =
    "id, community_id, kind, initiator_id, payload, undo, origin, created_at, activates_at, bundle_id,
    status, reason, decided_at, generation, pins";

impl FromRow for StoredAction {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        let id = cells.take()?;
        let community = cells.take()?;
        let action = Action {
            id,
            kind: cells.word("action type")?,
            initiator: cells.opt()?,
            payload: cells.json("payload")?,
            undo: cells.json("undo")?,
            origin: cells.json("origin")?,
            created_at: cells.take()?,
            activates_at: cells.opt()?,
            bundle: cells.opt()?,
            status: cells.word("action status")?,
            reason: cells.take()?,
            decided_at: cells.opt()?,
        };
        Ok(Self { community, action, generation: cells.take()?, pins: cells.json_opt("pins")? })
    }
}

impl CommunityStore<'_> {
    /// One action.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn action(&self, id: ActionId) -> Result<Option<StoredAction>> {
        let sql = format!("SELECT {COLUMNS} FROM actions WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// Several actions, in no order.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn actions_by_id(&self, ids: &[ActionId]) -> Result<Vec<StoredAction>> {
        let before = format!("SELECT {COLUMNS} FROM actions WHERE community_id = $1 AND id IN");
        self.db.all_in(&before, values![self.id], ids, "").await
    }

    /// The action that an event became.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn action_by_event(&self, connection: ConnectionId, event: &str) -> Result<Option<StoredAction>> {
        let sql =
            format!("SELECT {COLUMNS} FROM actions WHERE community_id = $1 AND connection_id = $2 AND event = $3");
        self.db.one(&sql, values![self.id, connection, event]).await
    }

    /// Actions, newest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn actions(&self, filter: &ActionFilter) -> Result<Vec<StoredAction>> {
        let mut values = values![self.id, crate::sql::page(filter.limit, MAX_ACTION_PAGE)];
        let mut wanted = String::new();
        if !filter.statuses.is_empty() {
            let statuses: Result<Vec<String>> = filter.statuses.iter().map(|s| word("action status", s)).collect();
            let statuses = statuses?;
            let statuses: Vec<&str> = statuses.iter().map(String::as_str).collect();
            wanted.push_str(&format!(" AND status IN {}", in_list(&mut values, &statuses)));
        }
        if let Some(kind) = &filter.kind {
            match kind.strip_suffix(".*") {
                // Everything that begins with "board." stands between "board." and "board/".
                Some(platform) => {
                    values.extend(values![format!("{platform}."), format!("{platform}/")]);
                    wanted.push_str(&format!(" AND kind > ${} AND kind < ${}", values.len() - 1, values.len()));
                }
                None => {
                    values.extend(values![kind]);
                    wanted.push_str(&format!(" AND kind = ${}", values.len()));
                }
            }
        }
        if let Some(initiator) = filter.initiator {
            values.extend(values![initiator]);
            wanted.push_str(&format!(" AND initiator_id = ${}", values.len()));
        }
        if let Some(since) = filter.since {
            values.extend(values![since]);
            wanted.push_str(&format!(" AND created_at >= ${}", values.len()));
        }
        if let Some((at, id)) = filter.after {
            values.extend(values![at, id]);
            wanted.push_str(&format!(" AND (created_at, id) < (${}, ${})", values.len() - 1, values.len()));
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM actions WHERE community_id = $1{wanted} ORDER BY created_at DESC, id DESC LIMIT $2"
        );
        self.db.all(&sql, values).await
    }

    /// How many actions there are of each status.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn count_actions(&self) -> Result<BTreeMap<ActionStatus, i64>> {
        let sql = "SELECT status, COUNT(*) FROM actions WHERE community_id = $1 GROUP BY status";
        let rows = self.db.all::<(String, i64)>(sql, values![self.id]).await?;
        rows.into_iter()
            .map(|(status, n)| Ok((crate::sql::from_json("action status", &format!("\"{status}\""))?, n)))
            .collect()
    }
}

impl CommunityTx<'_> {
    /// Adds an action, unless its event is one already.
    ///
    /// # Idempotency
    /// By connection and event: the same event gives the same action, however often and by how many processes.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn insert_action(&self, action: &Action) -> Result<Insertion> {
        let inserted = self.tx.system().insert_actions(&[(self.id, action.clone())]).await?;
        Ok(inserted.first().copied().unwrap_or(Insertion::New(action.id)))
    }

    /// Saves one action; see [`SystemTx::save_actions`]. Answers whether it won.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn save_action(&self, action: &mut StoredAction) -> Result<bool> {
        debug_assert_eq!(action.community, self.id, "a handle saves what is its community's");
        Ok(self.tx.system().save_actions(std::slice::from_mut(action)).await?.is_empty())
    }
}

impl SystemStore<'_> {
    /// Actions of any community, in no order; within a transaction on PostgreSQL they are locked until it ends.
    ///
    /// Across communities because one batch of claimed work concerns several. The ids come from claims.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn load_actions(&self, ids: &[ActionId]) -> Result<Vec<StoredAction>> {
        // In order of id, so that two processes that lock several never wait for each other.
        let lock = if matches!(self.db, Db::Tx(..)) { self.db.for_update() } else { "" };
        let before = format!("SELECT {COLUMNS} FROM actions WHERE id IN");
        self.db.all_in(&before, Vec::new(), ids, &format!("ORDER BY id{lock}")).await
    }
}

impl SystemTx<'_> {
    /// Adds actions of any communities. The answers stand in the order of the questions.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn insert_actions(&self, actions: &[(CommunityId, Action)]) -> Result<Vec<Insertion>> {
        let mut rows = Vec::with_capacity(actions.len());
        for (place, (community, action)) in actions.iter().enumerate() {
            rows.push(insert_row(*community, action, i64::try_from(place).unwrap_or(i64::MAX))?);
        }
        let before = "INSERT INTO actions (id, community_id, kind, initiator_id, payload, undo, origin, connection_id,
            event, created_at, activates_at, bundle_id, bundle_place, status, reason, decided_at, generation)";
        let after = "ON CONFLICT (connection_id, event) WHERE event IS NOT NULL DO NOTHING RETURNING id";
        let new = self.db.change_values::<(ActionId,)>(before, rows, after).await?;
        let new: std::collections::BTreeSet<ActionId> = new.into_iter().map(|(id,)| id).collect();
        let mut answers = Vec::with_capacity(actions.len());
        for (community, action) in actions {
            answers.push(match event_of(*community, action) {
                Some((connection, event)) if !new.contains(&action.id) => {
                    let sql = "SELECT id FROM actions WHERE connection_id = $1 AND event = $2";
                    let known = self.db.one::<(ActionId,)>(sql, values![connection, event]).await?;
                    known.map_or(Insertion::New(action.id), |(id,)| Insertion::Existing(id))
                }
                _ => Insertion::New(action.id),
            });
        }
        Ok(answers)
    }

    /// Saves what may change of actions (undo, dates, status, reason, pins, bundle), if nobody has saved them since they
    /// were read. The generation of those that were saved grows; the ids of the others are the answer.
    ///
    /// An action stands for its proposals too: whoever changes a proposal saves its action with it, so that two
    /// processes never decide one proposal twice.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn save_actions(&self, actions: &mut [StoredAction]) -> Result<Vec<ActionId>> {
        let mut rows = Vec::with_capacity(actions.len());
        for stored in actions.iter() {
            let action = &stored.action;
            rows.push(values![
                action.id,
                stored.community,
                stored.generation,
                action.undo,
                action.activates_at,
                action.bundle,
                word("action status", &action.status)?,
                action.reason,
                action.decided_at,
                json_opt("pins", stored.pins.as_ref())?,
            ]);
        }
        let before =
            "UPDATE actions SET generation = actions.generation + 1, undo = v.column4, activates_at = v.column5,
            bundle_id = v.column6, status = v.column7, reason = v.column8, decided_at = v.column9, pins = v.column10
            FROM (";
        let after = ") AS v WHERE actions.id = v.column1 AND actions.community_id = v.column2
            AND actions.generation = v.column3 RETURNING id";
        let saved = self.db.change_values::<(ActionId,)>(before, rows, after).await?;
        let saved: std::collections::BTreeSet<ActionId> = saved.into_iter().map(|(id,)| id).collect();
        let mut lost = Vec::new();
        for stored in actions {
            if saved.contains(&stored.action.id) {
                stored.generation += 1;
            } else {
                lost.push(stored.action.id);
            }
        }
        Ok(lost)
    }
}

fn insert_row(community: CommunityId, action: &Action, place: i64) -> Result<Vec<Value>> {
    let (connection, event) = event_of(community, action).unzip();
    Ok(values![
        action.id,
        community,
        action.kind.as_str(),
        action.initiator,
        action.payload,
        action.undo,
        json("origin", &action.origin)?,
        connection,
        event,
        action.created_at,
        action.activates_at,
        action.bundle,
        place,
        word("action status", &action.status)?,
        action.reason,
        action.decided_at,
        0_i64,
    ])
}

/// What tells the action's event from others, and within what. A trigger's event is one of the community itself.
fn event_of(community: CommunityId, action: &Action) -> Option<(ConnectionId, &str)> {
    match &action.origin {
        Origin::Platform { connection, event, .. } => Some((*connection, event)),
        Origin::Trigger { event, .. } => Some((ConnectionId(community.0), event)),
        Origin::Web | Origin::Api | Origin::Policy { .. } | Origin::System => None,
    }
}
