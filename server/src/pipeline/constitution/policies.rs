//! Policies: adding, changing, removing, recovering, ordering, enforcing.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::policies::{NewVersion, Standing};
use types::payload::constitution::{
    AddPolicy, ChangePolicy, RecoverPolicy, RemovePolicy, ReorderPolicies, ResetPolicy, SetEnforcement, SetOnError,
};
use types::policy::Policy;
use types::simulation::ShadowTerms;
use types::{
    AuditKind, Changeover, Enforcement, Json, Layer, OnError, PolicyDraft, PolicyId, PolicyKind, PolicyVersionId,
    Triggers, text,
};

use super::super::shadow;
use super::{Done, PerformError, Performing, question, restart, stages};
use crate::calendar::Rule;
use crate::pipeline::reacting;

pub(super) async fn add(p: &Performing<'_>, payload: AddPolicy) -> Done {
    let draft = draft(&payload).map_err(PerformError::Refused)?;
    p.must_hold().await?;
    must_be_free(p, &draft.name, None).await?;
    let publication = super::publications::taken_over(p, payload.forked_from.as_deref()).await?;
    let standing = Standing {
        enforcement: if payload.shadow.is_some() { Enforcement::Shadow } else { payload.enforcement },
        on_error: payload.on_error,
        position: p.tx.next_position().await?,
        is_active: true,
    };
    let id: PolicyId = p.ids.next();
    let policy = p.tx.add_policy(id, &version(p, draft), standing, Some(p.action.id), p.now).await?;
    let mut body = described(&policy);
    if let Some(publication) = publication {
        p.tx.use_publication(publication, id, p.now).await?;
        if let Some(fields) = body.as_object_mut() {
            fields.insert("forked_from".to_owned(), json!(publication));
        }
    }
    p.tell(AuditKind::PolicyAdded, subject(id), body);
    if let Some(terms) = payload.shadow {
        shadow::begin(&p.tx, id, None, terms, (p.action.id, p.ids.next(), p.now)).await?;
    }
    Ok(json!({ "policy": id, "version": policy.version }))
}

pub(super) async fn change(p: &Performing<'_>, payload: ChangePolicy) -> Done {
    let policy = named(p, &payload.policy).await?;
    let changeover = payload.changeover;
    let before: Vec<Policy> =
        p.tx.stages_of(&[policy.version_id]).await?.into_iter().map(|stage| stage.policy).collect();
    let new_stages = payload.stages.clone();
    if before.is_empty() && new_stages.is_some() {
        let why = format!("“{}” has no stages; remove it and add a policy in stages", policy.draft.name);
        return Err(PerformError::Refused(why));
    }
    if !before.is_empty() && payload.source.is_some() {
        return Err(PerformError::refused(format!("“{}” is in stages: change its stages", policy.draft.name)));
    }
    let terms = payload.shadow.clone();
    let mut draft = changed(&policy.draft, payload).map_err(PerformError::Refused)?;
    let drafts = match before.is_empty() {
        true => Vec::new(),
        false => stages::next(p, &before, &draft, new_stages.as_deref()).await?,
    };
    if !before.is_empty() {
        draft.source = stages::overview(&drafts);
    }
    let same_stages = drafts.len() == before.len() && drafts.iter().zip(&before).all(|(new, old)| *new == old.draft);
    if draft == policy.draft && same_stages {
        return Err(PerformError::refused(format!("“{}” is like that already", policy.draft.name)));
    }
    p.must_hold().await?;
    must_be_free(p, &draft.name, Some(policy.id)).await?;
    if let Some(terms) = terms {
        if !before.is_empty() {
            return Err(PerformError::refused(
                "a policy in stages is changed at once: a shadow stage is for one without",
            ));
        }
        return change_in_shadow(p, &policy, draft, terms).await;
    }
    let next = p.tx.add_version(policy.id, &version(p, draft), Some(p.action.id), p.now).await?;
    let mut body = described(&next);
    if !before.is_empty() {
        let stages = stages::write(p, &next, drafts, &before).await?;
        stages::tell_stages(&mut body, &stages);
    }
    // A new version is a new start: what its predecessors broke is over.
    p.tx.resolve_incidents_of(policy.id, p.now).await?;
    if let Some(fields) = body.as_object_mut() {
        fields.insert("before".to_owned(), described(&policy));
        fields.insert("changeover".to_owned(), json!(changeover));
    }
    p.tell(AuditKind::PolicyChanged, subject(policy.id), body);
    let (mut restarted, mut questions) = (Vec::new(), Vec::new());
    match changeover {
        Changeover::FinishUnderOld => {}
        Changeover::Restart => restarted = restart::restart(p, &next, None).await?,
        Changeover::AskVoters => questions = question::ask_voters(p, &next).await?,
    }
    Ok(json!({
        "policy": policy.id, "version": next.version, "version_before": policy.version_id, "restarted": restarted,
        "questions": questions,
    }))
}

