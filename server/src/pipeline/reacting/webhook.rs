//! What other services tell a community at its webhooks.

use std::collections::BTreeMap;

use serde_json::Value;
use store::webhooks::Webhook;
use types::payload::trigger;
use types::policy::Policy;
use types::{ActionId, CommunityId, Json};

use super::{Trigger, record, start};
use crate::ctx::Ctx;
use crate::pipeline::modes;
use crate::pipeline::snapshot::Snapshot;

/// Most fields of what was sent that stand in `action.data`; all of them stand in `action.body`.
const MAX_FIELDS: usize = 100;

/// Longest field that stands in `action.data`.
///
/// # Units
/// Bytes of JSON: what a policy could set there itself.
const MAX_FIELD_BYTES: usize = 8 * 1024;

/// Takes in what was sent to a webhook and is known to be genuine. When this returns, nothing loses it.
///
/// The answer names the actions that stand for it in the record, one for each policy that answers to it.
///
/// # Idempotency
/// The same `delivery` counts once.
///
/// # Errors
/// The store's failure: nothing was taken in.
pub async fn deliver(
    ctx: &Ctx,
    community: CommunityId,
    webhook: &Webhook,
    delivery: &str,
    body: Value,
) -> store::Result<Vec<ActionId>> {
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let Some(snapshot) = ctx.snapshots.of(&tx.community(community)).await? else { return Ok(Vec::new()) };
    let data = fields(&body);
    let payload = trigger::Webhook { webhook: webhook.name.clone(), body, delivery: delivery.to_owned() };
    let mut trigger = Trigger::of(&payload, format!("webhook:{}:{delivery}", webhook.id));
    trigger.data = data;
    let mut actions = Vec::new();
    for policy in policies(&snapshot, &webhook.name).filter(|policy| modes::asks(&snapshot, policy, now)) {
        actions.extend(start(ctx, &tx, community, policy, &trigger, now).await?);
    }
    if actions.is_empty() {
        actions.extend(record(ctx, &tx, community, &trigger, now).await?);
    }
    tx.commit().await?;
    for action in &actions {
        ctx.live.tell(community, crate::live::Change::of(crate::live::Topic::Action, *action));
    }
    ctx.wake.decide.notify_one();
    Ok(actions)
}

/// The policies that answer to the webhook of this name.
fn policies<'s>(snapshot: &'s Snapshot, name: &'s str) -> impl Iterator<Item = &'s Policy> {
    snapshot.reacting().filter(move |policy| {
        let draft = &policy.draft;
        let answers_to_all = draft.action_types.iter().any(|kind| kind == "trigger.webhook" || kind == "trigger.*");
        draft.triggers.webhooks.iter().any(|known| known == name)
            || (draft.triggers.webhooks.is_empty() && answers_to_all)
    })
}

/// The fields of an object, as far as they fit into `action.data`.
fn fields(body: &Value) -> BTreeMap<String, Json> {
    let fits = |(key, value): &(&String, &Value)| {
        !key.is_empty() && key.len() <= 100 && value.to_string().len() <= MAX_FIELD_BYTES
    };
    let fields = body.as_object().into_iter().flatten().filter(fits).take(MAX_FIELDS);
    fields.map(|(key, value)| (key.clone(), Json(value.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_stands_in_the_data() {
        let big = "x".repeat(MAX_FIELD_BYTES);
        let found = fields(&json!({ "amount": 12, "": 1, "note": big, "list": [1, 2] }));
        assert_eq!(found.keys().collect::<Vec<_>>(), ["amount", "list"]);
        assert!(fields(&json!([1, 2])).is_empty());
        let many: serde_json::Map<String, Value> = (0..500).map(|n| (format!("k{n}"), json!(n))).collect();
        assert_eq!(fields(&Value::Object(many)).len(), MAX_FIELDS);
    }
}
