//! Triggers: what starts a reacting policy. Nobody attempts them and nobody governs them; they are recorded like actions.

use super::payloads;

/// The action that a trigger answers to.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// Its id.
    pub id: String,
    /// Its type, such as `board.post_message`.
    pub r#type: String,
    /// Who attempted it, by handle; `null` for the system.
    pub initiator: Option<String>,
    /// Its fields.
    pub payload: serde_json::Value,
    /// What carrying it out left behind, where the platform said: the id of the post, and the like.
    pub receipt: serde_json::Value,
}

payloads! {
    /// An action of a type that a reacting policy is declared for has been carried out.
    "trigger.carried_out", "Something was carried out", "answer to what was carried out", false,
    CarriedOut {
        /// The action that was carried out.
        cause: Cause,
    }

    /// A member typed a command: a message whose first word is `/command` or `!command`.
    "trigger.command", "A command was typed", "answer to the command {command} {text}", false,
    Command {
        /// The command, without `/` or `!`, in small letters.
        command: String,
        /// What stands behind it.
        text: String,
        /// The channel or room where it was typed.
        channel: Option<String>,
        /// The message.
        cause: Cause,
    }

    /// Another service told the community something at one of its webhooks.
    "trigger.webhook", "A webhook was called", "answer to the webhook {webhook}", false,
    Webhook {
        /// The webhook's name.
        webhook: String,
        /// What was sent, JSON. The fields of an object stand in `action.data` as well.
        body: serde_json::Value,
        /// What tells this delivery from others.
        delivery: String,
    }

    /// A schedule came round.
    "trigger.schedule", "A time came round", "answer to {every}, due {due}", false,
    Schedule {
        /// The schedule, such as `day at 09:00`.
        every: String,
        /// The time that came round, RFC 3339 in UTC. A late service answers late, and to each time once.
        due: String,
        /// The time zone in which the schedule is read.
        time_zone: String,
    }
}
