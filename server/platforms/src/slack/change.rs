//! Carrying out actions in a workspace.

use serde_json::{Value, json};
use types::Json;
use types::platform::{IdempotencyKey, Person, Receipt};

use super::message::ts_of;
use super::rules::SlackAction;
use super::text::message_id;
use super::workspace::{As, SlackError, Workspace};
use crate::ApplyError;

impl Workspace<'_> {
    /// Carries out `action`. `kept` is what was captured when it was heard, if it was undone since.
    pub(super) async fn execute(
        &self,
        action: &SlackAction,
        initiator: Option<&Person>,
        kept: &Json,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        match action {
            SlackAction::PostMessage(a) => self.repost(a, initiator, kept, key).await,
            SlackAction::DeleteMessage(a) => {
                let channel = self.channel(&a.channel).await?;
                self.delete(&channel, ts_of(&a.message, &channel), As::Admin).await?;
                Ok(receipt(None, json!({ "channel": channel, "message": a.message, "ours": true })))
            }
            SlackAction::RenameChannel(a) => {
                let channel = self.channel(&a.channel).await?;
                let old = self.about(&channel, "/channel/name").await?;
                if old.as_str() != Some(a.name.as_str()) {
                    self.rename(&channel, &a.name).await?;
                }
                Ok(receipt(None, json!({ "channel": channel, "old_name": old, "name": a.name, "ours": true })))
            }
            SlackAction::SetTopic(a) => self.describe(&a.channel, "topic", &a.topic).await,
            SlackAction::SetPurpose(a) => self.describe(&a.channel, "purpose", &a.purpose).await,
            SlackAction::Invite(a) => {
                let channel = self.channel(&a.channel).await?;
                self.invite(&channel, &a.user).await?;
                Ok(receipt(None, json!({ "channel": channel, "user": a.user, "ours": true })))
            }
            SlackAction::Kick(a) => {
                let channel = self.channel(&a.channel).await?;
                self.kick(&channel, &a.user).await?;
                Ok(receipt(None, json!({ "channel": channel, "user": a.user, "ours": true })))
            }
            SlackAction::Pin(a) => self.pin(&a.channel, &a.message, true).await,
            SlackAction::Unpin(a) => self.pin(&a.channel, &a.message, false).await,
            SlackAction::CreateChannel(a) => self.open_channel(&a.name, a.private, kept).await,
            SlackAction::ArchiveChannel(a) => self.archive(&a.channel, true).await,
            SlackAction::UnarchiveChannel(a) => self.archive(&a.channel, false).await,
            SlackAction::SetUserGroup(a) => {
                let fields = [("usergroup", a.group.as_str())];
                let was = self.call(As::Bot, "read the user group", "usergroups.users.list", &fields).await?;
                self.set_group(&a.group, &a.users).await?;
                Ok(receipt(None, json!({ "group": a.group, "before": was.get("users"), "ours": true })))
            }
        }
    }

    /// One value of a channel, as it is now.
    pub(super) async fn about(&self, channel: &str, path: &str) -> Result<Value, ApplyError> {
        let answer = self.call(As::Bot, "read the channel", "conversations.info", &[("channel", channel)]).await?;
        Ok(answer.pointer(path).cloned().unwrap_or_default())
    }

    pub(super) async fn rename(&self, channel: &str, name: &str) -> Result<(), ApplyError> {
        let fields = [("channel", channel), ("name", name)];
        Ok(self.call_up("rename the channel", "conversations.rename", &fields).await.map(drop)?)
    }

    async fn describe(&self, channel: &str, what: &str, value: &str) -> Result<Receipt, ApplyError> {
        let channel = self.channel(channel).await?;
        let before = self.about(&channel, &format!("/channel/{what}/value")).await?;
        self.set_text(&channel, what, value).await?;
        Ok(receipt(None, json!({ "channel": channel, "before": before, "set": value, "ours": true })))
    }

    /// Sets the topic or the description.
    pub(super) async fn set_text(&self, channel: &str, what: &str, value: &str) -> Result<(), ApplyError> {
        let (method, doing) = match what {
            "topic" => ("conversations.setTopic", "set the topic"),
            _ => ("conversations.setPurpose", "set the description"),
        };
        Ok(self.call_up(doing, method, &[("channel", channel), (what, value)]).await.map(drop)?)
    }

    pub(super) async fn invite(&self, channel: &str, user: &str) -> Result<(), ApplyError> {
        let fields = [("channel", channel), ("users", user)];
        let invited = self.call_up("bring somebody into the channel", "conversations.invite", &fields).await;
        done_already(invited, &["already_in_channel"])
    }

    pub(super) async fn kick(&self, channel: &str, user: &str) -> Result<(), ApplyError> {
        if user == self.settings.own_user {
            let why = "Polity does not remove itself from a channel that it governs; disconnect the channel instead";
            return Err(ApplyError::permanent("own-membership", why));
        }
        let fields = [("channel", channel), ("user", user)];
        let kicked = self.call_up("remove somebody from the channel", "conversations.kick", &fields).await;
        match kicked {
            // Said of us and of them alike: whether they are in it tells which.
            Err(error) if error.word == "not_in_channel" && !self.is_in(channel, user).await? => Ok(()),
            Err(error) if error.word == "cant_kick_from_general" => Err(ApplyError::permanent(
                "irreversible",
                "nobody can be removed from the channel that everybody in the workspace is in",
            )),
            other => done_already(other, &[]),
        }
    }

    async fn is_in(&self, channel: &str, user: &str) -> Result<bool, ApplyError> {
        let mut is_in = false;
        self.pages("read who is in the channel", "conversations.members", &[("channel", channel)], |page| {
            let members = page.get("members").and_then(Value::as_array);
            is_in = members.is_some_and(|all| all.iter().any(|known| known.as_str() == Some(user)));
            is_in
        })
        .await?;
        Ok(is_in)
    }

    pub(super) async fn pin(&self, channel: &str, message: &str, is_on: bool) -> Result<Receipt, ApplyError> {
        let channel = self.channel(channel).await?;
        let ts = ts_of(message, &channel);
        let (method, doing, done) = if is_on {
            ("pins.add", "pin the message", "already_pinned")
        } else {
            ("pins.remove", "unpin the message", "no_pin")
        };
        let pinned = self.call(As::Bot, doing, method, &[("channel", &channel), ("timestamp", ts)]).await;
        done_already(pinned, &[done, "not_pinned"])?;
        Ok(receipt(None, json!({ "channel": channel, "message": message_id(&channel, ts), "ours": true })))
    }

    /// Opens a channel; one that was archived when its creation was undone is reopened.
    async fn open_channel(&self, name: &str, private: bool, kept: &Json) -> Result<Receipt, ApplyError> {
        if let Some(channel) = kept.text("channel") {
            self.archive(channel, false).await?;
            return Ok(receipt(Some(channel.to_owned()), json!({ "channel": channel, "name": name })));
        }
        let private = private.to_string();
        let fields = [("name", name), ("is_private", private.as_str())];
        let channel = match self.call_up("create the channel", "conversations.create", &fields).await {
            Ok(answer) => answer.pointer("/channel/id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            // Perhaps our own first try, whose answer was lost: it is there, which is what was asked for.
            Err(error) if error.word == "name_taken" => self.channel(name).await?,
            Err(error) => return Err(error.into()),
        };
        Ok(receipt(Some(channel.clone()), json!({ "channel": channel, "name": name, "ours": true })))
    }

    pub(super) async fn archive(&self, channel: &str, is_archived: bool) -> Result<Receipt, ApplyError> {
        let channel = self.channel(channel).await?;
        let (method, doing, done) = if is_archived {
            ("conversations.archive", "archive the channel", "already_archived")
        } else {
            ("conversations.unarchive", "reopen the channel", "not_archived")
        };
        done_already(self.call_up(doing, method, &[("channel", &channel)]).await, &[done])?;
        Ok(receipt(None, json!({ "channel": channel, "ours": true })))
    }

    /// Sets everybody who is in a user group.
    pub(super) async fn set_group(&self, group: &str, users: &[String]) -> Result<(), ApplyError> {
        let users = users.join(",");
        let fields = [("usergroup", group), ("users", users.as_str())];
        Ok(self.call_up("change the user group", "usergroups.users.update", &fields).await.map(drop)?)
    }

    /// Deletes a message. What a bot may not delete, the administrator does. What is gone already is gone.
    pub(super) async fn delete(&self, channel: &str, ts: &str, first: As) -> Result<(), ApplyError> {
        let fields = [("channel", channel), ("ts", ts)];
        let deleted = match first {
            As::Bot => self.call_up("delete the message", "chat.delete", &fields).await,
            As::Admin => self.call(As::Admin, "delete the message", "chat.delete", &fields).await,
        };
        done_already(deleted, &["message_not_found"])
    }
}

/// What was asked for is so already: it was done before, or by somebody else.
fn done_already(outcome: Result<Value, SlackError>, words: &[&str]) -> Result<(), ApplyError> {
    match outcome {
        Ok(_) => Ok(()),
        Err(error) if words.contains(&error.word.as_str()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A receipt of something done in the workspace.
pub(super) fn receipt(external: Option<String>, detail: Value) -> Receipt {
    Receipt { external, detail: Json(detail) }
}
