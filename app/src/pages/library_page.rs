//! The library, for everybody and inside a community.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::library::library,
    components::{
        gallery::{Wanted, gallery},
        load::{community_page, shown},
    },
    layouts::public_layout::{public_bar, public_foot},
};

/// What the library is, in a sentence.
const ABOUT: &str = "Rules that others have tried, with what is known about when they work. Take one, fill in its blanks, and propose it.";

/// The public library.
#[component]
pub fn LibraryPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| Wanted::of(&query.read()));
    let loaded = Resource::new_blocking(|| (), |()| library());
    let links = view! {
        <a class="button" href="/sign-in">
            "Sign in"
        </a>
    };
    view! {
        <Title text="Library" />
        <a class="skip-link" href="#main">
            "Skip to the main part"
        </a>
        {public_bar(links.into_any())}
        <main id="main" class="page public-page" tabindex="-1">
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"Library of rules"</h1>
                    <p class="muted measure">{ABOUT}</p>
                </div>
            </header>
            {shown(move || {
                let wanted = wanted.get();
                async move { Ok(gallery(&loaded.await?, &wanted, "/library", None)) }
            })}
        </main>
        {public_foot()}
    }
}

/// The same inside a community, where each can be proposed.
#[component]
pub fn CommunityLibraryPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| Wanted::of(&query.read()));
    let loaded = Resource::new_blocking(|| (), |()| library());
    community_page(loaded, move |view, place| {
        let (root, propose) = (place.href("library"), place.href("propose/constitution.add_policy"));
        let shown = move || gallery(&view, &wanted.get(), &root, Some(&propose));
        view! {
            <Title text=format!("Library, {}", place.frame.name) />
            <div class="page">
                <header class="page-head">
                    <div class="stack gap-2">
                        <h1>"Library of rules"</h1>
                        <p class="muted measure">{ABOUT}</p>
                    </div>
                </header>
                {shown}
            </div>
        }
        .into_any()
    })
}