/// Puts the newest version back in force after the circuit breaker had put an older one in its place.
pub(super) async fn reset(p: &Performing<'_>, payload: ResetPolicy) -> Done {
    let policy = active(p, &payload.policy).await?;
    let newest = p.tx.policy_versions(policy.id).await?.into_iter().next();
    let Some(newest) = newest.filter(|newest| newest.version_id != policy.version_id) else {
        let why = format!("“{}” is at its newest version; there is nothing to reset", policy.draft.name);
        return Err(PerformError::Refused(why));
    };
    p.tx.restore_version(policy.id, newest.version_id, Some(p.action.id), p.now).await?;
    p.tx.resolve_incidents_of(policy.id, p.now).await?;
    let body = json!({ "name": policy.draft.name, "before": policy.version, "after": newest.version });
    p.tell(AuditKind::PolicyReset, subject(policy.id), body);
    Ok(json!({ "policy": policy.id, "version": newest.version, "version_before": policy.version_id }))
}

/// Puts the new version beside the one in force, as a policy in shadow. Its stage decides whether it takes its place.
async fn change_in_shadow(p: &Performing<'_>, policy: &Policy, mut draft: PolicyDraft, terms: ShadowTerms) -> Done {
    let name = format!("{} (in shadow)", draft.name);
    draft.name = text::name(&name, "the policy's name").map_err(|error| PerformError::Refused(error.to_string()))?;
    must_be_free(p, &draft.name, None).await?;
    let standing = Standing {
        enforcement: Enforcement::Shadow,
        on_error: policy.on_error,
        position: p.tx.next_position().await?,
        is_active: true,
    };
    let id: PolicyId = p.ids.next();
    let beside = p.tx.add_policy(id, &version(p, draft), standing, Some(p.action.id), p.now).await?;
    p.tell(AuditKind::PolicyAdded, subject(id), described(&beside));
    shadow::begin(&p.tx, id, Some(policy.id), terms, (p.action.id, p.ids.next(), p.now)).await?;
    Ok(json!({ "policy": policy.id, "in_shadow": id }))
}

pub(super) async fn remove(p: &Performing<'_>, payload: RemovePolicy) -> Done {
    let policy = active(p, &payload.policy).await?;
    let standing = Standing { is_active: false, ..standing(&policy) };
    p.tx.adjust_policy(policy.id, standing, Some(p.action.id), p.now).await?;
    p.tx.end_use(policy.id, Some(p.now)).await?;
    p.tell(AuditKind::PolicyRemoved, subject(policy.id), described(&policy));
    Ok(json!({ "policy": policy.id }))
}

pub(super) async fn recover(p: &Performing<'_>, payload: RecoverPolicy) -> Done {
    let policy = named(p, &payload.policy).await?;
    if policy.is_active {
        return Err(PerformError::refused(format!("“{}” is in force; there is nothing to recover", policy.draft.name)));
    }
    must_be_free(p, &policy.draft.name, Some(policy.id)).await?;
    let standing = Standing { is_active: true, ..standing(&policy) };
    p.tx.adjust_policy(policy.id, standing, Some(p.action.id), p.now).await?;
    p.tx.end_use(policy.id, None).await?;
    p.tell(AuditKind::PolicyRecovered, subject(policy.id), described(&policy));
    Ok(json!({ "policy": policy.id }))
}

