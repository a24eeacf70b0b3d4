//! The shadow stage: counts where a policy in shadow differs from the rules in force, and ends it by the limits that were voted on.

use serde_json::json;
use store::CommunityTx;
use store::policies::{NewVersion, Standing};
use store::shadow::{ShadowStage, StoredDivergence};
use types::audit::Actor;
use types::policy::Policy;
use types::simulation::{ShadowStatus, ShadowTerms};
use types::{ActionId, AuditKind, Enforcement, Json, PolicyId, PolicyVersionId, ProposalStatus, Timestamp, Verdict};

use super::case::Case;
use super::constitution::source_hash;
use crate::ctx::Ctx;

/// The kind of the job that ends a stage when its days are over. Its subject is the policy.
pub const SHADOW_END: &str = "shadow-end";

/// Longest stage.
const MAX_DAYS: u32 = 366;

/// A day.
const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// Checks terms that somebody proposes.
///
/// # Errors
/// What is wrong, in words.
pub fn check(terms: &ShadowTerms) -> Result<(), String> {
    match (terms.days, terms.decisions) {
        (None, None) => Err("shadow: say after how many days or decisions it ends".to_owned()),
        (Some(0), _) | (_, Some(0)) => Err("shadow: days and decisions are at least 1".to_owned()),
        (Some(days), _) if days > MAX_DAYS => Err(format!("shadow: at most {MAX_DAYS} days")),
        _ => Ok(()),
    }
}

/// Begins the stage of a policy that was just added in shadow.
///
/// # Errors
/// The store's failure.
pub(super) async fn begin(
    tx: &CommunityTx<'_>,
    policy: PolicyId,
    replaces: Option<PolicyId>,
    terms: ShadowTerms,
    (action, job, now): (ActionId, types::JobId, Timestamp),
) -> store::Result<()> {
    let ends_at = terms.days.map(|days| now + DAY * days);
    if let Some(at) = ends_at {
        tx.schedule(job, SHADOW_END, policy.to_string(), at);
    }
    let stage = ShadowStage {
        policy,
        replaces,
        terms,
        status: ShadowStatus::Running,
        reason: String::new(),
        begun_at: now,
        ends_at,
        ended_at: None,
        action,
        n_decisions: 0,
        n_divergences: 0,
        n_errors: 0,
    };
    tx.begin_shadow_stage(&stage).await
}

/// Notes what policies in shadow made of an action that was just decided, and ends stages that have run their course.
///
/// # Errors
/// The store's failure.
pub(super) async fn observe(
    ctx: &Ctx,
    tx: &CommunityTx<'_>,
    case: &Case,
    (action, actual): (ActionId, Verdict),
    now: Timestamp,
) -> store::Result<()> {
    if !case.dockets.iter().any(|docket| docket.enforcement == Enforcement::Shadow) {
        return Ok(());
    }
    for mut stage in tx.running_shadow_stages().await? {
        let Some(docket) = case.dockets.iter().find(|docket| docket.policy.id == stage.policy) else { continue };
        if matches!(docket.status, ProposalStatus::OutOfScope | ProposalStatus::Waiting) && stage.replaces.is_none() {
            continue;
        }
        let broke = docket.status == ProposalStatus::Held;
        let would = with_shadow(case, stage.policy, stage.replaces);
        stage.n_decisions = stage.n_decisions.saturating_add(1);
        stage.n_errors = stage.n_errors.saturating_add(u32::from(broke));
        if broke || would != actual {
            stage.n_divergences = stage.n_divergences.saturating_add(1);
            let divergence = StoredDivergence {
                policy: stage.policy,
                action,
                at: now,
                shadow: (!broke).then_some(would),
                shadow_reason: docket.reason.clone(),
                actual,
            };
            tx.record_divergence(&divergence).await?;
        }
        conclude(ctx, tx, stage, now).await?;
    }
    Ok(())
}

/// What the verdict would have been, had the policy in shadow decided: in the place of the one that it would change, or besides.
fn with_shadow(case: &Case, shadow: PolicyId, replaces: Option<PolicyId>) -> Verdict {
    let mut would = case.clone();
    would.dockets.retain(|docket| Some(docket.policy.id) != replaces);
    for docket in &mut would.dockets {
        if docket.policy.id == shadow {
            docket.enforcement = Enforcement::Enforced;
        }
    }
    would.combined().verdict
}

