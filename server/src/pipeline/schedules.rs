//! What comes round: reacting policies with a schedule, and actions that are attempted again and again.
//!
//! The time that is next stands in the store; a job only wakes somebody up. Whoever advances a time from the one that was due does
//! what is due, in the same transaction: so each time is done exactly once, however late, and by however many processes.

use serde_json::json;
use store::CommunityTx;
use store::jobs::Job;
use store::schedules::{Recurring, Schedule};
use types::audit::Actor;
use types::member::Right;
use types::payload::trigger;
use types::policy::Policy;
use types::{ActionType, AuditKind, CommunityId, Json, MemberId, Origin, ScheduleId, Timestamp};

use super::examine::examine;
use super::ingest::{Attempt, AttemptError, accept};
use super::reacting::{Trigger, start};
use super::snapshot::Snapshot;
use super::{modes, safeguards};
use crate::calendar::{self, Rule};
use crate::ctx::Ctx;

/// The kind of job that does what has come round. Its subject is the schedule's id.
pub(crate) const COME_ROUND: &str = "come_round";

/// Most times that are made up for after the service was away: older ones are left out, and the record says how many.
const MOST_LATE: usize = 50;

/// Most actions that one community has come round.
const MOST_RECURRING: usize = 200;

/// An action to be attempted again and again.
#[derive(Clone, Debug)]
pub struct Recurrence {
    /// Its type.
    pub kind: ActionType,
    /// Its fields.
    pub payload: Json,
    /// Who attempts it.
    pub initiator: MemberId,
    /// When, as [`Rule`] reads it.
    pub every: String,
    /// In which time zone; the community's where it is left out.
    pub time_zone: Option<String>,
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Not after this.
    pub until: Option<Timestamp>,
}

/// The time zone of a community's schedules.
#[must_use]
pub fn time_zone(snapshot: &Snapshot) -> String {
    snapshot.community.settings.text("time_zone").unwrap_or("UTC").to_owned()
}

/// Has an action come round from now on. Each time it is attempted anew, under the rights and policies of that time.
///
/// # Errors
/// [`AttemptError`]: nothing was recorded.
pub async fn recur(ctx: &Ctx, community: CommunityId, new: Recurrence) -> Result<ScheduleId, AttemptError> {
    let unfit =
        |field: &'static str| move |error: calendar::BadSchedule| AttemptError::Unfit { field, why: error.to_string() };
    let payload = examine(ctx, community, &new.kind, new.payload).await?;
    let rule: Rule = new.every.parse().map_err(unfit("every"))?;
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    let snapshot = ctx.snapshots.of(&handle).await?.ok_or(AttemptError::NoCommunity)?;
    let member = snapshot.member(new.initiator).ok_or(AttemptError::NotAMember)?;
    if types::payload::recovery::is_recovery(&new.kind) || !snapshot.may(member, Right::Propose, &new.kind) {
        let why = format!("none of your roles may propose {} again and again", new.kind);
        return Err(AttemptError::Unfit { field: "type", why });
    }
    if handle.schedules().await?.len() >= MOST_RECURRING {
        let why = format!("a community has at most {MOST_RECURRING} schedules; stop some");
        return Err(AttemptError::Unfit { field: "every", why });
    }
    let zone = new.time_zone.unwrap_or_else(|| time_zone(&snapshot));
    let next_at =
        rule.next_after(&calendar::zone(&zone).map_err(unfit("time_zone"))?, new.from.unwrap_or(now).max(now));
    let next_at = next_at.filter(|next| new.until.is_none_or(|until| *next <= until));
    let Some(next_at) = next_at else {
        let why = "it never comes round: the date has passed, or `until` is before its first time".to_owned();
        return Err(AttemptError::Unfit { field: "every", why });
    };
    let schedule = Schedule {
        id: ctx.ids.next(),
        policy: None,
        action: Some(Recurring { kind: new.kind.clone(), payload, initiator: new.initiator }),
        rule: rule.to_string(),
        zone,
        next_at: Some(next_at),
        last_at: None,
        until: new.until,
        n_times: 0,
        created_at: now,
        stopped_at: None,
        stopped_why: None,
    };
    handle.put_schedule(&schedule).await?;
    handle.schedule(ctx.ids.next(), COME_ROUND, schedule.id.to_string(), next_at);
    let body = json!({ "type": new.kind, "every": schedule.rule, "time_zone": schedule.zone, "next_at": next_at, "until": new.until });
    let actor = Actor::Member(new.initiator);
    handle.audit(actor, AuditKind::RecurringAdded, format!("recurring:{}", schedule.id), Json(body), now);
    tx.commit().await?;
    ctx.wake.decide.notify_one();
    Ok(schedule.id)
}

