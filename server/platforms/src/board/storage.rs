//! The port through which the board remembers. The server implements it over the store; tests over a map.

use async_trait::async_trait;
use types::platform::{IdempotencyKey, Receipt};
use types::{ChannelId, CommunityId, MemberId, PostId};

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The id.
    pub id: ChannelId,
    /// The name, unique in the community whether archived or not.
    pub name: String,
    /// What it is for.
    pub topic: String,
    /// Whether it is closed for new posts.
    pub is_archived: bool,
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The id.
    pub id: PostId,
    /// Where it stands.
    pub channel: ChannelId,
    /// Who wrote it; `None` for Polity itself.
    pub author: Option<MemberId>,
    /// What it says.
    pub text: String,
    /// The post it answers.
    pub reply_to: Option<PostId>,
    /// The page it points to, for a posted ballot.
    pub link: Option<String>,
    /// Why it was removed, while it is (an empty text: without a reason). Its text stays, so that it can come back.
    pub removed: Option<String>,
    /// Whether it stands at the top of its channel.
    pub is_pinned: bool,
}

/// A member, present or former.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardMember {
    /// The id.
    pub id: MemberId,
    /// The name people read.
    pub display_name: String,
    /// Whether they belong to the community now.
    pub is_present: bool,
}

/// Why the storage could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Somebody else changed the same thing at the same moment; nothing was written, and another try will see it.
    #[error("somebody else changed the board at the same moment")]
    Conflict,
    /// The storage is out of reach.
    #[error("the board's storage is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where the board is kept.
#[async_trait]
pub trait BoardStorage: Send + Sync {
    /// Begins a change of one community's board.
    async fn begin(&self, community: CommunityId) -> Result<Box<dyn BoardTransaction>, StorageError>;
}

/// One change of a board: all of it, or (dropped without [`BoardTransaction::commit`]) nothing.
///
/// Ids of new channels and posts are given by the caller, moments by the storage.
#[async_trait]
pub trait BoardTransaction: Send {
    /// The receipt committed under `key` before, or `None`.
    async fn done(&mut self, key: IdempotencyKey) -> Result<Option<Receipt>, StorageError>;

    /// The channel of this name, archived ones too.
    async fn channel_named(&mut self, name: &str) -> Result<Option<Channel>, StorageError>;

    /// The channel of this id.
    async fn channel(&mut self, id: ChannelId) -> Result<Option<Channel>, StorageError>;

    /// Adds the channel, or changes the one of the same id.
    async fn put_channel(&mut self, channel: &Channel) -> Result<(), StorageError>;

    /// Deletes the channel and its memberships if it has no posts (removed ones count); whether it did.
    async fn delete_channel_if_empty(&mut self, id: ChannelId) -> Result<bool, StorageError>;

    /// Whether a member is in a channel.
    async fn is_in_channel(&mut self, channel: ChannelId, member: MemberId) -> Result<bool, StorageError>;

    /// Puts a member into a channel, or takes them out.
    async fn set_in_channel(&mut self, channel: ChannelId, member: MemberId, is_in: bool) -> Result<(), StorageError>;

    /// The post of this id, a removed one too.
    async fn post(&mut self, id: PostId) -> Result<Option<Post>, StorageError>;

    /// Adds the post, or changes the one of the same id.
    async fn put_post(&mut self, post: &Post) -> Result<(), StorageError>;

    /// The present or former member of this handle.
    async fn member(&mut self, handle: &str) -> Result<Option<BoardMember>, StorageError>;

    /// Adds a member that the community never had.
    async fn add_member(&mut self, handle: &str, display_name: &str) -> Result<MemberId, StorageError>;

    /// Says whether a known member belongs to the community now.
    ///
    /// The roles of one who leaves are kept, so that bringing them back is the exact inverse; they count only while present.
    async fn set_present(&mut self, member: MemberId, is_present: bool) -> Result<(), StorageError>;

    /// Puts a notice into a member's inbox.
    async fn notice(&mut self, to: MemberId, text: &str) -> Result<(), StorageError>;

    /// Keeps everything, and the receipt under `key`.
    async fn commit(self: Box<Self>, key: IdempotencyKey, receipt: &Receipt) -> Result<(), StorageError>;
}