pub(super) async fn reorder(p: &Performing<'_>, payload: ReorderPolicies) -> Done {
    let mut wanted = Vec::with_capacity(payload.policies.len());
    for name in &payload.policies {
        wanted.push(active(p, name).await?);
    }
    let layer = wanted.first().map(|policy| policy.draft.layer);
    let all: Vec<Policy> =
        p.tx.policies().await?.into_iter().filter(|policy| Some(policy.draft.layer) == layer).collect();
    let each_once = wanted.len() == all.len() && all.iter().all(|one| wanted.iter().any(|other| other.id == one.id));
    if !each_once {
        let names: Vec<_> = all.iter().map(|policy| policy.draft.name.as_str()).collect();
        let why = format!("name every policy of one layer exactly once: {}", names.join(", "));
        return Err(PerformError::Refused(why));
    }
    let before: Vec<PolicyId> = all.iter().map(|policy| policy.id).collect();
    // The layer keeps its places among all policies; only who stands on which changes.
    let mut places: Vec<i32> = all.iter().map(|policy| policy.position).collect();
    places.sort_unstable();
    for (policy, position) in wanted.iter().zip(places) {
        let standing = Standing { position, ..standing(policy) };
        p.tx.adjust_policy(policy.id, standing, Some(p.action.id), p.now).await?;
    }
    let after: Vec<PolicyId> = wanted.iter().map(|policy| policy.id).collect();
    p.tell(AuditKind::PolicyAdjusted, "policies".to_owned(), json!({ "before": before, "after": after }));
    Ok(json!({ "before": before }))
}

pub(super) async fn set_enforcement(p: &Performing<'_>, payload: SetEnforcement) -> Done {
    let policy = active(p, &payload.policy).await?;
    let standing = Standing { enforcement: payload.enforcement, ..standing(&policy) };
    p.tx.adjust_policy(policy.id, standing, Some(p.action.id), p.now).await?;
    let body = json!({ "name": policy.draft.name, "before": policy.enforcement, "after": payload.enforcement });
    p.tell(AuditKind::PolicyAdjusted, subject(policy.id), body);
    Ok(json!({ "policy": policy.id, "before": policy.enforcement }))
}

pub(super) async fn set_on_error(p: &Performing<'_>, payload: SetOnError) -> Done {
    let policy = active(p, &payload.policy).await?;
    if policy.draft.layer == Layer::Constitution && payload.on_error == OnError::Allow {
        return Err(PerformError::refused(NEVER_ALLOW));
    }
    let standing = Standing { on_error: payload.on_error, ..standing(&policy) };
    p.tx.adjust_policy(policy.id, standing, Some(p.action.id), p.now).await?;
    let body = json!({ "name": policy.draft.name, "before": policy.on_error, "after": payload.on_error });
    p.tell(AuditKind::PolicyAdjusted, subject(policy.id), body);
    Ok(json!({ "policy": policy.id, "before": policy.on_error }))
}

const NEVER_ALLOW: &str =
    "on_error “allow” is for platform policies only: a broken rule must not let the rules themselves be changed";

/// The draft that a payload describes.
///
/// # Errors
/// What is wrong with it, in words.
pub fn draft(payload: &AddPolicy) -> Result<PolicyDraft, String> {
    if payload.layer == Layer::Constitution && payload.on_error == OnError::Allow {
        return Err(NEVER_ALLOW.to_owned());
    }
    checked(PolicyDraft {
        name: text::name(&payload.name, "the policy's name").map_err(|error| error.to_string())?,
        description: payload.description.clone(),
        layer: payload.layer,
        kind: payload.kind,
        action_types: payload.action_types.clone(),
        source: payload.source.clone(),
        settings: Json(payload.settings.clone()),
        http_hosts: payload.http_hosts.clone(),
        powers: payload.powers.clone(),
        examples: payload.examples.clone(),
        triggers: triggers(&payload.triggers, payload.kind)?,
    })
}

