//! The web side, through the whole router.

pub mod test_app;

mod api;
mod ballots;
mod drafts;
mod guards;
mod library;
mod pages;
mod shared;
mod studio;
mod talk;
mod tenancy;
