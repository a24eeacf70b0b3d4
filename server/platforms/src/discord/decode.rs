//! Events of a server, as the gateway tells them.

use serde_json::{Map, Value, json};
use types::payload::Payload;
use types::payload::discord::PostMessage;
use types::platform::{ExternalUser, PlatformEvent};
use types::{Json, Timestamp};

use super::open::{is_own, verify};
use super::rules::checked;
use super::settings::Settings;
use crate::{Connection, DecodeError, Delivery, Heard, Note, votes};

/// The first moment of Discord's ids: 2015, in milliseconds.
const EPOCH_MS: i64 = 1_420_070_400_000;

/// Checks the signature, then reads the event. Interactions say nothing here: they are answered by themselves.
pub(super) fn decode(connection: &Connection, delivery: &Delivery) -> Result<Heard, DecodeError> {
    verify(connection, delivery)?;
    let frame: Value =
        serde_json::from_slice(&delivery.body).map_err(|error| DecodeError::Malformed(error.to_string()))?;
    let settings = Settings::of(connection);
    let mut hearing = Hearing {
        settings: &settings,
        seq: frame.get("s").and_then(Value::as_u64).unwrap_or_default(),
        received_at: delivery.received_at,
        heard: Heard::default(),
    };
    let nothing = Map::new();
    let data = frame.get("d").and_then(Value::as_object).unwrap_or(&nothing);
    let is_here = |key: &str| data.get(key).and_then(Value::as_str) == Some(settings.tenant.as_str());
    if is_here("guild_id") || is_here("id") {
        hearing.event(frame.get("t").and_then(Value::as_str).unwrap_or_default(), &Data(data));
    }
    Ok(hearing.heard)
}

/// One event's data, read field by field.
#[derive(Clone, Copy)]
pub(super) struct Data<'a>(pub &'a Map<String, Value>);

impl<'a> Data<'a> {
    /// The text under `key`.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.0.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The object under `key`.
    pub fn object(&self, key: &str) -> Option<Data<'a>> {
        self.0.get(key).and_then(Value::as_object).map(Data)
    }

    /// The flag under `key`.
    pub fn is(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The number under `key`.
    pub fn number(&self, key: &str) -> Option<u64> {
        self.0.get(key).and_then(Value::as_u64)
    }
}

/// One event being read.
pub(super) struct Hearing<'a> {
    /// The settings of the connection.
    pub settings: &'a Settings,
    /// The gateway's number of the event.
    pub seq: u64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What was said so far.
    pub heard: Heard,
}

