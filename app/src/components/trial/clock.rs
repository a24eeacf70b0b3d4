//! The time of a trial: its events on a line, where they can be moved about, and the moment that is looked at.

use leptos::{ev, html, prelude::*};
use types::Verdict;
use types::simulation::{Happening, Outcome};

use super::state::{TrialState, in_words, length};
use crate::components::icon::{icon, icon_that_flips};

/// The line with its events, and the moment that is looked at.
#[component]
pub fn Clock(
    /// The trial.
    trial: TrialState,
    /// Whether events can be moved.
    may_move: bool,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let end = trial.outcome.with(|outcome| outcome.as_ref().map_or(0, end_of));
        trial.at.get().unwrap_or(end)
    });
    let span = Memo::new(move |_| trial.span());
    let words = move || {
        let verdict = trial.outcome.with(|outcome| outcome.as_ref().map(|outcome| verdict_at(outcome, shown.get())));
        format!(
            "{} after the attempt{}",
            length(shown.get()),
            verdict.map(|(verdict, _)| format!(", {}", word(verdict))).unwrap_or_default()
        )
    };
    let jump = move |forward: bool| {
        let (now, moments) = (shown.get_untracked(), untrack(|| trial.moments()));
        let next = if forward {
            moments.iter().copied().find(|at| *at > now)
        } else {
            moments.iter().rev().copied().find(|at| *at < now)
        };
        if let Some(at) = next {
            trial.at.set(Some(at));
        }
    };
    view! {
        <section class="panel scrubber" aria-labelledby="clock">
            <h2 class="visually-hidden" id="clock">
                "Time in this try"
            </h2>
            <div class="row nowrap scrub-buttons gap-1">
                <button class="button quiet icon-only" type="button" aria-label="Back to when it last changed" on:click=move |_| jump(false)>
                    {icon_that_flips("skip-back")}
                </button>
                <button class="button icon-only" type="button" aria-label="To the end" on:click=move |_| trial.at.set(None)>
                    {icon("circle-check")}
                </button>
                <button class="button quiet icon-only" type="button" aria-label="On to the next thing that can change" on:click=move |_| jump(true)>
                    {icon_that_flips("skip-forward")}
                </button>
            </div>
            <div class="scrub">
                <Line trial=trial span=span may_move=may_move />
                <input
                    type="range"
                    min="0"
                    max=move || span.get().to_string()
                    step="60"
                    aria-label="Time since the attempt"
                    aria-valuetext=words
                    prop:value=move || shown.get().to_string()
                    on:input:target=move |event| trial.at.set(event.target().value().parse().ok())
                />
            </div>
            <p class="clock-now">
                <b class="tabular">{move || length(shown.get())}</b>
                <span class="tiny subtle">
                    {move || {
                        trial.outcome.with(|outcome| outcome.as_ref().map_or("", |outcome| word(verdict_at(outcome, shown.get()).0)))
                    }}
                </span>
            </p>
        </section>
    }
}

/// The events on the line. Each can be dragged, or moved with the arrow keys.
#[component]
fn Line(
    /// The trial.
    trial: TrialState,
    /// How long the line is, in seconds.
    span: Memo<u64>,
    /// Whether events can be moved.
    may_move: bool,
) -> impl IntoView {
    let track = NodeRef::<html::Ol>::new();
    // The key of the event under the finger, and how long the line was when it was taken up: it must not grow under it.
    let taken = RwSignal::new(None::<(u32, u64)>);
    let keys = Memo::new(move |_| trial.rows.with(|rows| rows.iter().map(|row| row.key).collect::<Vec<_>>()));
    let length_of_line = move || taken.get().map_or_else(|| span.get(), |(_, span)| span);
    let share = move |at: u64| share_of(at, length_of_line());
    let drag = move |event: ev::PointerEvent| {
        let (Some((key, span)), Some(track)) = (taken.get_untracked(), track.get_untracked()) else { return };
        let width = f64::from(track.client_width().max(1));
        let along = (f64::from(event.offset_x()) / width).clamp(0.0, 1.0);
        let minutes = along * as_float(span) / 60.0;
        trial.change(key, |event| event.at_seconds = to_minutes(minutes));
    };
    let drop = move |_| taken.set(None);
    view! {
        <ol class="events" node_ref=track aria-label="What happens" on:pointermove=drag on:pointerup=drop on:pointercancel=drop>
            <li data-share="0" class="fixed">
                <span class="pip"></span>
                <span class="t">"attempted"</span>
            </li>
            <For each=move || keys.get() key=|key| *key let:key>
                {pip(trial, key, may_move, span, share, move |event: ev::PointerEvent| {
                    if let Some(track) = track.get_untracked() {
                        taken.set(Some((key, span.get_untracked())));
                        // From here on the pointer belongs to the line, wherever it goes. Without it, dragging ends at the edge.
                        let _ = track.set_pointer_capture(event.pointer_id());
                    }
                })}
            </For>
            {move || decided(trial).map(|(at, verdict)| {
                view! {
                    <li data-share=share(at) class=format!("fixed {}", tone(verdict))>
                        <span class="pip big"></span>
                        <span class="t below">{word(verdict)}</span>
                    </li>
                }
            })}
        </ol>
    }
}

