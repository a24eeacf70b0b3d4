//! Platforms: the places where a community lives, and everything that Polity does in the world outside itself.
//!
//! A platform *decodes* what a place tells us into [`types::platform::PlatformEvent`]s, and *applies*
//! [`types::platform::Operation`]s to it, each at most once.
//! This crate knows `types` and nothing else of ours: it never decides, and never remembers.
//! Where a platform is Polity itself (the board), it writes through a port that the server implements.

pub mod connection;
pub mod delivery;
pub mod failure;
pub mod platform;

mod action;
pub mod votes;

pub mod board;
pub mod matrix;

pub mod http;

pub use connection::Connection;
pub use delivery::{DecodeError, Delivery, Heard, Note};
pub use failure::{ApplyError, Refusal};
pub use platform::{Capabilities, Installed, Platform};
