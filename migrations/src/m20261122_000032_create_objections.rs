//! Examples that voters put against a proposed policy, and what its author answered.

crate::sql::migration! {
    up: [
        "CREATE TABLE objections (
            community_id UUID NOT NULL REFERENCES communities (id),
            action_id UUID NOT NULL REFERENCES actions (id),
            name TEXT NOT NULL,
            example TEXT NOT NULL,
            member_id UUID NOT NULL REFERENCES members (id),
            created_at BIGINT NOT NULL,
            answer TEXT,
            answered_at BIGINT,
            PRIMARY KEY (action_id, name)
        )",
    ],
    down: ["DROP TABLE objections"]
}
