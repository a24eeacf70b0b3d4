//! Work to be done later. A job of the service itself belongs to the community with the zero id.

crate::sql::migration! {
    up: [
        "CREATE TABLE jobs (
            ord {serial},
            id UUID NOT NULL UNIQUE,
            community_id UUID NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            run_at BIGINT NOT NULL,
            again_at BIGINT,
            leased_until BIGINT,
            lease_owner TEXT,
            attempts BIGINT NOT NULL,
            last_error TEXT,
            UNIQUE (kind, subject)
        )",
        "CREATE INDEX jobs_due ON jobs (community_id, run_at, ord)",
        "CREATE INDEX jobs_free ON jobs (run_at) WHERE leased_until IS NULL",
        "CREATE INDEX jobs_leased ON jobs (leased_until) WHERE leased_until IS NOT NULL",
    ],
    down: ["DROP TABLE jobs"]
}
