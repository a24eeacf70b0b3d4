//! Renders each page with an invented community and looks at the HTML, as a browser without a script would get it.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that meets the unexpected should stop")]

#[path = "fake/community.rs"]
mod fake;

mod belonging;
mod browse;

mod forms;
mod pages;
mod rules;
mod talk;
