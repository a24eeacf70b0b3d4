//! Posted ballots: kept as the vote stands, and their reactions counted again where a platform tells of them late or never.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde_json::json;
use store::effects::{EffectStatus, NewEffect, StoredEffect};
use store::jobs::Job;
use store::proposals::StoredProposal;
use types::platform::{OpenBallot, Operation, PlatformEvent};
use types::{CommunityId, EffectId, Json, ProposalId, ProposalStatus, Timestamp};

use super::ballots::withdraw_event;
use super::{receive, route};
use crate::connections;
use crate::ctx::Ctx;
use crate::views::count::{self, Looker, Sight};

/// The kind of job that shows how a vote stands in its posted ballots. Its subject is the proposal's id.
pub(crate) const SHOW_BALLOT: &str = "show_ballot";

/// The kind of job that counts the reactions under a posted ballot again. Its subject is the effect that posted it.
pub(crate) const RECOUNT: &str = "recount_ballot";

/// How long ballots are gathered before the message is changed: platforms let a message be edited about once a second.
pub(super) const SHOWN_AFTER: Duration = Duration::from_secs(2);

/// How long before a vote closes its reactions are counted for the last time.
const LAST_COUNT_BEFORE: Duration = Duration::from_secs(10);

/// Shows in every posted ballot of a proposal how it stands, or how it ended.
///
/// # Errors
/// The store's failure.
pub(crate) async fn show_ballot(ctx: &Ctx, job: &Job) -> anyhow::Result<Option<Timestamp>> {
    let Ok(id) = job.subject.parse::<ProposalId>() else { return Ok(None) };
    let store = ctx.store.community(job.community);
    let Some(proposal) = store.proposal(id).await? else { return Ok(None) };
    let posted = store.posted_ballots(proposal.action, id).await?;
    let can_change = |effect: &&StoredEffect| {
        let platform = ctx.platforms.get(&effect.platform);
        effect.status == EffectStatus::Delivered && platform.is_some_and(|it| it.capabilities().votes_by_reaction)
    };
    let posted: Vec<&StoredEffect> = posted.iter().filter(can_change).collect();
    if posted.is_empty() {
        return Ok(None);
    }
    let (text, open) = standing(ctx, job.community, &proposal).await?;
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    for effect in posted {
        let Some(message) = effect.receipt.as_ref().and_then(|receipt| receipt.text("external")) else { continue };
        let place = match operation(effect) {
            Some(Operation::PostBallot { place, .. }) => place,
            _ => continue,
        };
        let operation =
            Operation::UpdateBallot { place, message: message.to_owned(), text: text.clone(), open: open.clone() };
        tx.community(job.community).add_effect(NewEffect {
            id: ctx.ids.next(),
            action: effect.action,
            proposal: Some(id),
            decision_seq: None,
            kind: "update_ballot".to_owned(),
            body: Json(json!({ "operation": route::body(&operation)? })),
            platform: effect.platform.clone(),
            connection: effect.connection,
            at: now,
        });
    }
    tx.commit().await?;
    ctx.wake.deliver.notify_one();
    Ok(None)
}

fn operation(effect: &StoredEffect) -> Option<Operation> {
    serde_json::from_value(effect.body.get("operation")?.clone()).ok()
}

/// How a vote stands, in words that anybody in the channel may read, and what is still open of it.
async fn standing(
    ctx: &Ctx,
    community: CommunityId,
    proposal: &StoredProposal,
) -> anyhow::Result<(String, Option<OpenBallot>)> {
    let store = ctx.store.community(community);
    let now = ctx.clock.now();
    let ask = proposal.ask.clone().unwrap_or_default();
    let is_closed = count::is_closed(&ask, !proposal.status.is_open(), now);
    let ballots = store.ballots(proposal.id).await?;
    // A channel is read by people who have not voted, and by some who are no members.
    let sight = Sight::of(&ask, is_closed, Looker::default());
    let asked = match &ask.eligible {
        Some(eligible) => eligible.len(),
        None => store.members().await?.iter().filter(|member| !member.is_bot && member.left_at.is_none()).count(),
    };
    let mut text = format!("{} of {asked} have voted.", ballots.len());
    if sight.count() && !ballots.is_empty() {
        let rows = count::rows(&ask, &ballots);
        let rows: Vec<String> = rows.iter().map(|row| format!("{} {}", row.label, row.count)).collect();
        text = format!("{}. {text}", rows.join(" · "));
    }
    if !is_closed {
        let url = url_of(ctx, community, proposal.id).await?;
        return Ok((text, Some(OpenBallot { proposal: proposal.id, ask, url })));
    }
    let outcome = match proposal.status {
        ProposalStatus::Passed => "Passed",
        ProposalStatus::Failed => "Did not pass",
        _ => "The vote is closed",
    };
    let why = if proposal.reason.is_empty() { String::new() } else { format!(": {}", proposal.reason) };
    let question = if ask.text.is_empty() { "A decision" } else { &ask.text };
    let link = url_of(ctx, community, proposal.id).await?.map(|url| format!("\n{url}")).unwrap_or_default();
    Ok((format!("{question}\n{outcome}{why}. {text}{link}"), None))
}

