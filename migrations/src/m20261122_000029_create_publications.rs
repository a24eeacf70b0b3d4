//! Policies that communities have published, and who took them over.
//!
//! A publication keeps a copy: what was published stays as it was, whatever becomes of the policy.

crate::sql::migration! {
    up: [
        "CREATE TABLE publications (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            policy_id UUID NOT NULL REFERENCES policies (id),
            version BIGINT NOT NULL,
            hash TEXT NOT NULL,
            name TEXT NOT NULL,
            draft TEXT NOT NULL,
            licence TEXT NOT NULL,
            credit TEXT NOT NULL,
            note TEXT NOT NULL,
            forked_from UUID REFERENCES publications (id),
            created_at BIGINT NOT NULL,
            withdrawn_at BIGINT
        )",
        "CREATE UNIQUE INDEX publications_by_version ON publications (policy_id, version)",
        "CREATE INDEX publications_by_name ON publications (name, id)",
        "CREATE TABLE publication_uses (
            publication_id UUID NOT NULL REFERENCES publications (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            policy_id UUID NOT NULL REFERENCES policies (id),
            adopted_at BIGINT NOT NULL,
            ended_at BIGINT,
            PRIMARY KEY (publication_id, policy_id)
        )",
        "CREATE INDEX publication_uses_by_policy ON publication_uses (policy_id)",
    ],
    down: ["DROP TABLE publication_uses", "DROP TABLE publications"]
}
