//! Messages, reactions and redactions, as they are heard.

use serde_json::{Value, json};
use types::Json;
use types::payload::Payload;
use types::payload::matrix::PostMessage;
use types::platform::PlatformEvent;

use super::decode::Hearing;
use super::event::Event;
use crate::votes;

impl Hearing<'_> {
    /// A message is an action; where it answers another one in the words of a vote, it is first a vote.
    ///
    /// Both carry the same event id: whoever counts the vote knows whether the answered message is a ballot.
    pub(super) fn message(&mut self, event: &Event) {
        // A message that was redacted before we heard of it has nothing left.
        let Some(body) = event.text("body") else { return };
        let edited = edited(event);
        let body = edited.and_then(|_| event.content.get("m.new_content")?.get("body")?.as_str()).unwrap_or(body);
        let answered = answered(event);
        let text = if answered.is_some() { without_fallback(body) } else { body };

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
        let told = PlatformEvent::Attempted {
            event: id.to_owned(),
            kind,
            payload: Json(serde_json::to_value(payload).unwrap_or_default()),
            undo: Json(undo),
            actor: self.user(&event.sender),
            at: self.at(event),
            happened: true,
        };
        self.tell(told);
    }
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
