//! Parts that several pages are made of.

pub mod avatar;
pub mod badge;
pub mod ballot_form;
pub mod code;
pub mod code_editor;
pub mod effects;
pub mod empty;
pub mod field;
pub mod icon;
pub mod load;
pub mod markdown;
pub mod notice;
pub mod proposal_row;
pub mod seats;
pub mod tally;
pub mod timeline;
pub mod trial;
pub mod when;
