//! Signed-in browsers and bearer tokens. Only hashes of what they present are stored.

crate::sql::migration! {
    up: [
        "CREATE TABLE sessions (
            hash TEXT PRIMARY KEY,
            account_id UUID REFERENCES accounts (id),
            member_id UUID REFERENCES members (id),
            community_id UUID REFERENCES communities (id),
            data TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL
        )",
        "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
        "CREATE TABLE api_tokens (
            id UUID PRIMARY KEY,
            hash TEXT NOT NULL UNIQUE,
            community_id UUID REFERENCES communities (id),
            name TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            expires_at BIGINT,
            revoked_at BIGINT
        )",
        "CREATE INDEX api_tokens_by_community ON api_tokens (community_id)",
    ],
    down: ["DROP TABLE api_tokens", "DROP TABLE sessions"]
}
