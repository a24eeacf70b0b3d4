//! The pages: rendered by `app`, which asks [`super::backend`].

use std::sync::{Arc, LazyLock};

use app::backend::{Backend, Viewer};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};

use super::backend::PageBackend;
use super::error::{ApiError, is_for_programs};
use super::headers::{Needs, content_security_policy};
use super::state::Web;

/// The addresses of all pages.
///
/// Found once for the process: they are the same for every router, and looking for them runs the whole application.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

/// The pages and their server functions.
pub fn routes(web: &Web) -> Router<Web> {
    let context = context(web);
    let options = web.options.leptos.clone();
    Router::new()
        .leptos_routes_with_context(web, ROUTES.clone(), context, move || app::shell(options.clone()))
        .fallback(elsewhere)
}

/// What every page and server function finds in its context: the backend, the viewer, and the headers of this answer.
fn context(web: &Web) -> impl Fn() + Clone + Send + Sync + 'static {
    let backend: Arc<dyn Backend> = Arc::new(PageBackend::new(web.clone()));
    move || {
        provide_context(Arc::clone(&backend));
        // `recognise` runs before every route; without it everybody is a visitor.
        let parts = use_context::<Parts>();
        let needs = parts.as_ref().map_or(Needs::Nothing, |parts| Needs::of(parts.uri.path()));
        let viewer = parts.and_then(|parts| parts.extensions.get::<Viewer>().cloned());
        provide_context(viewer.unwrap_or_default());
        let policy = use_nonce().and_then(|nonce| HeaderValue::from_str(&content_security_policy(&nonce, needs)).ok());
        if let (Some(policy), Some(response)) = (policy, use_context::<ResponseOptions>()) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// Whatever no route has: a file of the site, or the page that says there is nothing.
async fn elsewhere(State(web): State<Web>, request: Request) -> Response {
    if is_for_programs(request.uri().path()) {
        return ApiError::no_such_route().into_response();
    }
    let (method, uri, headers) = (request.method().clone(), request.uri().clone(), request.headers().clone());
    if let Some(file) = web.site.file(method.clone(), uri, &headers).await {
        return file;
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "this address is only for reading")
            .into_response();
    }
    let options = web.options.leptos.clone();
    let render = leptos_axum::render_app_async_with_context(context(&web), move || app::shell(options.clone()));
    let mut response = render(request).await.into_response();
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
