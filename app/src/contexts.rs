//! What pages find around them.

pub mod community_context;
pub mod live_context;
