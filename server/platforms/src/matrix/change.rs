//! Carrying out and undoing actions in rooms.

use serde_json::{Map, Value, json};
use types::Json;
use types::platform::{IdempotencyKey, Person, Receipt};

use super::rules::MatrixAction;
use super::say::repost;
use super::server::{Server, StateEvent};
use super::settings::is_own;
use crate::ApplyError;

/// One value of a room's state, and what it is to be.
struct RoomValue {
    /// The event type.
    kind: &'static str,
    /// The key of the content that carries the value.
    field: &'static str,
    /// The value.
    value: Value,
    /// What is being done, in words.
    doing: &'static str,
}

/// The action as one value of a room's state, where it is that.
fn room_value(action: &MatrixAction) -> Option<RoomValue> {
    let value = |kind, field, value, doing| Some(RoomValue { kind, field, value, doing });
    match action {
        MatrixAction::RenameRoom(a) => value("m.room.name", "name", json!(a.name), "rename the room"),
        MatrixAction::SetTopic(a) => value("m.room.topic", "topic", json!(a.topic), "set the topic"),
        MatrixAction::SetAvatar(a) => value("m.room.avatar", "url", json!(a.url), "change the picture"),
        MatrixAction::SetJoinRules(a) => value("m.room.join_rules", "join_rule", json!(a.rule), "change who may join"),
        MatrixAction::SetPinned(a) => {
            value("m.room.pinned_events", "pinned", json!(a.events), "change the pinned messages")
        }
        _ => None,
    }
}

impl RoomValue {
    /// Whether `content` says this value. No picture at all is the picture with an empty address.
    fn is_in(&self, content: &Map<String, Value>) -> bool {
        match content.get(self.field) {
            Some(value) => *value == self.value,
            None => self.value == json!("") || self.value == json!([]),
        }
    }

    /// The content to set: all of what had been set before it was undone, if that says this value.
    fn content(&self, kept: &Json) -> Map<String, Value> {
        match kept.get("set").and_then(Value::as_object) {
            Some(set) if self.is_in(set) => set.clone(),
            _ if self.field == "url" && self.value == json!("") => Map::new(),
            _ => [(self.field.to_owned(), self.value.clone())].into_iter().collect(),
        }
    }
}

