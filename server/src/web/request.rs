//! What every request gets first: an id, a span, and its place in the measurements.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

/// The header that carries the id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken over from a proxy in front.
const MAX_REQUEST_ID_BYTES: usize = 64;

/// Finds one request in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestId(pub String);

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl RequestId {
    /// The id that a proxy gave, where it is a plain one; otherwise a new one.
    fn of(request: &Request) -> Self {
        let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
        let plain = |id: &&str| {
            (8..=MAX_REQUEST_ID_BYTES).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        match given.filter(plain) {
            Some(id) => Self(id.to_owned()),
            None => Self(super::secret::random_hex::<8>()),
        }
    }
}

/// Names, traces and measures a request.
///
/// The span holds the route, never the address: an address may hold a token of a webhook.
pub async fn follow(mut request: Request, next: Next) -> Response {
    let id = RequestId::of(&request);
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "(none)".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(id.clone());

    let span = tracing::info_span!("request", request.id = %id, http.method = %method, http.route = %route);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (began.elapsed(), response.status());

    let (method, code) = (method.to_string(), status.as_u16().to_string());
    let labels = [("method", method.clone()), ("route", route.clone()), ("status", code)];
    metrics::counter!("polity_http_requests_total", &labels).increment(1);
    let labels = [("method", method), ("route", route)];
    metrics::histogram!("polity_http_request_seconds", &labels).record(took.as_secs_f64());
    span.in_scope(|| tracing::debug!(http.status = status.as_u16(), duration_ms = took.as_millis() as u64, "answered"));

    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
