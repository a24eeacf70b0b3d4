//! Status: always an icon, a word and a colour.

use leptos::prelude::*;
use types::{Enforcement, Layer};

use super::icon::icon;
use crate::api::words::{Standing, StepState};

/// The class of tones that a standing has.
pub const fn tone(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Passed => "passed",
        Standing::Failed => "failed",
        Standing::Held => "held",
        Standing::Withdrawn => "",
    }
}

/// The icon that a standing has.
pub const fn sign(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "circle-dot",
        Standing::Passed => "circle-check",
        Standing::Failed => "circle-x",
        Standing::Held => "circle-pause",
        Standing::Withdrawn => "minus",
    }
}

/// The word for a standing.
pub const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "Open",
        Standing::Passed => "Passed",
        Standing::Failed => "Failed",
        Standing::Held => "Held",
        Standing::Withdrawn => "Withdrawn",
    }
}

/// How a proposal stands.
pub fn standing_badge(standing: Standing) -> impl IntoView + use<> {
    badge(tone(standing), sign(standing), word(standing))
}

/// That its policy is on trial.
pub fn trial_badge() -> impl IntoView + use<> {
    badge("shadow", "circle-dashed", "Trial, not enforced")
}

/// How seriously a policy is taken.
pub fn enforcement_badge(enforcement: Enforcement) -> AnyView {
    match enforcement {
        Enforcement::Off => badge("plain", "minus", "Switched off"),
        Enforcement::Shadow => badge("shadow", "circle-dashed", "Trial, not enforced"),
        Enforcement::Warn => badge("held", "triangle-alert", "Warns, does not hold up"),
        Enforcement::Enforced => badge("passed", "shield-check", "Enforced"),
    }
}

/// Any badge with an icon.
pub fn badge(tone: &'static str, sign: &'static str, word: impl Into<String>) -> AnyView {
    view! {
        <span class=format!("badge {tone}")>
            {icon(sign)}
            {word.into()}
        </span>
    }
    .into_any()
}

/// A badge without an icon or colour.
pub fn plain_badge(word: impl Into<String>) -> AnyView {
    view! { <span class="badge plain">{word.into()}</span> }.into_any()
}

/// The word for a layer.
pub const fn layer_word(layer: Layer) -> &'static str {
    match layer {
        Layer::Platform => "Everyday layer",
        Layer::Constitution => "Constitution layer",
    }
}

/// The tones and icon of a step of a reasoning.
pub const fn step_sign(state: StepState) -> (&'static str, &'static str) {
    match state {
        StepState::Met => ("passed", "check"),
        StepState::NotMet => ("failed", "x"),
        StepState::Waiting => ("open", "clock"),
        StepState::Noted => ("", "minus"),
    }
}
