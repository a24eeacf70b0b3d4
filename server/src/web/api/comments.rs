//! Comments on proposals.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use store::comments::Comment;
use types::member::Member;
use types::{CommentId, ProposalId};
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::Here;
use super::refusals;
use crate::discussion::{Discussion, MAX_COMMENTS, Saying};
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// A comment to be written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// Who says it, by handle.
    #[schema(example = "ada")]
    author: String,
    /// What, Markdown.
    text: String,
    /// Where they stand: `for`, `against`, `neutral`; nowhere where it is left out.
    #[serde(default)]
    side: String,
    /// The comment it answers.
    parent: Option<String>,
}

/// A comment to be taken down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Takedown {
    /// Who takes it down, by handle: its author, or somebody whose roles allow it.
    by: String,
    /// Why. Everybody reads it in its place; needed where it is another's.
    #[serde(default)]
    reason: String,
}

/// The comments on a proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comments {
    /// Oldest first.
    comments: Vec<CommentShape>,
}

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentShape {
    /// Its id.
    id: String,
    /// The comment it answers, where it answers one.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    /// Who, by handle.
    author: String,
    /// Where they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<String>,
    /// What, Markdown. Empty where it was taken down.
    text: String,
    /// When.
    created_at: String,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<String>,
    /// When it was taken down.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_at: Option<String>,
    /// Why it was taken down.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_reason: Option<String>,
    /// Reactions, each with how many gave it.
    reactions: std::collections::BTreeMap<String, u32>,
}

/// List the comments on a proposal
#[utoipa::path(get, path = "/communities/{slug}/proposals/{id}/comments", tag = "discussion",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The proposal")),
    responses((status = 200, body = Comments, description = "Oldest first"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<Comments>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let proposal = seen(&web, &here, &id).await?;
    let store = web.ctx.store.community(here.community.id);
    let comments = store.comments(&format!("proposal:{proposal}"), MAX_COMMENTS).await?;
    let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id).collect();
    let reactions = store.comment_reactions(&ids).await?;
    let shape = |comment: &Comment| {
        let mut shape = shape(&here, comment);
        for reaction in reactions.get(&comment.id).into_iter().flatten().filter(|_| comment.removed.is_none()) {
            *shape.reactions.entry(reaction.emoji.clone()).or_insert(0) += 1;
        }
        shape
    };
    Ok(Json(Comments { comments: comments.iter().map(shape).collect() }))
}

/// Comment on a proposal
#[utoipa::path(post, path = "/communities/{slug}/proposals/{id}/comments", tag = "discussion", request_body = NewComment,
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The proposal")),
    responses((status = 201, body = CommentShape, description = "Kept"), Anytime, WithBody))]
pub async fn write(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Body(new): Body<NewComment>,
) -> Result<(StatusCode, Json<CommentShape>), ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let proposal = seen(&web, &here, &id).await?;
    let author = here.acting_as(&new.author, "author")?;
    may_see(&web, &here, &author, proposal).await?;
    let parent = match new.parent {
        None => None,
        Some(parent) => Some(
            parent
                .parse()
                .map_err(|_| ApiError::invalid("unknown-comment", "parent is no comment's id").at("parent"))?,
        ),
    };
    let discussion = Discussion { ctx: &web.ctx, community: here.community.id, roster: &here.roster };
    let saying = Saying { parent, side: new.side, text: new.text };
    let comment = discussion.write(&author, proposal, saying).await.map_err(refusals::discussion)?;
    Ok((StatusCode::CREATED, Json(shape(&here, &comment))))
}

/// Take a comment down
///
/// Its place stays, with the reason.
#[utoipa::path(post, path = "/communities/{slug}/comments/{id}/removal", tag = "discussion", request_body = Takedown,
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The comment")),
    responses((status = 200, body = CommentShape, description = "Taken down"), Anytime, WithBody))]
pub async fn remove(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Body(takedown): Body<Takedown>,
) -> Result<Json<CommentShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let unknown = || ApiError::not_found("comment");
    let store = web.ctx.store.community(here.community.id);
    let id: CommentId = id.parse().map_err(|_| unknown())?;
    let comment = store.comment(id).await?.ok_or_else(unknown)?;
    let proposal = comment.subject.strip_prefix("proposal:").unwrap_or_default();
    let proposal = seen(&web, &here, proposal).await.map_err(|_| unknown())?;
    let by = here.acting_as(&takedown.by, "by")?;
    may_see(&web, &here, &by, proposal).await.map_err(|_| unknown())?;
    let discussion = Discussion { ctx: &web.ctx, community: here.community.id, roster: &here.roster };
    discussion.remove(&by, &comment, &takedown.reason).await.map_err(refusals::discussion)?;
    let comment = store.comment(id).await?.ok_or_else(unknown)?;
    Ok(Json(shape(&here, &comment)))
}

/// The proposal of an id, where the caller may see what it is about.
async fn seen(web: &Web, here: &Here, id: &str) -> Result<ProposalId, ApiError> {
    let unknown = || ApiError::not_found("proposal");
    let id: ProposalId = id.parse().map_err(|_| unknown())?;
    let store = web.ctx.store.community(here.community.id);
    let proposal = store.proposal(id).await?.ok_or_else(unknown)?;
    let stored = store.action(proposal.action).await?.ok_or_else(unknown)?;
    if here.sees(&stored.action.kind) { Ok(id) } else { Err(unknown()) }
}

/// Whether the member that the caller acts as may see it: a token sees more than who it speaks for.
async fn may_see(web: &Web, here: &Here, member: &Member, id: ProposalId) -> Result<(), ApiError> {
    let unknown = || ApiError::not_found("proposal");
    let store = web.ctx.store.community(here.community.id);
    let proposal = store.proposal(id).await?.ok_or_else(unknown)?;
    let stored = store.action(proposal.action).await?.ok_or_else(unknown)?;
    let sees = here.roster.may(Some(member), types::member::Right::View, &stored.action.kind);
    if sees {
        Ok(())
    } else {
        Err(ApiError::forbidden("not-permitted", "this member's roles do not let them see this"))
    }
}

fn shape(here: &Here, comment: &Comment) -> CommentShape {
    let is_there = comment.removed.is_none();
    CommentShape {
        id: comment.id.to_string(),
        parent: comment.parent.map(|parent| parent.to_string()),
        author: here.roster.handle(comment.author),
        side: comment.position.clone().filter(|_| is_there),
        text: if is_there { comment.text.clone() } else { String::new() },
        created_at: comment.created_at.to_string(),
        edited_at: comment.edited_at.filter(|_| is_there).map(|at| at.to_string()),
        removed_at: comment.removed.as_ref().map(|removal| removal.at.to_string()),
        removed_reason: comment.removed.as_ref().map(|removal| removal.reason.clone()),
        reactions: std::collections::BTreeMap::new(),
    }
}
