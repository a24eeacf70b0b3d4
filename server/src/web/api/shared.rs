//! Policies that communities have published to all others. Open to everyone: that is what publishing means.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::publications::Shared;
use utoipa::{IntoParams, ToSchema};

use super::failures::Anytime;
use super::words::word;
use crate::web::body::Query;
use crate::web::error::ApiError;
use crate::web::state::Web;

/// Most publications that are looked through.
const MOST: u32 = 1_000;

/// Published policies.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedPolicies {
    /// The most used first, then the newest.
    policies: Vec<SharedPolicy>,
}

/// A published policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedPolicy {
    /// Names it in `forked_from`.
    id: String,
    /// The policy's name.
    name: String,
    /// What it does, in plain words.
    description: String,
    /// `platform` or `constitution`.
    layer: String,
    /// What it governs.
    action_types: Vec<String>,
    /// Which version of the policy was published.
    version: u32,
    /// SHA-256 of its source, hexadecimal.
    hash: String,
    /// An SPDX expression.
    licence: String,
    /// The community to credit; none where it keeps its name to itself.
    credit: Option<String>,
    /// How it has worked there. May be empty.
    note: String,
    /// The published policy that it was made from.
    forked_from: Option<String>,
    /// How many communities took it over.
    adopted: u32,
    /// How many of them removed it again.
    rolled_back: u32,
    /// When it was published.
    published_at: String,
}

/// A published policy with its source.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedPolicyPage {
    /// What the list says of it.
    #[serde(flatten)]
    about: SharedPolicy,
    /// The six functions, JavaScript.
    source: String,
    /// A fork: the payload of `constitution.add_policy`, ready to be changed and proposed.
    #[schema(value_type = Object)]
    draft: Value,
}

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Words that must stand in the name or description.
    #[serde(default)]
    text: String,
}

/// List published policies
///
/// Open to everyone.
#[utoipa::path(get, path = "/library/shared", tag = "library", security(()), params(Which),
    responses((status = 200, body = SharedPolicies, description = "The most used first"), Anytime))]
pub async fn list(State(web): State<Web>, Query(which): Query<Which>) -> Result<Json<SharedPolicies>, ApiError> {
    let shared = web.ctx.store.system().shared_policies(MOST).await?;
    let wanted: Vec<String> = which.text.to_lowercase().split_whitespace().map(ToOwned::to_owned).collect();
    let fits = |shared: &&Shared| {
        let draft = &shared.publication.draft;
        let words = format!("{} {}", draft.name, draft.description).to_lowercase();
        wanted.iter().all(|word| words.contains(word.as_str()))
    };
    Ok(Json(SharedPolicies { policies: shared.iter().filter(fits).map(shape).collect() }))
}

/// Get a published policy
///
/// Open to everyone. `draft` is a fork with its provenance, ready to be proposed as `constitution.add_policy`.
#[utoipa::path(get, path = "/library/shared/{id}", tag = "library", security(()),
    params(("id" = String, Path, description = "What was published")),
    responses((status = 200, body = SharedPolicyPage, description = "The policy and a fork of it"), Anytime))]
pub async fn get(State(web): State<Web>, Path(id): Path<String>) -> Result<Json<SharedPolicyPage>, ApiError> {
    let unknown = || ApiError::not_found("published policy");
    let id = id.parse().map_err(|_| unknown())?;
    let shared = web.ctx.store.system().shared_policy(id).await?.ok_or_else(unknown)?;
    let source = shared.publication.draft.source.clone();
    Ok(Json(SharedPolicyPage { about: shape(&shared), source, draft: fork(&shared) }))
}

/// The payload of `constitution.add_policy` that takes a published policy over.
#[must_use]
pub fn fork(shared: &Shared) -> Value {
    let mut draft = json!(shared.publication.draft);
    if let Some(fields) = draft.as_object_mut() {
        fields.insert("forked_from".to_owned(), json!(shared.publication.id));
    }
    draft
}

fn shape(shared: &Shared) -> SharedPolicy {
    let publication = &shared.publication;
    let draft = &publication.draft;
    SharedPolicy {
        id: publication.id.to_string(),
        name: draft.name.clone(),
        description: draft.description.clone(),
        layer: word(draft.layer),
        action_types: draft.action_types.clone(),
        version: publication.version,
        hash: publication.hash.clone(),
        licence: publication.licence.clone(),
        credit: Some(publication.credit.clone()).filter(|credit| !credit.is_empty()),
        note: publication.note.clone(),
        forked_from: publication.forked_from.map(|id| id.to_string()),
        adopted: shared.adopted,
        rolled_back: shared.rolled_back,
        published_at: publication.created_at.to_string(),
    }
}
