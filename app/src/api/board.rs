//! The built-in board: channels, posts, reactions. Posting, renaming and the like are attempts, see [`super::action`].

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{ChannelId, PostId, ProposalId, Timestamp};

use super::words::{Person, Standing};
use crate::error::AppError;

/// The board, with one channel open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardView {
    /// The channels, by name.
    pub channels: Vec<ChannelLine>,
    /// The open channel; none while there is no channel at all.
    pub current: Option<ChannelView>,
    /// Whether the viewer may attempt to create a channel.
    pub may_create: bool,
    /// Makes the next attempt from this page count once, however often it is sent.
    pub attempt_key: String,
    /// What came of the viewer's last attempt, where the address names it: for browsers without a script.
    pub outcome: Option<super::action::AttemptOutcome>,
}

/// A channel in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelLine {
    /// Its id.
    pub id: ChannelId,
    /// Its name, without the `#`.
    pub name: String,
    /// Attempts that wait for a decision there.
    pub n_pending: u32,
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelView {
    /// Its id.
    pub id: ChannelId,
    /// Its name, without the `#`.
    pub name: String,
    /// Its topic. May be empty.
    pub topic: String,
    /// The posts, oldest first.
    pub posts: Vec<PostView>,
    /// Whether there are older ones than these.
    pub has_older: bool,
    /// Attempts that wait for a decision, or were decided a moment ago.
    pub pending: Vec<PendingView>,
    /// Whether the viewer may attempt to post here.
    pub may_post: bool,
    /// Whether the viewer may attempt to rename it.
    pub may_rename: bool,
    /// Whether the viewer may attempt to set the topic.
    pub may_set_topic: bool,
    /// Whether the channel is closed for new posts.
    pub is_archived: bool,
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostView {
    /// Its id.
    pub id: PostId,
    /// Who wrote it; none for Polity itself.
    pub author: Option<Person>,
    /// When.
    pub at: Timestamp,
    /// What it says. Plain text.
    pub text: String,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// Why it was taken down; `text` is then empty.
    pub removed: Option<String>,
    /// Whether it is pinned.
    pub is_pinned: bool,
    /// The reactions.
    pub reactions: Vec<ReactionView>,
    /// The proposal it carries the ballot of, or speaks about.
    pub proposal: Option<ProposalId>,
    /// The first words of the post it answers.
    pub answers: Option<String>,
}

/// A reaction under a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionView {
    /// The emoji.
    pub emoji: String,
    /// What it counts as, where the post is a ballot: "Yes". Empty otherwise.
    pub meaning: String,
    /// How many gave it.
    pub count: u32,
    /// Whether the viewer did.
    pub mine: bool,
}

/// An attempt that waits, or was decided a moment ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingView {
    /// Its proposal.
    pub proposal: ProposalId,
    /// "Tomasz Wilk wants to rename #random to #tool-chat".
    pub sentence: String,
    /// How it stands.
    pub standing: Standing,
    /// What it waits for: "0 of 2 jurors have agreed."
    pub note: String,
    /// When it was attempted.
    pub at: Timestamp,
}

/// Adding or taking back a reaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Under which post.
    pub post: PostId,
    /// The emoji.
    pub emoji: String,
    /// Whether it is added.
    pub on: bool,
}

/// Loads the board with a channel.
#[server]
pub async fn board(
    /// The community.
    slug: String,
    /// The channel, by id or present name.
    #[server(default)]
    channel: Option<String>,
    /// The viewer's last attempt, as the address names it.
    #[server(default)]
    did: Option<String>,
) -> Result<BoardView, AppError> {
    let (backend, viewer) = super::asked()?;
    let mut view = super::answered(backend.board(&viewer, &slug, channel.as_deref()).await)?;
    if let Some(Ok(id)) = did.map(|id| id.parse()) {
        // An attempt that is none of the viewer's is as good as none.
        view.outcome = backend.outcome(&viewer, &slug, id).await.ok();
    }
    Ok(view)
}

/// Adds or takes back a reaction.
#[server]
pub async fn react(
    /// The community.
    slug: String,
    /// Under which post.
    post: PostId,
    /// The emoji.
    emoji: String,
    /// Whether it is added.
    on: bool,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.react(&viewer, &slug, Reaction { post, emoji, on }).await)
}
