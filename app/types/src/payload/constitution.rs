//! Actions that change the government itself.

use std::collections::BTreeSet;

use super::payloads;
use crate::effect::Power;
use crate::member::Right;
use crate::{Changeover, Combining, Enforcement, Layer, OnError, PolicyKind, Triggers};

/// One right that a role is given: on which action types.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// An action type, `platform.*`, or `*` for all.
    pub action_type: String,
    /// The right.
    pub right: Right,
}

/// One stage of a policy in stages: written out, or the name of a policy that is copied as it stands.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged))]
pub enum Stage {
    /// A policy of the community, by name or id.
    Policy(String),
    /// A stage of its own.
    Draft(StageDraft),
}

/// One stage, written out.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StageDraft {
    /// The stage's name.
    pub name: String,
    /// What it does, in plain words.
    #[serde(default)]
    pub description: String,
    /// The six functions, JavaScript.
    pub source: String,
    /// Values of the template's blanks.
    #[serde(default)]
    pub settings: serde_json::Value,
    /// Hosts that it may ask over HTTP.
    #[serde(default)]
    pub http_hosts: Vec<String>,
    /// What its effects may be; empty for everything but HTTP.
    #[serde(default)]
    pub powers: BTreeSet<Power>,
}

impl serde::Serialize for Stage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Policy(name) => name.serialize(serializer),
            Self::Draft(draft) => draft.serialize(serializer),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Stage {
    /// By hand, so that a mistake in a stage is named and not "no variant matched".
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(name) => Ok(Self::Policy(name)),
            other => serde_json::from_value(other).map(Self::Draft).map_err(serde::de::Error::custom),
        }
    }
}

/// Who may look at a community's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Its members.
    Members,
}

