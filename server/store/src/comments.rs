//! Comments: what members say about a proposal, in threads two deep.

use std::collections::BTreeMap;

use types::{CommentId, MemberId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result};

/// Something that a member said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The id.
    pub id: CommentId,
    /// What it is about: `proposal:<id>`.
    pub subject: String,
    /// The comment it answers; none for those that begin a thread.
    pub parent: Option<CommentId>,
    /// Who said it.
    pub author: MemberId,
    /// Where they stand: `for`, `against`, `neutral`; none where they did not say.
    pub position: Option<String>,
    /// What, Markdown. Kept when it is taken down, and shown to nobody then.
    pub text: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// How it was taken down.
    pub removed: Option<Removal>,
}

/// How a comment was taken down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// When.
    pub at: Timestamp,
    /// By whom; none where the author took it back.
    pub by: Option<MemberId>,
    /// Why. May be empty.
    pub reason: String,
}

/// A member's reaction to a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentReaction {
    /// To which.
    pub comment: CommentId,
    /// Whose.
    pub member: MemberId,
    /// Which.
    pub emoji: String,
}

const COLUMNS: &str =
    "id, subject, parent_id, author_id, position, body, created_at, edited_at, removed_at, removed_by, removed_reason";

impl FromRow for Comment {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        let mut comment = Self {
            id: cells.take()?,
            subject: cells.take()?,
            parent: cells.opt()?,
            author: cells.take()?,
            position: cells.opt()?,
            text: cells.take()?,
            created_at: cells.take()?,
            edited_at: cells.opt()?,
            removed: None,
        };
        let (at, by, reason) = (cells.opt()?, cells.opt()?, cells.opt::<String>()?);
        comment.removed = at.map(|at| Removal { at, by, reason: reason.unwrap_or_default() });
        Ok(comment)
    }
}

impl FromRow for CommentReaction {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { comment: cells.take()?, member: cells.take()?, emoji: cells.take()? })
    }
}

impl CommunityStore<'_> {
    /// Everything said about `subject`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn comments(&self, subject: &str, limit: u32) -> Result<Vec<Comment>> {
        let sql =
            format!("SELECT {COLUMNS} FROM comments WHERE community_id = $1 AND subject = $2 ORDER BY ord LIMIT $3");
        self.db.all(&sql, values![self.id, subject, i64::from(limit)]).await
    }

    /// One comment, also one that was taken down.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn comment(&self, id: CommentId) -> Result<Option<Comment>> {
        let sql = format!("SELECT {COLUMNS} FROM comments WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// How much was said about each of `subjects`, what was taken down left out.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn count_comments(&self, subject: &str) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM comments WHERE community_id = $1 AND subject = $2 AND removed_at IS NULL";
        Ok(self.db.one::<(i64,)>(sql, values![self.id, subject]).await?.map_or(0, |(n,)| n))
    }

    /// What a member said, newest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn comments_by(&self, author: MemberId, limit: u32) -> Result<Vec<Comment>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM comments WHERE community_id = $1 AND author_id = $2 AND removed_at IS NULL
             ORDER BY ord DESC LIMIT $3"
        );
        self.db.all(&sql, values![self.id, author, i64::from(limit)]).await
    }

    /// The reactions to `comments`, oldest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn comment_reactions(&self, comments: &[CommentId]) -> Result<BTreeMap<CommentId, Vec<CommentReaction>>> {
        let before =
            "SELECT comment_id, member_id, emoji FROM comment_reactions WHERE community_id = $1 AND comment_id IN";
        let found =
            self.db.all_in::<CommentReaction, _>(before, values![self.id], comments, "ORDER BY created_at, emoji");
        let mut by_comment = BTreeMap::<CommentId, Vec<CommentReaction>>::new();
        for reaction in found.await? {
            by_comment.entry(reaction.comment).or_default().push(reaction);
        }
        Ok(by_comment)
    }
}

impl CommunityTx<'_> {
    /// Keeps what a member said.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_comment(&self, comment: &Comment) -> Result<()> {
        let c = comment;
        let sql = "INSERT INTO comments (id, community_id, subject, parent_id, author_id, position, body, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let values = values![c.id, self.id, c.subject, c.parent, c.author, c.position, c.text, c.created_at];
        self.db.run(sql, values).await?;
        Ok(())
    }

    /// Changes what was said. Answers whether it is still there to be changed.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn edit_comment(&self, id: CommentId, position: Option<&str>, text: &str, at: Timestamp) -> Result<bool> {
        let sql = "UPDATE comments SET body = $3, position = $4, edited_at = $5
            WHERE community_id = $1 AND id = $2 AND removed_at IS NULL";
        let position = position.map(str::to_owned);
        Ok(self.db.run(sql, values![self.id, id, text, position, at]).await? > 0)
    }

    /// Takes a comment down; its place in the thread stays. Answers whether it was there.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn remove_comment(&self, id: CommentId, removal: &Removal) -> Result<bool> {
        let sql = "UPDATE comments SET removed_at = $3, removed_by = $4, removed_reason = $5
            WHERE community_id = $1 AND id = $2 AND removed_at IS NULL";
        Ok(self.db.run(sql, values![self.id, id, removal.at, removal.by, removal.reason]).await? > 0)
    }

    /// Adds a reaction, once per member and emoji.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn react_to_comment(&self, reaction: &CommentReaction, at: Timestamp) -> Result<()> {
        let r = reaction;
        let sql = "INSERT INTO comment_reactions (comment_id, member_id, emoji, community_id, created_at)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (comment_id, member_id, emoji) DO NOTHING";
        self.db.run(sql, values![r.comment, r.member, r.emoji, self.id, at]).await?;
        Ok(())
    }

    /// Takes a reaction back.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn unreact_to_comment(&self, reaction: &CommentReaction) -> Result<()> {
        let r = reaction;
        let sql = "DELETE FROM comment_reactions
            WHERE community_id = $1 AND comment_id = $2 AND member_id = $3 AND emoji = $4";
        self.db.run(sql, values![self.id, r.comment, r.member, r.emoji]).await?;
        Ok(())
    }
}
