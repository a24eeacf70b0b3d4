//! Accounts: people who sign in, across communities.

crate::sql::migration! {
    up: [
        "CREATE TABLE accounts (
            id UUID PRIMARY KEY,
            display_name TEXT NOT NULL,
            email TEXT UNIQUE,
            created_at BIGINT NOT NULL
        )",
    ],
    down: ["DROP TABLE accounts"]
}
