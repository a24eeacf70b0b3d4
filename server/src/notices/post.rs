//! Sending the letters that wait, a few at a time, and trying again where that may help.

use std::time::Duration;

use store::mails::{Mail, MailOutcome};

use super::links::Link;
use super::mailer::{Letter, Mailer, SendError};
use crate::ctx::Ctx;
use crate::jobs::backoff;

/// Letters of one turn.
const LETTERS: u32 = 20;

/// How long claimed letters are ours: longer than sending them all takes.
const LEASE: Duration = Duration::from_secs(600);

/// How often a letter is tried: with the pauses between, about three days.
const MOST_ATTEMPTS: u32 = 60;

/// Sends what is due. The answer is how many letters were tried.
///
/// # Errors
/// The store's failure; what was claimed is due again when the lease ends, under the same Message-ID.
pub async fn post(ctx: &Ctx, mailer: &Mailer) -> anyhow::Result<usize> {
    let mails = ctx.store.system().claim_mails(ctx.clock.now(), LEASE, LETTERS).await?;
    for mail in &mails {
        let outcome = match mailer.send(&letter(ctx, mail)).await {
            Ok(()) => MailOutcome::Sent,
            Err(SendError::Later(why)) if mail.attempts < MOST_ATTEMPTS => {
                tracing::warn!(attempts = mail.attempts, why, "a letter was not taken; trying again");
                let wait = backoff(mail.attempts).max(Duration::from_secs(30));
                MailOutcome::Later(ctx.clock.now() + wait, why)
            }
            Err(error) => {
                tracing::warn!(%error, "a letter was given up");
                MailOutcome::GivenUp(error.to_string())
            }
        };
        let tx = ctx.store.begin().await?;
        tx.system().finish_mail(mail.ord, &outcome, ctx.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(mails.len())
}

/// The letter with its links.
fn letter(ctx: &Ctx, mail: &Mail) -> Letter {
    let site = ctx.config.public_url();
    let token = mail
        .member
        .map(|member| Link::Unsubscribe { community: mail.community, member })
        .and_then(|link| link.seal(&ctx.vault).ok());
    let page = mail.path.as_ref().map(|path| format!("\n\n{site}{path}")).unwrap_or_default();
    let ends =
        token.as_ref().map(|token| format!("\n\n-- \nNo more e-mail from here: {site}/unsubscribe?token={token}\n"));
    Letter {
        origin: mail.origin.clone(),
        address: mail.address.clone(),
        title: mail.title.clone(),
        body: format!("{}{page}{}", mail.body, ends.unwrap_or_default()),
        unsubscribe: token.map(|token| format!("{site}/mail/unsubscribe?token={token}")),
    }
}
