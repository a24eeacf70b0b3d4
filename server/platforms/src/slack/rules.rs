//! What can be seen to be wrong with a payload before Slack is asked.

use types::payload::slack::*;
use types::{ActionType, Json};

use crate::Refusal;
use crate::action::actions;

/// Longest message, in characters, as Slack cuts them.
pub(super) const MAX_MESSAGE_CHARS: usize = 40_000;

/// Longest name of a channel, in characters.
pub(super) const MAX_NAME_CHARS: usize = 80;

/// Longest topic or description, in characters.
pub(super) const MAX_TOPIC_CHARS: usize = 250;

actions! {
    /// An action in a workspace.
    "slack",
    SlackAction {
        PostMessage,
        DeleteMessage,
        RenameChannel,
        SetTopic,
        SetPurpose,
        Invite,
        Kick,
        Pin,
        Unpin,
        CreateChannel,
        ArchiveChannel,
        UnarchiveChannel,
        SetUserGroup,
    }
}

/// The action, or what is wrong with it.
pub(super) fn checked(kind: &ActionType, payload: &Json) -> Result<SlackAction, Refusal> {
    let mut action = SlackAction::read(kind, payload)?;
    match &mut action {
        SlackAction::PostMessage(a) => {
            place(&a.channel)?;
            if a.text.trim().is_empty() {
                return Err(Refusal::new("empty-text", "the message is empty"));
            }
            at_most(&a.text, "the message", MAX_MESSAGE_CHARS)?;
            a.thread.as_deref().map_or(Ok(()), message)?;
        }
        SlackAction::DeleteMessage(a) => place(&a.channel).and_then(|()| message(&a.message))?,
        SlackAction::RenameChannel(a) => {
            place(&a.channel)?;
            a.name = name(&a.name)?;
        }
        SlackAction::SetTopic(a) => place(&a.channel).and_then(|()| at_most(&a.topic, "the topic", MAX_TOPIC_CHARS))?,
        SlackAction::SetPurpose(a) => {
            place(&a.channel).and_then(|()| at_most(&a.purpose, "the description", MAX_TOPIC_CHARS))?;
        }
        SlackAction::Invite(a) => place(&a.channel).and_then(|()| user(&a.user))?,
        SlackAction::Kick(a) => place(&a.channel).and_then(|()| user(&a.user))?,
        SlackAction::Pin(a) => place(&a.channel).and_then(|()| message(&a.message))?,
        SlackAction::Unpin(a) => place(&a.channel).and_then(|()| message(&a.message))?,
        SlackAction::CreateChannel(a) => a.name = name(&a.name)?,
        SlackAction::ArchiveChannel(a) => place(&a.channel)?,
        SlackAction::UnarchiveChannel(a) => place(&a.channel)?,
        SlackAction::SetUserGroup(a) => {
            is_id(&a.group, &['S'], "a user group such as S0614TZR7")?;
            if a.users.is_empty() {
                return Err(Refusal::new("empty-group", "Slack keeps no user group without members"));
            }
            a.users.iter().try_for_each(|id| user(id))?;
        }
    }
    Ok(action)
}

/// A channel by id, or by its name.
fn place(channel: &str) -> Result<(), Refusal> {
    let plain = channel.trim().trim_start_matches('#');
    if plain.is_empty() || plain.chars().count() > MAX_NAME_CHARS {
        return Err(Refusal::new("no-channel", "no channel is named: write its id, or #its-name"));
    }
    Ok(())
}

/// The name as Slack keeps it.
fn name(written: &str) -> Result<String, Refusal> {
    let name = written.trim().trim_start_matches('#').to_lowercase();
    let is_good = !name.is_empty()
        && name.chars().count() <= MAX_NAME_CHARS
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let wrong = "a channel's name has at most 80 letters, digits, hyphens and underscores, and no spaces";
    if is_good { Ok(name) } else { Err(Refusal::new("bad-name", wrong)) }
}

fn user(id: &str) -> Result<(), Refusal> {
    is_id(id, &['U', 'W', 'B'], "a Slack user such as U024BE7LH")
}

fn message(id: &str) -> Result<(), Refusal> {
    let ts = id.split_once('/').map_or(id, |(_, ts)| ts);
    let is_moment = ts.split_once('.').is_some_and(|(seconds, rest)| {
        !seconds.is_empty() && seconds.bytes().chain(rest.bytes()).all(|byte| byte.is_ascii_digit())
    });
    let wrong =
        || Refusal::new("bad-message", "a message is named by channel and moment, such as C024BE7LR/1700000000.000100");
    if is_moment && id.len() <= 64 { Ok(()) } else { Err(wrong()) }
}

fn is_id(id: &str, letters: &[char], what: &str) -> Result<(), Refusal> {
    let is_good = id.starts_with(letters)
        && (2..=32).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let shown: String = id.chars().take(40).collect();
    if is_good { Ok(()) } else { Err(Refusal::new("bad-id", format!("'{shown}' is not {what}"))) }
}

/// A text of Slack's, cut to what our own rules allow: whatever happened is governed, however long it is.
pub(super) fn fit(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

fn at_most(written: &str, what: &str, limit: usize) -> Result<(), Refusal> {
    match written.chars().count() {
        n if n > limit => {
            Err(Refusal::new("too-long", format!("{what} has {n} characters; at most {limit} are allowed")))
        }
        _ => Ok(()),
    }
}
