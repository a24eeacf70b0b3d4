//! What surrounds pages.

pub mod community_layout;
pub mod public_layout;
