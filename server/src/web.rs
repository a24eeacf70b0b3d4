//! Everything that comes in by HTTP: pages, the REST interface, live changes, platforms' hooks.
//!
//! Modules stand in the order in which a request meets them.

use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Router, middleware};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

pub mod state;

pub mod error;
pub mod headers;
pub mod origin;
pub mod rate;
pub mod request;
pub mod who;

pub mod api;
pub mod backend;
pub mod health;
pub mod hooks;
pub mod incoming;
pub mod install;
pub mod live;
pub mod mail;
pub mod pages;
pub mod site;
pub mod trying;

pub mod access;
pub mod body;
pub mod keep;
pub mod secret;
pub mod session;

pub use state::{Web, WebOptions};

/// Longest time until a request has its answer's head. Nothing here waits for a platform; only a broken part takes as long.
const LONGEST: Duration = Duration::from_secs(30);

/// Largest body of a page's form or server function.
///
/// # Units
/// Bytes. A policy of 64 KiB, percent-encoded, triples.
const MAX_FORM_BYTES: usize = 512 * 1024;

/// The whole service. Serve it with the peers' addresses, which rates and the demo's operator need.
///
/// `into_make_service_with_connect_info::<SocketAddr>()` gives it these.
pub fn router(web: Web) -> Router {
    let hooks = Router::new()
        .route("/_matrix/app/v1/transactions/{transaction}", put(hooks::matrix_transaction))
        .route("/_matrix/app/v1/ping", post(hooks::matrix_ping))
        .route("/_matrix/app/v1/users/{user}", get(hooks::matrix_unknown))
        .route("/_matrix/app/v1/rooms/{room}", get(hooks::matrix_unknown))
        .route("/hooks/{platform}", post(hooks::shared_hook))
        .route("/hooks/{platform}/{connection}", post(hooks::hook))
        .layer(DefaultBodyLimit::max(hooks::MAX_DELIVERY_BYTES))
        .merge(incoming::routes());
    let watch = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::numbers));
    // Server functions read the body themselves, past axum's own limit.
    let pages = pages::routes(&web).layer(RequestBodyLimitLayer::new(MAX_FORM_BYTES));
    let (api, _) = api::routes();

    let guards = ServiceBuilder::new()
        .layer(middleware::from_fn(request::follow))
        .layer(middleware::from_fn_with_state(headers::IsHttps(web.is_https()), headers::protect))
        .layer(compression())
        .layer(middleware::from_fn(error::finish))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, LONGEST))
        .layer(middleware::from_fn_with_state(rate::Rates::new(web.options.rates), rate::limit))
        .layer(middleware::from_fn_with_state(origin::PublicOrigin(web.options.public_origin.clone()), origin::check))
        .layer(middleware::from_fn_with_state(web.clone(), who::recognise));
    Router::new()
        .merge(api)
        .merge(hooks)
        .merge(watch)
        .route("/c/{slug}/live", get(live::stream))
        .route("/mail/unsubscribe", get(mail::look).post(mail::one_click))
        .merge(install::routes())
        .merge(pages)
        .layer(guards)
        .with_state(web)
}

/// Compresses what is made for the request; the site's files lie compressed beside themselves.
///
/// The fastest levels: an answer is sent once, and the processor has policies to run.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = DefaultPredicate::new()
        .and(NotForContentType::const_new("font/woff2"))
        .and(NotForContentType::const_new("application/wasm"));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it)
}
