//! The library of what comes with Polity: shipped policies and starter kits, with all that a reader needs to choose one.
//!
//! Pure functions of files that are part of the program: the page of a policy is made from its source, what is said about it
//! and its scenarios, so that none of the three can say something else.

mod guide;
mod steps;

use engine::Blank;
use engine::shipped::scenario::Scenario;
use engine::shipped::{FailureMode, Shipped};
use serde::Serialize;
use serde_json::Value;
use types::effect::Power;
use types::{Layer, PolicyKind};
use utoipa::ToSchema;

use crate::kits::Kit;
use crate::pipeline::constitution::source_hash;

pub use guide::{of_kit, of_policy};
pub use steps::sentence;

/// A shipped policy or starter kit, as a list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Card {
    /// Its name in addresses.
    #[schema(example = "jury")]
    pub slug: String,
    /// The name people read.
    #[schema(example = "Jury")]
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// Who uses such a rule in the world.
    pub used_by: String,
    /// When it fits; for a kit, when it goes wrong is in `failure_modes`.
    pub fits_when: String,
    /// `platform` or `constitution`; none for a kit, which has policies of both.
    pub layer: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
}

/// Something to fill in.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BlankShape {
    /// The key of the value.
    pub name: String,
    /// The question, for people.
    pub label: String,
    /// `integer`, `number`, `days`, `share`, `text`, `bool`, `choice`, `role`, `channel`, `member`, `words` or `table`.
    pub kind: String,
    /// What it means.
    pub description: String,
    /// The least number allowed.
    pub min: Option<f64>,
    /// The greatest number allowed.
    pub max: Option<f64>,
    /// What can be chosen.
    pub options: Vec<String>,
    /// Whether it may be left empty.
    pub optional: bool,
    /// What may be filled in, in words.
    pub takes: String,
    /// What stands there until somebody changes it.
    #[schema(value_type = Object)]
    pub default: Value,
}

/// A way in which such a rule is known to go wrong.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FailureShape {
    /// What goes wrong, and what helps.
    pub what: String,
    /// Where that is known from.
    pub source: String,
}

/// A life of a policy, told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ScenarioShape {
    /// What happens, as a heading.
    pub title: String,
    /// What comes of it and why.
    pub outcome: String,
    /// What happens and what is seen, sentence by sentence.
    pub steps: Vec<String>,
}

/// Everything about a shipped policy.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PolicyPage {
    /// What a list shows of it.
    #[serde(flatten)]
    pub card: Card,
    /// `governing` or `reacting`.
    pub kind: String,
    /// The action types that it usually governs.
    pub action_types: Vec<String>,
    /// Its blanks.
    pub settings: Vec<BlankShape>,
    /// What its effects may be.
    pub powers: Vec<String>,
    /// Hosts that it asks over HTTP.
    pub http_hosts: Vec<String>,
    /// Policies that it calls or goes together with, by slug.
    pub goes_with: Vec<String>,
    /// Starter kits that have it, by slug.
    pub kits: Vec<String>,
    /// Where the rule comes from.
    pub origin: String,
    /// How such rules have gone wrong.
    pub failure_modes: Vec<FailureShape>,
    /// The six functions, JavaScript.
    pub source: String,
    /// SHA-256 of the source, hexadecimal.
    pub hash: String,
    /// Its life, played out; each is a test.
    pub scenarios: Vec<ScenarioShape>,
    /// All of it as a page, Markdown.
    pub guide: String,
}

/// A policy of a kit.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct KitPolicyShape {
    /// The name in the community.
    pub name: String,
    /// Which shipped policy, by slug.
    pub shipped: String,
    /// `platform` or `constitution`.
    pub layer: String,
    /// What it governs.
    pub action_types: Vec<String>,
    /// Settings that differ from the policy's defaults; `$name` stands for a blank of the kit.
    #[schema(value_type = Object)]
    pub settings: Value,
}

/// A role of a kit.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct KitRoleShape {
    /// Its name; `$name` stands for a blank of the kit.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether every member holds it.
    pub base: bool,
}

