//! The store on SQLite, and the same on PostgreSQL where `POLITY_TEST_POSTGRES` names a server.

#[cfg(test)]
mod fixture;

#[cfg(test)]
mod actions;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod ballots;
#[cfg(test)]
mod board;
#[cfg(test)]
mod bundles;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod delegations;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod effects;
#[cfg(test)]
mod history;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod publications;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod tenancy;
