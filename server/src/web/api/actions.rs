//! Actions: what somebody attempts, and what became of it.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::actions::ActionFilter;
use types::{ActionId, ActionStatus, ActionType, Origin, Timestamp};
use utoipa::{IntoParams, ToSchema};

use super::failures::{Anytime, WithBody};
use super::here::Here;
use super::paging::Cursor;
use super::shapes::ActionShape;
use super::{assemble, refusals};
use crate::pipeline::{self, Attempt};
use crate::views::dossier;
use crate::web::body::{Body, Query};
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// How long an attempt waits for its first decision, so that what passes at once answers as passed.
pub(super) const AT_MOST: Duration = Duration::from_secs(1);

/// Actions of one page where nobody says.
const DEFAULT_PAGE: u32 = 50;

/// Most actions of one page.
const MAX_PAGE: u32 = 200;

/// Something to be attempted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAction {
    /// `platform.verb`.
    #[serde(rename = "type")]
    #[schema(example = "board.rename_channel")]
    kind: String,
    /// The type's fields.
    #[schema(value_type = Object, example = json!({"channel": "random", "name": "tool-chat"}))]
    payload: Value,
    /// Who attempts it, by handle.
    #[schema(example = "ada")]
    initiator: String,
    /// When it enters, RFC 3339; now where it is left out.
    activates_at: Option<String>,
}

/// Which actions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only with this status; several separated by commas.
    status: Option<String>,
    /// Only of this type; `board.*` for all of a platform.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<String>,
    /// Only by this member, by handle.
    initiator: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<u32>,
}

/// A page of actions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Actions {
    /// The actions, newest first.
    actions: Vec<ActionShape>,
    /// The `cursor` of the next page, where there is one.
    next: Option<String>,
}

/// Attempt an action
///
/// The answer waits up to a second for the first decision: what passes at once answers as `passed` or `executed`, what has to be
/// voted on as `proposed`, with its proposals. Adding a policy is the action `constitution.add_policy`.
#[utoipa::path(post, path = "/communities/{slug}/actions", tag = "actions", request_body = NewAction,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 201, body = ActionShape, description = "Accepted; it will not be lost"), Anytime, WithBody))]
pub async fn attempt(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(new): Body<NewAction>,
) -> Result<Response, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let initiator = here.acting_as(&new.initiator, "initiator")?;
    let kind: ActionType = new.kind.parse().map_err(|_| refusals::unknown_type(&new.kind))?;
    let activates_at = match new.activates_at {
        None => None,
        Some(text) => Some(
            text.parse::<Timestamp>()
                .map_err(|error| ApiError::invalid("invalid-field", error.to_string()).at("activates_at"))?,
        ),
    };
    let attempt = Attempt {
        kind,
        payload: new.payload.into(),
        initiator: initiator.id,
        origin: Origin::Api,
        activates_at,
        undo: types::Json::default(),
    };
    let community = here.community.id;
    let id = pipeline::attempt(&web.ctx, community, attempt).await.map_err(refusals::attempt)?;
    pipeline::settle(&web.ctx, community, id, AT_MOST).await?;
    let shape = assemble::action(&web, &here, id).await?.ok_or_else(|| ApiError::internal("an action is gone"))?;
    let mut response = (StatusCode::CREATED, Json(shape)).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/api/v1/communities/{slug}/actions/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Get an action
#[utoipa::path(get, path = "/communities/{slug}/actions/{id}", tag = "actions",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The action")),
    responses((status = 200, body = ActionShape, description = "The action with its proposals and effects"), Anytime))]
pub async fn get(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<ActionShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let unknown = || ApiError::not_found("action");
    let id: ActionId = id.parse().map_err(|_| unknown())?;
    assemble::action(&web, &here, id).await?.map(Json).ok_or_else(unknown)
}

/// List actions
///
/// Newest first. Actions of types that the caller may not view are left out, so a page may hold fewer than `limit`.
#[utoipa::path(get, path = "/communities/{slug}/actions", tag = "actions",
    params(("slug" = String, Path, description = "The community"), Which),
    responses((status = 200, body = Actions, description = "Newest first"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<Actions>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let limit = which.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let initiator = match &which.initiator {
        None => None,
        Some(handle) => match here.roster.by_handle(handle) {
            Some(member) => Some(member.id),
            None => return Ok(Json(Actions { actions: Vec::new(), next: None })),
        },
    };
    let filter = ActionFilter {
        statuses: statuses(which.status.as_deref())?,
        kind: which.kind,
        initiator,
        since: None,
        after: which.cursor.as_deref().map(Cursor::read).transpose()?,
        limit: limit + 1,
    };
    let store = web.ctx.store.community(here.community.id);
    let mut found = store.actions(&filter).await?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|last| Cursor::write(last.action.created_at, last.action.id));
    found.retain(|stored| here.sees(&stored.action.kind));
    let dossiers = dossier::load(&store, found).await?;
    let actions = assemble::actions(&web, &here, dossiers).await?;
    Ok(Json(Actions { actions, next }))
}

/// Who takes an action back, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// Who, by handle: who proposed the action; of a candidate also the candidate.
    #[schema(example = "ada")]
    member: String,
    /// Why, in a sentence that everybody can read.
    reason: Option<String>,
}

/// Withdraw an action
///
/// Who proposed an action takes it back while nobody has voted on it. A candidate of an election can be withdrawn by who named
/// it, or by the candidate, until the election is decided: ballots are then read as if nobody had named it.
#[utoipa::path(post, path = "/communities/{slug}/actions/{id}/withdraw", tag = "actions", request_body = Withdrawal,
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The action")),
    responses((status = 200, body = ActionShape, description = "The action, which has failed"), Anytime, WithBody))]
pub async fn withdraw(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Body(withdrawal): Body<Withdrawal>,
) -> Result<Json<ActionShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let unknown = || ApiError::not_found("action");
    let id: ActionId = id.parse().map_err(|_| unknown())?;
    // Whether it is there is nobody's business who may not see it.
    assemble::action(&web, &here, id).await?.ok_or_else(unknown)?;
    let member = here.acting_as(&withdrawal.member, "member")?;
    let community = here.community.id;
    pipeline::withdraw_action(&web.ctx, community, id, member.id, withdrawal.reason.as_deref())
        .await
        .map_err(refusals::withdraw)?;
    pipeline::settle(&web.ctx, community, id, AT_MOST).await?;
    assemble::action(&web, &here, id).await?.map(Json).ok_or_else(unknown)
}

fn statuses(text: Option<&str>) -> Result<Vec<ActionStatus>, ApiError> {
    let word = |word: &str| {
        serde_json::from_value(Value::String(word.trim().to_owned())).map_err(|_| {
            ApiError::invalid(
                "invalid-query",
                "status is one or more of proposed, held, passed, failed, executed, reverted, separated by commas",
            )
            .at("status")
        })
    };
    text.into_iter().flat_map(|text| text.split(',')).filter(|part| !part.trim().is_empty()).map(word).collect()
}
