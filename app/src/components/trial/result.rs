//! What a policy made of a trial: verdict, reasons, effects, reads, cost. It shows the last good result while a new one is made.

use leptos::prelude::*;
use types::Verdict;
use types::simulation::{Moment, Outcome, WouldDo};

use super::clock::{tone, verdict_at, word};
use super::state::{TrialState, length};
use crate::{
    components::{badge::badge, icon::icon, notice::error_callout},
    format,
};

/// Goes to a line and column of the source, where there is one to go to.
pub type GoTo = Callback<(u32, u32)>;

/// The panel. Nothing in it needs an editor.
#[component]
pub fn ResultPanel(
    /// The trial.
    trial: TrialState,
    /// Goes to a place of the source.
    #[prop(optional)]
    go_to: Option<GoTo>,
) -> impl IntoView {
    let body = move || {
        match (trial.outcome.get(), trial.failure.get()) {
        (_, Some(error)) => view! { <div class="body">{error_callout(&error)}</div> }.into_any(),
        (Some(outcome), None) => body(trial, &outcome, go_to),
        (None, None) => view! { <div class="body"><p class="muted">"The result stands here as soon as there is something to try."</p></div> }.into_any(),
    }
    };
    view! {
        <section class="panel pane-res" aria-labelledby="result" class:stale=trial.is_stale>
            <h2 class="visually-hidden" id="result">
                "Result"
            </h2>
            <Announcement trial=trial />
            {body}
        </section>
    }
}

