//! What is on record about a proposal: reasons, effects, why, voters, history, what exactly was attempted.

use leptos::prelude::*;

use crate::{
    api::{
        proposal::{ProposalView, ReasonView, VoterLine},
        words::{NamedValue, Standing},
    },
    components::{
        avatar::{avatar, faces, named},
        badge::{plain_badge, standing_badge},
        effects::effect_rows,
        icon::icon,
        timeline::{history, why_steps},
        when::{moment, when},
    },
    contexts::community_context::Place,
    format,
};

/// Reasons that voters gave: the newest of each side first.
pub fn reasons(view: &ProposalView, place: &Place) -> Option<AnyView> {
    if view.reasons.is_empty() {
        return None;
    }
    let (shown, rest) = view.reasons.split_at(view.reasons.len().min(4));
    let cards = shown.iter().map(|reason| reason_card(reason, place)).collect_view();
    let more = (!rest.is_empty()).then(|| {
        let cards = rest.iter().map(|reason| reason_card(reason, place)).collect_view();
        view! {
            <details class="twin">
                <summary>{format!("Read {} more", rest.len())}</summary>
                <div class="grid min-17">{cards}</div>
            </details>
        }
    });
    let said = format!("{} of {} said why", view.n_reasons, view.tally.n_voted);
    Some(
        view! {
            <section class="stack gap-3" aria-labelledby="reasons">
                <div class="section-head">
                    <h2 id="reasons">"Reasons given"</h2>
                    <span class="after muted">{said}</span>
                </div>
                <div class="grid min-17">{cards}</div>
                {more}
            </section>
        }
        .into_any(),
    )
}

/// The tone and sign of an answer.
fn side(answer: Option<&str>) -> (&'static str, &'static str) {
    match answer {
        Some("yes" | "agree") => ("passed", "check"),
        Some("no" | "object") => ("failed", "x"),
        _ => ("shadow", "minus"),
    }
}

fn reason_card(reason: &ReasonView, place: &Place) -> AnyView {
    let (tone, sign) = side(reason.answer.as_deref());
    let who = reason.person.as_ref().map(|person| view! { <span>{named(person)}</span> });
    view! {
        <article class=format!("reason {tone}")>
            <h3>
                <span class="tone">{icon(sign)} " " {reason.label.clone()}</span>
            </h3>
            <blockquote class="voice">
                <p dir="auto">{reason.text.clone()}</p>
            </blockquote>
            <p class="meta">{who} {when(reason.at, place.now)}</p>
        </article>
    }
    .into_any()
}

/// What it will do, or did.
pub fn effects(view: &ProposalView, place: &Place) -> Option<AnyView> {
    if view.effects.is_empty() && view.limits.is_empty() {
        return None;
    }
    let title = match (view.standing, view.is_trial) {
        (_, true) => "What it would have done",
        (Standing::Open | Standing::Held, _) => "What it will do",
        _ => "What came of it",
    };
    let limits = (!view.limits.is_empty()).then(|| view! { <footer>{view.limits.clone()}</footer> });
    Some(
        view! {
            <section aria-labelledby="does">
                <div class="section-head">
                    <h2 id="does">{title}</h2>
                </div>
                <div class="panel">{effect_rows(&view.effects, place.now)} {limits}</div>
            </section>
        }
        .into_any(),
    )
}

/// Why it is still open, or was decided so.
pub fn why(view: &ProposalView, place: &Place) -> Option<AnyView> {
    if view.why.is_empty() {
        return None;
    }
    let title = match view.standing {
        Standing::Open => "Why it is still open",
        Standing::Passed => "Why it passed",
        Standing::Failed => "Why it failed",
        Standing::Held => "Why it is held",
        Standing::Withdrawn => "Why it ended",
    };
    let checked = view
        .checked_at
        .map(|at| view! { <span class="after muted">"Checked " {moment(at, format::when(at, place.now))}</span> });
    let siblings = view.siblings.iter().map(|sibling| {
        let standing = match sibling.standing {
            Some(standing) => standing_badge(standing).into_any(),
            None => plain_badge("No opinion").into_any(),
        };
        view! {
            <li>
                <a class="grow quiet-link" href=place.href(&format!("proposals/{}", sibling.id))>
                    {format!("{}, {}", sibling.policy.label, sibling.policy.name)}
                </a>
                {standing}
            </li>
        }
    });
    let siblings = (!view.siblings.is_empty()).then(|| {
        view! {
            <div class="panel">
                <header>
                    <h3>"Other policies that decide on this"</h3>
                </header>
                <ul class="rows tight small">{siblings.collect_view()}</ul>
            </div>
        }
    });
    Some(
        view! {
            <section class="stack gap-3" aria-labelledby="why">
                <div class="section-head">
                    <h2 id="why">{title}</h2>
                    {checked}
                </div>
                <div class="panel">
                    <div class="body">{why_steps(&view.why)}</div>
                </div>
                {siblings}
            </section>
        }
        .into_any(),
    )
}

