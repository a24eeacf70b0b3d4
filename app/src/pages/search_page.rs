//! Search: one field, and what was found, the best first.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::search::{FoundKind, FoundLine, SearchView, search},
    components::{empty::empty, icon::icon, load::community_page, when::when},
    contexts::community_context::{CommunityContext, Place},
};

/// Search in a community.
#[component]
pub fn SearchPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let query = query.read();
        (query.get("text").unwrap_or_default(), query.get("kind").and_then(|kind| FoundKind::of(&kind)))
    });
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), asked.get()),
        |(slug, (text, kind))| search(slug, text, kind),
    );
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &SearchView, place: &Place) -> AnyView {
    let tab = |words: &'static str, kind: Option<FoundKind>| {
        let text = encoded(&view.text);
        let href = match kind {
            Some(kind) => place.href(&format!("search?text={text}&kind={}", kind.word())),
            None => place.href(&format!("search?text={text}")),
        };
        view! {
            <a href=href aria-current=(view.kind == kind).then_some("page")>
                {words}
            </a>
        }
    };
    let tabs = FoundKind::ALL.map(|kind| tab(kind.label(), Some(kind))).collect_view();
    let lines = view.found.iter().map(|found| line(found, place)).collect_view();
    let body = match (view.text.is_empty(), view.found.is_empty()) {
        (true, _) => empty(
            "search",
            "What are you looking for?",
            "Proposals, policies, documents, what was said, and the log are searched.",
        )
        .into_any(),
        (false, true) => empty("search", "Nothing found.", "Try fewer words, or only the beginning of one.").into_any(),
        (false, false) => view! { <ol class="panel rows found-list">{lines}</ol> }.into_any(),
    };
    let more = view.has_more.then(|| view! { <p class="small muted">"There is more. Add a word to find less."</p> });
    view! {
        <Title text=format!("Search, {}", place.frame.name) />
        <div class="page narrow stack gap-5">
            <h1>"Search"</h1>
            <form role="search" class="inline-form" method="get" action=place.href("search")>
                <div class="field grow">
                    <label for="find">"Words"</label>
                    <input class="input" type="search" id="find" name="text" value=view.text.clone() maxlength="200" autocomplete="off" />
                </div>
                <button class="button primary" type="submit">
                    {icon("search")}
                    "Search"
                </button>
            </form>
            <nav class="tabs" aria-label="Kinds">
                {tab("Everything", None)}
                {tabs}
            </nav>
            <div role="status" class="stack gap-3">{body} {more}</div>
        </div>
    }
    .into_any()
}

fn line(found: &FoundLine, place: &Place) -> AnyView {
    let excerpt = found
        .excerpt
        .iter()
        .map(|(text, marked)| match marked {
            true => view! { <mark>{text.clone()}</mark> }.into_any(),
            false => text.clone().into_any(),
        })
        .collect_view();
    let sign = match found.kind {
        FoundKind::Proposal => "vote",
        FoundKind::Policy => "scale",
        FoundKind::Document => "scroll-text",
        FoundKind::Comment => "message-circle",
        FoundKind::Log => "history",
    };
    view! {
        <li>
            {icon(sign)}
            <div class="grow stack gap-1">
                <h2 class="row-title">
                    <a href=place.href(&found.path)>{found.title.clone()}</a>
                </h2>
                <p class="small muted" dir="auto">
                    {excerpt}
                </p>
                <p class="meta">
                    <span>{found.kind.label()}</span>
                    {when(found.at, place.now)}
                </p>
            </div>
        </li>
    }
    .into_any()
}

/// A text as part of an address.
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
