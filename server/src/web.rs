//! Everything that comes in by HTTP: pages, the REST interface, live changes, platforms' hooks.
//!
//! Modules stand in the order in which a request meets them.

pub mod error;
pub mod headers;
pub mod origin;
pub mod rate;
pub mod request;

pub mod body;
pub mod secret;
pub mod session;
pub mod site;
