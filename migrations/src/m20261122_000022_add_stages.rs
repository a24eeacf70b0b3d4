//! Policies in stages: which proposals are stages, of what and in which place.

crate::sql::migration! {
    up: [
        "ALTER TABLE proposals ADD COLUMN stage_of UUID",
        "ALTER TABLE proposals ADD COLUMN stage BIGINT NOT NULL DEFAULT 0",
        "CREATE INDEX policy_stages_by_policy ON policy_stages (policy_id)",
        // Which versions the stages of a version are: they are pinned with it.
        "CREATE TABLE stage_versions (
            version_id UUID NOT NULL REFERENCES policy_versions (id),
            stage BIGINT NOT NULL,
            community_id UUID NOT NULL REFERENCES communities (id),
            stage_version_id UUID NOT NULL REFERENCES policy_versions (id),
            PRIMARY KEY (version_id, stage)
        )",
    ],
    down: [
        "DROP TABLE stage_versions",
        "DROP INDEX policy_stages_by_policy",
        "ALTER TABLE proposals DROP COLUMN stage",
        "ALTER TABLE proposals DROP COLUMN stage_of",
    ]
}
