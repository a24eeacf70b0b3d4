//! Policies. Changing them is an action: `constitution.add_policy` and its relatives.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use store::CommunityStore;
use store::incidents::Incident;
use store::policies::StageVersion;
use types::policy::Policy;
use utoipa::{IntoParams, ToSchema};

use super::failures::Anytime;
use super::here::Here;
use super::shapes::{BreakerShape, IncidentShape, PolicyShape, StageShape};
use super::words::word;
use crate::web::body::Query;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// The policies of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policies {
    /// The policies, in the order in which they are asked.
    policies: Vec<PolicyShape>,
}

/// Which policies.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Also those that were removed.
    #[serde(default)]
    removed: bool,
}

/// Which version.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AtVersion {
    /// The version's number; the one in force where it is left out.
    version: Option<u32>,
}

/// List policies
#[utoipa::path(get, path = "/communities/{slug}/policies", tag = "policies",
    params(("slug" = String, Path, description = "The community"), Which),
    responses((status = 200, body = Policies, description = "In the order in which they are asked"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<Policies>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let store = web.ctx.store.community(here.community.id);
    let policies = if which.removed { store.all_policies().await? } else { store.policies().await? };
    Ok(Json(Policies { policies: shapes(&store, policies).await? }))
}

/// Get a policy
#[utoipa::path(get, path = "/communities/{slug}/policies/{id}", tag = "policies",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The policy"), AtVersion),
    responses((status = 200, body = PolicyShape, description = "The policy at that version"), Anytime))]
pub async fn get(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Query(at): Query<AtVersion>,
) -> Result<Json<PolicyShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let store = web.ctx.store.community(here.community.id);
    let id = id.parse().map_err(|_| ApiError::not_found("policy"))?;
    let policy = match at.version {
        None => store.policy(id).await?,
        Some(number) => store.policy_versions(id).await?.into_iter().find(|version| version.version == number),
    };
    let policy = policy.ok_or_else(|| ApiError::not_found("policy"))?;
    shapes(&store, vec![policy]).await?.pop().map(Json).ok_or_else(|| ApiError::not_found("policy"))
}

/// Policies that broke.
#[derive(Debug, Serialize, ToSchema)]
pub struct Incidents {
    /// The incidents, the latest first.
    incidents: Vec<IncidentShape>,
}

/// List incidents
///
/// What policies broke, and which breakers tripped. Three failures of one version within five minutes put the last version that
/// worked in its place, until a new version is adopted or `constitution.reset_policy` is carried out.
#[utoipa::path(get, path = "/communities/{slug}/incidents", tag = "policies",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Incidents, description = "The latest hundred, the latest first"), Anytime))]
pub async fn incidents(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<Incidents>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let found = web.ctx.store.community(here.community.id).incidents(100).await?;
    let shape = |incident: Incident| IncidentShape {
        id: incident.id.to_string(),
        policy_id: incident.policy.map(|id| id.to_string()),
        version_id: incident.version.map(|id| id.to_string()),
        action: incident.action.map(|id| id.to_string()),
        proposal: incident.proposal.map(|id| id.to_string()),
        code: incident.code,
        message: incident.message,
        at: incident.at.to_string(),
        resolved_at: incident.resolved_at.map(|at| at.to_string()),
    };
    Ok(Json(Incidents { incidents: found.into_iter().map(shape).collect() }))
}

/// Policies as programs read them, with their stages and tripped breakers.
async fn shapes(store: &CommunityStore<'_>, policies: Vec<Policy>) -> Result<Vec<PolicyShape>, ApiError> {
    let versions: Vec<_> = policies.iter().map(|policy| policy.version_id).collect();
    let mut stages = store.stages_of(&versions).await?;
    let breakers = store.open_breakers().await?;
    let mut shapes = Vec::with_capacity(policies.len());
    for policy in policies {
        let (id, version) = (policy.id, policy.version_id);
        let own;
        (own, stages) = stages.into_iter().partition(|stage| stage.of == version);
        let breaker = breakers.iter().find(|incident| incident.policy == Some(id)).map(|incident| BreakerShape {
            tripped_at: incident.at.to_string(),
            broken_version: incident.body.get("from").and_then(|n| n.as_u64()).and_then(|n| u32::try_from(n).ok()),
            reason: incident.message.clone(),
        });
        shapes.push(PolicyShape { stages: own.into_iter().map(stage).collect(), breaker, ..shape(policy) });
    }
    Ok(shapes)
}

fn stage(stage: StageVersion) -> StageShape {
    let draft = stage.policy.draft;
    StageShape {
        number: stage.place,
        policy_id: stage.policy.id.to_string(),
        name: draft.name,
        description: draft.description,
        version: stage.policy.version,
        hash: stage.policy.hash,
        source: draft.source,
        settings: draft.settings.0,
        http_hosts: draft.http_hosts,
        powers: draft.powers.into_iter().map(word).collect(),
    }
}

/// A policy as programs read it.
pub fn shape(policy: Policy) -> PolicyShape {
    let draft = policy.draft;
    PolicyShape {
        id: policy.id.to_string(),
        name: draft.name,
        description: draft.description,
        layer: word(draft.layer),
        kind: word(draft.kind),
        action_types: draft.action_types,
        enforcement: word(policy.enforcement),
        on_error: word(policy.on_error),
        position: policy.position,
        is_active: policy.is_active,
        version: policy.version,
        hash: policy.hash,
        source: draft.source,
        settings: draft.settings.0,
        http_hosts: draft.http_hosts,
        powers: draft.powers.into_iter().map(word).collect(),
        triggers: serde_json::to_value(draft.triggers).unwrap_or_default(),
        created_at: policy.created_at.to_string(),
        stages: Vec::new(),
        breaker: None,
    }
}
