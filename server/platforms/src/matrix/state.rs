//! Changes of a room's state, as they are heard: who made them, what exactly changed, and what was there before.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use types::payload::Payload;
use types::payload::matrix::*;
use types::platform::{ExternalUser, PlatformEvent};

use super::decode::Hearing;
use super::event::Event;
use super::rules::{JOIN_RULES, MAX_NAME_CHARS, MAX_TOPIC_CHARS, fit, is_event};
use super::settings::is_own;
use crate::Note;

impl Hearing<'_> {
    /// One value of the room: its name, topic, picture, join rule or pinned messages.
    pub(super) fn room_value(&mut self, event: &Event) {
        let room = event.room_id.clone();
        let value = |key: &str| event.text(key).unwrap_or_default().to_owned();
        match event.kind.as_str() {
            "m.room.name" => self.state(event, &RenameRoom { room, name: fit(&value("name"), MAX_NAME_CHARS) }),
            "m.room.topic" => self.state(event, &SetTopic { room, topic: fit(&value("topic"), MAX_TOPIC_CHARS) }),
            "m.room.avatar" => self.state(event, &SetAvatar { room, url: fit(&value("url"), MAX_TOPIC_CHARS) }),
            "m.room.join_rules" => self.state(event, &SetJoinRules { room, rule: join_rule(&value("join_rule")) }),
            _ => self.state(event, &SetPinned { room, events: pinned(&event.content) }),
        }
    }

    fn state<P: Payload>(&mut self, event: &Event, payload: &P) {
        self.attempted(event, &event.event_id, payload, undo(event, None));
    }

    /// Power levels: one action for each user whose power changed.
    pub(super) fn power_levels(&mut self, event: &Event) {
        let before = event.before();
        let levels = |content: &Map<String, Value>| content.get("users").and_then(Value::as_object).cloned();
        let (old, new) = (levels(&before).unwrap_or_default(), levels(&event.content).unwrap_or_default());
        let users: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for user in users {
            let (was, is) = (old.get(user).and_then(level), new.get(user).and_then(level));
            let power = |own: Option<i64>, content| own.unwrap_or_else(|| default_level(content));
            if power(was, &before) == power(is, &event.content) {
                continue;
            }
            // Our own power is what governing rests on, not something that we govern.
            if is_own(self.own_user, user) {
                if power(is, &event.content) < power(was, &before) {
                    let why = format!(
                        "{} lowered the power of Polity, so some decisions cannot be carried out",
                        event.sender
                    );
                    self.note(Note::LostPlace { place: event.room_id.clone(), why });
                }
                continue;
            }
            let payload =
                SetPowerLevel { room: event.room_id.clone(), user: user.clone(), level: power(is, &event.content) };
            // One event may change many users, and each change is an action of its own.
            let id = format!("{}#{user}", event.event_id);
            self.attempted(event, &id, &payload, undo(event, Some(("level", json!(was)))));
        }
    }

    /// Who is in the room.
    pub(super) fn membership(&mut self, event: &Event) {
        let Some(target) = event.state_key.as_deref() else { return };
        let before = event.before();
        let was = before.get("membership").and_then(Value::as_str).unwrap_or("leave").to_owned();
        let is = event.text("membership").unwrap_or("leave");
        let reason = event.text("reason").map(|reason| fit(reason, MAX_TOPIC_CHARS)).filter(|it| !it.is_empty());
        let (room, user) = (event.room_id.clone(), target.to_owned());
        let undo = undo(event, Some(("membership", json!(was))));
        let id = event.event_id.as_str();

        if target == event.sender {
            return self.own_step(event, &was, is);
        }
        match (was.as_str(), is) {
            (was, is) if was == is => {}
            (_, "invite") => self.attempted(event, id, &Invite { room, user }, undo),
            (_, "ban") => self.attempted(event, id, &Ban { room, user, reason }, undo),
            ("ban", _) => self.attempted(event, id, &Unban { room, user }, undo),
            (_, "leave") => self.attempted(event, id, &Kick { room, user, reason }, undo),
            _ => {}
        }
    }

    /// Somebody came or went by themself.
    fn own_step(&mut self, event: &Event, was: &str, is: &str) {
        let user =
            ExternalUser { display_name: event.text("displayname").map(str::to_owned), ..self.user(&event.sender) };
        let (id, at) = (event.event_id.clone(), self.at(event));
        match (was, is) {
            ("join", "leave") => self.tell(PlatformEvent::Left { event: id, user, at }),
            ("join", _) => {}
            (_, "join") => self.tell(PlatformEvent::Joined { event: id, user, at }),
            _ => {}
        }
    }

    /// What concerns ourselves: invitations to any room, and being removed from ours.
    pub(super) fn about_us(&mut self, event: &Event) -> bool {
        let concerns_us = event.kind == "m.room.member"
            && event.state_key.as_deref().is_some_and(|target| is_own(self.own_user, target));
        if !concerns_us {
            return false;
        }
        let place = event.room_id.clone();
        match event.text("membership") {
            Some("invite") if event.state_key.as_deref() == Some(self.own_user) => {
                self.note(Note::Invited { place, by: event.sender.clone() });
            }
            Some("leave" | "ban") if self.settings.governs(&place) => {
                let why = format!("{} removed Polity from the room, so it is not governed any more", event.sender);
                self.note(Note::LostPlace { place, why });
            }
            _ => {}
        }
        true
    }
}

/// What undoing a change of state needs: all of what was there, and all of what was put there.
fn undo(event: &Event, more: Option<(&str, Value)>) -> Value {
    let mut undo = json!({
        "room": event.room_id,
        "event": event.event_id,
        "type": event.kind,
        "state_key": event.state_key,
        "content": event.before(),
        "replaces": event.replaces(),
        "set": event.content,
    });
    if let (Value::Object(fields), Some((key, value))) = (&mut undo, more) {
        fields.insert(key.to_owned(), value);
    }
    undo
}

/// The pinned messages.
pub(super) fn pinned(content: &Map<String, Value>) -> Vec<String> {
    let ids = content.get("pinned").and_then(Value::as_array).into_iter().flatten();
    ids.filter_map(Value::as_str).filter(|id| is_event(id)).map(str::to_owned).collect()
}

/// A rule that servers do not know keeps everybody out, like the reserved `private`.
fn join_rule(rule: &str) -> String {
    if JOIN_RULES.contains(&rule) { rule.to_owned() } else { "private".to_owned() }
}

/// A level, which old rooms also wrote as text.
pub(super) fn level(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The level of users who are not listed.
pub(super) fn default_level(content: &Map<String, Value>) -> i64 {
    content.get("users_default").and_then(level).unwrap_or(0)
}
