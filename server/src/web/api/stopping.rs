//! Stopping an action: a veto while it cools off, or taking it back.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use types::ActionId;
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::Here;
use super::shapes::ActionShape;
use super::{assemble, refusals};
use crate::pipeline::safeguards::{self, Stop};
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// A veto.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVeto {
    /// Who vetoes, by handle.
    member: String,
    /// Why. Everybody reads it.
    reason: String,
}

/// Who takes an action back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCancel {
    /// Who proposed it, by handle.
    member: String,
}

/// Veto an action
///
/// Stops what has passed and is cooling off. The community's safeguards say who may, on which types and for how long.
#[utoipa::path(post, path = "/communities/{slug}/actions/{id}/veto", tag = "actions", request_body = NewVeto,
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The action")),
    responses((status = 200, body = ActionShape, description = "The action, stopped"), Anytime, WithBody))]
pub async fn veto(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Body(new): Body<NewVeto>,
) -> Result<Json<ActionShape>, ApiError> {
    stop(&web, &caller, (&slug, &id), &new.member, Stop::Veto { reason: new.reason }).await
}

/// Take an action back
///
/// Who proposed it may, while it cools off. What is still open is withdrawn: `POST …/withdraw`.
#[utoipa::path(post, path = "/communities/{slug}/actions/{id}/cancel", tag = "actions", request_body = NewCancel,
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The action")),
    responses((status = 200, body = ActionShape, description = "The action, taken back"), Anytime, WithBody))]
pub async fn cancel(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Body(new): Body<NewCancel>,
) -> Result<Json<ActionShape>, ApiError> {
    stop(&web, &caller, (&slug, &id), &new.member, Stop::Cancel).await
}

async fn stop(
    web: &Web,
    caller: &Caller,
    (slug, id): (&str, &str),
    member: &str,
    how: Stop,
) -> Result<Json<ActionShape>, ApiError> {
    let here = Here::enter(web, caller, slug).await?;
    let unknown = || ApiError::not_found("action");
    let id: ActionId = id.parse().map_err(|_| unknown())?;
    // What the caller may not see is not there for them.
    assemble::action(web, &here, id).await?.ok_or_else(unknown)?;
    let member = here.acting_as(member, "member")?;
    safeguards::stop(&web.ctx, here.community.id, id, member.id, how).await.map_err(refusals::stop)?;
    assemble::action(web, &here, id).await?.map(Json).ok_or_else(unknown)
}
