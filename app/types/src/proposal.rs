//! Proposals: one action under one policy version.

use serde::{Deserialize, Serialize};

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalStatus {
    /// Waiting to be looked at for the first time.
    Waiting,
    /// The policy's filter said no: it has no opinion (it may have one later).
    OutOfScope,
    /// Being decided.
    Proposed,
    /// The policy is in favour.
    Passed,
    /// The policy is against.
    Failed,
    /// The policy broke, and its `on_error` says hold.
    Held,
}

impl ProposalStatus {
    /// Whether the policy may still change its mind.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::OutOfScope | Self::Proposed | Self::Held)
    }
}
