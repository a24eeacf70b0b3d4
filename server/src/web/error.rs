//! What a program is told when something goes wrong: `{code, message, request_id}`, and the field where there is one.
//!
//! Handlers answer with an [`ApiError`]; [`finish`] writes it down together with the request's id, and gives every failure that
//! the frameworks make by themselves (no such route, wrong method, too large, wrong media type) the same shape.

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request::RequestId;

/// An error of the REST interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// Stable and kebab-case.
    pub code: &'static str,
    /// What was tried, why not and what to do.
    pub message: String,
    /// Which part of the request it is about: `payload.name`.
    pub field: Option<String>,
    /// When to come back, in seconds.
    pub retry_after: Option<u64>,
    /// For a failure of ours: what really happened, for the log alone.
    pub cause: Option<String>,
}

/// What stands in the body of every failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// Stable and kebab-case, for programs: `unknown-action-type`.
    #[schema(example = "unknown-action-type")]
    pub code: String,
    /// What was tried, why not and what to do, for people.
    pub message: String,
    /// Finds the request in the service's log.
    pub request_id: String,
    /// The part of the request it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "payload.name")]
    pub field: Option<String>,
}

impl ApiError {
    /// An error with its status, code and sentence.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None, retry_after: None, cause: None }
    }

    /// `what` (in "there is no …") is not here, or not for this caller.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("there is no {what} that you can see here"))
    }

    /// Nothing has this address.
    #[must_use]
    pub fn no_such_route() -> Self {
        let message = "nothing has this address; /api/v1/openapi.json lists what there is";
        Self::new(StatusCode::NOT_FOUND, "no-such-route", message)
    }

    /// What was sent cannot be right.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// It collides with how things stand.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    /// The caller is known and may not.
    pub fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// Nobody said who is calling.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "token-needed",
            "send a bearer token: Authorization: Bearer <token>. The operator's is POLITY_OPERATOR_TOKEN; a community's \
             administrator makes others with POST /api/v1/communities/{slug}/tokens",
        )
    }

    /// A failure of ours. `cause` goes to the log and nowhere else.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self {
            cause: Some(cause.to_string()),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "something went wrong on our side; try again, and tell the operator the request_id if it stays",
            )
        }
    }

    /// A part of the service is not answering. `cause` goes to the log and nowhere else.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self {
            cause: Some(cause.to_string()),
            retry_after: Some(1),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "a part of the service is not answering; try again in a moment",
            )
        }
    }

    /// The same, about one part of the request.
    #[must_use]
    pub fn at(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// The error as the answer, under a request's id.
    fn answer(&self, request_id: &str) -> Response {
        let body = ErrorBody {
            code: self.code.to_owned(),
            message: self.message.clone(),
            request_id: request_id.to_owned(),
            field: self.field.clone(),
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Whether an address belongs to programs: their failures are JSON, people's are pages.
#[must_use]
pub fn is_for_programs(path: &str) -> bool {
    ["/api/", "/_matrix/", "/hooks/", "/mail/", "/_fn/"].iter().any(|prefix| path.starts_with(prefix))
        || matches!(path, "/api" | "/healthz" | "/readyz" | "/metrics")
        || path.starts_with("/c/") && path.ends_with("/live")
}

/// Gives every failure its one shape.
pub async fn finish(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let for_programs = is_for_programs(request.uri().path());
    let is_server_function = request.uri().path().starts_with("/_fn/");
    let response = next.run(request).await;

    if let Some(error) = response.extensions().get::<ApiError>() {
        if let Some(cause) = &error.cause {
            tracing::error!(request.id = %id, code = error.code, cause, "request {id} failed: {cause}");
        }
        return error.answer(&id.0);
    }
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    // Server functions answer their own errors, in the shape that the pages read.
    let answers_itself = is_server_function && response.status() != StatusCode::METHOD_NOT_ALLOWED;
    let is_failure = response.status().is_client_error() || response.status().is_server_error();
    if is_failure && for_programs && !is_json && !answers_itself {
        return framework_error(&response).answer_keeping(&id.0, response);
    }
    response
}

impl ApiError {
    /// The error as the answer, keeping the headers that say more (`Allow`).
    fn answer_keeping(&self, request_id: &str, was: Response<Body>) -> Response {
        const KEPT: [HeaderName; 2] = [header::ALLOW, header::RETRY_AFTER];
        let mut response = self.answer(request_id);
        for name in KEPT {
            if let Some(value) = was.headers().get(&name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }
}

/// Words for a failure that a framework made without any of ours.
fn framework_error(response: &Response) -> ApiError {
    let status = response.status();
    let (code, message) = match status {
        StatusCode::NOT_FOUND => {
            ("no-such-route", "nothing has this address; /api/v1/openapi.json lists what there is")
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method-not-allowed", "this address takes other methods: see the Allow header")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "the body is larger than this address takes"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("unsupported-media-type", "send the body as Content-Type: application/json")
        }
        StatusCode::REQUEST_TIMEOUT => ("too-slow", "the request took too long to arrive or to answer; try again"),
        _ if status.is_client_error() => ("bad-request", "the request cannot be understood"),
        _ => (
            "internal",
            "something went wrong on our side; try again, and tell the operator the request_id if it stays",
        ),
    };
    ApiError::new(status, code, message)
}

impl From<store::StoreError> for ApiError {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::Busy(_) => Self::unavailable(error),
            other => Self::internal(other),
        }
    }
}
