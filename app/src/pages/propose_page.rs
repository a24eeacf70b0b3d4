//! What one may propose.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::action::{ActionTypeGroup, ActionTypesView, action_types},
    components::{badge::layer_word, empty::empty, icon::icon, load::community_page},
    contexts::community_context::{CommunityContext, Place},
};

/// The kinds of action the viewer may propose.
#[component]
pub fn ProposePage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let loaded = Resource::new_blocking(move || community.slug.get(), action_types);
    community_page(loaded, |types, place| page(&types, &place))
}

fn page(types: &ActionTypesView, place: &Place) -> AnyView {
    let groups = types.groups.iter().zip(1_u32..).map(|(each, n)| group(each, n, place)).collect_view();
    let body = if types.groups.is_empty() {
        empty(
            "lock",
            "There is nothing you may propose here.",
            "Members with a role that may propose see their choices here.",
        )
        .into_any()
    } else {
        groups.into_any()
    };
    view! {
        <Title text=format!("Propose, {}", place.frame.name) />
        <div class="page">
            <header class="page-head">
                <div class="stack gap-2">
                    <h1>"What do you want to do?"</h1>
                    <p class="muted measure">
                        "Some things happen at once, others are decided first. Each says which."
                    </p>
                </div>
            </header>
            {body}
        </div>
    }
    .into_any()
}

fn group(group: &ActionTypeGroup, n: u32, place: &Place) -> AnyView {
    let id = format!("group-{n}");
    let title_id = id.clone();
    let cards = group
        .types
        .iter()
        .map(|kind| {
            let about = (!kind.about.is_empty()).then(|| view! { <p class="small muted">{kind.about.clone()}</p> });
            let decided = (!kind.decided_by.is_empty())
                .then(|| view! { <p class="meta foot"><span>{icon("scale")} {kind.decided_by.clone()}</span></p> });
            view! {
                <li class="decision">
                    <h3>
                        <a href=place.href(&format!("propose/{}", kind.action_type))>{kind.title.clone()}</a>
                    </h3>
                    {about}
                    {decided}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby=id>
            <div class="section-head">
                <h2 id=title_id>{group.title.clone()}</h2>
                <span class="after muted">{layer_word(group.layer)}</span>
            </div>
            <ul class="grid min-17">{cards}</ul>
        </section>
    }
    .into_any()
}
