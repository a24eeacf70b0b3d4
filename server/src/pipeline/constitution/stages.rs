//! Policies in stages: one policy that is several, each beginning when the one before it has passed.
//!
//! A stage is a policy of its own behind the scenes, with versions that are pinned like any other's, but it is never asked by
//! itself: who is asked, in which order and how far the decision reaches is the business of the policy in stages.

use serde_json::{Value, json};
use store::policies::{NewVersion, Standing};
use types::payload::constitution::{AddPolicy, AddPolicyBundle, Stage, StageDraft};
use types::policy::Policy;
use types::{AuditKind, Json, PolicyDraft, PolicyId, PolicyVersionId, text};

use super::policies::{checked, described, draft, must_be_free, source_hash, subject, version};
use super::{Done, PerformError, Performing};

/// Most stages of one policy.
pub const MAX_STAGES: usize = 20;

pub(super) async fn add(p: &Performing<'_>, payload: AddPolicyBundle) -> Done {
    let whole = AddPolicy {
        name: payload.name,
        description: payload.description,
        layer: payload.layer,
        kind: types::PolicyKind::Governing,
        action_types: payload.action_types,
        source: String::new(),
        settings: Value::Null,
        enforcement: payload.enforcement,
        on_error: payload.on_error,
        http_hosts: Vec::new(),
        powers: Default::default(),
        triggers: Default::default(),
        forked_from: None,
    };
    let mut whole_draft = draft(&whole).map_err(PerformError::Refused)?;
    must_be_free(p, &whole_draft.name, None).await?;
    let drafts = stage_drafts(p, &whole_draft, &payload.stages).await?;
    whole_draft.source = overview(&drafts);
    let standing = Standing {
        enforcement: payload.enforcement,
        on_error: payload.on_error,
        position: p.tx.next_position().await?,
        is_active: true,
    };
    let id: PolicyId = p.ids.next();
    let policy = p.tx.add_policy(id, &version(p, whole_draft), standing, Some(p.action.id), p.now).await?;
    let stages = write(p, &policy, drafts, &[]).await?;
    let mut body = described(&policy);
    tell_stages(&mut body, &stages);
    p.tell(AuditKind::PolicyAdded, subject(id), body);
    Ok(json!({ "policy": id, "version": policy.version, "stages": ids(&stages) }))
}

/// The stages of a policy's next version: those given, or those it has under the policy's new name and action types.
///
/// # Errors
/// [`PerformError::Refused`] with what is wrong with them, or the store's failure.
pub(super) async fn next(
    p: &Performing<'_>,
    before: &[Policy],
    whole: &PolicyDraft,
    stages: Option<&[Stage]>,
) -> Result<Vec<PolicyDraft>, PerformError> {
    match stages {
        Some(stages) => stage_drafts(p, whole, stages).await,
        None => Ok(before
            .iter()
            .map(|stage| PolicyDraft {
                layer: whole.layer,
                action_types: whole.action_types.clone(),
                ..stage.draft.clone()
            })
            .collect()),
    }
}

/// Adds the stages of a policy's version. A stage that stays as it was keeps its version.
///
/// # Errors
/// The store's failure.
pub(super) async fn write(
    p: &Performing<'_>,
    whole: &Policy,
    drafts: Vec<PolicyDraft>,
    before: &[Policy],
) -> Result<Vec<Policy>, PerformError> {
    let hidden = Standing {
        enforcement: whole.enforcement,
        on_error: whole.on_error,
        position: 0,
        // Never a policy by itself.
        is_active: false,
    };
    let mut stages = Vec::with_capacity(drafts.len());
    for (place, draft) in drafts.into_iter().enumerate() {
        let new = |draft: PolicyDraft| NewVersion {
            id: p.ids.next::<PolicyVersionId>(),
            hash: source_hash(&draft.source),
            draft,
        };
        let stage = match before.get(place) {
            Some(same) if same.draft == draft => same.clone(),
            Some(earlier) => p.tx.add_version(earlier.id, &new(draft), Some(p.action.id), p.now).await?,
            None => {
                let id: PolicyId = p.ids.next();
                let added = p.tx.add_policy(id, &new(draft), hidden, Some(p.action.id), p.now).await?;
                p.tx.hide_policy(whole.id, id).await?;
                added
            }
        };
        stages.push(stage);
    }
    let versions: Vec<PolicyVersionId> = stages.iter().map(|stage| stage.version_id).collect();
    p.tx.set_stages(whole.version_id, &versions).await?;
    Ok(stages)
}

