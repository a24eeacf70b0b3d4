//! The landing page.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::landing::{KitCard, LandingExample, LandingView, landing},
    components::{
        badge::badge,
        code::code_block,
        icon::{icon, icon_that_flips},
        load::shown,
        seats::seats,
        tally::{Sides, sides},
    },
    format,
    layouts::public_layout::{public_bar, public_foot},
};

/// A rule to show: the jury of the paper.
const RULE: &str = "function check(action) {
  const by = action.data.get(\"jury\")
  const yes = action.proposal.ballots({ by, value: true })
  if (yes.length >= 2) return PASSED
  if (action.proposal.hasElapsed(days(2))) return FAILED
}";

/// The way in for people who have never been here.
#[component]
pub fn LandingPage() -> impl IntoView {
    let loaded = Resource::new_blocking(|| (), |()| landing());
    let links = view! {
        <a class="desktop-only" href="#how">
            "How it works"
        </a>
        <a class="desktop-only" href="#kits">
            "Starter kits"
        </a>
        <a class="button" href="/sign-in">
            "Sign in"
        </a>
    };
    view! {
        <Title text="Where communities govern themselves" />
        <a class="skip-link" href="#main">
            "Skip to the main part"
        </a>
        {public_bar(links.into_any())}
        <main id="main" class="landing" tabindex="-1">
            {shown(move || async move { Ok(hero(&loaded.await?)) })}
            <p class="platforms">
                <span>"Works in"</span>
                " "
                <b>"Matrix"</b>
                " "
                <span>"and on its own board"</span>
            </p>
            {how()}
            {rule()}
            {shown(move || async move { Ok(kits(&loaded.await?.kits)) })}
            {promises()}
        </main>
        {public_foot()}
    }
    .into_any()
}

/// The claim, and a vote that shows it.
fn hero(view: &LandingView) -> AnyView {
    let look = view.look_around.clone().map(|community| {
        view! {
            <a class="button large" href=format!("/c/{}", community.slug)>
                "Look around the demo"
            </a>
        }
    });
    view! {
        <section class="hero">
            <div class="hero-words">
                <h1>"A community can write its own rules, and keep them."</h1>
                <p class="hero-sub">
                    "Members propose. Members vote. Polity carries the decision out where you already talk, and shows anyone why."
                </p>
                <div class="row">
                    <a class="button primary large" href="/sign-in">
                        "Come in"
                    </a>
                    {look}
                </div>
                <p class="small muted">"Host it yourself or join a hosted one. No programming needed."</p>
            </div>
            {example(view.example.as_ref())}
        </section>
    }
    .into_any()
}

/// A real open vote where there is one, otherwise an invented one.
fn example(real: Option<&LandingExample>) -> AnyView {
    let counted = real.and_then(|real| Some((sides(&real.tally)?, real.tally.n_eligible, real.tally.n_voted)));
    let (title, place, effect, (votes, eligible, voted)) = match (real, counted) {
        (Some(real), Some(counted)) => (real.title.clone(), real.place.clone(), real.effect.clone(), counted),
        _ => (
            "Open the workshop on Sunday afternoons".to_owned(),
            "An example, closes tomorrow".to_owned(),
            "If it passes: hours change, two people get keys, #announcements is told.".to_owned(),
            (Sides { yes: 27.0, no: 9.0, abstain: 5.0 }, 112, 41),
        ),
    };
    let not_yet = eligible.saturating_sub(voted);
    view! {
        <figure class="hero-card">
            <figcaption>
                {badge("open", "circle-dot", "Open")} " " <span class="small muted">{place}</span>
            </figcaption>
            <p class="hero-title">{title}</p>
            <div class="seats">
                {seats(whole(votes.yes), whole(votes.no), whole(votes.abstain), eligible)} <p class="seats-sum">
                    <b>{voted.to_string()}</b>
                    <span>{format!("of {eligible} voted")}</span>
                </p>
            </div>
            <ul class="legend">
                <li><span class="swatch dot-yes"></span>"Yes "<b>{format::amount(votes.yes)}</b></li>
                <li><span class="swatch dot-no"></span>"No "<b>{format::amount(votes.no)}</b></li>
                <li><span class="swatch dot-abs"></span>"Abstain "<b>{format::amount(votes.abstain)}</b></li>
                <li><span class="swatch dot-un"></span>"Not yet "<b>{not_yet.to_string()}</b></li>
            </ul>
            <p class="hero-then small">
                {icon_that_flips("arrow-right")} <span>{effect}</span>
            </p>
        </figure>
    }
    .into_any()
}

/// A count of heads as a whole number.
fn whole(count: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of heads")]
    let whole = count.round().clamp(0.0, 1.0e6) as u32;
    whole
}

