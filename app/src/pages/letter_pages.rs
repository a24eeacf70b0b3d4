//! Where the links in letters lead: ending e-mail, confirming an address. Each asks once more, because programs that look at
//! letters follow their links.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::notice::{ConfirmAddress, Unsubscribe},
    components::notice::{Status, callout, error_callout},
    error::AppError,
    layouts::public_layout::{public_bar, public_foot},
};

/// Ends e-mail to the member whom the link names.
#[component]
pub fn UnsubscribePage() -> impl IntoView {
    let action = ServerAction::<Unsubscribe>::new();
    let token = token();
    let form = view! {
        <ActionForm action=action>
            <input type="hidden" name="token" value=move || token.get() />
            <button class="button primary" type="submit">
                "Send me no more e-mail"
            </button>
        </ActionForm>
    };
    letter_page("No more e-mail?", "You will still find every notice in your inbox here.", form.into_any(), move || {
        action.value().get()
    })
}

/// Confirms the address that the link names.
#[component]
pub fn ConfirmAddressPage() -> impl IntoView {
    let action = ServerAction::<ConfirmAddress>::new();
    let token = token();
    let form = view! {
        <ActionForm action=action>
            <input type="hidden" name="token" value=move || token.get() />
            <button class="button primary" type="submit">
                "Confirm my address"
            </button>
        </ActionForm>
    };
    letter_page(
        "Is this your address?",
        "Confirm it, and letters from your communities reach you there.",
        form.into_any(),
        move || action.value().get(),
    )
}

fn token() -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get("token").unwrap_or_default())
}

fn letter_page(
    title: &'static str,
    words: &'static str,
    form: AnyView,
    value: impl Fn() -> Option<Result<String, AppError>> + Copy + Send + Sync + 'static,
) -> AnyView {
    let said = move || match value() {
        Some(Ok(sentence)) => Some(callout("passed", "circle-check", sentence, ().into_any())),
        Some(Err(error)) => Some(error_callout(&error)),
        None => None,
    };
    view! {
        <Title text=title />
        <a class="skip-link" href="#main">
            "Skip to the main part"
        </a>
        {public_bar(().into_any())}
        <main id="main" class="page narrow stack gap-5" tabindex="-1">
            <h1>{title}</h1>
            <p class="muted measure">{words}</p>
            <Status>{said()}</Status>
            {form}
        </main>
        {public_foot()}
    }
    .into_any()
}