/// Has an action come round no more. Answers whether it still did.
///
/// # Errors
/// The store's failure.
pub async fn stop(
    handle: &CommunityTx<'_>,
    id: ScheduleId,
    actor: Actor,
    why: &str,
    now: Timestamp,
) -> store::Result<bool> {
    let stopped = handle.stop_schedule(id, why, now).await?;
    if stopped {
        handle.audit(
            actor,
            AuditKind::RecurringStopped,
            format!("recurring:{id}"),
            Json(json!({ "reason": why })),
            now,
        );
    }
    Ok(stopped)
}

/// Brings schedules, modes and sunsets into step with the constitution, after it changed.
///
/// # Errors
/// The store's failure.
pub(crate) async fn keep_in_step(ctx: &Ctx, handle: &CommunityTx<'_>, now: Timestamp) -> store::Result<()> {
    if let Some(next) = modes::keep_in_step(ctx, handle, now).await? {
        handle.schedule(ctx.ids.next(), modes::SWITCH, handle.id().to_string(), next);
    }
    let Some(snapshot) = ctx.snapshots.of(handle).await? else { return Ok(()) };
    for (policy, at) in safeguards::sunset_looks(&snapshot, now) {
        handle.schedule(ctx.ids.next(), safeguards::SUNSET, policy.to_string(), at);
    }
    let known: Vec<Schedule> =
        handle.schedules().await?.into_iter().filter(|schedule| schedule.policy.is_some()).collect();
    let wanted: Vec<(&Policy, &str)> =
        snapshot.reacting().filter_map(|policy| Some((policy, policy.draft.triggers.every.as_deref()?))).collect();
    for schedule in &known {
        if !wanted.iter().any(|(policy, _)| Some(policy.id) == schedule.policy) {
            handle.stop_schedule(schedule.id, "its policy is not in force", now).await?;
        }
    }
    let zone_name = time_zone(&snapshot);
    for (policy, every) in wanted {
        let is_known = |one: &Schedule| one.policy == Some(policy.id) && one.rule == every && one.zone == zone_name;
        if known.iter().any(is_known) {
            continue;
        }
        // Both were checked when they were set.
        let (Ok(rule), Ok(zone)) = (every.parse::<Rule>(), calendar::zone(&zone_name)) else { continue };
        let next_at = rule.next_after(&zone, now);
        let schedule = Schedule {
            // One policy has one schedule.
            id: ScheduleId(policy.id.0),
            policy: Some(policy.id),
            action: None,
            rule: every.to_owned(),
            zone: zone_name.clone(),
            next_at,
            last_at: None,
            until: None,
            n_times: 0,
            created_at: now,
            stopped_at: None,
            stopped_why: None,
        };
        handle.put_schedule(&schedule).await?;
        if let Some(next_at) = next_at {
            handle.schedule(ctx.ids.next(), COME_ROUND, schedule.id.to_string(), next_at);
        }
    }
    Ok(())
}

