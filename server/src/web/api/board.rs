//! The built-in board. Posting, renaming and the like are actions: `board.post_message` and its relatives.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use store::board::{Channel, Post};
use utoipa::{IntoParams, ToSchema};

use super::failures::Anytime;
use super::here::Here;
use super::shapes::{ChannelShape, PostShape};
use crate::web::body::Query;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// The channels of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Channels {
    /// The channels, archived ones last.
    channels: Vec<ChannelShape>,
}

/// Posts of a channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct Posts {
    /// The posts, oldest first.
    posts: Vec<PostShape>,
    /// The `before` of the page of older posts, where there is one.
    next: Option<i64>,
}

/// Which posts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only posts older than this place: the `next` of the page before.
    before: Option<i64>,
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<u32>,
}

/// List channels
#[utoipa::path(get, path = "/communities/{slug}/channels", tag = "board",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Channels, description = "By name"), Anytime))]
pub async fn channels(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<Channels>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let channels = web.ctx.store.community(here.community.id).channels().await?;
    let shape = |channel: Channel| ChannelShape {
        id: channel.id.to_string(),
        name: channel.name,
        topic: channel.topic,
        is_archived: channel.archived_at.is_some(),
    };
    Ok(Json(Channels { channels: channels.into_iter().map(shape).collect() }))
}

/// List posts of a channel
///
/// The channel by name or id.
#[utoipa::path(get, path = "/communities/{slug}/channels/{channel}/posts", tag = "board",
    params(("slug" = String, Path, description = "The community"), ("channel" = String, Path, description = "The channel"), Which),
    responses((status = 200, body = Posts, description = "The latest, oldest first"), Anytime))]
pub async fn posts(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, channel)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<Json<Posts>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let store = web.ctx.store.community(here.community.id);
    let found = match channel.parse() {
        Ok(id) => store.channel(id).await?,
        Err(_) => store.channel_by_name(channel.trim_start_matches('#')).await?,
    };
    let found = found.ok_or_else(|| ApiError::not_found("channel"))?;
    let limit = which.limit.unwrap_or(50).clamp(1, 200);
    let posts = store.posts(found.id, which.before, limit).await?;
    let next = posts.first().filter(|_| posts.len() >= limit as usize).map(|first| first.place);
    let shape = |post: Post| PostShape {
        id: post.id.to_string(),
        channel: found.name.clone(),
        author: post.author.map(|id| here.roster.handle(id)),
        text: if post.removed_at.is_some() { String::new() } else { post.text },
        at: post.created_at.to_string(),
        is_removed: post.removed_at.is_some(),
        is_pinned: post.pinned_at.is_some(),
        reply_to: post.reply_to.map(|id| id.to_string()),
        proposal: post.proposal.map(|id| id.to_string()),
    };
    Ok(Json(Posts { posts: posts.into_iter().map(shape).collect(), next }))
}
