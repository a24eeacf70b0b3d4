//! Communities: the tenants. Everything else names one.

crate::sql::migration! {
    up: [
        // The three revisions say when a cached copy of policies, members (with roles and rights) or documents is stale.
        "CREATE TABLE communities (
            id UUID PRIMARY KEY,
            slug TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            starter_kit TEXT NOT NULL,
            settings TEXT NOT NULL,
            policies_revision BIGINT NOT NULL DEFAULT 0,
            members_revision BIGINT NOT NULL DEFAULT 0,
            documents_revision BIGINT NOT NULL DEFAULT 0,
            created_at BIGINT NOT NULL
        )",
    ],
    down: ["DROP TABLE communities"]
}
