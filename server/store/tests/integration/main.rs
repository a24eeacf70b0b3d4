//! The store on SQLite, and the same on PostgreSQL where `POLITY_TEST_POSTGRES` names a server.
#![expect(missing_docs, reason = "tests speak for themselves")]

mod fixture;

mod actions;
mod audit;
mod ballots;
mod effects;
mod history;
mod jobs;
mod migrations;
mod tenancy;
