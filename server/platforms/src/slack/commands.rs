//! What is answered to a command at once.

use serde_json::{Value, json};

use super::text::escape;
use crate::{Answer, Interaction};

/// The answer to a command, for its maker alone. A click has none of its own: Slack wants it answered with nothing.
pub(super) fn reply(interaction: &Interaction, text: &str) -> Option<Answer> {
    if interaction.reply.get("inline").and_then(Value::as_bool) != Some(true) {
        return None;
    }
    Some(Answer::json(&json!({ "response_type": "ephemeral", "text": escape(text) })))
}
