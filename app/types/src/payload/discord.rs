//! Actions on a Discord server. Channels, users, roles and messages are named by Discord's ids; a message with its channel
//! before it, `41771983423143937/334385199974967042`.

use super::payloads;

payloads! {
    /// Send a message. Undone by deleting it; carried out again, Polity says it for its author.
    "discord.post_message", "Send a message", "post in {channel}: “{text}”", true,
    PostMessage {
        /// The channel.
        channel: String,
        /// What is said.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        text: String,
        /// The message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<String>,
    }

    /// Delete a message.
    "discord.delete_message", "Delete a message", "delete a message in {channel}", false,
    DeleteMessage {
        /// The channel.
        channel: String,
        /// The message.
        message: String,
    }

    /// Pin a message to its channel.
    "discord.pin", "Pin a message", "pin a message in {channel}", true,
    Pin {
        /// The channel.
        channel: String,
        /// The message.
        message: String,
    }

    /// Take a message from the channel's pins.
    "discord.unpin", "Unpin a message", "unpin a message in {channel}", true,
    Unpin {
        /// The channel.
        channel: String,
        /// The message.
        message: String,
    }

    /// Open a text channel.
    "discord.create_channel", "Create a channel", "create the channel #{name}", true,
    CreateChannel {
        /// Its name.
        name: String,
    }

    /// Give a channel another name.
    "discord.rename_channel", "Rename a channel", "rename {channel} to #{name}", true,
    RenameChannel {
        /// The channel.
        channel: String,
        /// The new name.
        name: String,
    }

    /// Say what a channel is about.
    "discord.set_topic", "Set a channel's topic", "set the topic of {channel} to “{topic}”", true,
    SetTopic {
        /// The channel.
        channel: String,
        /// The new topic; empty for none.
        topic: String,
    }

    /// Delete a channel and everything in it.
    "discord.delete_channel", "Delete a channel", "delete the channel {channel}", false,
    DeleteChannel {
        /// The channel.
        channel: String,
    }

    /// Give somebody a role.
    "discord.grant_role", "Give a role", "give {user} the role {role}", true,
    GrantRole {
        /// Who.
        user: String,
        /// The role.
        role: String,
    }

    /// Take a role from somebody.
    "discord.revoke_role", "Take a role", "take the role {role} from {user}", true,
    RevokeRole {
        /// Who.
        user: String,
        /// The role.
        role: String,
    }

    /// Keep somebody from writing and speaking for a while.
    "discord.timeout", "Put somebody in timeout", "put {user} in timeout until {until}", true,
    Timeout {
        /// Who.
        user: String,
        /// Until when, as `2026-11-22T12:00:00Z`; empty to end it.
        until: String,
    }

    /// Give somebody another nickname.
    "discord.set_nickname", "Set a nickname", "call {user} “{nickname}”", true,
    SetNickname {
        /// Who.
        user: String,
        /// The nickname; empty for none.
        nickname: String,
    }

    /// Remove somebody from the server. They can come back by a new invitation, which is theirs to take.
    "discord.kick", "Remove somebody from the server", "remove {user} from the server", false,
    Kick {
        /// Who.
        user: String,
    }

    /// Ban somebody from the server.
    "discord.ban", "Ban somebody", "ban {user} from the server", true,
    Ban {
        /// Who.
        user: String,
    }

    /// Lift a ban.
    "discord.unban", "Lift a ban", "let {user} come back", true,
    Unban {
        /// Whose ban is lifted.
        user: String,
    }
}
