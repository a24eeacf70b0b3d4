//! The board's storage over the store: each change is one transaction, with the receipt that makes it happen once.

use std::sync::Arc;

use app::api::notice::NoticeEvent;
use async_trait::async_trait;
use platforms::board::storage::{BoardMember, BoardStorage, BoardTransaction, Channel, Post, StorageError};
use serde_json::json;
use store::board as rows;
use store::members::NewMember;
use store::{Store, StoreError, Tx};
use types::audit::Actor;
use types::platform::{IdempotencyKey, Receipt};
use types::{AuditKind, ChannelId, CommunityId, Json, MemberId, PostId, Timestamp};

use crate::clock::{Clock, IdSource};
use crate::notices::{Told, tell};

/// The board's storage over the store.
pub struct StoredBoard {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl StoredBoard {
    /// The board kept in `store`.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self { store, clock, ids }
    }
}

/// One change of one community's board.
struct Change {
    tx: Tx,
    community: CommunityId,
    now: Timestamp,
    ids: Arc<dyn IdSource>,
}

fn failed(error: StoreError) -> StorageError {
    if error.is_retryable() || matches!(error, StoreError::Taken(_)) {
        return StorageError::Conflict;
    }
    StorageError::Unavailable(Box::new(error))
}

#[async_trait]
impl BoardStorage for StoredBoard {
    async fn begin(&self, community: CommunityId) -> Result<Box<dyn BoardTransaction>, StorageError> {
        let tx = self.store.begin().await.map_err(failed)?;
        Ok(Box::new(Change { tx, community, now: self.clock.now(), ids: Arc::clone(&self.ids) }))
    }
}

impl Change {
    fn board(&self) -> store::CommunityTx<'_> {
        self.tx.community(self.community)
    }

    /// The moment something stands since: kept where it stands already, now where it begins, none where it ends.
    fn since(&self, stands: bool, before: Option<Timestamp>) -> Option<Timestamp> {
        stands.then(|| before.unwrap_or(self.now))
    }
}

fn channel(row: rows::Channel) -> Channel {
    Channel { id: row.id, name: row.name, topic: row.topic, is_archived: row.archived_at.is_some() }
}

fn post(row: rows::Post) -> Post {
    Post {
        id: row.id,
        channel: row.channel,
        author: row.author,
        text: row.text,
        reply_to: row.reply_to,
        link: row.link,
        removed: row.removed_at.map(|_| row.removed_reason.unwrap_or_default()),
        is_pinned: row.pinned_at.is_some(),
    }
}

#[async_trait]
impl BoardTransaction for Change {
    async fn done(&mut self, key: IdempotencyKey) -> Result<Option<Receipt>, StorageError> {
        let kept = self.board().board_receipt(key.0).await.map_err(failed)?;
        Ok(kept.and_then(|receipt| receipt.read().ok()))
    }

    async fn channel_named(&mut self, name: &str) -> Result<Option<Channel>, StorageError> {
        Ok(self.board().channel_by_name(name).await.map_err(failed)?.map(channel))
    }

    async fn channel(&mut self, id: ChannelId) -> Result<Option<Channel>, StorageError> {
        Ok(self.board().channel(id).await.map_err(failed)?.map(channel))
    }

    async fn put_channel(&mut self, channel: &Channel) -> Result<(), StorageError> {
        let known = self.board().channel(channel.id).await.map_err(failed)?;
        let row = rows::Channel {
            id: channel.id,
            name: channel.name.clone(),
            topic: channel.topic.clone(),
            created_at: known.as_ref().map_or(self.now, |known| known.created_at),
            archived_at: self.since(channel.is_archived, known.as_ref().and_then(|known| known.archived_at)),
        };
        match known {
            Some(_) => self.board().save_channel(&row).await.map(drop),
            None => self.board().add_channel(&row).await,
        }
        .map_err(failed)
    }

    async fn delete_channel_if_empty(&mut self, id: ChannelId) -> Result<bool, StorageError> {
        self.board().delete_channel_if_empty(id).await.map_err(failed)
    }

    async fn is_in_channel(&mut self, channel: ChannelId, member: MemberId) -> Result<bool, StorageError> {
        Ok(self.board().channel_members(channel).await.map_err(failed)?.contains(&member))
    }

