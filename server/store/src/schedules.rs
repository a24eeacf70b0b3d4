//! Schedules: policies that come round, and actions that are attempted again and again.

use types::{ActionType, Json, MemberId, PolicyId, ScheduleId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result};

/// Something that comes round: a reacting policy, or an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// The id; also the subject of the job that wakes somebody up.
    pub id: ScheduleId,
    /// The policy that it starts; `None` for an action.
    pub policy: Option<PolicyId>,
    /// What is attempted.
    pub action: Option<Recurring>,
    /// The rule, as `server::calendar` reads it.
    pub rule: String,
    /// The time zone in which it is read.
    pub zone: String,
    /// When it comes round next; `None` when it never does again.
    pub next_at: Option<Timestamp>,
    /// The time that came round last.
    pub last_at: Option<Timestamp>,
    /// After this it comes round no more.
    pub until: Option<Timestamp>,
    /// How often it came round.
    pub n_times: i64,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was stopped.
    pub stopped_at: Option<Timestamp>,
    /// Why.
    pub stopped_why: Option<String>,
}

/// An action that is attempted again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurring {
    /// Its type.
    pub kind: ActionType,
    /// Its fields.
    pub payload: Json,
    /// Who attempts it.
    pub initiator: MemberId,
}

const COLUMNS: &str =
    "id, policy_id, kind, payload, initiator_id, rule, zone, next_at, last_at, until, n_times, created_at,
    stopped_at, stopped_why";

impl FromRow for Schedule {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        let (id, policy) = (cells.take()?, cells.opt()?);
        let kind = cells.opt::<String>()?;
        let payload: Option<Json> = cells.json_opt("payload")?;
        let initiator: Option<MemberId> = cells.opt()?;
        let action = match (kind.and_then(|kind| kind.parse().ok()), payload, initiator) {
            (Some(kind), Some(payload), Some(initiator)) => Some(Recurring { kind, payload, initiator }),
            _ => None,
        };
        Ok(Self {
            id,
            policy,
            action,
            rule: cells.take()?,
            zone: cells.take()?,
            next_at: cells.opt()?,
            last_at: cells.opt()?,
            until: cells.opt()?,
            n_times: cells.take()?,
            created_at: cells.take()?,
            stopped_at: cells.opt()?,
            stopped_why: cells.opt()?,
        })
    }
}

impl CommunityStore<'_> {
    /// Schedules that still come round, the oldest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn schedules(&self) -> Result<Vec<Schedule>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM schedules WHERE community_id = $1 AND stopped_at IS NULL ORDER BY created_at, id"
        );
        self.db.all(&sql, values![self.id]).await
    }

    /// One schedule, stopped or not.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn schedule_by_id(&self, id: ScheduleId) -> Result<Option<Schedule>> {
        let sql = format!("SELECT {COLUMNS} FROM schedules WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }
}

impl CommunityTx<'_> {
    /// Adds a schedule; the one of a policy that has one replaces it.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn put_schedule(&self, schedule: &Schedule) -> Result<()> {
        let s = schedule;
        let action = s.action.as_ref();
        let sql =
            "INSERT INTO schedules (id, community_id, policy_id, kind, payload, initiator_id, rule, zone, next_at,
            until, n_times, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)
            ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, zone = excluded.zone, next_at = excluded.next_at,
            stopped_at = NULL, stopped_why = NULL";
        let values = values![
            s.id,
            self.id,
            s.policy,
            action.map(|action| action.kind.as_str()),
            action.map(|action| action.payload.clone()),
            action.map(|action| action.initiator),
            s.rule,
            s.zone,
            s.next_at,
            s.until,
            s.created_at
        ];
        self.db.run(sql, values).await?;
        Ok(())
    }

    /// Takes note that the time `due` came round and `next` is the next. Answers whether it was still `due`'s turn: only then is
    /// what comes round to be done, so that each time is done once, by whichever process.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn advance_schedule(&self, id: ScheduleId, due: Timestamp, next: Option<Timestamp>) -> Result<bool> {
        let sql = "UPDATE schedules SET next_at = $4, last_at = $3, n_times = n_times + 1
            WHERE community_id = $1 AND id = $2 AND next_at = $3 AND stopped_at IS NULL";
        Ok(self.db.run(sql, values![self.id, id, due, next]).await? > 0)
    }

    /// Has a schedule come round no more. Answers whether it still did.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn stop_schedule(&self, id: ScheduleId, why: &str, at: Timestamp) -> Result<bool> {
        let sql = "UPDATE schedules SET stopped_at = $3, stopped_why = $4
            WHERE community_id = $1 AND id = $2 AND stopped_at IS NULL";
        Ok(self.db.run(sql, values![self.id, id, at, why]).await? > 0)
    }
}
