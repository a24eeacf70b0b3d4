//! Blanks: what a shipped policy or a starter kit asks for before it is put in force, and what may be filled in.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest text of a blank, and of one word of a list.
const MAX_TEXT_CHARS: usize = 100;

/// Most words of a list, and most lines of a table.
const MAX_LINES: usize = 200;

/// Longest length of time that a blank takes, in days: ten years, as for every length in a policy.
const MAX_DAYS: f64 = 3650.0;

/// Something to fill in.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blank {
    /// The key under which the value is found: `policy.settings.days`, or `"$days"` in a kit.
    pub name: String,
    /// The question, for people: "Days to vote".
    pub label: String,
    /// What may be filled in.
    pub kind: BlankKind,
    /// What it means and what to choose, in a sentence or two.
    #[serde(default)]
    pub description: String,
    /// The least number allowed.
    pub min: Option<f64>,
    /// The greatest number allowed.
    pub max: Option<f64>,
    /// What can be chosen, for [`BlankKind::Choice`].
    #[serde(default)]
    pub options: Vec<String>,
    /// Whether it may be left empty (`""`).
    #[serde(default)]
    pub optional: bool,
    /// What stands there until somebody changes it.
    pub default: Value,
}

/// What may be filled into a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlankKind {
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A length of time in days, with fractions; more than none.
    Days,
    /// A share, from 0 to 1.
    Share,
    /// A text of 1 to 100 characters.
    Text,
    /// Yes or no.
    Bool,
    /// One of the options.
    Choice,
    /// A role by name.
    Role,
    /// A channel or room by name.
    Channel,
    /// A member by handle.
    Member,
    /// A list of words.
    Words,
    /// Names, and a number for each: what each action earns or needs.
    Table,
}

impl Blank {
    /// Checks a value.
    ///
    /// # Errors
    /// What would have been right, in words: "a whole number from 1 to 99".
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let is_left_empty = self.optional && value.as_str() == Some("");
        if is_left_empty || self.fits(value) { Ok(()) } else { Err(self.expected()) }
    }

    fn fits(&self, value: &Value) -> bool {
        let number = value.as_f64().filter(|number| self.in_range(*number));
        let text = value.as_str().filter(|text| is_text(text));
        match self.kind {
            BlankKind::Integer => value.as_i64().is_some() && number.is_some(),
            BlankKind::Number => number.is_some(),
            BlankKind::Days => number.is_some_and(|days| days > 0.0 && days <= MAX_DAYS),
            BlankKind::Share => number.is_some_and(|share| (0.0..=1.0).contains(&share)),
            BlankKind::Text | BlankKind::Role => text.is_some(),
            BlankKind::Bool => value.is_boolean(),
            BlankKind::Choice => text.is_some_and(|text| self.options.iter().any(|option| option == text)),
            BlankKind::Channel => text.is_some_and(|text| !text.contains(char::is_whitespace)),
            BlankKind::Member => text.is_some_and(|text| text.parse::<types::text::Handle>().is_ok()),
            BlankKind::Words => value.as_array().is_some_and(|words| {
                words.len() <= MAX_LINES && words.iter().all(|word| word.as_str().is_some_and(is_text))
            }),
            BlankKind::Table => value.as_object().is_some_and(|lines| {
                let fits = |(name, number): (&String, &Value)| {
                    is_text(name) && number.as_f64().is_some_and(|number| self.in_range(number))
                };
                lines.len() <= MAX_LINES && lines.iter().all(fits)
            }),
        }
    }

    fn in_range(&self, number: f64) -> bool {
        number.is_finite() && self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max)
    }

    /// What the blank takes, in words.
    #[must_use]
    pub fn expected(&self) -> String {
        let what = match self.kind {
            BlankKind::Integer => "a whole number",
            BlankKind::Number => "a number",
            BlankKind::Days => "a number of days",
            BlankKind::Share => "a share",
            BlankKind::Text => "a text of 1 to 100 characters",
            BlankKind::Bool => "true or false",
            BlankKind::Choice => return format!("one of: {}", self.options.join(", ")),
            BlankKind::Role => "the name of a role",
            BlankKind::Channel => "the name of a channel or room, without spaces",
            BlankKind::Member => "a member's handle",
            BlankKind::Words => "a list of words",
            BlankKind::Table => "names with a number each",
        };
        let range = match (self.min, self.max) {
            (Some(min), Some(max)) => format!(" from {min} to {max}"),
            (None, None) if self.kind == BlankKind::Share => " from 0 to 1".to_owned(),
            (None, None) if self.kind == BlankKind::Days => format!(", more than 0 and at most {MAX_DAYS}"),
            (Some(min), None) => format!(" of at least {min}"),
            (None, Some(max)) => format!(" of at most {max}"),
            (None, None) => String::new(),
        };
        let or_empty = if self.optional { ", or nothing" } else { "" };
        format!("{what}{range}{or_empty}")
    }
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_TEXT_CHARS
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn blank(kind: BlankKind) -> Blank {
        Blank {
            name: "blank".to_owned(),
            label: "A blank".to_owned(),
            kind,
            description: String::new(),
            min: None,
            max: None,
            options: vec!["votes".to_owned(), "members".to_owned()],
            optional: false,
            default: Value::Null,
        }
    }

    #[test]
    fn each_kind_takes_what_it_says() {
        let cases = [
            (BlankKind::Integer, json!(3), json!(3.5)),
            (BlankKind::Number, json!(3.5), json!("3.5")),
            (BlankKind::Days, json!(0.5), json!(0)),
            (BlankKind::Share, json!(0.25), json!(25)),
            (BlankKind::Text, json!("hello"), json!("  ")),
            (BlankKind::Bool, json!(true), json!("true")),
            (BlankKind::Choice, json!("votes"), json!("tokens")),
            (BlankKind::Role, json!("Steward"), json!("")),
            (BlankKind::Channel, json!("#general:hs.test"), json!("two words")),
            (BlankKind::Member, json!("ada"), json!("Ada Lovelace")),
            (BlankKind::Words, json!(["spam"]), json!([""])),
            (BlankKind::Table, json!({ "board.post_message": 5 }), json!({ "board.post_message": "five" })),
        ];
        for (kind, right, wrong) in cases {
            assert_eq!(blank(kind).check(&right), Ok(()), "{kind:?}");
            assert!(blank(kind).check(&wrong).is_err(), "{kind:?}");
            assert!(blank(kind).check(&Value::Null).is_err(), "{kind:?}");
        }
    }

    #[test]
    fn a_range_is_kept_and_said() {
        let seats = Blank { min: Some(1.0), max: Some(9.0), ..blank(BlankKind::Integer) };
        assert_eq!(seats.check(&json!(10)), Err("a whole number from 1 to 9".to_owned()));
        assert_eq!(blank(BlankKind::Choice).check(&json!(1)), Err("one of: votes, members".to_owned()));
        let role = Blank { optional: true, ..blank(BlankKind::Role) };
        assert_eq!(role.check(&json!("")), Ok(()));
        assert_eq!(role.check(&json!(1)), Err("the name of a role, or nothing".to_owned()));
    }
}
