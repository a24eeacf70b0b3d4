//! Stopping an action: by a veto while it cools off, or by who attempted it.

use serde_json::json;
use store::actions::StoredAction;
use store::coolings::Cooling;
use store::{CommunityTx, StoreError};
use types::audit::Actor;
use types::member::Member;
use types::{ActionId, ActionStatus, AuditKind, CommunityId, Json, MemberId, Timestamp};

use super::{holds_role, message, of};
use crate::ctx::Ctx;
use crate::live::{Change, Topic};
use crate::pipeline::snapshot::Snapshot;

/// Longest reason.
///
/// # Units
/// Characters.
const MAX_REASON_CHARS: usize = 2_000;

/// How an action is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// By who holds a veto, with a public reason.
    Veto {
        /// Why.
        reason: String,
    },
    /// By who attempted it, while it cools off. (What is open is withdrawn.)
    Cancel,
}

/// Why an action was not stopped.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// No such action in this community.
    #[error("there is no such action")]
    NoAction,
    /// It is too late, or too early.
    #[error("{0}")]
    NotNow(String),
    /// The member may not.
    #[error("{0}")]
    NotEntitled(String),
    /// A veto is public.
    #[error("a veto needs a reason of 1 to {MAX_REASON_CHARS} characters: everybody reads it")]
    NoReason,
    /// The store failed.
    #[error("the action could not be stopped")]
    Store(#[from] StoreError),
}

/// Stops an action.
///
/// # Errors
/// [`StopError`]: nothing was stopped.
pub async fn stop(
    ctx: &Ctx,
    community: CommunityId,
    action: ActionId,
    member: MemberId,
    how: Stop,
) -> Result<(), StopError> {
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    let mut stored = handle.action(action).await?.ok_or(StopError::NoAction)?;
    let snapshot = ctx.snapshots.of(&handle).await?.ok_or(StopError::NoAction)?;
    let who = snapshot.member(member).filter(|member| !member.is_bot);
    let who =
        who.ok_or_else(|| StopError::NotEntitled("only members of the community can stop an action".to_owned()))?;
    let cooling = handle.cooling(action).await?.filter(|cooling| cooling.status == "waiting" && now < cooling.ends_at);
    match how {
        Stop::Veto { reason } => {
            veto(ctx, &handle, &snapshot, &mut stored, cooling.as_ref(), who, reason.trim(), now).await?;
        }
        Stop::Cancel => cancel(&handle, &mut stored, cooling.is_some(), who, now).await?,
    }
    let mut saved = vec![stored];
    saved.extend(parts(&handle, action).await?);
    let (status, reason) = saved
        .first()
        .map_or((ActionStatus::Failed, String::new()), |one| (one.action.status, one.action.reason.clone()));
    for part in saved.iter_mut().skip(1).filter(|part| part.action.status.is_open()) {
        part.action.status = status;
        part.action.reason.clone_from(&reason);
        part.action.decided_at = Some(now);
    }
    if let Some(lost) = tx.system().save_actions(&mut saved).await?.first() {
        return Err(StoreError::Busy(format!("action {lost} was saved by somebody else")).into());
    }
    tx.commit().await?;
    ctx.live.tell(community, Change::of(Topic::Action, action));
    ctx.wake.deliver.notify_one();
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "what a veto is about is all of this, and it is called once")]
async fn veto(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    snapshot: &Snapshot,
    stored: &mut StoredAction,
    cooling: Option<&Cooling>,
    who: &Member,
    reason: &str,
    now: Timestamp,
) -> Result<(), StopError> {
    if reason.is_empty() || reason.chars().count() > MAX_REASON_CHARS {
        return Err(StopError::NoReason);
    }
    if cooling.is_none() {
        let why = "this action is not cooling off: a veto stops what has passed and is not carried out yet";
        return Err(StopError::NotNow(why.to_owned()));
    }
    let passed_at = stored.action.decided_at.unwrap_or(now);
    let safeguards = of(&snapshot.community);
    let mut kinds = vec![stored.action.kind.clone()];
    kinds.extend(parts(handle, stored.action.id).await?.into_iter().map(|part| part.action.kind));
    let theirs: Vec<(&str, Timestamp)> = kinds
        .iter()
        .flat_map(|kind| safeguards.vetoers(kind, passed_at))
        .filter(|(role, _)| holds_role(snapshot, who, role))
        .collect();
    let Some(last) = theirs.iter().map(|(_, until)| *until).max() else {
        let roles: Vec<&str> =
            kinds.iter().flat_map(|kind| safeguards.vetoers(kind, passed_at)).map(|(role, _)| role).collect();
        let roles = if roles.is_empty() { "nobody".to_owned() } else { roles.join(", ") };
        return Err(StopError::NotEntitled(format!("a veto on {} is held by: {roles}", stored.action.kind)));
    };
    let Some((role, _)) = theirs.iter().find(|(_, until)| now < *until) else {
        return Err(StopError::NotNow(format!("your veto on this action ended on {last}")));
    };
    if !handle.end_cooling(stored.action.id, "vetoed", Some(who.id), Some(reason)).await? {
        return Err(StopError::NotNow("this action was stopped or carried out already".to_owned()));
    }
    let sentence = format!("vetoed by {} ({role}): {reason}", who.display_name);
    stored.action.status = ended(stored);
    stored.action.reason.clone_from(&sentence);
    let body = json!({ "role": role, "reason": reason });
    let subject = format!("action:{}", stored.action.id);
    handle.audit(Actor::Member(who.id), AuditKind::ActionVetoed, subject, Json(body), now);
    if let Some(initiator) = stored.action.initiator.and_then(|id| snapshot.member(id)).filter(|one| one.id != who.id) {
        message(ctx, handle, stored, initiator, format!("What you proposed was {sentence}"), now)?;
    }
    Ok(())
}

async fn cancel(
    handle: &CommunityTx<'_>,
    stored: &mut StoredAction,
    is_cooling: bool,
    who: &Member,
    now: Timestamp,
) -> Result<(), StopError> {
    if stored.action.initiator != Some(who.id) {
        return Err(StopError::NotEntitled("only who proposed an action can take it back".to_owned()));
    }
    if is_cooling {
        if !handle.end_cooling(stored.action.id, "cancelled", Some(who.id), None).await? {
            return Err(StopError::NotNow("this action was stopped or carried out already".to_owned()));
        }
    } else {
        let why = "this action is not cooling off; while it is open, it can be withdrawn before the first ballot";
        return Err(StopError::NotNow(why.to_owned()));
    }
    let reason = "taken back by who proposed it";
    stored.action.status = ended(stored);
    reason.clone_into(&mut stored.action.reason);
    stored.action.decided_at = stored.action.decided_at.or(Some(now));
    let subject = format!("action:{}", stored.action.id);
    handle.audit(Actor::Member(who.id), AuditKind::ActionCancelled, subject, Json(json!({ "reason": reason })), now);
    Ok(())
}

/// The actions of the bundle that an action is, if it is one.
async fn parts(handle: &CommunityTx<'_>, action: ActionId) -> Result<Vec<StoredAction>, StoreError> {
    let Some(bundle) = handle.bundle_of_action(action).await? else { return Ok(Vec::new()) };
    Ok(handle.parts_of(&[bundle.id]).await?.into_iter().map(|part| part.stored).collect())
}

/// What a stopped action is: what had happened on a platform was undone when it was held.
fn ended(stored: &StoredAction) -> ActionStatus {
    if stored.action.origin.has_happened() { ActionStatus::Reverted } else { ActionStatus::Failed }
}
