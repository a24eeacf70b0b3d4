//! What policies propose: further actions, each under its own policies.

use serde_json::json;
use store::Tx;
use types::audit::Actor;
use types::{AuditKind, Json, MemberId, Origin, Timestamp};

use super::MAX_PROPOSE_DEPTH;
use super::commit::Decided;
use super::ingest::{Attempt, accept, accept_of_policy};
use super::plan::Plan;
use crate::ctx::Ctx;

/// Attempts what policies proposed, as whoever attempted the action, and no deeper than allowed.
///
/// # Errors
/// The store's failure.
pub(super) async fn follow_up(ctx: &Ctx, tx: &Tx, decided: &Decided, plan: &Plan, now: Timestamp) -> store::Result<()> {
    let action = &decided.stored.action;
    let depth = action.origin.depth().saturating_add(1);
    for followup in &plan.followups {
        let tell = |why: String| {
            let body = Json(json!({ "type": followup.kind, "reason": why }));
            let subject = format!("proposal:{}", followup.proposal);
            tx.community(decided.stored.community).audit(Actor::System, AuditKind::ActionRefused, subject, body, now);
        };
        if depth > MAX_PROPOSE_DEPTH {
            tell(format!("policies proposed actions {MAX_PROPOSE_DEPTH} deep; this one goes no further"));
            continue;
        }
        if let Some(Err(problem)) = types::payload::check(&followup.kind, &followup.payload) {
            tell(problem.to_string());
            continue;
        }
        let attempt = Attempt {
            kind: followup.kind.clone(),
            payload: followup.payload.clone(),
            initiator: action.initiator.unwrap_or(MemberId::NIL),
            origin: Origin::Policy { proposal: followup.proposal, depth },
            activates_at: followup.at,
            undo: Json::default(),
        };
        let community = decided.stored.community;
        let accepted = match action.initiator {
            Some(_) => Box::pin(accept(ctx, tx, community, attempt, now)).await,
            // What nobody attempted (a schedule came round) is proposed by the policy that the community put in force.
            None => Box::pin(accept_of_policy(ctx, tx, community, attempt, now)).await,
        };
        match accepted {
            Ok(_) => {}
            Err(super::AttemptError::Store(error)) => return Err(error),
            Err(refused) => tell(refused.to_string()),
        }
    }
    Ok(())
}
