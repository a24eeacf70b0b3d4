//! Saying something about a proposal: rules that pages and REST share, each change with its line in the log.
//!
//! The log never holds what was said, only its fingerprint: what is taken down must not stand there for ever.

use app::api::discussion::{REACTIONS, SUPPORT, Side};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::StoreError;
use store::comments::{Comment, CommentReaction, Removal};
use types::audit::Actor;
use types::member::{Member, Right};
use types::{AuditKind, CommentId, CommunityId, Json, MemberId, ProposalId};

use crate::ctx::Ctx;
use crate::hex::hex;
use crate::live::{Change, Topic};
use crate::views::roster::Roster;

/// Longest comment.
///
/// # Units
/// Characters: two printed pages.
pub const MAX_COMMENT_CHARS: usize = 6_000;

/// Longest reason for taking a comment down, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// Most comments on one proposal.
pub const MAX_COMMENTS: u32 = 5_000;

/// Whoever may do this at once may take down others' comments.
pub const MODERATES: &str = "board.remove_message";

/// Why nothing was said or changed.
#[derive(Debug, thiserror::Error)]
pub enum DiscussionError {
    /// The comment is not here, or was taken down.
    #[error("there is no comment that you can see here")]
    NoComment,
    /// Nothing was written.
    #[error("the comment is empty; write something first")]
    Empty,
    /// Too much was written.
    #[error("the comment has {0} characters; at most {MAX_COMMENT_CHARS} are kept")]
    TooLong(usize),
    /// So much was said already.
    #[error("there are {MAX_COMMENTS} comments on this already, and no more are taken")]
    TooMany,
    /// A side that there is not.
    #[error("“{0}” is no side; choose for, against or neutral, or none")]
    BadSide(String),
    /// A reaction that there is not.
    #[error("“{0}” is not one of the reactions")]
    BadReaction(String),
    /// The comment is another's.
    #[error("only who wrote a comment may change it")]
    NotYours,
    /// Neither the author nor somebody who moderates.
    #[error("your roles do not allow you to take down what others wrote; propose it instead")]
    NotAModerator,
    /// A moderator must say why.
    #[error("say why you take it down: everybody will read the reason in its place")]
    NoReason,
    /// The reason is too long.
    #[error("the reason has {0} characters; at most {MAX_REASON_CHARS} are kept")]
    ReasonTooLong(usize),
    /// The store failed.
    #[error("the comment could not be stored")]
    Store(#[from] StoreError),
}

impl DiscussionError {
    /// The stable word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoComment => "not-found",
            Self::Empty => "comment-empty",
            Self::TooLong(_) => "comment-too-long",
            Self::TooMany => "too-many-comments",
            Self::BadSide(_) => "unknown-side",
            Self::BadReaction(_) => "unknown-reaction",
            Self::NotYours => "not-yours",
            Self::NotAModerator => "not-a-moderator",
            Self::NoReason => "reason-needed",
            Self::ReasonTooLong(_) => "reason-too-long",
            Self::Store(_) => "internal",
        }
    }
}

/// What somebody wants to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saying {
    /// The comment it answers.
    pub parent: Option<CommentId>,
    /// Where they stand: `for`, `against`, `neutral`, or nothing.
    pub side: String,
    /// What, Markdown.
    pub text: String,
}

/// One community's people, for who is mentioned and who may moderate.
pub struct Discussion<'c> {
    /// The means.
    pub ctx: &'c Ctx,
    /// The community.
    pub community: CommunityId,
    /// Its people.
    pub roster: &'c Roster,
}

