//! Starter kits: a whole first government, as data.
//!
//! A kit names roles, shipped policies and documents, and declares its blanks. `"$blank"` anywhere in it stands for the
//! blank's value, with the value's own type.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use engine::Blank;
use engine::shipped::FailureMode;
use engine::shipped::scenario::{self, Scenario};
use serde::Deserialize;
use serde_json::Value;
use types::payload::constitution::Grant;
use types::{Combining, Layer};

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$((include_str!(concat!("../kits/", $name, ".toml")), include_str!(concat!("../kits/scenarios/", $name, ".toml")))),+]
    };
}

/// The kits that ship, each with its scenarios, in the order in which they are offered.
const SHIPPED: [(&str, &str); 9] = files![
    "open",
    "majority",
    "dictator",
    "jury",
    "moderators",
    "consensus",
    "elected-council",
    "maintainers",
    "do-ocracy",
];

/// A whole first government.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kit {
    /// The word by which it is chosen.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it means, in a sentence or two.
    pub description: String,
    /// Who governs themselves so.
    pub used_by: String,
    /// When it fits.
    pub fits_when: String,
    /// How it has gone wrong.
    pub failure_modes: Vec<FailureMode>,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What has to be filled in.
    #[serde(default)]
    pub blanks: Vec<Blank>,
    /// How several policies combine, by layer.
    #[serde(default)]
    pub combining: BTreeMap<Layer, Combining>,
    /// Its roles.
    pub roles: Vec<KitRole>,
    /// Its policies, in the order in which they are asked.
    pub policies: Vec<KitPolicy>,
    /// Its documents.
    #[serde(default)]
    pub documents: Vec<KitDocument>,
    /// Its life, played out: run by the tests, told on its page.
    #[serde(skip)]
    pub scenarios: Vec<Scenario>,
}

/// A role of a kit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KitRole {
    /// The role's name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Whether every member holds it.
    #[serde(default)]
    pub base: bool,
    /// What its members may do.
    #[serde(default)]
    pub permissions: Vec<Grant>,
}

/// A policy of a kit: a shipped one with its settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KitPolicy {
    /// The name in the community.
    pub name: String,
    /// Which shipped policy.
    pub shipped: String,
    /// The layer.
    pub layer: Layer,
    /// What it governs.
    pub action_types: Vec<String>,
    /// The shipped policy's settings; those left out have its defaults.
    #[serde(default)]
    pub settings: serde_json::Map<String, Value>,
}

/// A document of a kit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KitDocument {
    /// The title.
    pub name: String,
    /// The text, Markdown.
    pub text: String,
}

/// Why a kit cannot be used as asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum KitError {
    /// No kit of that name.
    #[error("there is no starter kit “{0}”; choose from: {1}")]
    Unknown(String, String),
    /// A setting that the kit does not have.
    #[error("the kit “{kit}” has no blank “{blank}”; it has: {known}")]
    UnknownBlank {
        /// The kit.
        kit: String,
        /// The setting.
        blank: String,
        /// The kit's blanks.
        known: String,
    },
    /// A value that the blank does not take.
    #[error("“{label}” ({blank}) takes {expected}, not {given}")]
    BadValue {
        /// The question.
        label: String,
        /// The blank.
        blank: String,
        /// What would have been right.
        expected: String,
        /// What was given.
        given: String,
    },
}

static KITS: LazyLock<Vec<Kit>> =
    LazyLock::new(|| SHIPPED.iter().filter_map(|(kit, scenarios)| read(kit, scenarios).ok()).collect());

/// Reads a kit from the texts of its two files.
///
/// # Errors
/// The place in the file, and what is wrong there.
fn read(kit: &str, scenarios: &str) -> Result<Kit, String> {
    let kit: Kit = toml::from_str(kit).map_err(|error| error.to_string())?;
    Ok(Kit { scenarios: scenario::read(scenarios)?, ..kit })
}

/// All starter kits, in the order in which they are offered.
#[must_use]
pub fn kits() -> &'static [Kit] {
    &KITS
}

/// The kit of this name; `Elected council` and `elected_council` are understood as `elected-council`.
#[must_use]
pub fn named(name: &str) -> Option<&'static Kit> {
    let slug = name.trim().to_lowercase().replace([' ', '_'], "-");
    kits().iter().find(|kit| kit.name == slug)
}

