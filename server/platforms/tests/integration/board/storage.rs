//! A board kept in a map: what the port promises, in its simplest form.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use platforms::board::storage::*;
use types::platform::{IdempotencyKey, Receipt};
use types::{ChannelId, CommunityId, MemberId, PostId};
use uuid::Uuid;

/// Everything one community's board remembers.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct State {
    pub channels: BTreeMap<ChannelId, Channel>,
    pub posts: BTreeMap<PostId, Post>,
    pub members: BTreeMap<String, BoardMember>,
    pub in_channel: Vec<(ChannelId, MemberId)>,
    pub notices: Vec<(MemberId, String)>,
    pub receipts: Vec<(IdempotencyKey, Receipt)>,
}

impl State {
    /// The state without the receipts: what people see.
    pub fn visible(&self) -> Self {
        Self { receipts: Vec::new(), ..self.clone() }
    }

    pub fn channel(&self, name: &str) -> &Channel {
        self.channels.values().find(|channel| channel.name == name).unwrap()
    }
}

#[derive(Clone, Default)]
pub struct Shelf(pub Arc<Mutex<State>>);

impl Shelf {
    pub fn state(&self) -> State {
        self.0.lock().unwrap().clone()
    }
}

struct Draft {
    shelf: Shelf,
    before: State,
    now: State,
}

#[async_trait]
impl BoardStorage for Shelf {
    async fn begin(&self, _: CommunityId) -> Result<Box<dyn BoardTransaction>, StorageError> {
        Ok(Box::new(Draft { shelf: self.clone(), before: self.state(), now: self.state() }))
    }
}

#[async_trait]
impl BoardTransaction for Draft {
    async fn done(&mut self, key: IdempotencyKey) -> Result<Option<Receipt>, StorageError> {
        Ok(self.now.receipts.iter().find(|(known, _)| *known == key).map(|(_, receipt)| receipt.clone()))
    }

    async fn channel_named(&mut self, name: &str) -> Result<Option<Channel>, StorageError> {
        Ok(self.now.channels.values().find(|channel| channel.name == name).cloned())
    }

    async fn channel(&mut self, id: ChannelId) -> Result<Option<Channel>, StorageError> {
        Ok(self.now.channels.get(&id).cloned())
    }

    async fn put_channel(&mut self, channel: &Channel) -> Result<(), StorageError> {
        self.now.channels.insert(channel.id, channel.clone());
        Ok(())
    }

    async fn delete_channel_if_empty(&mut self, id: ChannelId) -> Result<bool, StorageError> {
        if self.now.posts.values().any(|post| post.channel == id) {
            return Ok(false);
        }
        self.now.in_channel.retain(|(channel, _)| *channel != id);
        Ok(self.now.channels.remove(&id).is_some())
    }

    async fn is_in_channel(&mut self, channel: ChannelId, member: MemberId) -> Result<bool, StorageError> {
        Ok(self.now.in_channel.contains(&(channel, member)))
    }

    async fn set_in_channel(&mut self, channel: ChannelId, member: MemberId, is_in: bool) -> Result<(), StorageError> {
        self.now.in_channel.retain(|pair| *pair != (channel, member));
        if is_in {
            self.now.in_channel.push((channel, member));
        }
        Ok(())
    }

    async fn post(&mut self, id: PostId) -> Result<Option<Post>, StorageError> {
        Ok(self.now.posts.get(&id).cloned())
    }

    async fn put_post(&mut self, post: &Post) -> Result<(), StorageError> {
        self.now.posts.insert(post.id, post.clone());
        Ok(())
    }

    async fn member(&mut self, handle: &str) -> Result<Option<BoardMember>, StorageError> {
        Ok(self.now.members.get(handle).cloned())
    }

    async fn add_member(&mut self, handle: &str, display_name: &str) -> Result<MemberId, StorageError> {
        let id = MemberId(Uuid::from_u128(1000 + self.now.members.len() as u128));
        let member = BoardMember { id, display_name: display_name.to_owned(), is_present: true };
        self.now.members.insert(handle.to_owned(), member);
        Ok(id)
    }

    async fn set_present(&mut self, member: MemberId, is_present: bool) -> Result<(), StorageError> {
        self.now.members.values_mut().find(|known| known.id == member).unwrap().is_present = is_present;
        Ok(())
    }

    async fn notice(&mut self, to: MemberId, text: &str) -> Result<(), StorageError> {
        self.now.notices.push((to, text.to_owned()));
        Ok(())
    }

    async fn commit(mut self: Box<Self>, key: IdempotencyKey, receipt: &Receipt) -> Result<(), StorageError> {
        let mut shelf = self.shelf.0.lock().unwrap();
        if *shelf != self.before {
            return Err(StorageError::Conflict);
        }
        self.now.receipts.push((key, receipt.clone()));
        *shelf = self.now;
        Ok(())
    }
}
