//! What pages and the REST interface show, worked out from what the store holds. Nothing here changes anything.

pub mod count;
pub mod form;
pub mod sentence;
