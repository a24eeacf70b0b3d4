//! Verdicts.

use serde::{Deserialize, Serialize};

/// What a policy, or several together, say of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Still open.
    Proposed,
    /// In favour.
    Passed,
    /// Against.
    Failed,
}

impl Verdict {
    /// The word that policies use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "PROPOSED",
            Self::Passed => "PASSED",
            Self::Failed => "FAILED",
        }
    }
}
