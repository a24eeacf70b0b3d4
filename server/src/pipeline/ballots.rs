//! Ballots: checked against what was asked, stored, and looked at by the policy at once.

use serde_json::json;
use store::ballots::{BallotKey, Cast as Stored, CastBallot, SecretCast};
use store::proposals::StoredProposal;
use store::{CommunityStore, StoreError, Tx};
use types::audit::Actor;
use types::ballot::{Ballot, BallotError};
use types::{
    ActionId, Ask, AuditKind, BallotValue, CommunityId, Json, MemberId, Privacy, ProposalId, ProposalStatus, Results,
    Timestamp,
};

use super::DECIDE;
use super::ballot_message::{SHOW_BALLOT, SHOWN_AFTER};
use crate::ctx::Ctx;
use crate::live::{Change, Topic};

/// Longest reason that a voter may give.
///
/// # Units
/// Characters: about two pages.
const MAX_REASON_CHARS: usize = 4_000;

/// A ballot on its way in.
#[derive(Clone, Debug)]
pub struct Cast {
    /// On what.
    pub proposal: ProposalId,
    /// Who.
    pub member: MemberId,
    /// What it says.
    pub value: BallotValue,
    /// Why, in the voter's words.
    pub reason: Option<String>,
    /// The platform's event that carried it, and when that was.
    pub event: Option<(String, Timestamp)>,
}