/// Says the verdict aloud when it changed, and not more often than once in a while: typing changes it all the time.
#[component]
fn Announcement(
    /// The trial.
    trial: TrialState,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let wanted = Memo::new(move |_| {
        trial.outcome.with(|outcome| {
            outcome.as_ref().map(|outcome| format!("Result: {}. {}", word(outcome.verdict), outcome.reason))
        })
    });
    let waiting = StoredValue::new(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    Effect::new(move |_| {
        let Some(sentence) = wanted.get() else { return };
        waiting.update_value(|waiting| {
            if let Some(handle) = waiting.take() {
                handle.clear();
            }
        });
        let pause = std::time::Duration::from_millis(1200);
        if let Ok(handle) = set_timeout_with_handle(
            move || {
                said.try_set(sentence);
            },
            pause,
        ) {
            waiting.set_value(Some(handle));
        }
    });
    view! {
        <p class="visually-hidden" role="status" aria-live="polite">
            {said}
        </p>
    }
}

fn body(trial: TrialState, outcome: &Outcome, go_to: Option<GoTo>) -> AnyView {
    let moments = outcome.timeline.clone();
    let verdict = {
        let outcome = outcome.clone();
        move || head(trial, &outcome, trial.at.get())
    };
    view! {
        {verdict}
        <div class="body stack gap-6">
            {broken(outcome, go_to)} {reasons(trial, moments)} {effects(&outcome.effects)} {others(outcome)}
            {logs(outcome, go_to)} {reads(outcome)} {cost(outcome)} {receipt(outcome)}
        </div>
    }
    .into_any()
}

/// The verdict at the moment that is looked at, or at the end.
fn head(trial: TrialState, outcome: &Outcome, at: Option<u64>) -> AnyView {
    let (verdict, reason) = match at {
        Some(at) => verdict_at(outcome, at),
        None => (outcome.verdict, outcome.reason.clone()),
    };
    let (class, sign, title) = match (&outcome.error, verdict) {
        (Some(_), Verdict::Proposed) => ("held", "triangle-alert", "It broke"),
        (_, Verdict::Passed) => ("passed", "circle-check", "Passed"),
        (_, Verdict::Failed) => ("failed", "circle-x", "Failed"),
        (_, Verdict::Proposed) if !outcome.in_scope && reason.contains("filter") => {
            ("shadow", "minus", "Not its business")
        }
        (_, Verdict::Proposed) => ("open", "circle-dot", "Still open"),
    };
    let after = match (at, outcome.decided_at_seconds) {
        (None, Some(0)) => "At once.".to_owned(),
        (None, Some(seconds)) => format!("After {}.", length(seconds)),
        (None, None) => outcome
            .timeline
            .last()
            .map(|moment| format!("Nothing more happens after {}.", length(moment.at_seconds)))
            .unwrap_or_default(),
        (Some(at), _) => format!("As it stands after {}.", length(at)),
    };
    let reason = (!reason.is_empty()).then(|| format!("{}. ", sentence(&reason)));
    let fresh = move || if trial.is_stale.get() { "playing…" } else { "current" };
    view! {
        <div class=format!("verdict {class}")>
            <span class="big">{icon(sign)}</span>
            <div>
                <p class="word">{title}</p>
                <p class="small">{reason} {after}</p>
            </div>
            <span class="fresh tiny">
                <span class="dot"></span>
                {fresh}
            </span>
        </div>
    }
    .into_any()
}

fn broken(outcome: &Outcome, go_to: Option<GoTo>) -> Option<AnyView> {
    let error = outcome.error.as_ref()?;
    let place = place_link(error.line, error.column, go_to);
    let function = error.function.as_ref().map(|function| format!(" in {function}"));
    Some(
        view! {
            <div class="callout failed">
                {icon("triangle-alert")}
                <div>
                    <p>
                        <strong>{format!("The policy broke{}.", function.unwrap_or_default())}</strong>
                        " "
                        {error.message.clone()}
                        " "
                        {place}
                        " "
                        <code class="subtle">{error.code.clone()}</code>
                    </p>
                </div>
            </div>
        }
        .into_any(),
    )
}

/// What happened, and what the policy said to it. Choosing a line looks at that moment.
fn reasons(trial: TrialState, moments: Vec<Moment>) -> AnyView {
    let lines = moments
        .into_iter()
        .map(|moment| {
            let at = moment.at_seconds;
            let (tone, sign) = match moment.verdict {
                Verdict::Passed => (tone(moment.verdict), "check"),
                Verdict::Failed => (tone(moment.verdict), "x"),
                Verdict::Proposed => ("", "clock"),
            };
            let reason = (!moment.reason.is_empty()).then(|| view! { <p class="when">{sentence(&moment.reason)}</p> });
            view! {
                <li>
                    <span class=format!("knot {tone}")>{icon(sign)}</span>
                    <p>
                        {sentence(&moment.event)} " "
                        <button class="link-button tiny" type="button" aria-pressed=move || (trial.at.get() == Some(at)).to_string() on:click=move |_| trial.at.set(Some(at))>
                            {length(at)}
                        </button>
                    </p>
                    {reason}
                </li>
            }
        })
        .collect_view();
    view! {
        <div>
            <h3>"Why"</h3>
            <ol class="timeline small">{lines}</ol>
        </div>
    }
    .into_any()
}

fn effects(effects: &[WouldDo]) -> AnyView {
    if effects.is_empty() {
        return view! {
            <div>
                <h3>"What would happen"</h3>
                <p class="small muted">"Nothing: the policy asks for nothing."</p>
            </div>
        }
        .into_any();
    }
    let lines = effects
        .iter()
        .map(|effect| {
            let when = if effect.at_seconds == 0 {
                "At once".to_owned()
            } else {
                format!("After {}", length(effect.at_seconds))
            };
            let what = if effect.sentence.is_empty() { effect.kind.replace('_', " ") } else { effect.sentence.clone() };
            let power = effect.power.map(|power| format!("Takes the power to {}.", power_words(power)));
            view! {
                <li>
                    {icon(effect_sign(&effect.kind))}
                    <span title=power.unwrap_or_default()>{format!("{when}: {what}")}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <div>
            <h3>"What would happen " {badge("shadow", "circle-dashed", "Nothing is sent")}</h3>
            <ol class="would small">{lines}</ol>
        </div>
    }
    .into_any()
}

/// What a power allows, to follow "the power to".
fn power_words(power: types::effect::Power) -> &'static str {
    use types::effect::Power;
    match power {
        Power::Execute => "carry it out",
        Power::Revert => "undo it",
        Power::Ask => "ask members",
        Power::Notify => "message members",
        Power::Announce => "post in channels",
        Power::Roles => "change roles",
        Power::Propose => "propose further actions",
        Power::Http => "ask other web sites",
    }
}

fn effect_sign(kind: &str) -> &'static str {
    match kind {
        "execute" => "zap",
        "revert" => "undo-2",
        "notify" | "announce" => "message-square",
        "ask" | "remind" => "vote",
        "propose" => "plus",
        kind if kind.contains("role") => "users",
        _ => "file-text",
    }
}

/// Where the other policies stood.
fn others(outcome: &Outcome) -> Option<AnyView> {
    if outcome.seats.len() < 2 {
        return None;
    }
    let lines = outcome
        .seats
        .iter()
        .map(|seat| {
            let stands = if seat.in_scope { word(seat.verdict) } else { "not its business" };
            let mine = if seat.is_draft { " (this draft)" } else { "" };
            view! {
                <li>
                    {icon("scale")}
                    <span>{format!("“{}”{mine}: {stands}. {}", seat.policy, sentence(&seat.reason))}</span>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <div>
                <h3>"All policies together"</h3>
                <ul class="would small">{lines}</ul>
            </div>
        }
        .into_any(),
    )
}

fn logs(outcome: &Outcome, go_to: Option<GoTo>) -> Option<AnyView> {
    if outcome.logs.is_empty() {
        return None;
    }
    let lines = outcome
        .logs
        .iter()
        .map(|line| {
            let place = place_link(line.line, 1, go_to);
            view! { <li><code>{line.text.clone()}</code> <span class="tiny subtle">{length(line.at_seconds)} " " {place}</span></li> }
        })
        .collect_view();
    Some(
        view! {
            <details class="twin">
                <summary>{format::count(i64::try_from(outcome.logs.len()).unwrap_or(0), "line")} " logged"</summary>
                <ul class="log-lines small">{lines}</ul>
            </details>
        }
        .into_any(),
    )
}

/// What the policy looked at: also what voters should know about their privacy.
fn reads(outcome: &Outcome) -> Option<AnyView> {
    let words: Vec<String> = outcome.reads.iter().map(|name| name.replace('_', " ")).collect();
    (!words.is_empty()).then(|| {
        view! {
            <p class="small">
                <b>"It read "</b>
                {words.join(", ")}
                "."
            </p>
        }
        .into_any()
    })
}

fn cost(outcome: &Outcome) -> Option<AnyView> {
    (outcome.limit_instructions > 0).then(|| {
        let share = outcome.most_instructions.saturating_mul(100).checked_div(outcome.limit_instructions).unwrap_or(0);
        let share = if share == 0 { "less than 1".to_owned() } else { share.to_string() };
        let words = format!("The costliest look took {share} % of what one may take.");
        let used = format::number(i64::try_from(outcome.most_instructions).unwrap_or(i64::MAX));
        let limit = format::number(i64::try_from(outcome.limit_instructions).unwrap_or(i64::MAX));
        view! {
            <p class="small" title=format!("{used} of {limit} instructions")>
                <b>"Cost. "</b>
                {words}
            </p>
        }
        .into_any()
    })
}

fn receipt(outcome: &Outcome) -> Option<AnyView> {
    let receipt = outcome.receipt.clone()?;
    let row = |name: &'static str, hash: &str| {
        view! {
            <dt>{name}</dt>
            <dd>
                <code title=hash.to_owned()>{format::fingerprint(hash)}</code>
            </dd>
        }
    };
    Some(
        view! {
            <details class="twin receipt">
                <summary>
                    {icon("fingerprint")} " Receipt " <code>{format::fingerprint(&receipt.hash)}</code>
                </summary>
                <p class="small muted">"Whoever plays the same scenario on the same policy gets the same result, byte for byte."</p>
                <dl class="facts small">
                    {row("Policy", &receipt.policy)} {row("Scenario", &receipt.scenario)} {row("Result", &receipt.result)}
                    <dt>"Engine"</dt>
                    <dd>
                        <code>{receipt.engine.clone()}</code>
                    </dd>
                </dl>
            </details>
        }
        .into_any(),
    )
}

/// "line 12", as a way there where there is one.
#[must_use]
pub fn place_link(line: u32, column: u32, go_to: Option<GoTo>) -> Option<AnyView> {
    if line == 0 {
        return None;
    }
    let words = format!("line {line}");
    Some(match go_to {
        None => view! { <span class="tiny subtle">{words}</span> }.into_any(),
        Some(go_to) => view! {
            <button class="link-button tiny" type="button" on:click=move |_| go_to.run((line, column.max(1)))>
                {words}
            </button>
        }
        .into_any(),
    })
}

/// The same with a capital at its start.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}
