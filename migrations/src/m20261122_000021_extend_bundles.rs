//! What an action is within its bundle, and ballots that a policy cleared.

crate::sql::migration! {
    up: [
        // `place` is the order of the ballot: candidates named later stand after those the bundle began with.
        "CREATE TABLE bundle_parts (
            action_id UUID PRIMARY KEY REFERENCES actions (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            bundle_id UUID NOT NULL REFERENCES bundles (id),
            place BIGINT NOT NULL,
            label TEXT NOT NULL,
            statement TEXT NOT NULL,
            nominee_id UUID REFERENCES members (id),
            UNIQUE (bundle_id, place)
        )",
        "CREATE INDEX bundles_by_proposing_action ON bundles (action_id)",
        // Votes that were started again: nothing of them is lost, and nothing of them counts. Secret ones have no member.
        "CREATE TABLE cleared_ballots (
            id {serial},
            community_id UUID NOT NULL REFERENCES communities (id),
            proposal_id UUID NOT NULL REFERENCES proposals (id),
            member_id UUID,
            value TEXT NOT NULL,
            reason TEXT,
            cast_at BIGINT,
            n_ballots BIGINT NOT NULL,
            cleared_at BIGINT NOT NULL
        )",
        "CREATE INDEX cleared_ballots_by_proposal ON cleared_ballots (proposal_id, cleared_at)",
    ],
    down: ["DROP TABLE cleared_ballots", "DROP INDEX bundles_by_proposing_action", "DROP TABLE bundle_parts"]
}
