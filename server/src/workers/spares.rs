//! The warm spare: a worker that is ready before one is needed, so that a hostile policy costs the next one nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, mpsc};
use tokio::task::JoinSet;

use super::counters::{Counters, count};
use super::process::{Nursery, Worker};

/// First pause after a worker that did not come up; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Longest pause: an operator who frees memory does not want to wait longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Keeps one spare worker ready.
pub struct Spares {
    ready: Mutex<mpsc::Receiver<Worker>>,
    closing: Arc<Notify>,
}

impl Spares {
    /// Starts keeping, in a task of `tasks`.
    pub fn keep(nursery: Nursery, counters: Arc<Counters>, tasks: &mut JoinSet<()>) -> Self {
        let (spares, ready) = mpsc::channel(1);
        let closing = Arc::new(Notify::new());
        let closed = Arc::clone(&closing);
        tasks.spawn(async move {
            tokio::select! {
                () = refill(&nursery, &counters, &spares) => {}
                () = closed.notified() => {}
            }
        });
        Self { ready: Mutex::new(ready), closing }
    }

    /// A worker that has never run anything. None when no more are made.
    pub async fn take(&self) -> Option<Worker> {
        self.ready.lock().await.recv().await
    }

    /// Makes no more. Safe to call before anyone listens.
    pub fn close(&self) {
        self.closing.notify_one();
    }
}

async fn refill(nursery: &Nursery, counters: &Counters, spares: &mpsc::Sender<Worker>) {
    let mut pause = FIRST_PAUSE;
    // First the room, then the worker: so there is one spare, not one waiting for room besides.
    while let Ok(room) = spares.reserve().await {
        match nursery.start().await {
            Ok((worker, _)) => {
                count(&counters.started);
                room.send(worker);
                pause = FIRST_PAUSE;
            }
            Err(error) => {
                tracing::error!(error = %error, "could not start a worker: {error}");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
