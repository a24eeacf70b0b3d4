//! Visits to a vendor's page, where somebody grants us something, and what came of them until the community has decided.

crate::sql::migration! {
    up: [
        // `state_hash` and `session_hash` are SHA-256: who reads the table can take up nobody's visit.
        "CREATE TABLE visits (
            state_hash TEXT PRIMARY KEY,
            session_hash TEXT NOT NULL,
            community_id UUID NOT NULL REFERENCES communities (id),
            member_id UUID NOT NULL REFERENCES members (id),
            platform TEXT NOT NULL,
            expires_at BIGINT NOT NULL
        )",
        // The id becomes the connection's, for which the secrets are encrypted.
        "CREATE TABLE grants (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            platform TEXT NOT NULL,
            tenant TEXT NOT NULL,
            config TEXT NOT NULL,
            secrets BYTEA NOT NULL,
            granted_at BIGINT NOT NULL
        )",
        "CREATE INDEX grants_by_community ON grants (community_id)",
    ],
    down: ["DROP TABLE grants", "DROP TABLE visits"]
}
