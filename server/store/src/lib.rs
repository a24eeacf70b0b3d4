//! The store: what Polity remembers, in SQLite or PostgreSQL. The only crate that talks SQL.
//!
//! # The handles
//! ```text
//! Store::open(url) ── .migrate()
//!   ├─ .community(id) → CommunityStore    reads of one community; every query names it
//!   ├─ .system()      → SystemStore       slugs, sessions, tokens, and work claimed for all communities
//!   ├─ .changes()     → Changes           what other processes commit (PostgreSQL)
//!   └─ .begin()       → Tx ── .commit() → the audit entries as written
//!        ├─ .community(id) → CommunityTx  the same reads, and everything that changes
//!        └─ .system()      → SystemTx     the same reads, and changes for a batch of several communities
//! ```
//! What changes exists only on the handles of a transaction, so that state, audit entries, effects and follow-up jobs
//! are committed together or not at all. One transaction may concern several communities: work is decided in batches.
//!
//! # A batch of decisions
//! ```text
//! system.claim_jobs(claim) → load_actions, load_proposals, load_ballots, load_action_data     a statement each
//!   decide …
//! tx.community(c).record_decision / put_fact / add_effect / schedule / audit                  kept in memory
//! tx.system().save_actions / save_proposals / insert_proposals / finish_jobs                  a statement each
//! tx.commit()                                                      writes what was kept: a statement per table
//! ```
//!
//! # What is promised
//! - **Nothing is lost**: what was committed survives `kill -9` ([`Store::open`] says what a power cut may take).
//! - **Once**: an event becomes one action ([`CommunityTx::insert_action`]), an action is saved only by who has read the
//!   latest ([`SystemTx::save_actions`]), a lease has one holder ([`SystemStore::claim_jobs`], [`SystemStore::claim_effects`]).
//! - **In order**: effects of one action are done one after another.
//! - **As of then**: members, roles, rights and policies at any moment (`roster`, `permissions_at`, `policies_at`).
//! - **Untouched**: the audit log is a hash chain per community that the database refuses to change ([`audit`], [`verify`]).
//! - **Secret is secret**: nobody can tell from the database who cast which secret ballot ([`ballots`]).

mod changes;
mod error;
mod handles;
mod open;
mod sql;
mod tx;

pub mod accounts;
pub mod communities;
pub mod members;
pub mod roles;
pub mod spans;

pub mod documents;
pub mod drafts;
pub mod grants;
pub mod policies;
pub mod publications;
pub mod recovery;

pub mod connections;
pub mod heard;
pub mod inbox;
pub mod schedules;
pub mod visits;
pub mod webhooks;

pub mod actions;
pub mod ballots;
pub mod bundles;
pub mod coolings;
pub mod data;
pub mod delegations;
pub mod proposals;

pub mod coverage;
pub mod decisions;
pub mod incidents;

pub mod objections;
pub mod shadow;

pub mod effects;
pub mod jobs;

pub mod board;
pub mod comments;
pub mod mails;
pub mod notices;
pub mod search;

pub mod archive;
pub mod audit;

pub mod sessions;
pub mod settings;
pub mod tokens;

pub use audit::{Tampered, Verified, read_export, verify};
pub use changes::Changes;
pub use error::{Result, StoreError};
pub use handles::{CommunityStore, CommunityTx, SystemStore, SystemTx};
pub use open::Store;
pub use tx::{Savepoint, Tx};
