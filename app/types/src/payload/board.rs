//! Actions on the built-in board. Channels are named, without the `#`.

use super::payloads;

payloads! {
    /// Post a message in a channel.
    "board.post_message", "Post a message", "post in #{channel}: “{text}”", true,
    PostMessage {
        /// The channel to post in.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "channel")))]
        channel: String,
        /// What is said, at most 10,000 characters.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        text: String,
        /// The post it answers, by id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<String>,
    }

    /// Remove a post.
    "board.remove_message", "Remove a message", "remove the message {post}", true,
    RemoveMessage {
        /// The post, by id.
        post: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// Change the text of a post.
    "board.edit_message", "Edit a message", "change the message {post} to “{text}”", true,
    EditMessage {
        /// The post, by id.
        post: String,
        /// The new text.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        text: String,
    }

    /// Pin a post to the top of its channel.
    "board.pin_message", "Pin a message", "pin the message {post}", true,
    PinMessage {
        /// The post, by id.
        post: String,
    }

    /// Give a channel another name.
    "board.rename_channel", "Rename a channel", "rename #{channel} to #{name}", true,
    RenameChannel {
        /// The channel to rename.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "channel")))]
        channel: String,
        /// The new name: small letters, digits, hyphens and underscores.
        name: String,
    }

    /// Say what a channel is for.
    "board.set_topic", "Set a channel's topic", "set the topic of #{channel} to “{topic}”", true,
    SetTopic {
        /// The channel.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "channel")))]
        channel: String,
        /// The new topic.
        topic: String,
    }

    /// Open a new channel.
    "board.create_channel", "Create a channel", "create the channel #{name}", true,
    CreateChannel {
        /// The channel's name: small letters, digits, hyphens and underscores.
        name: String,
        /// What it is for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<String>,
    }

    /// Close a channel for new posts.
    "board.archive_channel", "Archive a channel", "archive #{channel}", true,
    ArchiveChannel {
        /// The channel.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "channel")))]
        channel: String,
    }

    /// Join a channel, or bring somebody in.
    "board.join_channel", "Join a channel", "join #{channel}", true,
    JoinChannel {
        /// The channel.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "channel")))]
        channel: String,
        /// Who joins, by handle; without it the one who proposes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "member")))]
        member: Option<String>,
    }

    /// Take somebody out of a channel.
    "board.remove_from_channel", "Remove somebody from a channel", "remove {member} from #{channel}", true,
    RemoveFromChannel {
        /// The channel.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "channel")))]
        channel: String,
        /// Who is removed, by handle.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "member")))]
        member: String,
    }

    /// Let somebody into the community.
    "board.admit_member", "Admit a member", "admit {handle} to the community", true,
    AdmitMember {
        /// The newcomer's handle.
        handle: String,
        /// The name people will read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
    }

    /// Take somebody out of the community.
    "board.remove_member", "Remove a member", "remove {member} from the community", true,
    RemoveMember {
        /// Who is removed, by handle.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "member")))]
        member: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }
}
