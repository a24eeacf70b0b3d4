//! Policies. Changing them is an action: `constitution.add_policy` and its relatives.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use types::policy::Policy;
use utoipa::{IntoParams, ToSchema};

use super::failures::Anytime;
use super::here::Here;
use super::shapes::PolicyShape;
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
    Ok(Json(Policies { policies: policies.into_iter().map(shape).collect() }))
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
    policy.map(|policy| Json(shape(policy))).ok_or_else(|| ApiError::not_found("policy"))
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
        created_at: policy.created_at.to_string(),
    }
}
