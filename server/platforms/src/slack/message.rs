//! Messages, as they are heard: said, edited, deleted, and those by which Slack tells of a channel.

use serde_json::{Value, json};
use types::payload::slack::*;
use types::platform::{ExternalUser, PlatformEvent};

use super::decode::{Event, Hearing, plain};
use super::rules::{MAX_MESSAGE_CHARS, fit};
use super::text::{message_id, moment_of, unescape};
use super::undo::echo;
use crate::votes;

impl Hearing<'_> {
    /// One event of type `message`.
    pub(super) fn message(&mut self, event: &Event<'_>) {
        let Some(channel) = event.text("channel") else { return };
        // What people say to the bot alone is no public life.
        if matches!(event.text("channel_type"), Some("im" | "mpim" | "app_home")) || !self.settings.governs(channel) {
            return;
        }
        match event.text("subtype") {
            None | Some("file_share" | "thread_broadcast" | "me_message" | "bot_message") => {
                if let Some(author) = self.author(event) {
                    self.said(event, event, channel, &author, None);
                }
            }
            Some("message_changed") => self.edited(event, channel),
            Some("message_deleted") => self.deleted(event, channel),
            Some("channel_name" | "group_name") => self.renamed(event, channel),
            Some(kind @ ("channel_topic" | "channel_purpose" | "group_topic" | "group_purpose")) => {
                self.described(event, channel, kind.ends_with("topic"));
            }
            _ => {}
        }
    }

    /// Who said it; `None` where it was ourselves.
    fn author(&self, message: &Event<'_>) -> Option<ExternalUser> {
        let is_ours = |key: &str| message.text(key).is_some_and(|app| app == self.settings.app_id);
        let profile_is_ours = message
            .object("bot_profile")
            .and_then(|bot| bot.text("app_id"))
            .is_some_and(|app| app == self.settings.app_id);
        let app_is_known = !self.settings.app_id.is_empty();
        if app_is_known && (is_ours("app_id") && message.text("bot_id").is_some() || profile_is_ours) {
            return None;
        }
        let bot = message.text("bot_id");
        let user = message.text("user").or(bot)?;
        if self.is_own(user) {
            return None;
        }
        let name = message.text("username").filter(|_| bot.is_some()).map(str::to_owned);
        Some(ExternalUser { id: user.to_owned(), display_name: name, is_bot: bot.is_some() })
    }

    /// A message is an action; where it answers another one in the words of a vote, it is first a vote.
    fn said(
        &mut self,
        event: &Event<'_>,
        message: &Event<'_>,
        channel: &str,
        author: &ExternalUser,
        edited_at: Option<&str>,
    ) {
        let Some(ts) = message.text("ts") else { return };
        let text = unescape(message.text("text").unwrap_or_default());
        let id = message_id(channel, ts);
        let thread = message.text("thread_ts").filter(|root| *root != ts);
        if let Some(root) = thread {
            let at = self.at(event);
            match votes::from_reply(&text) {
                Some(value) => {
                    let (event, message, voter) = (id.clone(), message_id(channel, root), author.clone());
                    self.tell(PlatformEvent::Voted { event, message, voter, value, at });
                }
                // An answer that does not vote any more takes back what it had said.
                None if edited_at.is_some() => {
                    let event = self.id.to_owned();
                    self.tell(PlatformEvent::Withdrew { event, cast_by: id.clone(), at });
                }
                None => {}
            }
        }
        // A picture without words is a message too.
        let text = if text.trim().is_empty() { "(no text)".to_owned() } else { fit(&text, MAX_MESSAGE_CHARS) };
        let payload =
            PostMessage { channel: channel.to_owned(), text, thread: thread.map(|root| message_id(channel, root)) };
        let undo = json!({ "channel": channel, "message": id, "content": kept(message) });
        let event_id = edited_at.map_or(id.clone(), |at| format!("{id}#{at}"));
        let actor = author.id.clone();
        self.attempted(event, &event_id, &payload, undo, &actor, None);
        if author.is_bot
            && let Some(PlatformEvent::Attempted { actor, .. }) = self.heard.events.last_mut()
        {
            actor.is_bot = true;
            actor.display_name.clone_from(&author.display_name);
        }
    }

    /// An edit is a new action: what was agreed to is not what stands there now. What Slack changes by itself (the preview of
    /// a link) is nobody's action.
    fn edited(&mut self, event: &Event<'_>, channel: &str) {
        let (Some(message), Some(before)) = (event.object("message"), event.object("previous_message")) else { return };
        let Some(edit) = message.object("edited") else { return };
        if message.text("text") == before.text("text") || message.text("subtype") == Some("tombstone") {
            return;
        }
        let Some(author) = self.author(&message) else { return };
        let author = ExternalUser { id: edit.text("user").map_or(author.id, str::to_owned), ..author };
        self.said(event, &message, channel, &author, Some(edit.text("ts").unwrap_or(self.id)));
    }

    /// A deleted answer is a vote taken back.
    fn deleted(&mut self, event: &Event<'_>, channel: &str) {
        let Some(ts) = event.text("deleted_ts") else { return };
        let (event, at) = (self.id.to_owned(), self.at(event));
        self.tell(PlatformEvent::Withdrew { event, cast_by: message_id(channel, ts), at });
    }

    fn renamed(&mut self, event: &Event<'_>, channel: &str) {
        let (Some(user), Some(name), Some(ts)) = (event.text("user"), event.text("name"), event.text("ts")) else {
            return;
        };
        if self.is_own(user) {
            return;
        }
        let payload = RenameChannel { channel: channel.to_owned(), name: name.to_owned() };
        let undo = json!({ "channel": channel, "old_name": event.text("old_name"), "name": name });
        let echo = echo("rename", &[channel, name]);
        self.attempted(event, &message_id(channel, ts), &payload, undo, user, Some(echo));
    }

    /// The topic or description changed. The event has only the new one.
    fn described(&mut self, event: &Event<'_>, channel: &str, is_topic: bool) {
        let (Some(user), Some(ts)) = (event.text("user"), event.text("ts")) else { return };
        let (what, field) = if is_topic { ("topic", "topic") } else { ("purpose", "purpose") };
        let value = plain(event.text(field).unwrap_or_default());
        let key = format!("{what}:{channel}");
        if !self.is_own(user) {
            let id = message_id(channel, ts);
            let undo = json!({ "channel": channel, "kept": key, "set": value });
            let channel = channel.to_owned();
            if is_topic {
                self.attempted(event, &id, &SetTopic { channel, topic: value.clone() }, undo, user, None);
            } else {
                self.attempted(event, &id, &SetPurpose { channel, purpose: value.clone() }, undo, user, None);
            }
        }
        self.known(event, key, json!(value));
    }
}

/// What a message needs to be said again, captured before it is deleted: its text, blocks and files.
fn kept(message: &Event<'_>) -> Value {
    let keep = ["text", "blocks", "attachments", "thread_ts", "subtype"];
    let mut kept: serde_json::Map<String, Value> =
        keep.iter().filter_map(|key| Some(((*key).to_owned(), message.0.get(*key)?.clone()))).collect();
    let files: Vec<Value> = message.0.get("files").and_then(Value::as_array).into_iter().flatten().map(file).collect();
    if !files.is_empty() {
        kept.insert("files".to_owned(), Value::Array(files));
    }
    Value::Object(kept)
}

/// A file outlives the message that shared it: its name and address are enough to find it again.
fn file(file: &Value) -> Value {
    json!({ "id": file.get("id"), "name": file.get("name"), "permalink": file.get("permalink") })
}

/// The moment that a payload's message names, for calls that want it.
pub(super) fn ts_of<'a>(message: &'a str, channel: &'a str) -> &'a str {
    moment_of(message, channel).1
}
