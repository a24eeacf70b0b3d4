//! GitHub: its own example deliveries are heard for what they are, and what we ask of it is what it documents.

pub mod acting;
pub mod hearing;
