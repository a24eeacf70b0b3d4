//! What can be seen to be wrong with a payload before Discord is asked.

use types::payload::discord::*;
use types::{ActionType, Json};

use crate::Refusal;
use crate::action::actions;

/// Longest message, in characters.
pub(super) const MAX_MESSAGE_CHARS: usize = 2_000;

/// Longest message that somebody may have said to whom Discord sells longer ones, in characters.
const MAX_HEARD_CHARS: usize = 4_000;

/// Longest name of a channel, in characters.
const MAX_NAME_CHARS: usize = 100;

/// Longest topic, in characters.
const MAX_TOPIC_CHARS: usize = 4_096;

/// Longest nickname, in characters.
const MAX_NICKNAME_CHARS: usize = 32;

actions! {
    /// An action on a server.
    "discord",
    DiscordAction {
        PostMessage,
        DeleteMessage,
        Pin,
        Unpin,
        CreateChannel,
        RenameChannel,
        SetTopic,
        DeleteChannel,
        GrantRole,
        RevokeRole,
        Timeout,
        SetNickname,
        Kick,
        Ban,
        Unban,
    }
}

/// The action, or what is wrong with it.
pub(super) fn checked(kind: &ActionType, payload: &Json) -> Result<DiscordAction, Refusal> {
    let action = DiscordAction::read(kind, payload)?;
    match &action {
        DiscordAction::PostMessage(a) => {
            place(&a.channel)?;
            if a.text.trim().is_empty() {
                return Err(Refusal::new("empty-text", "the message is empty"));
            }
            at_most(&a.text, "the message", MAX_HEARD_CHARS)?;
            a.reply_to.as_deref().map_or(Ok(()), message)?;
        }
        DiscordAction::DeleteMessage(a) => place(&a.channel).and_then(|()| message(&a.message))?,
        DiscordAction::Pin(a) => place(&a.channel).and_then(|()| message(&a.message))?,
        DiscordAction::Unpin(a) => place(&a.channel).and_then(|()| message(&a.message))?,
        DiscordAction::CreateChannel(a) => name(&a.name)?,
        DiscordAction::RenameChannel(a) => place(&a.channel).and_then(|()| name(&a.name))?,
        DiscordAction::SetTopic(a) => {
            place(&a.channel).and_then(|()| at_most(&a.topic, "the topic", MAX_TOPIC_CHARS))?
        }
        DiscordAction::DeleteChannel(a) => place(&a.channel)?,
        DiscordAction::GrantRole(a) => id(&a.user, "user").and_then(|()| id(&a.role, "role"))?,
        DiscordAction::RevokeRole(a) => id(&a.user, "user").and_then(|()| id(&a.role, "role"))?,
        DiscordAction::Timeout(a) => id(&a.user, "user").and_then(|()| at_most(&a.until, "the moment", 40))?,
        DiscordAction::SetNickname(a) => {
            id(&a.user, "user").and_then(|()| at_most(&a.nickname, "the nickname", MAX_NICKNAME_CHARS))?;
        }
        DiscordAction::Kick(a) => id(&a.user, "user")?,
        DiscordAction::Ban(a) => id(&a.user, "user")?,
        DiscordAction::Unban(a) => id(&a.user, "user")?,
    }
    Ok(action)
}

/// Whether this is an id of Discord's: a number of 64 bits, as text.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 20
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u64>().is_ok()
}

fn id(text: &str, what: &str) -> Result<(), Refusal> {
    let shown: String = text.chars().take(40).collect();
    let wrong =
        || Refusal::new("bad-id", format!("'{shown}' is not the id of a {what} on Discord, such as 80351110224678912"));
    if is_id(text) { Ok(()) } else { Err(wrong()) }
}

/// A channel by id, or by its name.
fn place(channel: &str) -> Result<(), Refusal> {
    let name = channel.trim().trim_start_matches('#');
    let is_good = !name.is_empty() && name.chars().count() <= MAX_NAME_CHARS;
    if is_good { Ok(()) } else { Err(Refusal::new("no-channel", "no channel is named: write its id, or #its-name")) }
}

fn message(named: &str) -> Result<(), Refusal> {
    let (channel, message) = named.split_once('/').unwrap_or(("0", named));
    let wrong = "a message is named by channel and id, such as 41771983423143937/334385199974967042";
    if is_id(channel) && is_id(message) { Ok(()) } else { Err(Refusal::new("bad-message", wrong)) }
}

fn name(written: &str) -> Result<(), Refusal> {
    if written.trim().is_empty() {
        return Err(Refusal::new("bad-name", "the channel needs a name"));
    }
    at_most(written, "the name", MAX_NAME_CHARS)
}

fn at_most(written: &str, what: &str, limit: usize) -> Result<(), Refusal> {
    match written.chars().count() {
        n if n > limit => {
            Err(Refusal::new("too-long", format!("{what} has {n} characters; at most {limit} are allowed")))
        }
        _ => Ok(()),
    }
}
