//! What is looked at before a policy is proposed.

use serde::{Deserialize, Serialize};

/// A place in the author's text. Lines and columns count from 1; columns count UTF-16 units; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Place {
    /// The line; 0 where unknown.
    pub line: u32,
    /// The column; 0 where unknown.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// The column of the end.
    pub end_column: u32,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The policy cannot work like this.
    Error,
    /// It may surprise.
    Warning,
    /// It could be simpler.
    Hint,
}

/// Something that the lint found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which rule.
    pub code: FindingCode,
    /// How grave.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// A text to put in the place instead, where there is one that mends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
}

/// The rules of the lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingCode {
    /// The text does not parse.
    Syntax,
    /// `eval`, `new Function` and their like.
    CodeFromText,
    /// A name that nothing declares.
    UnknownName,
    /// A loop over all members, or one that has no end that can be seen.
    UnboundedLoop,
    /// A repetition inside a repetition in a regular expression.
    NestedQuantifier,
    /// There is no `check`.
    MissingCheck,
    /// A function that nobody calls.
    UnusedFunction,
    /// A verdict that is almost one.
    MisspeltVerdict,
    /// A change of something that cannot be changed.
    FrozenAssignment,
    /// A function that is almost one of the six.
    MisspeltFunction,
    /// A function without the line that lets the editor check it.
    MissingType,
    /// Lines that can never run.
    Unreachable,
    /// `check` never answers that anything passed.
    NeverPasses,
}

/// One line of the checks before proposing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckLine {
    /// A stable word: `syntax`, `lint`, `examples`, `powers`, `coverage-map`, `conflicts`, `lockout` or `plain-text`.
    pub code: String,
    /// What it looks at, as a heading.
    pub title: String,
    /// What came of it.
    pub state: CheckState,
    /// What came of it, in a sentence.
    pub sentence: String,
    /// Where in the source, if it points there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The field of the payload that it is about: `source`, `powers`, `description`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What to do about it; empty where nothing is to do.
    #[serde(default)]
    pub remedy: String,
    /// More sentences, such as one for each example that failed.
    #[serde(default)]
    pub details: Vec<String>,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Nothing to say against it.
    Passed,
    /// Worth reading before proposing.
    Warning,
    /// It cannot be proposed like this, or only after it is said aloud.
    Failed,
}
