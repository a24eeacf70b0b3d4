//! Trying a policy: an invented history that people put together with controls, and what the policy makes of it.
//!
//! Nothing in here knows an editor: the studio shows it beside one, and a proposal's page without any code at all.

pub mod clock;
pub mod events;
pub mod play;
pub mod result;
pub mod scenario;
pub mod state;

pub use state::{Cast, TrialState};