/// `draft` with the changes of a payload.
///
/// # Errors
/// What is wrong with it, in words.
pub fn changed(draft: &PolicyDraft, payload: ChangePolicy) -> Result<PolicyDraft, String> {
    let name = match payload.name {
        Some(name) => text::name(&name, "the policy's name").map_err(|error| error.to_string())?,
        None => draft.name.clone(),
    };
    let triggers = match &payload.triggers {
        Some(changed) => triggers(changed, draft.kind)?,
        None => draft.triggers.clone(),
    };
    checked(PolicyDraft {
        name,
        description: payload.description.unwrap_or_else(|| draft.description.clone()),
        layer: draft.layer,
        kind: draft.kind,
        action_types: payload.action_types.unwrap_or_else(|| draft.action_types.clone()),
        source: payload.source.unwrap_or_else(|| draft.source.clone()),
        settings: payload.settings.map_or_else(|| draft.settings.clone(), Json),
        http_hosts: payload.http_hosts.unwrap_or_else(|| draft.http_hosts.clone()),
        powers: payload.powers.unwrap_or_else(|| draft.powers.clone()),
        examples: payload.examples.unwrap_or_else(|| draft.examples.clone()),
        triggers,
    })
}

/// Triggers in their usual form.
fn triggers(given: &Triggers, kind: PolicyKind) -> Result<Triggers, String> {
    if kind == PolicyKind::Governing && !given.is_empty() {
        return Err(
            "triggers are for policies of the kind “reacting”: a governing policy is asked about actions".to_owned()
        );
    }
    let mut commands = Vec::new();
    for command in &given.commands {
        let word = command.trim().trim_start_matches(['/', '!']).to_lowercase();
        if !reacting::is_command(&word) {
            let shown: String = command.chars().take(40).collect();
            return Err(format!("“{shown}” cannot be a command: write one word of letters, digits, - and _"));
        }
        commands.push(word);
    }
    let every = given.every.as_deref().map(str::parse::<Rule>).transpose().map_err(|error| error.to_string())?;
    let webhooks = given.webhooks.iter().map(|name| name.trim().to_owned()).collect();
    Ok(Triggers { commands, webhooks, every: every.map(|rule| rule.to_string()) })
}

pub(super) fn checked(draft: PolicyDraft) -> Result<PolicyDraft, String> {
    if draft.source.len() > text::MAX_SOURCE_BYTES {
        let limit = text::MAX_SOURCE_BYTES / 1024;
        return Err(format!("the source has {} bytes; at most {limit} KiB are allowed", draft.source.len()));
    }
    if draft.action_types.is_empty() && draft.triggers.is_empty() {
        return Err("action_types is empty: name what the policy governs, or “*” for all of its layer".to_owned());
    }
    for pattern in &draft.action_types {
        if pattern.starts_with("trigger.") {
            check_trigger(&draft, pattern)?;
            continue;
        }
        let layer = match pattern.strip_suffix(".*").unwrap_or(pattern) {
            "*" => continue,
            "constitution" => Layer::Constitution,
            platform if pattern.ends_with(".*") && !platform.is_empty() => Layer::Platform,
            _ => pattern.parse::<types::ActionType>().map_err(|error| error.to_string())?.layer(),
        };
        if layer != draft.layer {
            let (declared, of) = (word(draft.layer), word(layer));
            return Err(format!("“{pattern}” belongs to the {of} layer, but the policy is for the {declared} layer"));
        }
    }
    Ok(draft)
}

