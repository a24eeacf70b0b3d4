//! The community's documents.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::document::{DocumentLine, DocumentsView, documents},
    components::{badge::badge, empty::empty, icon::icon, load::community_page, notice::callout, when::moment},
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
    pages::document_page::serving,
};

/// The documents of a community.
#[component]
pub fn DocumentsPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let query = use_query_map();
    let at = Memo::new(move |_| query.read().get("at"));
    let loaded = Resource::new_blocking(move || (community.slug.get(), at.get()), |(slug, at)| documents(slug, at));
    refetch_on(loaded, |topic| topic == "documents" || topic == "clock");
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &DocumentsView, place: &Place) -> AnyView {
    let rows = view.documents.iter().map(|line| row(line, place)).collect_view();
    let body = if view.documents.is_empty() {
        empty(
            "scroll-text",
            "No documents yet.",
            "A code of conduct, a constitution, opening hours: whatever the community writes down stands here.",
        )
        .into_any()
    } else {
        view! { <ul class="panel rows">{rows}</ul> }.into_any()
    };
    let add = view.may_add.then(|| {
        view! {
            <a class="button primary" href=place.href("documents/new")>
                {icon("plus")}
                "Propose a document"
            </a>
        }
    });
    view! {
        <Title text=format!("Documents, {}", place.frame.name) />
        <div class="page">
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"Documents"</h1>
                    <p class="muted measure">"What the community wrote down. Each change is a proposal."</p>
                </div>
                {add}
            </header>
            {view.at.map(|at| callout("open", "calendar", format!("As it was on {}.", format::date(at)), view! { <a href=place.href("documents")>"See what is in force now"</a> }.into_any()))}
            {body}
            {unwritten(view, place)}
            {as_of(place)}
        </div>
    }
    .into_any()
}

/// Policies that no document names.
fn unwritten(view: &DocumentsView, place: &Place) -> Option<AnyView> {
    let lines = view.unwritten.iter().map(|policy| view! { <li>{serving(policy, place)}</li> }).collect_view();
    (!view.unwritten.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="unwritten">
                <div class="section-head">
                    <h2 id="unwritten">"Policies that no document names"</h2>
                </div>
                <ul class="panel rows tight">{lines}</ul>
            </section>
        }
        .into_any()
    })
}

/// The documents of any day.
fn as_of(place: &Place) -> AnyView {
    let today = format::machine(place.now).chars().take(10).collect::<String>();
    view! {
        <form class="section inline-form" method="get" action=place.href("documents")>
            <div class="field">
                <label for="at">"As they were on"</label>
                <input class="input" type="date" id="at" name="at" max=today.clone() value=today required=true />
            </div>
            <button class="button" type="submit">
                {icon("calendar")}
                "Show them"
            </button>
        </form>
    }
    .into_any()
}

fn row(line: &DocumentLine, place: &Place) -> AnyView {
    let vote = line.under_vote.map(|id| {
        view! { <a href=place.href(&format!("proposals/{id}"))>{badge("open", "circle-dot", "Change under vote")}</a> }
    });
    view! {
        <li>
            {icon("file-text")}
            <div class="grow stack gap-1">
                <h2 class="row-title">
                    <a href=place.href(&format!("documents/{}", line.id))>{line.name.clone()}</a>
                </h2>
                <p class="small muted voice">{line.summary.clone()}</p>
                <p class="meta">
                    <span>{format!("Version {}", line.version)}</span>
                    <span>"changed " {moment(line.changed_at, format::date(line.changed_at))}</span>
                </p>
            </div>
            {vote}
        </li>
    }
    .into_any()
}