/// Why a ballot was not counted.
#[derive(Debug, thiserror::Error)]
pub enum CastError {
    /// No such proposal in this community.
    #[error("there is no such proposal")]
    NoProposal,
    /// Who votes is not a member, or no longer, or a program.
    #[error("only members of the community can vote")]
    NotAMember,
    /// The member was not asked.
    #[error("{0}")]
    NotEligible(String),
    /// The vote is over, or has not begun.
    #[error("{0}")]
    Closed(String),
    /// The value is not an answer to what was asked.
    #[error(transparent)]
    BadBallot(#[from] BallotError),
    /// The reason is too long.
    #[error("a reason has at most {MAX_REASON_CHARS} characters; this one has {0}")]
    ReasonTooLong(usize),
    /// A secret ballot is in the box.
    #[error("your ballot is in; a secret ballot cannot be changed or taken back")]
    AlreadyVoted,
    /// There is no ballot to take back.
    #[error("there is no ballot of this member to take back")]
    NoBallot,
    /// The store failed.
    #[error("the ballot could not be stored")]
    Store(#[from] StoreError),
}

/// Counts a ballot, or changes the member's. Returns when it is committed; the policy looks at it next.
///
/// # Errors
/// [`CastError`]: nothing was counted.
pub async fn cast(ctx: &Ctx, community: CommunityId, cast: Cast) -> Result<Ballot, CastError> {
    let n_chars = cast.reason.as_ref().map_or(0, |reason| reason.chars().count());
    if n_chars > MAX_REASON_CHARS {
        return Err(CastError::ReasonTooLong(n_chars));
    }
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let proposal = open_proposal(ctx, &tx, community, cast.proposal, cast.member, now).await?;
    let ask = proposal.ask.clone().unwrap_or_default();
    ask.admits(&cast.value)?;
    let at = cast.event.as_ref().map_or(now, |(_, at)| *at);
    let reason = cast.reason.filter(|reason| !reason.trim().is_empty());
    let ballot = if ask.privacy == Privacy::Secret {
        cast_secretly(&tx, community, &proposal, cast.member, &cast.value).await?;
        tell(&tx, community, AuditKind::BallotCast, Actor::System, &proposal, json!({ "secret": true }), now);
        Ballot { member: None, value: cast.value, cast_at: at, reason: None }
    } else {
        let row = CastBallot {
            proposal: proposal.id,
            member: cast.member,
            value: cast.value.clone(),
            reason: reason.clone(),
            at,
            event: cast.event.map(|(event, _)| event),
        };
        let replaced = tx.community(community).cast_ballot(&row).await?;
        if replaced != Stored::Stale {
            let body = ballot_body(&ask, &cast.value, reason.as_deref(), replaced == Stored::First);
            tell(&tx, community, AuditKind::BallotCast, Actor::Member(cast.member), &proposal, body, now);
        }
        Ballot { member: Some(cast.member), value: cast.value, cast_at: at, reason }
    };
    look_again(ctx, tx, community, &proposal, now).await?;
    Ok(ballot)
}

/// Takes the member's ballot back.
///
/// # Errors
/// [`CastError`]: nothing was changed.
pub async fn withdraw(
    ctx: &Ctx,
    community: CommunityId,
    proposal: ProposalId,
    member: MemberId,
) -> Result<(), CastError> {
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let proposal = open_proposal(ctx, &tx, community, proposal, member, now).await?;
    if proposal.ask.as_ref().is_some_and(|ask| ask.privacy == Privacy::Secret) {
        return Err(CastError::AlreadyVoted);
    }
    let was = tx.community(community).withdraw_ballot(proposal.id, member).await?;
    was.ok_or(CastError::NoBallot)?;
    tell(&tx, community, AuditKind::BallotWithdrawn, Actor::Member(member), &proposal, json!({}), now);
    look_again(ctx, tx, community, &proposal, now).await
}

/// Takes back the ballot that a platform's event had cast. Answers whether there was one.
///
/// # Errors
/// The store's failure.
pub(super) async fn withdraw_event(ctx: &Ctx, community: CommunityId, event: &str) -> Result<bool, CastError> {
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let Some((id, member)) = tx.community(community).withdraw_ballot_of_event(event).await? else { return Ok(false) };
    let proposal = tx.community(community).proposal(id).await?.ok_or(CastError::NoProposal)?;
    // What was counted when it closed stays counted: dropping the transaction undoes the withdrawal.
    is_open(&proposal, now)?;
    tell(&tx, community, AuditKind::BallotWithdrawn, Actor::Member(member), &proposal, json!({}), now);
    look_again(ctx, tx, community, &proposal, now).await?;
    Ok(true)
}

/// The proposal, if the member may vote on it now.
async fn open_proposal(
    ctx: &Ctx,
    tx: &Tx,
    community: CommunityId,
    id: ProposalId,
    member: MemberId,
    now: Timestamp,
) -> Result<StoredProposal, CastError> {
    let handle = tx.community(community);
    let proposal = handle.proposal(id).await?.ok_or(CastError::NoProposal)?;
    let snapshot = ctx.snapshots.of(&handle).await?.ok_or(CastError::NoProposal)?;
    if snapshot.member(member).is_none_or(|member| member.is_bot) {
        return Err(CastError::NotAMember);
    }
    is_open(&proposal, now)?;
    let action = handle.action(proposal.action).await?.ok_or(CastError::NoProposal)?.action;
    if !action.status.is_open() {
        return Err(CastError::Closed("this was decided; no further ballots are counted".to_owned()));
    }
    if action.bundle.is_some() && proposal.status == ProposalStatus::OutOfScope {
        let why = "this stands on the ballot of the election it belongs to: cast that one";
        return Err(CastError::Closed(why.to_owned()));
    }
    if proposal.status == ProposalStatus::Waiting && proposal.stage.is_some_and(|(_, place)| place > 1) {
        return Err(CastError::Closed("this stage has not begun; the one before it is still open".to_owned()));
    }
    let eligible = proposal.ask.as_ref().and_then(|ask| ask.eligible.as_ref());
    if eligible.is_some_and(|eligible| !eligible.contains(&member)) {
        let n = eligible.map_or(0, Vec::len);
        return Err(CastError::NotEligible(format!("only the {n} members who were asked can vote on this")));
    }
    Ok(proposal)
}

fn is_open(proposal: &StoredProposal, now: Timestamp) -> Result<(), CastError> {
    if !proposal.status.is_open() {
        return Err(CastError::Closed("this was decided; no further ballots are counted".to_owned()));
    }
    match proposal.ask.as_ref().and_then(|ask| ask.closes).filter(|closes| now > *closes) {
        Some(closes) => Err(CastError::Closed(format!("the vote closed on {closes}"))),
        None => Ok(()),
    }
}

async fn cast_secretly(
    tx: &Tx,
    community: CommunityId,
    proposal: &StoredProposal,
    member: MemberId,
    value: &BallotValue,
) -> Result<(), CastError> {
    let handle = tx.community(community);
    // Has no effect where the vote is secret already: the first ballot opens the box.
    handle.open_secret_vote(proposal.id, &BallotKey(rand::random())).await?;
    match handle.cast_secret_ballot(proposal.id, member, value).await? {
        SecretCast::Counted => Ok(()),
        SecretCast::AlreadyVoted => Err(CastError::AlreadyVoted),
    }
}

/// What the audit log keeps: never more than the page would show to everybody.
fn ballot_body(ask: &Ask, value: &BallotValue, reason: Option<&str>, is_first: bool) -> serde_json::Value {
    match (ask.privacy, ask.results) {
        (Privacy::Open, Results::Always) => json!({ "value": value, "reason": reason, "first": is_first }),
        _ => json!({ "first": is_first }),
    }
}

fn tell(
    tx: &Tx,
    community: CommunityId,
    kind: AuditKind,
    actor: Actor,
    proposal: &StoredProposal,
    body: serde_json::Value,
    now: Timestamp,
) {
    tx.community(community).audit(actor, kind, format!("proposal:{}", proposal.id), Json(body), now);
}

/// The action whose policies decide on `action`: the bundle that it is part of, or it itself.
///
/// # Errors
/// The store's failure.
pub async fn deciding_action(store: &CommunityStore<'_>, action: ActionId) -> store::Result<ActionId> {
    let Some(bundle) = store.action(action).await?.and_then(|stored| stored.action.bundle) else { return Ok(action) };
    Ok(store.bundle(bundle).await?.and_then(|bundle| bundle.action).unwrap_or(action))
}

/// Has posted ballots show how the vote stands, a moment from now: others may vote meanwhile.
pub(super) fn show(ctx: &Ctx, tx: &Tx, community: CommunityId, proposal: ProposalId, now: Timestamp) {
    let at = now + SHOWN_AFTER;
    tx.community(community).schedule(ctx.ids.next(), SHOW_BALLOT, proposal.to_string(), at);
}

/// Commits, and has the policy look at the ballots next.
async fn look_again(
    ctx: &Ctx,
    tx: Tx,
    community: CommunityId,
    proposal: &StoredProposal,
    now: Timestamp,
) -> Result<(), CastError> {
    let handle = tx.community(community);
    let decided_with = deciding_action(&handle, proposal.action).await?;
    handle.schedule(ctx.ids.next(), DECIDE, decided_with.to_string(), now);
    show(ctx, &tx, community, proposal.id, now);
    tx.commit().await?;
    ctx.live.tell(community, Change::of(Topic::Ballot, proposal.id));
    ctx.wake.decide.notify_one();
    Ok(())
}
