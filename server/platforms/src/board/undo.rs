//! Undoing an action on the board: the exact inverse of carrying it out, from what its receipt kept.
//!
//! Where somebody has since changed the same thing by another decision, that decision stands, and the receipt says so.

use serde_json::{Value, json};
use types::platform::Receipt;
use types::{ChannelId, Json, MemberId, PostId};

use super::change::{Change, receipt};
use super::rules::BoardAction;
use super::storage::{Channel, Post};
use crate::ApplyError;

impl Change<'_> {
    /// Undoes `action`, whose receipt (or what was captured when it was heard) is `undo`.
    pub(super) async fn revert(
        &mut self,
        action: &BoardAction,
        undo: &Json,
        reason: &str,
    ) -> Result<Receipt, ApplyError> {
        match action {
            BoardAction::PostMessage(_) => {
                let Some(mut post) = self.board.post(kept(undo, "post")?).await? else { return Ok(gone()) };
                post.removed = Some(reason.to_owned());
                self.keep_post(post).await
            }
            BoardAction::RemoveMessage(_) => {
                let Some(mut post) = self.board.post(kept(undo, "post")?).await? else { return Ok(gone()) };
                post.removed = undo.text("removed").map(str::to_owned);
                self.keep_post(post).await
            }
            BoardAction::EditMessage(a) => {
                let Some(mut post) = self.board.post(kept(undo, "post")?).await? else { return Ok(gone()) };
                if post.text != a.text {
                    return Ok(superseded(post.id, json!({ "post": post.id })));
                }
                post.text = kept::<String>(undo, "text")?;
                self.keep_post(post).await
            }
            BoardAction::PinMessage(_) => {
                let Some(mut post) = self.board.post(kept(undo, "post")?).await? else { return Ok(gone()) };
                post.is_pinned = flag(undo, "is_pinned")?;
                self.keep_post(post).await
            }
            BoardAction::RenameChannel(a) => {
                let Some(mut channel) = self.channel_of(undo).await? else { return Ok(gone()) };
                if channel.name != a.name {
                    return Ok(superseded(channel.id, json!({ "channel": channel.id })));
                }
                channel.name = kept::<String>(undo, "name")?;
                self.must_be_free(&channel.name, Some(channel.id)).await?;
                self.keep_channel(channel).await
            }
            BoardAction::SetTopic(a) => {
                let Some(mut channel) = self.channel_of(undo).await? else { return Ok(gone()) };
                if channel.topic != a.topic {
                    return Ok(superseded(channel.id, json!({ "channel": channel.id })));
                }
                channel.topic = kept::<String>(undo, "topic")?;
                self.keep_channel(channel).await
            }
            BoardAction::CreateChannel(_) => {
                let Some(mut channel) = self.channel_of(undo).await? else { return Ok(gone()) };
                if self.board.delete_channel_if_empty(channel.id).await? {
                    return Ok(receipt(channel.id, json!({ "channel": channel.id, "deleted": true })));
                }
                // What people wrote there is theirs: the channel is closed, not thrown away.
                channel.is_archived = true;
                self.keep_channel(channel).await
            }
            BoardAction::ArchiveChannel(_) => {
                let Some(mut channel) = self.channel_of(undo).await? else { return Ok(gone()) };
                channel.is_archived = flag(undo, "is_archived")?;
                self.keep_channel(channel).await
            }
            BoardAction::JoinChannel(_) | BoardAction::RemoveFromChannel(_) => {
                let Some(channel) = self.channel_of(undo).await? else { return Ok(gone()) };
                let member: MemberId = kept(undo, "member")?;
                self.board.set_in_channel(channel.id, member, flag(undo, "was_in")?).await?;
                Ok(receipt(channel.id, json!({ "channel": channel.id, "member": member })))
            }
            BoardAction::AdmitMember(_) | BoardAction::RemoveMember(_) => {
                let member: MemberId = kept(undo, "member")?;
                self.board.set_present(member, flag(undo, "was_present")?).await?;
                Ok(receipt(member, json!({ "member": member })))
            }
        }
    }

    async fn channel_of(&mut self, undo: &Json) -> Result<Option<Channel>, ApplyError> {
        Ok(self.board.channel(kept::<ChannelId>(undo, "channel")?).await?)
    }

    async fn keep_post(&mut self, post: Post) -> Result<Receipt, ApplyError> {
        self.board.put_post(&post).await?;
        Ok(receipt(post.id, json!({ "post": post.id })))
    }

    async fn keep_channel(&mut self, channel: Channel) -> Result<Receipt, ApplyError> {
        self.board.put_channel(&channel).await?;
        Ok(receipt(channel.id, json!({ "channel": channel.id })))
    }
}

/// The text under `key`, as the kind of thing it names.
fn kept<T: std::str::FromStr>(undo: &Json, key: &str) -> Result<T, ApplyError> {
    undo.text(key).and_then(|text| text.parse().ok()).ok_or_else(|| nothing_kept(key))
}

fn flag(undo: &Json, key: &str) -> Result<bool, ApplyError> {
    undo.get(key).and_then(Value::as_bool).ok_or_else(|| nothing_kept(key))
}

fn nothing_kept(key: &str) -> ApplyError {
    ApplyError::permanent("nothing-to-undo", format!("nothing was kept about it ({key}), so it cannot be undone"))
}

/// What was changed is not there any more: undone in the widest sense.
fn gone() -> Receipt {
    Receipt { external: None, detail: Json(json!({ "gone": true })) }
}

/// A later decision changed the same thing, and stands.
fn superseded(id: impl std::fmt::Display, mut detail: Value) -> Receipt {
    if let Value::Object(fields) = &mut detail {
        fields.insert("superseded".to_owned(), Value::Bool(true));
    }
    receipt(id, detail)
}

/// The id of the post to be answered or changed.
pub(super) fn post_named(written: &str) -> Result<PostId, ApplyError> {
    Ok(super::rules::post_id(written)?)
}
