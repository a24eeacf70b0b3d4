//! Commands: messages whose first word is `/word` or `!word`, where a reacting policy has declared the word.

use types::payload::trigger::Command;
use types::policy::Policy;
use types::{Action, ActionType};

use super::{Trigger, answer};
use crate::pipeline::snapshot::Snapshot;

/// Longest command.
///
/// # Units
/// Characters.
pub(crate) const MAX_COMMAND_CHARS: usize = 32;

/// The command that a message is, if some policy in force answers to it. A message that its policies stopped is no command: this
/// is asked of what was carried out.
pub(super) fn typed(snapshot: &Snapshot, action: &Action) -> Option<Trigger> {
    if action.kind.verb() != "post_message" || !snapshot.reacting().any(may_answer) {
        return None;
    }
    let (command, text) = parse(action.payload.text("text")?)?;
    let place = action.payload.text("channel").or_else(|| action.payload.text("room")).map(str::to_owned);
    let cause = answer::cause(snapshot, action, serde_json::Value::Null);
    let payload = Command { command, text, channel: place, cause };
    let mut trigger = Trigger::of(&payload, format!("command:{}", action.id));
    (trigger.initiator, trigger.depth, trigger.cause) = (action.initiator, action.origin.depth(), Some(action.id));
    policies(snapshot, &trigger).next()?;
    Some(trigger)
}

/// The policies that answer to the command.
pub(super) fn policies<'s>(snapshot: &'s Snapshot, trigger: &'s Trigger) -> impl Iterator<Item = &'s Policy> {
    let command = trigger.payload.text("command").unwrap_or_default();
    snapshot.reacting().filter(move |policy| {
        let declared = &policy.draft.triggers.commands;
        // Who declares the type and no command answers to all of them.
        may_answer(policy) && (declared.is_empty() || declared.iter().any(|word| word == command))
    })
}

fn may_answer(policy: &Policy) -> bool {
    "trigger.command".parse::<ActionType>().is_ok_and(|kind| policy.draft.covers(&kind))
}

/// `/Kudos  ben for the cake` is the command `kudos` with the text `ben for the cake`.
pub(super) fn parse(message: &str) -> Option<(String, String)> {
    let message = message.trim();
    let rest = message.strip_prefix(['/', '!'])?;
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (word, text) = rest.split_at_checked(end)?;
    is_command(word).then(|| (word.to_lowercase(), text.trim().to_owned()))
}

/// Whether a word can be a command: it begins with a letter, and goes on with letters, digits, `-` and `_`.
pub(crate) fn is_command(word: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    word.starts_with(char::is_alphabetic) && word.chars().all(is_plain) && word.chars().count() <= MAX_COMMAND_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_the_first_word_of_a_message() {
        let parsed = |text: &str| parse(text);
        assert_eq!(parsed("/kudos ben"), Some(("kudos".into(), "ben".into())));
        assert_eq!(parsed("  !Kudos\n ben  for the cake "), Some(("kudos".into(), "ben  for the cake".into())));
        assert_eq!(parsed("/élection"), Some(("élection".into(), String::new())));
        for text in ["kudos ben", "/", "!", "/ kudos", "!!", "/usr/bin/env", "!?", "/1", "", "see /kudos"] {
            assert_eq!(parsed(text), None, "{text}");
        }
        assert_eq!(parsed(&format!("/{}", "a".repeat(MAX_COMMAND_CHARS + 1))), None);
    }
}
