//! The REST interface, `/api/v1`: a stable contract for clients. One file per resource.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use super::state::Web;

pub mod here;

pub mod actions;
pub mod audit;
pub mod ballots;
pub mod board;
pub mod communities;
pub mod coverage;
pub mod delegations;
pub mod demo;
pub mod documents;
pub mod import;
pub mod library;
pub mod members;
pub mod modes;
pub mod policies;
pub mod recurring;
pub mod safeguards;
pub mod shared;
pub mod simulate;
pub mod stopping;
pub mod tokens;
pub mod webhooks;

mod asides;
mod assemble;
mod docs;
mod failures;
mod paging;
pub mod refusals;
mod shapes;
mod words;

/// Largest body of a call.
///
/// # Units
/// Bytes. A policy of 64 KiB, escaped as JSON, with a scenario of ten thousand events beside it.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// The routes and their description.
pub fn routes() -> (Router<Web>, OpenApi) {
    let (router, openapi) = OpenApiRouter::with_openapi(docs::head())
        .routes(routes!(communities::list, communities::found))
        .routes(routes!(communities::get))
        .routes(routes!(members::list, members::admit))
        .routes(routes!(members::roles))
        .routes(routes!(delegations::list, delegations::give, delegations::take_back))
        .routes(routes!(policies::list))
        .routes(routes!(policies::get))
        .routes(routes!(policies::incidents))
        .routes(routes!(simulate::simulate))
        .routes(routes!(import::automoderator))
        .routes(routes!(shared::list))
        .routes(routes!(shared::get))
        .routes(routes!(actions::list, actions::attempt))
        .routes(routes!(actions::get))
        .routes(routes!(actions::withdraw))
        .routes(routes!(stopping::veto))
        .routes(routes!(stopping::cancel))
        .routes(routes!(recurring::list, recurring::add))
        .routes(routes!(recurring::stop))
        .routes(routes!(webhooks::list))
        .routes(routes!(webhooks::show_secret))
        .routes(routes!(safeguards::get))
        .routes(routes!(modes::list))
        .routes(routes!(coverage::get))
        .routes(routes!(ballots::list))
        .routes(routes!(ballots::get))
        .routes(routes!(ballots::eligibility))
        .routes(routes!(ballots::cast, ballots::withdraw))
        .routes(routes!(documents::list))
        .routes(routes!(documents::get))
        .routes(routes!(board::channels))
        .routes(routes!(board::posts))
        .routes(routes!(audit::list))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::revoke))
        .routes(routes!(tokens::me))
        .routes(routes!(library::list))
        .routes(routes!(library::kit))
        .routes(routes!(library::policy))
        .routes(routes!(demo::advance))
        .split_for_parts();
    let described = Arc::new(openapi.clone());
    let router = router
        .route("/openapi.json", get(move || docs::serve(Arc::clone(&described))))
        .fallback(async || ApiError::no_such_route())
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    (Router::new().nest("/api/v1", router), openapi)
}
