//! What pages and the REST interface show, worked out from what the store holds. Nothing here changes anything.

pub mod count;
pub mod diff;
pub mod form;
pub mod history;
pub mod moment;
pub mod sentence;
pub mod vote;
