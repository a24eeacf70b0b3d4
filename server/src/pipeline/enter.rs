//! What becomes of an accepted attempt at once: it is refused, waits for its date, goes ahead, or is put before its policies.

use serde_json::json;
use store::Tx;
use store::actions::StoredAction;
use store::proposals::StoredProposal;
use types::audit::Actor;
use types::payload::bundle;
use types::policy::Policy;
use types::{ActionStatus, ActionType, AuditKind, Json, PolicyId, ProposalStatus, Reads, Timestamp};

use super::bundle::proposals_of_parts;
use super::commit::{Decided, write};
use super::load::people;
use super::route::People;
use super::seed::seed;
use super::snapshot::Snapshot;
use super::{DECIDE, modes, plan, recovery, route};
use crate::ctx::Ctx;

/// Puts the action before its policies: a proposal for each, all in this transaction. Where there is none, it is decided here.
///
/// # Errors
/// The store's failure.
pub(super) async fn enter(
    ctx: &Ctx,
    tx: &Tx,
    snapshot: &Snapshot,
    stored: &mut StoredAction,
    now: Timestamp,
) -> store::Result<()> {
    if types::payload::recovery::is_recovery(&stored.action.kind) {
        return recovery::enter(ctx, tx, stored, now).await;
    }
    if modes::has_turned(snapshot, now) {
        modes::keep_in_step(ctx, &tx.community(stored.community), now).await?;
    }
    let candidates: Vec<_> =
        snapshot.candidates(&stored.action.kind).filter(|policy| modes::asks(snapshot, policy, now)).collect();
    if candidates.is_empty() {
        return decide_without_policies(ctx, tx, snapshot, stored, now).await;
    }
    let pinned: Vec<Pinned<'_>> = candidates
        .iter()
        .flat_map(|policy| {
            let each = snapshot.pinned(policy).into_iter();
            each.map(move |(version, stage)| (*policy, version, stage.map(|place| (policy.id, place))))
        })
        .collect();
    let proposals = put_before(ctx, tx, stored, &pinned, now).await?;
    if bundle::kind_of(&stored.action.kind).is_none() {
        return Ok(());
    }
    let handle = tx.community(stored.community);
    let Some(whole) = handle.bundle_of_action(stored.action.id).await? else { return Ok(()) };
    let parts = handle.parts_of(&[whole.id]).await?;
    if !parts.iter().any(|part| part.stored.action.status.is_open()) {
        return fail_at_once(ctx, tx, snapshot, stored, now).await;
    }
    let hash = |proposal: &StoredProposal| {
        let version = pinned.iter().find(|(_, version, _)| version.version_id == proposal.version);
        version.map(|(_, version, _)| version.hash.clone()).unwrap_or_default()
    };
    let head = handle.audit_head().await?;
    let of_parts = proposals_of_parts(&parts, &proposals, &*ctx.ids, hash, &head.hash, now);
    tx.system().insert_proposals(&of_parts).await
}

/// What an action is put before: a policy, what of it is pinned (itself, or one of its stages), and the stage's place.
pub(super) type Pinned<'p> = (&'p Policy, &'p Policy, Option<(PolicyId, u32)>);

