//! The web side, through the whole router.

pub mod test_app;

mod api;
mod ballots;
mod guards;
mod library;
mod pages;
mod shared;
mod tenancy;
