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
mod ballots;
mod limits;
mod remote;
mod signature;
mod socket;
pub mod votes;

pub mod board;
pub mod discord;
pub mod github;
pub mod matrix;
pub mod slack;

pub mod http;

pub use connection::Connection;
pub use delivery::{Answer, DecodeError, Delivery, Heard, Interaction, Note, Opened, Wish};
pub use failure::{ApplyError, Refusal, TOLD_TO_WAIT};
pub use platform::{Capabilities, Ear, Found, Grant, Hold, Installed, Platform, Role};
