//! The participation report.

use app::api::report::ReportView;
use app::backend::{ReportBackend, Viewer};
use app::error::AppError;
use async_trait::async_trait;

use super::PageBackend;
use crate::views::report;

/// Latest actions that are looked at.
const SEARCHED: usize = 3_000;

#[async_trait]
impl ReportBackend for PageBackend {
    async fn report(&self, viewer: &Viewer, slug: &str) -> Result<ReportView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let dossiers = place.recent(None, SEARCHED).await?;
        Ok(report::report(&place.here.roster, &dossiers, place.now))
    }
}
