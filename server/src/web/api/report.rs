//! The participation report for programs and spreadsheets.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use store::actions::ActionFilter;
use utoipa::{IntoParams, ToSchema};

use super::failures::Anytime;
use super::here::Here;
use crate::views::{dossier, report};
use crate::web::body::Query;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// Latest actions that are looked at.
const SEARCHED: u32 = 3_000;

/// How it is written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// `json`, or `csv` for spreadsheets.
    format: Option<ReportFormat>,
}

/// How the report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportFormat {
    /// Charts with their bars.
    #[default]
    Json,
    /// One bar a line.
    Csv,
}

/// The participation report.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// Since when it counts.
    since: String,
    /// The charts.
    charts: Vec<ChartShape>,
}

/// One chart.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChartShape {
    /// A word for it: `turnout`.
    id: String,
    /// What it shows.
    title: String,
    /// What the numbers are.
    unit: String,
    /// The bars, in order.
    bars: Vec<BarShape>,
}

/// One bar.
#[derive(Debug, Serialize, ToSchema)]
pub struct BarShape {
    /// What it stands for.
    label: String,
    /// How long it is; left out where there is nothing to count.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    /// Of how many things that was worked out.
    n: u32,
}

/// Read the participation report
///
/// Secret votes are counted without voters, and groups of fewer than five are left out.
#[utoipa::path(get, path = "/communities/{slug}/report", tag = "audit",
    params(("slug" = String, Path, description = "The community"), How),
    responses((status = 200, body = Report, description = "The last twelve weeks"), Anytime))]
pub async fn get(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(how): Query<How>,
) -> Result<Response, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let store = web.ctx.store.community(here.community.id);
    let mut actions = store.actions(&ActionFilter { limit: SEARCHED, ..ActionFilter::default() }).await?;
    actions.retain(|stored| here.sees(&stored.action.kind));
    let dossiers = dossier::load(&store, actions).await?;
    let view = report::report(&here.roster, &dossiers, web.ctx.clock.now());
    if how.format == Some(ReportFormat::Csv) {
        let kind = HeaderValue::from_static("text/csv; charset=utf-8");
        let name = HeaderValue::from_static("attachment; filename=\"participation.csv\"");
        return Ok(
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], report::csv(&view)).into_response()
        );
    }
    let bar = |bar: app::api::report::BarView| BarShape { label: bar.label, value: bar.value, n: bar.n };
    let chart = |chart: app::api::report::ChartView| ChartShape {
        id: chart.id,
        title: chart.title,
        unit: chart.unit,
        bars: chart.bars.into_iter().map(bar).collect(),
    };
    Ok(Json(Report { since: view.since.to_string(), charts: view.charts.into_iter().map(chart).collect() })
        .into_response())
}
