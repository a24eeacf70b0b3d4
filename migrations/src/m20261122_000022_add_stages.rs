//! Policies in stages: which proposals are stages, of what and in which place.

crate::sql::migration! {
    up: [
        "ALTER TABLE proposals ADD COLUMN stage_of UUID",
        "ALTER TABLE proposals ADD COLUMN stage BIGINT NOT NULL DEFAULT 0",
        "CREATE INDEX policy_stages_by_policy ON policy_stages (policy_id)",
    ],
    down: [
        "DROP INDEX policy_stages_by_policy",
        "ALTER TABLE proposals DROP COLUMN stage",
        "ALTER TABLE proposals DROP COLUMN stage_of",
    ]
}
