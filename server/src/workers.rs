//! Runs policies where they can do no harm: in confined processes that are ended when they break a limit.
//!
//! A policy is hostile until proven otherwise, and the interpreter cannot bound time or memory from within.
//! So [`WorkerPool`] keeps a few `polity worker` processes. What a policy does to one of them comes back as a value.
//!
//! Modules stand in the order of a request's way: waiting ([`queue`]), the pool, a process seen from outside
//! ([`process`]), the [`frame`]s between, and the worker itself ([`child`]) within its [`confinement`] and [`heap`].

pub mod pool;
pub mod queue;
pub mod spares;
pub mod strikes;

pub mod frame;
pub mod process;

pub mod child;
pub mod confinement;
pub mod heap;
#[cfg(debug_assertions)]
pub mod probe;

mod blame;
pub mod counters;

use async_trait::async_trait;
use types::{CommunityId, Evaluation, PolicyError, Request};

pub use pool::{PoolOptions, WorkerPool};

use crate::simulate::work::{Done, Work};

/// How urgent an evaluation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// A real decision: members wait for it.
    Deciding,
    /// A simulation, a backtest or a check while somebody types: gives way to decisions.
    Simulating,
}

/// Evaluates policies. The one way to run policy source, whatever runs it.
#[async_trait]
pub trait PolicyRunner: Send + Sync {
    /// Puts one request to the engine. Whatever the policy does, the answer is a value: a policy that exceeds a limit is
    /// [`Evaluation::Broke`] with its code.
    async fn evaluate(&self, community: CommunityId, priority: Priority, request: &Request) -> Evaluation;

    /// Whether `source` parses as a policy.
    ///
    /// # Errors
    /// What is wrong, and where.
    async fn check(&self, community: CommunityId, source: &str) -> Result<(), PolicyError>;

    /// Does a piece of simulation work, behind all decisions. `version` is the policy that is to blame when a worker breaks on it.
    ///
    /// # Errors
    /// How the worker ended, or that none was free.
    async fn work(&self, community: CommunityId, version: &str, work: &Work) -> Result<Done, PolicyError>;

    /// Whether it takes work.
    async fn is_ready(&self) -> bool {
        true
    }

    /// What it has done so far and how much waits, by name: for `/metrics`.
    fn numbers(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }

    /// Takes no further work and ends what it started.
    async fn close(&self) {}
}