impl Server<'_> {
    /// Carries out `action`. `kept` is what was captured when it was heard, if it was undone since.
    pub(super) async fn execute(
        &self,
        action: &MatrixAction,
        initiator: Option<&Person>,
        kept: &Json,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let room = self.room(action.room()).await?;
        if let Some(value) = room_value(action) {
            return self.set_value(&room, &value, kept).await;
        }
        match action {
            MatrixAction::PostMessage(a) => {
                let content = repost(&a.text, initiator, kept);
                let event = self.send("send the message", &room, "m.room.message", (key, "post"), &content).await?;
                let detail = json!({ "room": room, "event": event, "content": kept.get("content"), "ours": true });
                Ok(Receipt { external: Some(event), detail: Json(detail) })
            }
            MatrixAction::RemoveMessage(a) => {
                // What is redacted is gone from the homeserver, so it is kept here.
                let was =
                    self.find("read the message", &["rooms", &room, "event", &a.event]).await?.unwrap_or_default();
                let redaction = self.redact(&room, &a.event, key, a.reason.as_deref()).await?;
                let detail = json!({
                    "room": room, "event": a.event, "sender": was.get("sender"), "content": was.get("content"),
                });
                Ok(Receipt { external: Some(redaction), detail: Json(detail) })
            }
            MatrixAction::SetPowerLevel(a) => self.set_power(&room, a).await,
            _ => self.change_membership(&room, action).await,
        }
    }

    /// Undoes `action`, from what was captured when it was heard or what its receipt kept.
    pub(super) async fn revert(
        &self,
        action: &MatrixAction,
        undo: &Json,
        reason: &str,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let room = self.room(action.room()).await?;
        let mut receipt = self.take_back(&room, action, undo, reason, key).await?;
        // What was captured is needed once more if the action is carried out after all: the picture, the rules, the text.
        if let (Value::Object(detail), Value::Object(kept)) = (&mut receipt.detail.0, &undo.0) {
            for (field, value) in kept.iter().filter(|(field, _)| *field != "ours") {
                detail.entry(field.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(receipt)
    }

    async fn take_back(
        &self,
        room: &str,
        action: &MatrixAction,
        undo: &Json,
        reason: &str,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        if let Some(value) = room_value(action) {
            return self.restore_value(room, &value, undo).await;
        }
        match action {
            MatrixAction::PostMessage(_) => {
                let event = undo.text("event").ok_or_else(|| nothing_kept("the message"))?;
                match self.redact(room, event, key, Some(reason)).await {
                    Ok(redaction) => Ok(receipt(Some(redaction), room, json!({ "redacted": event }))),
                    // It is not there any more, which is what was asked for.
                    Err(error) if error.status == 404 => Ok(receipt(None, room, json!({ "gone": true }))),
                    Err(error) => Err(error.into()),
                }
            }
            MatrixAction::RemoveMessage(_) => {
                Err(ApplyError::permanent("irreversible", "a message that was removed cannot be brought back"))
            }
            MatrixAction::SetPowerLevel(a) => self.restore_power(room, a, undo).await,
            _ => self.undo_membership(room, action, undo, reason).await,
        }
    }

    async fn set_value(&self, room: &str, value: &RoomValue, kept: &Json) -> Result<Receipt, ApplyError> {
        let before = self.state(room, value.kind, "").await?;
        let content = value.content(kept);
        let detail = |before: &Map<String, Value>| {
            Json(json!({
                "room": room, "type": value.kind, "state_key": "", "content": before, "set": content, "ours": true,
            }))
        };
        // The same again: perhaps our own first try, whose answer was lost.
        if let Some(now) = before.as_ref().filter(|now| now.content == content) {
            let was = if is_own(self.own_user, &now.sender) { &now.before } else { &now.content };
            return Ok(Receipt { external: Some(now.id.clone()), detail: detail(was) });
        }
        let event = self.set_state(value.doing, room, value.kind, "", &content).await?;
        let was = before.map(|event| event.content).unwrap_or_default();
        Ok(Receipt { external: Some(event), detail: detail(&was) })
    }

    async fn restore_value(&self, room: &str, value: &RoomValue, undo: &Json) -> Result<Receipt, ApplyError> {
        let target = self.replaced(room, undo).await?;
        let now = self.state(room, value.kind, "").await?;
        let content = now.as_ref().map(|now| now.content.clone()).unwrap_or_default();
        if content == target {
            return Ok(receipt(now.map(|now| now.id), room, json!({ "unchanged": true })));
        }
        if !value.is_in(&content) && self.later_decision_stands(undo, now.as_ref()) {
            return Ok(receipt(None, room, json!({ "superseded": true })));
        }
        let event = self.set_state(value.doing, room, value.kind, "", &target).await?;
        Ok(receipt(Some(event), room, json!({ "restored": target })))
    }

    /// Whether what is there now, which is not what the undone action had set, must stay.
    ///
    /// What we ourselves set since is a decision. What a member set since is not yet one, if the undone action was a
    /// member's too: both are being undone, in whatever order, and must end where they began.
    pub(super) fn later_decision_stands(&self, undo: &Json, now: Option<&StateEvent>) -> bool {
        let was_ours = undo.get("ours").and_then(Value::as_bool).unwrap_or(false);
        was_ours || now.is_some_and(|now| is_own(self.own_user, &now.sender))
    }

    /// The content that the undone state event had replaced.
    pub(super) async fn replaced(&self, room: &str, undo: &Json) -> Result<Map<String, Value>, ApplyError> {
        let kept = undo.get("content").and_then(Value::as_object).ok_or_else(|| nothing_kept("the room's state"))?;
        // A homeserver may name what was replaced without repeating it.
        if kept.is_empty()
            && let Some(before) = undo.text("replaces")
            && let Some(event) = self.find("read the room's past", &["rooms", room, "event", before]).await?
        {
            return Ok(StateEvent::from(&event).content);
        }
        Ok(kept.clone())
    }
}

/// A receipt of something done in a room.
pub(super) fn receipt(event: Option<String>, room: &str, mut detail: Value) -> Receipt {
    if let Value::Object(fields) = &mut detail {
        fields.insert("room".to_owned(), json!(room));
    }
    Receipt { external: event, detail: Json(detail) }
}

/// Nothing was captured, so nothing can be put back.
pub(super) fn nothing_kept(what: &str) -> ApplyError {
    ApplyError::permanent("nothing-to-undo", format!("nothing was kept about {what}, so it cannot be undone"))
}
