//! Connections to platforms, the places they govern, and what platforms delivered.

crate::sql::migration! {
    up: [
        "CREATE TABLE connections (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            platform TEXT NOT NULL,
            config TEXT NOT NULL,
            secrets BYTEA,
            status TEXT NOT NULL,
            status_reason TEXT NOT NULL,
            cursor TEXT,
            created_at BIGINT NOT NULL,
            removed_at BIGINT
        )",
        "CREATE INDEX connections_by_community ON connections (community_id)",
        "CREATE INDEX connections_by_platform ON connections (platform) WHERE removed_at IS NULL",
        // A room, workspace or repository is governed by one community at a time.
        "CREATE TABLE connection_places (
            platform TEXT NOT NULL,
            place TEXT NOT NULL,
            connection_id UUID NOT NULL REFERENCES connections (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            PRIMARY KEY (platform, place)
        )",
        "CREATE INDEX connection_places_by_connection ON connection_places (connection_id)",
        // `source` is the connection, or the platform where one delivery speaks of several.
        "CREATE TABLE inbox (
            ord {serial},
            source TEXT NOT NULL,
            delivery TEXT NOT NULL,
            connection_id UUID,
            body BYTEA NOT NULL,
            received_at BIGINT NOT NULL,
            processed_at BIGINT,
            error TEXT,
            UNIQUE (source, delivery)
        )",
        "CREATE INDEX inbox_waiting ON inbox (ord) WHERE processed_at IS NULL",
    ],
    down: ["DROP TABLE inbox", "DROP TABLE connection_places", "DROP TABLE connections"]
}
