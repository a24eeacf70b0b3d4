//! Runs Polity: carries actions through the policies, does what they decide, and serves the pages and the REST interface.
//!
//! Modules stand in the order the data flows.

pub mod calendar;
pub mod cli;
pub mod clock;
pub mod config;
pub mod secrets;

pub mod ctx;
pub mod workers;

pub mod views;
pub mod web;

pub mod pipeline;
pub mod simulate;

pub mod jobs;

pub mod automoderator;
pub mod board;
pub mod connections;
pub mod kits;
pub mod library;
pub mod live;

pub mod boot;
pub mod demo;
pub mod hex;
pub mod telemetry;
