//! Roles, rights and who holds them: as they were, or as a kit has them.

use std::collections::BTreeSet;

use serde_json::json;
use types::member::{Permission, Right, Role};
use types::{AuditKind, MemberId, RoleId};

use super::super::roles::rights;
use super::super::{PerformError, Performing};
use super::past::Past;
use crate::kits::Kit;

/// Puts roles back. Answers with the names of those that changed.
pub(super) async fn put_back(p: &Performing<'_>, past: &Past) -> Result<Vec<String>, PerformError> {
    let by = Some(p.action.id);
    let mut changed = Vec::new();
    let now = p.tx.roles().await?;
    for role in now.iter().filter(|role| !role.is_base && !past.roles.iter().any(|then| then.id == role.id)) {
        let members = p.tx.role_holders(role.id).await?;
        p.tx.delete_role(role.id, by, p.now).await?;
        p.tell(AuditKind::RoleDeleted, subject(role.id), json!({ "name": role.name, "members": members }));
        changed.push(role.name.clone());
    }
    let is_renamed = |then: &&Role| now.iter().any(|role| role.id == then.id && role.name != then.name);
    // Names may have changed places: nobody has an old name while the others are put back.
    for then in past.roles.iter().filter(is_renamed) {
        p.tx.edit_role(then.id, &format!("~{}", then.id), &then.description).await?;
    }
    let present: BTreeSet<MemberId> = p.tx.roster(None).await?.members.iter().map(|member| member.id).collect();
    let permissions = p.tx.permissions().await?;
    for then in &past.roles {
        let held: Vec<MemberId> =
            past.holders.get(&then.id).into_iter().flatten().copied().filter(|id| present.contains(id)).collect();
        let is_changed = match now.iter().find(|role| role.id == then.id) {
            Some(role) => restore(p, past, role, then, &permissions, &held).await?,
            None => {
                revive(p, past, then, &held).await?;
                true
            }
        };
        if is_changed {
            changed.push(then.name.clone());
        }
    }
    Ok(changed)
}

async fn restore(
    p: &Performing<'_>,
    past: &Past,
    now: &Role,
    then: &Role,
    permissions: &[Permission],
    held: &[MemberId],
) -> Result<bool, PerformError> {
    let by = Some(p.action.id);
    let before = granted(permissions, now.id);
    let after = granted(&past.permissions, then.id);
    let mut is_changed = false;
    if now.name != then.name || now.description != then.description || before != after {
        p.tx.edit_role(then.id, &then.name, &then.description).await?;
        p.tx.set_permissions(then.id, &after, by, p.now).await?;
        let shown = |role: &Role, rights: &[(String, Right)]| {
            let rights: Vec<_> =
                rights.iter().map(|(kind, right)| json!({ "action_type": kind, "right": right })).collect();
            json!({ "name": role.name, "description": role.description, "permissions": rights })
        };
        let body = json!({ "before": shown(now, &before), "after": shown(then, &after) });
        p.tell(AuditKind::RoleChanged, subject(then.id), body);
        is_changed = true;
    }
    if then.is_base {
        return Ok(is_changed);
    }
    let holders = p.tx.role_holders(then.id).await?;
    let gained: Vec<MemberId> = held.iter().copied().filter(|member| !holders.contains(member)).collect();
    let lost: Vec<MemberId> = holders.iter().copied().filter(|member| !held.contains(member)).collect();
    if !gained.is_empty() {
        p.tx.grant_role(then.id, &gained, by, p.now).await?;
        p.tell(AuditKind::RoleGranted, subject(then.id), json!({ "name": then.name, "members": gained }));
    }
    for member in &lost {
        p.tx.revoke_role(then.id, *member, by, p.now).await?;
    }
    if !lost.is_empty() {
        p.tell(AuditKind::RoleRevoked, subject(then.id), json!({ "name": then.name, "members": lost }));
    }
    Ok(is_changed || !gained.is_empty() || !lost.is_empty())
}

/// A role that was deleted since comes back as a new one: that it was gone meanwhile stays true.
async fn revive(p: &Performing<'_>, past: &Past, then: &Role, held: &[MemberId]) -> Result<(), PerformError> {
    let by = Some(p.action.id);
    let role = Role { id: p.ids.next(), ..then.clone() };
    let rights = granted(&past.permissions, then.id);
    p.tx.add_role(&role, p.now).await?;
    p.tx.set_permissions(role.id, &rights, by, p.now).await?;
    p.tx.grant_role(role.id, held, by, p.now).await?;
    let rights: Vec<_> = rights.iter().map(|(kind, right)| json!({ "action_type": kind, "right": right })).collect();
    let body = json!({ "name": role.name, "permissions": rights, "members": held, "was": then.id });
    p.tell(AuditKind::RoleAdded, subject(role.id), body);
    Ok(())
}

/// Gives roles the rights that a kit gives them, and none to roles that it does not have. Nobody loses a role.
pub(super) async fn begin_again(p: &Performing<'_>, kit: &Kit) -> Result<(), PerformError> {
    let by = Some(p.action.id);
    let known = p.tx.roles().await?;
    let permissions = p.tx.permissions().await?;
    for role in &known {
        let kept =
            kit.roles.iter().find(|one| if role.is_base { one.base } else { !one.base && one.name == role.name });
        let after = kept.map(|one| rights(&one.permissions)).unwrap_or_default();
        let before = granted(&permissions, role.id);
        if before == after {
            continue;
        }
        p.tx.set_permissions(role.id, &after, by, p.now).await?;
        let shown = |rights: &[(String, Right)]| {
            let rights: Vec<_> =
                rights.iter().map(|(kind, right)| json!({ "action_type": kind, "right": right })).collect();
            json!({ "name": role.name, "description": role.description, "permissions": rights })
        };
        let body = json!({ "before": shown(&before), "after": shown(&after) });
        p.tell(AuditKind::RoleChanged, subject(role.id), body);
    }
    for new in kit.roles.iter().filter(|one| !one.base && !known.iter().any(|role| role.name == one.name)) {
        let role =
            Role { id: p.ids.next(), name: new.name.clone(), description: new.description.clone(), is_base: false };
        p.tx.add_role(&role, p.now).await?;
        p.tx.set_permissions(role.id, &rights(&new.permissions), by, p.now).await?;
        let body = json!({ "name": role.name, "permissions": new.permissions });
        p.tell(AuditKind::RoleAdded, subject(role.id), body);
    }
    Ok(())
}

/// The rights of a role, in order.
fn granted(permissions: &[Permission], role: RoleId) -> Vec<(String, Right)> {
    let theirs = permissions.iter().filter(|permission| permission.role == role);
    let mut rights: Vec<_> = theirs.map(|permission| (permission.pattern.clone(), permission.right)).collect();
    rights.sort();
    rights
}

fn subject(role: RoleId) -> String {
    format!("role:{role}")
}
