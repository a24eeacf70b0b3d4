//! What platforms made of a bundle's actions: the next of a combination is carried out, or those done are undone.

use serde_json::json;
use store::Tx;
use store::actions::StoredAction;
use store::bundles::Part;
use store::effects::{EffectStatus, StoredEffect};
use types::audit::Actor;
use types::evaluation::BundleKind;
use types::{ActionStatus, AuditKind, BundleId, Json, Timestamp};

use super::carry::{executed, order, send, take_back};
use crate::ctx::Ctx;

/// Follows up on a bundle after an effect of one of its actions was delivered or given up. The action is saved already.
///
/// A combination is carried out one action after another; where one fails, those done are undone, the latest first.
///
/// # Errors
/// The store's failure, or [`store::StoreError::Busy`] where somebody else saved the bundle meanwhile.
pub(crate) async fn moved(
    ctx: &Ctx,
    tx: &Tx,
    part: &StoredAction,
    bundle: BundleId,
    now: Timestamp,
) -> store::Result<()> {
    let handle = tx.community(part.community);
    let Some(row) = handle.bundle(bundle).await? else { return Ok(()) };
    let Some(id) = row.action else { return Ok(()) };
    let Some(mut whole) = handle.action(id).await? else { return Ok(()) };
    let mut parts = handle.parts_of(&[bundle]).await?;
    let ids: Vec<_> = parts.iter().map(|part| part.stored.action.id).collect();
    let effects = handle.effects_of(&ids).await?;
    let before = whole.action.clone();
    let changed = match row.kind {
        BundleKind::Election => {
            election(&handle, &mut whole, &parts, &effects, now);
            Vec::new()
        }
        BundleKind::Combination => combination(ctx, tx, &mut whole, &mut parts, &effects, now).await?,
    };
    let mut saved: Vec<StoredAction> =
        parts.into_iter().map(|part| part.stored).filter(|stored| changed.contains(&stored.action.id)).collect();
    if whole.action != before {
        saved.push(whole);
    }
    match tx.system().save_actions(&mut saved).await?.first() {
        None => Ok(()),
        Some(lost) => Err(store::StoreError::Busy(format!("action {lost} was saved by somebody else"))),
    }
}

/// The latest wish of an action to be carried out or undone, and what became of it.
fn latest<'e>(effects: &'e [StoredEffect], part: &Part, kind: &str) -> Option<&'e StoredEffect> {
    effects
        .iter()
        .filter(|effect| effect.action == Some(part.stored.action.id) && effect.kind == kind)
        .max_by_key(|effect| effect.ord)
}

/// When all winners are done with, says whether all were carried out.
fn election(
    handle: &store::CommunityTx<'_>,
    whole: &mut StoredAction,
    parts: &[Part],
    effects: &[StoredEffect],
    now: Timestamp,
) {
    if whole.action.status != ActionStatus::Passed {
        return;
    }
    let winners: Vec<_> = parts.iter().filter_map(|part| Some((part, latest(effects, part, "execute")?))).collect();
    if winners.iter().any(|(_, effect)| effect.status == EffectStatus::Pending) {
        return;
    }
    let mut is_done = true;
    for (part, effect) in winners.iter().filter(|(_, effect)| effect.status == EffectStatus::Failed) {
        is_done = false;
        let why = effect.error.as_deref().unwrap_or("the platform refused");
        whole.action.reason = format!("{}; “{}” could not be carried out: {why}", whole.action.reason, part.label);
    }
    if is_done && !winners.is_empty() {
        executed(handle, whole, now);
    }
}

/// Goes on with a combination, forwards or backwards. Answers which of its actions were changed.
async fn combination(
    ctx: &Ctx,
    tx: &Tx,
    whole: &mut StoredAction,
    parts: &mut [Part],
    effects: &[StoredEffect],
    now: Timestamp,
) -> store::Result<Vec<types::ActionId>> {
    let handle = tx.community(whole.community);
    parts.sort_by_key(|part| order(part.place, part.stored.action.kind.as_str()));
    let mut changed = Vec::new();
    if whole.action.status == ActionStatus::Passed {
        let failed = parts.iter().find_map(|part| {
            let effect = latest(effects, part, "execute").filter(|effect| effect.status == EffectStatus::Failed)?;
            Some((part.label.clone(), effect.error.clone().unwrap_or_else(|| "the platform refused".to_owned())))
        });
        let Some((label, why)) = failed else {
            go_on(ctx, tx, whole, parts, effects, now).await?;
            return Ok(changed);
        };
        let why = format!("{}; it was rolled back, for “{label}” could not be carried out: {why}", whole.action.reason);
        let body = Json(json!({ "reason": why, "rolled_back": true }));
        handle.audit(Actor::System, AuditKind::EffectFailed, format!("action:{}", whole.action.id), body, now);
        whole.action.status = ActionStatus::Failed;
        whole.action.reason.clone_from(&why);
        for part in parts.iter_mut().filter(|part| part.stored.action.status == ActionStatus::Passed) {
            part.stored.action.status = ActionStatus::Failed;
            part.stored.action.reason.clone_from(&why);
            changed.push(part.stored.action.id);
        }
    }
    go_back(ctx, tx, whole, parts, effects, now).await?;
    Ok(changed)
}

/// Carries out the next action; after the last the combination is done.
async fn go_on(
    ctx: &Ctx,
    tx: &Tx,
    whole: &mut StoredAction,
    parts: &[Part],
    effects: &[StoredEffect],
    now: Timestamp,
) -> store::Result<()> {
    let mut waiting = parts.iter().filter(|part| part.stored.action.status == ActionStatus::Passed);
    match waiting.next() {
        Some(next) if latest(effects, next, "execute").is_none() => send(ctx, tx, &next.stored, now).await,
        Some(_) => Ok(()),
        None => {
            executed(&tx.community(whole.community), whole, now);
            Ok(())
        }
    }
}

/// Undoes the latest action that was carried out and is not undone; after the first of them the combination is.
async fn go_back(
    ctx: &Ctx,
    tx: &Tx,
    whole: &mut StoredAction,
    parts: &[Part],
    effects: &[StoredEffect],
    now: Timestamp,
) -> store::Result<()> {
    for part in parts.iter().rev().filter(|part| part.stored.action.status == ActionStatus::Executed) {
        match latest(effects, part, "revert") {
            None => return take_back(ctx, tx, &part.stored, &whole.action.reason, now).await,
            Some(effect) if effect.status == EffectStatus::Pending => return Ok(()),
            // Given up: the record says so, and those before it are undone all the same.
            Some(_) => {}
        }
    }
    let is_undone = parts.iter().any(|part| part.stored.action.status == ActionStatus::Reverted);
    let is_stuck = parts.iter().filter(|part| part.stored.action.status == ActionStatus::Executed);
    let stuck: Vec<&str> = is_stuck.map(|part| part.label.as_str()).collect();
    if !stuck.is_empty() {
        whole.action.reason = format!("{}; “{}” could not be undone", whole.action.reason, stuck.join("”, “"));
    } else if is_undone && whole.action.status == ActionStatus::Failed {
        whole.action.status = ActionStatus::Reverted;
        let subject = format!("action:{}", whole.action.id);
        tx.community(whole.community).audit(Actor::System, AuditKind::ActionReverted, subject, Json(json!({})), now);
    }
    Ok(())
}
