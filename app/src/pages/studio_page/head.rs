//! The head of the studio: what is being written, which view of it is shown, and the two things to do with it.

use leptos::prelude::*;
use types::Timestamp;

use super::bench::{Bench, Shows};
use super::drafts;
use crate::{components::icon::icon, format};

/// The head.
pub fn head(bench: Bench) -> AnyView {
    let (slug, base) = bench.view.with_value(|view| (view.slug.clone(), view.base.clone()));
    let what = match &base {
        Some(base) => {
            let href = format!("/c/{slug}/policies/{}", base.id);
            let words = format!(", a change of version {}", base.version);
            view! {
                <a href=href>{base.label.clone()}</a>
                {words}
            }
            .into_any()
        }
        None => view! {
            <a href=format!("/c/{slug}/policies")>"Policies"</a>
            ", a new one"
        }
        .into_any(),
    };
    let title = move || match bench.name.get() {
        name if name.trim().is_empty() => "A new policy".to_owned(),
        name => name,
    };
    view! {
        <header class="studio-head">
            <div>
                <p class="tiny subtle">{what} {move || saved_words(bench.saved.get().map(|saved| saved.at))}</p>
                <h1>{title}</h1>
            </div>
            {view_switch(bench)}
            <div class="row studio-actions gap-2">
                {bench.may_edit().then(|| drafts::share(bench))}
                <a class="button primary" href="#propose">
                    {if base.is_some() { "Propose this change" } else { "Propose this policy" }}
                </a>
            </div>
        </header>
    }
    .into_any()
}

fn saved_words(at: Option<Timestamp>) -> String {
    at.map_or_else(|| ", not saved yet".to_owned(), |at| format!(", saved {}", format::clock(at)))
}

/// Form, JavaScript, plain words.
fn view_switch(bench: Bench) -> AnyView {
    let choice = move |shows: Shows, sign: &'static str, words: &'static str| {
        view! {
            <label>
                <input
                    type="radio"
                    name="view"
                    checked=bench.shows.get_untracked() == shows
                    prop:checked=move || bench.shows.get() == shows
                    on:change=move |_| bench.shows.set(shows)
                />
                <span>
                    {icon(sign)}
                    {words}
                </span>
            </label>
        }
    };
    view! {
        <fieldset class="switch view-switch">
            <legend class="visually-hidden">"Show the policy as"</legend>
            {choice(Shows::Form, "list-checks", "Form")} {choice(Shows::Code, "code", "JavaScript")}
            {choice(Shows::Words, "book-open", "Plain words")}
        </fieldset>
    }
    .into_any()
}
