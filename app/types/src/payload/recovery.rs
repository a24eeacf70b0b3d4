//! Recovery: the way back out of a loophole or a lock-out. Only the built-in recovery rule decides these.

use super::payloads;

payloads! {
    /// Put the whole constitution back to its state at an entry of the record: roles, rights, policies, documents, settings.
    "constitution.roll_back", "Roll the constitution back", "put the constitution back to its state at entry {to_seq} of the record", true,
    RollBack {
        /// The entry of the record, by number; the state after the decision that it belongs to.
        to_seq: i64,
    }

    /// Begin again from a starter kit: its policies, its roles' rights and its settings alone.
    "constitution.restart_from_kit", "Restart the government from a kit", "begin the government again from the kit “{kit}”", true,
    RestartFromKit {
        /// The kit's name.
        kit: String,
        /// Values of its blanks.
        #[serde(default)]
        settings: serde_json::Value,
    }
}

/// Whether only the recovery rule decides on actions of type `kind`.
#[must_use]
pub fn is_recovery(kind: &crate::ActionType) -> bool {
    matches!(kind.as_str(), "constitution.roll_back" | "constitution.restart_from_kit")
}
