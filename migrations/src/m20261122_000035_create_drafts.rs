//! Policies that members are still writing, and the versions of them. Their content is whatever the studio keeps.

crate::sql::migration! {
    up: [
        "CREATE TABLE policy_drafts (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            member_id UUID NOT NULL REFERENCES members (id),
            title TEXT NOT NULL,
            version BIGINT NOT NULL,
            share_hash TEXT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )",
        "CREATE INDEX policy_drafts_by_member ON policy_drafts (community_id, member_id, updated_at)",
        "CREATE TABLE policy_draft_versions (
            community_id UUID NOT NULL REFERENCES communities (id),
            draft_id UUID NOT NULL REFERENCES policy_drafts (id),
            version BIGINT NOT NULL,
            body TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (draft_id, version)
        )",
    ],
    down: ["DROP TABLE policy_draft_versions", "DROP TABLE policy_drafts"]
}
