//! The studio: write a policy, watch it decide, prove it to the voters.
//!
//! The page never loads itself again: what the author has written is in it. So it does not follow the community's news, and
//! asks the server only for what it shows beside the draft.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::studio::{StudioQuery, StudioView, studio},
    components::{
        load::shown,
        notice::callout,
        trial::{clock::Clock, play::keep_playing, result::ResultPanel, scenario::ScenarioForm},
    },
    contexts::community_context::CommunityContext,
};

mod about;
mod bench;
mod compare;
mod drafts;
mod examples;
mod form;
mod guide;
mod head;
pub mod outline;
mod problems;
mod propose;
mod source;
mod studies;
mod words;

use bench::{Bench, Shows};

/// The studio: of a new policy, or of one to change.
#[component]
pub fn StudioPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let (params, query) = (use_params_map(), use_query_map());
    // Read once: on the way to the proposal the address changes under the page, which must not load it anew.
    let query = query.read_untracked();
    let asked = StudioQuery {
        policy: params.read_untracked().get("id").or_else(|| query.get("policy")),
        draft: query.get("draft"),
        key: query.get("key"),
        template: query.get("template"),
    };
    let slug = community.slug.get_untracked();
    let loaded = Resource::new_blocking(move || (slug.clone(), asked.clone()), |(slug, query)| studio(slug, query));
    shown(move || async move { Ok(page(loaded.await?)) })
}

fn page(view: StudioView) -> AnyView {
    let bench = Bench::new(view);
    let policy = bench.policy();
    let may_try = bench.view.with_value(|view| view.may_try);
    if may_try {
        keep_playing(bench.trial, policy);
    }
    drafts::keep_saving(bench);
    problems::keep_looking(bench);
    let title = move || match bench.name.get() {
        name if name.trim().is_empty() => "A new policy, studio".to_owned(),
        name => format!("{name}, studio"),
    };
    let left_out = bench.view.with_value(|view| view.left_out.clone());
    let left_out = (!left_out.is_empty())
        .then(|| callout("open", "eye-off", "Somebody else's draft.".to_owned(), left_out.into_any()));
    view! {
        <Title text=title />
        <div class="page wide studio">
            {head::head(bench)} {left_out} {pane_switch()}
            <div class="bench">
                <section class="panel pane-try" aria-labelledby="try-it">
                    <header>
                        <h2 id="try-it">"Try it"</h2>
                    </header>
                    <div class="body">
                        {may_try.then(|| view! { <ScenarioForm trial=bench.trial governed=bench.action_types /> })}
                        {(!may_try).then(|| view! { <p class="small muted">"Members of the community can try policies here."</p> })}
                    </div>
                </section>
                {source::pane(bench)}
                <ResultPanel trial=bench.trial go_to=bench.go_to() />
            </div>
            <Clock trial=bench.trial may_move=true />
            <div class="studio-more">
                {studies::studies(bench)} {about::about(bench)} {examples::examples(bench)} {propose::propose(bench)} {compare::compare(bench)} {drafts::drafts(bench)}
            </div>
        </div>
    }
    .into_any()
}

/// Which of the three panes a phone shows.
fn pane_switch() -> AnyView {
    let pane = |id: &'static str, words: &'static str, is_first: bool| {
        view! {
            <label>
                <input type="radio" name="pane" id=id checked=is_first />
                <span>{words}</span>
            </label>
        }
    };
    view! {
        <fieldset class="switch pane-switch">
            <legend class="visually-hidden">"Show"</legend>
            {pane("pane-code", "Policy", true)} {pane("pane-try", "Try it", false)} {pane("pane-res", "Result", false)}
        </fieldset>
    }
    .into_any()
}

/// Which of the three views of the policy is shown, as a class.
const fn class_of(shows: Shows) -> &'static str {
    match shows {
        Shows::Form => "shows-form",
        Shows::Code => "shows-code",
        Shows::Words => "shows-words",
    }
}
