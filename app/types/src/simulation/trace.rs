//! What the lines of a policy did in a scenario.

use serde::{Deserialize, Serialize};

/// What the lines did. Lines and columns count from 1; columns count UTF-16 units, and ends are exclusive.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Trace {
    /// How often each statement and branch ran.
    pub coverage: Coverage,
    /// Values beside the lines, in the order of the text.
    pub probes: Vec<Probe>,
    /// Whether the instrumented run gave what the plain one gave. Where it did not, the rest is empty.
    pub agrees: bool,
}

/// How often each statement and branch ran, over all evaluations of the scenario.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// Statements and branches, in the order of the text.
    pub points: Vec<CoveragePoint>,
    /// How many there are.
    pub total: u32,
    /// How many ran at least once.
    pub hit: u32,
}

/// One statement or branch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoveragePoint {
    /// Statement or branch.
    pub kind: CoverageKind,
    /// Where it begins.
    pub line: u32,
    /// Where it begins.
    pub column: u32,
    /// Where it ends.
    pub end_line: u32,
    /// Where it ends.
    pub end_column: u32,
    /// How often it ran.
    pub hits: u32,
}

/// What a point of coverage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageKind {
    /// A statement.
    Statement,
    /// One way that a condition can go: `if`, `?:`, `&&`, `||`, `??`.
    Branch,
    /// The way that a condition without `else` goes when it is not met.
    ImplicitElse,
}

/// The value of an expression when it last ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Where the expression begins.
    pub line: u32,
    /// Where it begins.
    pub column: u32,
    /// Where it ends: an editor shows the value after this place.
    pub end_line: u32,
    /// Where it ends.
    pub end_column: u32,
    /// What was given the value: a variable's name, `return`, or `condition`.
    pub label: String,
    /// The last value, shortened for reading: `12`, `"yes"`, `[3 members]`.
    pub value: String,
    /// How often the expression ran.
    pub hits: u32,
}
