//! Reacting policies: procedures of their own, started by what happened. They never hold anything up.
//!
//! A trigger is an action of the platform layer (`trigger.command`, …) that nobody attempts, governs or carries out; recording it
//! as one keeps the record, replays, pages and the simulator as they are. Each reacting policy has a trigger of its own, so that
//! its proposal is its own: what one makes of it is nothing to the others.
//!
//! What was carried out is looked at in a job, after the fact: each policy's `filter` is asked first, and only where it says yes
//! is there a trigger. Commands, webhooks and schedules are always recorded: somebody meant them for the policy.
//!
//! Loops end because a trigger is as deep as what caused it, and `propose()` goes [`MAX_PROPOSE_DEPTH`](super::MAX_PROPOSE_DEPTH)
//! deep.

mod answer;
mod command;
pub mod webhook;

pub(super) use command::is_command;

use std::collections::BTreeMap;

use serde_json::json;
use store::actions::{Insertion, StoredAction};
use store::jobs::Job;
use store::{CommunityTx, Tx};
use types::payload::Payload;
use types::policy::Policy;
use types::{Action, ActionId, ActionStatus, AuditKind, CommunityId, Json, MemberId, Origin, Timestamp};

use super::snapshot::Snapshot;
use super::{enter, ingest, modes, plan};
use crate::ctx::Ctx;

/// The kind of job that looks what answers to an action that was carried out. Its subject is the action's id.
pub(crate) const REACT: &str = "react";

/// Something that starts a reacting policy.
#[derive(Clone, Debug)]
pub(super) struct Trigger {
    /// One of the `trigger.*` types.
    pub kind: &'static str,
    /// Its fields.
    pub payload: Json,
    /// Who did what it answers to.
    pub initiator: Option<MemberId>,
    /// What tells it from others: the same event starts a policy once.
    pub event: String,
    /// How many `propose()` stand above it.
    pub depth: u8,
    /// The action that it answers to.
    pub cause: Option<ActionId>,
    /// What its policy finds in `action.data`.
    pub data: BTreeMap<String, Json>,
}

impl Trigger {
    /// A trigger of type `P`.
    pub(super) fn of<P: Payload>(payload: &P, event: String) -> Self {
        Self {
            kind: P::TYPE,
            // Payloads are plain structs of texts and JSON values.
            payload: Json(serde_json::to_value(payload).unwrap_or_default()),
            initiator: None,
            event,
            depth: 0,
            cause: None,
            data: BTreeMap::new(),
        }
    }

    /// The action that stands for the trigger before `policy`; `None` before nobody.
    pub(super) fn action(&self, id: ActionId, policy: Option<&Policy>, now: Timestamp) -> Option<Action> {
        let event = match policy {
            Some(policy) => format!("{}:{}", self.event, policy.id),
            None => self.event.clone(),
        };
        Some(Action {
            id,
            kind: self.kind.parse().ok()?,
            initiator: self.initiator,
            payload: self.payload.clone(),
            undo: Json::default(),
            origin: Origin::Trigger { event, depth: self.depth, cause: self.cause },
            created_at: now,
            activates_at: None,
            bundle: None,
            status: ActionStatus::Proposed,
            reason: String::new(),
            decided_at: None,
        })
    }
}

/// Has an action that was just carried out looked at by what answers to it. Called in the transaction that says that it was.
///
/// # Errors
/// The store's failure.
pub(crate) async fn carried_out(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    action: &Action,
    now: Timestamp,
) -> store::Result<()> {
    if action.kind.is_trigger() {
        return Ok(());
    }
    let Some(snapshot) = ctx.snapshots.of(handle).await? else { return Ok(()) };
    let concerns = |policy: &Policy| policy.draft.covers(&action.kind);
    if snapshot.reacting().any(concerns) || command::typed(&snapshot, action).is_some() {
        handle.schedule(ctx.ids.next(), REACT, action.id.to_string(), now);
    }
    Ok(())
}

