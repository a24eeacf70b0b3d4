//! The canonical form of JSON, and the hash of an entry.

use serde_json::Value;
use sha2::{Digest, Sha256};
use types::audit::{Actor, AuditEntry};

/// The canonical text of a JSON value: sorted keys, no white space.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            // Sorted here rather than trusted: a feature of serde_json that any crate may switch on keeps another order.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (place, (key, member)) in members.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write_text(key, text);
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        Value::String(string) => write_text(string, text),
        Value::Null | Value::Bool(_) | Value::Number(_) => text.push_str(&value.to_string()),
    }
}

fn write_text(string: &str, text: &mut String) {
    text.push_str(&Value::from(string).to_string());
}

/// The hash of an entry, from all its fields but `hash`.
#[must_use]
pub fn entry_hash(entry: &AuditEntry) -> String {
    let mut text = String::with_capacity(512);
    text.push_str("{\"actor\":");
    match &entry.actor {
        Actor::Member(id) => text.push_str(&format!("{{\"member\":\"{id}\"}}")),
        Actor::Policy(name) => {
            text.push_str("{\"policy\":");
            write_text(name, &mut text);
            text.push('}');
        }
        Actor::Operator => text.push_str("\"operator\""),
        Actor::System => text.push_str("\"system\""),
    }
    text.push_str(&format!(",\"at\":\"{}\",\"body\":", entry.at));
    write(&entry.body.0, &mut text);
    text.push_str(&format!(
        ",\"community\":\"{}\",\"kind\":\"{}\",\"prev_hash\":",
        entry.community,
        entry.kind.as_str()
    ));
    write_text(&entry.prev_hash, &mut text);
    text.push_str(&format!(",\"seq\":{},\"subject\":", entry.seq));
    write_text(&entry.subject, &mut text);
    text.push('}');
    hex(&Sha256::digest(text.as_bytes()))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use types::{AuditKind, CommunityId, Json, Timestamp};

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = json!({"b": [{"z": 1, "a": 2.5}], "a": "tea \"and\" ü"});
        assert_eq!(canonical(&value), r#"{"a":"tea \"and\" ü","b":[{"a":2.5,"z":1}]}"#);
    }

    #[test]
    fn the_hash_is_that_of_the_exported_entry_without_its_hash() {
        let mut entry = AuditEntry {
            community: CommunityId::NIL,
            seq: 7,
            at: Timestamp::from_millis(1_780_000_000_120),
            actor: Actor::Policy("Jury \"of\" three".to_owned()),
            kind: AuditKind::ActionDecided,
            subject: "action:1".to_owned(),
            body: Json(json!({"y": 0.1, "x": null})),
            prev_hash: "0".repeat(64),
            hash: String::new(),
        };
        entry.hash = entry_hash(&entry);
        let mut exported = serde_json::to_value(&entry).unwrap();
        exported.as_object_mut().unwrap().remove("hash");
        assert_eq!(entry.hash, hex(&Sha256::digest(canonical(&exported).as_bytes())));
    }
}
