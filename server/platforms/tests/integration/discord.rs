//! Discord: what its documentation says it sends is heard for what it is, what we ask of it is what it documents, and the
//! gateway is resumed and caught up with.

pub mod acting;
pub mod gateway;
pub mod hearing;
