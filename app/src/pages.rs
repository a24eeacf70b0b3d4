//! The pages, one a file.

pub mod landing_page;
pub mod sign_in_page;

pub mod board_page;
pub mod home_page;
pub mod proposal_page;
pub mod proposals_page;

pub mod propose_form_page;
pub mod propose_page;

pub mod library_page;
pub mod policies_page;
pub mod policy_page;
pub mod template_page;

pub mod document_page;
pub mod documents_page;
pub mod members_page;

pub mod audit_page;

pub mod not_found_page;