    async fn set_in_channel(&mut self, channel: ChannelId, member: MemberId, is_in: bool) -> Result<(), StorageError> {
        match is_in {
            true => self.board().join_channel(channel, member, self.now).await,
            false => self.board().leave_channel(channel, member).await,
        }
        .map(drop)
        .map_err(failed)
    }

    async fn post(&mut self, id: PostId) -> Result<Option<Post>, StorageError> {
        Ok(self.board().post(id).await.map_err(failed)?.map(post))
    }

    async fn put_post(&mut self, post: &Post) -> Result<(), StorageError> {
        let known = self.board().post(post.id).await.map_err(failed)?;
        let is_edited = known.as_ref().is_some_and(|known| known.text != post.text);
        let row = rows::Post {
            place: 0,
            id: post.id,
            channel: post.channel,
            author: post.author,
            text: post.text.clone(),
            reply_to: post.reply_to,
            proposal: known.as_ref().and_then(|known| known.proposal),
            effect: known.as_ref().and_then(|known| known.effect),
            created_at: known.as_ref().map_or(self.now, |known| known.created_at),
            edited_at: if is_edited { Some(self.now) } else { known.as_ref().and_then(|known| known.edited_at) },
            removed_at: self.since(post.removed.is_some(), known.as_ref().and_then(|known| known.removed_at)),
            pinned_at: self.since(post.is_pinned, known.as_ref().and_then(|known| known.pinned_at)),
            removed_reason: post.removed.clone().filter(|reason| !reason.is_empty()),
            link: post.link.clone(),
        };
        match known {
            Some(_) => self.board().save_post(&row).await,
            None => self.board().add_post(&row).await,
        }
        .map(drop)
        .map_err(failed)
    }

    async fn member(&mut self, handle: &str) -> Result<Option<BoardMember>, StorageError> {
        let row = self.board().member_by_handle(handle).await.map_err(failed)?;
        Ok(row.map(|row| BoardMember { id: row.id, display_name: row.display_name, is_present: row.left_at.is_none() }))
    }

    async fn add_member(&mut self, handle: &str, display_name: &str) -> Result<MemberId, StorageError> {
        let id: MemberId = self.ids.next();
        let member = NewMember {
            id,
            handle: handle.to_owned(),
            display_name: display_name.to_owned(),
            is_bot: false,
            account: None,
        };
        self.board().join(&member, self.now).await.map_err(failed)?;
        let body = Json(json!({ "handle": handle, "display_name": display_name }));
        self.board().audit(Actor::System, AuditKind::MemberJoined, format!("member:{id}"), body, self.now);
        Ok(id)
    }

    async fn set_present(&mut self, member: MemberId, is_present: bool) -> Result<(), StorageError> {
        let kind = if is_present { AuditKind::MemberJoined } else { AuditKind::MemberLeft };
        match is_present {
            true => self.board().rejoin(member, self.now).await,
            false => self.board().leave(member, self.now).await.map(drop),
        }
        .map_err(failed)?;
        self.board().audit(Actor::System, kind, format!("member:{member}"), Json(json!({})), self.now);
        Ok(())
    }

    async fn notice(&mut self, to: MemberId, text: &str) -> Result<(), StorageError> {
        let handle = self.board();
        let community = handle.community().await.map_err(failed)?;
        let told = Told {
            to: [to].into(),
            event: NoticeEvent::Message,
            subject: String::new(),
            origin: None,
            text: text.to_owned(),
            at: self.now,
            slug: community.map(|community| community.slug).unwrap_or_default(),
        };
        tell(&handle, &*self.ids, &told).await.map(drop).map_err(failed)
    }

    async fn commit(self: Box<Self>, key: IdempotencyKey, receipt: &Receipt) -> Result<(), StorageError> {
        let receipt = serde_json::to_value(receipt).map_err(|error| StorageError::Unavailable(Box::new(error)))?;
        self.board().put_board_receipt(key.0, &Json(receipt)).await.map_err(failed)?;
        self.tx.commit().await.map(drop).map_err(failed)
    }
}
