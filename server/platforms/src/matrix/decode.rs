//! Reading what a homeserver pushes: `PUT /_matrix/app/v1/transactions/{txnId}`.
//!
//! Transactions come in order and are repeated until answered, so that an outage of ours loses nothing; the event ids tell
//! repetitions apart.

use serde::Deserialize;
use serde_json::Value;
use types::Timestamp;
use types::platform::{ExternalUser, PlatformEvent};

use super::event::Event;
use super::settings::{Settings, is_own};
use crate::delivery::same_secret;
use crate::{Connection, DecodeError, Delivery, Heard, Note};

/// Largest transaction that is read.
///
/// # Units
/// Bytes. A homeserver sends at most 100 events of at most 64 KiB, and adds the state that each replaced.
pub const MAX_TRANSACTION_BYTES: usize = 16 * 1024 * 1024;

/// The body of a transaction; each event is read by itself, so that one strange event does not hold up the others.
#[derive(Deserialize)]
struct Transaction {
    events: Vec<Value>,
}

/// Checks the token, then reads the transaction.
pub(super) fn decode(connection: &Connection, delivery: &Delivery) -> Result<Heard, DecodeError> {
    let expected = connection.secret("hs_token").ok_or(DecodeError::NotConfigured("hs_token"))?;
    let given = delivery.bearer().ok_or(DecodeError::Unsigned)?;
    if !same_secret(given, expected) {
        return Err(DecodeError::Forged);
    }
    if delivery.body.len() > MAX_TRANSACTION_BYTES {
        return Err(DecodeError::TooLarge(delivery.body.len(), MAX_TRANSACTION_BYTES));
    }
    let transaction: Transaction =
        serde_json::from_slice(&delivery.body).map_err(|error| DecodeError::Malformed(error.to_string()))?;

    let settings = Settings::of(connection);
    let mut hearing = Hearing {
        own_user: &connection.own_user,
        settings: &settings,
        received_at: delivery.received_at,
        heard: Heard::default(),
    };
    for value in transaction.events {
        hearing.listen(value);
    }
    Ok(hearing.heard)
}

/// One transaction being read.
pub(super) struct Hearing<'a> {
    /// Who we are.
    pub own_user: &'a str,
    /// Which rooms are ours to govern.
    pub settings: &'a Settings,
    /// When the transaction arrived.
    pub received_at: Timestamp,
    /// What was said so far.
    pub heard: Heard,
}

impl Hearing<'_> {
    fn listen(&mut self, value: Value) {
        let id = value.get("event_id").and_then(Value::as_str).map(str::to_owned);
        match serde_json::from_value::<Event>(value) {
            Ok(event) => self.event(&event),
            Err(error) => self.note(Note::Skipped { event: id, why: error.to_string() }),
        }
    }

    fn event(&mut self, event: &Event) {
        let is_ours = is_own(self.own_user, &event.sender);
        if is_ours || self.about_us(event) || !self.settings.governs(&event.room_id) {
            return;
        }
        match (event.kind.as_str(), &event.state_key) {
            ("m.room.message" | "m.sticker" | "m.poll.start" | "org.matrix.msc3381.poll.start", None) => {
                self.message(event)
            }
            ("m.reaction", None) => self.reaction(event),
            ("m.room.redaction", None) => self.redaction(event),
            ("m.room.encrypted", None) | ("m.room.encryption", Some(_)) => self.note(Note::Ungovernable {
                place: event.room_id.clone(),
                why: "the room is encrypted: Polity cannot read what is said there, so it cannot govern it".into(),
            }),
            ("m.room.tombstone", Some(_)) => self.note(Note::LostPlace {
                place: event.room_id.clone(),
                why: match event.text("replacement_room") {
                    Some(successor) => format!("the room was replaced by {successor}; connect that one"),
                    None => "the room was closed".into(),
                },
            }),
            // A state event that changes nothing (a client that saves a form unchanged) is nobody's action.
            (_, Some(_)) if event.content == event.before() && event.replaces().is_some() => {}
            ("m.room.member", Some(_)) => self.membership(event),
            ("m.room.power_levels", Some(_)) => self.power_levels(event),
            (
                "m.room.name" | "m.room.topic" | "m.room.avatar" | "m.room.join_rules" | "m.room.pinned_events",
                Some(_),
            ) => self.room_value(event),
            _ => {}
        }
    }

    pub(super) fn tell(&mut self, event: PlatformEvent) {
        self.heard.events.push(event);
    }

    pub(super) fn note(&mut self, note: Note) {
        self.heard.notes.push(note);
    }

    pub(super) fn at(&self, event: &Event) -> Timestamp {
        event.at(self.received_at)
    }

    /// A user by id. Only the settings say who is a program: a member who sends one `m.notice` is still a person.
    pub(super) fn user(&self, id: &str) -> ExternalUser {
        ExternalUser { id: id.to_owned(), display_name: None, is_bot: self.settings.bots.iter().any(|bot| bot == id) }
    }
}
