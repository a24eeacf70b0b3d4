//! Values as a platform last told them, where it never says what they were before.

crate::sql::migration! {
    up: [
        "CREATE TABLE platform_values (
            connection_id UUID NOT NULL REFERENCES connections (id),
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            told_at BIGINT NOT NULL,
            PRIMARY KEY (connection_id, key)
        ) {clustered}",
    ],
    down: ["DROP TABLE platform_values"]
}
