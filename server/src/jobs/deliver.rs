//! Delivering the outbox: each effect is done by its platform at most once, tried again where that may help, and recorded.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use anyhow::Context;
use futures_util::future::join_all;
use platforms::ApplyError;
use serde_json::json;
use store::actions::StoredAction;
use store::effects::{Claim, EffectOutcome, EffectStatus, StoredEffect};
use store::{StoreError, Tx};
use types::audit::Actor;
use types::platform::{IdempotencyKey, Operation, Receipt};
use types::{Action, ActionId, ActionStatus, AuditKind, Json, Timestamp};

use super::backoff;
use crate::connections;
use crate::ctx::Ctx;
use crate::live::{Change, Topic};
use crate::pipeline::{self, CONSTITUTION, RECOUNT, bundle, reacting, tell_pages};

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
    follow(ctx, &tx, &kept, ctx.clock.now()).await?;
    for entry in tx.commit().await? {
        tell_pages(ctx, entry.community, entry.kind, &entry.subject);
    }
    for (effect, outcome) in effects.iter().zip(&outcomes) {
        if let ("ask", EffectOutcome::Delivered { external: Some(message), .. }) = (effect.kind.as_str(), outcome) {
            posted(ctx, effect, message).await?;
        }
    }
    // Something may answer to what was carried out.
    ctx.wake.decide.notify_one();
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

/// A ballot has its message: votes that came before we knew it count now, and reactions are counted again in time.
async fn posted(ctx: &Ctx, effect: &StoredEffect, message: &str) -> anyhow::Result<()> {
    pipeline::rejoin(ctx, effect.community, &effect.platform, message).await?;
    let seconds = ctx.platforms.get(&effect.platform).map_or(0, |platform| platform.capabilities().recount_seconds);
    let Some(proposal) = effect.proposal else { return Ok(()) };
    let asked = ctx.store.community(effect.community).proposal(proposal).await?.and_then(|proposal| proposal.ask);
    let first = pipeline::first_count(ctx.clock.now(), seconds, asked.and_then(|ask| ask.closes));
    if let Some(at) = first {
        let tx = ctx.store.begin().await?;
        tx.community(effect.community).schedule(ctx.ids.next(), RECOUNT, effect.id.to_string(), at);
        tx.commit().await?;
    }
    Ok(())
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
    let key = IdempotencyKey(effect.id);
    // Of an earlier try no answer is known: it may have been done all the same.
    let was_told_to_wait = effect.error.as_deref().is_some_and(|why| why.contains(platforms::TOLD_TO_WAIT));
    if effect.attempts > 1
        && !was_told_to_wait
        && let Some(receipt) = platform.done_before(&connection, operation, key).await?
    {
        return Ok(receipt);
    }
    intend(ctx, effect, &connection, &platform.echoes(&connection, operation))
        .await
        .map_err(|error| retry(error.to_string()))?;
    platform.apply(&connection, operation, key).await
}

/// Writes down, before it is asked for, what will be heard as somebody else's doing.
async fn intend(
    ctx: &Ctx,
    effect: &StoredEffect,
    connection: &platforms::Connection,
    echoes: &[String],
) -> store::Result<()> {
    if echoes.is_empty() {
        return Ok(());
    }
    let tx = ctx.store.begin().await?;
    for echo in echoes {
        tx.community(effect.community).intend_echo(connection.id, effect.id, echo, ctx.clock.now()).await?;
    }
    tx.commit().await.map(drop)
}

fn retry(why: String) -> ApplyError {
    ApplyError::Retry { after: None, why }
}

/// Writes down what the outcomes mean for their actions.
async fn follow(ctx: &Ctx, tx: &Tx, done: &[(&StoredEffect, &EffectOutcome)], now: Timestamp) -> store::Result<()> {
    let changed = |effect: &StoredEffect| matches!(effect.kind.as_str(), "execute" | "revert");
    let mut ids: Vec<ActionId> =
        done.iter().filter(|(effect, _)| changed(effect)).filter_map(|(effect, _)| effect.action).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut actions: BTreeMap<ActionId, StoredAction> = match ids.is_empty() {
        true => BTreeMap::new(),
        false => tx.system().load_actions(&ids).await?.into_iter().map(|one| (one.action.id, one)).collect(),
    };
    let mut moved = BTreeSet::new();
    // A ballot's message that was brought up to date is no news: the ballots are.
    let is_news = |effect: &StoredEffect| effect.platform != CONSTITUTION && effect.kind != "update_ballot";
    for (effect, outcome) in done.iter().filter(|(effect, _)| is_news(effect)) {
        tell(tx, effect, outcome, now);
        let action = effect.action.filter(|_| changed(effect)).and_then(|id| actions.get_mut(&id));
        if let Some(stored) = action.filter(|stored| stored.community == effect.community) {
            if move_on(tx, &mut stored.action, effect, outcome, now) {
                moved.insert(stored.action.id);
            }
        }
    }
    let mut actions: Vec<StoredAction> = actions.into_values().collect();
    if let Some(lost) = tx.system().save_actions(&mut actions).await?.first() {
        return Err(StoreError::Busy(format!("action {lost} was saved by somebody else")));
    }
    for stored in actions.iter().filter(|stored| moved.contains(&stored.action.id)) {
        if stored.action.status == ActionStatus::Executed {
            reacting::carried_out(ctx, &tx.community(stored.community), &stored.action, now).await?;
        }
        if let Some(bundle) = stored.action.bundle {
            bundle::moved(ctx, tx, stored, bundle, now).await?;
        }
    }
    Ok(())
}

/// Tells the audit log what became of an effect.
fn tell(tx: &Tx, effect: &StoredEffect, outcome: &EffectOutcome, now: Timestamp) {
    let mut body = json!({
        "effect": effect.kind, "platform": effect.platform, "action": effect.action, "attempts": effect.attempts,
    });
    let kind = match outcome {
        EffectOutcome::Retry { .. } => return,
        EffectOutcome::Delivered { external, .. } => {
            body["external"] = json!(external);
            AuditKind::EffectDelivered
        }
        EffectOutcome::Failed { error } => {
            body["reason"] = json!(error);
            AuditKind::EffectFailed
        }
    };
    tx.community(effect.community).audit(Actor::System, kind, format!("effect:{}", effect.id), Json(body), now);
}

/// Moves the action to where the outcome of carrying it out, or of undoing it, leaves it. Answers whether that is news.
fn move_on(tx: &Tx, action: &mut Action, effect: &StoredEffect, outcome: &EffectOutcome, now: Timestamp) -> bool {
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
            return true;
        }
        _ => return false,
    };
    let body = Json(json!({ "effect": effect.id }));
    tx.community(effect.community).audit(Actor::System, kind, format!("action:{}", action.id), body, now);
    true
}
