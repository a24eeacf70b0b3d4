//! The conveyor: something is attempted, the policies decide, what follows is written down.
//!
//! [`attempt`] and [`cast`] accept and return as soon as what they accepted is committed; deciding and delivering follow in
//! [`crate::jobs`]. Nothing in here waits for a platform.

pub mod bundle;
pub mod case;
pub mod constitution;
pub mod decide;
pub mod route;
pub mod snapshot;

mod ballot_message;
mod ballots;
mod belong;
mod breaker;
mod commit;
mod delegate;
mod enact;
mod enter;
mod examine;
mod facts;
mod followup;
mod found;
mod ingest;
mod intake;
mod load;
pub mod lockout;
pub mod modes;
mod perform;
mod plan;
pub mod reacting;
mod receive;
mod record;
pub mod recovery;
mod rights;
pub mod safeguards;
pub mod schedules;
mod seed;
mod settle;
mod shadow;
mod wake;
mod withdraw;

pub(crate) use ballot_message::{RECOUNT, SHOW_BALLOT, first_count, recount, show_ballot};
pub use ballots::{Cast, CastError, cast, deciding_action, withdraw};
pub use belong::{leave, rename};
pub use commit::decide_due;
pub use delegate::{DelegateError, delegate, take_back};
pub use found::{AdmitError, FoundError, Founding, NewMember, admit, found, found_with};
pub use ingest::{Attempt, AttemptError, attempt};
pub use intake::Intake;
pub use plan::trial_key;
pub(crate) use receive::{Newcomer, newcomer, rejoin, understand};
pub use receive::{ReceiveError, UNDERSTAND, receive, receive_at};
pub use rights::holds;
pub use seed::seed;
pub use settle::{pass_time, run_until_quiet, settle};
pub use shadow::SHADOW_END;
pub(crate) use shadow::end_due as end_shadow_stage;
pub(crate) use wake::tell_pages;
pub use withdraw::{WithdrawError, withdraw_action};

/// The kind of job that looks at one action. Its subject is the action's id.
pub const DECIDE: &str = "decide_action";

/// The name under which the outbox keeps what became of constitution actions. They are carried out with their decision.
pub const CONSTITUTION: &str = "constitution";

/// The kind of job that enters a new connection's places. Its subject is the connection's id.
pub const INSTALL: &str = "install_connection";

/// The kind of job that gives back what a cut connection was granted. Its subject is the connection's id.
pub const LEAVE: &str = "leave_connection";

/// Deepest chain of actions that policies attempt by `propose()`: beyond this somebody wrote two policies that call each other.
pub const MAX_PROPOSE_DEPTH: u8 = 4;
