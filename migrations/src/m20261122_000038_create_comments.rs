//! What members say about proposals: threads two deep, with a position, reactions, and a mark where something was taken down.

crate::sql::migration! {
    up: [
        // `subject` is what it is about, such as `proposal:<id>`. `removed_by` is none where the author took it back.
        "CREATE TABLE comments (
            ord {serial},
            id UUID NOT NULL UNIQUE,
            community_id UUID NOT NULL REFERENCES communities (id),
            subject TEXT NOT NULL,
            parent_id UUID,
            author_id UUID NOT NULL REFERENCES members (id),
            position TEXT,
            body TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            edited_at BIGINT,
            removed_at BIGINT,
            removed_by UUID,
            removed_reason TEXT
        )",
        "CREATE INDEX comments_by_subject ON comments (community_id, subject, ord)",
        "CREATE INDEX comments_by_author ON comments (author_id, ord)",
        "CREATE TABLE comment_reactions (
            comment_id UUID NOT NULL REFERENCES comments (id),
            member_id UUID NOT NULL REFERENCES members (id),
            emoji TEXT NOT NULL,
            community_id UUID NOT NULL REFERENCES communities (id),
            created_at BIGINT NOT NULL,
            PRIMARY KEY (comment_id, member_id, emoji)
        )",
    ],
    down: ["DROP TABLE comment_reactions", "DROP TABLE comments"]
}
