//! One document, and its versions.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::document::{DocumentVersion, DocumentView, document},
    components::{icon::icon, load::community_page, markdown::markdown, notice::callout, when::moment},
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

/// One document.
#[component]
pub fn DocumentPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        let version = query.read().get("version").and_then(|version| version.parse::<u32>().ok());
        (params.read().get("id").unwrap_or_default(), version)
    });
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), asked.get()),
        |(slug, (id, version))| document(slug, id, version),
    );
    refetch_on(loaded, |topic| topic == "documents");
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &DocumentView, place: &Place) -> AnyView {
    let change = view.may_change.then(|| {
        view! {
            <a class="button primary" href=place.href(&format!("propose/constitution.change_document?about={}", view.id))>
                {icon("pencil")}
                "Propose a change"
            </a>
        }
    });
    let own = place.href(&format!("documents/{}", view.id));
    let old = (view.version != view.newest).then(|| {
        let link = view! { <a href=own.clone()>{format!("See version {}, which is in force", view.newest)}</a> };
        callout("open", "info", format!("This is version {}.", view.version), link.into_any())
    });
    let vote = view.under_vote.map(|id| {
        let link = view! { <a href=place.href(&format!("proposals/{id}"))>"See the proposal"</a> };
        callout("open", "circle-dot", "A change of this is under vote.".to_owned(), link.into_any())
    });
    let versions = view.versions.iter().map(|version| version_row(view, version, place)).collect_view();
    view! {
        <Title text=format!("{}, {}", view.name, place.frame.name) />
        <div class="page">
            <p class="small crumb">
                <a href=place.href("documents")>"Documents"</a>
                " "
                <span class="subtle">{format!("/ version {}", view.version)}</span>
            </p>
            <header class="page-head">
                <h1>{view.name.clone()}</h1>
                {change}
            </header>
            <div class="with-aside">
                <div class="stack">
                    {old}
                    {vote}
                    <article class="document voice" dir="auto">
                        {markdown(&view.text)}
                    </article>
                </div>
                <section class="panel" aria-labelledby="versions">
                    <header>
                        <h2 id="versions">"Versions"</h2>
                    </header>
                    <ol class="rows tight small">{versions}</ol>
                </section>
            </div>
        </div>
    }
    .into_any()
}

fn version_row(view: &DocumentView, version: &DocumentVersion, place: &Place) -> AnyView {
    let is_shown = version.number == view.version;
    let name = format!("Version {}", version.number);
    let title = if is_shown {
        view! { <b>{name}</b> }.into_any()
    } else {
        view! { <a href=place.href(&format!("documents/{}?version={}", view.id, version.number))>{name}</a> }.into_any()
    };
    let author = version.author.as_ref().map(|author| view! { " by " <bdi>{author.name.clone()}</bdi> });
    let decision =
        version.proposal.map(|id| view! { ", " <a href=place.href(&format!("proposals/{id}"))>"the decision"</a> });
    view! {
        <li aria-current=is_shown.then_some("true")>
            <div class="grow">
                {title}
                <p class="tiny subtle">{moment(version.at, format::date(version.at))} {author} {decision}</p>
            </div>
        </li>
    }
    .into_any()
}
