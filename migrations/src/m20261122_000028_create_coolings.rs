//! Actions that have passed and wait until they are carried out, or are stopped.

crate::sql::migration! {
    up: [
        "CREATE TABLE coolings (
            action_id UUID PRIMARY KEY REFERENCES actions (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            ends_at BIGINT NOT NULL,
            status TEXT NOT NULL,
            member_id UUID REFERENCES members (id),
            reason TEXT
        )",
        "CREATE INDEX coolings_waiting ON coolings (community_id, ends_at) WHERE status = 'waiting'",
    ],
    down: ["DROP TABLE coolings"]
}