/// The page of a proposal.
pub(super) async fn url_of(ctx: &Ctx, community: CommunityId, proposal: ProposalId) -> anyhow::Result<Option<String>> {
    let known = ctx.store.community(community).community().await?;
    Ok(known.map(|known| format!("{}/c/{}/proposals/{proposal}", ctx.config.public_url(), known.slug)))
}

/// Counts the reactions under a posted ballot again, beside the decisions that are due. Answers when to do it next.
///
/// # Errors
/// The store's failure.
pub(crate) async fn recount(ctx: &Ctx, job: &Job) -> anyhow::Result<Option<Timestamp>> {
    let Ok(id) = job.subject.parse::<EffectId>() else { return Ok(None) };
    let store = ctx.store.community(job.community);
    let Some(effect) = store.effect(id).await? else { return Ok(None) };
    let Some(proposal) = effect.proposal else { return Ok(None) };
    let Some(proposal) = store.proposal(proposal).await?.filter(|proposal| proposal.status.is_open()) else {
        return Ok(None);
    };
    let Some(platform) = ctx.platforms.get(&effect.platform) else { return Ok(None) };
    let now = ctx.clock.now();
    let every = Duration::from_secs(u64::from(platform.capabilities().recount_seconds.max(1)));
    let closes = proposal.ask.as_ref().and_then(|ask| ask.closes);
    let beside = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = count_again(&beside, &effect, &proposal).await {
            tracing::warn!(proposal.id = %proposal.id, error = format!("{error:#}"), "reactions could not be counted again");
        }
    });
    Ok(next_count(now, every, closes))
}

/// When reactions are counted next: after a while, and just before the vote closes.
fn next_count(now: Timestamp, every: Duration, closes: Option<Timestamp>) -> Option<Timestamp> {
    let last = closes.map(|closes| closes - LAST_COUNT_BEFORE);
    match last {
        Some(last) if now >= last => None,
        Some(last) => Some(last.min(now + every)),
        None => Some(now + every),
    }
}

/// When the reactions under a ballot that was just posted are counted first.
pub(crate) fn first_count(now: Timestamp, seconds: u32, closes: Option<Timestamp>) -> Option<Timestamp> {
    if seconds == 0 { None } else { next_count(now, Duration::from_secs(u64::from(seconds)), closes) }
}

/// Brings the ballots that reactions cast to what stands under the message now: casts those that were not heard of, and takes
/// back those that are gone. Whoever voted in another way is left alone.
async fn count_again(ctx: &Ctx, effect: &StoredEffect, proposal: &StoredProposal) -> anyhow::Result<()> {
    let (Some(platform), Some(message)) =
        (ctx.platforms.get(&effect.platform), effect.receipt.as_ref().and_then(|receipt| receipt.text("external")))
    else {
        return Ok(());
    };
    let Some(connection) = connections::for_effect(ctx, effect).await? else { return Ok(()) };
    let place = match operation(effect) {
        Some(Operation::PostBallot { place, .. }) => place,
        _ => return Ok(()),
    };
    let Some(found) = platform.recount(&connection, &place, message).await? else { return Ok(()) };
    let store = ctx.store.community(effect.community);
    let cast: HashMap<_, _> = store.ballot_events(proposal.id).await?.into_iter().collect();
    let prefix = format!("reaction:{message}:");
    let standing: BTreeSet<String> = found.iter().map(|one| one.event.clone()).collect();
    for gone in cast.values().filter(|event| event.starts_with(&prefix) && !standing.contains(event.as_str())) {
        // Decided meanwhile: what was counted stays counted.
        let _ = withdraw_event(ctx, effect.community, gone).await;
    }
    for one in found {
        let known = store.identity(&effect.platform, &one.voter.id).await?.and_then(|identity| identity.member);
        let has_voted = known
            .and_then(|member| cast.get(&member))
            .is_some_and(|event| !event.starts_with(&prefix) || standing.contains(event.as_str()));
        if has_voted {
            continue;
        }
        let event = PlatformEvent::Voted {
            event: one.event,
            message: message.to_owned(),
            voter: one.voter,
            value: one.value,
            at: ctx.clock.now(),
        };
        receive::count_found(ctx, effect.community, connection.id, event).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_are_counted_again_and_last_just_before_the_close() {
        let at = Timestamp::from_millis;
        let every = Duration::from_secs(60);
        assert_eq!(next_count(at(0), every, None), Some(at(60_000)));
        assert_eq!(next_count(at(0), every, Some(at(40_000))), Some(at(30_000)));
        assert_eq!(next_count(at(30_000), every, Some(at(40_000))), None);
        assert_eq!(first_count(at(0), 0, None), None);
    }
}
