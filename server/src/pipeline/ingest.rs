//! Accepting an attempt: one transaction that holds the action, its proposals, the audit entry and the job to decide.

use platforms::Refusal;
use serde_json::json;
use store::actions::{Insertion, StoredAction};
use store::{CommunityTx, StoreError, Tx};
use types::audit::Actor;
use types::member::Right;
use types::payload::PayloadError;
use types::payload::bundle::{BundleDraft, kind_of as bundle_kind};
use types::payload::recovery::is_recovery;
use types::{
    Action, ActionId, ActionStatus, ActionType, AuditKind, CommunityId, Json, MemberId, Origin, PolicyError, Timestamp,
};

use super::bundle::{self, Lacking};
use super::examine::examine;
use super::snapshot::Snapshot;
use super::{enter, lockout, recovery};
use crate::ctx::Ctx;
use crate::live::{Change, Topic};

/// Something that a member attempts.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What kind of thing.
    pub kind: ActionType,
    /// What exactly.
    pub payload: Json,
    /// Who.
    pub initiator: MemberId,
    /// How it came in.
    pub origin: Origin,
    /// When it is to enter; `None` for now.
    pub activates_at: Option<Timestamp>,
    /// What undoing it needs, captured when a platform told of it.
    pub undo: Json,
}

/// Why an attempt was not accepted. (An attempt that the member has no right to make is accepted, refused and recorded.)
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// No platform of this service knows the type.
    #[error("there is no action type {0}")]
    UnknownType(ActionType),
    /// The payload is not what the type takes.
    #[error(transparent)]
    BadPayload(#[from] PayloadError),
    /// The platform's own rules forbid the payload.
    #[error("{0}")]
    Refused(Refusal),
    /// A policy that cannot be one, apart from its source.
    #[error("{0}")]
    BadDraft(String),
    /// A policy whose source does not parse.
    #[error("the policy has a mistake in line {}, column {}: {}", .0.line, .0.column, .0.message)]
    BadPolicy(PolicyError),
    /// The payload is too large.
    #[error("the payload is larger than the {} KiB that are allowed", limit / 1024)]
    TooLarge {
        /// How large it may be, in bytes.
        limit: usize,
    },
    /// An action of a bundle that could not be attempted by itself.
    #[error("{at}: {problem}")]
    InPart {
        /// Which, as a path within the payload: `actions[1]`.
        at: String,
        /// Why not.
        #[source]
        problem: Box<AttemptError>,
    },
    /// Who attempts it is not a member, or no longer.
    #[error("who attempts this is not a member of the community")]
    NotAMember,
    /// The community is not there.
    #[error("there is no such community")]
    NoCommunity,
    /// A field that the type takes, and that cannot be meant so here.
    #[error("{why}")]
    Unfit {
        /// Which.
        field: &'static str,
        /// Why, and what to do.
        why: String,
    },
    /// The member has a recovery action open.
    #[error("you have proposed a recovery that is still open; it has to be decided, or taken back, before another")]
    RecoveryOpen,
    /// The store failed.
    #[error("the attempt could not be stored")]
    Store(#[from] StoreError),
}

impl From<Refusal> for AttemptError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Accepts an attempt, and returns when it is committed: from then on nothing loses it.
///
/// # Idempotency
/// The same event of a platform is the same action, however often it is delivered.
///
/// # Errors
/// [`AttemptError`]: nothing was recorded.
pub async fn attempt(ctx: &Ctx, community: CommunityId, attempt: Attempt) -> Result<ActionId, AttemptError> {
    // What was heard on a platform has its form from there, and may break our rules for proposing: it is governed all the same.
    let attempt = match attempt.origin {
        Origin::Platform { .. } => attempt,
        _ => Attempt { payload: examine(ctx, community, &attempt.kind, attempt.payload.clone()).await?, ..attempt },
    };
    let id = ctx.intake.accept(ctx, community, attempt).await?;
    ctx.live.tell(community, Change::of(Topic::Action, id));
    ctx.wake.decide.notify_one();
    ctx.wake.deliver.notify_one();
    Ok(id)
}

/// Accepts an examined attempt within a transaction.
///
/// # Errors
/// [`AttemptError::NotAMember`], [`AttemptError::NoCommunity`], or the store's failure.
pub(super) async fn accept(
    ctx: &Ctx,
    tx: &Tx,
    community: CommunityId,
    attempt: Attempt,
    now: Timestamp,
) -> Result<ActionId, AttemptError> {
    let snapshot = ctx.snapshots.of(&tx.community(community)).await?.ok_or(AttemptError::NoCommunity)?;
    let member = snapshot.member(attempt.initiator).ok_or(AttemptError::NotAMember)?;
    let right = match recovery::right(&attempt.kind, member) {
        Some(_) if recovery::has_open(&tx.community(community), member.id).await? => {
            return Err(AttemptError::RecoveryOpen);
        }
        Some(right) => right.ok_or_else(|| Lacking(attempt.kind.clone())),
        None => bundle::right_to(&snapshot, member, &attempt.kind, &attempt.payload),
    };
    take_in(ctx, tx, &snapshot, attempt, right, now).await
}

/// Accepts what a policy attempts by itself, where nobody attempted what it answers to: it has no rights beyond proposing.
///
/// # Errors
/// As for [`accept`].
pub(super) async fn accept_of_policy(
    ctx: &Ctx,
    tx: &Tx,
    community: CommunityId,
    attempt: Attempt,
    now: Timestamp,
) -> Result<ActionId, AttemptError> {
    let snapshot = ctx.snapshots.of(&tx.community(community)).await?.ok_or(AttemptError::NoCommunity)?;
    take_in(ctx, tx, &snapshot, attempt, Ok(Right::Propose), now).await
}

/// Takes in an attempt of somebody who holds `right`. The initiator [`MemberId::NIL`] stands for nobody.
async fn take_in(
    ctx: &Ctx,
    tx: &Tx,
    snapshot: &Snapshot,
    attempt: Attempt,
    right: Result<Right, Lacking>,
    now: Timestamp,
) -> Result<ActionId, AttemptError> {
    let community = snapshot.community.id;
    let handle = tx.community(community);
    if attempt.kind.is_trigger() {
        // Nobody attempts a trigger: it comes about.
        return Err(AttemptError::UnknownType(attempt.kind));
    }
    if bundle::parts(&attempt.kind, &attempt.payload).iter().any(|part| part.is_trigger() || is_recovery(part)) {
        let why = "recovery is decided by the recovery rule alone, and a trigger is nothing to decide: neither can be in a bundle";
        return Err(AttemptError::Unfit { field: "payload.actions", why: why.to_owned() });
    }
    let opens_at = attempt.payload.read::<BundleDraft>().ok().filter(|_| bundle_kind(&attempt.kind).is_some());
    let activates_at = attempt.activates_at.or(opens_at.and_then(|draft| draft.opens_at));
    let action = Action {
        id: ctx.ids.next(),
        kind: attempt.kind,
        initiator: Some(attempt.initiator).filter(|member| *member != MemberId::NIL),
        payload: attempt.payload,
        undo: attempt.undo,
        origin: attempt.origin,
        created_at: now,
        activates_at: activates_at.filter(|at| *at > now),
        bundle: None,
        status: ActionStatus::Proposed,
        reason: String::new(),
        decided_at: None,
    };
    let mut stored = StoredAction { community, action, generation: 0, pins: None };
    match handle.insert_action(&stored.action).await? {
        Insertion::Existing(id) => return Ok(id),
        Insertion::New(_) => {}
    }
    tell_proposed(&handle, &stored.action, now);
    lockout::warn(&handle, snapshot, &stored.action, now).await?;
    if right.is_ok() {
        bundle::form(&handle, &*ctx.ids, &stored.action, now).await?;
    }
    match right {
        Err(Lacking(kind)) => enter::refuse(ctx, tx, snapshot, &mut stored, &kind, now).await?,
        Ok(_) if stored.action.activates_at.is_some() => enter::wait_for_date(ctx, tx, &mut stored).await?,
        Ok(Right::Execute) => enter::execute_at_once(ctx, tx, snapshot, &mut stored, now).await?,
        Ok(_) => enter::enter(ctx, tx, snapshot, &mut stored, now).await?,
    }
    Ok(stored.action.id)
}

pub(super) fn tell_proposed(handle: &CommunityTx<'_>, action: &Action, now: Timestamp) {
    let actor = action.initiator.map_or(Actor::System, Actor::Member);
    let body = json!({
        "type": action.kind, "payload": action.payload, "origin": action.origin, "activates_at": action.activates_at,
    });
    handle.audit(actor, AuditKind::ActionProposed, format!("action:{}", action.id), Json(body), now);
}
