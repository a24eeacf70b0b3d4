//! Delivering the outbox: each effect is done by its platform at most once, tried again where that may help, and recorded.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use anyhow::Context;
use futures_util::future::join_all;
use platforms::ApplyError;
use serde_json::json;
use store::effects::{Claim, EffectOutcome, EffectStatus, StoredEffect};
use store::{StoreError, Tx};
use types::audit::Actor;
use types::platform::{IdempotencyKey, Operation, Receipt};
use types::{Action, ActionId, ActionStatus, AuditKind, Json, Timestamp};

use super::backoff;
use crate::connections;
use crate::ctx::Ctx;
use crate::live::{Change, Topic};
use crate::pipeline::{CONSTITUTION, tell_pages};

/// Most effects under way at once.
const BATCH: u32 = 64;

/// How long a claimed effect is ours: longer than any platform takes to answer.
const LEASE: Duration = Duration::from_secs(60);

/// How often an effect is tried before it is given up: with the pauses between, about a day.
pub const MOST_ATTEMPTS: u32 = 100;

/// Claims effects that are due and has their platforms do them. The answer is how many there were.
///
/// # Errors
/// The store's failure; what was claimed is due again when the lease ends, under the same keys.
pub async fn deliver_due(ctx: &Ctx) -> anyhow::Result<usize> {
    let now = ctx.clock.now();
    let owner = format!("{}:deliver:{}", ctx.process, ctx.ids.uuid());
    let claim = Claim { owner: owner.clone(), now, leased_until: now + LEASE, limit: BATCH };
    let effects = ctx.store.system().claim_effects(&claim).await?;
    if effects.is_empty() {
        return Ok(0);
    }
    let outcomes = join_all(effects.iter().map(|effect| deliver(ctx, effect))).await;
    let tx = ctx.store.begin().await?;
    let done: Vec<_> = effects.iter().zip(&outcomes).map(|(effect, outcome)| (effect.id, outcome.clone())).collect();
    let lost = tx.system().finish_effects(&owner, &done, ctx.clock.now()).await?;
    let kept = effects.iter().zip(&outcomes).filter(|(effect, _)| !lost.contains(&effect.id)).collect::<Vec<_>>();
    follow(&tx, &kept, ctx.clock.now()).await?;
    for entry in tx.commit().await? {
        tell_pages(ctx, entry.community, entry.kind, &entry.subject);
    }
    for effect in &effects {
        if effect.platform == "board" {
            ctx.live.tell(effect.community, Change::all(Topic::Board));
        }
        if let Some(action) = effect.action {
            // Nobody may be waiting.
            let _ = ctx.wake.moved.send((effect.community, action));
        }
    }
    Ok(effects.len())
}

/// Does one effect, and says what is to become of it.
async fn deliver(ctx: &Ctx, effect: &StoredEffect) -> EffectOutcome {
    if effect.platform == CONSTITUTION {
        return acknowledged(effect);
    }
    let applied = match operation(ctx, effect).await {
        Ok(operation) => apply(ctx, effect, &operation).await,
        Err(error) => Err(retry(format!("{error:#}"))),
    };
    match applied {
        Ok(receipt) => EffectOutcome::Delivered {
            receipt: Json(serde_json::to_value(&receipt).unwrap_or_default()),
            external: receipt.external,
        },
        Err(ApplyError::Retry { after, why }) if effect.attempts < MOST_ATTEMPTS => {
            let wait = after.unwrap_or_default().max(backoff(effect.attempts));
            EffectOutcome::Retry { at: ctx.clock.now() + wait, error: why }
        }
        Err(error) => EffectOutcome::Failed { error: error.to_string() },
    }
}

/// A constitution action was carried out, or could not be, in the transaction of its decision: the body says which.
fn acknowledged(effect: &StoredEffect) -> EffectOutcome {
    match effect.body.text("refused") {
        Some(why) => EffectOutcome::Failed { error: why.to_owned() },
        None => {
            let receipt =
                Receipt { external: None, detail: Json(effect.body.get("receipt").cloned().unwrap_or_default()) };
            EffectOutcome::Delivered {
                receipt: Json(serde_json::to_value(&receipt).unwrap_or_default()),
                external: None,
            }
        }
    }
}