/// Puts an action before these policies, each at its version: a proposal for each, which is the answer, and a job to look
/// at them.
///
/// # Errors
/// The store's failure.
pub(super) async fn put_before(
    ctx: &Ctx,
    tx: &Tx,
    stored: &StoredAction,
    pinned: &[Pinned<'_>],
    now: Timestamp,
) -> store::Result<Vec<StoredProposal>> {
    let handle = tx.community(stored.community);
    let head = handle.audit_head().await?;
    let proposals: Vec<StoredProposal> = pinned
        .iter()
        .zip(1..)
        .map(|((policy, version, stage), position)| StoredProposal {
            community: stored.community,
            id: ctx.ids.next(),
            action: stored.action.id,
            policy: version.id,
            version: version.version_id,
            position,
            status: ProposalStatus::Waiting,
            enforcement: policy.enforcement,
            on_error: policy.on_error,
            reason: String::new(),
            opened_at: now,
            decided_at: None,
            ask: None,
            deadline: None,
            wake_at: None,
            reads: Reads::default(),
            is_initialized: false,
            is_notified: false,
            wants_execute: false,
            seed: seed(stored.action.id, &version.hash, &head.hash),
            error: None,
            n_decisions: 0,
            stage: *stage,
        })
        .collect();
    tx.system().insert_proposals(&proposals).await?;
    handle.schedule(ctx.ids.next(), DECIDE, stored.action.id.to_string(), now);
    Ok(proposals)
}

/// Decides on an action that no policy governs: everyday actions go ahead, constitution actions are held.
async fn decide_without_policies(
    ctx: &Ctx,
    tx: &Tx,
    snapshot: &Snapshot,
    stored: &mut StoredAction,
    now: Timestamp,
) -> store::Result<()> {
    let decided = Decided::whole(tx, stored, snapshot).await?;
    let people = initiator_alone(tx, snapshot, stored).await?;
    let past = plan::Past { is_first: true, was_undone: false };
    let plan = plan::plan(&stored.action, &decided.case, &[], &people, past, now);
    conclude(ctx, tx, stored, decided, &plan, now).await
}

/// Leaves a dated action alone until its moment has come.
///
/// # Errors
/// The store's failure.
pub(super) async fn wait_for_date(ctx: &Ctx, tx: &Tx, stored: &mut StoredAction) -> store::Result<()> {
    if let Some(at) = stored.action.activates_at {
        tx.community(stored.community).schedule(ctx.ids.next(), DECIDE, stored.action.id.to_string(), at);
        let is_open = stored.action.payload.text("nominations") == Some("open");
        let until = if is_open { "candidates can be named until" } else { "it enters on" };
        stored.action.reason = format!("{until} {at}");
        tx.community(stored.community).save_action(stored).await?;
    }
    Ok(())
}

/// Carries an action out past every policy: who attempted it holds the right to.
///
/// # Errors
/// The store's failure.
pub(super) async fn execute_at_once(
    ctx: &Ctx,
    tx: &Tx,
    snapshot: &Snapshot,
    stored: &mut StoredAction,
    now: Timestamp,
) -> store::Result<()> {
    let people = initiator_alone(tx, snapshot, stored).await?;
    let plan = plan::at_once(&stored.action, &people, "who proposed it holds the right to carry it out");
    let decided = Decided::whole(tx, stored, snapshot).await?;
    conclude(ctx, tx, stored, decided, &plan, now).await
}

/// Ends an election that opens without a candidate.
async fn fail_at_once(
    ctx: &Ctx,
    tx: &Tx,
    snapshot: &Snapshot,
    stored: &mut StoredAction,
    now: Timestamp,
) -> store::Result<()> {
    let plan = plan::failed(&stored.action, "nobody stands for election");
    let decided = Decided::whole(tx, stored, snapshot).await?;
    conclude(ctx, tx, stored, decided, &plan, now).await
}

/// Refuses an action whose initiator has no right to propose it; what had already happened is undone.
///
/// # Errors
/// The store's failure.
pub(super) async fn refuse(
    ctx: &Ctx,
    tx: &Tx,
    snapshot: &Snapshot,
    stored: &mut StoredAction,
    lacking: &ActionType,
    now: Timestamp,
) -> store::Result<()> {
    let handle = tx.community(stored.community);
    let reason = format!("none of the member's roles may propose {lacking}");
    stored.action.status = ActionStatus::Failed;
    stored.action.reason.clone_from(&reason);
    stored.action.decided_at = Some(now);
    let body = Json(json!({ "reason": reason, "type": stored.action.kind }));
    handle.audit(Actor::System, AuditKind::ActionRefused, format!("action:{}", stored.action.id), body, now);
    if stored.action.origin.has_happened() {
        let people = initiator_alone(tx, snapshot, stored).await?;
        let outgoing = route::revert(&stored.action, &people, &reason);
        super::commit::put_out(ctx, &handle, stored, &plan::Sent { proposal: None, key: None, outgoing }, None, now)?;
    }
    handle.save_action(stored).await?;
    Ok(())
}

async fn conclude(
    ctx: &Ctx,
    tx: &Tx,
    stored: &mut StoredAction,
    mut decided: Decided,
    plan: &plan::Plan,
    now: Timestamp,
) -> store::Result<()> {
    write(ctx, tx, &mut decided, plan, now).await?;
    let mut saved = vec![decided.stored.clone()];
    saved.extend(decided.bundle.iter().flat_map(|bundle| &bundle.parts).map(|part| part.part.stored.clone()));
    if let Some(lost) = tx.system().save_actions(&mut saved).await?.first() {
        return Err(store::StoreError::Busy(format!("action {lost} was saved by somebody else")));
    }
    *stored = saved.swap_remove(0);
    Ok(())
}

async fn initiator_alone(tx: &Tx, snapshot: &Snapshot, stored: &StoredAction) -> store::Result<People> {
    let named = stored.action.initiator.into_iter().collect();
    people(&tx.community(stored.community), snapshot, &stored.action, &named).await
}
