//! Documents and their versions.

crate::sql::migration! {
    up: [
        "CREATE TABLE documents (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            name TEXT NOT NULL,
            version BIGINT NOT NULL,
            is_active BOOLEAN NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )",
        "CREATE UNIQUE INDEX documents_by_name ON documents (community_id, name) WHERE is_active",
        "CREATE INDEX documents_by_community ON documents (community_id)",
        "CREATE TABLE document_versions (
            community_id UUID NOT NULL REFERENCES communities (id),
            document_id UUID NOT NULL REFERENCES documents (id),
            version BIGINT NOT NULL,
            name TEXT NOT NULL,
            body TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            created_by UUID,
            PRIMARY KEY (document_id, version)
        )",
    ],
    down: ["DROP TABLE document_versions", "DROP TABLE documents"]
}
