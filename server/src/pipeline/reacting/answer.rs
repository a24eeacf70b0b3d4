//! Answering to what was carried out: the trigger, and whether a policy's `filter` wants it.

use std::collections::HashMap;

use serde_json::Value;
use store::CommunityStore;
use store::effects::EffectStatus;
use types::evaluation::{ActionInput, ProposalInput, Request, Seed, Step};
use types::payload::trigger::{CarriedOut, Cause};
use types::platform::Receipt;
use types::policy::Policy;
use types::{Action, Evaluation, Facts, ProposalId, ProposalStatus, Timestamp};

use super::Trigger;
use crate::ctx::Ctx;
use crate::pipeline::decide::{Deciding, evaluate};
use crate::pipeline::facts::StoredFacts;
use crate::pipeline::snapshot::{Snapshot, policy_input};
use crate::workers::Priority;

/// The trigger that an action is to what answers to it.
pub(super) async fn trigger(
    store: &CommunityStore<'_>,
    snapshot: &Snapshot,
    action: &Action,
) -> store::Result<Trigger> {
    let effects = store.effects_of(&[action.id]).await?;
    let done = effects.iter().rev().find(|one| one.kind == "execute" && one.status == EffectStatus::Delivered);
    let receipt = done.and_then(|one| one.receipt.as_ref()).and_then(|receipt| receipt.read::<Receipt>().ok());
    let receipt = receipt.and_then(|receipt| serde_json::to_value(receipt).ok()).unwrap_or(Value::Null);
    let payload = CarriedOut { cause: cause(snapshot, action, receipt) };
    let mut trigger = Trigger::of(&payload, format!("carried_out:{}", action.id));
    (trigger.initiator, trigger.depth, trigger.cause) = (action.initiator, action.origin.depth(), Some(action.id));
    Ok(trigger)
}

/// The action as the policy sees it in `action.cause`.
pub(super) fn cause(snapshot: &Snapshot, action: &Action, receipt: Value) -> Cause {
    Cause {
        id: action.id.to_string(),
        r#type: action.kind.to_string(),
        initiator: action.initiator.and_then(|id| snapshot.member(id)).map(|member| member.handle.clone()),
        payload: action.payload.0.clone(),
        receipt,
    }
}

/// Whether the policy's `filter` says yes. A filter that breaks is wanted: its proposal shows how it broke.
pub(super) async fn is_wanted(
    ctx: &Ctx,
    snapshot: &std::sync::Arc<Snapshot>,
    policy: &Policy,
    trigger: &Trigger,
    now: Timestamp,
) -> anyhow::Result<bool> {
    let community = snapshot.community.id;
    let Some(action) = trigger.action(ctx.ids.next(), Some(policy), now) else { return Ok(false) };
    let request = Request {
        step: Step::Filter,
        policy: policy_input(policy),
        action: ActionInput {
            id: action.id,
            layer: action.kind.layer(),
            kind: action.kind,
            initiator: action.initiator.and_then(|id| snapshot.initiator(id)),
            payload: action.payload,
            origin: "trigger".to_owned(),
            has_happened: false,
            created_at: now,
            data: trigger.data.clone(),
        },
        proposal: ProposalInput {
            id: ProposalId::NIL,
            status: ProposalStatus::Waiting,
            opened_at: now,
            is_initialized: false,
            is_notified: false,
            ask: None,
            ballots: Vec::new(),
        },
        bundle: None,
        facts: Facts::default(),
        now,
        seed: Seed::default(),
    };
    let facts = StoredFacts { ctx, community, snapshot: snapshot.clone() };
    let (runner, hints) = (&*ctx.runner, &*ctx.hints);
    let deciding = Deciding { community, runner, facts: &facts, hints, priority: Priority::Deciding };
    let (_, evaluation) = evaluate(&deciding, request, &HashMap::new()).await?;
    Ok(match evaluation {
        Evaluation::Decided(decision) => decision.in_scope,
        Evaluation::Broke(_) => true,
        Evaluation::NeedsFacts(_) => false,
    })
}
