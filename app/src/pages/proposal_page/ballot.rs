//! The ballot beside the proposal: part of the page on desktops, a sheet on phones.

use leptos::prelude::*;

use crate::api::words::Standing;
use crate::{
    api::{ballot::CastBallot, proposal::ProposalView},
    components::{
        badge::step_sign,
        ballot_form::{BallotPaper, ballot_result},
        icon::icon,
        notice::Status,
    },
    contexts::community_context::Place,
    format,
};

/// May I vote, why, and the ballot.
pub fn panel(view: &ProposalView, place: &Place, vote: ServerAction<CastBallot>) -> Option<AnyView> {
    if view.standing != Standing::Open {
        return None;
    }
    let now = place.now;
    let mine = view.ballot.as_ref().and_then(|form| form.mine.clone());
    let paper = view.ballot.clone().map(|form| {
        view! { <BallotPaper slug=place.frame.slug.clone() proposal=view.id form=form action=vote now=now /> }
    });
    let sheet = paper.is_some().then_some("auto");
    Some(
        view! {
            <section class="sheet" id="ballot" popover=sheet aria-labelledby="your-vote">
                <div class="grip" aria-hidden="true"></div>
                <div class="ballot-form stack">
                    <div class="row nowrap">
                        <h2 id="your-vote">"Your vote"</h2>
                        {sheet.map(|_| view! {
                            <button class="button quiet icon-only push phone-only" type="button" popovertarget="ballot" popovertargetaction="hide" aria-label="Close">
                                {icon("x")}
                            </button>
                        })}
                    </div>
                    {may(view)}
                    <Status>{ballot_result(vote, mine.as_ref(), now)}</Status>
                    {paper}
                </div>
            </section>
        }
        .into_any(),
    )
}

/// Whether the viewer may vote, and every condition behind that.
fn may(view: &ProposalView) -> AnyView {
    let eligibility = &view.eligibility;
    let class = if eligibility.may_vote { "may" } else { "may not" };
    let sign = if eligibility.may_vote { "user-check" } else { "lock" };
    let (head, rest) = eligibility.sentence.split_once(". ").map_or_else(
        || (eligibility.sentence.clone(), String::new()),
        |(head, rest)| (format!("{head}."), rest.to_owned()),
    );
    let conditions = eligibility
        .conditions
        .iter()
        .map(|condition| {
            let (tone, sign) = step_sign(condition.state);
            let because =
                condition.because.clone().map(|because| view! { <span class="subtle">{format!(" {because}")}</span> });
            view! { <li class=tone>{icon(sign)} <span>{condition.sentence.clone()} {because}</span></li> }
        })
        .collect_view();
    let every = (!eligibility.conditions.is_empty()).then(|| {
        view! {
            <details class="twin">
                <summary>"What this depends on"</summary>
                <ul class="conditions">{conditions}</ul>
            </details>
        }
    });
    view! {
        <div class="stack gap-1">
            <p class=class>
                {icon(sign)} <span>
                    <b>{head}</b>
                    " "
                    {rest}
                </span>
            </p>
            {every}
        </div>
    }
    .into_any()
}

/// The bar at the foot of a phone that opens the ballot.
pub fn action_bar(view: &ProposalView, place: &Place) -> Option<AnyView> {
    let form = view.ballot.as_ref().filter(|_| view.standing == Standing::Open)?;
    let (state, button) = match &form.mine {
        Some(mine) => (format!("You voted {}", crate::components::ballot_form::in_words(&mine.value)), "Change"),
        None => ("You have not voted".to_owned(), "Vote"),
    };
    let left = form.closes_at.map(|at| format::left(at, place.now));
    Some(
        view! {
            <div class="action-bar phone-only">
                <p class="small grow">
                    <b>{state}</b>
                    <br />
                    <span class="muted">{left}</span>
                </p>
                <button class="button primary large" type="button" popovertarget="ballot">
                    {icon("vote")}
                    {button}
                </button>
            </div>
        }
        .into_any(),
    )
}
