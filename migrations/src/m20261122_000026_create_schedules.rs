//! Policies and actions that come round. `next_at` is the truth; the job of the same id only wakes somebody up.

crate::sql::migration! {
    up: [
        "CREATE TABLE schedules (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            policy_id UUID REFERENCES policies (id),
            kind TEXT,
            payload TEXT,
            initiator_id UUID REFERENCES members (id),
            rule TEXT NOT NULL,
            zone TEXT NOT NULL,
            next_at BIGINT,
            last_at BIGINT,
            until BIGINT,
            n_times BIGINT NOT NULL,
            created_at BIGINT NOT NULL,
            stopped_at BIGINT,
            stopped_why TEXT
        )",
        "CREATE INDEX schedules_by_community ON schedules (community_id, created_at, id)",
    ],
    down: ["DROP TABLE schedules"]
}
