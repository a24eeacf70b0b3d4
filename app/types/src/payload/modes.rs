//! Modes: named sets of policies that are asked between dates or while a condition holds, such as "first week of term".

use super::payloads;
use crate::Timestamp;

/// What must hold, all of it, while a mode is on. What is left out is not looked at.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// There are at least so many members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members_at_least: Option<u32>,
    /// There are fewer members than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members_below: Option<u32>,
    /// Somebody holds this role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_held: Option<String>,
    /// Nobody holds this role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_vacant: Option<String>,
}

payloads! {
    /// Make a mode: its policies are asked about new actions while it is on, and only then.
    "constitution.add_mode", "Add a mode", "make the mode “{name}”", true,
    AddMode {
        /// Its name.
        name: String,
        /// Its policies, by name or id.
        policies: Vec<String>,
        /// On from this moment; without it from the beginning.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        from: Option<Timestamp>,
        /// On until this moment; without it for good.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
        until: Option<Timestamp>,
        /// On only while this holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        condition: Option<Condition>,
    }

    /// Remove a mode. Its policies are asked always from then on, as far as no other mode has them.
    "constitution.remove_mode", "Remove a mode", "remove the mode “{name}”", true,
    RemoveMode {
        /// The mode, by name.
        name: String,
    }

    /// Switch a mode by hand, whatever its dates and condition say.
    "constitution.switch_mode", "Switch a mode", "switch the mode “{name}” to {to}", true,
    SwitchMode {
        /// The mode, by name.
        name: String,
        /// `on`, `off`, or `auto` for what its dates and condition say.
        to: Switch,
    }
}

/// How a mode stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// As its dates and condition say.
    #[default]
    Auto,
    /// On, whatever they say.
    On,
    /// Off, whatever they say.
    Off,
}
