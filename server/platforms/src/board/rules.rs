//! The board's own rules for payloads: names, lengths, ids.

use types::payload::board::*;
use types::text::Handle;
use types::{ActionType, PostId};

use crate::Refusal;
use crate::action::actions;

/// Longest post.
///
/// # Units
/// Characters. Four printed pages: longer texts are documents.
pub const MAX_POST_CHARS: usize = 10_000;

/// Longest channel name, in characters: what fits on a line of the side bar.
pub const MAX_CHANNEL_NAME_CHARS: usize = 40;

/// Longest topic, in characters: what fits under a heading.
pub const MAX_TOPIC_CHARS: usize = 250;

/// Longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 500;

actions! {
    /// An action on the board.
    "board",
    BoardAction {
        PostMessage,
        RemoveMessage,
        EditMessage,
        PinMessage,
        RenameChannel,
        SetTopic,
        CreateChannel,
        ArchiveChannel,
        JoinChannel,
        RemoveFromChannel,
        AdmitMember,
        RemoveMember,
    }
}

/// The action in its usual form, or what is wrong with it.
pub(super) fn checked(kind: &ActionType, payload: &types::Json) -> Result<BoardAction, Refusal> {
    let mut action = BoardAction::read(kind, payload)?;
    match &mut action {
        BoardAction::PostMessage(a) => {
            a.channel = channel_name(&a.channel)?;
            a.text = text(&a.text, "the message", MAX_POST_CHARS)?;
            a.reply_to = a.reply_to.take().filter(|id| !id.is_empty());
            a.reply_to.as_deref().map(post_id).transpose()?;
        }
        BoardAction::RemoveMessage(a) => {
            post_id(&a.post)?;
            a.reason = reason(a.reason.take())?;
        }
        BoardAction::EditMessage(a) => {
            post_id(&a.post)?;
            a.text = text(&a.text, "the message", MAX_POST_CHARS)?;
        }
        BoardAction::PinMessage(a) => drop(post_id(&a.post)?),
        BoardAction::RenameChannel(a) => {
            a.channel = channel_name(&a.channel)?;
            a.name = channel_name(&a.name)?;
            if a.channel == a.name {
                return Err(Refusal::new("no-change", format!("the channel is called #{} already", a.name)));
            }
        }
        BoardAction::SetTopic(a) => {
            a.channel = channel_name(&a.channel)?;
            a.topic = at_most(a.topic.trim(), "the topic", MAX_TOPIC_CHARS)?;
        }
        BoardAction::CreateChannel(a) => {
            a.name = channel_name(&a.name)?;
            a.topic = a.topic.take().map(|topic| at_most(topic.trim(), "the topic", MAX_TOPIC_CHARS)).transpose()?;
        }
        BoardAction::ArchiveChannel(a) => a.channel = channel_name(&a.channel)?,
        BoardAction::JoinChannel(a) => {
            a.channel = channel_name(&a.channel)?;
            a.member = a.member.take().filter(|handle| !handle.is_empty()).map(|it| handle(&it)).transpose()?;
        }
        BoardAction::RemoveFromChannel(a) => {
            a.channel = channel_name(&a.channel)?;
            a.member = handle(&a.member)?;
        }
        BoardAction::AdmitMember(a) => {
            a.handle = handle(&a.handle)?;
            a.display_name = a
                .display_name
                .take()
                .filter(|name| !name.trim().is_empty())
                .map(|name| types::text::name(&name, "the name").map_err(|e| Refusal::new("bad-name", e.to_string())))
                .transpose()?;
        }
        BoardAction::RemoveMember(a) => {
            a.member = handle(&a.member)?;
            a.reason = reason(a.reason.take())?;
        }
    }
    Ok(action)
}

/// A channel name: without `#`, in lower case, of letters, digits, `-` and `_`.
pub(super) fn channel_name(written: &str) -> Result<String, Refusal> {
    let name = written.trim().trim_start_matches('#').to_lowercase();
    let length = name.chars().count();
    let is_plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if length == 0 {
        return Err(Refusal::new("bad-channel-name", "the channel has no name"));
    }
    if length > MAX_CHANNEL_NAME_CHARS {
        let why = format!("a channel name has at most {MAX_CHANNEL_NAME_CHARS} characters; this one has {length}");
        return Err(Refusal::new("bad-channel-name", why));
    }
    if !name.chars().all(is_plain) || !name.chars().any(char::is_alphanumeric) {
        let why = format!("#{name} is no channel name: use letters, digits, '-' and '_'");
        return Err(Refusal::new("bad-channel-name", why));
    }
    Ok(name)
}

/// The id of a post.
pub(super) fn post_id(written: &str) -> Result<PostId, Refusal> {
    let shown: String = written.chars().take(40).collect();
    written.parse().map_err(|_| Refusal::new("bad-post-id", format!("'{shown}' is not the id of a post")))
}

/// A handle without its `@`.
fn handle(written: &str) -> Result<String, Refusal> {
    let plain = written.trim().trim_start_matches('@').to_lowercase();
    plain.parse::<Handle>().map(String::from).map_err(|error| Refusal::new("bad-handle", error.to_string()))
}

/// A text that says something, within its limit.
pub(super) fn text(written: &str, what: &'static str, limit: usize) -> Result<String, Refusal> {
    match written.trim() {
        "" => Err(Refusal::new("empty-text", format!("{what} is empty"))),
        said => at_most(said, what, limit),
    }
}

fn reason(written: Option<String>) -> Result<Option<String>, Refusal> {
    let said = written.map(|reason| at_most(reason.trim(), "the reason", MAX_REASON_CHARS)).transpose()?;
    Ok(said.filter(|reason| !reason.is_empty()))
}

fn at_most(written: &str, what: &'static str, limit: usize) -> Result<String, Refusal> {
    match written.chars().count() {
        length if length > limit => {
            Err(Refusal::new("too-long", format!("{what} has {length} characters; at most {limit} are allowed")))
        }
        _ => Ok(written.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channel_names_lose_their_sign_and_capitals() {
        assert_eq!(channel_name("#Town-Square").unwrap(), "town-square");
        assert_eq!(channel_name("allgemeines_ü").unwrap(), "allgemeines_ü");
        for wrong in ["", "#", "--", "two words", "a/b", "<b>", &"x".repeat(41)] {
            assert!(channel_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_refusal_says_what_would_be_right() {
        let kind = "board.rename_channel".parse().unwrap();
        let refused = |json| checked(&kind, &types::Json(json)).unwrap_err().to_string();
        assert_eq!(
            refused(serde_json::json!({"channel": "general", "name": "two words"})),
            "#two words is no channel name: use letters, digits, '-' and '_'"
        );
        assert_eq!(
            refused(serde_json::json!({"channel": "general"})),
            "board.rename_channel cannot be read: missing field `name`"
        );
        assert_eq!(
            refused(serde_json::json!({"channel": "general", "name": "#General"})),
            "the channel is called #general already"
        );
    }
}