/// The operation of an effect, with what became known since it was put into the outbox.
async fn operation(ctx: &Ctx, effect: &StoredEffect) -> anyhow::Result<Operation> {
    let body = effect.body.get("operation").cloned().context("the effect names no operation")?;
    let mut operation: Operation = serde_json::from_value(body).context("the effect's operation is not understood")?;
    let Some(action) = effect.action else { return Ok(operation) };
    let store = ctx.store.community(effect.community);
    match &mut operation {
        // What undoing kept is what carrying out again begins with, and the other way round.
        Operation::Execute { undo, .. } | Operation::Revert { undo, .. } => {
            let earlier = store.effects_of(&[action]).await?;
            let done = |one: &&StoredEffect| {
                matches!(one.kind.as_str(), "execute" | "revert") && one.status == EffectStatus::Delivered
            };
            let latest = earlier.iter().filter(done).max_by_key(|one| one.ord);
            if let Some(receipt) = latest.and_then(|one| one.receipt.as_ref()) {
                let receipt: Receipt = receipt.read().unwrap_or_default();
                *undo = receipt.detail;
            }
        }
        // A thread is named by the key that the policy got from announce(); the platform knows the message by its id.
        Operation::Post { thread, .. } if thread.is_some() => {
            let earlier = store.effects_of(&[action]).await?;
            let known: HashMap<_, _> = earlier
                .iter()
                .filter_map(|one| one.body.text("key").map(|key| (key.to_owned(), one.receipt.as_ref())))
                .collect();
            let receipt = thread.as_ref().and_then(|key| known.get(key)).copied().flatten();
            *thread = receipt.and_then(|receipt| receipt.text("external").map(str::to_owned));
        }
        Operation::PostBallot { url, .. } => {
            if let (Some(path), Some(community)) = (url.as_mut(), store.community().await?) {
                *path = format!("{}/c/{}{path}", ctx.config.public_url(), community.slug);
            }
        }
        _ => {}
    }
    Ok(operation)
}

async fn apply(ctx: &Ctx, effect: &StoredEffect, operation: &Operation) -> Result<Receipt, ApplyError> {
    let Some(platform) = ctx.platforms.get(&effect.platform) else {
        let why = format!("this service has no platform “{}”", effect.platform);
        return Err(ApplyError::Permanent { code: "no-such-platform", why });
    };
    let connection = connections::for_effect(ctx, effect).await.map_err(|error| retry(format!("{error:#}")))?;
    let Some(connection) = connection else {
        let why = format!("the community is not connected to {}", effect.platform);
        return Err(ApplyError::Permanent { code: "not-connected", why });
    };
    platform.apply(&connection, operation, IdempotencyKey(effect.id)).await
}

fn retry(why: String) -> ApplyError {
    ApplyError::Retry { after: None, why }
}

/// Writes down what the outcomes mean for their actions. An action that stays where it was is not touched.
async fn follow(tx: &Tx, done: &[(&StoredEffect, &EffectOutcome)], now: Timestamp) -> store::Result<()> {
    let ends = |(effect, outcome): &&(&StoredEffect, &EffectOutcome)| {
        effect.platform != CONSTITUTION && !matches!(outcome, EffectOutcome::Retry { .. })
    };
    for (effect, outcome) in done.iter().filter(ends) {
        tell(tx, effect, outcome, now);
    }
    let moves = |(effect, _): &&(&StoredEffect, &EffectOutcome)| matches!(effect.kind.as_str(), "execute" | "revert");
    let ids: BTreeSet<ActionId> =
        done.iter().filter(ends).filter(moves).filter_map(|(effect, _)| effect.action).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut actions = tx.system().load_actions(&ids.into_iter().collect::<Vec<_>>()).await?;
    for stored in &mut actions {
        let of_action = |(effect, _): &&(&StoredEffect, &EffectOutcome)| {
            effect.action == Some(stored.action.id) && effect.community == stored.community
        };
        for (effect, outcome) in done.iter().filter(ends).filter(moves).filter(of_action).collect::<Vec<_>>() {
            move_on(tx, &mut stored.action, effect, outcome, now);
        }
    }
    match tx.system().save_actions(&mut actions).await?.first() {
        None => Ok(()),
        Some(lost) => Err(StoreError::Busy(format!("action {lost} was saved by somebody else"))),
    }
}

/// Tells the audit log what became of an effect.
fn tell(tx: &Tx, effect: &StoredEffect, outcome: &EffectOutcome, now: Timestamp) {
    let (kind, detail, value) = match outcome {
        EffectOutcome::Retry { .. } => return,
        EffectOutcome::Delivered { external, .. } => (AuditKind::EffectDelivered, "external", json!(external)),
        EffectOutcome::Failed { error } => (AuditKind::EffectFailed, "reason", json!(error)),
    };
    let body = json!({
        "effect": effect.kind, "platform": effect.platform, "action": effect.action, "attempts": effect.attempts,
        detail: value,
    });
    tx.community(effect.community).audit(Actor::System, kind, format!("effect:{}", effect.id), Json(body), now);
}

/// Moves the action to where the outcome of carrying it out, or of undoing it, leaves it.
fn move_on(tx: &Tx, action: &mut Action, effect: &StoredEffect, outcome: &EffectOutcome, now: Timestamp) {
    let kind = match (effect.kind.as_str(), outcome) {
        ("execute", EffectOutcome::Delivered { .. }) => {
            action.status = ActionStatus::Executed;
            AuditKind::ActionExecuted
        }
        ("revert", EffectOutcome::Delivered { .. }) => {
            if matches!(action.status, ActionStatus::Failed | ActionStatus::Executed) {
                action.status = ActionStatus::Reverted;
            }
            AuditKind::ActionReverted
        }
        (_, EffectOutcome::Failed { error }) => {
            let what = if effect.kind == "execute" { "carried out" } else { "undone" };
            action.reason = format!("{}; it could not be {what}: {error}", action.reason);
            return;
        }
        _ => return,
    };
    let body = Json(json!({ "effect": effect.id }));
    tx.community(effect.community).audit(Actor::System, kind, format!("action:{}", action.id), body, now);
}
