//! The community as a whole: how policies combine, its profile, its connections, another starter kit.

use serde_json::{Value, json};
use store::connections::{Connection, ConnectionStatus};
use store::policies::Standing;
use types::payload::constitution::{AddConnection, ApplyStarterKit, RemoveConnection, SetCombining, SetProfile};
use types::{AuditKind, ConnectionId, Json, text};

use super::{Done, PerformError, Performing};
use crate::calendar;
use crate::kits;
use crate::pipeline::{INSTALL, LEAVE, found, modes, snapshot};

pub(super) async fn set_combining(p: &Performing<'_>, payload: SetCombining) -> Done {
    let community = here(p).await?;
    let before = snapshot::combining(&community, payload.layer);
    let layer = serde_json::to_value(payload.layer).unwrap_or_default();
    let mut by_layer = community.settings.get("combining").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(layer) = layer.as_str() {
        by_layer.insert(layer.to_owned(), json!(payload.combining));
    }
    let body = json!({ "layer": payload.layer, "before": before, "after": payload.combining });
    set(p, "combining", Value::Object(by_layer), body).await?;
    Ok(json!({ "before": before }))
}

/// Sets one of the community's settings (null takes it out), and tells the log with what the settings were: so that they can be
/// put back to any entry.
pub(super) async fn set(p: &Performing<'_>, key: &str, value: Value, mut body: Value) -> Result<(), PerformError> {
    let before = here(p).await?.settings;
    let after = modes::with(&before, key, value);
    p.tx.set_settings(&after).await?;
    if let Some(body) = body.as_object_mut() {
        body.insert("settings_before".to_owned(), before.0);
        body.insert("settings".to_owned(), after.0);
    }
    p.tell(AuditKind::CommunityChanged, subject(p), body);
    Ok(())
}

pub(super) async fn set_profile(p: &Performing<'_>, payload: SetProfile) -> Done {
    let community = here(p).await?;
    let name =
        text::name(&payload.name, "the community's name").map_err(|error| PerformError::refused(error.to_string()))?;
    if let Some(zone) = &payload.time_zone {
        calendar::zone(zone).map_err(|error| PerformError::refused(error.to_string()))?;
        set(p, "time_zone", json!(zone), json!({ "time_zone": zone })).await?;
    }
    if let Some(visibility) = payload.visibility {
        set(p, "visibility", json!(visibility), json!({ "visibility": visibility })).await?;
    }
    p.tx.set_profile(&name, &payload.description).await?;
    let before = json!({ "name": community.name, "description": community.description });
    let after = json!({ "name": name, "description": payload.description });
    p.tell(AuditKind::CommunityChanged, subject(p), json!({ "before": before, "after": after }));
    Ok(json!({ "before": before }))
}

pub(super) async fn add_connection(p: &Performing<'_>, payload: AddConnection) -> Done {
    if p.tx.connections().await?.iter().any(|known| known.platform == payload.platform) {
        let why = format!("the community is connected to {} already; disconnect it first", payload.platform);
        return Err(PerformError::refused(why));
    }
    // What somebody was granted at the vendor's becomes the connection; it names the grant, which holds the rest.
    let granted = match payload.config.get("grant").and_then(Value::as_str) {
        None => None,
        Some(id) => {
            let found = match id.parse::<ConnectionId>() {
                Ok(id) => p.tx.grant(id).await?.filter(|grant| grant.platform == payload.platform),
                Err(_) => None,
            };
            let gone =
                || PerformError::refused(format!("what was granted on {} is gone; connect it again", payload.platform));
            Some(found.ok_or_else(gone)?)
        }
    };
    let (id, config, secrets) = match &granted {
        Some(grant) => (grant.id, grant.config.clone(), Some(grant.secrets.clone())),
        None => {
            // Who came by no visit cannot claim a workspace that they were never granted.
            let mut config = payload.config.clone();
            if let Some(fields) = config.as_object_mut() {
                fields.retain(|field, _| !matches!(field.as_str(), "tenant" | "own_user" | "admin_user"));
            }
            (p.ids.next::<ConnectionId>(), Json(config), None)
        }
    };
    let connection = Connection {
        id,
        community: p.tx.id(),
        platform: payload.platform.clone(),
        config,
        secrets,
        status: ConnectionStatus::Down,
        status_reason: "Polity is entering the rooms".to_owned(),
        cursor: None,
        created_at: p.now,
    };
    p.tx.add_connection(&connection).await?;
    if let Some(grant) = &granted {
        p.tx.forget_grant(grant.id).await?;
    }
    // Entering rooms takes as long as the platform takes, so it is a job.
    p.tx.schedule(p.ids.next(), INSTALL, connection.id.to_string(), p.now);
    let subject = format!("connection:{}", connection.id);
    p.tell(AuditKind::ConnectionAdded, subject, json!({ "platform": payload.platform, "config": payload.config }));
    Ok(json!({ "connection": connection.id }))
}

pub(super) async fn remove_connection(p: &Performing<'_>, payload: RemoveConnection) -> Done {
    let known = p.tx.connections().await?.into_iter().find(|known| known.platform == payload.platform);
    let Some(connection) = known else {
        return Err(PerformError::refused(format!("the community is not connected to {}", payload.platform)));
    };
    if connection.secrets.is_some() {
        // What was granted is given back, which takes as long as the vendor takes; then the tokens are forgotten.
        p.tx.part_with_connection(connection.id, p.now).await?;
        p.tx.schedule(p.ids.next(), LEAVE, connection.id.to_string(), p.now);
    } else {
        p.tx.remove_connection(connection.id, p.now).await?;
    }
    let subject = format!("connection:{}", connection.id);
    p.tell(AuditKind::ConnectionRemoved, subject, json!({ "platform": payload.platform }));
    Ok(json!({ "connection": connection.id, "config": connection.config }))
}

/// Replaces the policies by a kit's. Roles that the kit names and the community has stay as they are; no document goes.
pub(super) async fn apply_starter_kit(p: &Performing<'_>, payload: ApplyStarterKit) -> Done {
    let mut kit =
        kits::filled(&payload.kit, &payload.settings).map_err(|error| PerformError::refused(error.to_string()))?;
    let roles = p.tx.roles().await?;
    kit.roles.retain(|role| !role.base && !roles.iter().any(|known| known.name == role.name));
    let documents = p.tx.documents().await?;
    kit.documents.retain(|document| !documents.iter().any(|known| known.name == document.name));
    let before = p.tx.policies().await?;
    for policy in &before {
        let standing = Standing {
            enforcement: policy.enforcement,
            on_error: policy.on_error,
            position: policy.position,
            is_active: false,
        };
        p.tx.adjust_policy(policy.id, standing, Some(p.action.id), p.now).await?;
        let body = json!({ "name": policy.draft.name, "version": policy.version });
        p.tell(AuditKind::PolicyRemoved, format!("policy:{}", policy.id), body);
    }
    found::install(&p.tx, p.ids, &kit, p.now).await?;
    p.tx.set_starter_kit(&kit.name).await?;
    p.tell(AuditKind::CommunityChanged, subject(p), json!({ "starter_kit": kit.name, "settings": payload.settings }));
    let removed: Vec<Value> = before.iter().map(|policy| json!(policy.id)).collect();
    Ok(json!({ "removed": removed }))
}

pub(super) async fn here(p: &Performing<'_>) -> Result<store::communities::Community, PerformError> {
    p.tx.community().await?.ok_or_else(|| PerformError::refused("the community is gone"))
}

pub(super) fn subject(p: &Performing<'_>) -> String {
    format!("community:{}", p.tx.id())
}
