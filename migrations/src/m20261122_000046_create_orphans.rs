//! Votes that arrived before what they speak of: a withdrawal before its vote, a vote before we knew our own ballot's id.

crate::sql::migration! {
    up: [
        "CREATE TABLE withdrawals (
            connection_id UUID NOT NULL REFERENCES connections (id),
            event TEXT NOT NULL,
            withdrawn_at BIGINT NOT NULL,
            PRIMARY KEY (connection_id, event)
        ) {clustered}",
        "CREATE INDEX withdrawals_by_age ON withdrawals (withdrawn_at)",
        "CREATE TABLE orphan_votes (
            connection_id UUID NOT NULL REFERENCES connections (id),
            message TEXT NOT NULL,
            event TEXT NOT NULL,
            body TEXT NOT NULL,
            heard_at BIGINT NOT NULL,
            PRIMARY KEY (connection_id, message, event)
        ) {clustered}",
        "CREATE INDEX orphan_votes_by_age ON orphan_votes (heard_at)",
    ],
    down: ["DROP TABLE orphan_votes", "DROP TABLE withdrawals"]
}
