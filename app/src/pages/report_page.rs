//! The participation report: charts with their tables, and everything as CSV.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::report::{ReportView, report},
    components::{chart::bar_chart, icon::icon, load::community_page, when::moment},
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

/// The participation report.
#[component]
pub fn ReportPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let loaded = Resource::new_blocking(move || community.slug.get(), report);
    refetch_on(loaded, |topic| topic == "clock");
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &ReportView, place: &Place) -> AnyView {
    let figures = view
        .figures
        .iter()
        .map(|figure| {
            view! {
                <div>
                    <span class="value">{figure.value.clone()}</span>
                    <span class="name">{figure.name.clone()}</span>
                </div>
            }
        })
        .collect_view();
    let charts = view
        .charts
        .iter()
        .map(|chart| {
            let heading = format!("chart-{}", chart.id);
            view! {
                <section class="card stack gap-3 chart-card" aria-labelledby=heading.clone()>
                    <h2 id=heading.clone() class="small">
                        {chart.title.clone()}
                    </h2>
                    <p class="small muted">{chart.sentence.clone()}</p>
                    {bar_chart(chart)}
                </section>
            }
        })
        .collect_view();
    let csv = format!("/api/v1/communities/{}/report?format=csv", place.frame.slug);
    let is_member = place.frame.membership.is_some();
    view! {
        <Title text=format!("Participation, {}", place.frame.name) />
        <div class="page">
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"Participation"</h1>
                    <p class="muted measure">
                        "How we take part, since " {moment(view.since, format::date(view.since))}
                        ". Secret votes are counted without voters, and small groups are left out."
                    </p>
                </div>
                {is_member
                    .then(|| {
                        view! {
                            <a class="button" href=csv rel="external" download="participation.csv">
                                {icon("download")}
                                "As CSV"
                            </a>
                        }
                    })}
            </header>
            <div class="figures">{figures}</div>
            <div class="grid min-19 section report-charts">{charts}</div>
        </div>
    }
    .into_any()
}
