//! What a new connection brings along: who already has which standing there, values as they are, and a first word.

use platforms::Installed;
use serde_json::json;
use store::connections::Connection as Row;
use store::effects::NewEffect;
use store::{CommunityTx, StoreError};
use types::audit::Actor;
use types::member::Role;
use types::platform::Operation;
use types::{AuditKind, Json, MemberId, RoleId, Timestamp};

use crate::ctx::Ctx;
use crate::pipeline::{Newcomer, newcomer, route};

/// Takes in what was found. Members that the community does not know become members; standings become roles without rights,
/// which policies may ask for and the community may give rights to.
///
/// # Errors
/// The store's failure.
pub(super) async fn import(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    row: &Row,
    installed: &Installed,
    now: Timestamp,
) -> Result<(), StoreError> {
    for (key, value) in &installed.known {
        handle.set_platform_value(row.id, key, value, now).await?;
    }
    for standing in &installed.roles {
        let mut members: Vec<MemberId> = Vec::new();
        for user in standing.members.iter().filter(|user| !user.is_bot) {
            members.push(
                newcomer(ctx, handle, &Newcomer { connection: row.id, platform: &row.platform, user }, now).await?,
            );
        }
        // A role of the community's own that happens to have the name may have rights, which nobody gave to these people.
        if members.is_empty() || handle.role_by_name(&standing.name).await?.is_some() {
            continue;
        }
        let id: RoleId = ctx.ids.next();
        let description = format!("Who had this standing when the community was connected to {}", row.platform);
        let role = Role { id, name: standing.name.clone(), description, is_base: false };
        handle.add_role(&role, now).await?;
        handle.grant_role(id, &members, None, now).await?;
        let body = Json(json!({ "name": role.name, "permissions": [], "platform": row.platform }));
        handle.audit(Actor::System, AuditKind::RoleAdded, format!("role:{id}"), body, now);
        let body = Json(json!({ "role": role.name, "members": members }));
        handle.audit(Actor::System, AuditKind::RoleGranted, format!("role:{id}"), body, now);
    }
    Ok(())
}

/// Says a first word where everybody reads it: what happens now, who decided it, and where the rules are.
///
/// # Errors
/// The store's failure.
pub(super) async fn greet(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    row: &Row,
    installed: &Installed,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (Some(place), Some(community)) = (installed.lobby.clone(), handle.community().await?) else { return Ok(()) };
    let policies = handle.policies().await?;
    let governs = |pattern: &String| pattern == "*" || pattern.split('.').next() == Some(row.platform.as_str());
    let names: Vec<String> = policies
        .iter()
        .filter(|policy| policy.draft.action_types.iter().any(governs))
        .map(|policy| format!("“{}”", policy.draft.name))
        .collect();
    let now_true = match names.as_slice() {
        [] => "Nothing changes yet: no rule of the community speaks of this place.".to_owned(),
        names => format!("What happens here is now decided by {}.", names.join(", ")),
    };
    let text = format!(
        "{} governs itself here with Polity from now on. {now_true} The community decided to connect this place; what is \
         decided, by whom and why stands at {}/c/{}",
        community.name,
        ctx.config.public_url(),
        community.slug
    );
    let operation = Operation::Post { place, text, thread: None };
    let body = route::body(&operation)
        .map_err(|error| StoreError::Unwritable { what: "greeting", problem: error.to_string() })?;
    handle.add_effect(NewEffect {
        id: ctx.ids.next(),
        action: None,
        proposal: None,
        decision_seq: None,
        kind: "announce".to_owned(),
        body: Json(json!({ "operation": body })),
        platform: row.platform.clone(),
        connection: Some(row.id),
        at: now,
    });
    Ok(())
}
