//! What a member was told.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use store::notices::NoticeFilter;
use utoipa::{IntoParams, ToSchema};

use super::failures::{Anytime, WithBody};
use super::here::Here;
use crate::web::body::{Body, Query};
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// Most notices of one page.
const MAX_PAGE: u32 = 200;

/// Whose notices.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// The member, by handle.
    member: String,
    /// Only those that were not read.
    #[serde(default)]
    unread: bool,
    /// Only those with a lower number.
    before: Option<i64>,
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<u32>,
}

/// What was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The member, by handle.
    member: String,
    /// The notice; all of them where it is left out.
    id: Option<i64>,
}

/// A member's notices.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notices {
    /// Newest first.
    notices: Vec<NoticeShape>,
    /// How many are unread in all.
    n_unread: i64,
}

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeShape {
    /// Its number, growing with time.
    id: i64,
    /// What kind of thing it tells: `asked`, `closing`, `decided`, `mention`, `comment`, `message`, `role`, `rules`.
    event: String,
    /// What it is about, such as `proposal:<id>`. May be empty.
    subject: String,
    /// What, as a sentence or two.
    text: String,
    /// When.
    at: String,
    /// When it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<String>,
}

/// List a member's notices
#[utoipa::path(get, path = "/communities/{slug}/notices", tag = "notices",
    params(("slug" = String, Path, description = "The community"), Whose),
    responses((status = 200, body = Notices, description = "Newest first"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(whose): Query<Whose>,
) -> Result<Json<Notices>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let member = here.acting_as(&whose.member, "member")?;
    let store = web.ctx.store.community(here.community.id);
    let limit = whose.limit.unwrap_or(50).clamp(1, MAX_PAGE);
    let filter = NoticeFilter { unread: whose.unread, before: whose.before, limit };
    let shape = |notice: store::notices::Notice| NoticeShape {
        id: notice.ord,
        event: notice.event,
        subject: notice.subject,
        text: notice.text,
        at: notice.created_at.to_string(),
        read_at: notice.read_at.map(|at| at.to_string()),
    };
    let notices = store.notices(member.id, filter).await?.into_iter().map(shape).collect();
    Ok(Json(Notices { notices, n_unread: store.count_unread(member.id).await? }))
}

/// Mark notices as read
#[utoipa::path(post, path = "/communities/{slug}/notices/read", tag = "notices", request_body = Reading,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Notices, description = "What is unread still"), Anytime, WithBody))]
pub async fn read(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(reading): Body<Reading>,
) -> Result<Json<Notices>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let member = here.acting_as(&reading.member, "member")?;
    let tx = web.ctx.store.begin().await?;
    tx.community(here.community.id).read_notices(member.id, reading.id, web.ctx.clock.now()).await?;
    tx.commit().await?;
    let whose = Whose { member: reading.member, unread: true, before: None, limit: None };
    list(State(web), caller, Path(slug), Query(whose)).await
}
