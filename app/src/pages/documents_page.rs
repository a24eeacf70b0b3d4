//! The community's documents.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::document::{DocumentLine, DocumentsView, documents},
    components::{badge::badge, empty::empty, icon::icon, load::community_page, when::moment},
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

/// The documents of a community.
#[component]
pub fn DocumentsPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let loaded = Resource::new_blocking(move || community.slug.get(), documents);
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
            <a class="button primary" href=place.href("propose/constitution.add_document")>
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
            {body}
        </div>
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
