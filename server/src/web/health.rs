//! For those who watch the service: is it alive, can it work, what has it done.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::state::Web;
use super::who::{self, Caller};
use crate::telemetry;

/// Whether the process answers at all.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Whether it can work: the database answers and the policy workers take work.
pub async fn ready(State(web): State<Web>) -> Result<&'static str, ApiError> {
    web.ctx.store.ping().await.map_err(ApiError::unavailable)?;
    if !web.ctx.runner.is_ready().await {
        return Err(ApiError::unavailable("no process that runs policies takes work"));
    }
    Ok("ready\n")
}

/// The numbers, as Prometheus reads them: for the operator's token, and for programs on this machine.
///
/// # Errors
/// 401 and 403 for everybody else: how busy the service is, is nobody else's business.
pub async fn numbers(State(web): State<Web>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    if !who::is_on_this_machine(&parts) && Caller::of(&web, &parts).await? != Caller::Operator {
        return Err(ApiError::forbidden("operator-needed", "only the operator reads the service's numbers"));
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((StatusCode::OK, kind, telemetry::render(&web.ctx.runner.numbers())).into_response())
}
