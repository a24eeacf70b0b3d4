//! Taking an action back: by who proposed it, before anybody has voted; a candidate, by who named it or is it, until the end.

use serde_json::json;
use store::actions::StoredAction;
use store::bundles::Part;
use store::{CommunityTx, StoreError, Tx};
use types::audit::Actor;
use types::evaluation::BundleKind;
use types::{ActionId, ActionStatus, AuditKind, CommunityId, Json, MemberId, ProposalId, ProposalStatus, Timestamp};

use super::DECIDE;
use crate::ctx::Ctx;
use crate::live::{Change, Topic};

/// Longest reason.
///
/// # Units
/// Characters.
const MAX_REASON_CHARS: usize = 1_000;

/// Why an action was not withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// No such action in this community.
    #[error("there is no such action")]
    NoAction,
    /// It is decided.
    #[error("this was decided; it can no longer be withdrawn")]
    Decided,
    /// It is not theirs.
    #[error("{0}")]
    NotTheirs(&'static str),
    /// Somebody has voted.
    #[error("{0} ballots are in: from the first ballot on, the voters decide. Vote against it, or ask them to")]
    HasBallots(usize),
    /// It stands in a combination.
    #[error("a combination is all or nothing: withdraw the whole of it")]
    InCombination,
    /// The reason is too long.
    #[error("a reason has at most {MAX_REASON_CHARS} characters; this one has {0}")]
    ReasonTooLong(usize),
    /// The store failed.
    #[error("the action could not be withdrawn")]
    Store(#[from] StoreError),
}

/// Takes an action back, on the wish of `member`. Returns when it is committed.
///
/// # Errors
/// [`WithdrawError`]: nothing was changed.
pub async fn withdraw_action(
    ctx: &Ctx,
    community: CommunityId,
    action: ActionId,
    member: MemberId,
    reason: Option<&str>,
) -> Result<(), WithdrawError> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    if let Some(long) = reason.map(|reason| reason.chars().count()).filter(|n| *n > MAX_REASON_CHARS) {
        return Err(WithdrawError::ReasonTooLong(long));
    }
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    let stored = handle.action(action).await?.ok_or(WithdrawError::NoAction)?;
    if !stored.action.status.is_open() {
        return Err(WithdrawError::Decided);
    }
    match handle.part(action).await? {
        Some(part) => withdraw_candidate(ctx, &handle, &tx, part, member, reason, now).await?,
        None => withdraw_whole(&handle, &tx, stored, member, reason, now).await?,
    }
    tx.commit().await?;
    ctx.live.tell(community, Change::of(Topic::Action, action));
    ctx.wake.decide.notify_one();
    Ok(())
}

/// Takes a candidate out of an election. Its ballots stay in the record.
async fn withdraw_candidate(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    tx: &Tx,
    part: Part,
    member: MemberId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), WithdrawError> {
    let bundle = handle.bundle(part.bundle).await?.ok_or(WithdrawError::NoAction)?;
    if bundle.kind == BundleKind::Combination {
        return Err(WithdrawError::InCombination);
    }
    let is_nominee = part.nominee == Some(member);
    if part.stored.action.initiator != Some(member) && !is_nominee {
        return Err(WithdrawError::NotTheirs("only who named a candidate, or is it, can withdraw it"));
    }
    let who = if is_nominee { "the candidate" } else { "who had named it" };
    let said = sentence(&format!("withdrawn by {who}"), reason);
    end(handle, tx, vec![part.stored], &said, member, now).await?;
    if let Some(whole) = bundle.action {
        handle.schedule(ctx.ids.next(), DECIDE, whole.to_string(), now);
    }
    Ok(())
}

/// Takes a whole action back, with all that it holds, if nobody has voted.
async fn withdraw_whole(
    handle: &CommunityTx<'_>,
    tx: &Tx,
    stored: StoredAction,
    member: MemberId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), WithdrawError> {
    if stored.action.initiator != Some(member) {
        return Err(WithdrawError::NotTheirs("only who proposed an action can withdraw it"));
    }
    let mut actions = vec![stored];
    if let Some(bundle) = handle.bundle_of_action(actions.first().map_or(ActionId::NIL, |one| one.action.id)).await? {
        let parts = handle.parts_of(&[bundle.id]).await?.into_iter().map(|part| part.stored);
        actions.extend(parts.filter(|part| part.action.status.is_open()));
    }
    let ids: Vec<ActionId> = actions.iter().map(|stored| stored.action.id).collect();
    let proposals: Vec<ProposalId> = handle.proposals_of(&ids).await?.iter().map(|proposal| proposal.id).collect();
    let n_ballots: usize = handle.ballots_of(&proposals).await?.values().map(Vec::len).sum();
    if n_ballots > 0 {
        return Err(WithdrawError::HasBallots(n_ballots));
    }
    end(handle, tx, actions, &sentence("withdrawn by who proposed it, before anybody voted", reason), member, now).await
}

fn sentence(what: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| what.to_owned(), |reason| format!("{what}: {reason}"))
}

async fn end(
    handle: &CommunityTx<'_>,
    tx: &Tx,
    mut actions: Vec<StoredAction>,
    reason: &str,
    by: MemberId,
    now: Timestamp,
) -> Result<(), WithdrawError> {
    let ids: Vec<ActionId> = actions.iter().map(|stored| stored.action.id).collect();
    let mut proposals = handle.proposals_of(&ids).await?;
    proposals.retain(|proposal| proposal.status.is_open());
    for proposal in &mut proposals {
        if proposal.status != ProposalStatus::OutOfScope {
            proposal.status = ProposalStatus::Failed;
        }
        proposal.reason = reason.to_owned();
        proposal.decided_at = Some(now);
        proposal.wake_at = None;
    }
    tx.system().save_proposals(&proposals).await?;
    for stored in &mut actions {
        stored.action.status = ActionStatus::Failed;
        stored.action.reason = reason.to_owned();
        stored.action.decided_at = Some(now);
        let body = Json(json!({ "reason": reason }));
        handle.audit(Actor::Member(by), AuditKind::ActionWithdrawn, format!("action:{}", stored.action.id), body, now);
    }
    match tx.system().save_actions(&mut actions).await?.first() {
        None => Ok(()),
        Some(lost) => Err(StoreError::Busy(format!("action {lost} was saved by somebody else")).into()),
    }
}
