//! The built-in board: channels, posts and reactions.

use std::collections::BTreeMap;

use types::{ChannelId, EffectId, MemberId, PostId, ProposalId, Timestamp};

use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result};

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The id.
    pub id: ChannelId,
    /// The name, unique in the community, without the `#`.
    pub name: String,
    /// What it is for.
    pub topic: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was closed for new posts.
    pub archived_at: Option<Timestamp>,
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its place in the order of posts; given by the database.
    pub place: i64,
    /// The id.
    pub id: PostId,
    /// The channel.
    pub channel: ChannelId,
    /// Who wrote it; `None` for Polity itself.
    pub author: Option<MemberId>,
    /// What it says.
    pub text: String,
    /// The post it answers.
    pub reply_to: Option<PostId>,
    /// The proposal whose ballot it is.
    pub proposal: Option<ProposalId>,
    /// The effect that posted it: the same effect never posts twice.
    pub effect: Option<EffectId>,
    /// When.
    pub created_at: Timestamp,
    /// When its text was changed last.
    pub edited_at: Option<Timestamp>,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
    /// When it was pinned.
    pub pinned_at: Option<Timestamp>,
    /// Why it was removed, while it is.
    pub removed_reason: Option<String>,
    /// The page that a posted ballot points to.
    pub link: Option<String>,
}

/// A member's reaction to a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The post.
    pub post: PostId,
    /// Who.
    pub member: MemberId,
    /// What.
    pub emoji: String,
    /// When.
    pub at: Timestamp,
}

const CHANNEL: &str = "id, name, topic, created_at, archived_at";
const POST: &str = "place, id, channel_id, author_id, body, reply_to, proposal_id, effect_id, created_at, edited_at,
    removed_at, pinned_at, removed_reason, link";

impl FromRow for Channel {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            name: cells.take()?,
            topic: cells.take()?,
            created_at: cells.take()?,
            archived_at: cells.opt()?,
        })
    }
}

impl FromRow for Post {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            place: cells.take()?,
            id: cells.take()?,
            channel: cells.take()?,
            author: cells.opt()?,
            text: cells.take()?,
            reply_to: cells.opt()?,
            proposal: cells.opt()?,
            effect: cells.opt()?,
            created_at: cells.take()?,
            edited_at: cells.opt()?,
            removed_at: cells.opt()?,
            pinned_at: cells.opt()?,
            removed_reason: cells.opt()?,
            link: cells.opt()?,
        })
    }
}

impl FromRow for Reaction {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { post: cells.take()?, member: cells.take()?, emoji: cells.take()?, at: cells.take()? })
    }
}

impl CommunityStore<'_> {
    /// All channels by name, archived ones last.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn channels(&self) -> Result<Vec<Channel>> {
        let sql = format!(
            "SELECT {CHANNEL} FROM channels WHERE community_id = $1
             ORDER BY CASE WHEN archived_at IS NULL THEN 0 ELSE 1 END, name"
        );
        self.db.all(&sql, values![self.id]).await
    }

    /// The channel of a name.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn channel_by_name(&self, name: &str) -> Result<Option<Channel>> {
        let sql = format!("SELECT {CHANNEL} FROM channels WHERE community_id = $1 AND name = $2");
        self.db.one(&sql, values![self.id, name]).await
    }

    /// One channel.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>> {
        let sql = format!("SELECT {CHANNEL} FROM channels WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// The latest posts of a channel in ascending order, removed ones included; before `before` where it is given.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn posts(&self, channel: ChannelId, before: Option<i64>, limit: u32) -> Result<Vec<Post>> {
        let sql = format!(
            "SELECT {POST} FROM posts WHERE community_id = $1 AND channel_id = $2 AND place < $3
             ORDER BY place DESC LIMIT $4"
        );
        let values = values![self.id, channel, before.unwrap_or(i64::MAX), i64::from(limit)];
        let mut posts = self.db.all::<Post>(&sql, values).await?;
        posts.reverse();
        Ok(posts)
    }

    /// One post, even if it was removed.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn post(&self, id: PostId) -> Result<Option<Post>> {
        let sql = format!("SELECT {POST} FROM posts WHERE community_id = $1 AND id = $2");
        self.db.one(&sql, values![self.id, id]).await
    }

    /// The post of an effect.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn post_of_effect(&self, effect: EffectId) -> Result<Option<Post>> {
        let sql = format!("SELECT {POST} FROM posts WHERE community_id = $1 AND effect_id = $2");
        self.db.one(&sql, values![self.id, effect]).await
    }

    /// Reactions to posts, oldest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn reactions(&self, posts: &[PostId]) -> Result<BTreeMap<PostId, Vec<Reaction>>> {
        let before =
            "SELECT post_id, member_id, emoji, created_at FROM reactions WHERE community_id = $1 AND post_id IN";
        let after = "ORDER BY created_at, member_id, emoji";
        let mut found = BTreeMap::<PostId, Vec<Reaction>>::new();
        for reaction in self.db.all_in::<Reaction, _>(before, values![self.id], posts, after).await? {
            found.entry(reaction.post).or_default().push(reaction);
        }
        Ok(found)
    }

    /// Who is in a channel, by the time of joining.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn channel_members(&self, channel: ChannelId) -> Result<Vec<MemberId>> {
        let sql = "SELECT member_id FROM channel_members WHERE community_id = $1 AND channel_id = $2
            ORDER BY joined_at, member_id";
        let rows = self.db.all::<(MemberId,)>(sql, values![self.id, channel]).await?;
        Ok(rows.into_iter().map(|(member,)| member).collect())
    }
}

