//! A community's home: what needs you, what is open, which rules hold, what was decided.

use leptos::prelude::*;
use leptos_meta::Title;
use types::{BallotKind, Enforcement};

use crate::api::words::Standing;
use crate::components::notice::callout;
use crate::{
    api::{
        ballot::CastBallot,
        community::{
            AlertView, DecidedLine, FigureView, HomeView, NeedView, PlatformHealth, RuleGroup, community_home,
        },
    },
    components::{
        badge::{badge, sign, standing_badge, tone, trial_badge},
        empty::empty,
        icon::{emblem_icon, icon},
        load::community_page,
        notice::{Status, error_callout},
        proposal_row::proposal_row,
        tally::compact_tally,
        when::{moment, when},
    },
    contexts::{
        community_context::{CommunityContext, Place},
        live_context::refetch_on,
    },
    format,
};

/// The community's home.
#[component]
pub fn HomePage() -> impl IntoView {
    let community = expect_context::<CommunityContext>();
    let vote = ServerAction::<CastBallot>::new();
    let loaded =
        Resource::new_blocking(move || (community.slug.get(), vote.version().get()), |(slug, _)| community_home(slug));
    refetch_on(loaded, |topic| !topic.starts_with("board:") && topic != "audit");
    community_page(loaded, move |home, place| page(&home, &place, vote))
}