impl Discussion<'_> {
    /// Keeps a comment on `proposal`, which the member is known to see.
    ///
    /// An answer to an answer goes to the thread it stands in: threads are two deep.
    ///
    /// # Errors
    /// [`DiscussionError`]: nothing was kept.
    pub async fn write(&self, by: &Member, proposal: ProposalId, saying: Saying) -> Result<Comment, DiscussionError> {
        let text = checked(&saying.text)?;
        let side = side(&saying.side)?;
        let now = self.ctx.clock.now();
        let subject = format!("proposal:{proposal}");
        let tx = self.ctx.store.begin().await?;
        let handle = tx.community(self.community);
        if handle.count_comments(&subject).await? >= i64::from(MAX_COMMENTS) {
            return Err(DiscussionError::TooMany);
        }
        let parent = match saying.parent {
            None => None,
            Some(id) => {
                let answered = handle.comment(id).await?.filter(|comment| comment.subject == subject);
                let answered = answered.ok_or(DiscussionError::NoComment)?;
                Some(answered.parent.unwrap_or(answered.id))
            }
        };
        let comment = Comment {
            id: self.ctx.ids.next(),
            subject: subject.clone(),
            parent,
            author: by.id,
            position: side.map(|side| side.word().to_owned()),
            text,
            created_at: now,
            edited_at: None,
            removed: None,
        };
        handle.add_comment(&comment).await?;
        let body = json!({
            "about": subject, "parent": parent, "side": comment.position,
            "mentions": self.mentions(&comment.text), "sha256": fingerprint(&comment.text),
        });
        let entry = format!("comment:{}", comment.id);
        handle.audit(Actor::Member(by.id), AuditKind::CommentWritten, entry, Json(body), now);
        tx.commit().await?;
        self.tell(&subject);
        Ok(comment)
    }

    /// Changes the member's own comment. Nobody is notified anew.
    ///
    /// # Errors
    /// [`DiscussionError`]: nothing was changed.
    pub async fn edit(&self, by: &Member, comment: &Comment, saying: &Saying) -> Result<(), DiscussionError> {
        if comment.author != by.id {
            return Err(DiscussionError::NotYours);
        }
        let text = checked(&saying.text)?;
        let side = side(&saying.side)?.map(Side::word);
        let now = self.ctx.clock.now();
        let tx = self.ctx.store.begin().await?;
        let handle = tx.community(self.community);
        if !handle.edit_comment(comment.id, side, &text, now).await? {
            return Err(DiscussionError::NoComment);
        }
        let body = json!({ "about": comment.subject, "side": side, "sha256": fingerprint(&text) });
        let entry = format!("comment:{}", comment.id);
        handle.audit(Actor::Member(by.id), AuditKind::CommentEdited, entry, Json(body), now);
        tx.commit().await?;
        self.tell(&comment.subject);
        Ok(())
    }

    /// Takes a comment down. Its place stays, with who did it and why.
    ///
    /// # Errors
    /// [`DiscussionError`]: nothing was changed.
    pub async fn remove(&self, by: &Member, comment: &Comment, reason: &str) -> Result<(), DiscussionError> {
        let reason = reason.trim();
        let n_chars = reason.chars().count();
        if n_chars > MAX_REASON_CHARS {
            return Err(DiscussionError::ReasonTooLong(n_chars));
        }
        let is_author = comment.author == by.id;
        if !is_author && !self.moderates(by) {
            return Err(DiscussionError::NotAModerator);
        }
        if !is_author && reason.is_empty() {
            return Err(DiscussionError::NoReason);
        }
        let now = self.ctx.clock.now();
        let removal = Removal { at: now, by: (!is_author).then_some(by.id), reason: reason.to_owned() };
        let tx = self.ctx.store.begin().await?;
        let handle = tx.community(self.community);
        if !handle.remove_comment(comment.id, &removal).await? {
            return Err(DiscussionError::NoComment);
        }
        let body = json!({ "about": comment.subject, "author": comment.author, "reason": reason });
        let entry = format!("comment:{}", comment.id);
        handle.audit(Actor::Member(by.id), AuditKind::CommentRemoved, entry, Json(body), now);
        tx.commit().await?;
        self.tell(&comment.subject);
        Ok(())
    }

    /// Adds or takes back a reaction.
    ///
    /// # Errors
    /// [`DiscussionError`]: nothing was changed.
    pub async fn react(&self, by: MemberId, comment: &Comment, emoji: &str, on: bool) -> Result<(), DiscussionError> {
        if comment.removed.is_some() {
            return Err(DiscussionError::NoComment);
        }
        if emoji != SUPPORT && !REACTIONS.iter().any(|(known, _)| *known == emoji) {
            return Err(DiscussionError::BadReaction(emoji.chars().take(20).collect()));
        }
        let reaction = CommentReaction { comment: comment.id, member: by, emoji: emoji.to_owned() };
        let tx = self.ctx.store.begin().await?;
        let handle = tx.community(self.community);
        match on {
            true => handle.react_to_comment(&reaction, self.ctx.clock.now()).await?,
            false => handle.unreact_to_comment(&reaction).await?,
        }
        tx.commit().await?;
        self.tell(&comment.subject);
        Ok(())
    }

    /// Whether a member may take down others' comments.
    #[must_use]
    pub fn moderates(&self, member: &Member) -> bool {
        MODERATES.parse().is_ok_and(|kind| self.roster.may(Some(member), Right::Execute, &kind))
    }

    /// The members whom a text names by `@handle`.
    fn mentions(&self, text: &str) -> Vec<MemberId> {
        let mut named: Vec<MemberId> =
            mentioned(text).filter_map(|handle| self.roster.by_handle(handle)).map(|member| member.id).collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    fn tell(&self, subject: &str) {
        let id = subject.strip_prefix("proposal:").unwrap_or(subject);
        self.ctx.live.tell(self.community, Change::of(Topic::Comment, id));
    }
}

/// The handles that follow an `@` at the beginning of a word.
pub fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let starts = text.match_indices('@').filter(move |(at, _)| {
        !text.get(..*at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric)
    });
    starts.filter_map(move |(at, _)| {
        let rest = text.get(at + 1..)?;
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        rest.get(..end).map(|handle| handle.trim_end_matches(['-', '_'])).filter(|handle| !handle.is_empty())
    })
}

fn checked(text: &str) -> Result<String, DiscussionError> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    match text.chars().count() {
        0 => Err(DiscussionError::Empty),
        n if n > MAX_COMMENT_CHARS => Err(DiscussionError::TooLong(n)),
        _ => Ok(text),
    }
}

fn side(word: &str) -> Result<Option<Side>, DiscussionError> {
    match word {
        "" => Ok(None),
        word => Side::of(word).map(Some).ok_or_else(|| DiscussionError::BadSide(word.chars().take(20).collect())),
    }
}

fn fingerprint(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_found_where_people_write_them() {
        let found = |text: &'static str| mentioned(text).collect::<Vec<_>>();
        assert_eq!(found("@ada, and (@ben-o)? Not mail@cleo.example or @ alone."), ["ada", "ben-o"]);
        assert_eq!(found("é@dora @emre_2"), ["emre_2"]);
        assert_eq!(found("@@ada"), ["ada"]);
    }

    #[test]
    fn a_comment_has_words_and_a_known_side() {
        assert!(matches!(checked("  \n "), Err(DiscussionError::Empty)));
        assert!(matches!(checked(&"x".repeat(MAX_COMMENT_CHARS + 1)), Err(DiscussionError::TooLong(_))));
        assert_eq!(checked(" a\r\nb ").unwrap(), "a\nb");
        assert!(matches!(side("maybe"), Err(DiscussionError::BadSide(_))));
        assert_eq!(side("against").unwrap(), Some(Side::Against));
    }
}
