//! The form builder: a policy as *when → if → decide by → then*, in three views that say the same.
//!
//! Everything here is plain Rust that runs on the server and in the browser alike: no engine, no parser, no I/O.
//!
//! # The three views
//! - **Form**: [`Form`], a list of [`Rule`]s. The first rule that covers an action decides it. It is JSON through serde:
//!   [`Form::from_json`] answers with a [`FieldError`] per mistake, each with the path of its field.
//! - **JavaScript**: [`Form::to_code`] writes it; [`Sheet::read`] reads any policy source back.
//! - **Plain language**: [`Form::sentence`], or [`Sheet::sentence`] for a source with parts written by hand.
//!
//! # How an editor uses it
//! Hold a [`Sheet`]. It is a partition of the source: [`Sheet::text`] gives back every byte that [`Sheet::read`] was given.
//! [`Sheet::rules`] says per rule and [`Part`] whether it is a form ([`Slot::Form`]) or code that somebody changed
//! ([`Slot::Code`], to be shown as a marked block). [`Sheet::set`] writes one part anew and leaves every other byte alone;
//! [`Sheet::add_rule`] and [`Sheet::remove_rule`] do the same for whole rules. [`Sheet::form`] is the whole form, where nothing
//! was written by hand. What the form around the JavaScript needs is in [`Form::action_types`], [`Form::powers`] and
//! [`Form::sentence`].
//!
//! # How a part is recognised
//! Each part stands between `//#region when {…}` and `//#endregion`: the braces hold the form as JSON (and editors fold the
//! region). A part counts as form only while its text is exactly what that JSON generates; otherwise it is code, kept to the byte.

pub mod blanks;
pub mod decide;
pub mod form;
pub mod patterns;
pub mod problems;
pub mod then;

pub mod code;
pub mod sheet;
pub mod words;

pub mod templates;

pub use blanks::{Length, Share, Threshold, Turnout, Unit};
pub use decide::Decide;
pub use form::{Form, Rule, Test, When};
pub use problems::FieldError;
pub use sheet::{Part, Sheet, Slot};

pub use templates::{Template, templates};
pub use then::{Effect, Then};

#[cfg(test)]
mod properties;
