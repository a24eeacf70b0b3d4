//! What exists only in a demo.

use std::time::Duration;

use app::backend::{DemoBackend, Viewer};
use app::error::{AppError, ErrorKind};
use async_trait::async_trait;
use types::Timestamp;

use super::PageBackend;
use crate::boot;
use crate::web::api::demo::MAX_ADVANCE_SECONDS;
use crate::web::error::ApiError;

#[async_trait]
impl DemoBackend for PageBackend {
    async fn advance_clock(&self, viewer: &Viewer, seconds: u32) -> Result<Timestamp, AppError> {
        if !self.web.is_demo() {
            return Err(AppError::new(ErrorKind::NotPermitted, "no-demo", "The clock can be moved only in a demo."));
        }
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        let seconds = u64::from(seconds).min(MAX_ADVANCE_SECONDS);
        boot::advance(&self.web.ctx, Duration::from_secs(seconds)).await.map_err(ApiError::internal)?;
        Ok(self.web.ctx.clock.now())
    }
}
