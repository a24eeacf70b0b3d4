//! The built-in board.

crate::sql::migration! {
    up: [
        "CREATE TABLE channels (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            name TEXT NOT NULL,
            topic TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            archived_at BIGINT,
            UNIQUE (community_id, name)
        )",
        // `effect_id` is the idempotency key: an effect that is delivered again finds its post. `place` orders posts of one moment.
        "CREATE TABLE posts (
            place {serial},
            id UUID NOT NULL UNIQUE,
            community_id UUID NOT NULL REFERENCES communities (id),
            channel_id UUID NOT NULL REFERENCES channels (id),
            author_id UUID REFERENCES members (id),
            body TEXT NOT NULL,
            reply_to UUID,
            proposal_id UUID,
            effect_id UUID UNIQUE,
            created_at BIGINT NOT NULL,
            edited_at BIGINT,
            removed_at BIGINT,
            pinned_at BIGINT
        )",
        "CREATE INDEX posts_by_channel ON posts (channel_id, place)",
        "CREATE TABLE reactions (
            post_id UUID NOT NULL REFERENCES posts (id),
            member_id UUID NOT NULL REFERENCES members (id),
            emoji TEXT NOT NULL,
            community_id UUID NOT NULL REFERENCES communities (id),
            created_at BIGINT NOT NULL,
            PRIMARY KEY (post_id, member_id, emoji)
        )",
        "CREATE TABLE channel_members (
            channel_id UUID NOT NULL REFERENCES channels (id),
            member_id UUID NOT NULL REFERENCES members (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            joined_at BIGINT NOT NULL,
            PRIMARY KEY (channel_id, member_id)
        )",
    ],
    down: [
        "DROP TABLE channel_members",
        "DROP TABLE reactions",
        "DROP TABLE posts",
        "DROP TABLE channels",
    ]
}
