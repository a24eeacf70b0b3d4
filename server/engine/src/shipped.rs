//! Policies that come with Polity: the content of starter kits, templates to begin from, and the library's pages.
//!
//! Each is three files of `policies/`: the six functions (`jury.js`), what a reader and the form around the JavaScript need
//! to know (`jury.toml`), and its life played out (`scenarios/jury.toml`).

mod list;
pub mod scenario;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use types::effect::Power;
use types::{Layer, PolicyKind};

use self::scenario::Scenario;
use crate::blank::Blank;

/// A policy that comes with Polity.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shipped {
    /// The file's name without its ending: how starter kits, templates and addresses name it.
    #[serde(skip)]
    pub slug: &'static str,
    /// The six functions.
    #[serde(skip)]
    pub source: &'static str,
    /// Its life, played out: run by the tests, told on its page.
    #[serde(skip)]
    pub scenarios: Vec<Scenario>,
    /// The name people read.
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// The layer that it is usually used on.
    pub layer: Layer,
    /// Whether it decides about actions, or answers to what has happened.
    #[serde(default)]
    pub kind: PolicyKind,
    /// The action types that it usually governs, on every platform where it makes sense.
    pub action_types: Vec<String>,
    /// Its blanks.
    #[serde(default)]
    pub settings: Vec<Blank>,
    /// What its effects may be; the sandbox refuses the rest.
    pub powers: BTreeSet<Power>,
    /// Hosts that it asks over HTTP.
    #[serde(default)]
    pub http_hosts: Vec<String>,
    /// Shipped policies that it calls or goes together with, by slug.
    #[serde(default)]
    pub goes_with: Vec<String>,
    /// Where the rule comes from: a paper, a constitution, a site's rules.
    pub origin: String,
    /// Who uses such a rule in the world.
    pub used_by: String,
    /// When it fits.
    pub fits_when: String,
    /// How such rules have gone wrong.
    pub failure_modes: Vec<FailureMode>,
    /// Words to find it by.
    pub tags: Vec<String>,
}

/// A way in which such a rule is known to go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureMode {
    /// What goes wrong, and what helps.
    pub what: String,
    /// Where that is known from.
    pub source: String,
}

impl Shipped {
    /// The default settings as one object.
    #[must_use]
    pub fn default_settings(&self) -> Value {
        let each = self.settings.iter().map(|blank| (blank.name.clone(), blank.default.clone()));
        Value::Object(each.collect::<Map<_, _>>())
    }

    /// The default settings with those of `settings` in their place.
    #[must_use]
    pub fn settings_with(&self, settings: &Map<String, Value>) -> Value {
        let mut all = self.default_settings();
        if let Some(object) = all.as_object_mut() {
            object.extend(settings.clone());
        }
        all
    }
}

/// Parsed once from texts that are part of the program, and never changed. That each of them reads is a test.
static SHIPPED: LazyLock<Vec<Shipped>> = LazyLock::new(|| {
    let read = |files: &list::Files| read(files.slug, files.source, files.about, files.scenarios);
    list::FILES.iter().filter_map(|files| read(files).ok()).collect()
});

/// Reads a policy from the texts of its three files.
///
/// # Errors
/// The file and the place in it, and what is wrong there.
pub fn read(slug: &'static str, source: &'static str, about: &str, scenarios: &str) -> Result<Shipped, String> {
    let about = toml::from_str::<Shipped>(about).map_err(|error| format!("{slug}.toml: {error}"))?;
    let scenarios = scenario::read(scenarios).map_err(|error| format!("scenarios/{slug}.toml: {error}"))?;
    Ok(Shipped { slug, source, scenarios, ..about })
}

/// Every shipped policy, the simplest first.
#[must_use]
pub fn shipped() -> &'static [Shipped] {
    &SHIPPED
}

/// The shipped policy of that slug.
#[must_use]
pub fn named(slug: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|policy| policy.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads() {
        for files in &list::FILES {
            read(files.slug, files.source, files.about, files.scenarios).unwrap();
        }
        assert_eq!(shipped().len(), list::FILES.len());
    }

    #[test]
    fn every_policy_says_what_a_reader_needs() {
        for policy in shipped() {
            let slug = policy.slug;
            for (what, text) in [
                ("description", &policy.description),
                ("origin", &policy.origin),
                ("used_by", &policy.used_by),
                ("fits_when", &policy.fits_when),
            ] {
                assert!(text.len() > 20 && text.ends_with('.'), "{slug}: {what} is no sentence");
            }
            assert!(!policy.failure_modes.is_empty(), "{slug} says nothing of how it fails");
            for mode in &policy.failure_modes {
                assert!(mode.what.ends_with('.') && mode.source.len() > 10, "{slug}: {mode:?}");
            }
            assert!(!policy.tags.is_empty(), "{slug} has no tags");
            for other in &policy.goes_with {
                assert!(named(other).is_some(), "{slug} goes with {other}, which does not ship");
            }
            assert!(policy.http_hosts.is_empty() || policy.powers.contains(&Power::Http), "{slug}");
            let known = |kind: &String| {
                types::payload::catalogue().iter().any(|spec| types::member::pattern_covers(kind, &spec.kind))
            };
            assert!(policy.action_types.iter().all(known), "{slug}: {:?}", policy.action_types);
            for blank in &policy.settings {
                blank
                    .check(&blank.default)
                    .unwrap_or_else(|expected| panic!("{slug}: {} takes {expected}", blank.name));
                assert!(policy.source.contains(&blank.name), "{slug}: {} is not used", blank.name);
                assert!(blank.description.ends_with('.'), "{slug}: {} is not described", blank.name);
            }
        }
    }

    #[test]
    fn every_policy_has_its_life_played_out() {
        for policy in shipped() {
            assert!(!policy.scenarios.is_empty(), "{} has no scenario", policy.slug);
            for scenario in &policy.scenarios {
                assert!(scenario.outcome.ends_with('.'), "{}: “{}” has no outcome", policy.slug, scenario.title);
                let known = |name: &String| policy.settings.iter().any(|blank| blank.name == *name);
                for name in scenario.settings.keys() {
                    assert!(known(name), "{}: “{}” sets {name}", policy.slug, scenario.title);
                }
                assert!(scenario.expects_something(), "{}: “{}” expects nothing", policy.slug, scenario.title);
            }
        }
    }
}
