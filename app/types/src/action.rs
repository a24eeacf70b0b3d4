//! Actions: what somebody attempted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::TextError;
use crate::{ActionId, BundleId, ConnectionId, Json, MemberId, ProposalId, Timestamp};

/// What kind of thing was attempted: `platform.verb`, such as `board.rename_channel` or `constitution.add_policy`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActionType(String);

impl ActionType {
    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the dot: `board`, `matrix`, `constitution`.
    #[must_use]
    pub fn platform(&self) -> &str {
        self.0.split_once('.').map_or("", |(platform, _)| platform)
    }

    /// The part after the dot.
    #[must_use]
    pub fn verb(&self) -> &str {
        self.0.split_once('.').map_or("", |(_, verb)| verb)
    }

    /// Whether Polity itself carries actions of this type out, in the transaction of their decision: changes of the
    /// government, and bundles and nominations of either layer.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        matches!(self.platform(), "constitution" | "platform")
    }

    /// Whether it is what starts a reacting policy (`trigger.command`, …): no deed, so nobody governs it or carries it out.
    #[must_use]
    pub fn is_trigger(&self) -> bool {
        self.platform() == "trigger"
    }

    /// The layer that actions of this type belong to.
    #[must_use]
    pub fn layer(&self) -> Layer {
        if self.platform() == "constitution" { Layer::Constitution } else { Layer::Platform }
    }
}

impl TryFrom<String> for ActionType {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        let plain = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        match text.split_once('.') {
            Some((platform, verb)) if text.len() <= 80 && plain(platform) && plain(verb) => Ok(Self(text)),
            _ => Err(TextError::NotAnActionType(text.chars().take(40).collect())),
        }
    }
}

impl From<ActionType> for String {
    fn from(kind: ActionType) -> Self {
        kind.0
    }
}

impl FromStr for ActionType {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for ActionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which government an action concerns: everyday life, or the government itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Everyday actions on the community's platforms.
    Platform,
    /// Actions that change the governance itself.
    Constitution,
}

/// Where an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionStatus {
    /// Being decided, or waiting for its date.
    Proposed,
    /// Nothing decides until somebody acts: no policy governs it, or the policy that does broke.
    Held,
    /// Decided in favour; nothing was asked to be carried out, or it is on its way.
    Passed,
    /// Decided against; the world was never changed.
    Failed,
    /// Decided in favour and carried out.
    Executed,
    /// Decided against, and what had already happened was undone.
    Reverted,
}

impl ActionStatus {
    /// Whether the decision is still to come.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Held)
    }
}

/// How an action came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A form on our own pages.
    Web,
    /// The REST interface.
    Api,
    /// An event on a platform.
    Platform {
        /// The connection that heard it.
        connection: ConnectionId,
        /// The platform's own id of the event; the same event never becomes two actions.
        event: String,
        /// Whether the platform had already let it happen, so that holding it means undoing it.
        happened: bool,
    },
    /// A policy's `propose()`.
    Policy {
        /// The proposal whose policy asked.
        proposal: ProposalId,
        /// How many `propose()` stand above it; bounded.
        depth: u8,
    },
    /// Something came round or came in: what reacting policies answer to, or the next time of a recurring action.
    Trigger {
        /// What it was, in words for machines; the same event never becomes two actions.
        event: String,
        /// How many `propose()` stand above it; bounded.
        depth: u8,
        /// The action that it answers to.
        cause: Option<ActionId>,
    },
    /// Founding a community, and recovery.
    System,
}

impl Origin {
    /// Whether the world has already changed and must be changed back while the decision is open.
    #[must_use]
    pub fn has_happened(&self) -> bool {
        matches!(self, Self::Platform { happened: true, .. })
    }

    /// How many `propose()` stand above the action.
    #[must_use]
    pub fn depth(&self) -> u8 {
        match self {
            Self::Policy { depth, .. } | Self::Trigger { depth, .. } => *depth,
            Self::Web | Self::Api | Self::Platform { .. } | Self::System => 0,
        }
    }
}

/// One attempted event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// What kind of thing was attempted.
    pub kind: ActionType,
    /// Who attempted it; `None` for the system itself.
    pub initiator: Option<MemberId>,
    /// What exactly: the fields of the type's payload.
    pub payload: Json,
    /// What the platform needs to undo it (the previous name, the message's id), captured when it was heard.
    pub undo: Json,
    /// How it came in.
    pub origin: Origin,
    /// When it was attempted.
    pub created_at: Timestamp,
    /// When it enters, for a dated action.
    pub activates_at: Option<Timestamp>,
    /// The bundle it is part of.
    pub bundle: Option<BundleId>,
    /// Where it stands.
    pub status: ActionStatus,
    /// Why, in a sentence.
    pub reason: String,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}
