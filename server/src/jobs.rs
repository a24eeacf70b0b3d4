//! Work that nobody waits for: deciding what is due, delivering what was decided, sweeping up.
//!
//! Each loop sleeps until it is woken or until something falls due. Several processes on one PostgreSQL share the work by leases.

mod deliver;
mod sweep;

use std::time::Duration;

use store::jobs::Job;
use tokio::sync::{Notify, watch};
use types::Timestamp;

use crate::connections;
use crate::connections::tend::TEND;
use crate::ctx::Ctx;
use crate::pipeline::{self, INSTALL, LEAVE, RECOUNT, SHOW_BALLOT, UNDERSTAND, modes, reacting, safeguards, schedules};

pub use deliver::deliver_due;
pub use sweep::{SWEEP, schedule_sweep};

/// Longest sleep of a loop: another process may have committed work without being able to wake us.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// How long the first repetition waits; each further one waits twice as long.
const FIRST_BACKOFF: Duration = Duration::from_secs(1);

/// Longest pause between two tries.
const LONGEST_BACKOFF: Duration = Duration::from_secs(15 * 60);

/// How long to wait after `attempts` tries: exponential, at most a quarter of an hour.
#[must_use]
pub fn backoff(attempts: u32) -> Duration {
    let doubled =
        FIRST_BACKOFF.saturating_mul(1_u32.checked_shl(attempts.saturating_sub(1).min(20)).unwrap_or(u32::MAX));
    doubled.min(LONGEST_BACKOFF)
}

/// Runs all loops until `stop` turns true; then each finishes what it is at.
pub async fn run(ctx: Ctx, stop: watch::Receiver<bool>) {
    let deciding = repeat(ctx.clone(), stop.clone(), "decide");
    let delivering = repeat(ctx.clone(), stop.clone(), "deliver");
    let telling = crate::notices::run(ctx, stop);
    tokio::join!(deciding, delivering, telling);
}

/// One loop: work while there is some, sleep until there may be more.
async fn repeat(ctx: Ctx, mut stop: watch::Receiver<bool>, what: &'static str) {
    let woken: &Notify = if what == "decide" { &ctx.wake.decide } else { &ctx.wake.deliver };
    let mut failures = 0;
    while !*stop.borrow() {
        let worked = match what {
            "decide" => pipeline::decide_due(&ctx).await,
            _ => deliver_due(&ctx).await,
        };
        let sleep = match worked {
            Ok(0) => {
                failures = 0;
                until_due(&ctx, what).await.min(LONGEST_SLEEP)
            }
            Ok(_) => {
                failures = 0;
                continue;
            }
            Err(error) => {
                failures += 1;
                tracing::error!(job = what, error = format!("{error:#}"), "a job failed; trying again");
                backoff(failures).min(Duration::from_secs(10))
            }
        };
        tokio::select! {
            () = woken.notified() => {}
            () = tokio::time::sleep(sleep) => {}
            _ = stop.changed() => {}
        }
    }
}

/// How long until something is due.
async fn until_due(ctx: &Ctx, what: &str) -> Duration {
    let system = ctx.store.system();
    let next = match what {
        "decide" => system.next_job_at().await,
        _ => system.next_effect_at().await,
    };
    let until = |at: Timestamp| at.since(ctx.clock.now()).max(Duration::from_millis(5));
    next.ok().flatten().map_or(LONGEST_SLEEP, until)
}

/// Runs a job that is no decision.
///
/// # Errors
/// The store's failure.
pub(crate) async fn run_other(ctx: &Ctx, owner: &str, job: &Job) -> anyhow::Result<()> {
    let next = match job.kind.as_str() {
        SWEEP => Some(sweep::sweep(ctx).await?),
        UNDERSTAND => match pipeline::understand(ctx).await {
            Ok(more) => more.then(|| ctx.clock.now()),
            Err(error) => {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "what a platform told could not be taken in; trying again"
                );
                Some(ctx.clock.now() + backoff(job.attempts))
            }
        },
        INSTALL => connections::install(ctx, job).await?,
        pipeline::SHADOW_END => {
            if let Ok(policy) = job.subject.parse() {
                pipeline::end_shadow_stage(ctx, job.community, policy).await?;
            }
            None
        }
        LEAVE => connections::tend::leave(ctx, job).await?,
        TEND => connections::tend::tend(ctx),
        SHOW_BALLOT => pipeline::show_ballot(ctx, job).await?,
        RECOUNT => pipeline::recount(ctx, job).await?,
        reacting::REACT => tried(ctx, job, reacting::react(ctx, job).await.map(|()| None)),
        schedules::COME_ROUND => tried(ctx, job, schedules::come_round(ctx, job).await),
        safeguards::CARRY_OUT => tried(ctx, job, safeguards::carry_out(ctx, job).await),
        safeguards::SUNSET => tried(ctx, job, safeguards::run_sunset(ctx, job).await),
        modes::SWITCH => tried(ctx, job, modes::run(ctx, job).await),
        unknown => {
            tracing::warn!(job.kind = unknown, "nobody knows this kind of job; dropping it");
            None
        }
    };
    let tx = ctx.store.begin().await?;
    tx.system().finish_jobs(owner, &[(job.ord, next)]).await?;
    tx.commit().await?;
    Ok(())
}

/// When a job runs next; one that failed is tried again after a pause, and holds nothing else up.
fn tried(ctx: &Ctx, job: &Job, outcome: anyhow::Result<Option<Timestamp>>) -> Option<Timestamp> {
    outcome.unwrap_or_else(|error| {
        ctx.snapshots.forget(job.community);
        tracing::warn!(job.kind, job.subject, error = format!("{error:#}"), "a job failed; trying again");
        Some(ctx.clock.now() + backoff(job.attempts))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_up_to_a_quarter_of_an_hour() {
        assert_eq!(backoff(1), Duration::from_secs(1));
        assert_eq!(backoff(4), Duration::from_secs(8));
        assert_eq!(backoff(40), LONGEST_BACKOFF);
    }
}
