//! Addresses at which other services tell the community something, and actions that come round.

use super::payloads;

payloads! {
    /// Make an address with a secret, at which another service can tell the community something.
    "constitution.add_webhook", "Add a webhook", "make the webhook “{name}”", true,
    AddWebhook {
        /// Its name, by which reacting policies know it.
        name: String,
    }

    /// Replace the secret of a webhook. The old one stops working at once.
    "constitution.rotate_webhook", "Replace a webhook's secret", "replace the secret of the webhook “{name}”", false,
    RotateWebhook {
        /// The webhook, by name.
        name: String,
    }

    /// Close a webhook for good.
    "constitution.remove_webhook", "Remove a webhook", "close the webhook “{name}”", false,
    RemoveWebhook {
        /// The webhook, by name.
        name: String,
    }

    /// Stop an action that comes round.
    "constitution.stop_recurring", "Stop a recurring action", "stop the recurring action {recurring}", false,
    StopRecurring {
        /// The recurring action, by id.
        recurring: String,
    }
}
