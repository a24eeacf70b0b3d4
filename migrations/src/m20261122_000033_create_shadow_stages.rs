//! Policies that run in shadow before they come into force, and where they differed from the rules in force.

crate::sql::migration! {
    up: [
        "CREATE TABLE shadow_stages (
            policy_id UUID PRIMARY KEY REFERENCES policies (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            replaces_id UUID REFERENCES policies (id),
            terms TEXT NOT NULL,
            status TEXT NOT NULL,
            reason TEXT NOT NULL,
            begun_at BIGINT NOT NULL,
            ends_at BIGINT,
            ended_at BIGINT,
            action_id UUID NOT NULL REFERENCES actions (id),
            n_decisions BIGINT NOT NULL,
            n_divergences BIGINT NOT NULL,
            n_errors BIGINT NOT NULL
        )",
        "CREATE INDEX shadow_stages_by_community ON shadow_stages (community_id, status)",
        "CREATE TABLE divergences (
            policy_id UUID NOT NULL REFERENCES shadow_stages (policy_id),
            action_id UUID NOT NULL REFERENCES actions (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            at BIGINT NOT NULL,
            shadow TEXT,
            shadow_reason TEXT NOT NULL,
            actual TEXT NOT NULL,
            PRIMARY KEY (policy_id, action_id)
        )",
    ],
    down: ["DROP TABLE divergences", "DROP TABLE shadow_stages"]
}
