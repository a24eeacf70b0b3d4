//! Roles: adding, editing, deleting, assigning, removing.

use serde_json::json;
use types::member::{Right, Role};
use types::payload::constitution::{AddRole, AssignRole, DeleteRole, EditRole, Grant, RemoveRole};
use types::{AuditKind, MemberId, RoleId, text};

use super::{Done, PerformError, Performing};

pub(super) async fn add(p: &Performing<'_>, payload: AddRole) -> Done {
    let name =
        text::name(&payload.name, "the role's name").map_err(|error| PerformError::refused(error.to_string()))?;
    must_be_free(p, &name).await?;
    let role = Role { id: p.ids.next(), name, description: payload.description, is_base: false };
    p.tx.add_role(&role, p.now).await?;
    p.tx.set_permissions(role.id, &rights(&payload.permissions), Some(p.action.id), p.now).await?;
    p.tell(AuditKind::RoleAdded, subject(role.id), json!({ "name": role.name, "permissions": payload.permissions }));
    Ok(json!({ "role": role.id }))
}

pub(super) async fn edit(p: &Performing<'_>, payload: EditRole) -> Done {
    let role = named(p, &payload.role).await?;
    let name = match payload.name {
        Some(name) => text::name(&name, "the role's name").map_err(|error| PerformError::refused(error.to_string()))?,
        None => role.name.clone(),
    };
    if name != role.name {
        must_be_free(p, &name).await?;
    }
    let description = payload.description.unwrap_or_else(|| role.description.clone());
    let before: Vec<Grant> = grants(p, role.id).await?;
    p.tx.edit_role(role.id, &name, &description).await?;
    if let Some(permissions) = &payload.permissions {
        p.tx.set_permissions(role.id, &rights(permissions), Some(p.action.id), p.now).await?;
    }
    let was = json!({ "name": role.name, "description": role.description, "permissions": before });
    let is = json!({ "name": name, "description": description, "permissions": payload.permissions.unwrap_or(before) });
    p.tell(AuditKind::RoleChanged, subject(role.id), json!({ "before": was, "after": is }));
    Ok(json!({ "role": role.id, "before": was }))
}

pub(super) async fn delete(p: &Performing<'_>, payload: DeleteRole) -> Done {
    let role = named(p, &payload.role).await?;
    if role.is_base {
        let why = format!("“{}” is the role that every member holds; it cannot be deleted", role.name);
        return Err(PerformError::refused(why));
    }
    let holders = p.tx.role_holders(role.id).await?;
    p.tx.delete_role(role.id, Some(p.action.id), p.now).await?;
    p.tell(AuditKind::RoleDeleted, subject(role.id), json!({ "name": role.name, "members": holders }));
    Ok(json!({ "role": role.id, "members": holders }))
}

pub(super) async fn assign(p: &Performing<'_>, payload: AssignRole) -> Done {
    let role = named(p, &payload.role).await?;
    let members = members(p, &payload.members).await?;
    p.tx.grant_role(role.id, &members, Some(p.action.id), p.now).await?;
    p.tell(AuditKind::RoleGranted, subject(role.id), json!({ "name": role.name, "members": members }));
    Ok(json!({ "role": role.id, "members": members }))
}

pub(super) async fn remove(p: &Performing<'_>, payload: RemoveRole) -> Done {
    let role = named(p, &payload.role).await?;
    if role.is_base {
        let why = format!("every member holds “{}”; remove the member from the community instead", role.name);
        return Err(PerformError::refused(why));
    }
    let members = members(p, &payload.members).await?;
    for member in &members {
        p.tx.revoke_role(role.id, *member, Some(p.action.id), p.now).await?;
    }
    p.tell(AuditKind::RoleRevoked, subject(role.id), json!({ "name": role.name, "members": members }));
    Ok(json!({ "role": role.id, "members": members }))
}

/// The role of this name, or a refusal that lists the names there are.
async fn named(p: &Performing<'_>, name: &str) -> Result<Role, PerformError> {
    if let Some(role) = p.tx.role_by_name(name).await? {
        return Ok(role);
    }
    let known: Vec<_> = p.tx.roles().await?.into_iter().map(|role| role.name).collect();
    Err(PerformError::refused(format!("there is no role “{name}”; there are: {}", known.join(", "))))
}

async fn must_be_free(p: &Performing<'_>, name: &str) -> Result<(), PerformError> {
    match p.tx.role_by_name(name).await? {
        Some(_) => Err(PerformError::refused(format!("there is a role “{name}” already; choose another name"))),
        None => Ok(()),
    }
}

/// The present members of these handles.
async fn members(p: &Performing<'_>, handles: &[String]) -> Result<Vec<MemberId>, PerformError> {
    let mut members = Vec::with_capacity(handles.len());
    for handle in handles {
        match p.tx.member_by_handle(handle).await? {
            Some(member) if member.left_at.is_none() => members.push(member.id),
            _ => return Err(PerformError::refused(format!("there is no member called {handle}"))),
        }
    }
    Ok(members)
}

async fn grants(p: &Performing<'_>, role: RoleId) -> Result<Vec<Grant>, PerformError> {
    let held = p.tx.permissions().await?.into_iter().filter(|permission| permission.role == role);
    Ok(held.map(|permission| Grant { action_type: permission.pattern, right: permission.right }).collect())
}

/// Rights as the store takes them.
pub(super) fn rights(permissions: &[Grant]) -> Vec<(String, Right)> {
    permissions.iter().map(|grant| (grant.action_type.clone(), grant.right)).collect()
}

fn subject(role: RoleId) -> String {
    format!("role:{role}")
}
