//! Texts and values of rules.

use app::builder::blanks::{Length, Unit};
use app::builder::form::Compare;
use serde_json::Value;
use types::text::MAX_NAME_CHARS;

/// What a policy is called: the comment above the rule, or its reason, or its number.
pub fn name(document: &str, reason: &str, rule: u32) -> String {
    let comments = document.lines().map_while(|line| match line.trim() {
        "" => Some(""),
        line => line.strip_prefix('#'),
    });
    let comment = comments.map(|line| line.trim_start_matches('#').trim()).find(|line| !line.is_empty());
    let text = comment.or(Some(reason)).filter(|text| !text.is_empty());
    let text: String = text.unwrap_or_default().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS - 10).collect();
    if text.trim().is_empty() { format!("AutoModerator rule {rule}") } else { text.trim().to_owned() }
}

/// One value or a list, as texts.
pub fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(list).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => vec![],
        other => vec![other.to_string()],
    }
}

/// Yes or no, also as YAML 1.1 writes it, which Reddit reads.
pub fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Some(true),
            "false" | "no" | "off" | "n" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A threshold such as `"< 10"` or `"> -5"`: the side, the number and what follows it.
pub fn threshold(value: &Value) -> Option<(Compare, i64, String)> {
    let text = list(value).into_iter().next()?;
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix('<') {
        Some(rest) => ('<', rest),
        None => ('>', text.strip_prefix('>')?),
    };
    let (is_or_equal, rest) = rest.strip_prefix('=').map_or((false, rest), |rest| (true, rest));
    let rest = rest.trim();
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
    let (number, unit) = rest.split_at_checked(end)?;
    let number: i64 = number.parse().ok()?;
    // “More than 5” of whole things is “at least 6”.
    let (is, number) = match (sign, is_or_equal) {
        ('<', false) => (Compare::LessThan, number),
        ('<', true) => (Compare::LessThan, number.checked_add(1)?),
        (_, false) => (Compare::AtLeast, number.checked_add(1)?),
        (_, true) => (Compare::AtLeast, number),
    };
    Some((is, number, unit.trim().to_lowercase()))
}

/// An age such as `"< 2 weeks"`; days where no unit is given.
pub fn age(value: &Value) -> Option<(Compare, Length)> {
    let text = list(value).into_iter().next()?;
    let is_strict = !text.contains('=');
    let (is, number, unit) = threshold(value)?;
    // Time has no steps: more than 5 days and at least 5 days are the same.
    let number = match (is, is_strict) {
        (Compare::AtLeast, true) | (Compare::LessThan, false) => number.checked_sub(1)?,
        _ => number,
    };
    let number = u32::try_from(number).ok()?;
    let length = match unit.trim_end_matches('s') {
        "" | "day" => Length::new(number, Unit::Days),
        "minute" => Length::new(number, Unit::Minutes),
        "hour" => Length::new(number, Unit::Hours),
        "week" => Length::new(number, Unit::Weeks),
        "month" => Length::new(number.checked_mul(30)?, Unit::Days),
        "year" => Length::new(number.checked_mul(365)?, Unit::Days),
        _ => None,
    };
    length.map(|length| (is, length))
}

/// A message with its placeholders, and those that have no counterpart.
pub fn message(text: &str) -> (String, Vec<String>) {
    let mut out = String::new();
    let mut unknown = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, behind)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        match name.trim() {
            "author" => out.push_str("{proposer}"),
            "kind" => out.push_str("post"),
            other => {
                out.push('…');
                unknown.push(format!("{{{{{other}}}}}"));
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    (out.trim().to_owned(), unknown)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn thresholds_and_ages_are_read() {
        assert_eq!(threshold(&json!("< 10")), Some((Compare::LessThan, 10, String::new())));
        assert_eq!(threshold(&json!("> -5")), Some((Compare::AtLeast, -4, String::new())));
        assert_eq!(threshold(&json!("10")), None);
        let length = |text: &str| age(&json!(text)).map(|(is, length)| (is, length.to_string()));
        assert_eq!(length("< 2"), Some((Compare::LessThan, "2 days".into())));
        assert_eq!(length("> 3 months"), Some((Compare::AtLeast, "90 days".into())));
        assert_eq!(length("<= 12 hours"), Some((Compare::LessThan, "12 hours".into())));
        assert_eq!(length("< 2 fortnights"), None);
    }

    #[test]
    fn placeholders_are_carried_over_or_named() {
        let (text, unknown) = message("Hello {{author}}, your {{kind}} “{{title}}” {{ is open");
        assert_eq!(text, "Hello {proposer}, your post “…” {{ is open");
        assert_eq!(unknown, ["{{title}}"]);
    }
}
