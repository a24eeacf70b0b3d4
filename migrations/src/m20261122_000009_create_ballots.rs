//! Ballots. Those of a secret vote are counts without voters, and voters without ballots.

crate::sql::migration! {
    up: [
        "CREATE TABLE ballots (
            proposal_id UUID NOT NULL REFERENCES proposals (id),
            member_id UUID NOT NULL REFERENCES members (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            value TEXT NOT NULL,
            reason TEXT,
            cast_at BIGINT NOT NULL,
            event TEXT,
            PRIMARY KEY (proposal_id, member_id)
        ) {clustered}",
        "CREATE INDEX ballots_by_event ON ballots (community_id, event) WHERE event IS NOT NULL",
        "CREATE INDEX ballots_by_member ON ballots (member_id, cast_at)",
        // No row per ballot: a row would stand beside its voter's in the order of writing.
        "CREATE TABLE secret_tallies (
            proposal_id UUID NOT NULL REFERENCES proposals (id),
            value TEXT NOT NULL,
            community_id UUID NOT NULL REFERENCES communities (id),
            n_ballots BIGINT NOT NULL,
            PRIMARY KEY (proposal_id, value)
        ) {clustered}",
        // `voter` is HMAC-SHA256(proposals.ballot_key, member id); erasing the key makes it unreadable for good.
        "CREATE TABLE secret_voters (
            proposal_id UUID NOT NULL REFERENCES proposals (id),
            voter BYTEA NOT NULL,
            community_id UUID NOT NULL REFERENCES communities (id),
            PRIMARY KEY (proposal_id, voter)
        ) {clustered}",
    ],
    down: ["DROP TABLE secret_voters", "DROP TABLE secret_tallies", "DROP TABLE ballots"]
}
