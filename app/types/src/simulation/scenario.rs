//! What is played: a policy, an attempt, a community, and what happens then.

use serde::{Deserialize, Serialize};

use crate::{BallotValue, Json, Timestamp};

/// Everything that one trial of a policy is made of, as a client sends it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialInput {
    /// The policy, as in `constitution.add_policy`. Its name, description, layer and action types may be left out.
    pub policy: Json,
    /// What is attempted.
    pub action: TrialAction,
    /// The members of the invented community; those of the real one where they are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<TrialMember>>,
    /// What happens afterwards.
    #[serde(default)]
    pub events: Vec<Event>,
    /// How long it runs, in seconds from the attempt; thirty days where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_seconds: Option<u64>,
    /// The source of random draws: the same seed draws the same jury.
    #[serde(default)]
    pub seed: u64,
    /// The moment of the attempt; now where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
    /// Whether the community's other policies decide with it, as they would if it were adopted.
    #[serde(default)]
    pub with_others: bool,
    /// Whether coverage, values beside the lines and a receipt are wanted.
    #[serde(default)]
    pub detail: bool,
}

/// What is attempted in a trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialAction {
    /// `platform.verb`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The type's fields.
    #[serde(default)]
    pub payload: Json,
    /// Who attempts it, by handle.
    pub initiator: String,
}

/// Somebody in an invented community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialMember {
    /// The short name.
    pub handle: String,
    /// The name people read; the handle where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Names of the roles held.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// A scenario without its policy: what examples keep, and what a past decision is turned into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioInput {
    /// What is attempted.
    pub action: TrialAction,
    /// The members of the invented community.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<TrialMember>>,
    /// What happens afterwards.
    #[serde(default)]
    pub events: Vec<Event>,
    /// How long it runs, in seconds from the attempt; thirty days where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_seconds: Option<u64>,
    /// The source of random draws.
    #[serde(default)]
    pub seed: u64,
    /// The moment of the attempt; 2026-01-05T12:00:00Z where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Timestamp>,
}

impl ScenarioInput {
    /// The trial of `policy` in this scenario.
    #[must_use]
    pub fn trial(self, policy: Json) -> TrialInput {
        TrialInput {
            policy,
            action: self.action,
            members: self.members,
            events: self.events,
            until_seconds: self.until_seconds,
            seed: self.seed,
            starts_at: self.starts_at,
            with_others: false,
            detail: false,
        }
    }
}

/// Something that happens after the attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, in seconds from the attempt.
    pub at_seconds: u64,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What can happen in a scenario. Members and roles are named by handle and by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// A member votes, or votes again.
    Ballot {
        /// Who.
        member: String,
        /// What.
        value: BallotValue,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Everybody in a role votes the same; everybody at all where no role is named.
    Everyone {
        /// The role.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<String>,
        /// What they vote.
        value: BallotValue,
    },
    /// Nobody votes: ballots of later events up to `for_seconds` after this one are left out.
    Nobody {
        /// How long; to the end where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_seconds: Option<u64>,
    },
    /// A member takes the vote back.
    Withdraw {
        /// Who.
        member: String,
    },
    /// A member is given a role.
    GrantRole {
        /// Who.
        member: String,
        /// The role.
        role: String,
    },
    /// A member loses a role.
    RevokeRole {
        /// Who.
        member: String,
        /// The role.
        role: String,
    },
    /// Somebody joins.
    Join {
        /// Who.
        member: String,
        /// Names of the roles held.
        #[serde(default)]
        roles: Vec<String>,
    },
    /// A member leaves. Ballots that were cast stay.
    Leave {
        /// Who.
        member: String,
    },
    /// Nothing but time.
    Tick,
}

/// A policy on its way to being proposed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftInput {
    /// The policy, as in `constitution.add_policy`, or what changes of it, as in `constitution.change_policy`.
    pub policy: Json,
    /// The policy that it changes, by name or id; none for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

/// Two versions of a policy, and what they are tried on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompareInput {
    /// The one, as in `constitution.add_policy`.
    pub before: Json,
    /// The other.
    pub after: Json,
    /// What they are tried on; events of it are one of many that are played.
    pub scenario: ScenarioInput,
}

/// Many invented votes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PopulationInput {
    /// The policy and what is attempted. Its events happen in every one of them.
    pub trial: TrialInput,
    /// How many votes; 385 where it is left out, which gives ±5 points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// What is assumed; fitted from the community's past where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<super::Parameters>,
}
