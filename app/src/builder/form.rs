//! The form: rules, each *when → if → decide by → then*.

use serde::{Deserialize, Serialize};

use super::blanks::{Clock, Length};
use super::decide::Decide;
use super::then::Then;

/// Most rules of one policy.
pub const MAX_RULES: usize = 20;

/// Most words of one list, and most entries of any other list of the form.
pub const MAX_ITEMS: usize = 500;

/// A policy as a form: the first rule that covers an action decides it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The rules, the first asked first: 1 to 20.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What the rule is called, in small letters, digits and hyphens. Empty for the only rule of a policy: then its code is
    /// directly the six functions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it is about.
    pub when: When,
    /// How that is decided.
    pub decide: Decide,
    /// What is done then.
    #[serde(default)]
    pub then: Then,
}

/// *When* somebody attempts something, *if* it is like this.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Action types, `platform.*` or `*`: at least one.
    pub actions: Vec<String>,
    /// Channels or rooms; empty for everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Only attempts by holders of one of these roles; empty for anybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Never attempts by holders of one of these roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except_roles: Vec<String>,
    /// Whether all tests must hold, or one of them.
    #[serde(default, skip_serializing_if = "Matching::is_all")]
    pub matching: Matching,
    /// The conditions; none for every attempt.
    #[serde(default, rename = "if", skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<Test>,
}

/// How several conditions become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matching {
    /// All must hold.
    #[default]
    All,
    /// One is enough.
    Any,
}

impl Matching {
    fn is_all(&self) -> bool {
        *self == Self::All
    }
}

/// Which side of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compare {
    /// That much or more.
    AtLeast,
    /// Less than that.
    LessThan,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// Whether whoever attempts it holds a role.
    Role(RoleTest),
    /// For how long they have been a member.
    Tenure(TenureTest),
    /// How many points they have.
    Reputation(ReputationTest),
    /// Whether a text holds one of some words.
    Words(WordsTest),
    /// How long a text is.
    TextLength(TextLengthTest),
    /// Whether a text holds a link.
    Link(LinkTest),
    /// Whether a text fits one of some patterns.
    Pattern(PatternTest),
    /// Whether it answers another message.
    Reply(ReplyTest),
    /// Whether one of some members attempts it.
    Author(AuthorTest),
    /// Whether a field has one of some values.
    Field(FieldTest),
    /// How often they did the same before.
    Rate(RateTest),
    /// At what time of day it is attempted, UTC.
    TimeOfDay(TimeOfDayTest),
    /// On which days of the week it is attempted, UTC.
    Weekday(WeekdayTest),
    /// How many members there are, or holders of a role.
    Count(CountTest),
}

/// Whether whoever attempts it holds a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleTest {
    /// The role, by name.
    pub role: String,
    /// Whether they must hold it, or must not.
    pub holds: bool,
}

/// For how long somebody has been a member when they attempt it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenureTest {
    /// Which side.
    pub is: Compare,
    /// Of how long.
    pub length: Length,
}

/// How many points somebody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReputationTest {
    /// What the points are called: a counter that `Effect::Count` changes.
    pub counter: String,
    /// The policy that keeps the counter, by name; empty for this one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub policy: String,
    /// Which side.
    pub is: Compare,
    /// Of how many.
    pub points: i32,
}

/// How a word stands in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WordMatch {
    /// As a word, or words, of its own.
    #[default]
    Whole,
    /// Anywhere, also inside other words.
    Inside,
    /// At the beginning of the text.
    Start,
    /// At the end of the text.
    End,
    /// As the whole text.
    Exact,
}

/// Whether a text holds one of some words, whatever their capitals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsTest {
    /// The fields of the action that are searched; usually `text`.
    pub fields: Vec<String>,
    /// The words.
    pub words: Vec<String>,
    /// How they stand in the text.
    #[serde(default)]
    pub how: WordMatch,
    /// Whether one of them must be there, or none may.
    pub holds: bool,
}

/// How long a text is, in characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextLengthTest {
    /// The fields, together.
    pub fields: Vec<String>,
    /// Which side.
    pub is: Compare,
    /// Of how many.
    pub characters: u32,
}

/// Whether a text holds a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkTest {
    /// The fields, together.
    pub fields: Vec<String>,
    /// Whether there must be one, or none.
    pub holds: bool,
}

/// Whether a text fits one of some regular expressions, whatever its capitals.
///
/// Only such as cannot take more than polynomial time: see [`super::patterns::problem`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternTest {
    /// The fields, together.
    pub fields: Vec<String>,
    /// The regular expressions, JavaScript.
    pub patterns: Vec<String>,
    /// Whether one of them must fit, or none may.
    pub holds: bool,
}

/// Whether it answers another message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyTest {
    /// Whether it must, or must not.
    pub holds: bool,
}

/// Whether one of some members attempts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorTest {
    /// The members, by handle.
    pub handles: Vec<String>,
    /// Whether it must be one of them, or none.
    pub holds: bool,
}

/// Whether a field of the action has one of some values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldTest {
    /// The field.
    pub field: String,
    /// The values.
    pub values: Vec<String>,
    /// Whether it must have one of them, or none.
    pub holds: bool,
}

/// How often somebody attempted the same within some time before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateTest {
    /// At least so many, this one left out: 1 to 400.
    pub at_least: u32,
    /// Within how long before.
    pub within: Length,
}

/// A time of day, from one moment until before another; over midnight where the second is the earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeOfDayTest {
    /// From.
    pub from: Clock,
    /// Until before.
    pub until: Clock,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "they are the days of the week")]
pub enum Weekday {
    Sunday,
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
}

impl Weekday {
    /// All of them, numbered as JavaScript does.
    pub const ALL: [Self; 7] =
        [Self::Sunday, Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday];
}

/// Some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeekdayTest {
    /// The days.
    pub days: Vec<Weekday>,
}

/// How many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountTest {
    /// Holders of this role; empty for all members.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// Which side.
    pub is: Compare,
    /// Of how many.
    pub n: u32,
}

impl Form {
    /// A policy of one rule.
    #[must_use]
    pub fn of(when: When, decide: Decide, then: Then) -> Self {
        Self { rules: vec![Rule { name: String::new(), when, decide, then }] }
    }

    /// The action types that the policy must be declared for.
    #[must_use]
    pub fn action_types(&self) -> Vec<String> {
        let mut types: Vec<String> = Vec::new();
        for kind in self.rules.iter().flat_map(|rule| &rule.when.actions) {
            if !types.contains(kind) {
                types.push(kind.clone());
            }
        }
        types
    }

    /// What the policy's effects may be: just what the form asks for.
    #[must_use]
    pub fn powers(&self) -> std::collections::BTreeSet<types::effect::Power> {
        let mut powers: std::collections::BTreeSet<_> =
            self.rules.iter().flat_map(|rule| [rule.decide.powers(), rule.then.powers()].concat()).collect();
        if powers.is_empty() {
            // An empty set would mean every power but HTTP. Undoing what it refused is the least that a policy does.
            powers.insert(types::effect::Power::Revert);
        }
        powers
    }
}

impl When {
    /// Every attempt of one of these types.
    #[must_use]
    pub fn actions<S: Into<String>>(actions: impl IntoIterator<Item = S>) -> Self {
        Self { actions: actions.into_iter().map(Into::into).collect(), ..Self::default() }
    }
}
