//! Webhooks: making, rotating, removing. And stopping what comes round.

use serde_json::json;
use store::webhooks::Webhook;
use types::audit::Actor;
use types::payload::webhooks::{AddWebhook, RemoveWebhook, RotateWebhook, StopRecurring};
use types::{AuditKind, ScheduleId, text};

use super::{Done, PerformError, Performing};
use crate::pipeline::schedules;

/// Most webhooks of one community.
const MOST: usize = 50;

pub(super) async fn add(p: &Performing<'_>, payload: AddWebhook) -> Done {
    let name =
        text::name(&payload.name, "the webhook's name").map_err(|error| PerformError::refused(error.to_string()))?;
    let known = p.tx.webhooks().await?;
    if known.iter().any(|webhook| webhook.name == name) {
        return Err(PerformError::refused(format!("there is a webhook “{name}” already; choose another name")));
    }
    if known.len() >= MOST {
        return Err(PerformError::refused(format!("a community has at most {MOST} webhooks; remove some")));
    }
    let webhook = Webhook {
        id: p.ids.next(),
        name,
        claimant: p.action.initiator,
        secret: None,
        created_at: p.now,
        rotated_at: None,
    };
    p.tx.add_webhook(&webhook).await?;
    p.tell(AuditKind::WebhookAdded, format!("webhook:{}", webhook.id), json!({ "name": webhook.name }));
    Ok(json!({ "webhook": webhook.id }))
}

pub(super) async fn rotate(p: &Performing<'_>, payload: RotateWebhook) -> Done {
    let webhook = named(p, &payload.name).await?;
    p.tx.rotate_webhook(webhook.id, p.action.initiator, p.now).await?;
    p.tell(AuditKind::WebhookRotated, format!("webhook:{}", webhook.id), json!({ "name": webhook.name }));
    Ok(json!({ "webhook": webhook.id }))
}

pub(super) async fn remove(p: &Performing<'_>, payload: RemoveWebhook) -> Done {
    let webhook = named(p, &payload.name).await?;
    p.tx.remove_webhook(webhook.id, p.now).await?;
    p.tell(AuditKind::WebhookRemoved, format!("webhook:{}", webhook.id), json!({ "name": webhook.name }));
    Ok(json!({ "webhook": webhook.id }))
}

pub(super) async fn stop_recurring(p: &Performing<'_>, payload: StopRecurring) -> Done {
    let unknown = || PerformError::refused(format!("nothing that comes round has the id {}", payload.recurring));
    let id: ScheduleId = payload.recurring.parse().map_err(|_| unknown())?;
    let known = p.tx.schedule_by_id(id).await?.filter(|schedule| schedule.action.is_some());
    known.filter(|schedule| schedule.stopped_at.is_none()).ok_or_else(unknown)?;
    let actor = p.action.initiator.map_or(Actor::System, Actor::Member);
    schedules::stop(&p.tx, id, actor, "the community decided so", p.now).await?;
    Ok(json!({ "recurring": id }))
}

async fn named(p: &Performing<'_>, name: &str) -> Result<Webhook, PerformError> {
    let known = p.tx.webhooks().await?;
    let names: Vec<&str> = known.iter().map(|webhook| webhook.name.as_str()).collect();
    let there_are =
        if names.is_empty() { "there is none".to_owned() } else { format!("there are: {}", names.join(", ")) };
    let found = known.iter().find(|webhook| webhook.name == name).cloned();
    found.ok_or_else(|| PerformError::refused(format!("there is no webhook “{name}”; {there_are}")))
}
