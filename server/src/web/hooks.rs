//! What platforms send us. Each delivery is verified on its raw bytes, written down, and only then acknowledged.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use platforms::{DecodeError, Delivery};
use serde_json::json;
use types::ConnectionId;

use super::body::Raw;
use super::error::ApiError;
use super::state::Web;
use crate::pipeline::{self, ReceiveError};

/// Largest delivery: what a homeserver puts in one transaction at most.
///
/// # Units
/// Bytes.
pub const MAX_DELIVERY_BYTES: usize = 16 * 1024 * 1024;

/// `PUT /_matrix/app/v1/transactions/{txnId}`: what happened in Matrix.
pub async fn matrix_transaction(
    State(web): State<Web>,
    Path(_transaction): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Response {
    let delivery = delivery(&web, &uri, &headers, body.to_vec());
    match pipeline::receive(&web.ctx, "matrix", None, delivery).await {
        Ok(()) => Json(json!({})).into_response(),
        Err(error) => matrix_refusal(&error),
    }
}

/// `POST /_matrix/app/v1/ping`: the homeserver asks whether we are there.
pub async fn matrix_ping(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let delivery = delivery(&web, &uri, &headers, b"{\"events\":[]}".to_vec());
    match pipeline::receive(&web.ctx, "matrix", None, delivery).await {
        Ok(()) => Json(json!({})).into_response(),
        Err(error) => matrix_refusal(&error),
    }
}

/// `GET /_matrix/app/v1/users/{userId}` and `…/rooms/{alias}`: we invent neither users nor rooms on demand.
pub async fn matrix_unknown() -> Response {
    let body = json!({ "errcode": "M_NOT_FOUND", "error": "Polity makes no users or rooms on demand" });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

/// `POST /hooks/{platform}`: a platform that delivers to one address what all its workspaces, servers or repositories tell.
/// Events, clicks and commands come here alike, and all are signed.
///
/// # Errors
/// 404 for a platform that the operator has not set up, 401 for a wrong signature.
pub async fn shared_hook(
    State(web): State<Web>,
    Path(platform): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Response, ApiError> {
    let delivery = delivery(&web, &uri, &headers, body.to_vec());
    match pipeline::receive_at(&web.ctx, &platform, delivery, None).await {
        Ok(Some(answer)) => Ok(([(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response()),
        Ok(None) => Ok(StatusCode::OK.into_response()),
        Err(error) => Err(refusal(&error)),
    }
}

/// `POST /hooks/{platform}/{connection}`: any other platform.
///
/// # Errors
/// 404 for what is not there or does not match, 401 for a wrong signature.
pub async fn hook(
    State(web): State<Web>,
    Path((platform, connection)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<StatusCode, ApiError> {
    let connection: ConnectionId = connection.parse().map_err(|_| ApiError::not_found("connection"))?;
    let delivery = delivery(&web, &uri, &headers, body.to_vec());
    pipeline::receive(&web.ctx, &platform, Some(connection), delivery).await.map_err(|error| refusal(&error))?;
    Ok(StatusCode::ACCEPTED)
}

fn delivery(web: &Web, uri: &Uri, headers: &HeaderMap, body: Vec<u8>) -> Delivery {
    let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    Delivery {
        headers: headers.iter().filter_map(text).collect(),
        query: uri.query().unwrap_or_default().to_owned(),
        body,
        received_at: web.ctx.clock.now(),
        is_dialled: false,
    }
}

/// Why a delivery was refused, as Matrix says it.
fn matrix_refusal(error: &ReceiveError) -> Response {
    let refused = refusal(error);
    let code = match refused.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "M_FORBIDDEN",
        StatusCode::NOT_FOUND => "M_NOT_FOUND",
        StatusCode::PAYLOAD_TOO_LARGE => "M_TOO_LARGE",
        status if status.is_client_error() => "M_BAD_JSON",
        _ => "M_UNKNOWN",
    };
    if let Some(cause) = &refused.cause {
        tracing::error!(cause, "a delivery could not be kept: {cause}");
    }
    let status = if refused.status == StatusCode::UNAUTHORIZED { StatusCode::FORBIDDEN } else { refused.status };
    (status, Json(json!({ "errcode": code, "error": refused.message }))).into_response()
}

/// Why a delivery was refused. What is not there and what is not signed by whom it should be look the same from outside.
fn refusal(error: &ReceiveError) -> ApiError {
    match error {
        ReceiveError::NotConnected(_) | ReceiveError::Refused(DecodeError::NotSupported(_)) => {
            ApiError::not_found("connection")
        }
        ReceiveError::Refused(
            DecodeError::Unsigned | DecodeError::Forged | DecodeError::Stale(..) | DecodeError::NotConfigured(_),
        ) => ApiError::new(
            StatusCode::UNAUTHORIZED,
            "bad-signature",
            "the delivery is not signed with the secret that was agreed upon",
        ),
        ReceiveError::Refused(DecodeError::TooLarge(..)) => {
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the delivery is larger than any that is read")
        }
        ReceiveError::Refused(DecodeError::Malformed(_)) => ApiError::new(
            StatusCode::BAD_REQUEST,
            "malformed-delivery",
            "the delivery is not what the platform documents",
        ),
        ReceiveError::Store(cause) => ApiError::unavailable(cause),
        ReceiveError::Connection(cause) => ApiError::unavailable(format!("{cause:#}")),
    }
}
