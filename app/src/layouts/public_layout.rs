//! The frame of the pages outside any community: a bar and a foot.

use leptos::prelude::*;

use crate::components::icon::logo;

/// The bar of public pages, with links of the page's own.
pub fn public_bar(links: AnyView) -> AnyView {
    view! {
        <header class="land-bar">
            <a class="brand" href="/" aria-label="Polity, start page">
                {logo()}
                "Polity"
            </a>
            <nav class="row push gap-5" aria-label="Main">
                {links}
            </nav>
        </header>
    }
    .into_any()
}

/// The foot of public pages.
pub fn public_foot() -> AnyView {
    view! {
        <footer class="land-foot">
            <a class="brand" href="/" aria-label="Polity, back to start">
                {logo()}
                "Polity"
            </a>
            <nav class="row gap-5" aria-label="About">
                <a href="/api/v1/openapi.json" rel="external">
                    "Interface for programs"
                </a>
                <a href="/library">"Library"</a>
                <a href="/sign-in">"Sign in"</a>
            </nav>
        </footer>
    }
    .into_any()
}
