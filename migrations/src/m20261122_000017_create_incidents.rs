//! Policies that broke.

crate::sql::migration! {
    up: [
        "CREATE TABLE incidents (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            policy_id UUID REFERENCES policies (id),
            policy_version_id UUID REFERENCES policy_versions (id),
            action_id UUID,
            proposal_id UUID,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            body TEXT NOT NULL,
            at BIGINT NOT NULL,
            resolved_at BIGINT
        )",
        "CREATE INDEX incidents_by_community ON incidents (community_id, at)",
        "CREATE INDEX incidents_by_version ON incidents (policy_version_id, at)",
    ],
    down: ["DROP TABLE incidents"]
}
