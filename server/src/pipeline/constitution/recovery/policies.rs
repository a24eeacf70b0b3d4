//! Policies as they were: versions, enforcement, order, and which were in force.

use serde_json::json;
use store::policies::{NewVersion, Standing};
use types::policy::Policy;
use types::{AuditKind, PolicyVersionId};

use super::super::{PerformError, Performing, standing};
use super::past::Past;

/// Puts policies back. Answers with the names of those that changed.
pub(super) async fn put_back(p: &Performing<'_>, past: &Past) -> Result<Vec<String>, PerformError> {
    let by = Some(p.action.id);
    let all = p.tx.all_policies().await?;
    let mut changed = Vec::new();
    let then = |policy: &Policy| past.policies.iter().find(|then| then.id == policy.id);
    // Out of force first, all that will not stay as they are: so no name is in use when another comes back to it.
    for policy in all.iter().filter(|policy| policy.is_active) {
        let stays = then(policy).is_some_and(|then| then.draft.name == policy.draft.name);
        if stays {
            continue;
        }
        let out = Standing { is_active: false, ..standing(policy) };
        p.tx.adjust_policy(policy.id, out, by, p.now).await?;
        if then(policy).is_none() {
            p.tell(AuditKind::PolicyRemoved, subject(policy), described(policy));
            changed.push(policy.draft.name.clone());
        }
    }
    for then in &past.policies {
        let Some(now) = all.iter().find(|policy| policy.id == then.id) else { continue };
        let is_new_version = now.draft != then.draft;
        let is_adjusted = standing(now) != standing(then);
        if !is_new_version && !is_adjusted {
            continue;
        }
        let mut kind = AuditKind::PolicyAdjusted;
        if is_new_version {
            let version =
                NewVersion { id: p.ids.next::<PolicyVersionId>(), hash: then.hash.clone(), draft: then.draft.clone() };
            let stages = p.tx.stages_of(&[then.version_id]).await?;
            p.tx.add_version(then.id, &version, by, p.now).await?;
            if !stages.is_empty() {
                let stages: Vec<PolicyVersionId> = stages.iter().map(|stage| stage.policy.version_id).collect();
                p.tx.set_stages(version.id, &stages).await?;
            }
            kind = AuditKind::PolicyChanged;
        }
        p.tx.adjust_policy(then.id, standing(then), by, p.now).await?;
        if !now.is_active {
            kind = AuditKind::PolicyRecovered;
        }
        let mut body = described(&p.tx.policy(then.id).await?.unwrap_or_else(|| then.clone()));
        if let Some(fields) = body.as_object_mut() {
            fields.insert("before".to_owned(), described(now));
            fields.insert("restored_version".to_owned(), json!(then.version));
        }
        p.tell(kind, subject(then), body);
        changed.push(then.draft.name.clone());
    }
    Ok(changed)
}

fn described(policy: &Policy) -> serde_json::Value {
    json!({
        "name": policy.draft.name, "version": policy.version, "hash": policy.hash, "layer": policy.draft.layer,
        "action_types": policy.draft.action_types, "enforcement": policy.enforcement, "on_error": policy.on_error,
        "position": policy.position,
    })
}

fn subject(policy: &Policy) -> String {
    format!("policy:{}", policy.id)
}
