//! Telling members what happened: in the app, by e-mail, in chat, each where they want it, and once.
//!
//! ```text
//! audit log ─ gather ─┐
//! deadlines ─ remind ─┼→ tell → notices, mails, chat messages         one transaction
//! policies' messages ─┘
//! digests ────────────────→ mails ─ post ─→ the operator's mail server
//! ```
//! What is told comes from the log, in its order, from where the last turn left off; so nothing is missed when the process ends
//! in between, and nobody is told twice.

mod digest;
mod gather;
mod links;
mod mailer;
mod post;
mod remind;
mod schedule;
mod tell;

use std::time::Duration;

use tokio::sync::watch;

use crate::ctx::Ctx;

pub use digest::digest;
pub use gather::gather;
pub use links::{Link, LinkError};
pub use mailer::{Letter, Mailer, is_address};
pub use post::post;
pub use remind::remind;
pub use schedule::{is_time_zone, next_digest, time_zones};
pub use tell::{Told, path, tell};

/// How often to look. Nobody waits for a notice by the second.
const EVERY: Duration = Duration::from_secs(1);

/// One turn: reads what happened, reminds, puts digests together, and brings the search index up to date. The answer is how much there was to do.
///
/// # Errors
/// The store's failure; what was not done is done in the next turn.
pub async fn turn(ctx: &Ctx) -> anyhow::Result<usize> {
    let gathered = gather(ctx).await?;
    let reminded = remind(ctx).await?;
    let digested = digest(ctx).await?;
    let indexed = crate::search::index(ctx).await?;
    Ok(gathered + reminded + digested + indexed)
}

/// Takes turns until `stop` turns true, and sends what is to be sent.
pub async fn run(ctx: Ctx, mut stop: watch::Receiver<bool>) {
    let mailer = match Mailer::of(&ctx.config) {
        Ok(mailer) => mailer,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "e-mail is configured but cannot be sent");
            None
        }
    };
    while !*stop.borrow() {
        if let Err(error) = turn(&ctx).await {
            tracing::warn!(error = format!("{error:#}"), "notices could not be put together; trying again");
        }
        if let Some(mailer) = &mailer
            && let Err(error) = post(&ctx, mailer).await
        {
            tracing::warn!(error = format!("{error:#}"), "e-mail could not be sent; trying again");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}
