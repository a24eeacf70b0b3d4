//! Digests: what waited for a member, in one letter, once per period and never empty.

use store::mails::NewMail;

use super::schedule::next_digest;
use crate::ctx::Ctx;
use crate::views::sentence::{self, counted};

/// Digests of one turn.
const DIGESTS: u32 = 200;

/// Notices that one letter lists; more are counted.
const LISTED: u32 = 50;

/// Puts together the digests that are due. The answer is how many were.
///
/// # Errors
/// The store's failure; what was not done is done in the next turn.
///
/// # Idempotency
/// A period's digest is taken in the transaction that writes its letter: a late or second process finds it taken. Periods that
/// passed while nobody worked become one digest.
pub async fn digest(ctx: &Ctx) -> anyhow::Result<usize> {
    let now = ctx.clock.now();
    let mut n_taken = 0;
    for due in ctx.store.system().due_digests(now, DIGESTS).await? {
        let tx = ctx.store.begin().await?;
        let handle = tx.community(due.community);
        let Some(schedule) = handle.schedule_of(due.member).await? else { continue };
        let Some(next) = next_digest(&schedule, now) else { continue };
        if !handle.take_digest(due.member, due.due_at, next).await? {
            continue;
        }
        let notices = handle.notices_for_digest(due.member, LISTED + 1).await?;
        let address = handle.addresses_of(&[due.member]).await?.remove(&due.member);
        if let (Some(last), Some(address), Some(community)) = (notices.last(), address, handle.community().await?) {
            let listed: Vec<String> = notices.iter().take(LISTED as usize).map(|n| format!("- {}", n.text)).collect();
            let more = if notices.len() > LISTED as usize { "\n\nThere is more in your inbox." } else { "" };
            let letter = NewMail {
                origin: format!("digest:{}:{}", due.member, due.due_at.millis()),
                member: Some(due.member),
                address,
                title: sentence::cut(
                    &format!("{}: {}", community.name, counted(notices.len(), "notice", "notices")),
                    120,
                ),
                body: format!("{}{more}", listed.join("\n")),
                path: Some(format!("/c/{}/notices", community.slug)),
            };
            handle.add_mail(&letter, now).await?;
            handle.empty_digest(due.member, last.ord).await?;
        }
        tx.commit().await?;
        n_taken += 1;
    }
    Ok(n_taken)
}
