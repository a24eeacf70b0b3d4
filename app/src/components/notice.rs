//! What came of something: a sentence that must be seen, and heard.

use leptos::prelude::*;

use super::{
    badge::{sign, tone},
    icon::icon,
};
use crate::{
    api::words::Standing,
    error::{AppError, ErrorKind},
};

/// A sentence on a coloured ground.
pub fn callout(class: &'static str, sign: &'static str, strong: String, rest: AnyView) -> AnyView {
    view! {
        <div class=format!("callout {class}")>
            {icon(sign)}
            <div>
                <p>
                    <strong>{strong}</strong>
                    " "
                    {rest}
                </p>
            </div>
        </div>
    }
    .into_any()
}

/// A callout in the colours of a standing.
pub fn standing_callout(standing: Standing, strong: String, rest: AnyView) -> AnyView {
    callout(tone(standing), sign(standing), strong, rest)
}

/// An error beside the form it came from: sentence first, code last.
pub fn error_callout(error: &AppError) -> AnyView {
    let sign_in = error.kind == ErrorKind::SignInNeeded;
    let rest = view! {
        {sign_in.then(|| view! { <a href="/sign-in" rel="external">"Sign in"</a> " " })}
        <span class="subtle">
            "(" <code>{error.code.clone()}</code>
            {(!error.request_id.is_empty()).then(|| format!(", request {}", error.request_id))} ")"
        </span>
    };
    callout("failed", "circle-x", error.message.clone(), rest.into_any())
}

/// A place where results of actions appear; said aloud when they do.
#[component]
pub fn Status(
    /// The result.
    children: ChildrenFn,
) -> impl IntoView {
    view! {
        <div class="status" role="status" aria-live="polite">
            {move || children()}
        </div>
    }
}
