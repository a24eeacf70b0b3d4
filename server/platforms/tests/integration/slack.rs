//! Slack: what its documentation says it sends is heard for what it is, and what we ask of it is what it documents.

pub mod acting;
pub mod emulator;
pub mod hearing;
pub mod installing;