payloads! {
    /// Write a new document.
    "constitution.add_document", "Add a document", "add the document “{name}”", true,
    AddDocument {
        /// The title.
        name: String,
        /// The text, Markdown.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        text: String,
    }

    /// Change a document.
    "constitution.change_document", "Change a document", "change the document “{document}”", true,
    ChangeDocument {
        /// The document, by title or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "document")))]
        document: String,
        /// The new title; without it the title stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The new text, Markdown.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        text: String,
    }

    /// Delete a document. It can be recovered.
    "constitution.delete_document", "Delete a document", "delete the document “{document}”", true,
    DeleteDocument {
        /// The document, by title or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "document")))]
        document: String,
    }

    /// Bring a deleted document back.
    "constitution.recover_document", "Recover a document", "recover the document “{document}”", true,
    RecoverDocument {
        /// The document, by title or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "document")))]
        document: String,
    }

    /// Create a role.
    "constitution.add_role", "Add a role", "create the role {name}", true,
    AddRole {
        /// The role's name.
        name: String,
        /// What the role is for.
        #[serde(default)]
        description: String,
        /// What its members may do.
        #[serde(default)]
        permissions: Vec<Grant>,
    }

    /// Change a role's name, description or rights.
    "constitution.edit_role", "Edit a role", "change the role {role}", true,
    EditRole {
        /// The role, by name.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "role")))]
        role: String,
        /// The new name; without it the name stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The new description; without it the description stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The new rights, all of them; without it the rights stay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        permissions: Option<Vec<Grant>>,
    }

    /// Delete a role.
    "constitution.delete_role", "Delete a role", "delete the role {role}", true,
    DeleteRole {
        /// The role, by name.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "role")))]
        role: String,
    }

    /// Give members a role.
    "constitution.assign_role", "Assign a role", "give {members} the role {role}", true,
    AssignRole {
        /// The role, by name.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "role")))]
        role: String,
        /// The members, by handle.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "members")))]
        members: Vec<String>,
    }

    /// Take a role away from members.
    "constitution.remove_role", "Remove a role from members", "take the role {role} from {members}", true,
    RemoveRole {
        /// The role, by name.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "role")))]
        role: String,
        /// The members, by handle.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "members")))]
        members: Vec<String>,
    }

    /// Add a policy.
    "constitution.add_policy", "Add a policy", "add the policy “{name}”", true,
    AddPolicy {
        /// The policy's name.
        name: String,
        /// What it does, in plain words.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        description: String,
        /// Whether it governs everyday actions or the government itself.
        layer: Layer,
        /// Governing or reacting.
        #[serde(default)]
        kind: PolicyKind,
        /// Action types it governs or reacts to, `platform.*` for a platform, or `*` for all of the layer.
        #[serde(default)]
        action_types: Vec<String>,
        /// The six functions, JavaScript.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "source")))]
        source: String,
        /// Values of the template's blanks.
        #[serde(default)]
        settings: serde_json::Value,
        /// How far its decisions reach.
        #[serde(default)]
        enforcement: Enforcement,
        /// What happens to an action when the policy breaks.
        #[serde(default)]
        on_error: OnError,
        /// Hosts that it may ask over HTTP.
        #[serde(default)]
        http_hosts: Vec<String>,
        /// What its effects may be; empty for everything but HTTP.
        #[serde(default)]
        powers: BTreeSet<Power>,
        /// What starts a reacting policy besides its action types: commands, webhooks, a schedule.
        #[serde(default)]
        triggers: Triggers,
        /// The published policy that it is made from, by id: it is counted as taken over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forked_from: Option<String>,
    }

    /// Add a policy in stages: each begins when the one before it has passed, and a failure of any fails it.
    "constitution.add_policy_bundle", "Add a policy in stages", "add the policy “{name}”, in stages", true,
    AddPolicyBundle {
        /// The policy's name.
        name: String,
        /// What it does, in plain words.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        description: String,
        /// Whether it governs everyday actions or the government itself.
        layer: Layer,
        /// Action types it governs, `platform.*` for a platform, or `*` for all of the layer.
        action_types: Vec<String>,
        /// The stages in their order, each written out or the name of a policy that is copied as it stands.
        stages: Vec<Stage>,
        /// How far its decisions reach.
        #[serde(default)]
        enforcement: Enforcement,
        /// What happens to an action when a stage breaks.
        #[serde(default)]
        on_error: OnError,
    }

    /// Give a policy a new version. Fields left out stay as they are.
    "constitution.change_policy", "Change a policy", "change the policy “{policy}”", true,
    ChangePolicy {
        /// The policy, by name or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "policy")))]
        policy: String,
        /// The new name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The new description.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        description: Option<String>,
        /// The new action types.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_types: Option<Vec<String>>,
        /// The new source.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "source")))]
        source: Option<String>,
        /// The new settings.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        settings: Option<serde_json::Value>,
        /// The new hosts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        http_hosts: Option<Vec<String>>,
        /// The new powers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        powers: Option<BTreeSet<Power>>,
        /// What starts it from now on: commands, webhooks, a schedule.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        triggers: Option<Triggers>,
        /// The new stages, for a policy in stages.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stages: Option<Vec<Stage>>,
        /// What happens to proposals that are open under the old version: they finish under it, begin again with their
        /// ballots under the new one, or their voters are asked which (and they finish under the old one unless more say yes).
        #[serde(default)]
        changeover: Changeover,
    }

    /// Let open proposals of a policy begin again under its present version. Their ballots stay and are counted anew.
    "constitution.restart_proposals", "Begin open votes again under a policy's present version", "begin the open votes under “{policy}” again", false,
    RestartProposals {
        /// The policy, by name or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "policy")))]
        policy: String,
        /// Only those on this action, by its id; all that are open where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action: Option<String>,
        /// Who is asked, by id, where voters are asked under which version they finish; empty for everybody.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        voters: Vec<String>,
        /// What they are asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        question: Option<String>,
        /// Until when, RFC 3339.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        closes: Option<String>,
    }

    /// Put the newest version of a policy back in force, after it broke so often that an older one took its place.
    "constitution.reset_policy", "Reset a policy that broke", "put the newest version of “{policy}” back in force", true,
    ResetPolicy {
        /// The policy, by name or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "policy")))]
        policy: String,
    }

    /// Put a policy out of force. It can be recovered; open proposals finish under it.
    "constitution.remove_policy", "Remove a policy", "remove the policy “{policy}”", true,
    RemovePolicy {
        /// The policy, by name or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "policy")))]
        policy: String,
    }

    /// Put a removed policy back in force.
    "constitution.recover_policy", "Recover a policy", "recover the policy “{policy}”", true,
    RecoverPolicy {
        /// The policy, by name or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "policy")))]
        policy: String,
    }

    /// Share the present version of a policy with all communities of this service: its name, description, source and settings.
    "constitution.publish_policy", "Publish a policy", "publish the policy “{policy}”", false,
    PublishPolicy {
        /// The policy, by name or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "policy")))]
        policy: String,
        /// What others may do with it, as an SPDX licence such as `CC0-1.0` or `MIT`; `CC0-1.0` where it says nothing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        licence: Option<String>,
        /// Whether this community is named as its author.
        #[serde(default)]
        credit: bool,
        /// How it has worked here, in a few words.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        note: String,
    }

    /// Take a published policy out of the library. Communities that took it over keep it.
    "constitution.withdraw_publication", "Withdraw a published policy", "withdraw a published policy", false,
    WithdrawPublication {
        /// What was published, by id.
        publication: String,
    }

    /// Set the order in which policies are asked.
    "constitution.reorder_policies", "Reorder policies", "ask the policies in another order", true,
    ReorderPolicies {
        /// All policies of one layer by name or id, first asked first.
        policies: Vec<String>,
    }

    /// Set how far a policy's decisions reach.
    "constitution.set_enforcement", "Set a policy's enforcement", "set the policy “{policy}” to {enforcement}", true,
    SetEnforcement {
        /// The policy, by name or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "policy")))]
        policy: String,
        /// How far its decisions reach.
        enforcement: Enforcement,
    }

    /// Set what happens when a policy breaks.
    "constitution.set_on_error", "Set what happens when a policy breaks", "set “{policy}” to {on_error} actions when it breaks", true,
    SetOnError {
        /// The policy, by name or id.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "policy")))]
        policy: String,
        /// What happens.
        on_error: OnError,
    }

    /// Set how the verdicts of several policies become one.
    "constitution.set_combining", "Set how policies combine", "combine the policies of the {layer} layer by {combining}", true,
    SetCombining {
        /// The layer.
        layer: Layer,
        /// The algorithm.
        combining: Combining,
    }

    /// Change the community's name and description.
    "constitution.set_profile", "Change the community's profile", "change the community's profile", true,
    SetProfile {
        /// The community's name.
        name: String,
        /// What it is, in a sentence or two.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        description: String,
        /// The time zone of its schedules, such as `Europe/Berlin`; without it the zone stays. `UTC` where nobody ever said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_zone: Option<String>,
        /// Who may look: `public` for everybody, `members` for members; without it that stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visibility: Option<Visibility>,
    }

    /// Connect the community to a platform that the operator has set up.
    "constitution.add_connection", "Connect a platform", "connect {platform}", true,
    AddConnection {
        /// The platform, such as `matrix`.
        platform: String,
        /// What is governed there: for Matrix `{"rooms": ["!id", …]}`.
        #[serde(default)]
        config: serde_json::Value,
    }

    /// Cut the link to a platform.
    "constitution.remove_connection", "Disconnect a platform", "disconnect {platform}", true,
    RemoveConnection {
        /// The platform, such as `matrix`.
        platform: String,
    }

    /// Replace the government by a starter kit.
    "constitution.apply_starter_kit", "Apply a starter kit", "replace the government by the kit “{kit}”", true,
    ApplyStarterKit {
        /// The kit's name.
        kit: String,
        /// Values of its blanks.
        #[serde(default)]
        settings: serde_json::Value,
    }
}