/// A trigger may be named like an action type by who reacts to all of its kind.
fn check_trigger(draft: &PolicyDraft, pattern: &str) -> Result<(), String> {
    if draft.kind == PolicyKind::Governing {
        return Err(format!("“{pattern}” is nothing that can be governed; make the policy one of the kind “reacting”"));
    }
    match pattern {
        "trigger.schedule" if draft.triggers.every.is_none() => {
            Err("a policy that answers to trigger.schedule says when in triggers.every, such as “day at 09:00”"
                .to_owned())
        }
        "trigger.command" | "trigger.webhook" | "trigger.schedule" | "trigger.*" => Ok(()),
        _ => Err(format!(
            "there is no trigger “{pattern}”: name trigger.command, trigger.webhook or trigger.schedule, or the action types whose carrying out it answers to"
        )),
    }
}

fn word(layer: Layer) -> &'static str {
    match layer {
        Layer::Platform => "platform",
        Layer::Constitution => "constitution",
    }
}

pub(super) fn version(p: &Performing<'_>, draft: PolicyDraft) -> NewVersion {
    NewVersion { id: p.ids.next::<PolicyVersionId>(), hash: source_hash(&draft.source), draft }
}

/// The hash by which a version is known: SHA-256 of the source, hexadecimal.
#[must_use]
pub fn source_hash(source: &str) -> String {
    crate::hex::hex(&Sha256::digest(source.as_bytes()))
}

/// How a policy stands.
pub fn standing(policy: &Policy) -> Standing {
    Standing {
        enforcement: policy.enforcement,
        on_error: policy.on_error,
        position: policy.position,
        is_active: policy.is_active,
    }
}

/// The policy of this name or id, in force or removed.
pub(super) async fn named(p: &Performing<'_>, name: &str) -> Result<Policy, PerformError> {
    let found = match name.parse::<PolicyId>() {
        Ok(id) if p.tx.is_built_in(id).await? => {
            return Err(PerformError::refused("the recovery rule is built in; no action changes it"));
        }
        Ok(id) => p.tx.policy(id).await?,
        Err(_) => p.tx.policy_by_name(name).await?,
    };
    found.ok_or_else(|| PerformError::refused(format!("there is no policy “{name}”")))
}

/// The policy of this name or id, which must be in force.
pub(super) async fn active(p: &Performing<'_>, name: &str) -> Result<Policy, PerformError> {
    let policy = named(p, name).await?;
    if policy.is_active {
        return Ok(policy);
    }
    Err(PerformError::refused(format!("the policy “{}” is not in force", policy.draft.name)))
}

pub(super) async fn must_be_free(p: &Performing<'_>, name: &str, except: Option<PolicyId>) -> Result<(), PerformError> {
    match p.tx.policy_by_name(name).await? {
        Some(other) if other.is_active && Some(other.id) != except => {
            Err(PerformError::refused(format!("there is a policy “{name}” already; choose another name")))
        }
        _ => Ok(()),
    }
}

/// What the audit log keeps of a version. The source is found by its hash among the versions.
pub(super) fn described(policy: &Policy) -> Value {
    json!({
        "name": policy.draft.name, "version": policy.version, "hash": policy.hash, "layer": policy.draft.layer,
        "action_types": policy.draft.action_types, "enforcement": policy.enforcement, "on_error": policy.on_error,
    })
}

pub(super) fn subject(policy: PolicyId) -> String {
    format!("policy:{policy}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(layer: Layer, types: &[&str]) -> AddPolicy {
        let types: Vec<_> = types.iter().map(|name| json!(name)).collect();
        serde_json::from_value(json!({ "name": "A", "layer": layer, "action_types": types, "source": "" })).unwrap()
    }

    #[test]
    fn a_policy_governs_types_of_its_own_layer() {
        assert!(draft(&payload(Layer::Platform, &["board.*", "matrix.rename_room", "*"])).is_ok());
        assert!(draft(&payload(Layer::Constitution, &["constitution.*"])).is_ok());
        let error = draft(&payload(Layer::Platform, &["constitution.add_role"])).unwrap_err();
        assert!(error.contains("belongs to the constitution layer"), "{error}");
        assert!(draft(&payload(Layer::Platform, &["renaming"])).is_err());
        assert!(draft(&payload(Layer::Platform, &[])).is_err());
    }
}
