//! The versions of a policy: who, why, what changed.

use leptos::prelude::*;

use crate::{
    api::policy::{PolicyView, VersionLine},
    components::{avatar::avatar, badge::badge, code::diff_block, icon::icon, when::moment},
    contexts::community_context::Place,
    format,
};

/// All versions, newest first.
pub fn versions(view: &PolicyView, place: &Place) -> AnyView {
    let rows = view.versions.iter().map(|version| row(view, version, place)).collect_view();
    let pinned = (!view.pinned.is_empty()).then(|| view! { <footer>{view.pinned.clone()}</footer> });
    view! {
        <section aria-labelledby="versions">
            <div class="section-head">
                <h2 id="versions">"Versions"</h2>
            </div>
            <div class="panel">
                <ul class="rows">{rows}</ul>
                {pinned}
            </div>
        </section>
    }
    .into_any()
}

fn row(view: &PolicyView, version: &VersionLine, place: &Place) -> AnyView {
    let picture = match &version.author {
        Some(author) => avatar(author, "").into_any(),
        None => view! { <span class="avatar rule-avatar" aria-hidden="true">{icon("scale")}</span> }.into_any(),
    };
    let author = version.author.as_ref().map(|author| view! { <span><bdi>{author.name.clone()}</bdi></span> });
    let since = match version.until {
        Some(until) => view! { ", " {moment(version.since, format::date(version.since))} " to " {moment(until, format::date(until))} }.into_any(),
        None => view! { ", in force since " {moment(version.since, format::date(version.since))} }.into_any(),
    };
    let proposal =
        version.proposal.map(|id| view! { <a href=place.href(&format!("proposals/{id}"))>"The decision"</a> });
    let see = (version.number != view.version).then(|| {
        let href = place.href(&format!("policies/{}?version={}", view.id, version.number));
        view! { <a href=href>"See its source"</a> }
    });
    let shown =
        (version.number == view.version && view.versions.len() > 1).then(|| badge("accent", "check", "Shown here"));
    // Only a person's words are quoted.
    let reason = if version.author.is_some() { format!("“{}”", version.reason) } else { version.reason.clone() };
    let reason = (!version.reason.is_empty()).then(|| view! { <p class="small muted">{reason}</p> });
    let changes = (!version.changes.is_empty()).then(|| {
        let label = format!("What changed in version {}", version.number);
        view! {
            <details class="twin">
                <summary>{icon("file-diff")} "What changed"</summary>
                {diff_block(&version.changes, label)}
            </details>
        }
    });
    view! {
        <li>
            {picture} <div class="grow stack gap-1">
                <p>
                    <b>{format!("Version {}", version.number)}</b>
                    {since}
                    " "
                    {shown}
                </p>
                {reason}
                <p class="meta">
                    {author}
                    <span>{icon("fingerprint")} <code title=version.hash.clone()>{format::fingerprint(&version.hash)}</code></span>
                    {proposal}
                    {see}
                </p>
                {changes}
            </div>
        </li>
    }
    .into_any()
}
