//! Delegations: who gave whom their voice, for what, from when and until when.

crate::sql::migration! {
    up: [
        "CREATE TABLE delegations (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            from_id UUID NOT NULL REFERENCES members (id),
            to_id UUID NOT NULL REFERENCES members (id),
            scope_kind TEXT NOT NULL,
            scope_value TEXT NOT NULL,
            since BIGINT NOT NULL,
            expires_at BIGINT,
            until BIGINT
        )",
        "CREATE UNIQUE INDEX delegations_current ON delegations (community_id, from_id, scope_kind, scope_value)
            WHERE until IS NULL",
        "CREATE INDEX delegations_by_time ON delegations (community_id, since)",
    ],
    down: ["DROP TABLE delegations"]
}
