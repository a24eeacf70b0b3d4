//! Settings of the service itself: one row per key.

crate::sql::migration! {
    up: ["CREATE TABLE service_settings (key TEXT PRIMARY KEY, value TEXT NOT NULL)"],
    down: ["DROP TABLE service_settings"]
}
