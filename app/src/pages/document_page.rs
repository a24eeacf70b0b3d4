//! One document, and its versions.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use types::Enforcement;

use crate::{
    api::document::{DocumentVersion, DocumentView, ServingPolicy, document},
    components::{
        badge::trial_badge, icon::icon, load::community_page, markdown::markdown, notice::callout, when::moment,
    },
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
        (params.read().get("id").unwrap_or_default(), version, query.read().get("at"))
    });
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), asked.get()),
        |(slug, (id, version, at))| document(slug, id, version, at),
    );
    refetch_on(loaded, |topic| topic == "documents");
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &DocumentView, place: &Place) -> AnyView {
    let change = view.may_change.then(|| {
        view! {
            <a class="button primary" href=place.href(&format!("documents/{}/edit", view.id))>
                {icon("pencil")}
                "Propose a change"
            </a>
        }
    });
    let own = place.href(&format!("documents/{}", view.id));
    let old = (view.version != view.newest).then(|| {
        let link = view! { <a href=own.clone()>{format!("See version {}, which is in force", view.newest)}</a> };
        let words = match view.at {
            Some(at) => format!("This is version {}, in force on {}.", view.version, format::date(at)),
            None => format!("This is version {}.", view.version),
        };
        callout("open", "info", words, link.into_any())
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
                <div class="stack">
                    {clauses(view, place)}
                    <section class="panel" aria-labelledby="versions">
                        <header>
                            <h2 id="versions">"Versions"</h2>
                        </header>
                        <ol class="rows tight small">{versions}</ol>
                    </section>
                    {as_of(view, place)}
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Which policies see to which part.
fn clauses(view: &DocumentView, place: &Place) -> Option<AnyView> {
    // Where no part names a policy, the community does not use it.
    if view.clauses.iter().all(|clause| clause.policies.is_empty()) {
        return None;
    }
    let lines = view.clauses.iter().map(|clause| {
        let policies = clause.policies.iter().map(|policy| serving(policy, place)).collect_view();
        let policies = if clause.policies.is_empty() {
            view! { <span class="subtle">"No policy sees to this."</span> }.into_any()
        } else {
            policies.into_any()
        };
        view! {
            <li>
                <div class="grow stack gap-1">
                    <a href=format!("#{}", clause.anchor)>{clause.heading.clone()}</a>
                    {policies}
                </div>
            </li>
        }
    });
    Some(
        view! {
            <section class="panel" aria-labelledby="clauses">
                <header>
                    <h2 id="clauses">"Who sees to it"</h2>
                </header>
                <ul class="rows tight small">{lines.collect_view()}</ul>
            </section>
        }
        .into_any(),
    )
}

/// A policy that a clause names.
pub fn serving(policy: &ServingPolicy, place: &Place) -> AnyView {
    let state = match policy.enforcement {
        Some(Enforcement::Enforced) => None,
        Some(_) => Some(trial_badge().into_any()),
        None => Some(view! { <span class="badge held">{icon("triangle-alert")} "Not in force"</span> }.into_any()),
    };
    let name = match policy.id {
        Some(id) => view! { <a href=place.href(&format!("policies/{id}"))>{policy.name.clone()}</a> }.into_any(),
        None => policy.name.clone().into_any(),
    };
    view! { <span class="row gap-1">{icon("scale")} {name} {state}</span> }.into_any()
}

/// The version of any day.
fn as_of(view: &DocumentView, place: &Place) -> AnyView {
    let action = place.href(&format!("documents/{}", view.id));
    let today = format::machine(place.now).chars().take(10).collect::<String>();
    view! {
        <form class="card stack gap-2" method="get" action=action>
            <div class="field">
                <label for="at">"As it was on"</label>
                <input class="input" type="date" id="at" name="at" max=today.clone() value=today required=true />
            </div>
            <button class="button" type="submit">
                {icon("calendar")}
                "Show it"
            </button>
        </form>
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
    let changes = (version.number > 1).then(|| {
        let href =
            place.href(&format!("documents/{}/changes?from={}&to={}", view.id, version.number - 1, version.number));
        view! { ", " <a href=href>"what changed"</a> }
    });
    view! {
        <li aria-current=is_shown.then_some("true")>
            <div class="grow">
                {title}
                <p class="tiny subtle">{moment(version.at, format::date(version.at))} {author} {decision} {changes}</p>
            </div>
        </li>
    }
    .into_any()
}
