//! Where attempts wait to be accepted: those that arrive at once share one transaction.
//!
//! A transaction costs the database far more than what is written in it. So whoever comes first writes for all who have come
//! meanwhile, and nobody waits for company: a single attempt is accepted at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use types::{ActionId, CommunityId};

use super::ingest::{Attempt, AttemptError, accept};
use crate::ctx::Ctx;

/// Most attempts accepted in one transaction: a few milliseconds of work.
const BATCH: usize = 64;

/// How often an attempt is written before the database is given up as too busy.
const TRIES: u32 = 3;

/// Attempts that wait to be accepted.
#[derive(Default)]
pub struct Intake {
    waiting: Mutex<Vec<Waiting>>,
    /// Who holds it writes for everybody.
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    community: CommunityId,
    attempt: Attempt,
    answer: oneshot::Sender<Result<ActionId, AttemptError>>,
}

impl Intake {
    /// Accepts an examined attempt, and returns when it is committed.
    ///
    /// A caller that goes away meanwhile takes nothing back: its attempt may still be accepted, and stands then.
    ///
    /// # Errors
    /// [`AttemptError`]: nothing of this attempt was recorded.
    pub(super) async fn accept(
        &self,
        ctx: &Ctx,
        community: CommunityId,
        attempt: Attempt,
    ) -> Result<ActionId, AttemptError> {
        let (answer, mut answered) = oneshot::channel();
        self.waiting().push(Waiting { community, attempt, answer });
        loop {
            let turn = tokio::select! {
                biased;
                answer = &mut answered => return answer.unwrap_or(Err(gone())),
                turn = self.turn.lock() => turn,
            };
            let batch: Vec<Waiting> = {
                let mut waiting = self.waiting();
                let n = waiting.len().min(BATCH);
                waiting.drain(..n).collect()
            };
            if batch.is_empty() {
                // Somebody else has written ours, and the answer is there.
                drop(turn);
                return answered.await.unwrap_or(Err(gone()));
            }
            // A task of its own: whoever goes away while it writes must not interrupt it for the others.
            if let Err(error) = tokio::spawn(accept_all(ctx.clone(), batch)).await {
                tracing::error!(%error, "accepting attempts broke off");
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        // Pushing and draining cannot stop half way.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Only where the task that wrote for us broke off.
fn gone() -> AttemptError {
    AttemptError::Store(store::StoreError::Busy("accepting this attempt broke off".to_owned()))
}

/// Accepts a batch. Where it fails as a whole, each is accepted alone, so that one cannot harm the others.
async fn accept_all(ctx: Ctx, batch: Vec<Waiting>) {
    if batch.len() > 1 {
        match accept_together(&ctx, &batch).await {
            Ok(answers) => {
                for (one, answer) in batch.into_iter().zip(answers) {
                    // Nobody may be waiting any more.
                    let _ = one.answer.send(answer);
                }
                return;
            }
            Err(error) => {
                tracing::debug!(%error, n_attempts = batch.len(), "attempts could not be accepted together");
            }
        }
    }
    for one in batch {
        let answer = accept_alone(&ctx, &one).await;
        let _ = one.answer.send(answer);
    }
}

/// One transaction for all of them.
///
/// # Errors
/// The store's failure: nothing of any of them was recorded.
async fn accept_together(ctx: &Ctx, batch: &[Waiting]) -> store::Result<Vec<Result<ActionId, AttemptError>>> {
    let written = write(ctx, batch).await;
    if written.is_err() {
        // What was seen inside the transaction never happened.
        batch.iter().for_each(|one| ctx.snapshots.forget(one.community));
    }
    written
}

async fn write(ctx: &Ctx, batch: &[Waiting]) -> store::Result<Vec<Result<ActionId, AttemptError>>> {
    let tx = ctx.store.begin().await?;
    let now = ctx.clock.now();
    let mut answers = Vec::with_capacity(batch.len());
    for one in batch {
        match accept(ctx, &tx, one.community, one.attempt.clone(), now).await {
            // What the database refuses may have been half written.
            Err(AttemptError::Store(error)) => return Err(error),
            // Any other refusal comes before the first write.
            answer => answers.push(answer),
        }
    }
    tx.commit().await?;
    Ok(answers)
}

async fn accept_alone(ctx: &Ctx, one: &Waiting) -> Result<ActionId, AttemptError> {
    let mut tries_left = TRIES;
    loop {
        tries_left -= 1;
        match accept_together(ctx, std::slice::from_ref(one)).await {
            // Another process won; nothing of ours was written.
            Err(error) if error.is_retryable() && tries_left > 0 => {}
            Err(error) => return Err(error.into()),
            Ok(mut answers) => return answers.pop().unwrap_or_else(|| Err(gone())),
        }
    }
}