/// The kit `name` with `settings` filled into its blanks.
///
/// # Errors
/// [`KitError`], naming the blank and what it takes.
pub fn filled(name: &str, settings: &Value) -> Result<Kit, KitError> {
    let known = || kits().iter().map(|kit| kit.name.as_str()).collect::<Vec<_>>().join(", ");
    let kit = named(name).ok_or_else(|| KitError::Unknown(name.to_owned(), known()))?;
    let values = kit.values(settings)?;
    let mut kit = kit.clone();
    for role in &mut kit.roles {
        fill_text(&mut role.name, &values);
    }
    for policy in &mut kit.policies {
        for setting in policy.settings.values_mut() {
            fill(setting, &values);
        }
    }
    for document in &mut kit.documents {
        fill_text(&mut document.text, &values);
    }
    Ok(kit)
}

impl Kit {
    /// The value of each blank: what `settings` says, or the default.
    fn values(&self, settings: &Value) -> Result<BTreeMap<String, Value>, KitError> {
        let given = settings.as_object();
        for blank in given.into_iter().flat_map(|given| given.keys()) {
            if !self.blanks.iter().any(|known| known.name == *blank) {
                let known = self.blanks.iter().map(|blank| blank.name.as_str()).collect::<Vec<_>>().join(", ");
                return Err(KitError::UnknownBlank { kit: self.name.clone(), blank: blank.clone(), known });
            }
        }
        let value = |blank: &Blank| given.and_then(|given| given.get(&blank.name)).unwrap_or(&blank.default).clone();
        self.blanks.iter().map(|blank| checked(blank, value(blank)).map(|value| (blank.name.clone(), value))).collect()
    }
}

/// The value, if the blank takes it.
fn checked(blank: &Blank, value: Value) -> Result<Value, KitError> {
    match blank.check(&value) {
        Ok(()) => Ok(value),
        Err(expected) => Err(KitError::BadValue {
            label: blank.label.clone(),
            blank: blank.name.clone(),
            expected,
            given: value.to_string(),
        }),
    }
}

/// Puts a blank's value in the place of `"$blank"`.
fn fill(setting: &mut Value, values: &BTreeMap<String, Value>) {
    let filled = setting.as_str().and_then(|text| text.strip_prefix('$')).and_then(|blank| values.get(blank));
    if let Some(value) = filled {
        *setting = value.clone();
    }
}

fn fill_text(text: &mut String, values: &BTreeMap<String, Value>) {
    for (blank, value) in values {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        *text = text.replace(&format!("${blank}"), &shown);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shipped_kit_reads_and_fills() {
        for (kit, scenarios) in SHIPPED {
            read(kit, scenarios).unwrap_or_else(|error| panic!("{error}"));
        }
        for kit in kits() {
            let filled = filled(&kit.name, &json!({})).unwrap();
            assert!(filled.roles.iter().any(|role| role.base), "{}: nobody may propose anything", kit.name);
            let left = filled.policies.iter().flat_map(|policy| policy.settings.values());
            assert!(left.filter_map(Value::as_str).all(|text| !text.starts_with('$')), "{}: a blank is left", kit.name);
            for policy in &filled.policies {
                let shipped = engine::shipped::named(&policy.shipped);
                let shipped = shipped.unwrap_or_else(|| panic!("{}: no policy {}", kit.name, policy.shipped));
                for (name, value) in &policy.settings {
                    let blank = shipped.settings.iter().find(|blank| blank.name == *name);
                    let blank = blank.unwrap_or_else(|| panic!("{}: {} has no {name}", kit.name, policy.shipped));
                    blank.check(value).unwrap_or_else(|takes| panic!("{}: {name} takes {takes}", kit.name));
                }
            }
        }
    }

    #[test]
    fn every_kit_says_what_a_reader_needs() {
        for kit in kits() {
            assert!(kit.used_by.ends_with('.') && kit.fits_when.ends_with('.'), "{}", kit.name);
            assert!(!kit.failure_modes.is_empty() && !kit.tags.is_empty(), "{}", kit.name);
            assert!(kit.scenarios.iter().any(Scenario::expects_something), "{}", kit.name);
            assert!(kit.blanks.iter().all(|blank| blank.description.ends_with('.')), "{}", kit.name);
        }
        assert_eq!(named("Elected council").map(|kit| kit.name.as_str()), Some("elected-council"));
    }

    #[test]
    fn blanks_keep_their_type() {
        let kit = filled("jury", &json!({ "size": 5 })).unwrap();
        assert_eq!(kit.policies[0].settings["size"], json!(5));
    }

    #[test]
    fn a_wrong_value_says_what_would_be_right() {
        let error = filled("jury", &json!({ "size": "many" })).unwrap_err().to_string();
        assert_eq!(error, "“Members on the jury” (size) takes a whole number from 1 to 99, not \"many\"");
        let error = filled("jury", &json!({ "sise": 3 })).unwrap_err().to_string();
        assert!(error.contains("it has: size, needed, days"), "{error}");
    }
}
