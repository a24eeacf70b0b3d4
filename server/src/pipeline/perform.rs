//! Carrying out, in the transaction of the decision, what Polity itself carries out.

use serde_json::json;
use store::CommunityTx;
use store::actions::StoredAction;
use store::effects::NewEffect;
use types::audit::Actor;
use types::{ActionStatus, AuditKind, Json, Timestamp};

use super::constitution::{self, PerformError, Performing};
use super::enact::Trialled;
use super::{CONSTITUTION, reacting, schedules};
use crate::ctx::Ctx;

/// Carries an action out, and says in the outbox what came of it. Answers why it could not be, where it could not.
///
/// # Errors
/// The store's failure: the whole decision is tried again.
pub(super) async fn perform(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    stored: &mut StoredAction,
    trialled: Option<&Trialled>,
    now: Timestamp,
) -> store::Result<Option<String>> {
    let subject = format!("action:{}", stored.action.id);
    let performing = Performing { tx: *handle, action: &stored.action, now, ids: &*ctx.ids, trialled };
    let (outcome, refused) = match constitution::perform(&performing).await {
        Ok(receipt) => {
            handle.audit(Actor::System, AuditKind::ActionExecuted, subject, Json(receipt.clone()), now);
            stored.action.status = ActionStatus::Executed;
            stored.action.undo = Json(receipt.clone());
            schedules::keep_in_step(ctx, handle, now).await?;
            reacting::carried_out(ctx, handle, &stored.action, now).await?;
            (json!({ "receipt": receipt }), None)
        }
        Err(PerformError::Refused(why)) => {
            handle.audit(Actor::System, AuditKind::EffectFailed, subject, Json(json!({ "reason": why })), now);
            stored.action.reason = format!("{}; it could not be carried out: {why}", stored.action.reason);
            (json!({ "refused": why }), Some(why))
        }
        Err(PerformError::Store(error)) => return Err(error),
    };
    handle.add_effect(NewEffect {
        id: ctx.ids.next(),
        action: Some(stored.action.id),
        proposal: None,
        decision_seq: None,
        kind: "execute".to_owned(),
        body: Json(outcome),
        platform: CONSTITUTION.to_owned(),
        connection: None,
        at: now,
    });
    Ok(refused)
}
