//! Recovery: the whole constitution back to its state at an entry of the record, or a new beginning from a kit.
//!
//! Nothing is erased: what comes back comes as new versions and new entries of history.
//! Policies, roles, rights and who holds them are read *as of* the moment of the entry; names, documents and settings, of which
//! the store keeps no history by time, are read from the record itself, from its end back to the entry.

mod documents;
mod past;
mod policies;
mod roles;

use serde_json::{Value, json};
use store::audit::AuditQuery;
use store::policies::Standing;
use types::AuditKind;
use types::payload::recovery::{RestartFromKit, RollBack};

use super::{Done, PerformError, Performing, community, standing};
use crate::kits;
use crate::pipeline::{found, modes, safeguards};
use past::Past;

pub(super) async fn roll_back(p: &Performing<'_>, payload: RollBack) -> Done {
    let query = AuditQuery { after: payload.to_seq.saturating_sub(1), limit: 1, ..AuditQuery::default() };
    let entry = p.tx.audit_entries(&query).await?.into_iter().next().filter(|entry| entry.seq == payload.to_seq);
    let Some(entry) = entry else {
        return Err(PerformError::refused(format!("the record has no entry {}", payload.to_seq)));
    };
    let past = Past::read(p, &entry).await?;
    // Roles first: settings and policies speak of them by name.
    let roles = roles::put_back(p, &past).await?;
    let policies = policies::put_back(p, &past).await?;
    let documents = documents::put_back(p, &past).await?;
    let settings = put_settings_back(p, &past).await?;
    let body = json!({
        "to_seq": entry.seq, "to": entry.at, "hash": entry.hash, "roles": roles, "policies": policies,
        "documents": documents, "settings": settings,
    });
    p.tell(AuditKind::ConstitutionRolledBack, community::subject(p), body.clone());
    Ok(body)
}

/// Settings and profile as they were. Last days that have passed meanwhile are left out: what the members took back stays.
async fn put_settings_back(p: &Performing<'_>, past: &Past) -> Result<bool, PerformError> {
    let here = community::here(p).await?;
    let mut changed = false;
    if let Some((name, description)) = &past.profile
        && (*name != here.name || *description != here.description)
    {
        p.tx.set_profile(name, description).await?;
        let before = json!({ "name": here.name, "description": here.description });
        let after = json!({ "name": name, "description": description });
        p.tell(AuditKind::CommunityChanged, community::subject(p), json!({ "before": before, "after": after }));
        changed = true;
    }
    let Some(settings) = &past.settings else { return Ok(changed) };
    let mut then = settings.clone();
    let mut ends = safeguards::sunsets(&store::communities::Community { settings: then.clone(), ..here.clone() });
    ends.retain(|_, sunset| sunset.at > p.now);
    let ends = if ends.is_empty() { Value::Null } else { json!(ends) };
    then = modes::with(&then, safeguards::SUNSETS, ends);
    if then == here.settings {
        return Ok(changed);
    }
    p.tx.set_settings(&then).await?;
    let body = json!({ "settings_before": here.settings, "settings": then });
    p.tell(AuditKind::CommunityChanged, community::subject(p), body);
    Ok(true)
}

/// Begins again: the kit's policies alone, its roles with its rights, no right for any other role, and its settings.
pub(super) async fn restart(p: &Performing<'_>, payload: RestartFromKit) -> Done {
    let kit =
        kits::filled(&payload.kit, &payload.settings).map_err(|error| PerformError::refused(error.to_string()))?;
    let removed = p.tx.policies().await?;
    for policy in &removed {
        let out = Standing { is_active: false, ..standing(policy) };
        p.tx.adjust_policy(policy.id, out, Some(p.action.id), p.now).await?;
        let body = json!({ "name": policy.draft.name, "version": policy.version });
        p.tell(AuditKind::PolicyRemoved, format!("policy:{}", policy.id), body);
    }
    roles::begin_again(p, &kit).await?;
    let mut rest = kit.clone();
    rest.roles.clear();
    let documents = p.tx.documents().await?;
    rest.documents.retain(|document| !documents.iter().any(|known| known.name == document.name));
    found::install(&p.tx, p.ids, &rest, p.now).await?;
    let here = community::here(p).await?;
    let mut settings = modes::with(&here.settings, "combining", json!(kit.combining));
    for key in [safeguards::KEY, safeguards::SUNSETS, modes::KEY] {
        settings = modes::with(&settings, key, Value::Null);
    }
    p.tx.set_settings(&settings).await?;
    p.tx.set_starter_kit(&kit.name).await?;
    let body = json!({ "starter_kit": kit.name, "settings_before": here.settings, "settings": settings });
    p.tell(AuditKind::CommunityChanged, community::subject(p), body);
    let removed: Vec<_> = removed.iter().map(|policy| policy.id).collect();
    let body = json!({ "kit": kit.name, "settings": payload.settings, "removed": removed });
    p.tell(AuditKind::ConstitutionRestarted, community::subject(p), body.clone());
    Ok(body)
}
