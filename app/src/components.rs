//! Parts that several pages are made of.

pub mod advice;
pub mod avatar;
pub mod badge;
pub mod ballot_form;
pub mod code;
pub mod effects;
pub mod empty;
pub mod field;
pub mod gallery;
pub mod icon;
pub mod load;
pub mod markdown;
pub mod notice;
pub mod proposal_row;
pub mod seats;
pub mod tally;
pub mod template_form;
pub mod timeline;
pub mod when;