/// Starts what answers to an action that was carried out.
///
/// # Idempotency
/// Each policy answers to each action once, however often the job runs.
///
/// # Errors
/// The store's failure, or facts that a filter reads and that could not be had: the job is tried again.
pub(crate) async fn react(ctx: &Ctx, job: &Job) -> anyhow::Result<()> {
    let Ok(id) = job.subject.parse::<ActionId>() else { return Ok(()) };
    let store = ctx.store.community(job.community);
    let (Some(stored), Some(snapshot)) = (store.action(id).await?, ctx.snapshots.of(&store).await?) else {
        return Ok(());
    };
    let now = ctx.clock.now();
    if let Some(trigger) = command::typed(&snapshot, &stored.action) {
        let policies: Vec<&Policy> = command::policies(&snapshot, &trigger).collect();
        start_in_one(ctx, job.community, &snapshot, &trigger, &policies, now).await?;
    }
    let trigger = answer::trigger(&store, &snapshot, &stored.action).await?;
    let mut answering = Vec::new();
    for policy in snapshot.reacting().filter(|policy| policy.draft.covers(&stored.action.kind)) {
        if modes::asks(&snapshot, policy, now) && answer::is_wanted(ctx, &snapshot, policy, &trigger, now).await? {
            answering.push(policy);
        }
    }
    start_in_one(ctx, job.community, &snapshot, &trigger, &answering, now).await
}

async fn start_in_one(
    ctx: &Ctx,
    community: CommunityId,
    snapshot: &Snapshot,
    trigger: &Trigger,
    policies: &[&Policy],
    now: Timestamp,
) -> anyhow::Result<()> {
    if policies.is_empty() {
        return Ok(());
    }
    let tx = ctx.store.begin().await?;
    for policy in policies.iter().filter(|policy| modes::asks(snapshot, policy, now)) {
        start(ctx, &tx, community, policy, trigger, now).await?;
    }
    tx.commit().await?;
    ctx.wake.decide.notify_one();
    Ok(())
}

/// Starts one policy. Answers with the action that stands for the trigger, known before or new.
///
/// # Errors
/// The store's failure.
pub(super) async fn start(
    ctx: &Ctx,
    tx: &Tx,
    community: CommunityId,
    policy: &Policy,
    trigger: &Trigger,
    now: Timestamp,
) -> store::Result<Option<ActionId>> {
    let Some(action) = trigger.action(ctx.ids.next(), Some(policy), now) else { return Ok(None) };
    let handle = tx.community(community);
    if let Insertion::Existing(known) = handle.insert_action(&action).await? {
        return Ok(Some(known));
    }
    ingest::tell_proposed(&handle, &action, now);
    let id = action.id;
    if !trigger.data.is_empty() {
        let change = |(key, value): (&String, &Json)| store::data::DataChange {
            owner: id,
            key: key.clone(),
            value: Some(value.clone()),
        };
        handle.change_action_data(&trigger.data.iter().map(change).collect::<Vec<_>>()).await?;
    }
    let stored = StoredAction { community, action, generation: 0, pins: None };
    enter::put_before(ctx, tx, &stored, &[(policy, policy, None)], now).await?;
    Ok(Some(id))
}

/// Records a trigger that no policy answers to, so that whoever sent it finds it in the record.
///
/// # Errors
/// The store's failure.
pub(super) async fn record(
    ctx: &Ctx,
    tx: &Tx,
    community: CommunityId,
    trigger: &Trigger,
    now: Timestamp,
) -> store::Result<Option<ActionId>> {
    let Some(mut action) = trigger.action(ctx.ids.next(), None, now) else { return Ok(None) };
    plan::NO_ANSWER.clone_into(&mut action.reason);
    (action.status, action.decided_at) = (ActionStatus::Passed, Some(now));
    let handle = tx.community(community);
    if let Insertion::Existing(known) = handle.insert_action(&action).await? {
        return Ok(Some(known));
    }
    ingest::tell_proposed(&handle, &action, now);
    let body = Json(json!({ "verdict": types::Verdict::Passed, "reason": action.reason }));
    let subject = format!("action:{}", action.id);
    handle.audit(types::audit::Actor::System, AuditKind::ActionDecided, subject, body, now);
    Ok(Some(action.id))
}
