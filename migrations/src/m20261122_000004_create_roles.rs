//! Roles, who held them when, and what they allowed when.

crate::sql::migration! {
    up: [
        "CREATE TABLE roles (
            id UUID PRIMARY KEY,
            community_id UUID NOT NULL REFERENCES communities (id),
            name TEXT NOT NULL,
            description TEXT NOT NULL,
            is_base BOOLEAN NOT NULL,
            created_at BIGINT NOT NULL,
            deleted_at BIGINT
        )",
        "CREATE UNIQUE INDEX roles_by_name ON roles (community_id, name) WHERE deleted_at IS NULL",
        "CREATE INDEX roles_by_community ON roles (community_id)",
        "CREATE TABLE role_grants (
            id {serial},
            community_id UUID NOT NULL REFERENCES communities (id),
            role_id UUID NOT NULL REFERENCES roles (id),
            member_id UUID NOT NULL REFERENCES members (id),
            granted_at BIGINT NOT NULL,
            granted_by UUID,
            revoked_at BIGINT,
            revoked_by UUID
        )",
        "CREATE UNIQUE INDEX role_grants_current ON role_grants (role_id, member_id) WHERE revoked_at IS NULL",
        "CREATE INDEX role_grants_by_community ON role_grants (community_id, granted_at)",
        "CREATE TABLE permissions (
            id {serial},
            community_id UUID NOT NULL REFERENCES communities (id),
            role_id UUID NOT NULL REFERENCES roles (id),
            pattern TEXT NOT NULL,
            privilege TEXT NOT NULL,
            granted_at BIGINT NOT NULL,
            granted_by UUID,
            revoked_at BIGINT,
            revoked_by UUID
        )",
        "CREATE UNIQUE INDEX permissions_current ON permissions (role_id, pattern, privilege) WHERE revoked_at IS NULL",
        "CREATE INDEX permissions_by_community ON permissions (community_id, granted_at)",
    ],
    down: ["DROP TABLE permissions", "DROP TABLE role_grants", "DROP TABLE roles"]
}
