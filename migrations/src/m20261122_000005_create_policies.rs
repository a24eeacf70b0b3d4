//! Policies, their immutable versions, and how each stood at any moment.

crate::sql::migration! {
    up: [
        "CREATE TABLE policies (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            name TEXT NOT NULL,
            version_id UUID NOT NULL,
            version BIGINT NOT NULL,
            enforcement TEXT NOT NULL,
            on_error TEXT NOT NULL,
            position BIGINT NOT NULL,
            is_active BOOLEAN NOT NULL,
            created_at BIGINT NOT NULL
        )",
        "CREATE UNIQUE INDEX policies_by_name ON policies (community_id, name) WHERE is_active",
        "CREATE INDEX policies_in_order ON policies (community_id, position)",
        "CREATE TABLE policy_versions (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            policy_id UUID NOT NULL REFERENCES policies (id),
            version BIGINT NOT NULL,
            hash TEXT NOT NULL,
            draft TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            created_by UUID,
            UNIQUE (policy_id, version)
        )",
        "CREATE TABLE policy_history (
            id {serial},
            community_id UUID NOT NULL REFERENCES communities (id),
            policy_id UUID NOT NULL REFERENCES policies (id),
            version_id UUID NOT NULL REFERENCES policy_versions (id),
            enforcement TEXT NOT NULL,
            on_error TEXT NOT NULL,
            position BIGINT NOT NULL,
            is_active BOOLEAN NOT NULL,
            since BIGINT NOT NULL,
            until BIGINT,
            changed_by UUID
        )",
        "CREATE INDEX policy_history_by_community ON policy_history (community_id, since)",
        "CREATE UNIQUE INDEX policy_history_current ON policy_history (policy_id) WHERE until IS NULL",
        // The stages of a policy bundle: policy n+1 begins when n has passed.
        "CREATE TABLE policy_stages (
            community_id UUID NOT NULL REFERENCES communities (id),
            bundle_policy_id UUID NOT NULL REFERENCES policies (id),
            stage BIGINT NOT NULL,
            policy_id UUID NOT NULL REFERENCES policies (id),
            PRIMARY KEY (bundle_policy_id, stage)
        )",
    ],
    down: [
        "DROP TABLE policy_stages",
        "DROP TABLE policy_history",
        "DROP TABLE policy_versions",
        "DROP TABLE policies",
    ]
}
