//! What the board needs to be undone exactly, and the members' notices.

crate::sql::migration! {
    up: [
        "ALTER TABLE posts ADD COLUMN removed_reason TEXT",
        // The page that a posted ballot points to.
        "ALTER TABLE posts ADD COLUMN link TEXT",
        // Written with the change that it answers for: an effect that is delivered again finds its receipt.
        "CREATE TABLE board_receipts (
            effect_id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            receipt TEXT NOT NULL
        )",
        "CREATE TABLE notices (
            ord {serial},
            community_id UUID NOT NULL REFERENCES communities (id),
            member_id UUID NOT NULL REFERENCES members (id),
            body TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            read_at BIGINT
        )",
        "CREATE INDEX notices_by_member ON notices (member_id, ord)",
    ],
    down: [
        "DROP TABLE notices",
        "DROP TABLE board_receipts",
        "ALTER TABLE posts DROP COLUMN link",
        "ALTER TABLE posts DROP COLUMN removed_reason",
    ]
}
