//! Actions in Matrix rooms. Rooms and users are named by the homeserver's ids (`!room`, `@user:server`) or a room's alias.

use super::payloads;

payloads! {
    /// Send a message.
    "matrix.post_message", "Send a message", "post in {room}: “{text}”", true,
    PostMessage {
        /// The room.
        room: String,
        /// What is said.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        text: String,
    }

    /// Remove (redact) a message.
    "matrix.remove_message", "Remove a message", "remove a message in {room}", false,
    RemoveMessage {
        /// The room.
        room: String,
        /// The message's event id.
        event: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// Give a room another name.
    "matrix.rename_room", "Rename a room", "rename {room} to “{name}”", true,
    RenameRoom {
        /// The room.
        room: String,
        /// The new name.
        name: String,
    }

    /// Say what a room is for.
    "matrix.set_topic", "Set a room's topic", "set the topic of {room} to “{topic}”", true,
    SetTopic {
        /// The room.
        room: String,
        /// The new topic.
        topic: String,
    }

    /// Give a room another picture.
    "matrix.set_avatar", "Set a room's picture", "change the picture of {room}", true,
    SetAvatar {
        /// The room.
        room: String,
        /// The picture's `mxc://` address; empty for none.
        url: String,
    }

    /// Say who may join a room.
    "matrix.set_join_rules", "Set who may join a room", "make {room} open to: {rule}", true,
    SetJoinRules {
        /// The room.
        room: String,
        /// `public`, `invite`, `knock` or `restricted`.
        rule: String,
    }

    /// Invite somebody to a room.
    "matrix.invite", "Invite somebody", "invite {user} to {room}", true,
    Invite {
        /// The room.
        room: String,
        /// Who is invited.
        user: String,
    }

    /// Remove somebody from a room.
    "matrix.kick", "Remove somebody from a room", "remove {user} from {room}", true,
    Kick {
        /// The room.
        room: String,
        /// Who is removed.
        user: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// Ban somebody from a room.
    "matrix.ban", "Ban somebody from a room", "ban {user} from {room}", true,
    Ban {
        /// The room.
        room: String,
        /// Who is banned.
        user: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    }

    /// Lift a ban.
    "matrix.unban", "Lift a ban", "let {user} come back to {room}", true,
    Unban {
        /// The room.
        room: String,
        /// Whose ban is lifted.
        user: String,
    }

    /// Change somebody's power in a room.
    "matrix.set_power_level", "Change a power level", "give {user} the power level {level} in {room}", true,
    SetPowerLevel {
        /// The room.
        room: String,
        /// Whose power changes.
        user: String,
        /// The new level: 0 member, 50 moderator, 100 administrator.
        level: i64,
    }

    /// Pin or unpin messages.
    "matrix.set_pinned", "Pin messages", "change the pinned messages of {room}", true,
    SetPinned {
        /// The room.
        room: String,
        /// Event ids of all messages that are to be pinned.
        events: Vec<String>,
    }
}
