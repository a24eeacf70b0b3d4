//! Data definition that both databases read.
//!
//! SQLite takes any type name, so the names are PostgreSQL's. Two things differ and are written as blanks:
//! `{serial}`, a number that the database counts up, and `{clustered}`, a table without a hidden row number.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// Declares a migration from the statements that go up and the tables that go down.
macro_rules! migration {
    (up: [$($up:expr),+ $(,)?], down: [$($down:expr),+ $(,)?]) => {
        /// One step.
        #[derive(sea_orm_migration::prelude::DeriveMigrationName)]
        pub struct Migration;

        #[async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            async fn up(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
                crate::sql::run(manager, &[$($up),+]).await
            }

            async fn down(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
                crate::sql::run(manager, &[$($down),+]).await
            }
        }
    };
}
pub(crate) use migration;

/// Runs the statements one after another.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let (serial, clustered) = match manager.get_database_backend() {
        DbBackend::Sqlite => ("INTEGER PRIMARY KEY AUTOINCREMENT", "WITHOUT ROWID"),
        _ => ("BIGSERIAL PRIMARY KEY", ""),
    };
    for statement in statements {
        let statement = statement.replace("{serial}", serial).replace("{clustered}", clustered);
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}
