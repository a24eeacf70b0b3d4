//! Literals of the policy language.

use serde_json::Value;

/// Longest line of generated code that is not broken.
///
/// # Units
/// Characters.
const LINE: usize = 110;

/// What stands in a text for the name of whoever attempted the action.
pub const PROPOSER: &str = "{proposer}";

/// A text in double quotes.
#[must_use]
pub fn string(text: &str) -> String {
    line_safe(&Value::String(text.to_owned()).to_string())
}

/// A message, with the name of whoever attempted the action in the place of `{proposer}`.
#[must_use]
pub fn message(text: &str) -> String {
    if !text.contains(PROPOSER) {
        return string(text);
    }
    let mut out = String::from("`");
    for (n, piece) in text.split(PROPOSER).enumerate() {
        if n > 0 {
            out.push_str("${action.initiator?.displayName ?? \"somebody\"}");
        }
        for c in piece.chars() {
            match c {
                '`' | '\\' | '$' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                _ => out.push(c),
            }
        }
    }
    out.push('`');
    line_safe(&out)
}

/// A list of texts, broken over lines that begin with `indent` where it is long.
#[must_use]
pub fn list(items: &[String], indent: &str) -> String {
    let items: Vec<String> = items.iter().map(|item| string(item)).collect();
    let one_line = format!("[{}]", items.join(", "));
    if one_line.chars().count() <= LINE {
        return one_line;
    }
    let mut out = String::from("[\n");
    let mut line = String::new();
    for item in &items {
        if !line.is_empty() && line.chars().count() + item.chars().count() > LINE {
            out.push_str(&format!("{indent}  {}\n", line.trim_end()));
            line.clear();
        }
        line.push_str(item);
        line.push_str(", ");
    }
    out.push_str(&format!("{indent}  {}\n{indent}]", line.trim_end()));
    out
}

/// Any JSON value, with the keys of objects in order, so that the same value is always the same code.
#[must_use]
pub fn value(value: &Value) -> String {
    match value {
        Value::String(text) => string(text),
        Value::Array(items) => format!("[{}]", items.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let mut pairs: Vec<(&String, &Value)> = fields.iter().collect();
            pairs.sort_by_key(|(key, _)| *key);
            let pairs = pairs.into_iter().map(|(key, item)| format!("{}: {}", self::key(key), self::value(item)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn key(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_plain);
    if is_name { text.to_owned() } else { format!("[{}]", string(text)) }
}

/// A text as the rest of a comment's line.
#[must_use]
pub fn comment(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    plain.trim().to_owned()
}

/// The separators that end a line of JavaScript and are plain letters to JSON.
#[must_use]
pub fn line_safe(code: &str) -> String {
    code.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_text() {
        assert_eq!(string("a\"b\n\u{2028}"), r#""a\"b\n\u2028""#);
        assert_eq!(
            message("`${x}` \\ {proposer}!"),
            r#"`\`\${x}\` \\ ${action.initiator?.displayName ?? "somebody"}!`"#
        );
        assert_eq!(comment("a\nb\u{2029}c\r"), "a b c");
    }

    #[test]
    fn values_are_the_same_code_whatever_their_order() {
        assert_eq!(
            value(&json!({"b": [1, null, true], "a-b": {}, "__proto__": 1})),
            r#"{ ["__proto__"]: 1, ["a-b"]: {}, b: [1, null, true] }"#
        );
    }
}
