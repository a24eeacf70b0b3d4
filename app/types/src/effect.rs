//! Effects: what a policy asks for. Policies describe effects; they never perform them.

use serde::{Deserialize, Serialize};

use crate::{ActionId, ActionType, Ask, Json, MemberId, RoleId, Timestamp};

/// One thing a policy asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Carry the action out, once the combined verdict is PASSED.
    Execute,
    /// Undo the action.
    Revert,
    /// Open the ballot, or extend it.
    Ask(Ask),
    /// Remind those of `to` who have not voted.
    Remind {
        /// Whom.
        to: Vec<MemberId>,
        /// What is said.
        text: String,
    },
    /// Tell members.
    Notify {
        /// Whom.
        to: Vec<MemberId>,
        /// What is said.
        text: String,
        /// Whether only they see it, where the platform can.
        ephemeral: bool,
        /// An earlier announcement's `key`, to answer it.
        thread: Option<String>,
    },
    /// Post in a channel or room.
    Announce {
        /// What the policy got back from `announce`, so that a later message can be its thread.
        key: String,
        /// A channel or room by name.
        place: String,
        /// What is said.
        text: String,
        /// An earlier announcement's `key`, to answer it.
        thread: Option<String>,
    },
    /// Set (or with `None` remove) a value of the action's own data.
    SetActionData {
        /// The key.
        key: String,
        /// The value.
        value: Option<Json>,
    },
    /// Set (or with `None` remove) a value of the policy's data.
    SetPolicyData {
        /// The key.
        key: String,
        /// The value.
        value: Option<Json>,
    },
    /// Put a member into a role.
    AddToRole {
        /// The role.
        role: RoleId,
        /// The member.
        member: MemberId,
    },
    /// Take a member out of a role.
    RemoveFromRole {
        /// The role.
        role: RoleId,
        /// The member.
        member: MemberId,
    },
    /// Take everybody out of a role.
    ClearRole {
        /// The role.
        role: RoleId,
    },
    /// Attempt a further action, under its own policies.
    Propose {
        /// Its type.
        kind: ActionType,
        /// Its payload.
        payload: Json,
        /// When it enters; `None` for now.
        at: Option<Timestamp>,
    },
    /// Take an action out of the bundle.
    DropFromBundle {
        /// The action.
        action: ActionId,
    },
    /// Start the vote on one action of the bundle again.
    ClearBallots {
        /// The action.
        action: ActionId,
    },
}

/// A kind of effect that a policy may be allowed or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// Carry out the action it decides on.
    Execute,
    /// Undo it.
    Revert,
    /// Ask members to vote, and remind them.
    Ask,
    /// Message members.
    Notify,
    /// Post in channels.
    Announce,
    /// Change who holds a role.
    Roles,
    /// Attempt further actions.
    Propose,
    /// Ask the hosts it declares.
    Http,
}

impl Power {
    /// All powers, in the order in which they are shown.
    pub const ALL: [Self; 8] =
        [Self::Execute, Self::Revert, Self::Ask, Self::Notify, Self::Announce, Self::Roles, Self::Propose, Self::Http];
}

impl Effect {
    /// The power that the effect needs; `None` for the policy's own bookkeeping.
    #[must_use]
    pub fn power(&self) -> Option<Power> {
        match self {
            Self::Execute => Some(Power::Execute),
            Self::Revert => Some(Power::Revert),
            Self::Ask(_) | Self::Remind { .. } => Some(Power::Ask),
            Self::Notify { .. } => Some(Power::Notify),
            Self::Announce { .. } => Some(Power::Announce),
            Self::AddToRole { .. } | Self::RemoveFromRole { .. } | Self::ClearRole { .. } => Some(Power::Roles),
            Self::Propose { .. } => Some(Power::Propose),
            Self::SetActionData { .. }
            | Self::SetPolicyData { .. }
            | Self::DropFromBundle { .. }
            | Self::ClearBallots { .. } => None,
        }
    }

    /// The word under which the effect is stored and shown.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Execute => "execute",
            Self::Revert => "revert",
            Self::Ask(_) => "ask",
            Self::Remind { .. } => "remind",
            Self::Notify { .. } => "notify",
            Self::Announce { .. } => "announce",
            Self::SetActionData { .. } => "set_action_data",
            Self::SetPolicyData { .. } => "set_policy_data",
            Self::AddToRole { .. } => "add_to_role",
            Self::RemoveFromRole { .. } => "remove_from_role",
            Self::ClearRole { .. } => "clear_role",
            Self::Propose { .. } => "propose",
            Self::DropFromBundle { .. } => "drop_from_bundle",
            Self::ClearBallots { .. } => "clear_ballots",
        }
    }
}
