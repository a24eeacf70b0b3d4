//! Bundles and actions.

crate::sql::migration! {
    up: [
        "CREATE TABLE bundles (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            kind TEXT NOT NULL,
            title TEXT NOT NULL,
            action_id UUID,
            created_at BIGINT NOT NULL
        )",
        "CREATE INDEX bundles_by_action ON bundles (community_id, action_id)",
        // `generation` counts the changes: who writes says which one they read. `pins` holds what was in force at the start.
        "CREATE TABLE actions (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            kind TEXT NOT NULL,
            initiator_id UUID REFERENCES members (id),
            payload TEXT NOT NULL,
            undo TEXT NOT NULL,
            origin TEXT NOT NULL,
            connection_id UUID,
            event TEXT,
            created_at BIGINT NOT NULL,
            activates_at BIGINT,
            bundle_id UUID REFERENCES bundles (id),
            bundle_place BIGINT NOT NULL DEFAULT 0,
            status TEXT NOT NULL,
            reason TEXT NOT NULL,
            decided_at BIGINT,
            generation BIGINT NOT NULL,
            pins TEXT
        )",
        "CREATE UNIQUE INDEX actions_by_event ON actions (connection_id, event) WHERE event IS NOT NULL",
        "CREATE INDEX actions_by_time ON actions (community_id, created_at, id)",
        "CREATE INDEX actions_by_status ON actions (community_id, status, created_at, id)",
        "CREATE INDEX actions_by_kind ON actions (community_id, kind, created_at, id)",
        "CREATE INDEX actions_by_initiator ON actions (community_id, initiator_id, created_at, id)",
        "CREATE INDEX actions_by_bundle ON actions (bundle_id) WHERE bundle_id IS NOT NULL",
    ],
    down: ["DROP TABLE actions", "DROP TABLE bundles"]
}
