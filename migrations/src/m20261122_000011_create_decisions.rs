//! What each evaluation was asked, what it read and what it said: enough to run it again.

crate::sql::migration! {
    up: [
        "CREATE TABLE decisions (
            proposal_id UUID NOT NULL REFERENCES proposals (id),
            seq BIGINT NOT NULL,
            community_id UUID NOT NULL REFERENCES communities (id),
            decided_at BIGINT NOT NULL,
            request TEXT NOT NULL,
            facts TEXT NOT NULL,
            evaluation TEXT NOT NULL,
            PRIMARY KEY (proposal_id, seq)
        )",
        // Found by the SHA-256 of its text: a member list read by a thousand decisions is stored once.
        "CREATE TABLE facts (
            community_id UUID NOT NULL REFERENCES communities (id),
            hash TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (community_id, hash)
        )",
    ],
    down: ["DROP TABLE facts", "DROP TABLE decisions"]
}
