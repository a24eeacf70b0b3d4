//! For addresses that name nothing.

use leptos::prelude::*;

use crate::{
    components::load::error_page,
    error::AppError,
    layouts::public_layout::{public_bar, public_foot},
};

/// The page for an address that names nothing, with the status that says so.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    view! {
        {public_bar(view! { <a class="button" href="/sign-in">"Sign in"</a> }.into_any())}
        <main id="main" tabindex="-1">
            {error_page(&AppError::not_found("page"))}
        </main>
        {public_foot()}
    }
    .into_any()
}
