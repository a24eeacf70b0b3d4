//! All proposals, with filters in the address.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{
        proposal::{ProposalFilter, ProposalsPage as Listed, proposals},
        words::Standing,
    },
    components::{badge, empty::empty, icon::icon, load::community_page, proposal_row::proposal_row},
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

/// The proposals of a community.
#[component]
pub fn ProposalsPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        let query = query.read();
        let given = |name: &str| query.get(name).filter(|value| !value.is_empty());
        ProposalFilter {
            standing: given("standing").as_deref().and_then(standing),
            text: given("text"),
            action_type: given("type"),
            page: given("page").and_then(|page| page.parse().ok()),
        }
    });
    let loaded =
        Resource::new_blocking(move || (community.slug.get(), filter.get()), |(slug, filter)| proposals(slug, filter));
    refetch_on(loaded, |topic| topic.starts_with("proposal:") || topic == "clock");
    community_page(loaded, move |listed, place| page(&listed, &filter.get_untracked(), &place))
}

/// The standing that an address names.
fn standing(name: &str) -> Option<Standing> {
    match name {
        "open" => Some(Standing::Open),
        "held" => Some(Standing::Held),
        "passed" => Some(Standing::Passed),
        "failed" => Some(Standing::Failed),
        "withdrawn" => Some(Standing::Withdrawn),
        _ => None,
    }
}

/// The name of a standing in an address.
const fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Held => "held",
        Standing::Passed => "passed",
        Standing::Failed => "failed",
        Standing::Withdrawn => "withdrawn",
    }
}

fn page(listed: &Listed, filter: &ProposalFilter, place: &Place) -> AnyView {
    let rows = listed.proposals.iter().map(|card| proposal_row(card, place, 2)).collect_view();
    let body = if listed.proposals.is_empty() {
        empty("vote", "No proposals here.", "When someone proposes something that fits these filters, it appears here.")
            .into_any()
    } else {
        view! { <ul class="panel rows">{rows}</ul> }.into_any()
    };
    view! {
        <Title text=format!("Proposals, {}", place.frame.name) />
        <div class="page">
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"Proposals"</h1>
                    <p class="muted measure">"Everything that was attempted and needs, or needed, a decision."</p>
                </div>
                <a class="button primary phone-only" href=place.href("propose")>
                    {icon("plus")}
                    "Propose"
                </a>
            </header>
            {filters(listed, filter, place)}
            {body}
            {pages(listed, filter, place)}
        </div>
    }
    .into_any()
}

/// The address of this list with another standing or page.
fn address(filter: &ProposalFilter, place: &Place, standing: Option<Standing>, page: Option<u32>) -> String {
    let mut query: Vec<String> = Vec::new();
    if let Some(standing) = standing {
        query.push(format!("standing={}", standing_name(standing)));
    }
    if let Some(text) = &filter.text {
        query.push(format!("text={}", escaped(text)));
    }
    if let Some(kind) = &filter.action_type {
        query.push(format!("type={}", escaped(kind)));
    }
    if let Some(page) = page {
        query.push(format!("page={page}"));
    }
    let path = place.href("proposals");
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// A text for a query.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Chips for the standings, and a search field.
fn filters(listed: &Listed, filter: &ProposalFilter, place: &Place) -> AnyView {
    let counts = listed.counts;
    let chip = |standing: Option<Standing>, words: String| {
        let is_on = filter.standing == standing;
        let sign = standing.map(|standing| icon(badge::sign(standing)));
        view! {
            <li>
                <a class=if is_on { "chip on" } else { "chip" } aria-current=is_on.then_some("true") href=address(filter, place, standing, None)>
                    {sign}
                    {words}
                </a>
            </li>
        }
    };
    view! {
        <div class="filters">
            <form class="search" role="search" method="get" action=place.href("proposals")>
                {icon("search")}
                <label class="visually-hidden" for="text">
                    "Search proposals"
                </label>
                <input id="text" name="text" type="search" placeholder="Search titles" value=filter.text.clone().unwrap_or_default() />
                {filter.standing.map(|standing| view! { <input type="hidden" name="standing" value=standing_name(standing) /> })}
            </form>
            <ul class="chips" aria-label="Filter by status">
                {chip(None, "All".to_owned())}
                {chip(Some(Standing::Open), format!("Open {}", counts.open))}
                {chip(Some(Standing::Held), format!("Held {}", counts.held))}
                {chip(Some(Standing::Passed), format!("Passed {}", counts.passed))}
                {chip(Some(Standing::Failed), format!("Failed {}", counts.failed))}
            </ul>
            <p class="small muted" role="status">
                <b>{format::count(i64::from(listed.total), "proposal")}</b>
                {filter.text.clone().map(|text| format!(" with “{text}”"))}
            </p>
        </div>
    }
    .into_any()
}

/// To the newer and older ones.
fn pages(listed: &Listed, filter: &ProposalFilter, place: &Place) -> Option<AnyView> {
    let (page, last) = (listed.page.max(1), listed.n_pages);
    let newer = (page > 1).then(|| {
        let href = address(filter, place, filter.standing, Some(page - 1));
        view! { <a class="button" href=href rel="prev">"Newer"</a> }
    });
    let older = (page < last).then(|| {
        let href = address(filter, place, filter.standing, Some(page + 1));
        view! { <a class="button" href=href rel="next">"Older"</a> }
    });
    (last > 1).then(|| {
        view! {
            <nav class="row pages" aria-label="Pages">
                {newer}
                {older}
                <span class="small muted">{format!("Page {page} of {last}")}</span>
            </nav>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_search_text_is_safe_in_an_address() {
        assert_eq!(escaped("#tool-chat & co"), "%23tool-chat%20%26%20co");
        assert_eq!(escaped("ü"), "%C3%BC");
    }
}
