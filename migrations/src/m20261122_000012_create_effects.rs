//! The outbox: what is to be done in the world, and what came of it.

crate::sql::migration! {
    up: [
        "CREATE TABLE effects (
            ord {serial},
            id UUID NOT NULL UNIQUE,
            community_id UUID NOT NULL REFERENCES communities (id),
            action_id UUID REFERENCES actions (id),
            proposal_id UUID REFERENCES proposals (id),
            decision_seq BIGINT,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            platform TEXT NOT NULL,
            connection_id UUID,
            status TEXT NOT NULL,
            attempts BIGINT NOT NULL,
            next_attempt_at BIGINT NOT NULL,
            leased_until BIGINT,
            lease_owner TEXT,
            receipt TEXT,
            receipt_ref TEXT,
            error TEXT,
            created_at BIGINT NOT NULL,
            finished_at BIGINT
        )",
        "CREATE INDEX effects_due ON effects (community_id, next_attempt_at, ord) WHERE status = 'pending'",
        "CREATE INDEX effects_free ON effects (next_attempt_at) WHERE status = 'pending' AND leased_until IS NULL",
        "CREATE INDEX effects_leased ON effects (leased_until) WHERE leased_until IS NOT NULL",
        "CREATE INDEX effects_pending_of_action ON effects (action_id, ord) WHERE status = 'pending'",
        "CREATE INDEX effects_by_action ON effects (action_id, ord)",
        "CREATE INDEX effects_by_community ON effects (community_id, ord)",
        "CREATE INDEX effects_by_receipt ON effects (community_id, platform, receipt_ref) WHERE receipt_ref IS NOT NULL",
    ],
    down: ["DROP TABLE effects"]
}
