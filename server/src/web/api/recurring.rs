//! Actions that come round: attempted again and again, each time under the rights and policies of that time.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::schedules::Schedule;
use types::audit::Actor;
use types::{ActionType, ScheduleId, Timestamp};
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::{Here, Standing};
use super::refusals;
use crate::pipeline::schedules::{self, Recurrence};
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// An action to come round.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecurring {
    /// `platform.verb`.
    #[serde(rename = "type")]
    #[schema(example = "board.post_message")]
    kind: String,
    /// The type's fields.
    #[schema(value_type = Object, example = json!({"channel": "general", "text": "What did you do this week?"}))]
    payload: Value,
    /// Who attempts it, by handle.
    #[schema(example = "ada")]
    initiator: String,
    /// When: `day at 09:00`, `monday at 18:30`, `month on last at 12:00`, `2026-12-24 at 18:00`.
    #[schema(example = "friday at 16:00")]
    every: String,
    /// The time zone in which that is read; the community's where it is left out.
    time_zone: Option<String>,
    /// Not before this, RFC 3339.
    from: Option<String>,
    /// Not after this, RFC 3339.
    until: Option<String>,
}

/// An action that comes round.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecurringShape {
    /// The id.
    id: String,
    /// `platform.verb`.
    #[serde(rename = "type")]
    kind: String,
    /// The type's fields.
    payload: Value,
    /// Who attempts it, by handle.
    initiator: String,
    /// When.
    every: String,
    /// In which time zone.
    time_zone: String,
    /// When it comes round next, RFC 3339; none when it never does again.
    next_at: Option<String>,
    /// The time that came round last.
    last_at: Option<String>,
    /// Not after this.
    until: Option<String>,
    /// How often it came round.
    n_times: i64,
    /// Since when.
    created_at: String,
}

/// The actions that come round.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recurrings {
    /// The oldest first.
    recurring: Vec<RecurringShape>,
    /// Reacting policies that come round, the oldest first.
    policies: Vec<PolicySchedule>,
}

/// A reacting policy that comes round.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicySchedule {
    /// The policy's id.
    policy: String,
    /// When.
    every: String,
    /// In which time zone.
    time_zone: String,
    /// When it comes round next, RFC 3339.
    next_at: Option<String>,
    /// The time that came round last.
    last_at: Option<String>,
}

/// Have an action come round
///
/// Each time it is attempted anew, as a dated action is at its date. Where clocks change, each day still has exactly one time; a
/// service that was away makes up for each time it missed, once.
#[utoipa::path(post, path = "/communities/{slug}/recurring", tag = "actions", request_body = NewRecurring,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 201, body = RecurringShape, description = "It comes round"), Anytime, WithBody))]
pub async fn add(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(new): Body<NewRecurring>,
) -> Result<(StatusCode, Json<RecurringShape>), ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let initiator = here.acting_as(&new.initiator, "initiator")?;
    let kind: ActionType = new.kind.parse().map_err(|_| refusals::unknown_type(&new.kind))?;
    let recurrence = Recurrence {
        kind,
        payload: new.payload.into(),
        initiator: initiator.id,
        every: new.every,
        time_zone: new.time_zone,
        from: moment(new.from, "from")?,
        until: moment(new.until, "until")?,
    };
    let community = here.community.id;
    let id = schedules::recur(&web.ctx, community, recurrence).await.map_err(refusals::attempt)?;
    let stored = web.ctx.store.community(community).schedule_by_id(id).await?;
    let shape = stored.and_then(|schedule| shape(&here, schedule));
    Ok((StatusCode::CREATED, Json(shape.ok_or_else(|| ApiError::internal("a schedule is gone"))?)))
}

/// List what comes round
#[utoipa::path(get, path = "/communities/{slug}/recurring", tag = "actions",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Recurrings, description = "The oldest first"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<Recurrings>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let all = web.ctx.store.community(here.community.id).schedules().await?;
    let policy = |schedule: &Schedule| {
        Some(PolicySchedule {
            policy: schedule.policy?.to_string(),
            every: schedule.rule.clone(),
            time_zone: schedule.zone.clone(),
            next_at: schedule.next_at.map(|at| at.to_string()),
            last_at: schedule.last_at.map(|at| at.to_string()),
        })
    };
    let policies = all.iter().filter_map(policy).collect();
    let recurring = all.into_iter().filter_map(|schedule| shape(&here, schedule)).collect();
    Ok(Json(Recurrings { recurring, policies }))
}

/// Stop what comes round
///
/// Who had it come round may, and tokens; others propose `constitution.stop_recurring`.
#[utoipa::path(delete, path = "/communities/{slug}/recurring/{id}", tag = "actions",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "What comes round")),
    responses((status = 204, description = "It comes round no more"), Anytime))]
pub async fn stop(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let unknown = || ApiError::not_found("recurring action");
    let id: ScheduleId = id.parse().map_err(|_| unknown())?;
    let tx = web.ctx.store.begin().await?;
    let handle = tx.community(here.community.id);
    let known = handle.schedule_by_id(id).await?.filter(|schedule| schedule.stopped_at.is_none());
    let action = known.and_then(|schedule| schedule.action).filter(|action| here.sees(&action.kind));
    let action = action.ok_or_else(unknown)?;
    let actor = match &here.standing {
        Standing::Operator => Actor::Operator,
        Standing::Program => Actor::System,
        Standing::Member(member) if member.id == action.initiator => Actor::Member(member.id),
        Standing::Member(_) | Standing::Visitor => {
            return Err(ApiError::forbidden(
                "not-yourself",
                "only who had it come round can stop it; propose constitution.stop_recurring",
            ));
        }
    };
    schedules::stop(&handle, id, actor, "who had it come round stopped it", web.ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn moment(text: Option<String>, field: &str) -> Result<Option<Timestamp>, ApiError> {
    let read = |text: String| {
        text.parse().map_err(|error: types::time::NotATimestamp| {
            ApiError::invalid("invalid-field", error.to_string()).at(field)
        })
    };
    text.map(read).transpose()
}

/// What comes round, as the caller may see it.
fn shape(here: &Here, schedule: Schedule) -> Option<RecurringShape> {
    let action = schedule.action.filter(|action| here.sees(&action.kind))?;
    Some(RecurringShape {
        id: schedule.id.to_string(),
        kind: action.kind.to_string(),
        payload: action.payload.0,
        initiator: here.roster.handle(action.initiator),
        every: schedule.rule,
        time_zone: schedule.zone,
        next_at: schedule.next_at.map(|at| at.to_string()),
        last_at: schedule.last_at.map(|at| at.to_string()),
        until: schedule.until.map(|at| at.to_string()),
        n_times: schedule.n_times,
        created_at: schedule.created_at.to_string(),
    })
}