/// Does what has come round. Answers when to look again.
///
/// # Errors
/// The store's failure: nothing was done, and the job is tried again.
pub(crate) async fn come_round(ctx: &Ctx, job: &Job) -> anyhow::Result<Option<Timestamp>> {
    let Ok(id) = job.subject.parse::<ScheduleId>() else { return Ok(None) };
    let tx = ctx.store.begin().await?;
    let handle = tx.community(job.community);
    let Some(schedule) = handle.schedule_by_id(id).await? else { return Ok(None) };
    let (Some(due), None) = (schedule.next_at, schedule.stopped_at) else { return Ok(None) };
    let now = ctx.clock.now();
    if due > now {
        return Ok(Some(due));
    }
    let (rule, zone) = (schedule.rule.parse::<Rule>()?, calendar::zone(&schedule.zone)?);
    let next_after =
        |at: Timestamp| rule.next_after(&zone, at).filter(|next| schedule.until.is_none_or(|until| *next <= until));
    let (due, n_skipped) = skip_old(due, now, &next_after);
    let next = next_after(due);
    // Where times are left out, the row still says the oldest of them.
    if !handle.advance_schedule(id, schedule.next_at.unwrap_or(due), next).await? {
        return Ok(Some(now));
    }
    if n_skipped > 0 {
        let body = Json(json!({ "n_times": n_skipped, "from": schedule.next_at, "to": due }));
        handle.audit(Actor::System, AuditKind::ScheduleSkipped, format!("recurring:{id}"), body, now);
    }
    match &schedule.action {
        Some(action) => attempt_again(ctx, &tx, job.community, &schedule, action, due, now).await?,
        None => start_policy(ctx, &tx, job.community, &schedule, due, now).await?,
    }
    tx.commit().await?;
    ctx.wake.decide.notify_one();
    Ok(next.map(|next| next.max(now)))
}

/// Leaves out the oldest times where more than [`MOST_LATE`] have passed. Answers with the first that counts.
fn skip_old(due: Timestamp, now: Timestamp, next_after: &dyn Fn(Timestamp) -> Option<Timestamp>) -> (Timestamp, usize) {
    let mut late = std::collections::VecDeque::from([due]);
    let mut n_skipped = 0;
    while let Some(next) = late.back().and_then(|last| next_after(*last)).filter(|next| *next <= now) {
        late.push_back(next);
        if late.len() > MOST_LATE {
            late.pop_front();
            n_skipped += 1;
        }
    }
    (late.front().copied().unwrap_or(due), n_skipped)
}

async fn start_policy(
    ctx: &Ctx,
    tx: &store::Tx,
    community: CommunityId,
    schedule: &Schedule,
    due: Timestamp,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Some(snapshot) = ctx.snapshots.of(&tx.community(community)).await? else { return Ok(()) };
    let Some(policy) = snapshot.reacting().find(|policy| Some(policy.id) == schedule.policy) else { return Ok(()) };
    if !modes::asks(&snapshot, policy, now) {
        return Ok(());
    }
    let payload =
        trigger::Schedule { every: schedule.rule.clone(), due: due.to_string(), time_zone: schedule.zone.clone() };
    let trigger = Trigger::of(&payload, format!("schedule:{}", due.millis()));
    start(ctx, tx, community, policy, &trigger, now).await?;
    Ok(())
}

async fn attempt_again(
    ctx: &Ctx,
    tx: &store::Tx,
    community: CommunityId,
    schedule: &Schedule,
    action: &Recurring,
    due: Timestamp,
    now: Timestamp,
) -> anyhow::Result<()> {
    let attempt = Attempt {
        kind: action.kind.clone(),
        payload: action.payload.clone(),
        initiator: action.initiator,
        origin: Origin::Trigger { event: format!("recurring:{}:{}", schedule.id, due.millis()), depth: 0, cause: None },
        activates_at: None,
        undo: Json::default(),
    };
    match accept(ctx, tx, community, attempt, now).await {
        Ok(_) => Ok(()),
        Err(AttemptError::Store(error)) => Err(error.into()),
        // Who wanted it is no longer here.
        Err(refused) => {
            let handle = tx.community(community);
            stop(&handle, schedule.id, Actor::System, &refused.to_string(), now).await?;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_is_made_up_for_and_what_is_too_old_is_left_out() {
        let zone = calendar::zone("UTC").unwrap();
        let rule: Rule = "day at 09:00".parse().unwrap();
        let next_after = |at: Timestamp| rule.next_after(&zone, at);
        let due: Timestamp = "2026-05-01T09:00:00Z".parse().unwrap();
        assert_eq!(skip_old(due, due, &next_after), (due, 0));
        assert_eq!(skip_old(due, "2026-05-04T10:00:00Z".parse().unwrap(), &next_after), (due, 0), "three days late");
        let (first, n_skipped) = skip_old(due, "2026-08-09T09:00:00Z".parse().unwrap(), &next_after);
        assert_eq!(
            (first.to_string().as_str(), n_skipped),
            ("2026-06-21T09:00:00Z", 51),
            "101 times, the last 50 count"
        );
    }
}
