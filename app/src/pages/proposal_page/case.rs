//! A proposal about a policy: what it would be, what changes, what it could do, and a way to try it without reading code.

use leptos::prelude::*;

use crate::{
    api::{
        policy::Change,
        studio::{CasePower, Draft, PolicyCase, case_of},
    },
    components::{
        code::{code_block, diff_block},
        icon::icon,
        trial::{Cast, TrialState, clock::Clock, play::keep_playing, result::ResultPanel, scenario::ScenarioForm},
    },
    contexts::community_context::CommunityContext,
    format,
    pages::studio_page::outline,
};

/// The case, below the proposal; nothing for proposals about something else.
///
/// It does not follow the news: what somebody is trying out must not go away because somebody else voted.
#[component]
pub fn Case(
    /// The proposal, as it stands in the address.
    id: Memo<String>,
) -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let loaded = Resource::new_blocking(move || (community.slug.get(), id.get()), |(slug, id)| case_of(slug, id));
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let slug = community.slug.get_untracked();
                loaded.await.ok().flatten().map(|case| shown(&slug, &case))
            })}
        </Transition>
    }
}

fn shown(slug: &str, case: &PolicyCase) -> AnyView {
    let summary = case.summary.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    view! {
        <div class="page case">
            <section aria-labelledby="case">
                <div class="section-head">
                    <h2 id="case">{format!("What “{}” would be", case.draft.name)}</h2>
                    <span class="after muted">
                        {icon("fingerprint")} " " <code title=case.hash.clone()>{format::fingerprint(&case.hash)}</code>
                    </span>
                </div>
                <div class="with-aside">
                    <div class="stack gap-6">
                        <ul class="summary">{summary}</ul>
                        {words(&case.draft)} {source(case)} {examples(&case.draft)}
                    </div>
                    <div class="stack">{powers(&case.powers)}</div>
                </div>
                {case.may_try.then(|| trial(slug, case))}
            </section>
        </div>
    }
    .into_any()
}

/// What it does, in its author's words, function by function.
fn words(draft: &Draft) -> AnyView {
    let steps = outline::outline(&draft.source)
        .into_iter()
        .filter(|entry| entry.is_step)
        .filter_map(|entry| {
            let words = outline::comment_before(&draft.source, entry.line);
            (!words.is_empty()).then(|| view! { <li><b>{entry.name}</b><p>{words}</p></li> })
        })
        .collect_view();
    view! {
        <div class="panel">
            <div class="body stack gap-4">
                <p class="voice">{draft.description.clone()}</p>
                <ol class="steps">{steps}</ol>
            </div>
        </div>
    }
    .into_any()
}

/// What changes in the source; the whole of it where there was none.
fn source(case: &PolicyCase) -> AnyView {
    let is_new = case.changes.iter().all(|line| line.change == Change::Added);
    let is_same = case.changes.iter().all(|line| line.change == Change::Kept);
    if is_same {
        return ().into_any();
    }
    let (title, code) = if is_new {
        ("The JavaScript", code_block(&case.draft.source, "Source as it is proposed".to_owned(), None))
    } else {
        ("What changes in the JavaScript", diff_block(&case.changes, "What changes in the source".to_owned()))
    };
    view! {
        <details class="twin" open=!is_new>
            <summary>{title}</summary>
            <div class="panel code-panel">{code}</div>
        </details>
    }
    .into_any()
}

/// What it could do, and what not, with how many there are of it.
fn powers(powers: &[CasePower]) -> AnyView {
    let line = |power: &CasePower| {
        let new = power.is_new.then(|| view! { " " <b>"(new)"</b> });
        let (tone, sign) = if power.granted { ("passed", "check") } else { ("muted", "x") };
        view! {
            <li>
                <span class=format!("tone {tone}")>{icon(sign)}</span>
                <span>
                    {power.sentence.clone()} {new}
                </span>
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="case-powers">
            <h3 id="case-powers" class="small">
                "What it could do"
            </h3>
            <ul class="checks">{powers.iter().map(line).collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// The scenarios that ship with it.
fn examples(draft: &Draft) -> Option<AnyView> {
    if draft.examples.is_empty() {
        return None;
    }
    let lines = draft
        .examples
        .iter()
        .map(|example| view! { <li>{icon("bookmark")} <span>{format!("{}: {}", example.name, example.expect.verdict.as_str())}</span></li> })
        .collect_view();
    Some(
        view! {
            <div>
                <h3 class="small">"Examples that must hold"</h3>
                <ul class="would small">{lines}</ul>
            </div>
        }
        .into_any(),
    )
}

/// The same controls and the same result as in the studio.
fn trial(slug: &str, case: &PolicyCase) -> AnyView {
    let is_open = RwSignal::new(false);
    let cast = Cast {
        slug: slug.to_owned(),
        members: case.members.clone(),
        roles: case.roles.clone(),
        kinds: case.kinds.clone(),
    };
    let trial = TrialState::new(cast, &case.draft.scenario);
    let policy = case.draft.to_policy();
    // Nothing is played for those who only read.
    keep_playing(trial, Signal::derive(move || is_open.get().then(|| policy.clone())));
    let governed = case.draft.action_types.clone();
    let controls = move || {
        is_open.get().then(|| {
            let governed = governed.clone();
            view! {
                <div class="bench case-bench">
                    <div class="panel">
                        <div class="body">
                            <ScenarioForm trial=trial governed=Signal::derive(move || governed.clone()) />
                        </div>
                    </div>
                    <ResultPanel trial=trial />
                </div>
                <Clock trial=trial may_move=true />
            }
        })
    };
    view! {
        <section class="case-trial script-only" aria-labelledby="case-try">
            <div class="section-head">
                <h3 id="case-try">"Try it yourself"</h3>
            </div>
            <p class="small muted">"Put together what might happen, and see what it would decide. Nothing is sent."</p>
            <p>
                <button class="button" type="button" aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)>
                    {icon("flask-conical")}
                    {move || if is_open.get() { "Put it away" } else { "Try it" }}
                </button>
            </p>
            {controls}
        </section>
    }
    .into_any()
}
