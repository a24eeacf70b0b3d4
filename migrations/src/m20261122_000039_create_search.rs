//! The search index: words of proposals, policies, documents, comments and the log, in each database's own full-text form.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

const BOTH: &[&str] = &[
    // How far each community's log has been read for the index.
    "CREATE TABLE search_cursors (
        community_id UUID PRIMARY KEY REFERENCES communities (id),
        seq BIGINT NOT NULL
    )",
    // `place` is the row of the index. `gate` is the type of action that a reader must be allowed to see; empty for none.
    "CREATE TABLE search_items (
        place {serial},
        community_id UUID NOT NULL REFERENCES communities (id),
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        leads_to TEXT NOT NULL,
        gate TEXT NOT NULL,
        title TEXT NOT NULL,
        body TEXT NOT NULL,
        at BIGINT NOT NULL,
        UNIQUE (community_id, subject)
    )",
];

/// The community is a word of the row, so that the index finds one community's rows and not everybody's.
const SQLITE: &[&str] = &[
    "CREATE VIRTUAL TABLE search_words USING fts5(
        community, title, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3'
    )",
    "CREATE INDEX search_items_by_kind ON search_items (community_id, kind)",
];

const POSTGRES: &[&str] = &[
    "ALTER TABLE search_items ADD COLUMN words tsvector
        GENERATED ALWAYS AS (setweight(to_tsvector('simple', title), 'A') || to_tsvector('simple', body)) STORED",
    "CREATE INDEX search_items_by_words ON search_items USING GIN (words)",
    "CREATE INDEX search_items_by_kind ON search_items (community_id, kind)",
];

/// One step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, BOTH).await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => sql::run(manager, SQLITE).await,
            _ => sql::run(manager, POSTGRES).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            sql::run(manager, &["DROP TABLE search_words"]).await?;
        }
        sql::run(manager, &["DROP TABLE search_items", "DROP TABLE search_cursors"]).await
    }
}
