//! The pages, one a file.

pub mod found_page;
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
pub mod studio_page;
pub mod template_page;

pub mod compare_page;
pub mod document_edit_page;
pub mod document_page;
pub mod documents_page;
pub mod member_page;
pub mod members_page;
pub mod rights_page;

pub mod audit_page;
pub mod report_page;
pub mod search_page;

pub mod letter_pages;
pub mod notice_settings_page;
pub mod notices_page;
pub mod settings_page;

pub mod not_found_page;
