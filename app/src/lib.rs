//! The pages of Polity: what people see and do, rendered on the server and alive in the browser.
//!
//! This crate knows the words of [`types`] and nothing else of ours. What it needs of the server it asks through the traits in
//! [`backend`], so that no page ever sees SQL and a test can show any state of any page.

pub mod app;
#[cfg(feature = "ssr")]
pub mod shell;

pub mod layouts;
pub mod pages;

pub mod components;
pub mod contexts;

pub mod api;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod error;

pub mod builder;

pub mod difference;
pub mod format;
pub mod highlight;

pub use app::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