fn page(home: &HomeView, place: &Place, vote: ServerAction<CastBallot>) -> AnyView {
    view! {
        <Title text=place.frame.name.clone() />
        <div class="page">
            {head(place)}
            {alerts(&home.alerts)}
            {needs(home, place, vote)}
            <div class="with-aside section">
                <div class="stack gap-10">
                    {open(home, place)}
                    {rules(home, place)}
                    {health(&home.health)}
                </div>
                <div class="stack gap-8">
                    {decided(&home.decided, place)}
                    {documents(home, place)}
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// Name, counts, the viewer's standing, how the platforms are.
fn head(place: &Place) -> AnyView {
    let frame = &place.frame;
    let mine = frame.membership.as_ref().map(|mine| {
        let roles = mine.roles.join(", ").to_lowercase();
        view! {
            <span>
                {icon("user-check")} "You are a " <b>{roles}</b> " since " {moment(mine.since, format::month(mine.since))}
            </span>
        }
    });
    let platforms = frame.platforms.iter().map(platform).collect_view();
    let about = (!frame.about.is_empty()).then(|| view! { <p class="muted measure">{frame.about.clone()}</p> });
    view! {
        <header class="home-head">
            <span class="emblem large">{emblem_icon(&frame.emblem)}</span>
            <div>
                <h1>{frame.name.clone()}</h1>
                <p class="meta">
                    <span>{icon("users")} {format::count(i64::from(frame.n_members), "member")}</span>
                    {mine}
                    <a href=place.href("policies")>"How we decide"</a>
                </p>
                {about}
            </div>
            {(!frame.platforms.is_empty())
                .then(|| view! { <ul class="row push platform-health" aria-label="Linked platforms">{platforms}</ul> })}
        </header>
    }
    .into_any()
}

fn platform(health: &PlatformHealth) -> impl IntoView + use<> {
    let (class, sign) =
        if health.is_well { ("health passed", "circle-check") } else { ("health held", "triangle-alert") };
    view! {
        <li class=class>
            {icon(sign)} {format!("{}, {}", health.name, health.state)}
        </li>
    }
}

fn alerts(alerts: &[AlertView]) -> AnyView {
    let lines = alerts.iter().map(|alert| {
        let link = alert.href.clone().map(|href| view! { <a href=href>{alert.link.clone()}</a> });
        callout(
            "held",
            "triangle-alert",
            "For administrators:".to_owned(),
            view! { {alert.sentence.clone()} " " {link} }.into_any(),
        )
    });
    (!alerts.is_empty()).then(|| view! { <div class="stack alerts">{lines.collect_view()}</div> }).into_any()
}

/// What waits for the viewer. Strangers see nothing of it.
fn needs(home: &HomeView, place: &Place, vote: ServerAction<CastBallot>) -> AnyView {
    let Some(mine) = place.frame.membership.as_ref() else {
        return ().into_any();
    };
    let first_name = mine.person.name.split_whitespace().next().unwrap_or_default().to_owned();
    let result = move || match vote.value().get() {
        Some(Ok(receipt)) => Some(callout("passed", "circle-check", receipt.sentence, ().into_any())),
        Some(Err(error)) => Some(error_callout(&error)),
        None => None,
    };
    let n = u32::try_from(home.needs.len()).unwrap_or(u32::MAX);
    let (title, body) = match n {
        0 => (
            format!("You are up to date, {first_name}"),
            view! { <p class="muted">"Nothing waits for your vote. When something does, it stands here."</p> }
                .into_any(),
        ),
        n => {
            let cards = home.needs.iter().map(|need| need_card(need, place, vote)).collect_view();
            let verb = if n == 1 { "thing needs" } else { "things need" };
            (
                format!("{} {verb} you, {first_name}", format::word(n)),
                view! { <ul class="grid needs min-19">{cards}</ul> }.into_any(),
            )
        }
    };
    view! {
        <section class="section" aria-labelledby="needs">
            <div class="section-head">
                <h2 id="needs" class="lead-title">
                    {title}
                </h2>
                {(n > 1).then(|| view! { <span class="after muted">"Soonest to close first"</span> })}
            </div>
            <Status>{result()}</Status>
            {body}
        </section>
    }
    .into_any()
}

/// One card: why it is yours, what it is, how far it is, and the answer where two buttons are enough.
fn need_card(need: &NeedView, place: &Place, vote: ServerAction<CastBallot>) -> AnyView {
    let href = place.href(&format!("proposals/{}", need.proposal));
    let why = match &need.because {
        Some(because) => badge("accent", "dices", because.clone()),
        None => standing_badge(Standing::Open).into_any(),
    };
    let closing = need.closes_at.map(|at| {
        let is_soon = at.millis().saturating_sub(place.now.millis()) < 6 * 3_600_000;
        let words =
            if is_soon { format::left(at, place.now) } else { format!("Closes {}", format::when(at, place.now)) };
        let class = if is_soon { "tone held strong" } else { "" };
        view! { <span class=class>{icon("clock")} {moment(at, words)}</span> }
    });
    let note = (!need.note.is_empty()).then(|| view! { <p class="small muted">{need.note.clone()}</p> });
    let is_short = matches!(need.ballot.kind, BallotKind::YesNo) && need.ballot.options.is_empty();
    let answer = if is_short {
        quick_vote(need, place, vote)
    } else {
        view! {
            <a class="button primary" href=href.clone()>
                {icon("vote")}
                "Vote"
            </a>
        }
        .into_any()
    };
    view! {
        <li class="decision">
            <p class="meta">{why} {closing}</p>
            <h3>
                <a href=href>{need.title.clone()}</a>
            </h3>
            {need.tally.as_ref().and_then(compact_tally)}
            {note}
            <div class="row foot gap-2">{answer}</div>
        </li>
    }
    .into_any()
}

/// Yes and no as two buttons.
fn quick_vote(need: &NeedView, place: &Place, vote: ServerAction<CastBallot>) -> AnyView {
    let (slug, proposal) = (place.frame.slug.clone(), need.proposal.to_string());
    let describes = need.title.clone();
    let button = |answer: &'static str, class: &'static str, sign: &'static str, word: &'static str| {
        let label = format!("{word}: {describes}");
        let (slug, proposal) = (slug.clone(), proposal.clone());
        view! {
            <ActionForm action=vote>
                <input type="hidden" name="slug" value=slug />
                <input type="hidden" name="proposal" value=proposal />
                <input type="hidden" name="ballot[kind]" value="yes-no" />
                <button class=format!("button {class}") type="submit" name="ballot[answer]" value=answer aria-label=label>
                    {icon(sign)}
                    {word}
                </button>
            </ActionForm>
        }
    };
    view! {
        {button("yes", "yes", "check", "Agree")}
        {button("no", "no", "x", "Disagree")}
    }
    .into_any()
}

fn open(home: &HomeView, place: &Place) -> AnyView {
    let body = if home.open.is_empty() {
        empty("vote", "No other open decisions.", "When someone proposes something, it appears here.").into_any()
    } else {
        let rows = home.open.iter().map(|card| proposal_row(card, place, 3)).collect_view();
        view! { <ul class="panel rows">{rows}</ul> }.into_any()
    };
    let all = format!("All {} open", place.frame.n_open);
    view! {
        <section aria-labelledby="open">
            <div class="section-head">
                <h2 id="open">"Open decisions"</h2>
                <a href=place.href("proposals?standing=open")>{all}</a>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn rules(home: &HomeView, place: &Place) -> AnyView {
    let groups = home.rules.iter().map(|group| rule_group(group, place)).collect_view();
    let body = if home.rules.is_empty() {
        empty(
            "scale",
            "No rules yet.",
            "Without a policy everything on the board happens at once, and nothing about the rules can change.",
        )
        .into_any()
    } else {
        view! {
            <div class="panel">
                <dl class="rulebook">{groups}</dl>
            </div>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="rules">
            <div class="section-head">
                <h2 id="rules">"Rules in force"</h2>
                <a href=place.href("policies")>{format!("All {}", policies(home.n_policies))}</a>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn policies(n: u32) -> String {
    if n == 1 { "1 policy".to_owned() } else { format!("{n} policies") }
}

fn rule_group(group: &RuleGroup, place: &Place) -> AnyView {
    let rules = group
        .rules
        .iter()
        .map(|rule| {
            let badge = (rule.enforcement == Enforcement::Shadow).then(trial_badge);
            view! {
                <dd>
                    <a href=place.href(&format!("policies/{}", rule.policy))>
                        <span class="rule-id">{rule.label.clone()}</span>
                        " "
                        {rule.sentence.clone()}
                    </a>
                    " "
                    {badge}
                </dd>
            }
        })
        .collect_view();
    view! {
        <div>
            <dt>{group.title.clone()}</dt>
            {rules}
        </div>
    }
    .into_any()
}

fn health(figures: &[FigureView]) -> AnyView {
    if figures.is_empty() {
        return ().into_any();
    }
    let each = figures
        .iter()
        .map(|figure| {
            let inside = view! {
                <span class="value">{figure.value.clone()}</span>
                <span class="name">{figure.name.clone()}</span>
                <span class="note">{figure.note.clone()}</span>
            };
            match figure.href.clone() {
                Some(href) => view! { <a href=href>{inside}</a> }.into_any(),
                None => view! { <div>{inside}</div> }.into_any(),
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="health">
            <div class="section-head">
                <h2 id="health">"How we are doing"</h2>
            </div>
            <div class="figures">{each}</div>
        </section>
    }
    .into_any()
}

fn decided(lines: &[DecidedLine], place: &Place) -> AnyView {
    let body = if lines.is_empty() {
        empty("history", "Nothing decided yet.", "Outcomes and their reasons will stand here.").into_any()
    } else {
        let rows = lines
            .iter()
            .map(|line| {
                view! {
                    <li class=tone(line.standing)>
                        {icon(sign(line.standing))}
                        <div class="grow">
                            <a class="quiet-link" href=place.href(&format!("proposals/{}", line.proposal))>
                                {line.sentence.clone()}
                            </a>
                            <p class="tiny subtle">{line.how.clone()} " " {when(line.at, place.now)}</p>
                        </div>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="panel rows tight">{rows}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="recent">
            <div class="section-head">
                <h2 id="recent">"Recently decided"</h2>
                <a href=place.href("audit")>"Audit log"</a>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn documents(home: &HomeView, place: &Place) -> AnyView {
    let excerpt = home.excerpt.as_ref().map(|excerpt| {
        view! {
            <div class="panel excerpt">
                <blockquote class="voice">
                    <p>{excerpt.text.clone()}</p>
                </blockquote>
                <p class="small">
                    <a href=place.href(&format!("documents/{}", excerpt.document))>{excerpt.name.clone()}</a>
                    <span class="subtle">{format!(" version {}", excerpt.version)}</span>
                </p>
            </div>
        }
    });
    let rows = home
        .documents
        .iter()
        .map(|line| {
            let note = if line.under_vote.is_some() {
                view! { <span class="tiny tone open strong">"change under vote"</span> }.into_any()
            } else {
                view! { <span class="tiny subtle">{format!("version {}", line.version)}</span> }.into_any()
            };
            view! {
                <li>
                    <a href=place.href(&format!("documents/{}", line.id))>{icon("file-text")} {line.name.clone()}</a>
                    {note}
                </li>
            }
        })
        .collect_view();
    let none = (home.excerpt.is_none() && home.documents.is_empty())
        .then(|| empty("scroll-text", "No documents yet.", "A code of conduct or a constitution would stand here."));
    view! {
        <section aria-labelledby="docs">
            <div class="section-head">
                <h2 id="docs">"Documents"</h2>
                <a href=place.href("documents")>"All documents"</a>
            </div>
            {excerpt}
            {none}
            {(!home.documents.is_empty()).then(|| view! { <ul class="doc-list">{rows}</ul> })}
        </section>
    }
    .into_any()
}
