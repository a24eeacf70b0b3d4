//! Notices know what they are about, members choose where they reach them, and e-mail has an outbox of its own.

crate::sql::migration! {
    up: [
        "ALTER TABLE notices ADD COLUMN event TEXT NOT NULL DEFAULT 'message'",
        // What it is about, such as `proposal:<id>`: the thread that may be muted, and the page it leads to.
        "ALTER TABLE notices ADD COLUMN subject TEXT NOT NULL DEFAULT ''",
        // What it was made of: the same origin tells the same member once.
        "ALTER TABLE notices ADD COLUMN origin TEXT",
        "ALTER TABLE notices ADD COLUMN in_app BOOLEAN NOT NULL DEFAULT TRUE",
        "ALTER TABLE notices ADD COLUMN in_digest BOOLEAN NOT NULL DEFAULT FALSE",
        "CREATE UNIQUE INDEX notices_once ON notices (community_id, origin, member_id) WHERE origin IS NOT NULL",
        "CREATE INDEX notices_unread ON notices (member_id) WHERE read_at IS NULL AND in_app",
        "CREATE INDEX notices_for_digest ON notices (member_id) WHERE in_digest",
        // How far each community's log has been read for notices.
        "CREATE TABLE notice_cursors (
            community_id UUID PRIMARY KEY REFERENCES communities (id),
            seq BIGINT NOT NULL
        )",
        // Cells of the matrix that a member set; the others stand as they come.
        "CREATE TABLE notice_choices (
            community_id UUID NOT NULL REFERENCES communities (id),
            member_id UUID NOT NULL REFERENCES members (id),
            event TEXT NOT NULL,
            channel TEXT NOT NULL,
            is_on BOOLEAN NOT NULL,
            PRIMARY KEY (member_id, event, channel)
        )",
        "CREATE INDEX notice_choices_by_community ON notice_choices (community_id)",
        "CREATE TABLE notice_mutes (
            community_id UUID NOT NULL REFERENCES communities (id),
            member_id UUID NOT NULL REFERENCES members (id),
            subject TEXT NOT NULL,
            PRIMARY KEY (member_id, subject)
        )",
        "CREATE INDEX notice_mutes_by_subject ON notice_mutes (community_id, subject)",
        // `digest` is off, daily or weekly; `digest_at` is the next moment one is due.
        "CREATE TABLE notice_schedules (
            member_id UUID PRIMARY KEY REFERENCES members (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            time_zone TEXT NOT NULL,
            digest TEXT NOT NULL,
            hour BIGINT NOT NULL,
            weekday BIGINT NOT NULL,
            digest_at BIGINT
        )",
        "CREATE INDEX notice_schedules_due ON notice_schedules (digest_at) WHERE digest_at IS NOT NULL",
        // Votes whose voters were reminded that they close.
        "CREATE TABLE vote_reminders (
            proposal_id UUID PRIMARY KEY REFERENCES proposals (id),
            community_id UUID NOT NULL REFERENCES communities (id),
            reminded_at BIGINT NOT NULL
        )",
        // `origin` is the idempotency key: one letter for one thing and person.
        "CREATE TABLE mails (
            ord {serial},
            origin TEXT NOT NULL UNIQUE,
            community_id UUID REFERENCES communities (id),
            member_id UUID REFERENCES members (id),
            address TEXT NOT NULL,
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            path TEXT,
            status TEXT NOT NULL,
            attempts BIGINT NOT NULL,
            next_attempt_at BIGINT NOT NULL,
            leased_until BIGINT,
            error TEXT,
            created_at BIGINT NOT NULL,
            sent_at BIGINT
        )",
        "CREATE INDEX mails_due ON mails (next_attempt_at) WHERE status = 'pending'",
    ],
    down: [
        "DROP TABLE mails",
        "DROP TABLE vote_reminders",
        "DROP TABLE notice_schedules",
        "DROP TABLE notice_mutes",
        "DROP TABLE notice_choices",
        "DROP TABLE notice_cursors",
        "DROP INDEX notices_for_digest",
        "DROP INDEX notices_unread",
        "DROP INDEX notices_once",
        "ALTER TABLE notices DROP COLUMN in_digest",
        "ALTER TABLE notices DROP COLUMN in_app",
        "ALTER TABLE notices DROP COLUMN origin",
        "ALTER TABLE notices DROP COLUMN subject",
        "ALTER TABLE notices DROP COLUMN event",
    ]
}
