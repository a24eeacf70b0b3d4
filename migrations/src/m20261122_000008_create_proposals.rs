//! Proposals: one action under one policy version.

crate::sql::migration! {
    up: [
        // `reads` is a bit set of what the last evaluation read; the partial index makes "whom does this change concern"
        // cost what is open, not what ever was.
        "CREATE TABLE proposals (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            action_id UUID NOT NULL REFERENCES actions (id),
            policy_id UUID NOT NULL REFERENCES policies (id),
            policy_version_id UUID NOT NULL REFERENCES policy_versions (id),
            position BIGINT NOT NULL,
            status TEXT NOT NULL,
            is_open BOOLEAN NOT NULL,
            enforcement TEXT NOT NULL,
            on_error TEXT NOT NULL,
            reason TEXT NOT NULL,
            opened_at BIGINT NOT NULL,
            decided_at BIGINT,
            ask TEXT,
            deadline BIGINT,
            wake_at BIGINT,
            reads BIGINT NOT NULL,
            is_initialized BOOLEAN NOT NULL,
            is_notified BOOLEAN NOT NULL,
            wants_execute BOOLEAN NOT NULL,
            seed TEXT NOT NULL,
            error TEXT,
            n_decisions BIGINT NOT NULL,
            ballot_key BYTEA,
            UNIQUE (action_id, policy_version_id)
        )",
        "CREATE INDEX proposals_open ON proposals (community_id, reads, action_id) WHERE is_open",
        "CREATE INDEX proposals_by_community ON proposals (community_id, opened_at, id)",
        "CREATE INDEX proposals_by_policy ON proposals (policy_id, opened_at)",
    ],
    down: ["DROP TABLE proposals"]
}
