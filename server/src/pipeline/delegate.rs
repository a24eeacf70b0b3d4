//! Giving one's voice to another, and taking it back: personal acts, decided by nobody but the member.

use serde_json::json;
use store::{CommunityTx, StoreError};
use types::audit::Actor;
use types::delegation::{Delegation, Scope};
use types::member::Member;
use types::policy::Policy;
use types::{ActionType, AuditKind, CommunityId, Enforcement, Json, MemberId, Reads, Timestamp};

use super::snapshot::Snapshot;
use super::wake::wake_readers;
use crate::ctx::Ctx;
use crate::live::{Change, Topic};

/// Longest topic.
///
/// # Units
/// Characters.
const MAX_TOPIC_CHARS: usize = 100;

/// Why a voice was not given, or not taken back.
#[derive(Debug, thiserror::Error)]
pub enum DelegateError {
    /// The community is not there.
    #[error("there is no such community")]
    NoCommunity,
    /// Not a member, or a program.
    #[error("{0}")]
    NotAVoter(&'static str),
    /// It would change nothing.
    #[error("this would carry no weight: {0}")]
    NoWeight(String),
    /// The scope is none.
    #[error("{0}")]
    BadScope(String),
    /// It ends before it begins.
    #[error("a delegation ends after now; give a later moment, or none")]
    Expired,
    /// There is none.
    #[error("you have given nobody your voice for this")]
    NotGiven,
    /// The store failed.
    #[error("the delegation could not be stored")]
    Store(#[from] StoreError),
}

/// Gives `from`'s voice to `to`. What `from` had given for the same scope ends.
///
/// # Errors
/// [`DelegateError`]: nothing was changed.
pub async fn delegate(
    ctx: &Ctx,
    community: CommunityId,
    from: MemberId,
    to: MemberId,
    scope: Scope,
    expires_at: Option<Timestamp>,
) -> Result<Delegation, DelegateError> {
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    let snapshot = ctx.snapshots.of(&handle).await?.ok_or(DelegateError::NoCommunity)?;
    let giver = voter(&snapshot, from, "only members who vote can give their voice")?;
    voter(&snapshot, to, "only a member who votes can carry a voice; programs do not vote")?;
    if from == to {
        return Err(DelegateError::NoWeight("a voice that you give to yourself stays where it is".to_owned()));
    }
    if expires_at.is_some_and(|at| at <= now) {
        return Err(DelegateError::Expired);
    }
    check_scope(&snapshot, giver, &scope)?;
    let delegation = Delegation { from, to, scope, since: now, expires_at };
    handle.delegate(ctx.ids.next(), &delegation).await?;
    let body = json!({ "to": to, "scope": delegation.scope, "expires_at": expires_at });
    tell(&handle, AuditKind::DelegationMade, from, body, now);
    finish(ctx, &handle, now).await?;
    tx.commit().await?;
    told(ctx, community, from);
    Ok(delegation)
}

/// Takes `from`'s voice back.
///
/// # Errors
/// [`DelegateError`]: nothing was changed.
pub async fn take_back(ctx: &Ctx, community: CommunityId, from: MemberId, scope: &Scope) -> Result<(), DelegateError> {
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    if !handle.end_delegation(from, scope, now).await? {
        return Err(DelegateError::NotGiven);
    }
    tell(&handle, AuditKind::DelegationEnded, from, json!({ "scope": scope }), now);
    finish(ctx, &handle, now).await?;
    tx.commit().await?;
    told(ctx, community, from);
    Ok(())
}

fn voter<'s>(snapshot: &'s Snapshot, id: MemberId, why: &'static str) -> Result<&'s Member, DelegateError> {
    snapshot.member(id).filter(|member| !member.is_bot).ok_or(DelegateError::NotAVoter(why))
}

/// Refuses a scope that is none, and one on which no policy in force would count a delegation.
fn check_scope(snapshot: &Snapshot, giver: &Member, scope: &Scope) -> Result<(), DelegateError> {
    let counts = |matches: &dyn Fn(&Policy) -> bool| {
        let in_force = snapshot.policies.iter().filter(|policy| policy.enforcement != Enforcement::Off);
        in_force.filter(|policy| takes_delegations(snapshot, policy)).any(matches)
    };
    let (what, is_counted) = match scope {
        Scope::Everything => ("anything".to_owned(), counts(&|_| true)),
        Scope::Role(id) => {
            let role = snapshot.roster.roles.iter().find(|role| role.id == *id);
            let role = role.ok_or_else(|| DelegateError::BadScope("there is no such role".to_owned()))?;
            if !role.is_base && !giver.roles.contains(id) {
                let why =
                    format!("you do not hold the role “{}”, so you are not asked as one of its members", role.name);
                return Err(DelegateError::NoWeight(why));
            }
            (format!("what the role “{}” is asked", role.name), counts(&|_| true))
        }
        Scope::ActionType(pattern) => {
            check_pattern(pattern)?;
            (pattern.clone(), counts(&|policy| covers(policy, pattern)))
        }
        Scope::Topic(topic) => {
            let n_chars = topic.trim().chars().count();
            if n_chars == 0 || n_chars > MAX_TOPIC_CHARS {
                let why = format!("a topic has 1 to {MAX_TOPIC_CHARS} characters");
                return Err(DelegateError::BadScope(why));
            }
            (format!("the topic “{topic}”"), counts(&|policy| mentions(snapshot, policy, topic)))
        }
    };
    if is_counted {
        return Ok(());
    }
    Err(DelegateError::NoWeight(format!("no policy in force lets votes on {what} be delegated")))
}

fn check_pattern(pattern: &str) -> Result<(), DelegateError> {
    let is_family = pattern.strip_suffix(".*").is_some_and(|platform| {
        !platform.is_empty() && types::payload::catalogue().iter().any(|spec| spec.kind.platform() == platform)
    });
    let is_type = pattern.parse::<ActionType>().is_ok_and(|kind| types::payload::spec(&kind).is_some());
    if is_family || is_type {
        return Ok(());
    }
    let shown: String = pattern.chars().take(80).collect();
    Err(DelegateError::BadScope(format!(
        "there is no action type “{shown}”; write board.set_topic, or board.* for all"
    )))
}

/// Whether a policy can ask in a way that takes delegations. `ask(…, { delegation: true })` has to say the word.
fn takes_delegations(snapshot: &Snapshot, policy: &Policy) -> bool {
    mentions(snapshot, policy, "delegation")
}

fn mentions(snapshot: &Snapshot, policy: &Policy, word: &str) -> bool {
    let each = snapshot.pinned(policy);
    each.iter().any(|(one, _)| one.draft.source.contains(word) || one.draft.settings.0.to_string().contains(word))
}

/// Whether a policy governs some action of a type, or of a platform.
fn covers(policy: &Policy, pattern: &str) -> bool {
    match pattern.parse::<ActionType>() {
        Ok(kind) => policy.draft.covers(&kind),
        Err(_) => {
            let platform = pattern.trim_end_matches(".*");
            types::payload::catalogue()
                .iter()
                .any(|spec| spec.kind.platform() == platform && policy.draft.covers(&spec.kind))
        }
    }
}

fn tell(handle: &CommunityTx<'_>, kind: AuditKind, from: MemberId, body: serde_json::Value, now: Timestamp) {
    handle.audit(Actor::Member(from), kind, format!("member:{from}"), Json(body), now);
}

/// Has the votes looked at that count delegations.
async fn finish(ctx: &Ctx, handle: &CommunityTx<'_>, now: Timestamp) -> store::Result<()> {
    wake_readers(ctx, handle, types::ActionId::NIL, (Reads::DELEGATIONS, Reads::default()), now).await
}

fn told(ctx: &Ctx, community: CommunityId, from: MemberId) {
    ctx.live.tell(community, Change::of(Topic::Member, from));
    ctx.wake.decide.notify_one();
}
