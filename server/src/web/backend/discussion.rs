//! What members say about proposals.

use app::api::discussion::{CommentInput, DiscussionView, ThreadOrder};
use app::backend::{DiscussionBackend, Viewer};
use app::error::AppError;
use async_trait::async_trait;
use store::comments::Comment;
use types::{CommentId, ProposalId};

use super::{PageBackend, Place, failed};
use crate::discussion::{Discussion, MAX_COMMENTS, Saying};
use crate::views::discussion::{self as views, Reader};
use crate::web::api::refusals;

#[async_trait]
impl DiscussionBackend for PageBackend {
    async fn discussion(
        &self,
        viewer: &Viewer,
        slug: &str,
        proposal: ProposalId,
        order: ThreadOrder,
    ) -> Result<DiscussionView, AppError> {
        let place = self.enter(viewer, slug).await?;
        place.seen_proposal(proposal).await?;
        let subject = format!("proposal:{proposal}");
        let comments = place.store().comments(&subject, MAX_COMMENTS).await.map_err(failed)?;
        let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id).collect();
        let reactions = place.store().comment_reactions(&ids).await.map_err(failed)?;
        let member = place.member();
        let reader = Reader {
            roster: &place.here.roster,
            member: member.map(|member| member.id),
            moderates: member.is_some_and(|member| place.discussion().moderates(member)),
        };
        let mut view = views::view(reader, &comments, &reactions, order);
        if let Some(member) = member {
            let mutes = place.store().mutes_of(member.id).await.map_err(failed)?;
            view.is_muted = mutes.contains(&subject);
        }
        Ok(view)
    }

    async fn write_comment(
        &self,
        viewer: &Viewer,
        slug: &str,
        proposal: ProposalId,
        comment: CommentInput,
    ) -> Result<CommentId, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        place.seen_proposal(proposal).await?;
        let saying = Saying { parent: comment.parent, side: comment.side, text: comment.text };
        let written = place.discussion().write(&member, proposal, saying).await.map_err(refusals::discussion)?;
        Ok(written.id)
    }

    async fn edit_comment(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: CommentId,
        comment: CommentInput,
    ) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let known = place.seen_comment(id).await?;
        let saying = Saying { parent: None, side: comment.side, text: comment.text };
        Ok(place.discussion().edit(&member, &known, &saying).await.map_err(refusals::discussion)?)
    }

    async fn remove_comment(&self, viewer: &Viewer, slug: &str, id: CommentId, reason: &str) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let known = place.seen_comment(id).await?;
        Ok(place.discussion().remove(&member, &known, reason).await.map_err(refusals::discussion)?)
    }

    async fn react_to_comment(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: CommentId,
        emoji: &str,
        on: bool,
    ) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let known = place.seen_comment(id).await?;
        Ok(place.discussion().react(member.id, &known, emoji, on).await.map_err(refusals::discussion)?)
    }
}

impl Place<'_> {
    fn discussion(&self) -> Discussion<'_> {
        Discussion { ctx: &self.web.ctx, community: self.here.community.id, roster: &self.here.roster }
    }

    /// Only where the viewer may see what the proposal is about.
    pub(super) async fn seen_proposal(&self, id: ProposalId) -> Result<(), AppError> {
        let unknown = || AppError::not_found("proposal");
        let proposal = self.store().proposal(id).await.map_err(failed)?.ok_or_else(unknown)?;
        let stored = self.store().action(proposal.action).await.map_err(failed)?.ok_or_else(unknown)?;
        if self.here.sees(&stored.action.kind) { Ok(()) } else { Err(unknown()) }
    }

    /// The comment, where the viewer may see what it is about.
    async fn seen_comment(&self, id: CommentId) -> Result<Comment, AppError> {
        let unknown = || AppError::not_found("comment");
        let comment = self.store().comment(id).await.map_err(failed)?.ok_or_else(unknown)?;
        let proposal = comment.subject.strip_prefix("proposal:").and_then(|id| id.parse().ok()).ok_or_else(unknown)?;
        self.seen_proposal(proposal).await.map_err(|_| unknown())?;
        Ok(comment)
    }
}
