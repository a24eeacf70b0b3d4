//! What exists only in a demo.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use crate::boot;
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// Farthest that the clock is moved at once.
///
/// # Units
/// Seconds: ten years.
pub const MAX_ADVANCE_SECONDS: u64 = 10 * 366 * 24 * 3600;

/// How far to move the clock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// Seconds, forward.
    #[schema(example = 172_800)]
    seconds: u64,
}

/// The clock was moved.
#[derive(Debug, Serialize, ToSchema)]
pub struct Advanced {
    /// What time it is now, RFC 3339.
    now: String,
}

/// Move the clock forward
///
/// Exists only under `--demo`. Answers when what fell due meanwhile has been decided, or after a few seconds.
#[utoipa::path(post, path = "/demo/advance", tag = "demo", request_body = Advance,
    responses((status = 200, body = Advanced, description = "The new time"), Anytime, WithBody))]
pub async fn advance(
    State(web): State<Web>,
    caller: Caller,
    Body(advance): Body<Advance>,
) -> Result<Json<Advanced>, ApiError> {
    if !web.is_demo() {
        return Err(ApiError::not_found("demo"));
    }
    if caller != Caller::Operator {
        return Err(ApiError::forbidden("operator-needed", "only the operator moves the clock by this call"));
    }
    if advance.seconds > MAX_ADVANCE_SECONDS {
        let message = format!("seconds is at most {MAX_ADVANCE_SECONDS}, which is ten years");
        return Err(ApiError::invalid("too-much", message).at("seconds"));
    }
    boot::advance(&web.ctx, Duration::from_secs(advance.seconds)).await.map_err(ApiError::internal)?;
    Ok(Json(Advanced { now: web.ctx.clock.now().to_string() }))
}
