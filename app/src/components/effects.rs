//! What a proposal will do, or did, and what the platform answered.

use leptos::prelude::*;
use types::Timestamp;

use super::{
    badge::{badge, plain_badge},
    icon::icon,
    when::when,
};
use crate::api::proposal::{EffectState, EffectView};

/// The effects, one a row.
pub fn effect_rows(effects: &[EffectView], now: Timestamp) -> AnyView {
    let rows = effects
        .iter()
        .map(|effect| {
            let (tone, _, _) = state_badge(effect.state);
            let detail =
                (!effect.detail.is_empty()).then(|| view! { <p class="tiny subtle">{effect.detail.clone()}</p> });
            view! {
                <li class=tone>
                    {kind_icon(&effect.kind)} <div class="grow">
                        <p>{effect.sentence.clone()}</p>
                        {detail} {answer(effect, now)}
                    </div> <span class="effect-badges">{state(effect)} {plain_badge(effect.place.clone())}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="rows effects">{rows}</ol> }.into_any()
}

/// What the platform said, and when it will be tried again.
fn answer(effect: &EffectView, now: Timestamp) -> Option<AnyView> {
    let said = effect.answer.clone();
    let tries = effect.attempts;
    let timing = match (effect.state, effect.at) {
        (EffectState::Retrying, Some(at)) => {
            Some(view! { {format!("Tried {}, next ", times(tries))} {when(at, now)} }.into_any())
        }
        (EffectState::Failed, _) => Some(format!("Given up after {}.", times(tries)).into_any()),
        (EffectState::Done | EffectState::Undone, Some(at)) => Some(when(at, now).into_any()),
        _ => None,
    };
    (said.is_some() || timing.is_some()).then(|| {
        view! {
            <p class="tiny subtle">
                {said.map(|said| view! { <q>{said}</q> " " })} {timing}
            </p>
        }
        .into_any()
    })
}

fn times(n: u32) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

fn state(effect: &EffectView) -> Option<AnyView> {
    let (tone, sign, word) = state_badge(effect.state);
    (effect.state != EffectState::Planned).then(|| badge(tone, sign, word))
}

const fn state_badge(state: EffectState) -> (&'static str, &'static str, &'static str) {
    match state {
        EffectState::Planned => ("", "circle-dashed", "Planned"),
        EffectState::Waiting => ("open", "clock", "On its way"),
        EffectState::Done => ("passed", "circle-check", "Done"),
        EffectState::Retrying => ("held", "circle-pause", "Trying again"),
        EffectState::Failed => ("failed", "circle-x", "Not done"),
        EffectState::Undone => ("held", "undo-2", "Undone"),
        EffectState::WouldHave => ("shadow", "circle-dashed", "Would have"),
    }
}

fn kind_icon(kind: &str) -> impl IntoView + use<> {
    icon(match kind {
        "execute" => "zap",
        "revert" => "undo-2",
        "notify" => "message-square",
        "announce" => "megaphone",
        "role" => "key-round",
        "propose" => "plus",
        "document" => "file-diff",
        "policy" => "scale",
        _ => "info",
    })
}
