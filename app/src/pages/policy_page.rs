//! One policy: what it does in plain words, its source, what it did, its versions, what it may do.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use types::PolicyKind;

use crate::{
    api::policy::{PolicyView, policy},
    components::{
        badge::{badge, enforcement_badge, layer_word, plain_badge},
        code::code_block,
        icon::icon,
        load::community_page,
        notice::callout,
        when::when,
    },
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

mod aside;
mod versions;

/// One policy.
#[component]
pub fn PolicyPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        let version = query.read().get("version").and_then(|version| version.parse::<u32>().ok());
        (params.read().get("id").unwrap_or_default(), version)
    });
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), asked.get()),
        |(slug, (id, version))| policy(slug, id, version),
    );
    refetch_on(loaded, |topic| topic == "policies" || topic == "clock");
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &PolicyView, place: &Place) -> AnyView {
    view! {
        <Title text=format!("{} {}, {}", view.label, view.name, place.frame.name) />
        <div class="page">
            {head(view, place)}
            {notices(view, place)}
            <div class="with-aside">
                <div class="stack gap-10">
                    {steps(view)}
                    {source(view)}
                    {stats(view, place)}
                    {versions::versions(view, place)}
                </div>
                <div class="stack">
                    {aside::powers(view)}
                    {aside::settings(view)}
                    {aside::order(view, place)}
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn head(view: &PolicyView, place: &Place) -> AnyView {
    let change = view.may_change.then(|| {
        view! {
            <div class="row policy-actions gap-2">
                <a class="button primary" rel="external" href=place.href(&format!("policies/{}/edit", view.id))>
                    {icon("pencil")}
                    "Propose a change"
                </a>
            </div>
        }
    });
    let governs = view.governs.iter().map(|fact| fact.value.as_str()).collect::<Vec<_>>().join(", ");
    let reacting = (view.kind == PolicyKind::Reacting).then(|| plain_badge("Answers, holds nothing up"));
    view! {
        <p class="small crumb">
            <a href=place.href("policies")>"Policies"</a>
            " "
            <span class="subtle">{format!("/ {}", view.label)}</span>
        </p>
        <header class="policy-head">
            <div class="stack gap-3">
                <p class="row gap-2">
                    {enforcement_badge(view.enforcement)} {plain_badge(layer_word(view.layer))}
                    {plain_badge(format!("Version {}", view.version))} {reacting}
                </p>
                <h1>{view.name.clone()}</h1>
                <p class="effect voice">{view.description.clone()}</p>
                <p class="meta">
                    <span>{icon("zap")} {format!("Governs: {governs}")}</span>
                </p>
            </div>
            {change}
        </header>
    }
    .into_any()
}

/// That it is broken, removed, or shown at an old version.
fn notices(view: &PolicyView, place: &Place) -> AnyView {
    let incident = view.incident.as_ref().map(|incident| {
        let at = incident.line.map(|line| format!(" (line {line})")).unwrap_or_default();
        let message =
            (!incident.message.is_empty()).then(|| view! { " " <code>{format!("{}{at}", incident.message)}</code> });
        let rest = view! { {when(incident.at, place.now)} "." {message} };
        callout("held", "triangle-alert", incident.sentence.clone(), rest.into_any())
    });
    let old = match view.in_force {
        None => Some(callout(
            "failed",
            "circle-x",
            "No longer in force.".to_owned(),
            "It is kept for the record.".into_any(),
        )),
        Some(current) if current != view.version => {
            let link = view! { <a href=place.href(&format!("policies/{}", view.id))>{format!("See version {current}, which is in force")}</a> };
            Some(callout("open", "info", format!("This is version {}.", view.version), link.into_any()))
        }
        Some(_) => None,
    };
    (incident.is_some() || old.is_some())
        .then(|| view! { <div class="stack notices">{incident} {old}</div> })
        .into_any()
}

/// What each function does, in plain words.
fn steps(view: &PolicyView) -> Option<AnyView> {
    if view.steps.is_empty() {
        return None;
    }
    let lines = view
        .steps
        .iter()
        .map(|step| view! { <li><b>{step.name.clone()}</b><p>{step.value.clone()}</p></li> })
        .collect_view();
    Some(
        view! {
            <section aria-labelledby="plain">
                <div class="section-head">
                    <h2 id="plain">"In plain words"</h2>
                    <span class="after">
                        <a href="#source">"See the JavaScript"</a>
                    </span>
                </div>
                <div class="panel">
                    <div class="body">
                        <ol class="steps">{lines}</ol>
                    </div>
                </div>
            </section>
        }
        .into_any(),
    )
}

/// The JavaScript, with the fingerprint that identifies it.
fn source(view: &PolicyView) -> AnyView {
    let line = view.incident.as_ref().and_then(|incident| incident.line);
    let label = format!("Source of version {}", view.version);
    view! {
        <section aria-labelledby="source">
            <div class="section-head">
                <h2 id="source">"JavaScript"</h2>
                <span class="after muted">
                    {icon("fingerprint")} " " <code title=view.hash.clone()>{format::fingerprint(&view.hash)}</code>
                </span>
            </div>
            <div class="panel code-panel">{code_block(&view.source, label, line)}</div>
        </section>
    }
    .into_any()
}

/// What it did in thirty days.
fn stats(view: &PolicyView, place: &Place) -> AnyView {
    let Some(stats) = &view.stats else {
        return view! {
            <section aria-labelledby="seen">
                <div class="section-head">
                    <h2 id="seen">"Last 30 days"</h2>
                </div>
                <p class="muted">"Nothing that it governs was attempted."</p>
            </section>
        }
        .into_any();
    };
    let most = f64::from(stats.seen.max(1));
    let bar = |name: &'static str, count: u32, class: &'static str, outcome: &'static str| {
        let href = place.href(&format!("audit?policy={}{outcome}", view.id));
        let share = format::percent(f64::from(count), most).to_string();
        let piece = (count > 0).then(|| view! { <span class=format!("seg {class}") data-share=share></span> });
        view! {
            <li>
                <a href=href>
                    <span>{name}</span>
                    <span class="bar" aria-hidden="true">
                        {piece}
                    </span>
                    <b>{count.to_string()}</b>
                </a>
            </li>
        }
    };
    let typical = stats.typical_seconds.map(|seconds| {
        view! {
            <dt>"Typical time"</dt>
            <dd>{format::span(i64::from(seconds))}</dd>
        }
    });
    let errors =
        (stats.errors > 0).then(|| badge("held", "triangle-alert", format::count(i64::from(stats.errors), "error")));
    view! {
        <section aria-labelledby="seen">
            <div class="section-head">
                <h2 id="seen">"Last 30 days"</h2>
                <span class="after muted">{errors} " Choose a bar to see those entries"</span>
            </div>
            <div class="panel">
                <div class="body stack">
                    <ul class="bars">
                        {bar("Attempts seen", stats.seen, "seen", "")}
                        {bar("Passed", stats.passed, "yes", "&outcome=passed")}
                        {bar("Failed", stats.failed, "no", "&outcome=failed")}
                        {bar("Open now", stats.open, "taking-part", "&outcome=open")}
                    </ul>
                    <dl class="facts">
                        {typical}
                        <dt>"Ballots cast"</dt>
                        <dd>{format::number(i64::from(stats.ballots))}</dd>
                    </dl>
                </div>
            </div>
        </section>
    }
    .into_any()
}
