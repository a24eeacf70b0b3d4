//! What members say about a proposal.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{CommentId, ProposalId, Timestamp};

use super::words::Person;
use crate::error::AppError;

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// In favour.
    For,
    /// Against.
    Against,
    /// Neither: a question, a remark.
    Neutral,
}

impl Side {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Neutral => "neutral",
        }
    }

    /// The side of a word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::For, Self::Against, Self::Neutral].into_iter().find(|side| side.word() == word)
    }
}

/// In which order threads stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThreadOrder {
    /// Most supported first.
    #[default]
    Support,
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
    /// Those in favour first, then those against.
    Side,
}

impl ThreadOrder {
    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Newest => "newest",
            Self::Oldest => "oldest",
            Self::Side => "side",
        }
    }

    /// The order of a word; the most supported first for any other.
    pub fn of(word: &str) -> Self {
        [Self::Newest, Self::Oldest, Self::Side].into_iter().find(|order| order.word() == word).unwrap_or_default()
    }
}

/// The discussion of a proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscussionView {
    /// The threads, in the order asked for.
    pub threads: Vec<CommentView>,
    /// How many comments there are, those that were taken down left out.
    pub n_comments: u32,
    /// How many began a thread in favour, against, and neither.
    pub sides: [u32; 3],
    /// The most supported comment in favour, where there is one with support or a counterpart.
    pub best_for: Option<CommentView>,
    /// The most supported comment against.
    pub best_against: Option<CommentView>,
    /// Whether the viewer may write.
    pub may_write: bool,
    /// Whether the viewer hears nothing more of it.
    pub is_muted: bool,
}

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentView {
    /// Its id.
    pub id: CommentId,
    /// Who; none for somebody who has left.
    pub author: Option<Person>,
    /// Where they stand.
    pub side: Option<Side>,
    /// What, Markdown. Empty where it was taken down.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// Who took it down and why, as a sentence, where somebody did.
    pub removed: Option<String>,
    /// How many members support it.
    pub n_support: u32,
    /// Whether the viewer does.
    pub supports: bool,
    /// The other reactions.
    pub reactions: Vec<CommentReactionView>,
    /// The answers, oldest first.
    pub replies: Vec<CommentView>,
    /// Whether the viewer wrote it, and may change it or take it back.
    pub is_mine: bool,
    /// Whether the viewer may take it down although they did not write it.
    pub may_moderate: bool,
}

/// A reaction to a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentReactionView {
    /// The emoji.
    pub emoji: String,
    /// How many gave it.
    pub count: u32,
    /// Whether the viewer did.
    pub mine: bool,
}

/// A comment on its way in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentInput {
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// Where the author stands: `for`, `against`, `neutral`. Empty where they do not say.
    pub side: String,
    /// What, Markdown.
    pub text: String,
}

/// The emoji by which a comment is supported.
pub const SUPPORT: &str = "👍";

/// The other reactions, with what they mean for those who listen.
pub const REACTIONS: [(&str, &str); 4] =
    [("❤️", "Thank you"), ("🎉", "Glad about it"), ("🤔", "Not sure"), ("👀", "Noted")];

/// Loads the discussion of a proposal.
#[server]
pub async fn discussion(
    /// The community.
    slug: String,
    /// The proposal, as it stands in the address.
    proposal: String,
    /// In which order.
    #[server(default)]
    order: ThreadOrder,
) -> Result<DiscussionView, AppError> {
    let (backend, viewer) = super::asked()?;
    let known = super::answered(proposal.parse::<ProposalId>().map_err(|_| AppError::not_found("proposal")))?;
    super::answered(backend.discussion(&viewer, &slug, known, order).await)
}

/// Says something about a proposal.
#[server]
pub async fn write_comment(
    /// The community.
    slug: String,
    /// The proposal.
    proposal: ProposalId,
    /// The comment it answers.
    #[server(default)]
    parent: Option<CommentId>,
    /// Where the author stands.
    #[server(default)]
    side: String,
    /// What.
    #[server(default)]
    text: String,
) -> Result<CommentId, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.write_comment(&viewer, &slug, proposal, CommentInput { parent, side, text }).await)
}

/// Changes what the viewer said.
#[server]
pub async fn edit_comment(
    /// The community.
    slug: String,
    /// Which.
    comment: CommentId,
    /// Where the author stands.
    #[server(default)]
    side: String,
    /// What.
    #[server(default)]
    text: String,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.edit_comment(&viewer, &slug, comment, CommentInput { parent: None, side, text }).await)
}

/// Takes a comment down: one's own, or another's with a reason that everybody reads.
#[server]
pub async fn remove_comment(
    /// The community.
    slug: String,
    /// Which.
    comment: CommentId,
    /// Why.
    #[server(default)]
    reason: String,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.remove_comment(&viewer, &slug, comment, &reason).await)
}

/// Adds or takes back a reaction.
#[server]
pub async fn react_to_comment(
    /// The community.
    slug: String,
    /// To which.
    comment: CommentId,
    /// The emoji.
    emoji: String,
    /// Whether it is added.
    on: bool,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.react_to_comment(&viewer, &slug, comment, &emoji, on).await)
}
