//! The blanks of a template with what somebody filled in.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::{Blank, BlankKind};
use crate::builder::blanks::{BlankError, Clock, Length, Threshold, Turnout};
use crate::builder::problems::FieldError;

/// Values by blank.
pub struct Filled<'a> {
    blanks: &'a [Blank],
    values: &'a BTreeMap<String, String>,
}

impl<'a> Filled<'a> {
    pub(super) fn new(blanks: &'a [Blank], values: &'a BTreeMap<String, String>) -> Self {
        Self { blanks, values }
    }

    /// Every value that its blank does not take.
    pub(super) fn problems(&self) -> Vec<FieldError> {
        let unknown = self.values.keys().filter(|key| !self.blanks.iter().any(|blank| blank.key == key.as_str()));
        let names: Vec<&str> = self.blanks.iter().map(|blank| blank.key).collect();
        let unknown = unknown.map(|key| FieldError {
            path: key.clone(),
            says: format!("is no blank of this template; its blanks are {}", names.join(", ")),
        });
        let wrong = self.blanks.iter().filter_map(|blank| {
            let says = self.problem(blank)?;
            Some(FieldError { path: blank.key.to_owned(), says })
        });
        wrong.chain(unknown).collect()
    }

    fn problem(&self, blank: &Blank) -> Option<String> {
        let text = self.text(blank.key);
        let blank_error = |error: Option<BlankError>| error.map(|error| error.to_string());
        match blank.kind {
            BlankKind::Number { least, most } => {
                let fits = text.parse::<u32>().is_ok_and(|n| (least..=most).contains(&n));
                (!fits).then(|| format!("takes a whole number from {least} to {most}, not “{text}”"))
            }
            BlankKind::Length => blank_error(Length::from_str(&text).err()),
            BlankKind::Threshold => blank_error(Threshold::from_str(&text).err()),
            BlankKind::Clock => blank_error(Clock::from_str(&text).err()),
            BlankKind::Turnout if text.is_empty() => None,
            BlankKind::Turnout => blank_error(Turnout::from_str(&text).err()),
            BlankKind::Role | BlankKind::Line | BlankKind::Text if text.is_empty() => {
                Some("is empty; fill it in".to_owned())
            }
            BlankKind::Words | BlankKind::Actions if self.list(blank.key).is_empty() => {
                Some("is empty; fill in at least one, one a line".to_owned())
            }
            BlankKind::Choice(choices) if !choices.iter().any(|(value, _)| *value == text) => {
                let known: Vec<&str> = choices.iter().map(|(value, _)| *value).collect();
                Some(format!("takes one of {}, not “{text}”", known.join(", ")))
            }
            BlankKind::Toggle if !matches!(text.as_str(), "" | "true" | "false" | "on") => {
                Some("takes true or false".to_owned())
            }
            _ => None,
        }
    }

    /// The value as it was filled in, without white space around it.
    pub fn text(&self, key: &str) -> String {
        let usual = || self.blanks.iter().find(|blank| blank.key == key).map_or("", |blank| blank.usual).to_owned();
        self.values.get(key).cloned().unwrap_or_else(usual).trim().to_owned()
    }

    /// One item a line, or several with commas between them.
    pub fn list(&self, key: &str) -> Vec<String> {
        let text = self.text(key);
        let items = text.split(['\n', ',']).map(str::trim).filter(|item| !item.is_empty());
        items.map(ToOwned::to_owned).collect()
    }

    /// A number.
    pub fn number(&self, key: &str) -> Option<u32> {
        self.text(key).parse().ok()
    }

    /// A length of time.
    pub fn length(&self, key: &str) -> Option<Length> {
        self.text(key).parse().ok()
    }

    /// A threshold.
    pub fn threshold(&self, key: &str) -> Option<Threshold> {
        self.text(key).parse().ok()
    }

    /// A turnout; `None` within where it was left empty.
    pub fn turnout(&self, key: &str) -> Option<Option<Turnout>> {
        let text = self.text(key);
        if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
    }

    /// A time of day.
    pub fn clock(&self, key: &str) -> Option<Clock> {
        self.text(key).parse().ok()
    }

    /// Yes or no.
    pub fn toggle(&self, key: &str) -> bool {
        matches!(self.text(key).as_str(), "true" | "on")
    }
}
