//! The circuit breaker: a version that breaks again and again gives its place to the last one that worked.
//!
//! Each time a policy breaks, an incident is opened. Three of one version within five minutes, and new proposals are decided
//! under the version before it that worked; what is open stays under the version it was pinned to. The breaker is undone by
//! a new version, or by `constitution.reset_policy`.

use std::time::Duration;

use app::api::notice::NoticeEvent;
use serde_json::json;
use store::CommunityTx;
use store::incidents::{BREAKER, Incident};
use types::audit::Actor;
use types::member::Right;
use types::policy::Policy;
use types::{AuditKind, Evaluation, Json, PolicyError, Timestamp};

use super::case::Docket;
use super::commit::Decided;
use crate::ctx::Ctx;
use crate::notices::{self, Told};

/// How many errors trip it …
const N_ERRORS: i64 = 3;

/// … within this time. The same as the strikes after which workers refuse a version.
const WITHIN: Duration = Duration::from_secs(5 * 60);

/// Most members who are told.
const MOST_TOLD: usize = 50;

/// Opens an incident for each policy that broke in this decision, and trips the breaker where one broke too often.
///
/// # Errors
/// The store's failure.
pub(super) async fn watch(ctx: &Ctx, handle: &CommunityTx<'_>, decided: &Decided, now: Timestamp) -> store::Result<()> {
    for entry in &decided.entries {
        let (Evaluation::Broke(error), Some(docket)) = (&entry.evaluation, decided.case.dockets.get(entry.docket))
        else {
            continue;
        };
        let of = docket.stage.map_or(docket.policy.id, |(policy, _)| policy);
        let incident = Incident {
            id: ctx.ids.next(),
            policy: Some(of),
            version: Some(docket.policy.version_id),
            action: Some(decided.stored.action.id),
            proposal: Some(docket.id),
            code: error.code.as_str().to_owned(),
            message: error.message.clone(),
            body: Json(json!({ "line": error.line, "column": error.column, "function": error.function })),
            at: now,
            resolved_at: None,
        };
        handle.open_incident(&incident).await?;
        let n_errors = handle.count_incidents(docket.policy.version_id, now - WITHIN).await?;
        if n_errors >= N_ERRORS {
            trip(ctx, handle, docket, error, now).await?;
        }
    }
    Ok(())
}

/// Puts the last version that worked in the place of the one that broke.
async fn trip(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    docket: &Docket,
    error: &PolicyError,
    now: Timestamp,
) -> store::Result<()> {
    let id = docket.stage.map_or(docket.policy.id, |(policy, _)| policy);
    let Some(policy) = handle.policy(id).await?.filter(|policy| policy.is_active) else { return Ok(()) };
    let broken = docket.policy.version_id;
    let stages = handle.stages_of(&[policy.version_id]).await?;
    // Somebody may have put another version in force meanwhile, this breaker included.
    if policy.version_id != broken && !stages.iter().any(|stage| stage.policy.version_id == broken) {
        return Ok(());
    }
    if handle.open_breakers().await?.iter().any(|incident| incident.version == Some(policy.version_id)) {
        return Ok(());
    }
    let older = handle.last_working_version(id, policy.version).await?;
    let name = &policy.draft.name;
    let text = match &older {
        Some(older) => {
            handle.restore_version(id, older.version_id, None, now).await?;
            format!(
                "“{name}” broke {N_ERRORS} times within five minutes ({}). Version {} is in force again; version {} is not.",
                error.message, older.version, policy.version
            )
        }
        None => format!(
            "“{name}” broke {N_ERRORS} times within five minutes ({}), and no earlier version of it has worked. It stays in force.",
            error.message
        ),
    };
    let body = json!({
        "name": name, "from": policy.version, "to": older.as_ref().map(|older| older.version), "errors": N_ERRORS,
        "code": error.code.as_str(), "message": error.message,
    });
    handle.audit(Actor::System, AuditKind::PolicyTripped, format!("policy:{id}"), Json(body.clone()), now);
    let incident = Incident {
        id: ctx.ids.next(),
        policy: Some(id),
        version: Some(policy.version_id),
        action: None,
        proposal: None,
        code: BREAKER.to_owned(),
        message: text.clone(),
        body: Json(body),
        at: now,
        resolved_at: None,
    };
    handle.open_incident(&incident).await?;
    tell(ctx, handle, &policy, &text, now).await
}

/// Tells those who can do something about it.
async fn tell(ctx: &Ctx, handle: &CommunityTx<'_>, policy: &Policy, text: &str, now: Timestamp) -> store::Result<()> {
    let Some(snapshot) = ctx.snapshots.of(handle).await? else { return Ok(()) };
    let Ok(kind) = "constitution.reset_policy".parse() else { return Ok(()) };
    for right in [Right::Execute, Right::Propose] {
        let people = snapshot.roster.members.iter().filter(|member| !member.is_bot);
        let able: Vec<_> = people.filter(|member| snapshot.may(member, right, &kind)).take(MOST_TOLD).collect();
        if able.is_empty() {
            continue;
        }
        let told = Told {
            to: able.iter().map(|member| member.id).collect(),
            event: NoticeEvent::Rules,
            subject: format!("policy:{}", policy.id),
            origin: None,
            text: text.to_owned(),
            at: now,
            slug: snapshot.community.slug.clone(),
        };
        notices::tell(handle, &*ctx.ids, &told).await?;
        return Ok(());
    }
    tracing::warn!(policy.id = %policy.id, "nobody can reset the policy whose breaker tripped");
    Ok(())
}
