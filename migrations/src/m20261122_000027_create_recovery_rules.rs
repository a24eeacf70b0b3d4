//! The recovery rule: apart from the settings, so that no ordinary action can reach it.

crate::sql::migration! {
    up: [
        "CREATE TABLE recovery_rules (
            community_id UUID PRIMARY KEY REFERENCES communities (id),
            numerator BIGINT NOT NULL,
            denominator BIGINT NOT NULL,
            days BIGINT NOT NULL
        )",
        // Built in: in no list, in nobody's order, and changed by no action.
        "ALTER TABLE policies ADD COLUMN is_built_in BOOLEAN NOT NULL DEFAULT FALSE",
    ],
    down: ["ALTER TABLE policies DROP COLUMN is_built_in", "DROP TABLE recovery_rules"]
}
