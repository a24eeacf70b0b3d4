//! Carrying out a bundle that has passed: an election's winners, or all of a combination.

use serde_json::json;
use store::Tx;
use store::actions::StoredAction;
use types::audit::Actor;
use types::evaluation::BundleKind;
use types::payload::bundle::{is_reversible, kind_of};
use types::{ActionStatus, AuditKind, Json, Timestamp};

use super::write::{each_left, end};
use super::{StoredBundle, StoredPart};
use crate::ctx::Ctx;
use crate::pipeline::commit::{Decided, put_out};
use crate::pipeline::load::people;
use crate::pipeline::perform::perform;
use crate::pipeline::plan::Sent;
use crate::pipeline::route;

/// Carries out what is left in the bundle.
///
/// # Errors
/// The store's failure.
pub(super) async fn carry_out(
    ctx: &Ctx,
    tx: &Tx,
    decided: &mut Decided,
    bundle: &mut StoredBundle,
    now: Timestamp,
) -> store::Result<()> {
    let handle = tx.community(decided.stored.community);
    let whole = &mut decided.stored;
    if !bundle.parts.iter().any(|part| part.part.stored.action.status.is_open()) {
        whole.action.reason = format!("{}; nothing was left to be carried out", whole.action.reason);
        return Ok(());
    }
    let reason = whole.action.reason.clone();
    let is_combination = kind_of(&whole.action.kind) == Some(BundleKind::Combination);
    match (whole.action.kind.platform() == "constitution", is_combination) {
        (true, true) => all_or_nothing(ctx, tx, whole, bundle, now).await,
        (true, false) => {
            let mut is_done = true;
            for part in left(bundle) {
                end(&handle, part, ActionStatus::Passed, &reason, now);
                let refused = perform(ctx, &handle, &mut part.part.stored, None, now).await?;
                if let Some(why) = refused {
                    is_done = false;
                    let label = &part.part.label;
                    whole.action.reason = format!("{}; “{label}” could not be carried out: {why}", whole.action.reason);
                }
            }
            if is_done {
                executed(&handle, whole, now);
            }
            Ok(())
        }
        (false, _) => {
            each_left(bundle, |part| end(&handle, part, ActionStatus::Passed, &reason, now));
            let mut winners: Vec<&StoredPart> =
                bundle.parts.iter().filter(|part| part.part.stored.action.status == ActionStatus::Passed).collect();
            if is_combination {
                // One after another, so that nothing goes on after one has failed.
                winners.sort_by_key(|part| order(part.part.place, part.part.stored.action.kind.as_str()));
                winners.truncate(1);
            }
            for part in winners {
                send(ctx, tx, &part.part.stored, now).await?;
            }
            Ok(())
        }
    }
}

/// The order in which a combination is carried out: what cannot be undone goes last.
pub(super) fn order(place: i32, kind: &str) -> (bool, i32) {
    (!is_reversible(kind), place)
}

/// Those still in the bundle.
fn left(bundle: &mut StoredBundle) -> impl Iterator<Item = &mut StoredPart> {
    bundle.parts.iter_mut().filter(|part| part.part.stored.action.status.is_open())
}

/// Carries out all changes of the government, or none of them.
async fn all_or_nothing(
    ctx: &Ctx,
    tx: &Tx,
    whole: &mut StoredAction,
    bundle: &mut StoredBundle,
    now: Timestamp,
) -> store::Result<()> {
    let handle = tx.community(whole.community);
    let reason = whole.action.reason.clone();
    let before = bundle.clone();
    let savepoint = tx.savepoint().await?;
    let mut refused = None;
    for part in left(bundle) {
        end(&handle, part, ActionStatus::Passed, &reason, now);
        if let Some(why) = perform(ctx, &handle, &mut part.part.stored, None, now).await? {
            refused = Some((part.part.label.clone(), why));
            break;
        }
    }
    let Some((label, why)) = refused else {
        tx.release(savepoint).await?;
        executed(&handle, whole, now);
        return Ok(());
    };
    tx.rollback_to(savepoint).await?;
    // What was seen of the community since the savepoint never was.
    ctx.snapshots.forget(whole.community);
    *bundle = before;
    let why = format!("{reason}; nothing of it was done, for “{label}” could not be carried out: {why}");
    each_left(bundle, |part| end(&handle, part, ActionStatus::Failed, &why, now));
    let body = Json(json!({ "reason": why, "rolled_back": true }));
    handle.audit(Actor::System, AuditKind::EffectFailed, format!("action:{}", whole.action.id), body, now);
    whole.action.status = ActionStatus::Failed;
    whole.action.reason = why;
    Ok(())
}

/// Everything that was left has been carried out.
pub(super) fn executed(handle: &store::CommunityTx<'_>, whole: &mut StoredAction, now: Timestamp) {
    whole.action.status = ActionStatus::Executed;
    let subject = format!("action:{}", whole.action.id);
    handle.audit(Actor::System, AuditKind::ActionExecuted, subject, Json(json!({})), now);
}

/// Has the platform of an action carry it out.
pub(super) async fn send(ctx: &Ctx, tx: &Tx, part: &StoredAction, now: Timestamp) -> store::Result<()> {
    put(ctx, tx, part, None, now).await
}

/// Has the platform of an action undo it.
pub(super) async fn take_back(ctx: &Ctx, tx: &Tx, part: &StoredAction, why: &str, now: Timestamp) -> store::Result<()> {
    put(ctx, tx, part, Some(why), now).await
}

async fn put(ctx: &Ctx, tx: &Tx, part: &StoredAction, undo: Option<&str>, now: Timestamp) -> store::Result<()> {
    let handle = tx.community(part.community);
    let Some(snapshot) = ctx.snapshots.of(&handle).await? else { return Ok(()) };
    let named = part.action.initiator.into_iter().collect();
    let people = people(&handle, &snapshot, &part.action, &named).await?;
    let outgoing = match undo {
        None => route::execute(&part.action, &people),
        Some(why) => route::revert(&part.action, &people, why),
    };
    put_out(ctx, &handle, part, &Sent { proposal: None, key: None, outgoing }, None, now)
}
