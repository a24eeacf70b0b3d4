//! What can be seen to be wrong with a payload before a homeserver is asked.

use types::payload::matrix::*;
use types::{ActionType, Json};

use crate::Refusal;
use crate::action::actions;

/// Longest message, in characters: an event has at most 64 KiB, and what we re-post stands in it twice.
pub(super) const MAX_MESSAGE_CHARS: usize = 20_000;

/// Longest name of a room, in characters, as clients show it.
pub(super) const MAX_NAME_CHARS: usize = 255;

/// Longest topic, reason or address of a picture, in characters.
pub(super) const MAX_TOPIC_CHARS: usize = 2_000;

/// Who may join, as servers know it.
pub(super) const JOIN_RULES: [&str; 6] = ["public", "invite", "knock", "restricted", "knock_restricted", "private"];

/// The largest power that JSON carries without loss; the smallest is its negative.
const MAX_LEVEL: i64 = 9_007_199_254_740_991;

actions! {
    /// An action in a Matrix room.
    "matrix",
    MatrixAction {
        PostMessage,
        RemoveMessage,
        RenameRoom,
        SetTopic,
        SetAvatar,
        SetJoinRules,
        Invite,
        Kick,
        Ban,
        Unban,
        SetPowerLevel,
        SetPinned,
    }
}

impl MatrixAction {
    /// The room it happens in.
    pub(super) fn room(&self) -> &str {
        match self {
            Self::PostMessage(a) => &a.room,
            Self::RemoveMessage(a) => &a.room,
            Self::RenameRoom(a) => &a.room,
            Self::SetTopic(a) => &a.room,
            Self::SetAvatar(a) => &a.room,
            Self::SetJoinRules(a) => &a.room,
            Self::Invite(a) => &a.room,
            Self::Kick(a) => &a.room,
            Self::Ban(a) => &a.room,
            Self::Unban(a) => &a.room,
            Self::SetPowerLevel(a) => &a.room,
            Self::SetPinned(a) => &a.room,
        }
    }
}

/// The action, or what is wrong with it.
pub(super) fn checked(kind: &ActionType, payload: &Json) -> Result<MatrixAction, Refusal> {
    let action = MatrixAction::read(kind, payload)?;
    if action.room().trim().is_empty() {
        return Err(Refusal::new("no-room", "no room is named"));
    }
    match &action {
        MatrixAction::PostMessage(a) => {
            if a.text.trim().is_empty() {
                return Err(Refusal::new("empty-text", "the message is empty"));
            }
            at_most(&a.text, "the message", MAX_MESSAGE_CHARS)?;
        }
        MatrixAction::RemoveMessage(a) => {
            event(&a.event)?;
            at_most(a.reason.as_deref().unwrap_or_default(), "the reason", MAX_TOPIC_CHARS)?;
        }
        MatrixAction::RenameRoom(a) => at_most(&a.name, "the name", MAX_NAME_CHARS)?,
        MatrixAction::SetTopic(a) => at_most(&a.topic, "the topic", MAX_TOPIC_CHARS)?,
        MatrixAction::SetAvatar(a) => at_most(&a.url, "the picture's address", MAX_TOPIC_CHARS)?,
        MatrixAction::SetJoinRules(a) if !JOIN_RULES.contains(&a.rule.as_str()) => {
            return Err(Refusal::new("bad-join-rule", "who may join is public, invite, knock or restricted"));
        }
        MatrixAction::SetJoinRules(_) => {}
        MatrixAction::Invite(a) => user(&a.user)?,
        MatrixAction::Unban(a) => user(&a.user)?,
        MatrixAction::Kick(a) => {
            user(&a.user)?;
            at_most(a.reason.as_deref().unwrap_or_default(), "the reason", MAX_TOPIC_CHARS)?;
        }
        MatrixAction::Ban(a) => {
            user(&a.user)?;
            at_most(a.reason.as_deref().unwrap_or_default(), "the reason", MAX_TOPIC_CHARS)?;
        }
        MatrixAction::SetPowerLevel(a) => {
            user(&a.user)?;
            if !(-MAX_LEVEL..=MAX_LEVEL).contains(&a.level) {
                return Err(Refusal::new("bad-level", "a power level is a number such as 0, 50 or 100"));
            }
        }
        MatrixAction::SetPinned(a) => a.events.iter().try_for_each(|id| event(id))?,
    }
    Ok(action)
}

fn user(id: &str) -> Result<(), Refusal> {
    let is_user =
        id.len() <= 255 && id.starts_with('@') && id.split_once(':').is_some_and(|(_, host)| !host.is_empty());
    let shown: String = id.chars().take(80).collect();
    let wrong = || Refusal::new("bad-user", format!("'{shown}' is not a Matrix user such as @ada:example.org"));
    if is_user { Ok(()) } else { Err(wrong()) }
}

fn event(id: &str) -> Result<(), Refusal> {
    let shown: String = id.chars().take(80).collect();
    let wrong = || Refusal::new("bad-event", format!("'{shown}' is not the id of a message"));
    if is_event(id) { Ok(()) } else { Err(wrong()) }
}

/// Whether this is the id of an event.
pub(super) fn is_event(id: &str) -> bool {
    id.starts_with('$') && id.len() <= 255
}

/// A text of a platform, cut to what our own rules allow: whatever happened in a room is governed, however long it is.
pub(super) fn fit(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

fn at_most(written: &str, what: &str, limit: usize) -> Result<(), Refusal> {
    match written.chars().count() {
        length if length > limit => {
            Err(Refusal::new("too-long", format!("{what} has {length} characters; at most {limit} are allowed")))
        }
        _ => Ok(()),
    }
}
