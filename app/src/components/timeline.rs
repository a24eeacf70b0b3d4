//! Sentences on a string: why, and what happened. And the way a proposal takes.

use leptos::prelude::*;
use types::Timestamp;

use super::{badge::step_sign, icon::icon, when::when};
use crate::api::{
    proposal::{StageState, StageView},
    words::{HistoryKind, HistoryLine, WhyStep},
};

/// A reasoning, step by step.
pub fn why_steps(steps: &[WhyStep]) -> AnyView {
    let lines = steps
        .iter()
        .map(|step| {
            let (tone, sign) = step_sign(step.state);
            let because = step.because.clone().filter(|because| !because.is_empty());
            view! {
                <li>
                    <span class=format!("knot {tone}")>{icon(sign)}</span>
                    <p>{step.sentence.clone()}</p>
                    {because.map(|because| view! { <p class="when">{because}</p> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="timeline">{lines}</ol> }.into_any()
}

/// What happened, newest first.
pub fn history(lines: &[HistoryLine], now: Timestamp) -> AnyView {
    let lines = lines
        .iter()
        .map(|line| {
            let (tone, sign) = history_sign(line.kind);
            view! {
                <li>
                    <span class=format!("knot {tone}")>{icon(sign)}</span>
                    <p>{line.sentence.clone()}</p>
                    <p class="when">{when(line.at, now)}</p>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="timeline">{lines}</ol> }.into_any()
}

const fn history_sign(kind: HistoryKind) -> (&'static str, &'static str) {
    match kind {
        HistoryKind::Proposed => ("", "plus"),
        HistoryKind::Pinned => ("", "pin"),
        HistoryKind::Asked => ("", "vote"),
        HistoryKind::Drawn => ("accent", "dices"),
        HistoryKind::Ballot => ("", "user-check"),
        HistoryKind::Passed => ("passed", "circle-check"),
        HistoryKind::Failed => ("failed", "circle-x"),
        HistoryKind::CarriedOut => ("passed", "zap"),
        HistoryKind::Undone => ("held", "undo-2"),
        HistoryKind::Held => ("held", "circle-pause"),
        HistoryKind::Noted => ("", "info"),
    }
}

/// The way a proposal takes.
pub fn stages(stages: &[StageView]) -> Option<AnyView> {
    if stages.is_empty() {
        return None;
    }
    let each = stages
        .iter()
        .map(|stage| {
            let (class, sign, is_now) = match stage.state {
                StageState::Done => ("done", "check", None),
                StageState::Current => ("", "vote", Some("step")),
                StageState::Ahead => ("", "circle-dashed", None),
                StageState::Skipped => ("skipped", "minus", None),
            };
            view! {
                <li class=class aria-current=is_now>
                    <span class="dot">{icon(sign)}</span>
                    <div>
                        <b>{stage.name.clone()}</b>
                        {stage.note.clone()}
                    </div>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel stage-panel" aria-label="Stages">
                <ol class="stages across">{each}</ol>
            </section>
        }
        .into_any(),
    )
}
