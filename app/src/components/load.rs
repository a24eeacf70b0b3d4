//! Waiting for what a page shows, and what to show when it does not come.

use std::future::Future;

use leptos::prelude::*;
use leptos_meta::Title;

use super::icon::icon;
use crate::{
    contexts::community_context::{CommunityContext, Place},
    error::{AppError, ErrorKind},
};

/// What loads a page: the answer, or the error that the page then shows instead.
pub type Loaded<T> = Resource<Result<T, AppError>>;

/// Shows a page of a community once it is loaded, and again when it changed, without the old one going away meanwhile.
pub fn community_page<T>(
    loaded: Loaded<T>,
    page: impl Fn(T, Place) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    let community = expect_context::<CommunityContext>();
    shown(move || {
        let page = page.clone();
        async move {
            let place = community.place().await?;
            Ok(page(loaded.await?, place))
        }
    })
}

/// Shows what `load` makes, or the error it meets.
pub fn shown<Loading>(load: impl Fn() -> Loading + Clone + Send + Sync + 'static) -> AnyView
where
    Loading: Future<Output = Result<AnyView, AppError>> + Send + 'static,
{
    view! {
        <Transition fallback=|| {
            view! { <p class="page muted" aria-busy="true">"Loading…"</p> }
        }>
            {move || {
                let loading = load();
                Suspend::new(async move {
                    match loading.await {
                        Ok(view) => view,
                        Err(error) => error_page(&error),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// The whole page for an error: what happened, and where to go from here.
pub fn error_page(error: &AppError) -> AnyView {
    let (sign, title) = match error.kind {
        ErrorKind::NotFound => ("search", "There is nothing here"),
        ErrorKind::SignInNeeded => ("lock", "Sign in first"),
        ErrorKind::NotPermitted => ("lock", "This is not open to you"),
        ErrorKind::TooMany => ("clock", "A little slower, please"),
        ErrorKind::Unavailable => ("plug", "Not reachable just now"),
        ErrorKind::Invalid | ErrorKind::Conflict => ("triangle-alert", "That did not work"),
        ErrorKind::Internal => ("triangle-alert", "Something went wrong on our side"),
    };
    let sign_in = error.kind == ErrorKind::SignInNeeded;
    view! {
        <Title text=title />
        <div class="page error-page">
            {icon(sign)}
            <h1>{title}</h1>
            <p class="measure">{error.message.clone()}</p>
            <p class="row">
                {sign_in.then(|| view! { <a class="button primary" href="/sign-in" rel="external">"Sign in"</a> })}
                <a class="button" href="/" rel="external">"To the start page"</a>
            </p>
            <p class="tiny subtle">
                <code>{error.code.clone()}</code>
                {(!error.request_id.is_empty()).then(|| view! { " request " <code>{error.request_id.clone()}</code> })}
            </p>
        </div>
    }
    .into_any()
}
