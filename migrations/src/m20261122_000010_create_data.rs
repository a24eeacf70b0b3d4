//! Data stores of actions and policies.

crate::sql::migration! {
    up: [
        "CREATE TABLE action_data (
            action_id UUID NOT NULL REFERENCES actions (id),
            key TEXT NOT NULL,
            community_id UUID NOT NULL REFERENCES communities (id),
            value TEXT NOT NULL,
            PRIMARY KEY (action_id, key)
        ) {clustered}",
        "CREATE TABLE policy_data (
            policy_id UUID NOT NULL REFERENCES policies (id),
            key TEXT NOT NULL,
            community_id UUID NOT NULL REFERENCES communities (id),
            value TEXT NOT NULL,
            PRIMARY KEY (policy_id, key)
        ) {clustered}",
    ],
    down: ["DROP TABLE policy_data", "DROP TABLE action_data"]
}
