//! Words that several pages share.
//!
//! Sentences come from the server ready to read; numbers, moments and states come plain, and the page words them.

use serde::{Deserialize, Serialize};
use types::Timestamp;

/// A member as others see them: enough for a name and a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Unique in the community; also picks the picture's colour.
    pub handle: String,
    /// What they call themselves.
    pub name: String,
}

/// How a proposal stands. The words on screen are these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Still to be decided.
    Open,
    /// Decided in favour.
    Passed,
    /// Decided against.
    Failed,
    /// Waits for something that is not a vote: a platform, a broken policy, a date.
    Held,
    /// Taken back before it was decided.
    Withdrawn,
}

/// One named value, such as a field of an action or a setting of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedValue {
    /// In words: "New name".
    pub name: String,
    /// As people read it: "#tool-chat".
    pub value: String,
    /// What stood there before, where something did.
    pub before: Option<String>,
    /// Where the value has a page of its own.
    pub href: Option<String>,
}

/// One step of a reasoning, as one sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyStep {
    /// "41 members voted. 34 were needed."
    pub sentence: String,
    /// Smaller print: "30 % of the 112 who may vote".
    pub because: Option<String>,
    /// What the step came to.
    pub state: StepState,
}

/// What a step of a reasoning came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Holds.
    Met,
    /// Does not hold.
    NotMet,
    /// Not known yet.
    Waiting,
    /// Neither here nor there: something noted.
    Noted,
}

/// A line of history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// When.
    pub at: Timestamp,
    /// What, as one sentence.
    pub sentence: String,
    /// How it counts.
    pub kind: HistoryKind,
}

/// What kind of thing happened; picks the sign beside the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryKind {
    /// It was proposed.
    Proposed,
    /// A policy version was pinned to it.
    Pinned,
    /// People were asked, or reminded.
    Asked,
    /// Members were drawn by lot.
    Drawn,
    /// A ballot came in.
    Ballot,
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// It was carried out.
    CarriedOut,
    /// It was undone.
    Undone,
    /// It was held, or something went wrong.
    Held,
    /// Anything else.
    Noted,
}
