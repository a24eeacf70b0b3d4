//! The store on SQLite, and the same on PostgreSQL where `POLITY_TEST_POSTGRES` names a server.

mod fixture;

mod actions;
mod audit;
mod ballots;
mod board;
mod connections;
mod documents;
mod effects;
mod history;
mod jobs;
mod migrations;
mod sessions;
mod tenancy;
