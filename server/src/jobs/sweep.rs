//! The safety net: open actions that no job would look at again.

use std::time::Duration;

use store::jobs::NewJob;
use types::{CommunityId, Timestamp};

use crate::ctx::Ctx;
use crate::pipeline::DECIDE;

/// The kind of job that sweeps. There is one for the whole service.
pub const SWEEP: &str = "sweep";

/// How often. It should never find anything: whatever an action waits for schedules its job.
const EVERY: Duration = Duration::from_secs(600);

/// How long an action may stand without having been looked at before the sweep takes an interest.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes sure that there is a sweep.
///
/// # Errors
/// The store's failure.
pub async fn schedule_sweep(ctx: &Ctx) -> store::Result<()> {
    let tx = ctx.store.begin().await?;
    let run_at = ctx.clock.now() + EVERY;
    let (kind, subject) = (SWEEP.to_owned(), "service".to_owned());
    tx.system().schedule(NewJob { id: ctx.ids.next(), community: CommunityId::NIL, kind, subject, run_at });
    tx.commit().await?;
    Ok(())
}

/// Schedules every open action whose proposals were never looked at and which has no job. Answers when to sweep again.
///
/// # Errors
/// The store's failure.
pub(super) async fn sweep(ctx: &Ctx) -> store::Result<Timestamp> {
    let now = ctx.clock.now();
    let forgotten = ctx.store.system().forgotten_actions(DECIDE, now - PATIENCE, 1_000).await?;
    if !forgotten.is_empty() {
        tracing::warn!(n_actions = forgotten.len(), "found open actions that nothing would have looked at again");
        let tx = ctx.store.begin().await?;
        for (community, action) in forgotten {
            tx.community(community).schedule(ctx.ids.next(), DECIDE, action.to_string(), now);
        }
        tx.commit().await?;
    }
    Ok(now + EVERY)
}
