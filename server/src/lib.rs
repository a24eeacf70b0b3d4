//! Runs Polity: carries actions through the policies, does what they decide, and serves the pages and the REST interface.
//!
//! Modules stand in the order the data flows.

pub mod cli;
pub mod clock;
pub mod config;
pub mod secrets;

pub mod workers;

pub mod live;
pub mod telemetry;
pub mod views;
pub mod web;
