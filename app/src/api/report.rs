//! The participation report.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::Timestamp;

use super::community::FigureView;
use crate::error::AppError;

/// The participation report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportView {
    /// Since when it counts.
    pub since: Timestamp,
    /// The figures at the top.
    pub figures: Vec<FigureView>,
    /// The charts, each with the numbers behind it.
    pub charts: Vec<ChartView>,
}

/// One chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartView {
    /// A word for addresses and files: `turnout`.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same as a sentence, with what stands out: the chart's name for those who listen.
    pub sentence: String,
    /// What the numbers are: "%", "hours", "asks".
    pub unit: String,
    /// What stands at the head of the first column: "Week".
    pub by: String,
    /// The bars, in order.
    pub bars: Vec<BarView>,
    /// What is not shown and why. Empty where everything is.
    pub left_out: String,
}

/// One bar.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BarView {
    /// What it stands for: "9 Nov", "Steward".
    pub label: String,
    /// How long it is; none where there is nothing to count.
    pub value: Option<f64>,
    /// Of how many things that was worked out.
    pub n: u32,
}

/// Loads the participation report.
#[server]
pub async fn report(
    /// The community.
    slug: String,
) -> Result<ReportView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.report(&viewer, &slug).await)
}
