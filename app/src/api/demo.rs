//! What exists only in a demo: a clock that can be moved.

use leptos::prelude::*;
use types::Timestamp;

use crate::error::AppError;

/// Moves the demo's clock forward and answers with the new time.
#[server]
pub async fn advance_clock(
    /// How far, in seconds.
    seconds: u32,
) -> Result<Timestamp, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.advance_clock(&viewer, seconds).await)
}
