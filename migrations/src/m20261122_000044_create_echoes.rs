//! Doings of ours that will be heard as somebody else's, because their token does them: written down before they are asked for.

crate::sql::migration! {
    up: [
        // `event` is the one event of the platform that was recognised by it: a second one is not ours.
        "CREATE TABLE echoes (
            connection_id UUID NOT NULL REFERENCES connections (id),
            effect_id UUID NOT NULL,
            echo TEXT NOT NULL,
            intended_at BIGINT NOT NULL,
            event TEXT,
            PRIMARY KEY (connection_id, echo, effect_id)
        ) {clustered}",
    ],
    down: ["DROP TABLE echoes"]
}
