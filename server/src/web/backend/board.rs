//! The built-in board.

use std::collections::HashMap;

use app::api::board::{BoardView, ChannelLine, ChannelView, PendingView, PostView, Reaction, ReactionView};
use app::api::words::Standing;
use app::backend::{BoardBackend, Viewer};
use app::error::{AppError, ErrorKind};
use async_trait::async_trait;
use store::actions::ActionFilter;
use store::board::{Channel, Post, Reaction as Stored};
use types::{ActionStatus, MemberId, PostId};

use super::{PageBackend, Place, failed};
use crate::live::{Change, Topic};
use crate::views::count::small;
use crate::views::dossier::{self, Dossier};
use crate::views::{scene, sentence};

/// Posts that one page of a channel shows.
const PER_PAGE: u32 = 60;

/// How long a decision about a channel stays in sight.
const LATELY: std::time::Duration = std::time::Duration::from_secs(15 * 60);

/// Longest emoji: a family with skin tones takes eleven characters.
const MAX_EMOJI_CHARS: usize = 16;

#[async_trait]
impl BoardBackend for PageBackend {
    async fn board(&self, viewer: &Viewer, slug: &str, channel: Option<&str>) -> Result<BoardView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let channels = place.store().channels().await.map_err(failed)?;
        let current = match channel {
            None => channels.iter().find(|channel| channel.name == "general").or_else(|| channels.first()),
            Some(wanted) => Some(
                channels
                    .iter()
                    .find(|channel| channel.id.to_string() == wanted || channel.name == wanted)
                    .ok_or_else(|| AppError::not_found("channel"))?,
            ),
        };
        let pending = place.pending().await?;
        let waits_in = |channel: &Channel| {
            small(
                pending.iter().filter(|(name, view)| *name == channel.name && view.standing == Standing::Open).count(),
            )
        };
        let lines = channels.iter().filter(|channel| channel.archived_at.is_none());
        let lines = lines.map(|channel| ChannelLine {
            id: channel.id,
            name: channel.name.clone(),
            n_pending: waits_in(channel),
        });
        let lines = lines.collect();
        let current = match current {
            Some(channel) => Some(place.channel(channel, &pending).await?),
            None => None,
        };
        Ok(BoardView {
            channels: lines,
            current,
            may_create: place.may_propose("board.create_channel"),
            attempt_key: super::action::new_key(&place),
            outcome: None,
        })
    }

    async fn react(&self, viewer: &Viewer, slug: &str, reaction: Reaction) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let emoji = reaction.emoji.trim();
        if emoji.is_empty() || emoji.chars().count() > MAX_EMOJI_CHARS || emoji.chars().any(char::is_alphanumeric) {
            return Err(AppError::new(ErrorKind::Invalid, "not-an-emoji", "A reaction is one emoji."));
        }
        let unknown = || AppError::not_found("post");
        let post = place.store().post(reaction.post).await.map_err(failed)?.filter(|post| post.removed_at.is_none());
        let post = post.ok_or_else(unknown)?;
        if let Some(proposal) = post.proposal {
            return place.vote_by_reaction(proposal, &member, emoji, reaction.on).await;
        }
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        let handle = tx.community(place.here.community.id);
        if reaction.on {
            let stored = Stored { post: post.id, member: member.id, emoji: emoji.to_owned(), at: place.now };
            handle.add_reaction(&stored).await.map_err(failed)?;
        } else {
            handle.remove_reaction(post.id, member.id, emoji).await.map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
        self.web.ctx.live.tell(place.here.community.id, Change::of(Topic::Board, post.channel));
        Ok(())
    }
}

/// The answer that an emoji under a ballot stands for.
fn answer_of(emoji: &str) -> Option<types::BallotValue> {
    match emoji.trim_end_matches('\u{fe0f}') {
        "👍" | "✅" | "✔" => Some(types::BallotValue::Yes),
        "👎" | "❌" | "✖" => Some(types::BallotValue::No),
        "🤷" | "😐" => Some(types::BallotValue::Abstain),
        _ => None,
    }
}