/// Who was asked and who voted, as far as may be seen.
pub fn voters(view: &ProposalView, place: &Place) -> AnyView {
    let voters = &view.voters;
    let asked = if voters.everyone {
        view! { <p>"Every member was asked."</p> }.into_any()
    } else if voters.asked.is_empty() {
        ().into_any()
    } else {
        let names = voters
            .asked
            .iter()
            .map(|person| view! { <li>{avatar(person, "mini")} <bdi>{person.name.clone()}</bdi></li> });
        view! {
            <div class="stack gap-2">
                <h3 class="small">"Asked"</h3>
                <ul class="names">{names.collect_view()}</ul>
                {(!voters.chosen.is_empty()).then(|| view! { <p class="tiny subtle">{icon("dices")} " " {voters.chosen.clone()}</p> })}
            </div>
        }
        .into_any()
    };
    let lines = voters.voted.iter().map(|line| voter(line, place)).collect_view();
    let hidden = voters.n_voted.saturating_sub(u32::try_from(voters.voted.len()).unwrap_or(u32::MAX));
    let voted = if voters.voted.is_empty() {
        let words =
            if voters.n_voted == 0 { "Nobody has voted yet.".to_owned() } else { format!("{} voted.", voters.n_voted) };
        view! { <p class="muted">{words}</p> }.into_any()
    } else {
        view! {
            <div class="stack gap-2">
                <h3 class="small">"Voted"</h3>
                <ul class="voter-list">{lines}</ul>
                {(hidden > 0).then(|| view! { <p class="tiny subtle">{format!("and {hidden} more")}</p> })}
            </div>
        }
        .into_any()
    };
    let summary_faces = (!voters.voted.is_empty() && voters.asked.is_empty())
        .then(|| faces(&voters.voted.iter().map(|line| line.person.clone()).collect::<Vec<_>>()));
    view! {
        <section aria-labelledby="voters">
            <div class="section-head">
                <h2 id="voters">"Who was asked, who voted"</h2>
                <span class="after">{summary_faces}</span>
            </div>
            <div class="panel">
                <div class="body stack">{asked} {voted}</div>
                {(!voters.privacy.is_empty()).then(|| view! { <footer>{voters.privacy.clone()}</footer> })}
            </div>
        </section>
    }
    .into_any()
}

fn voter(line: &VoterLine, place: &Place) -> AnyView {
    let (tone, sign) = side(line.answer.as_deref());
    let answer = (!line.label.is_empty())
        .then(|| view! { <span class=format!("tone {tone} strong")>{icon(sign)} " " {line.label.clone()}</span> });
    let via = (!line.via.is_empty()).then(|| format!(", {}", line.via));
    view! {
        <li>
            {avatar(&line.person, "mini")} <bdi>{line.person.name.clone()}</bdi> {answer}
            <span class="tiny subtle push">{when(line.at, place.now)} {via}</span>
        </li>
    }
    .into_any()
}

/// What happened, newest first.
pub fn history_section(view: &ProposalView, place: &Place) -> Option<AnyView> {
    if view.history.is_empty() {
        return None;
    }
    Some(
        view! {
            <section aria-labelledby="hist">
                <div class="section-head">
                    <h2 id="hist">"History"</h2>
                    <a href=place.href(&format!("audit?subject=proposal:{}", view.id))>"In the audit log"</a>
                </div>
                {history(&view.history, place.now)}
            </section>
        }
        .into_any(),
    )
}

/// What exactly was attempted, field by field.
pub fn payload(view: &ProposalView) -> Option<AnyView> {
    if view.payload.is_empty() {
        return None;
    }
    Some(
        view! {
            <section class="card outcomes" aria-labelledby="payload">
                <h2 id="payload" class="small">
                    {view.action_title.clone()}
                </h2>
                {facts(&view.payload)}
            </section>
        }
        .into_any(),
    )
}

/// Names and values, with what stood there before.
pub fn facts(values: &[NamedValue]) -> AnyView {
    let rows = values
        .iter()
        .map(|fact| {
            let before = fact.before.clone().map(|before| view! { <del>{before}</del> " " });
            let is_long = fact.value.lines().count() > 2;
            let value = match fact.href.clone() {
                Some(href) => view! { <a href=href>{fact.value.clone()}</a> }.into_any(),
                None if is_long => view! { <pre class="long-value">{fact.value.clone()}</pre> }.into_any(),
                None if fact.before.is_some() => view! { <ins>{fact.value.clone()}</ins> }.into_any(),
                None => fact.value.clone().into_any(),
            };
            view! {
                <dt>{fact.name.clone()}</dt>
                <dd dir="auto">{before} {value}</dd>
            }
        })
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}
