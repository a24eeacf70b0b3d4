//! What is found out by playing the draft many times: over the past, over invented votes, against whoever wants to break it.

use std::future::Future;

use leptos::prelude::*;
use types::Verdict;
use types::simulation::{
    Backtest, Capture, Coalition, Flip, FlipChange, Impact, Parameters, Population, PopulationInput, PropertyReport,
    PropertyState, TrialInput, Trust,
};

use super::bench::Bench;
use super::examples;
use crate::{
    api::{
        simulation::{backtest_draft, capture_cost, flip_trial, impact_of, population_of, properties_of, scenario_of},
        studio::Draft,
    },
    components::{
        badge::badge,
        icon::icon,
        notice::error_callout,
        trial::{clock::word, result::sentence, state::length},
    },
    error::AppError,
    format,
};

/// Everything that can be asked of the draft beyond one scenario.
pub fn studies(bench: Bench) -> AnyView {
    if !bench.view.with_value(|view| view.may_try) {
        return ().into_any();
    }
    view! {
        <section class="panel script-only" aria-labelledby="studies">
            <header>
                <h2 id="studies">"What else it does"</h2>
            </header>
            <div class="body studies">
                {flip(bench)} {backtest(bench)} {population(bench)} {properties(bench)} {capture(bench)} {impact(bench)}
            </div>
        </section>
    }
    .into_any()
}

/// What is asked: the community's name in the address, and the question as JSON.
type Question = (String, String);

/// One question: a heading, a button that asks it, and the answer. Asking again, or changing one's mind, ends the question before.
fn study<T, Asked>(
    title: &'static str,
    about: &'static str,
    verb: &'static str,
    question: impl Fn() -> Option<Question> + Copy + Send + Sync + 'static,
    ask: fn(String, String) -> Asked,
    shown: impl Fn(&T) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
    Asked: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let asking = Action::new(move |(slug, body): &Question| ask(slug.clone(), body.clone()));
    let running = StoredValue::new(None::<ActionAbortHandle>);
    let pending = asking.pending();
    let stop = move || {
        running.try_update_value(|running| running.take().map(ActionAbortHandle::abort));
    };
    let begin = move |_| {
        stop();
        if let Some(question) = untrack(question) {
            let handle = asking.dispatch(question);
            running.set_value(Some(handle));
        }
    };
    on_cleanup(stop);
    let body = move || match asking.value().get() {
        None => ().into_any(),
        Some(Ok(found)) => shown(&found),
        Some(Err(error)) => error_callout(&error),
    };
    view! {
        <section class="study">
            <h3>{title}</h3>
            <p class="small muted">{about}</p>
            <p class="row gap-2">
                <button class="button small" type="button" on:click=begin>
                    {verb}
                </button>
                <button class="button quiet small" type="button" hidden=move || !pending.get() on:click=move |_| stop()>
                    {icon("x")}
                    "Stop"
                </button>
                <progress hidden=move || !pending.get() aria-label=format!("{title}: being played")></progress>
            </p>
            <div aria-live="polite" class:stale=pending>
                {body}
            </div>
        </section>
    }
    .into_any()
}

/// The trial; none while there is no policy to try.
fn trial_of(bench: Bench) -> Option<TrialInput> {
    let draft = bench.draft();
    let is_whole = !draft.action_types.is_empty() && bench.settings_problem().is_none();
    is_whole.then(|| TrialInput { detail: false, ..bench.trial.input(draft.to_policy()) })
}

fn about_trial(bench: Bench) -> Option<Question> {
    Some((bench.slug(), as_json(&trial_of(bench)?)))
}

/// The draft as JSON, with the policy that it replaces.
pub fn draft_json(draft: &Draft, base: Option<String>) -> String {
    serde_json::json!({ "policy": draft.to_policy(), "replaces": base }).to_string()
}

fn about_draft(bench: Bench) -> Option<Question> {
    let draft = bench.draft();
    let base = bench.view.with_value(|view| view.base.as_ref().map(|base| base.id.to_string()));
    (!draft.action_types.is_empty() && bench.settings_problem().is_none())
        .then(|| (bench.slug(), draft_json(&draft, base)))
}

