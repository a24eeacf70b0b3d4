//! What pages and the REST interface show, worked out from what the store holds. Nothing here changes anything.

pub mod bounds;
pub mod count;
pub mod discretion;
pub mod discussion;
pub mod dossier;
pub mod effects;
pub mod form;
pub mod history;
pub mod moment;
pub mod names;
pub mod proposal;
pub mod reference;
pub mod report;
pub mod roster;
pub mod scene;
pub mod sentence;
pub mod vote;
