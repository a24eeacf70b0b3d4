//! Waiting until what was started has come to rest.

use std::time::Duration;

use store::effects::EffectStatus;
use tokio::sync::broadcast::error::RecvError;
use types::{ActionId, ActionStatus, CommunityId, ProposalStatus};

use super::CONSTITUTION;
use super::ballots::deciding_action;
use super::commit::decide_due;
use super::route::BOARD;
use crate::ctx::Ctx;

/// How often the store is asked where nobody tells: another process may be the one that decides.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Waits until an action has been looked at by its policies and the board has done what followed, at most `at_most`.
///
/// Only a courtesy: what was accepted goes its way whether or not anybody waits.
///
/// # Errors
/// The store's failure.
pub async fn settle(ctx: &Ctx, community: CommunityId, action: ActionId, at_most: Duration) -> store::Result<()> {
    let mut moved = ctx.wake.moved.subscribe();
    // What stands in a bundle moves with it.
    let action = deciding_action(&ctx.store.community(community), action).await?;
    let deadline = tokio::time::Instant::now() + at_most;
    while !is_settled(ctx, community, action).await? {
        let told = async {
            loop {
                match moved.recv().await {
                    Ok((_, id)) if id != action => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return,
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        if tokio::time::Instant::now() >= deadline {
            return Ok(());
        }
        // Whichever comes first; then the store is asked again.
        let _ = tokio::time::timeout(LOOK_AGAIN, told).await;
    }
    Ok(())
}

async fn is_settled(ctx: &Ctx, community: CommunityId, action: ActionId) -> store::Result<bool> {
    let store = ctx.store.community(community);
    let Some(stored) = store.action(action).await? else { return Ok(true) };
    if stored.action.activates_at.is_some() && stored.pins.is_none() {
        return Ok(true);
    }
    if stored.action.status == ActionStatus::Proposed {
        let proposals = store.proposals_of(&[action]).await?;
        let waiting = proposals.iter().all(|proposal| proposal.status == ProposalStatus::Waiting);
        return Ok(!waiting && !is_due(ctx, action).await?);
    }
    let mut actions = vec![action];
    if let Some(bundle) = store.bundle_of_action(action).await? {
        actions.extend(store.parts_of(&[bundle.id]).await?.into_iter().map(|part| part.stored.action.id));
    }
    let effects = store.effects_of(&actions).await?;
    let pending = |status| status == EffectStatus::Pending;
    let is_ours = |platform: &str| matches!(platform, BOARD | CONSTITUTION);
    Ok(!effects.iter().any(|effect| is_ours(&effect.platform) && effect.attempts < 2 && pending(effect.status)))
}

/// Whether an open action is about to be looked at: somebody has just voted.
async fn is_due(ctx: &Ctx, action: ActionId) -> store::Result<bool> {
    let due = ctx.store.system().job_due_at(super::DECIDE, &action.to_string()).await?;
    Ok(due.is_some_and(|at| at <= ctx.clock.now()))
}

/// Decides and delivers until nothing is due: for the demo's clock and for tests.
///
/// # Errors
/// The store's failure.
pub async fn run_until_quiet(ctx: &Ctx) -> anyhow::Result<()> {
    // Bounded, so that policies that wake each other for ever cannot hold up whoever asked.
    for _ in 0..10_000 {
        let decided = decide_due(ctx).await?;
        let delivered = crate::jobs::deliver_due(ctx).await?;
        if decided == 0 && delivered == 0 && crate::notices::turn(ctx).await? == 0 {
            return Ok(());
        }
    }
    anyhow::bail!("there was still work after ten thousand rounds")
}

/// Moves the demo's clock forward by `length`, stopping at each moment at which something falls due.
///
/// So a deadline of two days is met at two days also where somebody moves the clock by a week.
///
/// # Errors
/// Where this is no demo, or the store fails.
pub async fn pass_time(ctx: &Ctx, length: Duration) -> anyhow::Result<()> {
    let Some(clock) = &ctx.demo else { anyhow::bail!("only the demo's clock can be moved") };
    let until = ctx.clock.now() + length;
    run_until_quiet(ctx).await?;
    for _ in 0..MOST_STOPS {
        let now = ctx.clock.now();
        if now >= until {
            break;
        }
        let system = ctx.store.system();
        let due = [system.next_job_at().await?, system.next_effect_at().await?];
        let next = due.into_iter().flatten().filter(|at| *at > now).min().unwrap_or(until).min(until);
        clock.advance(next.since(now));
        run_until_quiet(ctx).await?;
    }
    clock.advance(until.since(ctx.clock.now()));
    run_until_quiet(ctx).await
}

/// Most moments at which [`pass_time`] stops: policies that read the raw clock are due every minute.
const MOST_STOPS: usize = 2_000;