/// Ends a stage whose days are over.
///
/// # Errors
/// The store's failure.
pub(crate) async fn end_due(ctx: &Ctx, community: types::CommunityId, policy: PolicyId) -> store::Result<()> {
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(community);
    let stages = handle.running_shadow_stages().await?;
    if let Some(stage) = stages.into_iter().find(|stage| stage.policy == policy) {
        conclude(ctx, &handle, stage, now).await?;
    }
    let told = tx.commit().await?;
    ctx.snapshots.forget(community);
    for entry in told {
        super::wake::tell_pages(ctx, entry.community, entry.kind, &entry.subject);
    }
    Ok(())
}

/// Saves a stage, and ends it where its limits say so.
async fn conclude(ctx: &Ctx, tx: &CommunityTx<'_>, mut stage: ShadowStage, now: Timestamp) -> store::Result<()> {
    let terms = &stage.terms;
    let end = if stage.n_errors > terms.max_errors {
        let n = stage.n_errors;
        Some((ShadowStatus::Returned, format!("it broke {n} times; at most {} were agreed", terms.max_errors)))
    } else if let Some(most) = terms.max_divergences.filter(|most| stage.n_divergences > *most) {
        let n = stage.n_divergences;
        Some((ShadowStatus::Returned, format!("it differed {n} times; at most {most} were agreed")))
    } else if terms.decisions.is_some_and(|wanted| stage.n_decisions >= wanted) {
        Some((ShadowStatus::Promoted, format!("it kept its limits over {} decisions", stage.n_decisions)))
    } else if stage.ends_at.is_some_and(|at| at <= now) {
        Some((
            ShadowStatus::Promoted,
            format!("it kept its limits until its time was over ({} decisions)", stage.n_decisions),
        ))
    } else {
        None
    };
    if let Some((status, reason)) = end {
        (stage.status, stage.reason, stage.ended_at) = (status, reason, Some(now));
        carry_out(ctx, tx, &stage, now).await?;
    }
    tx.save_shadow_stage(&stage).await
}

/// Puts the policy into force, or out of it.
async fn carry_out(ctx: &Ctx, tx: &CommunityTx<'_>, stage: &ShadowStage, now: Timestamp) -> store::Result<()> {
    let Some(policy) = tx.policy(stage.policy).await?.filter(|policy| policy.is_active) else { return Ok(()) };
    let promoted = stage.status == ShadowStatus::Promoted;
    match (promoted, stage.replaces) {
        (true, None) => {
            let standing = Standing { enforcement: Enforcement::Enforced, ..standing(&policy) };
            tx.adjust_policy(policy.id, standing, Some(stage.action), now).await?;
        }
        (false, _) => {
            let standing = Standing { is_active: false, ..standing(&policy) };
            tx.adjust_policy(policy.id, standing, Some(stage.action), now).await?;
        }
        (true, Some(replaced)) => {
            let gone = Standing { is_active: false, ..standing(&policy) };
            tx.adjust_policy(policy.id, gone, Some(stage.action), now).await?;
            let Some(before) = tx.policy(replaced).await?.filter(|before| before.is_active) else { return Ok(()) };
            let mut draft = policy.draft.clone();
            draft.name.clone_from(&before.draft.name);
            let id: PolicyVersionId = ctx.ids.next();
            let next = NewVersion { id, hash: source_hash(&draft.source), draft };
            tx.add_version(replaced, &next, Some(stage.action), now).await?;
        }
    }
    let word = if promoted { "promoted" } else { "returned" };
    let body = json!({
        "name": policy.draft.name, "shadow": word, "reason": stage.reason, "replaces": stage.replaces,
        "decisions": stage.n_decisions, "divergences": stage.n_divergences, "errors": stage.n_errors,
        "action": stage.action,
    });
    tx.audit(Actor::System, AuditKind::PolicyAdjusted, format!("policy:{}", stage.policy), Json(body), now);
    Ok(())
}

fn standing(policy: &Policy) -> Standing {
    Standing {
        enforcement: policy.enforcement,
        on_error: policy.on_error,
        position: policy.position,
        is_active: policy.is_active,
    }
}
