//! What a decision on a bundle means for each of its actions, in the transaction of the decision.

use serde_json::json;
use store::{CommunityTx, Tx};
use types::audit::Actor;
use types::{ActionStatus, AuditKind, BallotKind, Json, ProposalStatus, Timestamp, Verdict};

use super::{StoredBundle, StoredPart, carry};
use crate::ctx::Ctx;
use crate::pipeline::case::{Case, Docket};
use crate::pipeline::commit::Decided;
use crate::pipeline::plan::Plan;

/// Writes down what a decision means for the actions of the bundle; nothing for an action that is no bundle.
///
/// # Errors
/// The store's failure: nothing of the transaction stands then.
pub(in crate::pipeline) async fn write(
    ctx: &Ctx,
    tx: &Tx,
    decided: &mut Decided,
    plan: &Plan,
    now: Timestamp,
) -> store::Result<()> {
    let Some(mut bundle) = decided.bundle.take() else { return Ok(()) };
    let handle = tx.community(decided.stored.community);
    drop_parts(&handle, &mut bundle, plan, now);
    clear_votes(&handle, &bundle, decided, plan, now).await?;
    follow_dockets(&decided.case, &mut bundle, now);
    if plan.is_decided {
        let reason = plan.reason.clone();
        match plan.verdict {
            // Nobody votes any more, and nothing is carried out yet.
            Verdict::Passed if plan.waits => {
                each_left(&mut bundle, |part| close_votes(part, ActionStatus::Passed, now))
            }
            Verdict::Passed if plan.carries => carry::carry_out(ctx, tx, decided, &mut bundle, now).await?,
            Verdict::Passed => each_left(&mut bundle, |part| end(&handle, part, ActionStatus::Passed, &reason, now)),
            _ => each_left(&mut bundle, |part| end(&handle, part, ActionStatus::Failed, &reason, now)),
        }
    }
    decided.bundle = Some(bundle);
    Ok(())
}

/// Does something with each action that is still in the bundle.
pub(super) fn each_left(bundle: &mut StoredBundle, mut with: impl FnMut(&mut StoredPart)) {
    for part in bundle.parts.iter_mut().filter(|part| part.part.stored.action.status.is_open()) {
        with(part);
    }
}

/// Ends an action of a bundle, and its votes with it.
pub(super) fn end(handle: &CommunityTx<'_>, part: &mut StoredPart, status: ActionStatus, reason: &str, now: Timestamp) {
    let action = &mut part.part.stored.action;
    let verdict = if status == ActionStatus::Failed { Verdict::Failed } else { Verdict::Passed };
    let body = Json(json!({ "verdict": verdict, "reason": reason, "bundle": part.part.bundle }));
    handle.audit(Actor::System, AuditKind::ActionDecided, format!("action:{}", action.id), body, now);
    action.status = status;
    action.reason = reason.to_owned();
    action.decided_at = Some(now);
    close_votes(part, status, now);
}

fn close_votes(part: &mut StoredPart, status: ActionStatus, now: Timestamp) {
    for proposal in part.proposals.iter_mut().filter(|proposal| proposal.status.is_open()) {
        proposal.status = match (proposal.status, status) {
            (ProposalStatus::OutOfScope, _) => ProposalStatus::OutOfScope,
            (_, ActionStatus::Failed) => ProposalStatus::Failed,
            _ => ProposalStatus::Passed,
        };
        proposal.decided_at = Some(now);
    }
}

/// Ends what policies took out of the bundle.
fn drop_parts(handle: &CommunityTx<'_>, bundle: &mut StoredBundle, plan: &Plan, now: Timestamp) {
    for drop in &plan.drops {
        let part = bundle.parts.iter_mut().find(|part| part.part.stored.action.id == drop.action);
        let Some(part) = part.filter(|part| part.part.stored.action.status.is_open()) else { continue };
        let action = &mut part.part.stored.action;
        action.status = ActionStatus::Failed;
        action.reason = match drop.reason.is_empty() {
            true => format!("it was not chosen: “{}” took it out", drop.policy),
            false => format!("it was not chosen: {}", drop.reason),
        };
        action.decided_at = Some(now);
        let body = Json(json!({ "proposal": drop.proposal, "bundle": bundle.id, "reason": drop.reason }));
        let actor = Actor::Policy(drop.policy.clone());
        handle.audit(actor, AuditKind::ActionDropped, format!("action:{}", action.id), body, now);
        close_votes(part, ActionStatus::Failed, now);
    }
}

/// Starts votes again, as policies asked.
async fn clear_votes(
    handle: &CommunityTx<'_>,
    bundle: &StoredBundle,
    decided: &Decided,
    plan: &Plan,
    now: Timestamp,
) -> store::Result<()> {
    for clear in &plan.cleared {
        let place = decided.proposals.iter().position(|proposal| proposal.id == clear.proposal);
        let part = bundle.parts.iter().find(|part| part.part.stored.action.id == clear.action);
        let Some(proposal) = place.and_then(|place| part?.proposals.get(place)) else { continue };
        let n_cleared = handle.clear_ballots(&[proposal.id], now).await?;
        let body = Json(json!({ "action": clear.action, "ballots": n_cleared }));
        let actor = Actor::Policy(clear.policy.clone());
        handle.audit(actor, AuditKind::BallotsCleared, format!("proposal:{}", proposal.id), body, now);
    }
    Ok(())
}

/// Opens and closes the votes on a bundle's actions as those on the bundle itself: the same voters, until the same moment.
///
/// Where the bundle asks for anything but yes or no, that one ballot is over all of them, and they take none of their own.
fn follow_dockets(case: &Case, bundle: &mut StoredBundle, now: Timestamp) {
    for (at, docket) in case.dockets.iter().enumerate() {
        for part in &mut bundle.parts {
            if !part.part.stored.action.status.is_open() {
                continue;
            }
            let label = part.part.label.clone();
            let Some(proposal) = part.proposals.get_mut(at) else { continue };
            let before = proposal.status;
            proposal.status = status_of_part(docket);
            proposal.opened_at = docket.opened_at;
            proposal.enforcement = docket.enforcement;
            proposal.ask = docket.ask.clone().filter(|ask| ask.kind == BallotKind::YesNo).map(|mut ask| {
                ask.text = label;
                ask
            });
            proposal.deadline = docket.ask.as_ref().and_then(|ask| ask.closes);
            if before.is_open() && !proposal.status.is_open() {
                proposal.decided_at = Some(now);
            }
        }
    }
}

fn status_of_part(docket: &Docket) -> ProposalStatus {
    match docket.status {
        ProposalStatus::Proposed if docket.ask.as_ref().is_some_and(|ask| ask.kind != BallotKind::YesNo) => {
            ProposalStatus::OutOfScope
        }
        status => status,
    }
}
