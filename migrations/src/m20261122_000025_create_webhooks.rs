//! Addresses at which other services tell a community something. The secret is encrypted, and missing until it was shown.

crate::sql::migration! {
    up: [
        "CREATE TABLE webhooks (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            name TEXT NOT NULL,
            claimant_id UUID REFERENCES members (id),
            secret BYTEA,
            created_at BIGINT NOT NULL,
            rotated_at BIGINT,
            removed_at BIGINT
        )",
        "CREATE UNIQUE INDEX webhooks_by_name ON webhooks (community_id, name) WHERE removed_at IS NULL",
    ],
    down: ["DROP TABLE webhooks"]
}
