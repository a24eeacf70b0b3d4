//! Safeguards between a decision and its consequences: cooling-off, veto, guardian, and policies that end by themselves.

use super::payloads;
use crate::Timestamp;

/// How long an action of some types waits after it has passed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CoolingOff {
    /// An action type, `platform.*`, or `*` for all.
    pub action_types: String,
    /// How many hours it waits, 1 to 720.
    pub hours: u32,
}

/// Who may stop an action of some types after it has passed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Veto {
    /// The role, by name.
    pub role: String,
    /// An action type, `platform.*`, or `*` for all.
    pub action_types: String,
    /// For how many hours, 1 to 720. The action waits as long.
    pub hours: u32,
}

/// A role that may veto for a time only.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Guardian {
    /// The role, by name.
    pub role: String,
    /// An action type, `platform.*`, or `*` for all.
    pub action_types: String,
    /// For how many hours after an action has passed, 1 to 720. The action waits as long.
    pub hours: u32,
    /// When the power ends, at most a year ahead.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub until: Timestamp,
}

payloads! {
    /// Set what stands between a decision and its consequences. Fields left out stay as they are; an empty list ends them.
    "constitution.set_safeguards", "Set the safeguards", "set cooling-off, veto and guardian", true,
    SetSafeguards {
        /// How long actions wait after they have passed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cooling_off: Option<Vec<CoolingOff>>,
        /// Who may stop them meanwhile, with a public reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        veto: Option<Vec<Veto>>,
        /// Roles that may do so for a time only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        guardians: Option<Vec<Guardian>>,
        /// Says openly that a guardian's power is to last longer than it was given; without it that is refused.
        #[serde(default)]
        extends_guardian: bool,
    }

    /// Have a policy end by itself. Members are told two weeks before.
    "constitution.set_sunset", "Set a policy's last day", "have the policy “{policy}” end at {at}", true,
    SetSunset {
        /// The policy, by name or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "policy")))]
        policy: String,
        /// When it is switched off; without it, it goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        at: Option<Timestamp>,
    }
}
