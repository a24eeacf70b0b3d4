//! Platforms: what they tell us and what we ask of them.

use serde::{Deserialize, Serialize};

use crate::{ActionType, Ask, BallotValue, EffectId, Json, Layer, MemberId, ProposalId, Timestamp};

/// A kind of action that Polity governs: one row of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionTypeSpec {
    /// `platform.verb`.
    pub kind: ActionType,
    /// The layer.
    pub layer: Layer,
    /// What it does, as a verb phrase: "Rename a channel".
    pub title: String,
    /// A sentence with blanks for fields, for pages: "rename #{channel} to #{name}".
    pub sentence: String,
    /// The payload's JSON Schema (draft 2020-12): an object. Property `x-kind` names pickers (`member`, `role`, `channel`, `policy`, `document`, `text`, `source`).
    pub schema: Json,
    /// Whether the platform lets us undo it.
    pub is_reversible: bool,
}

/// A user as a platform knows them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExternalUser {
    /// The platform's id, such as `@ada:example.org`.
    pub id: String,
    /// The name that people read, where it is known.
    pub display_name: Option<String>,
    /// Whether it is a program.
    pub is_bot: bool,
}

/// Something that happened on a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlatformEvent {
    /// Somebody did something that may be governed.
    Attempted {
        /// The platform's id of the event: the same one never counts twice.
        event: String,
        /// What it was.
        kind: ActionType,
        /// The fields of the payload.
        payload: Json,
        /// What is needed to undo it, captured now.
        undo: Json,
        /// Who did it.
        actor: ExternalUser,
        /// When, by the platform's clock.
        at: Timestamp,
        /// Whether it has happened (and holding it means undoing it).
        happened: bool,
        /// Where somebody's own token acts for us, a doing of ours looks like theirs: the name under which such a doing was
        /// written down before it was asked for. `None` where our doings carry our own user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        echo: Option<String>,
    },
    /// A value as it now is, of which the platform never says what it was before.
    ///
    /// Told after the event that changed it; an undo that names it under `kept` is given what it was as `before`.
    Known {
        /// The platform's id of the event.
        event: String,
        /// What it is, such as `topic:C024BE7LR`.
        key: String,
        /// The value.
        value: Json,
        /// When.
        at: Timestamp,
    },
    /// Somebody voted, by a reaction or a reply.
    Voted {
        /// The platform's id of the event.
        event: String,
        /// The message that carries the ballot.
        message: String,
        /// Who.
        voter: ExternalUser,
        /// What: yes, no, abstain, a choice (an option's number counts from 1 as text), or a ranking.
        value: BallotValue,
        /// When.
        at: Timestamp,
    },
    /// Somebody took a vote back.
    Withdrew {
        /// The platform's id of this event.
        event: String,
        /// The event that had cast it.
        cast_by: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody is now in the place that the community governs.
    Joined {
        /// The platform's id of the event.
        event: String,
        /// Who.
        user: ExternalUser,
        /// When.
        at: Timestamp,
    },
    /// Somebody is no longer there.
    Left {
        /// The platform's id of the event.
        event: String,
        /// Who.
        user: ExternalUser,
        /// When.
        at: Timestamp,
    },
}

impl PlatformEvent {
    /// The platform's id of the event.
    #[must_use]
    pub fn event(&self) -> &str {
        match self {
            Self::Attempted { event, .. }
            | Self::Known { event, .. }
            | Self::Voted { event, .. }
            | Self::Withdrew { event, .. }
            | Self::Joined { event, .. }
            | Self::Left { event, .. } => event,
        }
    }
}

/// One thing asked of a platform: a row of the outbox on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Carry an action out.
    Execute {
        /// What.
        kind: ActionType,
        /// The payload.
        payload: Json,
        /// For whom.
        initiator: Option<Person>,
        /// What undoing it had kept, if it was undone before.
        undo: Json,
    },
    /// Undo an action.
    Revert {
        /// What.
        kind: ActionType,
        /// The payload.
        payload: Json,
        /// What was captured when it was heard, or the receipt of carrying it out.
        undo: Json,
        /// Why, for the platform's own log.
        reason: String,
    },
    /// Post in a channel or room.
    Post {
        /// Which, by the platform's name or id.
        place: String,
        /// What.
        text: String,
        /// The message to answer.
        thread: Option<String>,
    },
    /// Message one member.
    Message {
        /// Whom.
        to: Person,
        /// What.
        text: String,
        /// A channel in which only they see it, where the platform can; else it is a message of their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        here: Option<String>,
    },
    /// Post a ballot that can be answered there.
    PostBallot {
        /// Where.
        place: String,
        /// The question.
        ask: Ask,
        /// The page where it can be read and answered too.
        url: Option<String>,
        /// What is voted on: buttons carry it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposal: Option<ProposalId>,
    },
    /// Change a posted ballot to its present state.
    UpdateBallot {
        /// Where.
        place: String,
        /// The message.
        message: String,
        /// What it says now: how it stands, or how it ended.
        text: String,
        /// What was asked, where it still is: buttons stay. `None` where the vote is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        open: Option<OpenBallot>,
    },
}

/// A ballot that can still be answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenBallot {
    /// What is voted on.
    pub proposal: ProposalId,
    /// The question.
    pub ask: Ask,
    /// The page where it can be read and answered too.
    pub url: Option<String>,
}

/// A member, with their user on the platform where they have one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The member.
    pub member: MemberId,
    /// The short name.
    pub handle: String,
    /// The name people read.
    pub display_name: String,
    /// The platform's id of their user.
    pub external: Option<String>,
}

/// What a platform answered.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// The id of what came of it (a message, an event): votes and our own echo are recognised by it.
    pub external: Option<String>,
    /// What undoing it would need, and anything worth keeping.
    pub detail: Json,
}

/// The key under which a platform does one operation at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(pub EffectId);
