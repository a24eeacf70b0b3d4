//! The filters of the audit log: chips for those that are set, a form for more. All of it is in the address.

use leptos::prelude::*;

use crate::{
    api::audit::{AuditPage as Listed, AuditQuery, Choice},
    components::icon::icon,
    contexts::community_context::Place,
    format,
    pages::proposals_page::escaped,
};

/// The address of the log under these filters.
pub fn address(query: &AuditQuery, place: &Place) -> String {
    let before = query.before.map(|before| before.to_string());
    let fields = [
        ("text", &query.text),
        ("kind", &query.kind),
        ("actor", &query.actor),
        ("policy", &query.policy),
        ("subject", &query.subject),
        ("outcome", &query.outcome),
        ("since", &query.since),
        ("until", &query.until),
        ("before", &before),
    ];
    let set =
        fields.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={}", escaped(value))));
    let set = set.collect::<Vec<_>>().join("&");
    let path = place.href("audit");
    if set.is_empty() { path } else { format!("{path}?{set}") }
}

/// The same filters without one of them.
fn without(query: &AuditQuery, field: &str) -> AuditQuery {
    let mut rest = AuditQuery { before: None, ..query.clone() };
    match field {
        "text" => rest.text = None,
        "kind" => rest.kind = None,
        "actor" => rest.actor = None,
        "policy" => rest.policy = None,
        "subject" => rest.subject = None,
        "outcome" => rest.outcome = None,
        "since" => rest.since = None,
        "until" => rest.until = None,
        _ => {}
    }
    rest
}

/// Search, the filters that are set, and a form for more.
pub fn filters(listed: &Listed, query: &AuditQuery, place: &Place) -> AnyView {
    let chips = listed
        .active
        .iter()
        .map(|filter| {
            view! {
                <li>
                    <a class="chip on" href=address(&without(query, &filter.field), place)>
                        {filter.label.clone()}
                        <span class="visually-hidden">", remove"</span>
                        {icon("x")}
                    </a>
                </li>
            }
        })
        .collect_view();
    let outcomes = [("passed", "Passed"), ("failed", "Failed"), ("open", "Open"), ("held", "Held"), ("trial", "Trial")]
        .map(|(value, label)| Choice { value: value.to_owned(), label: label.to_owned() });
    let choices = &listed.choices;
    let is_open = listed.active.iter().any(|filter| filter.field != "text" && filter.field != "subject");
    let subject = query.subject.clone().map(|subject| view! { <input type="hidden" name="subject" value=subject /> });
    view! {
        <form class="filters" method="get" action=place.href("audit") role="search" aria-label="Filter the audit log">
            <div class="row">
                <div class="search">
                    {icon("search")}
                    <label class="visually-hidden" for="text">
                        "Search the audit log"
                    </label>
                    <input id="text" name="text" type="search" placeholder="Search names, policies, words" value=query.text.clone().unwrap_or_default() />
                </div>
                <button class="button" type="submit">
                    "Search"
                </button>
            </div>
            {subject}
            {(!listed.active.is_empty()).then(|| view! { <ul class="chips" aria-label="Active filters">{chips}</ul> })}
            <details class="twin more-filters" open=is_open>
                <summary>{icon("plus")} "Filter by who, what, outcome or time"</summary>
                <div class="filter-grid">
                    {select("actor", "Who", &choices.actors, query.actor.as_deref())}
                    {select("kind", "What", &choices.kinds, query.kind.as_deref())}
                    {select("policy", "Policy", &choices.policies, query.policy.as_deref())}
                    {select("outcome", "Outcome", &outcomes, query.outcome.as_deref())}
                    {day("since", "From", query.since.as_deref())}
                    {day("until", "Until", query.until.as_deref())}
                    <button class="button" type="submit">
                        "Show these"
                    </button>
                </div>
            </details>
            <p class="small muted" role="status">
                <b>{entries(listed.total)}</b>
            </p>
        </form>
    }
    .into_any()
}

fn entries(n: u32) -> String {
    if n == 1 { "1 entry".to_owned() } else { format!("{} entries", format::number(i64::from(n))) }
}

fn select(name: &'static str, label: &'static str, choices: &[Choice], chosen: Option<&str>) -> AnyView {
    let options = choices.iter().map(|choice| {
        let is_chosen = chosen == Some(choice.value.as_str());
        view! {
            <option value=choice.value.clone() selected=is_chosen>
                {choice.label.clone()}
            </option>
        }
    });
    view! {
        <div class="field">
            <label for=format!("filter-{name}")>{label}</label>
            <select class="input small" id=format!("filter-{name}") name=name>
                <option value="">"Any"</option>
                {options.collect_view()}
            </select>
        </div>
    }
    .into_any()
}

fn day(name: &'static str, label: &'static str, chosen: Option<&str>) -> AnyView {
    view! {
        <div class="field">
            <label for=format!("filter-{name}")>{label}</label>
            <input class="input small" type="date" id=format!("filter-{name}") name=name value=chosen.unwrap_or_default().to_owned() />
        </div>
    }
    .into_any()
}