impl Hearing<'_> {
    fn event(&mut self, kind: &str, data: &Data<'_>) {
        match kind {
            "MESSAGE_CREATE" => self.message(data, false),
            "MESSAGE_UPDATE" => self.message(data, true),
            "MESSAGE_DELETE" => self.deleted(data, data.text("id")),
            "MESSAGE_DELETE_BULK" => {
                for id in data.0.get("ids").and_then(Value::as_array).into_iter().flatten() {
                    self.deleted(data, id.as_str());
                }
            }
            "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE" => self.reaction(data, kind.ends_with("REMOVE")),
            "GUILD_AUDIT_LOG_ENTRY_CREATE" => self.trail(data),
            "AUTO_MODERATION_ACTION_EXECUTION" => self.held(data),
            "GUILD_MEMBER_ADD" => {
                if let Some(user) = data.object("user").and_then(|user| self.user(&user)) {
                    let (event, at) = (format!("joined:{}:{}", user.id, self.seq), self.received_at);
                    self.heard.events.push(PlatformEvent::Joined { event, user, at });
                }
            }
            "GUILD_MEMBER_REMOVE" => {
                if let Some(user) = data.object("user").and_then(|user| self.user(&user)) {
                    let (event, at) = (format!("left:{}:{}", user.id, self.seq), self.received_at);
                    self.heard.events.push(PlatformEvent::Left { event, user, at });
                }
            }
            // An outage of Discord's own looks like it, but for this flag.
            "GUILD_DELETE" if !data.is("unavailable") => {
                let why = "Polity was removed from the server; nothing there is governed until it is installed again";
                self.heard.notes.push(Note::Uninstalled { why: why.to_owned() });
            }
            _ => {}
        }
    }

    /// A message is an action; where it answers another one in the words of a vote, it is first a vote. An edit is a new one.
    fn message(&mut self, data: &Data<'_>, is_edit: bool) {
        let (Some(id), Some(channel)) = (data.text("id"), data.text("channel_id")) else { return };
        // An update that is no edit (the preview of a link) has no moment of editing, and may have no author.
        let edited = data.text("edited_timestamp");
        if is_edit && edited.is_none() || !self.settings.governs(channel) {
            return;
        }
        // Ordinary messages and answers; the rest are Discord's own lines: "somebody pinned a message".
        if !matches!(data.number("type"), None | Some(0 | 19)) {
            return;
        }
        let Some(author) = data.object("author").and_then(|author| self.user(&author)) else { return };
        let is_ours = is_own(self.settings, &author.id)
            || data.text("application_id").is_some_and(|app| is_own(self.settings, app));
        if is_ours {
            return;
        }
        let author = ExternalUser { is_bot: author.is_bot || data.text("webhook_id").is_some(), ..author };
        let text = data.text("content").unwrap_or_default();
        let message = format!("{channel}/{id}");
        let at = moment(id, self.received_at);
        let answered = data.object("message_reference").and_then(|to| to.text("message_id"));
        if let Some(answered) = answered {
            let at = if is_edit { self.received_at } else { at };
            match votes::from_reply(text) {
                Some(value) => self.heard.events.push(PlatformEvent::Voted {
                    event: message.clone(),
                    message: format!("{channel}/{answered}"),
                    voter: author.clone(),
                    value,
                    at,
                }),
                None if is_edit => {
                    let event = format!("edited:{id}:{}", self.seq);
                    self.heard.events.push(PlatformEvent::Withdrew { event, cast_by: message.clone(), at });
                }
                None => {}
            }
        }
        // Without the privilege to read contents, Discord leaves the text out; a picture has none either.
        let text = if text.trim().is_empty() { "(no text)".to_owned() } else { text.to_owned() };
        let payload = PostMessage {
            channel: channel.to_owned(),
            text,
            reply_to: answered.map(|answered| format!("{channel}/{answered}")),
        };
        let files: Vec<Value> =
            data.0.get("attachments").and_then(Value::as_array).into_iter().flatten().map(file).collect();
        let undo = json!({
            "channel": channel, "message": message,
            "content": { "text": data.text("content"), "files": files, "embeds": data.0.get("embeds") },
        });
        let event = edited.filter(|_| is_edit).map_or(message.clone(), |edited| format!("{message}#{edited}"));
        self.attempted(event, &payload, undo, author, at, true);
    }

    fn deleted(&mut self, data: &Data<'_>, id: Option<&str>) {
        let (Some(id), Some(channel)) = (id, data.text("channel_id")) else { return };
        let (event, cast_by) = (format!("deleted:{id}:{}", self.seq), format!("{channel}/{id}"));
        self.heard.events.push(PlatformEvent::Withdrew { event, cast_by, at: self.received_at });
    }

    fn reaction(&mut self, data: &Data<'_>, is_gone: bool) {
        let (Some(user), Some(channel), Some(id)) =
            (data.text("user_id"), data.text("channel_id"), data.text("message_id"))
        else {
            return;
        };
        let is_bot = data.object("member").and_then(|member| member.object("user")).is_some_and(|user| user.is("bot"));
        let Some(emoji) = data.object("emoji").and_then(|emoji| emoji.text("name")) else { return };
        if is_own(self.settings, user) || is_bot {
            return;
        }
        let Some(value) = votes::from_reaction(emoji) else { return };
        let message = format!("{channel}/{id}");
        let cast_by = format!("reaction:{message}:{user}:{emoji}");
        let at = self.received_at;
        if is_gone {
            let event = format!("unreacted:{id}:{user}:{}", self.seq);
            return self.heard.events.push(PlatformEvent::Withdrew { event, cast_by, at });
        }
        let name = data.object("member").and_then(|member| member.text("nick")).map(str::to_owned);
        let voter = ExternalUser { id: user.to_owned(), display_name: name, is_bot: false };
        self.heard.events.push(PlatformEvent::Voted { event: cast_by, message, voter, value, at });
    }

    /// Discord itself kept a message from being said: it waits for the community, and nobody has seen it.
    fn held(&mut self, data: &Data<'_>) {
        let is_blocked = data.object("action").and_then(|action| action.number("type")) == Some(1);
        let (Some(user), Some(channel), Some(text)) =
            (data.text("user_id"), data.text("channel_id"), data.text("content"))
        else {
            return;
        };
        if !is_blocked || is_own(self.settings, user) || !self.settings.governs(channel) {
            return;
        }
        let payload = PostMessage { channel: channel.to_owned(), text: text.to_owned(), reply_to: None };
        let actor = ExternalUser { id: user.to_owned(), display_name: None, is_bot: false };
        let event = format!("held:{channel}:{user}:{}", self.seq);
        self.attempted(event, &payload, json!({ "channel": channel }), actor, self.received_at, false);
    }

    pub(super) fn attempted<P: Payload>(
        &mut self,
        event: String,
        payload: &P,
        undo: Value,
        actor: ExternalUser,
        at: Timestamp,
        happened: bool,
    ) {
        let Ok(kind) = P::TYPE.parse() else { return };
        let payload = Json(serde_json::to_value(payload).unwrap_or_default());
        if let Err(refusal) = checked(&kind, &payload) {
            return self.heard.notes.push(Note::Skipped { event: Some(event), why: refusal.why });
        }
        let undo = Json(undo);
        self.heard.events.push(PlatformEvent::Attempted {
            event,
            kind,
            payload,
            undo,
            actor,
            at,
            happened,
            echo: None,
        });
    }

    /// A user, with the name that people read.
    fn user(&self, user: &Data<'_>) -> Option<ExternalUser> {
        let name = user.text("global_name").or_else(|| user.text("username")).map(str::to_owned);
        Some(ExternalUser { id: user.text("id")?.to_owned(), display_name: name, is_bot: user.is("bot") })
    }
}

/// A file's name and address. It goes with its message, so the address works only for as long as Discord keeps it.
fn file(file: &Value) -> Value {
    json!({ "name": file.get("filename"), "url": file.get("url") })
}

/// When something was made, by its id; never later than it arrived.
pub(super) fn moment(id: &str, received_at: Timestamp) -> Timestamp {
    let made = id.parse::<u64>().ok().and_then(|id| i64::try_from(id >> 22).ok());
    made.map_or(received_at, |ms| Timestamp::from_millis(ms.saturating_add(EPOCH_MS)).min(received_at))
}

/// The smallest id of anything made after a moment.
pub(super) fn id_after(ms: i64) -> String {
    (u64::try_from(ms.saturating_sub(EPOCH_MS)).unwrap_or(0) << 22).to_string()
}