fn as_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn flip(bench: Bench) -> AnyView {
    let shown = move |found: &Flip| {
        let chip = move |change: &FlipChange| {
            let events = change.events.clone();
            let words = format!("{}: {}", sentence(&change.sentence), word(change.verdict));
            view! {
                <li>
                    <button class="chip" type="button" title=change.reason.clone() on:click=move |_| bench.trial.set_events(events.clone())>
                        {words}
                    </button>
                </li>
            }
        };
        let chips = found.smallest.iter().chain(&found.others).map(chip).collect_view();
        let none = found.smallest.is_none().then(|| view! { <p class="small">{format!("Nothing found that turns it, in {} scenarios.", found.n_played)}</p> });
        view! { <ul class="chips">{chips}</ul> {none} }.into_any()
    };
    study(
        "What would turn it",
        "The smallest change of what happens that changes the verdict.",
        "Look for it",
        move || about_trial(bench),
        flip_trial,
        shown,
    )
}

fn backtest(bench: Bench) -> AnyView {
    study(
        "On what has happened",
        "This draft and the rules in force over the community's recorded past. Only differences are listed.",
        "Play it over the past",
        move || about_draft(bench),
        backtest_draft,
        move |found: &Backtest| backtest_table(bench, found),
    )
}

fn backtest_table(bench: Bench, found: &Backtest) -> AnyView {
    let counts = found.counts;
    let n = |n: u32| format::number(i64::from(n));
    let head = format!(
        "{} played: {} the same, {} differ, {} cannot be known, {} depend on what people would have done, {} broke, {} are not its business.",
        n(counts.total),
        n(counts.same),
        n(counts.differ),
        n(counts.censored),
        n(counts.behavioural),
        n(counts.errors),
        n(counts.outside)
    );
    let open = move |action: types::ActionId| {
        let slug = bench.slug();
        let fetch = Action::new(move |(): &()| {
            let (slug, action) = (slug.clone(), action.to_string());
            async move { scenario_of(slug, action).await }
        });
        Effect::new(move |_| {
            if let Some(Ok(scenario)) = fetch.value().get() {
                bench.trial.open(&scenario);
            }
        });
        move |_| {
            fetch.dispatch(());
        }
    };
    let rows = found
        .rows
        .iter()
        .map(|row| {
            let label = match row.trust {
                Trust::Exact => "exact",
                Trust::Censored => "later votes unknown",
                Trust::Behavioural => "people would have been asked otherwise",
                Trust::Error => "one of the two broke",
            };
            let would = match (row.draft, row.best, row.worst) {
                (Some(verdict), ..) => view! { {verdict_badge(verdict)} <span class="tiny subtle line">{sentence(&row.draft_reason)}</span> }.into_any(),
                (None, Some(best), Some(worst)) => {
                    view! { <span class="small">{format!("between {} and {}", word(worst), word(best))}</span> }.into_any()
                }
                _ => badge("plain", "circle-help", "Unknown"),
            };
            view! {
                <tr>
                    <th scope="row">
                        <button class="link-button" type="button" on:click=open(row.action)>{row.title.clone()}</button>
                        <span class="tiny subtle line">{label} {(!row.note.is_empty()).then(|| format!(". {}", row.note))}</span>
                    </th>
                    <td>{verdict_badge(row.current)} <span class="tiny subtle line">{sentence(&row.current_reason)}</span></td>
                    <td>{would}</td>
                </tr>
            }
        })
        .collect_view();
    let table = (!found.rows.is_empty()).then(|| {
        view! {
            <div class="scroll-x" tabindex="0" role="region" aria-label="What would have ended differently">
                <table class="table flush">
                    <thead>
                        <tr>
                            <th scope="col">"What was attempted"</th>
                            <th scope="col">"Rules in force"</th>
                            <th scope="col">"This draft"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    let notes = found.notes.iter().map(|note| view! { <li>{note.clone()}</li> }).collect_view();
    let fingerprint = format::fingerprint(&found.receipt.hash);
    view! {
        <p class="small"><b>{head}</b></p>
        {table}
        <ul class="small muted">{notes}</ul>
        <p class="tiny subtle">"Receipt " <code>{fingerprint}</code></p>
    }
    .into_any()
}

fn verdict_badge(verdict: Verdict) -> AnyView {
    match verdict {
        Verdict::Passed => badge("passed", "circle-check", "Passed"),
        Verdict::Failed => badge("failed", "circle-x", "Failed"),
        Verdict::Proposed => badge("open", "circle-dot", "Still open"),
    }
}

/// How it would come out over many votes, with what is assumed of people as sliders.
fn population(bench: Bench) -> AnyView {
    let (turnout, approval) = (RwSignal::new(None::<u32>), RwSignal::new(None::<u32>));
    let parameters = move || {
        let share = |value: RwSignal<Option<u32>>| value.get().map(|percent| f64::from(percent) / 100.0);
        let (turnout, approval) = (share(turnout), share(approval));
        (turnout.is_some() || approval.is_some()).then(|| Parameters {
            turnout: turnout.unwrap_or(0.5),
            approval: approval.unwrap_or(0.5),
            vote_after_seconds: 24 * 3600,
        })
    };
    let question = move || {
        let input = PopulationInput { trial: trial_of(bench)?, n: None, parameters: parameters() };
        Some((bench.slug(), as_json(&input)))
    };
    let slider = |label: &'static str, id: &'static str, value: RwSignal<Option<u32>>| {
        let words = move || {
            value.get().map_or_else(|| "as in this community's past".to_owned(), |percent| format!("{percent} %"))
        };
        view! {
            <div class="field">
                <label for=id>{label} ": " <span class="muted">{words}</span></label>
                <input
                    type="range"
                    id=id
                    min="0"
                    max="100"
                    prop:value=move || value.get().unwrap_or(50).to_string()
                    on:input:target=move |event| value.set(event.target().value().parse().ok())
                />
            </div>
        }
    };
    let answer = study(
        "Over many votes",
        "Invented votes, each drawn anew. Without a choice of yours, turnout and approval are those of this community's past.",
        "Play 385 votes",
        question,
        population_of,
        population_bars,
    );
    view! {
        <div class="study-pair">
            {answer}
            <div class="stack gap-2">
                {slider("How many take part", "study-turnout", turnout)} {slider("How many of them say yes", "study-approval", approval)}
            </div>
        </div>
    }
    .into_any()
}

fn population_bars(found: &Population) -> AnyView {
    let share = |n: u32| format::percent(f64::from(n), f64::from(found.n.max(1)));
    let piece = |n: u32, class: &'static str| {
        (n > 0).then(|| view! { <span class=format!("seg {class}") data-share=share(n).to_string()></span> })
    };
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let words = format!(
        "{} % pass (between {} and {} %, with 95 % confidence), {} % fail, {} % stay open; {} votes played, {}.",
        percent(found.pass_share),
        percent(found.low),
        percent(found.high),
        share(found.failed),
        share(found.open),
        found.n,
        found.source
    );
    let times = found.seconds_to_decision.map(|[fast, half, slow]| {
        view! { <p class="small">{format!("Half are decided within {}; a tenth within {}, nine tenths within {}.", length(half), length(fast), length(slow))}</p> }
    });
    let rows = found
        .influence
        .iter()
        .map(|role| {
            view! {
                <tr>
                    <th scope="row">{format!("{} ({})", role.role, role.n_members)}</th>
                    <td>{format!("{} %", percent(role.if_all_yes))}</td>
                    <td>{format!("{} %", percent(role.if_all_no))}</td>
                </tr>
            }
        })
        .collect_view();
    let influence = (!found.influence.is_empty()).then(|| {
        view! {
            <table class="table flush">
                <caption class="small">"What passes when all of a role vote the same"</caption>
                <thead><tr><th scope="col">"Role"</th><th scope="col">"All say yes"</th><th scope="col">"All say no"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    view! {
        <div class="tally compact" role="img" aria-label=words.clone()>
            <div class="track">{piece(found.passed, "yes")} {piece(found.failed, "no")} {piece(found.open, "abstain")}</div>
        </div>
        <p class="small">{words}</p>
        {times} {influence}
    }
    .into_any()
}

fn properties(bench: Bench) -> AnyView {
    let shown = move |found: &Vec<PropertyReport>| {
        let lines = found.iter().map(|report| property(bench, report)).collect_view();
        view! { <ul class="checks">{lines}</ul> }.into_any()
    };
    study(
        "What must always hold",
        "Counterexamples are searched for and made as small as they can be. What is not found is not proved.",
        "Search",
        move || about_trial(bench),
        properties_of,
        shown,
    )
}

fn property(bench: Bench, report: &PropertyReport) -> AnyView {
    let (tone, sign) = match (report.state, report.is_warning) {
        (PropertyState::NotBroken, _) => ("passed", "check"),
        (PropertyState::Inapplicable, _) => ("", "minus"),
        (PropertyState::Broken, true) => ("held", "triangle-alert"),
        (PropertyState::Broken, false) => ("failed", "circle-x"),
    };
    let counterexample = report.counterexample.clone().map(|scenario| {
        let pinned = scenario.clone();
        let (title, verdict) = (report.title.clone(), report.verdict);
        let pin = verdict.map(|verdict| {
            view! {
                " "
                <button class="link-button" type="button" on:click=move |_| examples::pin(bench, &title, &pinned, verdict)>
                    "Pin it as an example"
                </button>
            }
        });
        view! {
            <button class="link-button" type="button" on:click=move |_| bench.trial.open(&scenario)>
                "See it"
            </button>
            {pin}
        }
    });
    view! {
        <li>
            <span class=format!("tone {tone}")>{icon(sign)}</span>
            <span>
                <b>{report.title.clone()}</b>
                " "
                {report.sentence.clone()}
                " "
                {counterexample}
            </span>
        </li>
    }
    .into_any()
}

fn capture(bench: Bench) -> AnyView {
    let shown = move |found: &Capture| {
        let line = move |coalition: &Coalition| {
            let scenario = coalition.scenario.clone();
            view! {
                <li>
                    {icon("users")}
                    <span>
                        {sentence(&coalition.sentence)} " "
                        <button class="link-button" type="button" on:click=move |_| bench.trial.open(&scenario)>
                            "See it"
                        </button>
                    </span>
                </li>
            }
        };
        let lines = found.to_pass.iter().chain(&found.to_fail).map(line).collect_view();
        let none = (found.to_pass.is_none() && found.to_fail.is_none())
            .then(|| view! { <p class="small">{format!("No group was found that could force it, in {} scenarios.", found.n_played)}</p> });
        view! { <ul class="would small">{lines}</ul> {none} }.into_any()
    };
    study(
        "What it costs to capture",
        "The smallest group found that gets its way against everybody else.",
        "Search",
        move || about_trial(bench),
        capture_cost,
        shown,
    )
}

fn impact(bench: Bench) -> AnyView {
    let slug = StoredValue::new(bench.slug());
    let shown = move |found: &Impact| {
        let line = |row: &types::simulation::ImpactRow| {
            let title = match row.proposal {
                Some(proposal) => {
                    view! { <a href=format!("/c/{}/proposals/{proposal}", slug.get_value())>{row.title.clone()}</a> }
                        .into_any()
                }
                None => row.title.clone().into_any(),
            };
            let words = format!(": {} now, {} then. {}", word(row.now), word(row.then), sentence(&row.reason));
            view! { <li>{icon("vote")} <span>{title} {words}</span></li> }
        };
        view! {
            <p class="small"><b>{sentence(&found.sentence)}</b></p>
            <ul class="would small">{found.rows.iter().map(line).collect_view()}</ul>
        }
        .into_any()
    };
    study(
        "On what is open now",
        "How open proposals would stand if it were adopted today.",
        "Compare",
        move || about_draft(bench),
        impact_of,
        shown,
    )
}
