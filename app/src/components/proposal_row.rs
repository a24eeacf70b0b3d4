//! A proposal as a row of a list.

use leptos::prelude::*;
use types::Layer;

use super::{
    badge::{standing_badge, trial_badge},
    icon::icon,
    when::{moment, when},
};
use crate::{
    api::{
        proposal::{MyPart, ProposalCard, TallyView},
        words::Standing,
    },
    contexts::community_context::Place,
    format,
};

/// One row: title, status, how it is decided, until when, how far it is.
pub fn proposal_row(card: &ProposalCard, place: &Place, level: u8) -> AnyView {
    let href = place.href(&format!("proposals/{}", card.id));
    let link = view! { <a href=href>{card.title.clone()}</a> };
    let title = if level == 2 {
        view! { <h2 class="row-title">{link}</h2> }.into_any()
    } else {
        view! { <h3 class="row-title">{link}</h3> }.into_any()
    };
    let constitution =
        (card.layer == Layer::Constitution).then(|| view! { <span>{icon("landmark")} "Constitution"</span> });
    let how = (!card.how.is_empty()).then(|| view! { <span>{card.how.clone()}</span> });
    view! {
        <li>
            <div class="grow stack gap-1">
                {title} <p class="meta">
                    {standing_badge(card.standing)} {card.is_trial.then(trial_badge)} {constitution} {how}
                    {timing(card, place)} {is_hidden(card).then(|| view! { <span>{icon("eye-off")} "Totals shown later"</span> })}
                </p>
                {card.outcome.clone().map(|outcome| view! { <p class="small muted">{outcome}</p> })}
            </div>
            {took(card)}
        </li>
    }
    .into_any()
}

fn is_hidden(card: &ProposalCard) -> bool {
    card.standing == Standing::Open && card.tally.as_ref().is_some_and(|tally| tally.hidden.is_some())
}

/// Until when it is open, or since when it is decided.
fn timing(card: &ProposalCard, place: &Place) -> Option<AnyView> {
    let now = place.now;
    match (card.standing, card.closes_at, card.decided_at) {
        (Standing::Open, Some(at), _) => {
            Some(view! { <span>{icon("clock")} {moment(at, format::left(at, now))}</span> }.into_any())
        }
        (Standing::Passed | Standing::Failed | Standing::Withdrawn, _, Some(at)) => {
            Some(view! { <span>{icon("clock")} {when(at, now)}</span> }.into_any())
        }
        _ => None,
    }
}

/// How far it is, and the viewer's part in it.
fn took(card: &ProposalCard) -> Option<AnyView> {
    let mine = match (card.standing, card.mine) {
        (_, MyPart::Voted) => "you voted",
        (Standing::Open, MyPart::NotYet) => "not voted yet",
        _ => "",
    };
    let tally = card.tally.as_ref().filter(|tally| tally.hidden.is_none() && tally.n_eligible > 0);
    if tally.is_none() && mine.is_empty() {
        return None;
    }
    Some(
        view! {
            <p class="took">
                {tally.map(progress)} {(!mine.is_empty()).then(|| view! { <span>{mine}</span> })}
            </p>
        }
        .into_any(),
    )
}

/// "9 of 34 needed", "58 of 112".
fn progress(tally: &TallyView) -> AnyView {
    let (have, of) = match (tally.needed, tally.quorum) {
        (Some(needed), _) => (tally.rows.first().map_or(0.0, |row| row.count), format!(" of {needed} needed")),
        (_, Some(quorum)) if tally.n_voted < quorum => (f64::from(tally.n_voted), format!(" of {quorum} needed")),
        _ => (f64::from(tally.n_voted), format!(" of {}", tally.n_eligible)),
    };
    view! {
        <b>{format::amount(have)}</b>
        {of}
    }
    .into_any()
}
