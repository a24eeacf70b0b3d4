//! Drafts: saved while one writes, with their versions, and a link for others to read them.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::bench::Bench;
use crate::{
    api::studio::{Draft, DraftVersion, SavedDraft, delete_draft, draft_versions, save_draft, share_draft},
    components::{
        icon::icon,
        notice::{Status, error_callout},
    },
    error::AppError,
    format,
};

/// How long nothing must change before it is saved.
const PAUSE: Duration = Duration::from_millis(1500);

/// Saves the draft whenever its author pauses, from the first change on.
pub fn keep_saving(bench: Bench) {
    if !bench.may_edit() {
        return;
    }
    let slug = bench.slug();
    let save = Action::new(move |draft: &Draft| {
        let (slug, draft) = (slug.clone(), draft.clone());
        let id = bench.saved.get_untracked().map(|saved| saved.id);
        async move { save_draft(slug, id, draft).await }
    });
    let draft = Memo::new(move |_| bench.draft());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        waiting.try_update_value(|waiting| waiting.take().map(|handle| handle.clear()));
    };
    // Loading the fields of the scenario fills some of them in, which is nobody's change.
    let is_loading = Memo::new(move |_| bench.trial.fields.with(Vec::is_empty));
    Effect::new(move |before: Option<Option<Draft>>| {
        let (now, before) = (draft.get(), before.flatten());
        if is_loading.get() {
            return before;
        }
        if before.is_none_or(|before| before == now) {
            return Some(now);
        }
        stop();
        let latest = now.clone();
        if let Ok(handle) = set_timeout_with_handle(
            move || {
                save.dispatch(latest);
            },
            PAUSE,
        ) {
            waiting.set_value(Some(handle));
        }
        Some(now)
    });
    Effect::new(move |_| {
        if let Some(Ok(saved)) = save.value().get() {
            if bench.saved.with_untracked(Option::is_none) {
                remember_address(&saved);
            }
            bench.saved.set(Some(saved));
        }
    });
    on_cleanup(stop);
}

/// Puts the draft into the address, so that loading the page again opens it again.
fn remember_address(saved: &SavedDraft) {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    if let Ok(history) = window().history() {
        // A browser that refuses keeps the address as it is; the draft is in the list all the same.
        let _ = history.replace_state_with_url(
            &leptos::wasm_bindgen::JsValue::NULL,
            "",
            Some(&format!("{path}?draft={}", saved.id)),
        );
    }
}

/// The button that makes a link, and the link.
pub fn share(bench: Bench) -> AnyView {
    let slug = bench.slug();
    let share = Action::new(move |saved: &SavedDraft| {
        let (slug, id) = (slug.clone(), saved.id);
        async move { share_draft(slug, id).await }
    });
    let ask = move |_| {
        if let Some(saved) = bench.saved.get_untracked() {
            share.dispatch(saved);
        }
    };
    let answer = move || match share.value().get() {
        None => ().into_any(),
        Some(Err(error)) => error_callout(&error),
        Some(Ok(link)) => {
            let address = format!("{}{}", window().location().origin().unwrap_or_default(), link.href);
            view! {
                <div class="share-link">
                    <label class="small" for="share-link">
                        "Whoever has this link can read and try the draft, and change nothing"
                    </label>
                    <input class="input small" id="share-link" type="text" readonly=true prop:value=address on:focus:target=|event| event.target().select() />
                </div>
            }
            .into_any()
        }
    };
    view! {
        <button class="button script-only" type="button" aria-disabled=move || bench.saved.with(Option::is_none).then_some("true") on:click=ask>
            {icon("link")}
            "Share draft"
        </button>
        <Status>{answer()}</Status>
    }
    .into_any()
}

/// The versions of this draft, and the viewer's other drafts.
pub fn drafts(bench: Bench) -> AnyView {
    let (slug, others) = bench.view.with_value(|view| (view.slug.clone(), view.drafts.clone()));
    let is_mine = bench.may_edit();
    if !is_mine {
        return ().into_any();
    }
    let lines = others
        .into_iter()
        .map(|line| {
            let href = format!("/c/{slug}/studio?draft={}", line.id);
            view! {
                <li>
                    <a href=href rel="external">
                        {line.title}
                    </a>
                    <span class="tiny subtle">{format!(" {}", format::brief(line.at))}</span>
                    {remove(bench, line.id)}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="drafts">
            <header>
                <h2 id="drafts">"Drafts"</h2>
            </header>
            <div class="body drafts">
                <div>
                    <h3>"Versions of this one"</h3>
                    {versions(bench)}
                </div>
                <div>
                    <h3>"Your other drafts"</h3>
                    <ul class="draft-list small">{lines}</ul>
                </div>
            </div>
        </section>
    }
    .into_any()
}

fn versions(bench: Bench) -> AnyView {
    let slug = bench.slug();
    let load = Action::new(move |saved: &SavedDraft| {
        let (slug, id) = (slug.clone(), saved.id);
        async move { draft_versions(slug, id).await }
    });
    let ask = move |_| {
        if let Some(saved) = bench.saved.get_untracked() {
            load.dispatch(saved);
        }
    };
    let list = move || load.value().get().map(|answer| version_list(bench, answer));
    view! {
        <p class="small muted">{move || match bench.saved.get() {
            None => "It is saved from your first change on.".to_owned(),
            Some(saved) => format!("Version {}, saved {}.", saved.version, format::clock(saved.at)),
        }}</p>
        <button class="button small script-only" type="button" on:click=ask>
            {icon("history")}
            "Show the versions"
        </button>
        {list}
    }
    .into_any()
}

fn version_list(bench: Bench, answer: Result<Vec<DraftVersion>, AppError>) -> AnyView {
    let versions = match answer {
        Ok(versions) => versions,
        Err(error) => return error_callout(&error),
    };
    let lines = versions
        .into_iter()
        .map(|version| {
            let words = format!("Version {}, {}", version.version, format::brief(version.at));
            let draft = version.draft;
            view! {
                <li>
                    {words} " "
                    <button class="link-button" type="button" on:click=move |_| bench.open(&draft)>
                        "Go back to it"
                    </button>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="draft-list small">{lines}</ul> }.into_any()
}

fn remove(bench: Bench, id: types::DraftId) -> AnyView {
    let slug = bench.slug();
    let gone = Action::new(move |(): &()| {
        let slug = slug.clone();
        async move { delete_draft(slug, id).await }
    });
    view! {
        <button class="link-button script-only" type="button" hidden=move || matches!(gone.value().get(), Some(Ok(()))) on:click=move |_| { gone.dispatch(()); }>
            "Delete"
        </button>
        <Status>{move || gone.value().get().map(|answer| match answer {
            Ok(()) => view! { <span class="tiny subtle">"deleted"</span> }.into_any(),
            Err(error) => error_callout(&error),
        })}</Status>
    }
    .into_any()
}