/// What a version in stages shows as its source: the stages one after another. Its hash stands for all of them.
pub(super) fn overview(drafts: &[PolicyDraft]) -> String {
    let mut text = format!("// A policy in {} stages: each begins when the one before it has passed.\n", drafts.len());
    for (draft, number) in drafts.iter().zip(1..) {
        text.push_str(&format!(
            "\n// Stage {number}: {}\n{}\n",
            draft.name.replace('\n', " "),
            draft.source.trim_end()
        ));
    }
    text
}

/// Adds to an audit entry what the stages are.
pub(super) fn tell_stages(body: &mut Value, stages: &[Policy]) {
    let told: Vec<Value> = stages
        .iter()
        .map(|stage| json!({ "name": stage.draft.name, "policy": stage.id, "version": stage.version, "hash": stage.hash }))
        .collect();
    if let Some(fields) = body.as_object_mut() {
        fields.insert("stages".to_owned(), json!(told));
    }
}

fn ids(stages: &[Policy]) -> Vec<PolicyId> {
    stages.iter().map(|stage| stage.id).collect()
}

/// The drafts of stages, each checked, with the layer and action types of the whole.
async fn stage_drafts(
    p: &Performing<'_>,
    whole: &PolicyDraft,
    stages: &[Stage],
) -> Result<Vec<PolicyDraft>, PerformError> {
    if stages.is_empty() || stages.len() > MAX_STAGES {
        let why = format!("a policy in stages has 1 to {MAX_STAGES} of them; this one has {}", stages.len());
        return Err(PerformError::Refused(why));
    }
    let mut drafts: Vec<PolicyDraft> = Vec::with_capacity(stages.len());
    for (stage, place) in stages.iter().zip(0..) {
        let refused = |why: String| PerformError::Refused(format!("stages[{place}]: {why}"));
        let draft = match stage {
            Stage::Policy(name) => copied(p, whole, name).await?.map_err(refused)?,
            Stage::Draft(draft) => written(whole, draft).map_err(refused)?,
        };
        let draft = checked(draft).map_err(refused)?;
        if drafts.iter().any(|other| other.name == draft.name) {
            return Err(refused(format!("two stages are called “{}”", draft.name)));
        }
        drafts.push(draft);
    }
    Ok(drafts)
}

fn written(whole: &PolicyDraft, draft: &StageDraft) -> Result<PolicyDraft, String> {
    Ok(PolicyDraft {
        name: text::name(&draft.name, "the stage's name").map_err(|error| error.to_string())?,
        description: draft.description.clone(),
        layer: whole.layer,
        kind: whole.kind,
        action_types: whole.action_types.clone(),
        source: draft.source.clone(),
        settings: Json(draft.settings.clone()),
        http_hosts: draft.http_hosts.clone(),
        powers: draft.powers.clone(),
        triggers: Default::default(),
    })
}

/// A stage that is a policy of the community, as it stands now: later changes of that policy do not touch it.
async fn copied(
    p: &Performing<'_>,
    whole: &PolicyDraft,
    name: &str,
) -> Result<Result<PolicyDraft, String>, PerformError> {
    let found = match name.parse::<PolicyId>() {
        Ok(id) => p.tx.policy(id).await?,
        Err(_) => p.tx.policy_by_name(name).await?,
    };
    let Some(policy) = found else { return Ok(Err(format!("there is no policy “{name}”"))) };
    if policy.draft.layer != whole.layer {
        return Ok(Err(format!("“{name}” is for the other layer")));
    }
    if !p.tx.stages_of(&[policy.version_id]).await?.is_empty() {
        return Ok(Err(format!("“{name}” is in stages itself")));
    }
    Ok(Ok(PolicyDraft { action_types: whole.action_types.clone(), ..policy.draft }))
}
