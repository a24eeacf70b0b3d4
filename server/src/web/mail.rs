//! Where the links in letters' headers lead: programs of mail providers, which have no session.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::backend::PageBackend;
use super::error::ApiError;
use super::state::Web;

/// What such a link carries.
#[derive(Debug, Deserialize)]
pub struct Carried {
    token: String,
}

/// `POST /mail/unsubscribe`: one click in the mail program ends e-mail to a member (RFC 8058). Asks for nothing but the link.
///
/// # Errors
/// 422 where the link is not one of ours.
pub async fn one_click(State(web): State<Web>, Query(carried): Query<Carried>) -> Result<StatusCode, ApiError> {
    let backend = PageBackend::new(web);
    let refused = |error: app::error::AppError| ApiError::invalid("link-not-ours", error.message).at("token");
    backend.end_mail(&carried.token).await.map_err(refused)?;
    Ok(StatusCode::OK)
}

/// `GET /mail/unsubscribe`: a person followed the same link; the page asks once more.
pub async fn look(Query(carried): Query<Carried>) -> Response {
    let is_token = carried.token.bytes().all(|byte| byte.is_ascii_hexdigit());
    let token = if is_token { carried.token } else { String::new() };
    Redirect::to(&format!("/unsubscribe?token={token}")).into_response()
}
