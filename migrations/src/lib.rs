//! The shape of the database, one step per file, on SQLite and PostgreSQL alike.
//!
//! Steps are append-only and reversible; how to add one is in `README.md` beside `Cargo.toml`.
//! Identifiers are plain strings and nothing of ours is imported, so that a step still means the same in ten years.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod sql;

mod m20261122_000001_create_communities;
mod m20261122_000002_create_accounts;
mod m20261122_000003_create_members;
mod m20261122_000004_create_roles;
mod m20261122_000005_create_policies;
mod m20261122_000006_create_documents;
mod m20261122_000007_create_actions;
mod m20261122_000008_create_proposals;
mod m20261122_000009_create_ballots;
mod m20261122_000010_create_data;
mod m20261122_000011_create_decisions;
mod m20261122_000012_create_effects;
mod m20261122_000013_create_jobs;
mod m20261122_000014_create_audit;
mod m20261122_000015_create_connections;
mod m20261122_000016_create_sessions;
mod m20261122_000017_create_incidents;
mod m20261122_000018_create_board;
mod m20261122_000019_create_settings;
mod m20261122_000020_extend_board;
mod m20261122_000021_extend_bundles;
mod m20261122_000022_add_stages;
mod m20261122_000023_create_delegations;
mod m20261122_000025_create_webhooks;
mod m20261122_000026_create_schedules;
mod m20261122_000027_create_recovery_rules;
mod m20261122_000028_create_coolings;
mod m20261122_000029_create_publications;

/// Every step, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_create_communities::Migration),
            Box::new(m20261122_000002_create_accounts::Migration),
            Box::new(m20261122_000003_create_members::Migration),
            Box::new(m20261122_000004_create_roles::Migration),
            Box::new(m20261122_000005_create_policies::Migration),
            Box::new(m20261122_000006_create_documents::Migration),
            Box::new(m20261122_000007_create_actions::Migration),
            Box::new(m20261122_000008_create_proposals::Migration),
            Box::new(m20261122_000009_create_ballots::Migration),
            Box::new(m20261122_000010_create_data::Migration),
            Box::new(m20261122_000011_create_decisions::Migration),
            Box::new(m20261122_000012_create_effects::Migration),
            Box::new(m20261122_000013_create_jobs::Migration),
            Box::new(m20261122_000014_create_audit::Migration),
            Box::new(m20261122_000015_create_connections::Migration),
            Box::new(m20261122_000016_create_sessions::Migration),
            Box::new(m20261122_000017_create_incidents::Migration),
            Box::new(m20261122_000018_create_board::Migration),
            Box::new(m20261122_000019_create_settings::Migration),
            Box::new(m20261122_000020_extend_board::Migration),
            Box::new(m20261122_000021_extend_bundles::Migration),
            Box::new(m20261122_000022_add_stages::Migration),
            Box::new(m20261122_000023_create_delegations::Migration),
            Box::new(m20261122_000025_create_webhooks::Migration),
            Box::new(m20261122_000026_create_schedules::Migration),
            Box::new(m20261122_000027_create_recovery_rules::Migration),
            Box::new(m20261122_000028_create_coolings::Migration),
            Box::new(m20261122_000029_create_publications::Migration),
        ]
    }
}
