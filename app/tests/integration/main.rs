//! Renders each page with an invented community and looks at the HTML, as a browser without a script would get it.

#[path = "fake/community.rs"]
mod fake;

mod browse;

mod forms;
mod pages;
mod rules;
