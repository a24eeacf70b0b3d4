//! Members, when they were members, and who they are on the platforms.

crate::sql::migration! {
    up: [
        "CREATE TABLE members (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            handle TEXT NOT NULL,
            display_name TEXT NOT NULL,
            is_bot BOOLEAN NOT NULL,
            account_id UUID REFERENCES accounts (id),
            joined_at BIGINT NOT NULL,
            left_at BIGINT,
            UNIQUE (community_id, handle)
        )",
        "CREATE UNIQUE INDEX members_account ON members (community_id, account_id) WHERE account_id IS NOT NULL",
        "CREATE INDEX members_by_account ON members (account_id) WHERE account_id IS NOT NULL",
        "CREATE TABLE memberships (
            id {serial},
            community_id UUID NOT NULL REFERENCES communities (id),
            member_id UUID NOT NULL REFERENCES members (id),
            joined_at BIGINT NOT NULL,
            left_at BIGINT
        )",
        "CREATE INDEX memberships_by_community ON memberships (community_id, joined_at)",
        "CREATE UNIQUE INDEX memberships_current ON memberships (member_id) WHERE left_at IS NULL",
        "CREATE TABLE identities (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            platform TEXT NOT NULL,
            external_id TEXT NOT NULL,
            display_name TEXT NOT NULL,
            connection_id UUID,
            account_id UUID REFERENCES accounts (id),
            member_id UUID REFERENCES members (id),
            created_at BIGINT NOT NULL,
            UNIQUE (community_id, platform, external_id)
        )",
        "CREATE INDEX identities_by_member ON identities (member_id)",
    ],
    down: ["DROP TABLE identities", "DROP TABLE memberships", "DROP TABLE members"]
}
