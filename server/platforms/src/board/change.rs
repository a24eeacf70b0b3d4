//! Carrying out an action on the board. Each receipt keeps what undoing it needs.

use serde_json::{Value, json};
use types::payload::board::*;
use types::platform::{IdempotencyKey, Person, Receipt};
use types::{ChannelId, Json, MemberId, PostId};

use super::rules::{BoardAction, post_id};
use super::storage::{BoardMember, BoardTransaction, Channel, Post, StorageError};
use crate::{ApplyError, Refusal};

/// What one change of the board works with.
pub(super) struct Change<'a> {
    /// The open transaction.
    pub board: &'a mut dyn BoardTransaction,
    /// The key, which also names what is new: a second try makes the same post.
    pub key: IdempotencyKey,
}

impl From<StorageError> for ApplyError {
    fn from(error: StorageError) -> Self {
        Self::retry(error.to_string())
    }
}

impl Change<'_> {
    /// Carries out `action`. `kept` is what undoing it had kept, if it was undone before.
    pub(super) async fn execute(
        &mut self,
        action: &BoardAction,
        initiator: Option<&Person>,
        kept: &Json,
    ) -> Result<Receipt, ApplyError> {
        match action {
            BoardAction::PostMessage(a) => self.post_message(a, initiator, kept).await,
            BoardAction::RemoveMessage(a) => self.remove_message(a).await,
            BoardAction::EditMessage(a) => self.edit_message(a).await,
            BoardAction::PinMessage(a) => self.pin_message(a).await,
            BoardAction::RenameChannel(a) => self.rename_channel(a, kept).await,
            BoardAction::SetTopic(a) => self.set_topic(a).await,
            BoardAction::CreateChannel(a) => self.create_channel(a, kept).await,
            BoardAction::ArchiveChannel(a) => self.archive_channel(a).await,
            BoardAction::JoinChannel(a) => self.join_channel(a, initiator).await,
            BoardAction::RemoveFromChannel(a) => {
                let channel = self.channel_named(&a.channel).await?;
                self.place(&channel, &a.member, false).await
            }
            BoardAction::AdmitMember(a) => self.admit_member(a).await,
            BoardAction::RemoveMember(a) => self.remove_member(a).await,
        }
    }

    async fn post_message(
        &mut self,
        a: &PostMessage,
        initiator: Option<&Person>,
        kept: &Json,
    ) -> Result<Receipt, ApplyError> {
        // A post that was held comes back itself, with its answers and its place in time.
        if let Some(id) = kept.text("post").and_then(|id| id.parse::<PostId>().ok())
            && let Some(mut post) = self.board.post(id).await?
        {
            post.removed = None;
            self.board.put_post(&post).await?;
            return Ok(receipt(post.id, json!({ "post": post.id })));
        }
        let reply_to = a.reply_to.as_deref().map(post_id).transpose()?;
        self.write(&a.channel, initiator.map(|person| person.member), a.text.clone(), reply_to, None).await
    }

    /// Writes a new post, whose id is the key.
    pub(super) async fn write(
        &mut self,
        place: &str,
        author: Option<MemberId>,
        text: String,
        reply_to: Option<PostId>,
        link: Option<String>,
    ) -> Result<Receipt, ApplyError> {
        let channel = self.channel_named(place).await?;
        if channel.is_archived {
            let why = format!("#{} is archived; nothing new can be posted there", channel.name);
            return Err(ApplyError::permanent("channel-archived", why));
        }
        if let Some(answered) = reply_to
            && self.post(answered).await?.channel != channel.id
        {
            let why = format!("the post that it answers is not in #{}", channel.name);
            return Err(ApplyError::permanent("other-channel", why));
        }
        let id = PostId(self.key.0.0);
        let post = Post { id, channel: channel.id, author, text, reply_to, link, removed: None, is_pinned: false };
        self.board.put_post(&post).await?;
        Ok(receipt(id, json!({ "post": id })))
    }

    async fn remove_message(&mut self, a: &RemoveMessage) -> Result<Receipt, ApplyError> {
        let mut post = self.post(post_id(&a.post)?).await?;
        let before = post.removed.replace(a.reason.clone().unwrap_or_default());
        self.board.put_post(&post).await?;
        Ok(receipt(post.id, json!({ "post": post.id, "removed": before })))
    }

    async fn edit_message(&mut self, a: &EditMessage) -> Result<Receipt, ApplyError> {
        let mut post = self.post(post_id(&a.post)?).await?;
        if post.removed.is_some() {
            return Err(ApplyError::permanent("post-removed", "the post was removed; it cannot be changed"));
        }
        let before = std::mem::replace(&mut post.text, a.text.clone());
        self.board.put_post(&post).await?;
        Ok(receipt(post.id, json!({ "post": post.id, "text": before })))
    }

    async fn pin_message(&mut self, a: &PinMessage) -> Result<Receipt, ApplyError> {
        let mut post = self.post(post_id(&a.post)?).await?;
        if post.removed.is_some() {
            return Err(ApplyError::permanent("post-removed", "the post was removed; it cannot be pinned"));
        }
        let before = std::mem::replace(&mut post.is_pinned, true);
        self.board.put_post(&post).await?;
        Ok(receipt(post.id, json!({ "post": post.id, "is_pinned": before })))
    }

    async fn rename_channel(&mut self, a: &RenameChannel, kept: &Json) -> Result<Receipt, ApplyError> {
        // The id that undoing kept finds the channel even where it was renamed again while the decision was open.
        let mut channel = match self.kept_channel(kept).await? {
            Some(channel) => channel,
            None => self.channel_named(&a.channel).await?,
        };
        self.must_be_free(&a.name, Some(channel.id)).await?;
        let before = std::mem::replace(&mut channel.name, a.name.clone());
        self.board.put_channel(&channel).await?;
        Ok(receipt(channel.id, json!({ "channel": channel.id, "name": before })))
    }

    async fn set_topic(&mut self, a: &SetTopic) -> Result<Receipt, ApplyError> {
        let mut channel = self.channel_named(&a.channel).await?;
        let before = std::mem::replace(&mut channel.topic, a.topic.clone());
        self.board.put_channel(&channel).await?;
        Ok(receipt(channel.id, json!({ "channel": channel.id, "topic": before })))
    }

    async fn create_channel(&mut self, a: &CreateChannel, kept: &Json) -> Result<Receipt, ApplyError> {
        if let Some(mut channel) = self.kept_channel(kept).await? {
            channel.is_archived = false;
            self.board.put_channel(&channel).await?;
            return Ok(receipt(channel.id, json!({ "channel": channel.id })));
        }
        self.must_be_free(&a.name, None).await?;
        let id = ChannelId(self.key.0.0);
        let topic = a.topic.clone().unwrap_or_default();
        self.board.put_channel(&Channel { id, name: a.name.clone(), topic, is_archived: false }).await?;
        Ok(receipt(id, json!({ "channel": id })))
    }

    async fn archive_channel(&mut self, a: &ArchiveChannel) -> Result<Receipt, ApplyError> {
        let mut channel = self.channel_named(&a.channel).await?;
        let before = std::mem::replace(&mut channel.is_archived, true);
        self.board.put_channel(&channel).await?;
        Ok(receipt(channel.id, json!({ "channel": channel.id, "is_archived": before })))
    }

    async fn join_channel(&mut self, a: &JoinChannel, initiator: Option<&Person>) -> Result<Receipt, ApplyError> {
        let channel = self.channel_named(&a.channel).await?;
        if channel.is_archived {
            let why = format!("#{} is archived; nobody can join it", channel.name);
            return Err(ApplyError::permanent("channel-archived", why));
        }
        let nobody = || Refusal::new("nobody-named", format!("nobody was named who should join #{}", channel.name));
        let handle = a.member.as_deref().or(initiator.map(|person| person.handle.as_str())).ok_or_else(nobody)?;
        self.place(&channel, handle, true).await
    }

    /// Puts the member into the channel, or takes them out.
    async fn place(&mut self, channel: &Channel, handle: &str, is_in: bool) -> Result<Receipt, ApplyError> {
        let member = self.member(handle).await?;
        if is_in && !member.is_present {
            return Err(not_a_member(handle).into());
        }
        let before = self.board.is_in_channel(channel.id, member.id).await?;
        self.board.set_in_channel(channel.id, member.id, is_in).await?;
        Ok(receipt(channel.id, json!({ "channel": channel.id, "member": member.id, "was_in": before })))
    }

    async fn admit_member(&mut self, a: &AdmitMember) -> Result<Receipt, ApplyError> {
        let (id, before) = match self.board.member(&a.handle).await? {
            Some(known) => {
                self.board.set_present(known.id, true).await?;
                (known.id, known.is_present)
            }
            None => {
                let name = a.display_name.as_deref().unwrap_or(&a.handle);
                (self.board.add_member(&a.handle, name).await?, false)
            }
        };
        Ok(receipt(id, json!({ "member": id, "was_present": before })))
    }

    async fn remove_member(&mut self, a: &RemoveMember) -> Result<Receipt, ApplyError> {
        let member = self.member(&a.member).await?;
        self.board.set_present(member.id, false).await?;
        Ok(receipt(member.id, json!({ "member": member.id, "was_present": member.is_present })))
    }

    /// The channel of this name, which must exist.
    async fn channel_named(&mut self, name: &str) -> Result<Channel, ApplyError> {
        let found = self.board.channel_named(name).await?;
        found.ok_or_else(|| ApplyError::permanent("no-such-channel", format!("there is no channel #{name}")))
    }

    /// The channel whose id undoing kept, if it still exists.
    async fn kept_channel(&mut self, kept: &Json) -> Result<Option<Channel>, ApplyError> {
        match kept.text("channel").and_then(|id| id.parse().ok()) {
            Some(id) => Ok(self.board.channel(id).await?),
            None => Ok(None),
        }
    }

    /// The post of this id, which must exist.
    pub(super) async fn post(&mut self, id: PostId) -> Result<Post, ApplyError> {
        let found = self.board.post(id).await?;
        found.ok_or_else(|| ApplyError::permanent("no-such-post", format!("there is no post {id}")))
    }

    /// The member of this handle, present or not.
    async fn member(&mut self, handle: &str) -> Result<BoardMember, ApplyError> {
        Ok(self.board.member(handle).await?.ok_or_else(|| not_a_member(handle))?)
    }

    /// Refuses a name that another channel has.
    pub(super) async fn must_be_free(&mut self, name: &str, except: Option<ChannelId>) -> Result<(), ApplyError> {
        match self.board.channel_named(name).await? {
            Some(other) if Some(other.id) != except => {
                let how = if other.is_archived { " and is archived" } else { "" };
                let why = format!("#{name} exists already{how}; choose another name");
                Err(ApplyError::permanent("name-taken", why))
            }
            _ => Ok(()),
        }
    }
}

fn not_a_member(handle: &str) -> Refusal {
    Refusal::new("no-such-member", format!("there is no member called {handle}"))
}

/// A receipt: what came of it, and what undoing it needs.
pub(super) fn receipt(id: impl std::fmt::Display, detail: Value) -> Receipt {
    Receipt { external: Some(id.to_string()), detail: Json(detail) }
}
