//! The audit log: everything that changed, who did it and why, with filters in the address.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::audit::{AuditPage as Listed, AuditQuery, Integrity, audit},
    components::{empty::empty, icon::icon, load::community_page, when::moment},
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

mod entry;
mod filters;

/// The audit log of a community.
#[component]
pub fn AuditPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        let given = |name: &str| query.get(name).filter(|value| !value.trim().is_empty());
        AuditQuery {
            text: given("text"),
            kind: given("kind"),
            actor: given("actor"),
            policy: given("policy"),
            subject: given("subject"),
            outcome: given("outcome"),
            since: given("since"),
            until: given("until"),
            before: given("before").and_then(|before| before.parse().ok()),
        }
    });
    let loaded =
        Resource::new_blocking(move || (community.slug.get(), asked.get()), |(slug, query)| audit(slug, query));
    // An older page does not change under the reader; only the newest is alive.
    refetch_on(loaded, move |topic| topic == "audit" && asked.get_untracked().before.is_none());
    community_page(loaded, move |listed, place| page(&listed, &asked.get_untracked(), &place))
}

fn page(listed: &Listed, query: &AuditQuery, place: &Place) -> AnyView {
    view! {
        <Title text=format!("Audit log, {}", place.frame.name) />
        <div class="page">
            <header class="stack gap-2 audit-head">
                <h1>"Audit log"</h1>
                <p class="muted measure">
                    "Everything that changed in this community, who or which policy did it, and why. Nothing here can be edited or removed quietly."
                </p>
            </header>
            {integrity(&listed.integrity, place)}
            {filters::filters(listed, query, place)}
            {days(listed, place)}
            {pages(listed, query, place)}
        </div>
    }
    .into_any()
}

/// Whether the chain is whole, and how to check and take it.
fn integrity(state: &Integrity, place: &Place) -> AnyView {
    let (class, sign, strong, rest) = match &state.problem {
        Some(problem) => {
            ("callout failed integrity", "triangle-alert", "The chain is broken.".to_owned(), problem.clone())
        }
        None if state.is_whole => (
            "callout passed integrity",
            "shield-check",
            format!("Unbroken, entry {} to {}.", format::number(state.from), format::number(state.to)),
            "Each entry carries the fingerprint of the one before.".to_owned(),
        ),
        None => (
            "callout integrity",
            "clock",
            "Being checked.".to_owned(),
            "Every fingerprint is worked out again.".to_owned(),
        ),
    };
    let checked = state.checked_at.map(|at| view! { ", checked " {moment(at, format::when(at, place.now))} });
    let export = |kind: &str| format!("/api/v1/communities/{}/audit?format={kind}", place.frame.slug);
    view! {
        <section class=class aria-label="Integrity">
            {icon(sign)}
            <div>
                <p>
                    <strong>{strong}</strong>
                    " "
                    <span class="muted">{rest}</span>
                </p>
                <p class="tiny muted">
                    "Newest fingerprint " <code title=state.newest.clone()>{format::fingerprint(&state.newest)}</code> {checked}
                </p>
                <details class="twin">
                    <summary>"Check it yourself"</summary>
                    <p class="small muted">
                        "Download the log as JSON and run " <code>"polity verify FILE"</code>
                        ". It works without this service and names the first entry that was changed, left out or moved."
                    </p>
                </details>
            </div>
            <div class="row integrity-actions gap-2">
                <a class="button small" href=export("json") rel="external" download="">
                    {icon("download")}
                    "JSON"
                </a>
                <a class="button small" href=export("csv") rel="external" download="">
                    {icon("download")}
                    "CSV"
                </a>
            </div>
        </section>
    }
    .into_any()
}

/// The entries, a list for each day.
fn days(listed: &Listed, place: &Place) -> AnyView {
    if listed.entries.is_empty() {
        return empty("history", "No entries.", "Nothing in the log fits these filters.").into_any();
    }
    listed
        .entries
        .chunk_by(|a, b| format::day_number(a.at) == format::day_number(b.at))
        .zip(1_u32..)
        .map(|(entries, n)| {
            let id = format!("day-{n}");
            let title_id = id.clone();
            let title = entries.first().map(|entry| format::day(entry.at, place.now));
            let rows = entries.iter().map(entry::entry).collect_view();
            view! {
                <section aria-labelledby=id>
                    <h2 class="day" id=title_id>
                        {title}
                    </h2>
                    <ol class="panel log">{rows}</ol>
                </section>
            }
        })
        .collect_view()
        .into_any()
}

/// To the older entries, and back to the newest.
fn pages(listed: &Listed, query: &AuditQuery, place: &Place) -> AnyView {
    let older = listed.next.map(|before| {
        let href = filters::address(&AuditQuery { before: Some(before), ..query.clone() }, place);
        view! { <a class="button" href=href rel="next">"Older entries"</a> }
    });
    let newest = query.before.map(|_| {
        let href = filters::address(&AuditQuery { before: None, ..query.clone() }, place);
        view! { <a class="button quiet" href=href>"Back to the newest"</a> }
    });
    let shown = format!("Showing {} of {}", listed.entries.len(), format::number(i64::from(listed.total)));
    view! {
        <nav class="row pages" aria-label="Pages">
            {older}
            {newest}
            <span class="small muted">{shown}</span>
        </nav>
    }
    .into_any()
}
