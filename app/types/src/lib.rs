//! The words of Polity, shared by every layer: ids, actions, policies, ballots, facts, effects, decisions, audit.
//!
//! Nothing here does I/O, reads a clock or draws a random number, and everything compiles for the browser.
//! Modules stand in the order in which a decision is made.

pub mod id;
pub mod json;
pub mod text;
pub mod time;

pub mod action;
pub mod member;
pub mod payload;
pub mod platform;
pub mod policy;

pub mod ballot;
pub mod delegation;
pub mod proposal;
pub mod verdict;

pub mod evaluation;
pub mod fact;

pub mod decision;
pub mod effect;

pub mod audit;

pub mod simulation;

pub use action::{Action, ActionStatus, ActionType, Layer, Origin};
pub use audit::AuditKind;
pub use ballot::{Ask, BallotKind, BallotValue, Privacy, Results};
pub use decision::{Decision, Evaluation, PolicyError};
pub use effect::Effect;
pub use evaluation::Request;
pub use fact::{FactKey, Facts, Reads};
pub use id::*;
pub use json::Json;
pub use policy::{Changeover, Combining, Enforcement, OnError, PolicyDraft, PolicyKind, Triggers};
pub use proposal::ProposalStatus;
pub use time::Timestamp;
pub use verdict::Verdict;
