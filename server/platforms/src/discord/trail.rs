//! Entries of a server's audit log: only they say who changed a channel, a role or somebody's membership.
//!
//! # Source
//! <https://docs.discord.com/developers/resources/audit-log#audit-log-entry-object-audit-log-events>.

use serde_json::{Value, json};
use types::payload::discord::*;
use types::platform::ExternalUser;

use super::decode::{Data, Hearing};
use super::open::is_own;

/// What the log says of one value: before and after.
type Change<'a> = (Option<&'a Value>, Option<&'a Value>);

impl Hearing<'_> {
    /// One entry. What we did ourselves stands under our own name.
    pub(super) fn trail(&mut self, entry: &Data<'_>) {
        let (Some(id), Some(actor)) = (entry.text("id"), entry.text("user_id")) else { return };
        if is_own(self.settings, actor) {
            return;
        }
        let target = entry.text("target_id").unwrap_or_default().to_owned();
        let user = target.clone();
        match entry.number("action_type") {
            Some(10) => {
                let name = words(change(entry, "name").1);
                // Voice channels and categories are made by the same word; the type tells them apart.
                let is_text = change(entry, "type").1.and_then(Value::as_u64).is_none_or(|kind| kind == 0);
                if is_text && self.settings.channels.is_empty() {
                    let undo = json!({ "channel": target, "name": name });
                    self.did(id, actor, &CreateChannel { name }, undo);
                }
            }
            Some(11) => self.channel_changed(entry, id, actor, &target),
            Some(12) => {
                let kept =
                    json!({ "channel": target, "name": change(entry, "name").0, "topic": change(entry, "topic").0 });
                self.did(id, actor, &DeleteChannel { channel: target }, kept);
            }
            Some(20) => self.did(id, actor, &Kick { user }, json!({ "user": target })),
            Some(22) => self.did(id, actor, &Ban { user }, json!({ "user": target })),
            Some(23) => self.did(id, actor, &Unban { user }, json!({ "user": target })),
            Some(24) => self.member_changed(entry, id, actor, &target),
            Some(25) => self.roles_changed(entry, id, actor, &target),
            Some(kind @ (74 | 75)) => {
                let Some(options) = entry.object("options") else { return };
                let (Some(channel), Some(message)) = (options.text("channel_id"), options.text("message_id")) else {
                    return;
                };
                let (channel, message) = (channel.to_owned(), format!("{channel}/{message}"));
                let undo = json!({ "channel": channel, "message": message });
                if kind == 74 {
                    self.did(id, actor, &Pin { channel, message }, undo);
                } else {
                    self.did(id, actor, &Unpin { channel, message }, undo);
                }
            }
            _ => {}
        }
    }

    fn channel_changed(&mut self, entry: &Data<'_>, id: &str, actor: &str, channel: &str) {
        if !self.settings.governs(channel) {
            return;
        }
        if let (before, Some(after)) = change(entry, "name") {
            let undo = json!({ "channel": channel, "before": before });
            let payload = RenameChannel { channel: channel.to_owned(), name: words(Some(after)) };
            self.did(&format!("{id}:name"), actor, &payload, undo);
        }
        let (before, after) = change(entry, "topic");
        if before.is_some() || after.is_some() {
            let undo = json!({ "channel": channel, "before": words(before) });
            let payload = SetTopic { channel: channel.to_owned(), topic: words(after) };
            self.did(&format!("{id}:topic"), actor, &payload, undo);
        }
    }

    fn member_changed(&mut self, entry: &Data<'_>, id: &str, actor: &str, user: &str) {
        let (before, after) = change(entry, "nick");
        if (before.is_some() || after.is_some()) && actor != user {
            let payload = SetNickname { user: user.to_owned(), nickname: words(after) };
            self.did(&format!("{id}:nick"), actor, &payload, json!({ "user": user, "before": words(before) }));
        }
        let (before, after) = change(entry, "communication_disabled_until");
        if before.is_some() || after.is_some() {
            let payload = Timeout { user: user.to_owned(), until: words(after) };
            self.did(&format!("{id}:timeout"), actor, &payload, json!({ "user": user, "before": words(before) }));
        }
    }

    /// One entry may give and take several roles, and each is an action of its own.
    fn roles_changed(&mut self, entry: &Data<'_>, id: &str, actor: &str, user: &str) {
        for (key, gives) in [("$add", true), ("$remove", false)] {
            for role in change(entry, key).1.and_then(Value::as_array).into_iter().flatten() {
                let Some(role) = role.get("id").and_then(Value::as_str) else { continue };
                let (user, undo) = (user.to_owned(), json!({ "user": user, "role": role }));
                let (id, role) = (format!("{id}:{key}:{role}"), role.to_owned());
                if gives {
                    self.did(&id, actor, &GrantRole { user, role }, undo);
                } else {
                    self.did(&id, actor, &RevokeRole { user, role }, undo);
                }
            }
        }
    }

    fn did<P: types::payload::Payload>(&mut self, id: &str, actor: &str, payload: &P, undo: Value) {
        let at = super::decode::moment(id.split(':').next().unwrap_or_default(), self.received_at);
        let actor = ExternalUser { id: actor.to_owned(), display_name: None, is_bot: false };
        self.attempted(format!("trail:{id}"), payload, undo, actor, at, true);
    }
}

/// What an entry says of `key`.
fn change<'a>(entry: &Data<'a>, key: &str) -> Change<'a> {
    let changes = entry.0.get("changes").and_then(Value::as_array).into_iter().flatten();
    let found = changes.into_iter().find(|change| change.get("key").and_then(Value::as_str) == Some(key));
    let value = |side: &str| found.and_then(|change| change.get(side)).filter(|value| !value.is_null());
    (value("old_value"), value("new_value"))
}

fn words(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}