fn pip(
    trial: TrialState,
    key: u32,
    may_move: bool,
    span: Memo<u64>,
    share: impl Fn(u64) -> String + Copy + Send + Sync + 'static,
    take: impl Fn(ev::PointerEvent) + Clone + 'static,
) -> AnyView {
    let at = move || trial.of(key, |event| event.at_seconds);
    let label = move || trial.cast.with_value(|cast| trial.of(key, |event| in_words(cast, &event.what)));
    let class = move || {
        trial.of(key, |event| match &event.what {
            Happening::Ballot { value, .. } | Happening::Everyone { value, .. } => match value {
                types::BallotValue::Yes => "passed",
                types::BallotValue::No => "failed",
                _ => "",
            },
            _ => "",
        })
    };
    if !may_move {
        return view! {
            <li data-share=move || share(at()) class=class>
                <span class="pip"></span>
                <span class="t">{label}</span>
            </li>
        }
        .into_any();
    }
    let on_key = move |event: ev::KeyboardEvent| {
        let step = if event.shift_key() { 3600 } else { 300 };
        let now = at();
        let moved = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => now.saturating_add(step),
            "ArrowLeft" | "ArrowDown" => now.saturating_sub(step),
            "PageUp" => now.saturating_add(86_400),
            "PageDown" => now.saturating_sub(86_400),
            "Home" => 0,
            "Delete" => {
                event.prevent_default();
                return trial.remove(key);
            }
            _ => return,
        };
        event.prevent_default();
        trial.change(key, |event| event.at_seconds = moved);
    };
    view! {
        <li data-share=move || share(at()) class=class>
            <span
                class="pip"
                tabindex="0"
                role="slider"
                aria-label=label
                aria-valuemin="0"
                aria-valuemax=move || span.get().to_string()
                aria-valuenow=move || at().to_string()
                aria-valuetext=move || length(at())
                on:keydown=on_key
                on:pointerdown=take
            ></span>
            <span class="t" aria-hidden="true">
                {label}
            </span>
        </li>
    }
    .into_any()
}

/// When the verdict fell, and what it was.
fn decided(trial: TrialState) -> Option<(u64, Verdict)> {
    trial.outcome.with(|outcome| {
        let outcome = outcome.as_ref().filter(|outcome| outcome.verdict != Verdict::Proposed)?;
        Some((end_of(outcome), outcome.verdict))
    })
}

/// When the outcome was reached, in seconds from the attempt.
fn end_of(outcome: &Outcome) -> u64 {
    outcome.decided_at_seconds.or_else(|| outcome.timeline.last().map(|moment| moment.at_seconds)).unwrap_or(0)
}

/// The verdict and the reason at a moment.
#[must_use]
pub fn verdict_at(outcome: &Outcome, at: u64) -> (Verdict, String) {
    let last = outcome.timeline.iter().rev().find(|moment| moment.at_seconds <= at);
    last.map_or((Verdict::Proposed, String::new()), |moment| (moment.verdict, moment.reason.clone()))
}

/// The word for a verdict.
#[must_use]
pub const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proposed => "still open",
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
    }
}

/// The class of tones for a verdict.
#[must_use]
pub const fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proposed => "open",
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
    }
}

/// How far along the line a moment lies, in whole per cents.
fn share_of(at: u64, span: u64) -> String {
    at.saturating_mul(100).checked_div(span).unwrap_or(0).min(100).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "a hundred years of seconds are far below 2^52")]
fn as_float(seconds: u64) -> f64 {
    seconds as f64
}

/// Whole five minutes, in seconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a span that was a u64, never negative"
)]
fn to_minutes(minutes: f64) -> u64 {
    ((minutes / 5.0).round() as u64).saturating_mul(300)
}
