//! Carrying out and undoing actions on a server.

use reqwest::Method;
use serde_json::{Value, json};
use types::Json;
use types::platform::{IdempotencyKey, Person, Receipt};

use super::guild::{Asked, DiscordError, Guild};
use super::rules::DiscordAction;
use crate::ApplyError;

/// What our own doings say in the server's log.
const OUR_REASON: &str = "Decided by the community with Polity";

impl Guild<'_> {
    /// Carries out `action`. `kept` is what was captured when it was heard, if it was undone since.
    pub(super) async fn execute(
        &self,
        action: &DiscordAction,
        initiator: Option<&Person>,
        kept: &Json,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let server = self.settings.tenant.as_str();
        match action {
            DiscordAction::PostMessage(a) => self.repost(a, initiator, kept, key).await,
            DiscordAction::DeleteMessage(a) => {
                let (channel, id) = self.message_of(&a.channel, &a.message).await?;
                // What is deleted is gone from Discord, so it is kept here.
                let path = ["channels", channel.as_str(), "messages", id.as_str()];
                let was = self.call(Asked::effect("read the message", Method::GET, &path)).await.unwrap_or_default();
                self.delete(&channel, &id, OUR_REASON).await?;
                let content = json!({ "text": was.get("content"), "author": was.pointer("/author/id") });
                Ok(receipt(json!({ "channel": channel, "message": a.message, "content": content, "ours": true })))
            }
            DiscordAction::Pin(a) => self.pin(&a.channel, &a.message, true, OUR_REASON).await,
            DiscordAction::Unpin(a) => self.pin(&a.channel, &a.message, false, OUR_REASON).await,
            DiscordAction::CreateChannel(a) => {
                let body = json!({ "name": a.name, "type": 0 });
                let path = ["guilds", server, "channels"];
                let asked = Asked {
                    body: Some(&body),
                    reason: Some(OUR_REASON),
                    ..Asked::effect("create the channel", Method::POST, &path)
                };
                let made = self.call(asked).await?;
                let id = made.get("id").and_then(Value::as_str).map(str::to_owned);
                Ok(Receipt {
                    external: id.clone(),
                    detail: Json(json!({ "channel": id, "name": a.name, "ours": true })),
                })
            }
            DiscordAction::RenameChannel(a) => self.set(&a.channel, "name", &json!(a.name), OUR_REASON).await,
            DiscordAction::SetTopic(a) => self.set(&a.channel, "topic", &json!(a.topic), OUR_REASON).await,
            DiscordAction::DeleteChannel(a) => {
                let channel = self.channel(&a.channel).await?;
                let path = ["channels", channel.as_str()];
                let was = self.call(Asked::effect("read the channel", Method::GET, &path)).await;
                let deleted = self.because("delete the channel", Method::DELETE, &path, None, OUR_REASON).await;
                gone_already(deleted)?;
                let was = was.unwrap_or_default();
                Ok(receipt(
                    json!({ "channel": channel, "name": was.get("name"), "topic": was.get("topic"), "ours": true }),
                ))
            }
            DiscordAction::GrantRole(a) => self.role(&a.user, &a.role, true, OUR_REASON).await,
            DiscordAction::RevokeRole(a) => self.role(&a.user, &a.role, false, OUR_REASON).await,
            DiscordAction::Timeout(a) => {
                self.edit_member(&a.user, "communication_disabled_until", &a.until, OUR_REASON).await
            }
            DiscordAction::SetNickname(a) => self.edit_member(&a.user, "nick", &a.nickname, OUR_REASON).await,
            DiscordAction::Kick(a) => {
                let path = ["guilds", server, "members", &a.user];
                gone_already(self.because("remove somebody", Method::DELETE, &path, None, OUR_REASON).await)?;
                Ok(receipt(json!({ "user": a.user, "ours": true })))
            }
            DiscordAction::Ban(a) => self.ban(&a.user, true, OUR_REASON).await,
            DiscordAction::Unban(a) => self.ban(&a.user, false, OUR_REASON).await,
        }
    }

    /// Undoes `action`, from what was captured when it was heard or what its receipt kept.
    pub(super) async fn revert(
        &self,
        action: &DiscordAction,
        undo: &Json,
        reason: &str,
    ) -> Result<Receipt, ApplyError> {
        let mut receipt = self.take_back(action, undo, reason).await?;
        if let (Value::Object(detail), Value::Object(kept)) = (&mut receipt.detail.0, &undo.0) {
            for (field, value) in kept.iter().filter(|(field, _)| *field != "ours") {
                detail.entry(field.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(receipt)
    }

    async fn take_back(&self, action: &DiscordAction, undo: &Json, reason: &str) -> Result<Receipt, ApplyError> {
        let kept = |key: &str| undo.get(key).cloned().ok_or_else(|| nothing_kept(key));
        let text = |key: &str| undo.text(key).map(str::to_owned).ok_or_else(|| nothing_kept(key));
        match action {
            DiscordAction::PostMessage(a) => {
                let (channel, id) = self.message_of(&a.channel, &text("message")?).await?;
                self.delete(&channel, &id, reason).await?;
                Ok(receipt(json!({ "deleted": undo.get("message") })))
            }
            DiscordAction::DeleteMessage(_) => Err(irreversible("a message that was deleted cannot be brought back")),
            DiscordAction::Pin(a) => self.pin(&a.channel, &a.message, false, reason).await,
            DiscordAction::Unpin(a) => self.pin(&a.channel, &a.message, true, reason).await,
            DiscordAction::CreateChannel(_) => {
                let channel = self.channel(&text("channel")?).await?;
                let path = ["channels", channel.as_str()];
                gone_already(self.because("delete the channel", Method::DELETE, &path, None, reason).await)?;
                Ok(receipt(json!({ "deleted": channel })))
            }
            DiscordAction::RenameChannel(a) => self.set(&a.channel, "name", &kept("before")?, reason).await,
            DiscordAction::SetTopic(a) => self.set(&a.channel, "topic", &kept("before")?, reason).await,
            DiscordAction::DeleteChannel(_) => Err(irreversible("a channel that was deleted cannot be brought back")),
            DiscordAction::GrantRole(a) => self.role(&a.user, &a.role, false, reason).await,
            DiscordAction::RevokeRole(a) => self.role(&a.user, &a.role, true, reason).await,
            DiscordAction::Timeout(a) => {
                self.edit_member(&a.user, "communication_disabled_until", &text("before")?, reason).await
            }
            DiscordAction::SetNickname(a) => self.edit_member(&a.user, "nick", &text("before")?, reason).await,
            DiscordAction::Kick(_) => {
                Err(irreversible("who was removed can only come back by themself, by a new invitation"))
            }
            DiscordAction::Ban(a) => self.ban(&a.user, false, reason).await,
            DiscordAction::Unban(a) => self.ban(&a.user, true, reason).await,
        }
    }

    async fn because(
        &self,
        doing: &str,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
        reason: &str,
    ) -> Result<Value, DiscordError> {
        self.call(Asked { body, reason: Some(reason), ..Asked::effect(doing, method, path) }).await
    }

    /// Deletes a message. What is gone already is gone.
    async fn delete(&self, channel: &str, id: &str, reason: &str) -> Result<(), ApplyError> {
        let path = ["channels", channel, "messages", id];
        gone_already(self.because("delete the message", Method::DELETE, &path, None, reason).await)
    }

    /// The governed channel and the id of a message.
    async fn message_of(&self, channel: &str, message: &str) -> Result<(String, String), ApplyError> {
        let (channel, id) = message.split_once('/').unwrap_or((channel, message));
        Ok((self.channel(channel).await?, id.to_owned()))
    }

    async fn pin(&self, channel: &str, message: &str, is_on: bool, reason: &str) -> Result<Receipt, ApplyError> {
        let (channel, id) = self.message_of(channel, message).await?;
        let path = ["channels", channel.as_str(), "messages", "pins", id.as_str()];
        let (doing, method) =
            if is_on { ("pin the message", Method::PUT) } else { ("unpin the message", Method::DELETE) };
        gone_already(self.because(doing, method, &path, None, reason).await)?;
        Ok(receipt(json!({ "channel": channel, "message": message, "ours": true })))
    }

    /// Sets one value of a channel.
    async fn set(&self, channel: &str, key: &str, value: &Value, reason: &str) -> Result<Receipt, ApplyError> {
        let channel = self.channel(channel).await?;
        let path = ["channels", channel.as_str()];
        let was = self.call(Asked::effect("read the channel", Method::GET, &path)).await?;
        let before = was.get(key).filter(|before| !before.is_null()).cloned().unwrap_or_else(|| json!(""));
        if before != *value {
            let body = json!({ key: value });
            self.because("change the channel", Method::PATCH, &path, Some(&body), reason).await?;
        }
        Ok(receipt(json!({ "channel": channel, "before": before, "set": value, "ours": true })))
    }

    async fn role(&self, user: &str, role: &str, gives: bool, reason: &str) -> Result<Receipt, ApplyError> {
        let path = ["guilds", &self.settings.tenant, "members", user, "roles", role];
        let (doing, method) = if gives { ("give the role", Method::PUT) } else { ("take the role", Method::DELETE) };
        self.because(doing, method, &path, None, reason).await?;
        Ok(receipt(json!({ "user": user, "role": role, "ours": true })))
    }

    /// Sets one value of a member; an empty text is none.
    async fn edit_member(&self, user: &str, key: &str, value: &str, reason: &str) -> Result<Receipt, ApplyError> {
        let was = self.member(user).await?.unwrap_or_default();
        let before = was.get(key).and_then(Value::as_str).unwrap_or_default();
        let body = json!({ key: if value.is_empty() { Value::Null } else { json!(value) } });
        let path = ["guilds", &self.settings.tenant, "members", user];
        self.because("change a member", Method::PATCH, &path, Some(&body), reason).await?;
        Ok(receipt(json!({ "user": user, "before": before, "ours": true })))
    }

    async fn ban(&self, user: &str, is_on: bool, reason: &str) -> Result<Receipt, ApplyError> {
        let path = ["guilds", &self.settings.tenant, "bans", user];
        let done = if is_on {
            self.because("ban somebody", Method::PUT, &path, Some(&json!({})), reason).await
        } else {
            self.because("lift the ban", Method::DELETE, &path, None, reason).await
        };
        gone_already(done)?;
        Ok(receipt(json!({ "user": user, "ours": true })))
    }
}

/// What is not there any more need not be taken away.
fn gone_already(outcome: Result<Value, DiscordError>) -> Result<(), ApplyError> {
    match outcome {
        Ok(_) => Ok(()),
        // Unknown channel, member, message, user, ban.
        Err(error) if matches!(error.code, 10003 | 10007 | 10008 | 10013 | 10026) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn irreversible(why: &str) -> ApplyError {
    ApplyError::permanent("irreversible", why)
}

fn nothing_kept(what: &str) -> ApplyError {
    ApplyError::permanent("nothing-to-undo", format!("nothing was kept about the {what}, so it cannot be undone"))
}

/// A receipt of something done on the server.
pub(super) fn receipt(detail: Value) -> Receipt {
    Receipt { external: None, detail: Json(detail) }
}
