//! Actions in a Slack workspace. Channels, users and messages are named by Slack's ids: `C024BE7LR`, `U024BE7LH`, and a
//! message by its channel and moment, `C024BE7LR/1700000000.000100`.

use super::payloads;

payloads! {
    /// Send a message. Undone by deleting it; carried out again, Polity says it in the author's name.
    "slack.post_message", "Send a message", "post in {channel}: “{text}”", true,
    PostMessage {
        /// The channel.
        channel: String,
        /// What is said.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        text: String,
        /// The message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread: Option<String>,
    }

    /// Delete a message.
    "slack.delete_message", "Delete a message", "delete a message in {channel}", false,
    DeleteMessage {
        /// The channel.
        channel: String,
        /// The message.
        message: String,
    }

    /// Give a channel another name.
    "slack.rename_channel", "Rename a channel", "rename {channel} to #{name}", true,
    RenameChannel {
        /// The channel.
        channel: String,
        /// The new name, in lower case and without spaces.
        name: String,
    }

    /// Say what is going on in a channel.
    "slack.set_topic", "Set a channel's topic", "set the topic of {channel} to “{topic}”", true,
    SetTopic {
        /// The channel.
        channel: String,
        /// The new topic; empty for none.
        topic: String,
    }

    /// Say what a channel is for.
    "slack.set_purpose", "Set a channel's description", "describe {channel} as “{purpose}”", true,
    SetPurpose {
        /// The channel.
        channel: String,
        /// The new description; empty for none.
        purpose: String,
    }

    /// Bring somebody into a channel. Who joins by themself brings themself in.
    "slack.invite", "Bring somebody into a channel", "bring {user} into {channel}", true,
    Invite {
        /// The channel.
        channel: String,
        /// Who.
        user: String,
    }

    /// Remove somebody from a channel.
    "slack.kick", "Remove somebody from a channel", "remove {user} from {channel}", true,
    Kick {
        /// The channel.
        channel: String,
        /// Who.
        user: String,
    }

    /// Pin a message to its channel.
    "slack.pin", "Pin a message", "pin a message in {channel}", true,
    Pin {
        /// The channel.
        channel: String,
        /// The message.
        message: String,
    }

    /// Take a message from the channel's pins.
    "slack.unpin", "Unpin a message", "unpin a message in {channel}", true,
    Unpin {
        /// The channel.
        channel: String,
        /// The message.
        message: String,
    }

    /// Open a channel. Undone by archiving it, for Slack deletes none.
    "slack.create_channel", "Create a channel", "create the channel #{name}", true,
    CreateChannel {
        /// The name, in lower case and without spaces.
        name: String,
        /// Whether only those who are invited see it.
        #[serde(default)]
        private: bool,
    }

    /// Archive a channel.
    "slack.archive_channel", "Archive a channel", "archive {channel}", true,
    ArchiveChannel {
        /// The channel.
        channel: String,
    }

    /// Open an archived channel again.
    "slack.unarchive_channel", "Reopen a channel", "reopen {channel}", true,
    UnarchiveChannel {
        /// The channel.
        channel: String,
    }

    /// Say who is in a user group.
    "slack.set_user_group", "Change a user group", "change who is in the group {group}", true,
    SetUserGroup {
        /// The group, such as `S0614TZR7`.
        group: String,
        /// Everybody who is to be in it.
        users: Vec<String>,
    }
}
