//! What policies propose: further actions, each under its own policies.

use serde_json::json;
use store::Tx;
use types::audit::Actor;
use types::{AuditKind, Json, Origin, Timestamp};

use super::MAX_PROPOSE_DEPTH;
use super::commit::Decided;
use super::ingest::{Attempt, accept};
use super::plan::Plan;
use crate::ctx::Ctx;

/// Attempts what policies proposed, as whoever attempted the action, and no deeper than allowed.
///
/// # Errors
/// The store's failure.
pub(super) async fn follow_up(ctx: &Ctx, tx: &Tx, decided: &Decided, plan: &Plan, now: Timestamp) -> store::Result<()> {
    let action = &decided.stored.action;
    let depth = match action.origin {
        Origin::Policy { depth, .. } => depth + 1,
        _ => 1,
    };
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
        let Some(initiator) = action.initiator else {
            tell("nobody attempted the action that proposes this".to_owned());
            continue;
        };
        if let Some(Err(problem)) = types::payload::check(&followup.kind, &followup.payload) {
            tell(problem.to_string());
            continue;
        }
        let attempt = Attempt {
            kind: followup.kind.clone(),
            payload: followup.payload.clone(),
            initiator,
            origin: Origin::Policy { proposal: followup.proposal, depth },
            activates_at: followup.at,
            undo: Json::default(),
        };
        match Box::pin(accept(ctx, tx, decided.stored.community, attempt, now)).await {
            Ok(_) => {}
            Err(super::AttemptError::Store(error)) => return Err(error),
            Err(refused) => tell(refused.to_string()),
        }
    }
    Ok(())
}
