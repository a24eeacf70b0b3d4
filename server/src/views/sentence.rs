//! Actions in words.

use std::collections::HashMap;

use app::api::words::NamedValue;
use serde_json::Value;
use types::payload::spec;
use types::{ActionType, Json};

/// Characters of one value within a sentence; longer ones are cut, the page shows them whole below.
const MAX_VALUE_CHARS: usize = 80;

/// Characters of one value in a table.
const MAX_CELL_CHARS: usize = 2_000;

/// Names of things that payloads may name by id: id to name.
pub type Names = HashMap<String, String>;

/// What an action would do, as a verb phrase: "rename #random to #tool-chat".
///
/// Types outside the catalogue (of declared platforms) are named by their verb.
#[must_use]
pub fn phrase(kind: &ActionType, payload: &Json, names: &Names) -> String {
    let Some(spec) = spec(kind) else {
        return kind.verb().replace('_', " ");
    };
    let mut text = String::new();
    let mut rest = spec.sentence.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (blank, tail) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(&cut(&value_in_words(payload.get(blank).unwrap_or(&Value::Null), names), MAX_VALUE_CHARS));
        rest = tail;
    }
    text.push_str(rest);
    text
}

/// The same as a title: "Rename #random to #tool-chat".
#[must_use]
pub fn title(kind: &ActionType, payload: &Json, names: &Names) -> String {
    match spec_of_bundle(kind, payload) {
        Some(title) => title,
        None => capitalised(&phrase(kind, payload, names)),
    }
}

/// A bundle has a title of its own.
fn spec_of_bundle(kind: &ActionType, payload: &Json) -> Option<String> {
    let title = payload.text("title").filter(|_| types::payload::bundle::kind_of(kind).is_some())?;
    Some(cut(title, 2 * MAX_VALUE_CHARS))
}

/// The type in words: "Rename a channel".
#[must_use]
pub fn type_in_words(kind: &str) -> String {
    let known = kind.parse::<ActionType>().ok().and_then(|kind| spec(&kind).map(|spec| spec.title.clone()));
    known.unwrap_or_else(|| match kind {
        "*" => "Everything".to_owned(),
        "board.*" => "Everything on the board".to_owned(),
        "matrix.*" => "Everything in Matrix".to_owned(),
        "constitution.*" => "Everything about the government".to_owned(),
        other => other.to_owned(),
    })
}

/// The platform in words: "Board".
#[must_use]
pub fn place_in_words(kind: &ActionType) -> String {
    match kind.platform() {
        "constitution" => match kind.verb() {
            verb if verb.contains("role") => "Roles".to_owned(),
            verb if verb.contains("document") => "Documents".to_owned(),
            verb if verb.contains("polic") || matches!(verb, "set_enforcement" | "set_on_error" | "set_combining") => {
                "Policies".to_owned()
            }
            _ => "Community".to_owned(),
        },
        other => capitalised(other),
    }
}

/// What was attempted, field by field.
#[must_use]
pub fn payload_in_words(kind: &ActionType, payload: &Json, undo: &Json, names: &Names) -> Vec<NamedValue> {
    let Some(fields) = payload.0.as_object() else { return Vec::new() };
    let order = spec(kind).map(super::form::field_order).unwrap_or_default();
    let mut keys: Vec<&String> = fields.keys().collect();
    keys.sort_by_key(|key| order.iter().position(|known| known == *key).unwrap_or(usize::MAX));
    keys.into_iter()
        .filter_map(|key| {
            let value = fields.get(key).filter(|value| !is_empty(value))?;
            Some(NamedValue {
                name: label(key),
                value: cut(&value_in_words(value, names), MAX_CELL_CHARS),
                before: undo.get(key).filter(|was| !is_empty(was)).map(|was| value_in_words(was, names)),
                href: None,
            })
        })
        .collect()
}

/// A field's name in words: `http_hosts` is "Http hosts".
#[must_use]
pub fn label(field: &str) -> String {
    match field {
        "http_hosts" => "Web hosts".to_owned(),
        "on_error" => "When it breaks".to_owned(),
        "action_types" => "Governs".to_owned(),
        _ => capitalised(&field.replace('_', " ")),
    }
}

/// A JSON value as people read it.
#[must_use]
pub fn value_in_words(value: &Value, names: &Names) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => names.get(text).cloned().unwrap_or_else(|| text.clone()),
        Value::Array(values) if values.iter().all(|value| !value.is_object()) => {
            values.iter().map(|value| value_in_words(value, names)).collect::<Vec<_>>().join(", ")
        }
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

/// Whether a value says nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// The text with a capital first letter.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// At most `limit` characters of the first lines, with a sign where something was left out.
#[must_use]
pub fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// "1 member", "2 members".
#[must_use]
pub fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn titled(kind: &str, payload: Value) -> String {
        title(&kind.parse().unwrap(), &Json(payload), &Names::new())
    }

    #[test]
    fn an_action_reads_as_a_title() {
        assert_eq!(
            titled("board.rename_channel", json!({"channel": "random", "name": "tool-chat"})),
            "Rename #random to #tool-chat"
        );
        assert_eq!(
            titled("constitution.assign_role", json!({"role": "Steward", "members": ["ada", "grace"]})),
            "Give ada, grace the role Steward"
        );
        assert_eq!(
            titled("constitution.election", json!({"title": "Choose a steward", "actions": []})),
            "Choose a steward"
        );
        assert_eq!(titled("twitch.raid", json!({})), "Raid");
    }

    #[test]
    fn long_values_are_cut_at_characters() {
        let text = titled("board.post_message", json!({"channel": "general", "text": "ä".repeat(500)}));
        assert!(text.chars().count() < 120 && text.contains('…'), "{text}");
    }

    #[test]
    fn ids_are_named() {
        let names = Names::from([("7".to_owned(), "Jury".to_owned())]);
        let text = phrase(&"constitution.remove_policy".parse().unwrap(), &Json(json!({"policy": "7"})), &names);
        assert_eq!(text, "remove the policy “Jury”");
    }
}