/// One decision, start to finish, as it looks in chat.
fn how() -> AnyView {
    let polity = || view! { <span class="avatar mini polity-avatar" aria-hidden="true">"P"</span> };
    view! {
        <section id="how" class="band">
            <h2>"One decision, start to finish"</h2>
            <ol class="acts">
                <li>
                    <h3>"Somebody tries something"</h3>
                    <div class="chat">
                        <p class="chat-head">{icon("hash")} "random"</p>
                        <p class="sys">"Tomasz renamed the channel to " <b>"#tool-chat"</b></p>
                        <div class="msg">
                            {polity()}
                            <p><b>"Polity"</b> " That needs a jury here (policy R‑02). I put #random back and drew three people."</p>
                        </div>
                    </div>
                    <p class="muted">"In chat, as always. Nobody has to learn a new place."</p>
                </li>
                <li>
                    <h3>"The right people are asked"</h3>
                    <div class="chat">
                        <p class="chat-head">{icon("message-square")} "Message to Leila"</p>
                        <div class="msg">
                            {polity()}
                            <div>
                                <p><b>"Polity"</b> " Rename #random to #tool-chat? Two of you three must agree by Tuesday."</p>
                                <p class="row gap-2 chat-answers">
                                    <span class="button small yes">{icon("check")} "Agree"</span>
                                    <span class="button small no">{icon("x")} "Disagree"</span>
                                </p>
                            </div>
                        </div>
                    </div>
                    <p class="muted">"A jury, everyone, the elected few: your rule says who."</p>
                </li>
                <li>
                    <h3>"It is done, and explained"</h3>
                    <div class="chat">
                        <p class="chat-head">{icon("hash")} "tool-chat"</p>
                        <div class="msg">
                            {polity()}
                            <p><b>"Polity"</b> " It is #tool-chat now. Leila and Priya agreed, two were needed."</p>
                        </div>
                    </div>
                    <p class="muted">"Every step is on record, and anyone can check it."</p>
                </li>
            </ol>
        </section>
    }
    .into_any()
}

/// A rule in both its languages.
fn rule() -> AnyView {
    view! {
        <section class="band rule-band">
            <div class="rule-words">
                <h2>"A rule is one short page"</h2>
                <p class="rule-text">
                    "Read it in plain words, or as the few lines of JavaScript that carry it out. The rule that began a vote finishes it, whatever changes meanwhile."
                </p>
            </div>
            <div class="twins">
                <div class="panel">
                    <header>
                        <h3 class="small">{icon("book-open")} " Plain words"</h3>
                    </header>
                    <div class="body voice">
                        <p>
                            "Renaming a channel goes to three members drawn by lot. When two agree, it happens. After two days without, it does not."
                        </p>
                    </div>
                </div>
                <div class="panel code-panel">
                    <header>
                        <h3 class="small">{icon("code")} " JavaScript"</h3>
                    </header>
                    {code_block(RULE, "The same rule as JavaScript".to_owned(), None)}
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// The starter kits.
fn kits(kits: &[KitCard]) -> AnyView {
    if kits.is_empty() {
        return ().into_any();
    }
    let cards = kits
        .iter()
        .map(|kit| {
            view! {
                <li class="decision">
                    <h3>{kit.name.clone()}</h3>
                    <p class="muted">{kit.about.clone()}</p>
                    <p class="meta foot">
                        <span>{icon("users")} {kit.size.clone()}</span>
                        <span>{rules(kit.n_policies)}</span>
                    </p>
                </li>
            }
        })
        .collect_view();
    view! {
        <section id="kits" class="band">
            <h2>"Begin with a government that fits"</h2>
            <p class="muted measure">
                "Each kit is a whole first set of rules. Change any of it later, by whatever procedure you chose."
            </p>
            <ul class="grid kits min-18">{cards}</ul>
        </section>
    }
    .into_any()
}

fn rules(n: u32) -> String {
    if n == 0 { "No rule yet".to_owned() } else { format::count(i64::from(n), "rule") }
}

/// What holds whatever a community decides.
fn promises() -> AnyView {
    view! {
        <section class="band promises" aria-labelledby="promises">
            <h2 id="promises">"What you can count on"</h2>
            <dl>
                <div>
                    <dt>{icon("pin")} "No rule changes under an open vote"</dt>
                    <dd>"A proposal keeps the rule it began with, and no change ever deletes a ballot."</dd>
                </div>
                <div>
                    <dt>{icon("dices")} "Draws anyone can check"</dt>
                    <dd>"Nobody can pick a jury. Everybody can repeat the draw."</dd>
                </div>
                <div>
                    <dt>{icon("fingerprint")} "A record nobody can quietly edit"</dt>
                    <dd>"Each entry seals the one before. Check it on your own computer."</dd>
                </div>
                <div>
                    <dt>{icon("download")} "Nothing locked away"</dt>
                    <dd>"The whole record can be downloaded, as JSON or as a table."</dd>
                </div>
            </dl>
        </section>
    }
    .into_any()
}