/// Everything about a starter kit.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct KitPage {
    /// What a list shows of it.
    #[serde(flatten)]
    pub card: Card,
    /// What is to be filled in.
    pub blanks: Vec<BlankShape>,
    /// Its roles.
    pub roles: Vec<KitRoleShape>,
    /// Its policies, in the order in which they are asked.
    pub policies: Vec<KitPolicyShape>,
    /// Titles of its documents.
    pub documents: Vec<String>,
    /// How such governments have gone wrong.
    pub failure_modes: Vec<FailureShape>,
    /// Its life, played out; each is a test.
    pub scenarios: Vec<ScenarioShape>,
    /// All of it as a page, Markdown.
    pub guide: String,
}

impl From<&Shipped> for Card {
    fn from(policy: &Shipped) -> Self {
        Self {
            slug: policy.slug.to_owned(),
            name: policy.name.clone(),
            description: policy.description.clone(),
            used_by: policy.used_by.clone(),
            fits_when: policy.fits_when.clone(),
            layer: Some(layer(policy.layer).to_owned()),
            tags: policy.tags.clone(),
        }
    }
}

impl From<&Kit> for Card {
    fn from(kit: &Kit) -> Self {
        Self {
            slug: kit.name.clone(),
            name: kit.title.clone(),
            description: kit.description.clone(),
            used_by: kit.used_by.clone(),
            fits_when: kit.fits_when.clone(),
            layer: None,
            tags: kit.tags.clone(),
        }
    }
}

impl From<&Blank> for BlankShape {
    fn from(blank: &Blank) -> Self {
        Self {
            name: blank.name.clone(),
            label: blank.label.clone(),
            kind: word(blank.kind),
            description: blank.description.clone(),
            min: blank.min,
            max: blank.max,
            options: blank.options.clone(),
            optional: blank.optional,
            takes: blank.expected(),
            default: blank.default.clone(),
        }
    }
}

impl From<&FailureMode> for FailureShape {
    fn from(mode: &FailureMode) -> Self {
        Self { what: mode.what.clone(), source: mode.source.clone() }
    }
}

impl From<&Scenario> for ScenarioShape {
    fn from(scenario: &Scenario) -> Self {
        Self {
            title: scenario.title.clone(),
            outcome: scenario.outcome.clone(),
            steps: scenario.steps.iter().map(sentence).collect(),
        }
    }
}

/// Everything about the shipped policy.
#[must_use]
pub fn policy_page(policy: &Shipped) -> PolicyPage {
    let has_it = |kit: &&Kit| kit.policies.iter().any(|one| one.shipped == policy.slug);
    PolicyPage {
        card: policy.into(),
        kind: if policy.kind == PolicyKind::Reacting { "reacting" } else { "governing" }.to_owned(),
        action_types: policy.action_types.clone(),
        settings: policy.settings.iter().map(Into::into).collect(),
        powers: policy.powers.iter().map(|power: &Power| word(power)).collect(),
        http_hosts: policy.http_hosts.clone(),
        goes_with: policy.goes_with.clone(),
        kits: crate::kits::kits().iter().filter(has_it).map(|kit| kit.name.clone()).collect(),
        origin: policy.origin.clone(),
        failure_modes: policy.failure_modes.iter().map(Into::into).collect(),
        source: policy.source.to_owned(),
        hash: source_hash(policy.source),
        scenarios: policy.scenarios.iter().map(Into::into).collect(),
        guide: of_policy(policy),
    }
}

/// Everything about the starter kit.
#[must_use]
pub fn kit_page(kit: &Kit) -> KitPage {
    KitPage {
        card: kit.into(),
        blanks: kit.blanks.iter().map(Into::into).collect(),
        roles: kit
            .roles
            .iter()
            .map(|role| KitRoleShape {
                name: role.name.clone(),
                description: role.description.clone(),
                base: role.base,
            })
            .collect(),
        policies: kit
            .policies
            .iter()
            .map(|policy| KitPolicyShape {
                name: policy.name.clone(),
                shipped: policy.shipped.clone(),
                layer: layer(policy.layer).to_owned(),
                action_types: policy.action_types.clone(),
                settings: Value::Object(policy.settings.clone()),
            })
            .collect(),
        documents: kit.documents.iter().map(|document| document.name.clone()).collect(),
        failure_modes: kit.failure_modes.iter().map(Into::into).collect(),
        scenarios: kit.scenarios.iter().map(Into::into).collect(),
        guide: of_kit(kit),
    }
}

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Platform => "platform",
        Layer::Constitution => "constitution",
    }
}

/// The word by which an enum is written.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
