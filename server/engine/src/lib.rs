//! The engine decides: one policy, one action and the facts so far become a verdict, effects, and when to look again.
//!
//! No I/O, no clock, no randomness of its own, no panic on any input. The same request gives the same answer, byte for
//! byte, whether the policy was already warm or not.
//!
//! Policies are hostile until proven otherwise: run [`Engine`] only in a confined worker process on a thread with a
//! native stack of 128 MiB ([`STACK_BYTES`]), under a wall-clock and a memory limit of the worker's own.

pub mod blank;
pub mod combine;
pub mod declarations;
pub mod delegation;
pub mod draw;
pub mod limits;
pub mod lint;
pub mod lockout;
pub mod shipped;
pub mod syntax;
pub mod tally;

mod call;
mod convert;
mod engine;
mod failure;
mod host;
mod instrument;
mod module;
mod sandbox;
mod trace;
mod workflow;

pub use blank::{Blank, BlankKind};
pub use engine::{Engine, evaluate};
pub use limits::Limits;
pub use shipped::shipped;
pub use trace::Traced;

/// Native stack that the thread of an [`Engine`] needs: nested source and nested callbacks use it.
pub const STACK_BYTES: usize = 128 * 1024 * 1024;
