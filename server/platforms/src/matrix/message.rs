//! Messages, reactions and redactions, as they are heard.

use serde_json::{Map, Value, json};
use types::Json;
use types::payload::Payload;
use types::payload::matrix::PostMessage;
use types::platform::PlatformEvent;

use super::decode::Hearing;
use super::event::Event;
use super::html::{plain_text, says_all_of};
use super::rules::{MAX_MESSAGE_CHARS, checked, fit};
use crate::{Note, votes};

impl Hearing<'_> {
    /// A message is an action; where it answers another one in the words of a vote, it is first a vote.
    ///
    /// Both carry the same event id: whoever counts the vote knows whether the answered message is a ballot.
    pub(super) fn message(&mut self, event: &Event) {
        // A message that was redacted before we heard of it has nothing left.
        if event.content.is_empty() {
            return;
        }
        let edited = edited(event);
        let new = edited.and_then(|_| event.content.get("m.new_content")).and_then(Value::as_object);
        let answered = answered(event);
        let text = shown_text(new.unwrap_or(&event.content), answered.is_some());
        let text = text.as_str();

        // An edited answer votes anew: the edit names the message it changes, which had cast the first vote.
        let ballot = answered.or(edited);
        if let (Some(message), Some(value)) = (ballot, votes::from_reply(text)) {
            let voter = self.user(&event.sender);
            let (event, at) = (event.event_id.clone(), self.at(event));
            self.tell(PlatformEvent::Voted { event, message: message.to_owned(), voter, value, at });
        }
        let payload = PostMessage { room: event.room_id.clone(), text: text.to_owned() };
        let undo = json!({ "room": event.room_id, "event": event.event_id, "content": event.content });
        self.attempted(event, &event.event_id, &payload, undo);
    }

    /// A reaction is a vote, if it means one.
    pub(super) fn reaction(&mut self, event: &Event) {
        let Some(relation) = event.relation() else { return };
        let field = |key: &str| relation.get(key).and_then(Value::as_str);
        let (Some("m.annotation"), Some(message), Some(key)) = (field("rel_type"), field("event_id"), field("key"))
        else {
            return;
        };
        let Some(value) = votes::from_reaction(key) else { return };
        let voter = self.user(&event.sender);
        let (event, at) = (event.event_id.clone(), self.at(event));
        self.tell(PlatformEvent::Voted { event, message: message.to_owned(), voter, value, at });
    }

    /// A redaction takes back whatever vote the removed event had cast.
    pub(super) fn redaction(&mut self, event: &Event) {
        let Some(cast_by) = event.redacts.as_deref().or_else(|| event.text("redacts")) else { return };
        let (cast_by, at) = (cast_by.to_owned(), self.at(event));
        self.tell(PlatformEvent::Withdrew { event: event.event_id.clone(), cast_by, at });
    }

    /// Somebody did what `payload` says, and it has happened.
    pub(super) fn attempted<P: Payload>(&mut self, event: &Event, id: &str, payload: &P, undo: Value) {
        let Ok(kind) = P::TYPE.parse() else { return };
        let payload = Json(serde_json::to_value(payload).unwrap_or_default());
        // Texts were cut to fit; what still does not is an id that no homeserver lets through.
        if let Err(refusal) = checked(&kind, &payload) {
            return self.note(Note::Skipped { event: Some(id.to_owned()), why: refusal.why });
        }
        let told = PlatformEvent::Attempted {
            event: id.to_owned(),
            kind,
            payload,
            undo: Json(undo),
            actor: self.user(&event.sender),
            at: self.at(event),
            happened: true,
            echo: None,
        };
        self.tell(told);
    }
}

/// What people see of a message.
///
/// Clients show the HTML where there is some, and nothing holds the two alike: words that stand in the HTML alone are told
/// as well, or a member could write one thing for the rules and another for the readers.
fn shown_text(content: &Map<String, Value>, is_reply: bool) -> String {
    let field = |key: &str| content.get(key).and_then(Value::as_str);
    let body = field("body").or_else(|| field("org.matrix.msc1767.text")).unwrap_or_default();
    let body = if is_reply { without_fallback(body) } else { body };
    let html = field("formatted_body").map(plain_text).filter(|html| !says_all_of(body, html));
    let text = match html {
        Some(html) if body.trim().is_empty() => html,
        Some(html) => format!("{body}\n{html}"),
        None => body.to_owned(),
    };
    // A picture without a name is a message too.
    if text.trim().is_empty() { "(no text)".to_owned() } else { fit(&text, MAX_MESSAGE_CHARS) }
}

/// The message that an edit changes.
fn edited(event: &Event) -> Option<&str> {
    let relation = event.relation()?;
    (relation.get("rel_type")?.as_str()? == "m.replace").then(|| relation.get("event_id")?.as_str())?
}

/// The message that this one answers: in a thread, its root, unless it answers another one there.
fn answered(event: &Event) -> Option<&str> {
    let relation = event.relation()?;
    let reply = relation.get("m.in_reply_to").and_then(|to| to.get("event_id")).and_then(Value::as_str);
    let is_thread = relation.get("rel_type").and_then(Value::as_str) == Some("m.thread");
    if !is_thread {
        return reply;
    }
    // In a thread the reply is only there for clients that know no threads, if it is marked as falling back.
    let falls_back = relation.get("is_falling_back").and_then(Value::as_bool).unwrap_or(false);
    let root = relation.get("event_id").and_then(Value::as_str);
    if falls_back { root } else { reply.or(root) }
}

/// A reply's text without the quotation that older clients put in front of it.
fn without_fallback(body: &str) -> &str {
    if !body.starts_with("> ") {
        return body;
    }
    let mut rest = body;
    while rest.starts_with('>') {
        rest = rest.split_once('\n').map_or("", |(_, after)| after);
    }
    rest.strip_prefix('\n').unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quotation_in_front_of_a_reply_is_dropped() {
        assert_eq!(without_fallback("> <@ada:hs.test> shall we?\n> really?\n\nyes\nplease"), "yes\nplease");
        assert_eq!(without_fallback("> only quoted"), "");
        assert_eq!(without_fallback("plain\n> quoted later"), "plain\n> quoted later");
    }
}
