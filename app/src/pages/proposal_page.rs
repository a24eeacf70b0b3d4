//! One proposal: what it does, how it stands, the ballot, why, and everything that happened.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        ballot::CastBallot,
        proposal::{ProposalView, ThenCase, proposal},
        words::Standing,
    },
    components::{
        avatar::named,
        badge::{standing_badge, trial_badge},
        discussion::Discussion,
        icon::icon,
        load::community_page,
        tally::tally_panel,
        timeline::stages,
        when::moment,
    },
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

mod ballot;
mod case;
mod record;

pub(super) use record::facts;

/// One proposal.
#[component]
pub fn ProposalPage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let vote = ServerAction::<CastBallot>::new();
    let loaded = Resource::new_blocking(
        move || (community.slug.get(), id.get(), vote.version().get()),
        |(slug, id, _)| proposal(slug, id),
    );
    refetch_on(loaded, move |topic| {
        topic == "clock" || topic.strip_prefix("proposal:").is_some_and(|changed| changed == id.get_untracked())
    });
    view! {
        {community_page(loaded, move |view, place| page(&view, &place, vote))}
        <case::Case id=id />
        <Discussion proposal=id />
    }
}

fn page(view: &ProposalView, place: &Place, vote: ServerAction<CastBallot>) -> AnyView {
    let is_open = view.standing == Standing::Open;
    view! {
        <Title text=format!("{}, {}", view.title, place.frame.name) />
        <div class="page">
            {head(view, place)}
            {stages(&view.stages)}
            <div class="with-aside proposal-body">
                <div class="stack gap-10">
                    {outcome(view)}
                    <section aria-labelledby="result">
                        <div class="section-head">
                            <h2 id="result">{if is_open { "Where it stands" } else { "The count" }}</h2>
                            {view.tally.counted_at.map(|at| view! { <span class="after muted">"Counted " {moment(at, format::clock(at))} {is_open.then_some(", live")}</span> })}
                        </div>
                        {tally_panel(&view.tally)}
                    </section>
                    {record::reasons(view, place)}
                    {record::effects(view, place)}
                    {record::why(view, place)}
                    {record::voters(view, place)}
                    {record::history_section(view, place)}
                </div>
                <div class="aside-sticky aside-first stack">
                    {ballot::panel(view, place, vote)}
                    {then(view)}
                    {record::payload(view)}
                </div>
            </div>
        </div>
        {ballot::action_bar(view, place)}
    }
    .into_any()
}

/// Status and title, then what happens, before any number.
fn head(view: &ProposalView, place: &Place) -> AnyView {
    let now = place.now;
    let closing = match (view.standing, view.closes_at, view.decided_at) {
        (Standing::Open, Some(at), _) => Some(
            view! { <span>{icon("clock")} {sentence_case(&format::closing(at, now))} ", " {moment(at, format::when(at, now))}</span> }.into_any(),
        ),
        (_, _, Some(at)) => Some(view! { <span>{icon("clock")} "Decided " {moment(at, format::when(at, now))}</span> }.into_any()),
        _ => None,
    };
    let proposer = match &view.proposer {
        Some(person) => view! { <span>{named(person)} " proposed this " {moment(view.proposed_at, format::when(view.proposed_at, now))}</span> }.into_any(),
        None => view! { <span>{icon("zap")} "Polity proposed this " {moment(view.proposed_at, format::when(view.proposed_at, now))}</span> }.into_any(),
    };
    let policy = view.policy.as_ref().map(|policy| {
        let href = place.href(&format!("policies/{}?version={}", policy.id, policy.version));
        view! {
            <span>
                {icon("scale")} "Decided by " <a href=href>{format!("{}, {}", policy.label, policy.name)}</a>
                {format!(", version {}", policy.version)}
            </span>
        }
    });
    view! {
        <p class="small crumb">
            <a href=place.href("proposals")>"Proposals"</a>
            " "
            <span class="subtle">{format!("/ {}", view.action_title)}</span>
        </p>
        <header class="proposal-head">
            <p class="meta">{standing_badge(view.standing)} {view.is_trial.then(trial_badge)} {closing}</p>
            <h1>{view.title.clone()}</h1>
            <p class="effect voice">{view.effect.clone()}</p>
            <p class="meta">{proposer} {policy}</p>
        </header>
    }
    .into_any()
}

/// The same words with a capital at the start.
fn sentence_case(words: &str) -> String {
    let mut rest = words.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// The reason for the outcome, once there is one.
fn outcome(view: &ProposalView) -> Option<AnyView> {
    let words = match view.standing {
        Standing::Open => return None,
        Standing::Passed => "Passed.",
        Standing::Failed => "Failed.",
        Standing::Held => "Held.",
        Standing::Withdrawn => "Withdrawn.",
    };
    (!view.reason.is_empty()).then(|| {
        crate::components::notice::standing_callout(view.standing, words.to_owned(), view.reason.clone().into_any())
    })
}

/// What happens if it passes, if it fails, if nobody else votes.
fn then(view: &ProposalView) -> Option<AnyView> {
    let lines = view
        .then
        .iter()
        .map(|line| {
            let (class, sign, words) = match line.case {
                ThenCase::Passes => ("tone passed", "circle-check", "If it passes"),
                ThenCase::Fails => ("tone failed", "circle-x", "If it fails"),
                ThenCase::NobodyElse => ("muted", "circle-dashed", "If nobody else votes"),
            };
            view! {
                <div>
                    <dt class=class>{icon(sign)} " " {words}</dt>
                    <dd>{line.sentence.clone()}</dd>
                </div>
            }
        })
        .collect_view();
    (!view.then.is_empty()).then(|| {
        view! {
            <section class="card outcomes" aria-labelledby="then">
                <h2 id="then" class="small">
                    "What happens then"
                </h2>
                <dl>{lines}</dl>
            </section>
        }
        .into_any()
    })
}