impl Place<'_> {
    /// A reaction under a ballot is a ballot. Others than the answers' are refused: they would look like votes.
    async fn vote_by_reaction(
        &self,
        proposal: types::ProposalId,
        member: &types::member::Member,
        emoji: &str,
        on: bool,
    ) -> Result<(), AppError> {
        let value = answer_of(emoji).ok_or_else(|| {
            AppError::new(
                ErrorKind::Invalid,
                "not-an-answer",
                "This post is a ballot: react with 👍, 👎 or 🤷, or open the proposal.",
            )
        })?;
        let community = self.here.community.id;
        if on {
            let cast = crate::pipeline::Cast { proposal, member: member.id, value, reason: None, event: None };
            crate::pipeline::cast(&self.web.ctx, community, cast).await.map_err(crate::web::api::refusals::cast)?;
        } else {
            crate::pipeline::withdraw(&self.web.ctx, community, proposal, member.id)
                .await
                .map_err(crate::web::api::refusals::cast)?;
        }
        Ok(())
    }

    async fn channel(&self, channel: &Channel, pending: &[(String, PendingView)]) -> Result<ChannelView, AppError> {
        let mut posts = self.store().posts(channel.id, None, PER_PAGE + 1).await.map_err(failed)?;
        let has_older = posts.len() > PER_PAGE as usize;
        if has_older {
            posts.remove(0);
        }
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let reactions = self.store().reactions(&ids).await.map_err(failed)?;
        let texts: HashMap<PostId, String> =
            posts.iter().map(|post| (post.id, sentence::cut(&post.text, 80))).collect();
        let none = Vec::new();
        let posts = posts.iter().map(|post| {
            let answers = post.reply_to.and_then(|id| texts.get(&id).cloned());
            self.post(post, reactions.get(&post.id).unwrap_or(&none), answers)
        });
        let is_archived = channel.archived_at.is_some();
        Ok(ChannelView {
            id: channel.id,
            name: channel.name.clone(),
            topic: channel.topic.clone(),
            posts: posts.collect(),
            has_older,
            pending: pending.iter().filter(|(name, _)| *name == channel.name).map(|(_, view)| view.clone()).collect(),
            may_post: !is_archived && self.may_propose("board.post_message"),
            may_rename: !is_archived && self.may_propose("board.rename_channel"),
            may_set_topic: !is_archived && self.may_propose("board.set_topic"),
            is_archived,
        })
    }

    fn post(&self, post: &Post, reactions: &[Stored], answers: Option<String>) -> PostView {
        let is_removed = post.removed_at.is_some();
        PostView {
            id: post.id,
            author: post.author.and_then(|id| self.here.roster.person(id)),
            at: post.created_at,
            text: if is_removed { String::new() } else { post.text.clone() },
            edited_at: post.edited_at,
            removed: is_removed.then(|| post.removed_reason.clone().unwrap_or_else(|| "It was taken down.".to_owned())),
            is_pinned: post.pinned_at.is_some(),
            // The reactions under a ballot are ballots, and those are seen on the proposal's page, as far as they may be.
            reactions: if post.proposal.is_some() {
                Vec::new()
            } else {
                grouped(reactions, self.member().map(|m| m.id))
            },
            proposal: post.proposal,
            answers,
        }
    }

    /// Attempts that wait for a decision in a channel, or were decided a moment ago, each with the channel's name.
    async fn pending(&self) -> Result<Vec<(String, PendingView)>, AppError> {
        let open = ActionFilter {
            kind: Some("board.*".to_owned()),
            statuses: vec![ActionStatus::Proposed, ActionStatus::Held],
            limit: 100,
            ..ActionFilter::default()
        };
        let lately = ActionFilter {
            kind: Some("board.*".to_owned()),
            since: Some(self.now - LATELY),
            limit: 100,
            ..ActionFilter::default()
        };
        let mut actions = self.store().actions(&open).await.map_err(failed)?;
        for stored in self.store().actions(&lately).await.map_err(failed)? {
            if actions.iter().all(|known| known.action.id != stored.action.id) {
                actions.push(stored);
            }
        }
        actions.retain(|stored| self.here.sees(&stored.action.kind));
        let dossiers = dossier::load(&self.store(), actions).await.map_err(failed)?;
        let voted = self.voted(&dossiers).await?;
        let scene = self.scene(&voted);
        let view = |dossier: &Dossier| {
            let docket =
                dossier.leading().filter(|docket| scene::is_asked(docket) || dossier.action.status.is_open())?;
            let standing = scene::standing(&dossier.action, docket);
            let who = dossier.action.initiator.and_then(|id| self.here.roster.person(id));
            let who = who.map_or_else(|| "Polity".to_owned(), |person| person.name);
            let phrase = sentence::phrase(&dossier.action.kind, &dossier.action.payload, &self.names);
            let tally = scene.tally(docket);
            let note = match standing {
                Standing::Open if tally.hidden.is_none() && scene::is_asked(docket) => {
                    format!("{} of {} have voted.", tally.n_voted, tally.n_eligible)
                }
                Standing::Open => scene.how(dossier, docket),
                _ => scene::outcome(&dossier.action, docket),
            };
            let channel = dossier.action.payload.text("channel").or_else(|| dossier.action.undo.text("channel"));
            let pending = PendingView {
                proposal: docket.proposal.id,
                sentence: format!("{who} wants to {phrase}"),
                standing,
                note,
                at: dossier.action.created_at,
            };
            Some((channel.unwrap_or("general").to_owned(), pending))
        };
        Ok(dossiers.iter().filter_map(view).collect())
    }
}

fn grouped(reactions: &[Stored], mine: Option<MemberId>) -> Vec<ReactionView> {
    let mut views: Vec<ReactionView> = Vec::new();
    for reaction in reactions {
        let is_mine = Some(reaction.member) == mine;
        match views.iter_mut().find(|view| view.emoji == reaction.emoji) {
            Some(view) => {
                view.count += 1;
                view.mine |= is_mine;
            }
            None => views.push(ReactionView {
                emoji: reaction.emoji.clone(),
                meaning: String::new(),
                count: 1,
                mine: is_mine,
            }),
        }
    }
    views
}
