//! A day before a vote closes, those whose vote is missing hear of it once.

use std::collections::BTreeSet;
use std::time::Duration;

use app::api::notice::NoticeEvent;
use store::CommunityStore;
use store::proposals::StoredProposal;
use types::{MemberId, Privacy, Timestamp};

use super::tell::{Told, tell};
use crate::ctx::Ctx;
use crate::live::{Change, Topic};
use crate::views::sentence;
use crate::views::{moment, names};

/// How long before the close. A vote shorter than two days is reminded of at half its time.
const BEFORE: Duration = Duration::from_secs(24 * 3600);

/// Votes of one turn.
const VOTES: u32 = 500;

/// Reminds of votes that close. The answer is of how many.
///
/// # Errors
/// The store's failure; what was not done is done in the next turn.
///
/// # Idempotency
/// A vote is reminded of once, however often its close is moved.
pub async fn remind(ctx: &Ctx) -> anyhow::Result<usize> {
    let now = ctx.clock.now();
    let mut n_reminded = 0;
    for (community, id) in ctx.store.system().votes_to_remind(now + BEFORE, VOTES).await? {
        let store = ctx.store.community(community);
        let Some(proposal) = store.proposal(id).await? else { continue };
        let Some(closes) = proposal.deadline else { continue };
        if !is_due(&proposal, closes, now) {
            continue;
        }
        let missing = if closes > now { missing(&store, &proposal).await? } else { BTreeSet::new() };
        let (Some(row), Some(stored)) = (store.community().await?, store.action(proposal.action).await?) else {
            continue;
        };
        let names = ctx.snapshots.of(&store).await?.map(|snapshot| names::of(&snapshot)).unwrap_or_default();
        let title = sentence::title(&stored.action.kind, &stored.action.payload, &names);
        let told = Told {
            to: missing,
            event: NoticeEvent::Closing,
            subject: format!("proposal:{id}"),
            origin: Some(format!("closing:{id}")),
            text: format!("Your vote is still missing: {title}. The vote closes on {}.", moment::words(closes)),
            at: now,
            slug: row.slug,
        };
        let tx = ctx.store.begin().await?;
        let handle = tx.community(community);
        if handle.remind_once(id, now).await? {
            n_reminded += tell(&handle, &*ctx.ids, &told).await?;
            tx.commit().await?;
            ctx.live.tell(community, Change::all(Topic::Notice));
        }
    }
    Ok(n_reminded)
}

fn is_due(proposal: &StoredProposal, closes: Timestamp, now: Timestamp) -> bool {
    let half = closes.since(proposal.opened_at) / 2;
    now >= closes - BEFORE.min(half)
}

/// Who may vote and has not.
async fn missing(store: &CommunityStore<'_>, proposal: &StoredProposal) -> store::Result<BTreeSet<MemberId>> {
    let present = store.roster(None).await?;
    let people = present.members.iter().filter(|member| !member.is_bot).map(|member| member.id);
    let ask = proposal.ask.as_ref();
    let eligible = ask.and_then(|ask| ask.eligible.as_ref());
    let mut missing: BTreeSet<MemberId> =
        people.filter(|id| eligible.is_none_or(|eligible| eligible.contains(id))).collect();
    if ask.is_some_and(|ask| ask.privacy == Privacy::Secret) {
        // Who voted in secret can only be asked one by one.
        for member in missing.clone() {
            if !store.voted_on(member, &[proposal.id]).await?.is_empty() {
                missing.remove(&member);
            }
        }
    } else {
        for ballot in store.ballots(proposal.id).await? {
            ballot.member.map(|member| missing.remove(&member));
        }
    }
    Ok(missing)
}
