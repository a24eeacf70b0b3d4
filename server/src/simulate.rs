//! Tries policies on invented and on recorded histories, through the same code that decides for real.
//!
//! A policy cannot tell which it is in: [`decide`](crate::pipeline::decide::decide) is shared, and only who answers facts and
//! what becomes of the effects differ. Nothing is written, and nobody is reached.
//!
//! Modules stand in the order of a trial's way: what is played ([`scenario`]), how ([`play`]), where ([`work`]: inside a
//! confined worker, many at a time), and what is found out by playing much ([`flip`] to [`impact`]).

pub mod scenario;

pub mod happen;
pub mod play;
pub mod receipt;
pub mod work;

pub mod lab;

pub mod backtest;
pub mod capture;
pub mod compare;
pub mod draws;
pub mod examples;
pub mod flip;
pub mod history;
pub mod impact;
pub mod population;
pub mod properties;
pub mod scenes;

pub mod allowance;
pub mod checks;
pub mod draft;
pub mod trial;

pub use scenario::{Scenario, Seat, World};
pub use types::simulation::{Event, Happening, Outcome};

/// Most events of one scenario.
pub const MAX_EVENTS: usize = 10_000;

/// Why a scenario cannot be played.
#[derive(Clone, Debug, thiserror::Error, serde::Serialize, serde::Deserialize)]
pub enum SimulateError {
    /// Nobody of that handle.
    #[error("{place}: there is no member “{handle}” in this scenario")]
    UnknownMember {
        /// Where the handle stands.
        place: String,
        /// The handle.
        handle: String,
    },
    /// No role of that name.
    #[error("{place}: there is no role “{role}” in this scenario")]
    UnknownRole {
        /// Where the name stands.
        place: String,
        /// The name.
        role: String,
    },
    /// A ballot that the vote does not take.
    #[error("{place}: {problem}")]
    BadBallot {
        /// Where the ballot stands.
        place: String,
        /// Why.
        problem: String,
    },
    /// The policy is not declared for the action.
    #[error("the policy is not declared for {kind}: its action_types are {declared}")]
    NotCovered {
        /// The action's type.
        kind: String,
        /// What the policy is declared for.
        declared: String,
    },
    /// Too many events.
    #[error("{0} events are more than the {MAX_EVENTS} that one scenario may have")]
    TooManyEvents(usize),
    /// Something in the request is not what it should be.
    #[error("{problem}")]
    BadInput {
        /// Where.
        field: String,
        /// What.
        problem: String,
    },
    /// The community has played as much as it may for now.
    #[error("this community has tried as much as it may for now; go on in {seconds} s")]
    Spent {
        /// When it may go on.
        seconds: u64,
    },
    /// The worker or the source of facts is away.
    #[error("the scenario could not be played just now")]
    Unavailable(String),
}

impl From<store::StoreError> for SimulateError {
    fn from(error: store::StoreError) -> Self {
        Self::Unavailable(format!("{error:#}"))
    }
}
