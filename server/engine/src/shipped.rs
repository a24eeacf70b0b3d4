//! Policies that come with Polity: the content of starter kits, and templates to begin from.
//!
//! Each is a file of `policies/` whose header says what the form around the JavaScript needs to know.

use std::sync::LazyLock;

use serde_json::{Map, Value};
use types::Layer;

/// A policy that comes with Polity.
#[derive(Clone, Debug, PartialEq)]
pub struct Shipped {
    /// The file's name without its ending: how starter kits and templates name it.
    pub slug: &'static str,
    /// The name people read.
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// The layer that it is usually used on.
    pub layer: Layer,
    /// The action types that it usually governs.
    pub action_types: Vec<String>,
    /// Its blanks.
    pub settings: Vec<Setting>,
    /// The six functions, header included.
    pub source: &'static str,
}

/// One blank of a shipped policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key in `policy.settings`.
    pub key: String,
    /// The value where nothing else is said.
    pub default: Value,
    /// What it means, in a sentence.
    pub description: String,
}

impl Shipped {
    /// The default settings as one object.
    #[must_use]
    pub fn default_settings(&self) -> Value {
        Value::Object(
            self.settings.iter().map(|setting| (setting.key.clone(), setting.default.clone())).collect::<Map<_, _>>(),
        )
    }
}

/// Parsed once from texts that are part of the program, and never changed.
static SHIPPED: LazyLock<Vec<Shipped>> = LazyLock::new(|| {
    [
        ("everything-passes", include_str!("../policies/everything-passes.js")),
        ("majority", include_str!("../policies/majority.js")),
        ("dictator", include_str!("../policies/dictator.js")),
        ("jury", include_str!("../policies/jury.js")),
        ("word-filter", include_str!("../policies/word-filter.js")),
        ("joining-needs-approval", include_str!("../policies/joining-needs-approval.js")),
    ]
    .into_iter()
    .map(|(slug, source)| read(slug, source))
    .collect()
});

/// Every shipped policy.
#[must_use]
pub fn shipped() -> &'static [Shipped] {
    &SHIPPED
}

/// The shipped policy of that slug.
#[must_use]
pub fn named(slug: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|policy| policy.slug == slug)
}

fn read(slug: &'static str, source: &'static str) -> Shipped {
    let header: Vec<(&str, &str)> =
        source.lines().map_while(|line| line.strip_prefix("// ")).filter_map(|line| line.split_once(": ")).collect();
    let field = |name: &str| header.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value);
    let settings = header.iter().filter_map(|(key, value)| setting(key.strip_prefix("Setting ")?, value)).collect();
    Shipped {
        slug,
        name: field("Name").to_owned(),
        description: field("Description").to_owned(),
        layer: if field("Layer") == "constitution" { Layer::Constitution } else { Layer::Platform },
        action_types: field("Action types").split(", ").map(ToOwned::to_owned).collect(),
        settings,
        source,
    }
}

/// Reads `3 | How many members are drawn.`
fn setting(key: &str, text: &str) -> Option<Setting> {
    let (default, description) = text.rsplit_once(" | ")?;
    let default = serde_json::from_str(default).ok()?;
    Some(Setting { key: key.to_owned(), default, description: description.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_is_whole() {
        for policy in shipped() {
            assert!(!policy.name.is_empty() && policy.description.ends_with('.'), "{}", policy.slug);
            let known = |kind: &String| {
                types::payload::catalogue().iter().any(|spec| types::member::pattern_covers(kind, &spec.kind))
            };
            assert!(policy.action_types.iter().all(known), "{}: {:?}", policy.slug, policy.action_types);
            let n_settings = policy.source.matches("\n// Setting ").count();
            assert_eq!(policy.settings.len(), n_settings, "{}: a setting that does not read", policy.slug);
            for setting in &policy.settings {
                assert!(policy.source.contains(&format!("policy.settings.{}", setting.key)), "{}", policy.slug);
            }
        }
    }
}