impl CommunityTx<'_> {
    /// Opens a channel.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] when the name is in use, or what the database answered.
    pub async fn add_channel(&self, channel: &Channel) -> Result<()> {
        let c = channel;
        let sql = format!("INSERT INTO channels ({CHANNEL}, community_id) VALUES ($1, $2, $3, $4, $5, $6)");
        self.db.run(&sql, values![c.id, c.name, c.topic, c.created_at, c.archived_at, self.id]).await?;
        Ok(())
    }

    /// Changes a channel's name, topic and archival. Answers whether it is there.
    ///
    /// # Errors
    /// [`crate::StoreError::Taken`] when the name is in use, or what the database answered.
    pub async fn save_channel(&self, channel: &Channel) -> Result<bool> {
        let c = channel;
        let sql = "UPDATE channels SET name = $3, topic = $4, archived_at = $5 WHERE community_id = $1 AND id = $2";
        Ok(self.db.run(sql, values![self.id, c.id, c.name, c.topic, c.archived_at]).await? > 0)
    }

    /// Deletes a channel and its memberships if nothing was ever posted in it. Answers whether it did.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn delete_channel_if_empty(&self, id: ChannelId) -> Result<bool> {
        let sql = "SELECT id FROM posts WHERE community_id = $1 AND channel_id = $2 LIMIT 1";
        if self.db.one::<(PostId,)>(sql, values![self.id, id]).await?.is_some() {
            return Ok(false);
        }
        let sql = "DELETE FROM channel_members WHERE community_id = $1 AND channel_id = $2";
        self.db.run(sql, values![self.id, id]).await?;
        let sql = "DELETE FROM channels WHERE community_id = $1 AND id = $2";
        Ok(self.db.run(sql, values![self.id, id]).await? > 0)
    }

    /// Adds a post; `place` is given by the database. Answers whether it is new.
    ///
    /// # Idempotency
    /// By `effect`: an effect that is delivered again adds nothing.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_post(&self, post: &Post) -> Result<bool> {
        let p = post;
        let sql = "INSERT INTO posts (id, community_id, channel_id, author_id, body, reply_to, proposal_id, effect_id,
            created_at, link) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (effect_id) DO NOTHING";
        let values =
            values![p.id, self.id, p.channel, p.author, p.text, p.reply_to, p.proposal, p.effect, p.created_at, p.link];
        Ok(self.db.run(sql, values).await? > 0)
    }

    /// Changes a post's text, removal and pin. Answers whether it is there.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn save_post(&self, post: &Post) -> Result<bool> {
        let p = post;
        let sql = "UPDATE posts SET body = $3, edited_at = $4, removed_at = $5, pinned_at = $6,
            removed_reason = $7 WHERE community_id = $1 AND id = $2";
        let values = values![self.id, p.id, p.text, p.edited_at, p.removed_at, p.pinned_at, p.removed_reason];
        Ok(self.db.run(sql, values).await? > 0)
    }

    /// Adds a reaction. Answers whether it is new.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn add_reaction(&self, reaction: &Reaction) -> Result<bool> {
        let r = reaction;
        let sql = "INSERT INTO reactions (post_id, member_id, emoji, community_id, created_at)
            SELECT id, $2, $3, community_id, $5 FROM posts WHERE id = $1 AND community_id = $4
            ON CONFLICT (post_id, member_id, emoji) DO NOTHING";
        Ok(self.db.run(sql, values![r.post, r.member, r.emoji, self.id, r.at]).await? > 0)
    }

    /// Takes a reaction back. Answers whether it was there.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn remove_reaction(&self, post: PostId, member: MemberId, emoji: &str) -> Result<bool> {
        let sql = "DELETE FROM reactions WHERE community_id = $1 AND post_id = $2 AND member_id = $3 AND emoji = $4";
        Ok(self.db.run(sql, values![self.id, post, member, emoji]).await? > 0)
    }

    /// Brings a member into a channel. Answers whether they were not there yet.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn join_channel(&self, channel: ChannelId, member: MemberId, at: Timestamp) -> Result<bool> {
        let sql = "INSERT INTO channel_members (channel_id, member_id, community_id, joined_at)
            SELECT id, $2, community_id, $4 FROM channels WHERE id = $1 AND community_id = $3
            ON CONFLICT (channel_id, member_id) DO NOTHING";
        Ok(self.db.run(sql, values![channel, member, self.id, at]).await? > 0)
    }

    /// Takes a member out of a channel. Answers whether they were there.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn leave_channel(&self, channel: ChannelId, member: MemberId) -> Result<bool> {
        let sql = "DELETE FROM channel_members WHERE community_id = $1 AND channel_id = $2 AND member_id = $3";
        Ok(self.db.run(sql, values![self.id, channel, member]).await? > 0)
    }
}
