//! Events of a workspace, as they are heard.

use serde_json::{Map, Value, json};
use types::payload::Payload;
use types::payload::slack::*;
use types::platform::{ExternalUser, PlatformEvent};
use types::{Json, Timestamp};

use super::open::{Said, read, verify};
use super::rules::{MAX_TOPIC_CHARS, checked, fit};
use super::settings::Settings;
use super::text::{message_id, reaction_id, unescape, vote_of, when};
use super::undo::echo;
use crate::{Connection, DecodeError, Delivery, Heard, Note};

/// Checks the signature, then reads the event. Clicks and commands say nothing here: they are answered by themselves.
pub(super) fn decode(connection: &Connection, delivery: &Delivery) -> Result<Heard, DecodeError> {
    verify(connection, delivery)?;
    let Said::Event(envelope) = read(delivery)? else { return Ok(Heard::default()) };
    let settings = Settings::of(connection);
    let mut hearing = Hearing {
        own_user: if settings.own_user.is_empty() { &connection.own_user } else { &settings.own_user },
        settings: &settings,
        id: envelope.get("event_id").and_then(Value::as_str).unwrap_or_default(),
        received_at: delivery.received_at,
        heard: Heard::default(),
    };
    match envelope.get("type").and_then(Value::as_str) {
        Some("event_callback") => {
            let nothing = Map::new();
            let event = envelope.get("event").and_then(Value::as_object).unwrap_or(&nothing);
            hearing.event(&Event(event));
        }
        Some("app_rate_limited") => hearing.note(Note::Ungovernable {
            place: settings.name.clone(),
            why: "so much happens in the workspace that Slack left some of it out; what was left out is not governed"
                .into(),
        }),
        _ => {}
    }
    Ok(hearing.heard)
}

/// One event, read field by field: what we do not know is left alone.
#[derive(Clone, Copy)]
pub(super) struct Event<'a>(pub &'a Map<String, Value>);

impl<'a> Event<'a> {
    /// The text under `key`.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The object under `key`.
    pub fn object(&self, key: &str) -> Option<Event<'a>> {
        self.0.get(key).and_then(Value::as_object).map(Event)
    }

    /// The id under `key`, written as text or as an object with an `id`.
    pub fn id(&self, key: &str) -> Option<&'a str> {
        self.text(key).or_else(|| self.object(key)?.text("id"))
    }
}

/// One event being read.
pub(super) struct Hearing<'a> {
    /// The bot's user.
    pub own_user: &'a str,
    /// The settings of the connection.
    pub settings: &'a Settings,
    /// Slack's id of the event.
    pub id: &'a str,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What was said so far.
    pub heard: Heard,
}

