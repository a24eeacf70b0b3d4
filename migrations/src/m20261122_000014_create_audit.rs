//! The audit log: one hash chain per community, which the database itself refuses to change.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

const TABLES: &[&str] = &[
    "CREATE TABLE audit (
        community_id UUID NOT NULL REFERENCES communities (id),
        seq BIGINT NOT NULL,
        at BIGINT NOT NULL,
        actor TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (community_id, seq)
    )",
    "CREATE INDEX audit_by_kind ON audit (community_id, kind, seq)",
    "CREATE INDEX audit_by_actor ON audit (community_id, actor, seq)",
    "CREATE INDEX audit_by_subject ON audit (community_id, subject, seq)",
    // Where each chain ends: the row that writers lock.
    "CREATE TABLE audit_heads (
        community_id UUID PRIMARY KEY REFERENCES communities (id),
        seq BIGINT NOT NULL,
        hash TEXT NOT NULL
    )",
];

const GUARDS_SQLITE: &[&str] = &[
    "CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit
     BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END",
    "CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit
     BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END",
];

const GUARDS_POSTGRES: &[&str] = &[
    "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted'; END $$",
    "CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE ON audit
     FOR EACH ROW EXECUTE FUNCTION audit_refuses()",
    "CREATE TRIGGER audit_refuses_truncate BEFORE TRUNCATE ON audit
     FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()",
];

/// One step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, TABLES).await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => sql::run(manager, GUARDS_SQLITE).await,
            _ => sql::run(manager, GUARDS_POSTGRES).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, &["DROP TABLE audit_heads", "DROP TABLE audit"]).await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => Ok(()),
            _ => sql::run(manager, &["DROP FUNCTION audit_refuses()"]).await,
        }
    }
}
