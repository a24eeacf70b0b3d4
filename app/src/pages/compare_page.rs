//! Two versions of a document, word by word.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::{
        document::{CompareView, DocumentVersion, WordPiece, compare_document},
        policy::Change,
    },
    components::{load::community_page, when::moment},
    contexts::community_context::{CommunityContext, Place},
    format,
};

/// Two versions of a document.
#[component]
pub fn ComparePage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        let number = |name: &str| query.read().get(name).and_then(|number| number.parse::<u32>().ok()).unwrap_or(1);
        (params.read().get("id").unwrap_or_default(), number("from"), number("to"))
    });
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), asked.get()),
        |(slug, (id, from, to))| compare_document(slug, id, from, to),
    );
    community_page(loaded, |view, place| page(&view, &place))
}

fn page(view: &CompareView, place: &Place) -> AnyView {
    let own = place.href(&format!("documents/{}", view.id));
    let is_same = view.n_added == 0 && view.n_removed == 0;
    let body = if is_same {
        view! { <p class="muted">"The words are the same."</p> }.into_any()
    } else {
        let pieces = view.pieces.iter().map(piece).collect_view();
        view! { <div class="word-diff voice" dir="auto">{pieces}</div> }.into_any()
    };
    view! {
        <Title text=format!("Changes, {}, {}", view.name, place.frame.name) />
        <div class="page narrow">
            <p class="small crumb">
                <a href=place.href("documents")>"Documents"</a>
                " / "
                <a href=own>{view.name.clone()}</a>
                " "
                <span class="subtle">"/ changes"</span>
            </p>
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>{format!("What changed from version {} to {}", view.from.number, view.to.number)}</h1>
                    <p class="meta">
                        <span>{format!("Words added: {}", format::number(i64::from(view.n_added)))}</span>
                        <span>{format!("Words removed: {}", format::number(i64::from(view.n_removed)))}</span>
                    </p>
                </div>
            </header>
            <ul class="meta compare-versions">{version(&view.from, place)} {version(&view.to, place)}</ul>
            <article class="panel">
                <div class="body">{body}</div>
            </article>
        </div>
    }
    .into_any()
}

fn version(version: &DocumentVersion, place: &Place) -> AnyView {
    let author = version.author.as_ref().map(|author| author.name.clone());
    let decision =
        version.proposal.map(|id| view! { <a href=place.href(&format!("proposals/{id}"))>"the decision"</a> });
    view! {
        <li>
            <b>{format!("Version {}", version.number)}</b>
            " "
            {moment(version.at, format::date(version.at))}
            " "
            <bdi>{author}</bdi>
            " "
            {decision}
        </li>
    }
    .into_any()
}

fn piece(piece: &WordPiece) -> AnyView {
    let text = piece.text.clone();
    match piece.change {
        Change::Kept => view! { <span>{text}</span> }.into_any(),
        Change::Added => view! { <ins>{text}</ins> }.into_any(),
        Change::Removed => view! { <del>{text}</del> }.into_any(),
    }
}
