//! All policies, in the order in which they are asked.

use leptos::prelude::*;
use leptos_meta::Title;
use types::{Combining, Layer, PolicyKind};

use crate::{
    api::policy::{LayerView, PoliciesView, PolicyLine, policies},
    components::{
        badge::{badge, enforcement_badge, plain_badge},
        empty::empty,
        icon::icon,
        load::community_page,
    },
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

/// The policies of a community.
#[component]
pub fn PoliciesPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let loaded = Resource::new_blocking(move || community.slug.get(), policies);
    refetch_on(loaded, |topic| topic == "policies" || topic == "clock");
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &PoliciesView, place: &Place) -> AnyView {
    let layers = view.layers.iter().map(|each| layer(each, place)).collect_view();
    let add = view.may_add.then(|| {
        view! {
            <a class="button primary" rel="external" href=place.href("studio")>
                {icon("plus")}
                "Propose a policy"
            </a>
        }
    });
    view! {
        <Title text=format!("Policies, {}", place.frame.name) />
        <div class="page">
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"Policies"</h1>
                    <p class="muted measure">"How this community decides, in the order in which the rules are asked."</p>
                </div>
                {add}
            </header>
            {layers}
        </div>
    }
    .into_any()
}

/// How several verdicts become one, in words.
pub(super) const fn combining_words(combining: Combining) -> &'static str {
    match combining {
        Combining::DenyOverrides => "Where several policies apply, every one must pass.",
        Combining::FirstApplicable => "Where several policies apply, the first in order decides.",
        Combining::PermitOverrides => "Where several policies apply, one that passes is enough.",
    }
}

fn layer(view: &LayerView, place: &Place) -> AnyView {
    let (id, title, nothing) = match view.layer {
        Layer::Platform => ("platform", "Everyday actions", "Everyday actions happen at once."),
        Layer::Constitution => (
            "constitution",
            "Changes of the rules themselves",
            "Nothing about the rules can change: such proposals are held.",
        ),
    };
    let rows = view.policies.iter().map(|policy| row(policy, place)).collect_view();
    let body = if view.policies.is_empty() {
        empty("scale", "No policy on this layer.", nothing).into_any()
    } else {
        view! {
            <div class="panel">
                <ol class="rows">{rows}</ol>
                <footer>{combining_words(view.combining)}</footer>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby=id>
            <div class="section-head">
                <h2 id=id>{title}</h2>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn row(policy: &PolicyLine, place: &Place) -> AnyView {
    let governs = policy.governs.join(", ");
    let open = (policy.n_open > 0).then(|| view! { <span>{icon("vote")} {format!("{} open", policy.n_open)}</span> });
    let reacting = (policy.kind == PolicyKind::Reacting).then(|| plain_badge("Answers, holds nothing up"));
    let incident = policy.incident.clone().map(|incident| badge("held", "triangle-alert", incident));
    view! {
        <li>
            <span class="rule-id">{policy.label.clone()}</span>
            <div class="grow stack gap-1">
                <h3 class="row-title">
                    <a href=place.href(&format!("policies/{}", policy.id))>{policy.name.clone()}</a>
                </h3>
                <p class="small muted measure">{policy.description.clone()}</p>
                <p class="meta">
                    <span>{icon("zap")} {governs}</span>
                    {open}
                    <span class="subtle">{format!("version {}", format::number(i64::from(policy.version)))}</span>
                    {reacting}
                    {incident}
                </p>
            </div>
            {enforcement_badge(policy.enforcement)}
        </li>
    }
    .into_any()
}
