//! Modes: named sets of policies that are asked while the mode is on. Changing them is an action.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::failures::Anytime;
use super::here::Here;
use super::words::word;
use crate::pipeline::modes;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// The modes of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Modes {
    /// The modes, in the order in which they were made.
    modes: Vec<ModeShape>,
}

/// A mode.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModeShape {
    /// Its name.
    name: String,
    /// Ids of its policies: asked about new actions while it is on, and only then.
    policies: Vec<String>,
    /// Whether it is on now.
    is_on: bool,
    /// On from this moment, RFC 3339.
    from: Option<String>,
    /// On until this moment.
    until: Option<String>,
    /// On only while this holds.
    condition: Value,
    /// `auto`, or `on` or `off` where it was switched by hand.
    switch: String,
}

/// List modes
#[utoipa::path(get, path = "/communities/{slug}/modes", tag = "policies",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Modes, description = "In the order in which they were made"), Anytime))]
pub async fn list(State(web): State<Web>, caller: Caller, Path(slug): Path<String>) -> Result<Json<Modes>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let store = web.ctx.store.community(here.community.id);
    let Some(snapshot) = web.ctx.snapshots.of(&store).await? else { return Err(ApiError::not_found("community")) };
    let now = web.ctx.clock.now();
    let shape = |mode: modes::Mode| ModeShape {
        is_on: mode.is_on(&snapshot, now),
        name: mode.name,
        policies: mode.policies.iter().map(ToString::to_string).collect(),
        from: mode.from.map(|at| at.to_string()),
        until: mode.until.map(|at| at.to_string()),
        condition: json!(mode.condition),
        switch: word(mode.switch),
    };
    Ok(Json(Modes { modes: modes::of(&snapshot.community).into_iter().map(shape).collect() }))
}