impl Hearing<'_> {
    fn event(&mut self, event: &Event<'_>) {
        match event.text("type").unwrap_or_default() {
            "message" => self.message(event),
            "reaction_added" | "reaction_removed" => self.reaction(event),
            "member_joined_channel" => self.joined_channel(event),
            "pin_added" | "pin_removed" => self.pinned(event),
            "channel_created" => self.created(event),
            "channel_archive" | "group_archive" => self.archived(event, true),
            "channel_unarchive" | "group_unarchive" => self.archived(event, false),
            "subteam_updated" => self.user_group(event),
            "team_join" => self.joined_workspace(event),
            "app_uninstalled" => self.uninstalled("the app was removed from the workspace"),
            "tokens_revoked" => self.revoked(event),
            _ => {}
        }
    }

    fn reaction(&mut self, event: &Event<'_>) {
        let (Some(user), Some(name), Some(item)) = (event.text("user"), event.text("reaction"), event.object("item"))
        else {
            return;
        };
        let (Some("message"), Some(channel), Some(ts)) = (item.text("type"), item.text("channel"), item.text("ts"))
        else {
            return;
        };
        if self.is_own(user) {
            return;
        }
        let Some(value) = vote_of(name) else { return };
        let message = message_id(channel, ts);
        let id = reaction_id(&message, user, name);
        let at = self.at(event);
        if event.text("type") == Some("reaction_removed") {
            let event = self.id.to_owned();
            return self.tell(PlatformEvent::Withdrew { event, cast_by: id, at });
        }
        let voter = self.user(user);
        self.tell(PlatformEvent::Voted { event: id, message, voter, value, at });
    }

    fn joined_channel(&mut self, event: &Event<'_>) {
        let (Some(user), Some(channel)) = (event.text("user"), event.text("channel")) else { return };
        let actor = event.text("inviter").unwrap_or(user);
        if self.is_own(user) || self.is_own(actor) || !self.settings.governs(channel) {
            return;
        }
        let payload = Invite { channel: channel.to_owned(), user: user.to_owned() };
        let echo = echo("invite", &[channel, user]);
        self.attempted(event, self.id, &payload, json!({ "channel": channel, "user": user }), actor, Some(echo));
    }

    fn pinned(&mut self, event: &Event<'_>) {
        let channel = event.text("channel_id").or_else(|| event.object("item")?.text("channel"));
        let ts = event.object("item").and_then(|item| item.object("message")?.text("ts"));
        let (Some(user), Some(channel), Some(ts)) = (event.text("user"), channel, ts) else { return };
        if self.is_own(user) || !self.settings.governs(channel) {
            return;
        }
        let (channel, message) = (channel.to_owned(), message_id(channel, ts));
        let undo = json!({ "channel": channel, "message": message });
        if event.text("type") == Some("pin_added") {
            self.attempted(event, self.id, &Pin { channel, message }, undo, user, None);
        } else {
            self.attempted(event, self.id, &Unpin { channel, message }, undo, user, None);
        }
    }

    fn created(&mut self, event: &Event<'_>) {
        let Some(channel) = event.object("channel") else { return };
        let (Some(id), Some(name), Some(creator)) = (channel.text("id"), channel.text("name"), channel.text("creator"))
        else {
            return;
        };
        if self.is_own(creator) || !self.settings.channels.is_empty() {
            return;
        }
        let payload = CreateChannel { name: name.to_owned(), private: false };
        let undo = json!({ "channel": id, "name": name });
        self.attempted(event, self.id, &payload, undo, creator, None);
    }

    fn archived(&mut self, event: &Event<'_>, is_archived: bool) {
        let (Some(user), Some(channel)) = (event.text("user"), event.id("channel")) else { return };
        if self.is_own(user) || !self.settings.governs(channel) {
            return;
        }
        let (channel, undo) = (channel.to_owned(), json!({ "channel": channel }));
        if is_archived {
            let echo = echo("archive", &[&channel]);
            self.attempted(event, self.id, &ArchiveChannel { channel }, undo, user, Some(echo));
        } else {
            let echo = echo("unarchive", &[&channel]);
            self.attempted(event, self.id, &UnarchiveChannel { channel }, undo, user, Some(echo));
        }
    }

    /// A user group has other members. The event has them all, and not who was in it before.
    fn user_group(&mut self, event: &Event<'_>) {
        let Some(group) = event.object("subteam") else { return };
        let (Some(id), Some(list)) = (group.text("id"), group.0.get("users").and_then(Value::as_array)) else { return };
        let users: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let key = format!("user_group:{id}");
        if let Some(actor) = group.text("updated_by").filter(|actor| !self.is_own(actor)) {
            let payload = SetUserGroup { group: id.to_owned(), users: users.clone() };
            let undo = json!({ "group": id, "kept": key });
            self.attempted(event, self.id, &payload, undo, actor, Some(echo("user_group", &[id])));
        }
        self.known(event, key, json!(users));
    }

    fn joined_workspace(&mut self, event: &Event<'_>) {
        let Some(user) = event.object("user") else { return };
        let Some(id) = user.text("id").filter(|id| !self.is_own(id)) else { return };
        let told = ExternalUser {
            id: id.to_owned(),
            display_name: user.text("real_name").or_else(|| user.text("name")).map(str::to_owned),
            is_bot: user.0.get("is_bot").and_then(Value::as_bool).unwrap_or(false),
        };
        let (event, at) = (self.id.to_owned(), self.at(event));
        self.tell(PlatformEvent::Joined { event, user: told, at });
    }

    fn revoked(&mut self, event: &Event<'_>) {
        let Some(tokens) = event.object("tokens") else { return };
        let lists = |key: &str, user: &str| {
            let users = tokens.0.get(key).and_then(Value::as_array);
            users.is_some_and(|users| users.iter().any(|known| known.as_str() == Some(user)))
        };
        if lists("bot", self.own_user) {
            return self.uninstalled("the bot's token was revoked");
        }
        if lists("oauth", &self.settings.admin_user) {
            let why = "the token of the administrator who installed Polity was revoked: messages of members cannot be \
                       removed, nor channels renamed, until an administrator installs it again";
            self.note(Note::LostPlace { place: self.settings.name.clone(), why: why.to_owned() });
        }
    }

    fn uninstalled(&mut self, why: &str) {
        self.note(Note::Uninstalled { why: format!("{why}; nothing there is governed until it is installed again") });
    }

    /// Somebody did what `payload` says, and it has happened. The echo is what a doing of ours by the administrator's token
    /// would be called, so it is of use where the administrator is said to have done it.
    pub(super) fn attempted<P: Payload>(
        &mut self,
        event: &Event<'_>,
        id: &str,
        payload: &P,
        undo: Value,
        actor: &str,
        echo: Option<String>,
    ) {
        let Ok(kind) = P::TYPE.parse() else { return };
        let payload = Json(serde_json::to_value(payload).unwrap_or_default());
        if let Err(refusal) = checked(&kind, &payload) {
            return self.note(Note::Skipped { event: Some(id.to_owned()), why: refusal.why });
        }
        let told = PlatformEvent::Attempted {
            event: id.to_owned(),
            kind,
            payload,
            undo: Json(undo),
            actor: self.user(actor),
            at: self.at(event),
            happened: true,
            echo: echo.filter(|_| actor == self.settings.admin_user),
        };
        self.tell(told);
    }

    /// A value as it now is.
    pub(super) fn known(&mut self, event: &Event<'_>, key: String, value: Value) {
        let (event, at) = (self.id.to_owned(), self.at(event));
        self.tell(PlatformEvent::Known { event, key, value: Json(value), at });
    }

    pub(super) fn tell(&mut self, event: PlatformEvent) {
        self.heard.events.push(event);
    }

    pub(super) fn note(&mut self, note: Note) {
        self.heard.notes.push(note);
    }

    pub(super) fn at(&self, event: &Event<'_>) -> Timestamp {
        event.text("event_ts").or_else(|| event.text("ts")).map_or(self.received_at, |ts| when(ts, self.received_at))
    }

    pub(super) fn user(&self, id: &str) -> ExternalUser {
        ExternalUser { id: id.to_owned(), display_name: None, is_bot: false }
    }

    pub(super) fn is_own(&self, user: &str) -> bool {
        !self.own_user.is_empty() && user == self.own_user
    }
}

/// A topic or description as somebody typed it.
pub(super) fn plain(text: &str) -> String {
    fit(&unescape(text), MAX_TOPIC_CHARS)
}
