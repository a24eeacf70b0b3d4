//! *Then*: what is done when a vote opens, when it passed, and when it failed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use types::effect::Power;

use super::blanks::Length;

/// What is done. Texts may say `{proposer}` for the name of whoever attempted it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// Whether it is carried out when it passed. Without it the policy is a trial: decided and recorded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub carry_out: bool,
    /// Once, while it is still open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<Effect>,
    /// When it passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<Effect>,
    /// When it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Effect>,
}

/// One thing that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Tells people.
    Tell(Tell),
    /// Posts in a channel or room.
    Announce(Announce),
    /// Gives somebody a role.
    GiveRole(RoleChange),
    /// Takes a role from somebody.
    TakeRole(RoleChange),
    /// Adds to a counter of whoever attempted it.
    Count(Count),
    /// Attempts a further action.
    Propose(Propose),
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// Whoever attempted it.
    Proposer,
    /// Every member.
    Everyone,
    /// The holders of a role.
    Role(String),
}

/// Tells people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// Whom.
    pub who: Whom,
    /// What.
    pub text: String,
}

/// Posts in a channel or room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announce {
    /// The channel or room.
    pub place: String,
    /// What.
    pub text: String,
}

/// Whose role changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Person {
    /// Whoever attempted it.
    #[default]
    Proposer,
    /// Those elected.
    Winners,
    /// Everybody who holds the role; only to take it away.
    Holders,
}

/// A role given or taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// The role, by name.
    pub role: String,
    /// Whose.
    pub who: Person,
}

/// Adds to a counter of whoever attempted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// What the counter is called.
    pub counter: String,
    /// How much; below zero to take away.
    pub by: i32,
}

/// Attempts a further action, under its own policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// The action type.
    pub action: String,
    /// Its fields.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    /// After how long; none for at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Length>,
}

impl Then {
    /// Carries out what passed.
    #[must_use]
    pub fn carry_out() -> Self {
        Self { carry_out: true, ..Self::default() }
    }

    /// The same, and besides this when a vote opens.
    #[must_use]
    pub fn opened(mut self, effect: Effect) -> Self {
        self.opened.push(effect);
        self
    }

    /// The same, and besides this when it passed.
    #[must_use]
    pub fn passed(mut self, effect: Effect) -> Self {
        self.passed.push(effect);
        self
    }

    /// The same, and besides this when it failed.
    #[must_use]
    pub fn failed(mut self, effect: Effect) -> Self {
        self.failed.push(effect);
        self
    }

    /// All effects.
    pub fn effects(&self) -> impl Iterator<Item = &Effect> {
        self.opened.iter().chain(&self.passed).chain(&self.failed)
    }

    pub(super) fn powers(&self) -> Vec<Power> {
        let own = self.effects().filter_map(Effect::power);
        own.chain(self.carry_out.then_some(Power::Execute)).collect()
    }
}

impl Effect {
    /// Tells whoever attempted it.
    #[must_use]
    pub fn tell_proposer(text: impl Into<String>) -> Self {
        Self::Tell(Tell { who: Whom::Proposer, text: text.into() })
    }

    /// Tells the holders of a role.
    #[must_use]
    pub fn tell_role(role: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Tell(Tell { who: Whom::Role(role.into()), text: text.into() })
    }

    fn power(&self) -> Option<Power> {
        match self {
            Self::Tell(_) => Some(Power::Notify),
            Self::Announce(_) => Some(Power::Announce),
            Self::GiveRole(_) | Self::TakeRole(_) => Some(Power::Roles),
            Self::Count(_) => None,
            Self::Propose(_) => Some(Power::Propose),
        }
    }
}
