//! Effects in words.

use app::api::proposal::{EffectState, EffectView};
use store::effects::{EffectStatus, StoredEffect};
use types::Action;
use types::platform::Operation;

use super::sentence::{self, Names};

/// An effect in words: "Rename #random to #tool-chat".
#[must_use]
pub fn sentence(effect: &StoredEffect, action: &Action, names: &Names) -> String {
    let title = || sentence::title(&action.kind, &action.payload, names);
    match operation(effect) {
        Ok(Operation::Execute { kind, payload, .. }) => sentence::title(&kind, &payload, names),
        Ok(Operation::Revert { kind, payload, .. }) => format!("Undo: {}", sentence::phrase(&kind, &payload, names)),
        Ok(Operation::Post { place, text, .. }) => format!("Post in {place}: “{}”", sentence::cut(&text, 120)),
        Ok(Operation::Message { to, text, .. }) => format!("Tell {}: “{}”", to.display_name, sentence::cut(&text, 120)),
        Ok(Operation::PostBallot { place, .. }) => format!("Post the ballot in {place}"),
        Ok(Operation::UpdateBallot { place, .. }) => format!("Keep the ballot in {place} up to date"),
        Err(_) => match effect.kind.as_str() {
            "execute" => title(),
            "revert" => format!("Undo: {}", sentence::phrase(&action.kind, &action.payload, names)),
            other => sentence::capitalised(&other.replace('_', " ")),
        },
    }
}

/// What exactly is to be done: the outbox keeps it under `operation`, beside the key of an announcement.
fn operation(effect: &StoredEffect) -> Result<Operation, serde_json::Error> {
    use serde::Deserialize;
    Operation::deserialize(effect.body.get("operation").unwrap_or(&effect.body.0))
}

/// An effect as the page shows it.
#[must_use]
pub fn view(effect: &StoredEffect, action: &Action, names: &Names) -> EffectView {
    let state = match (effect.status, effect.attempts) {
        (EffectStatus::Pending, 0) => EffectState::Waiting,
        (EffectStatus::Pending, _) if effect.error.is_some() => EffectState::Retrying,
        (EffectStatus::Pending, _) => EffectState::Waiting,
        (EffectStatus::Delivered, _) => EffectState::Done,
        (EffectStatus::Failed, _) => EffectState::Failed,
        (EffectStatus::Cancelled, _) => EffectState::Undone,
    };
    EffectView {
        sentence: sentence(effect, action, names),
        detail: detail(effect),
        place: place(effect, action),
        kind: sign(effect, action).to_owned(),
        state,
        answer: effect.error.clone().filter(|_| state != EffectState::Done),
        attempts: effect.attempts,
        at: effect.finished_at.or(match state {
            EffectState::Retrying => Some(effect.next_attempt_at),
            _ => None,
        }),
    }
}

fn detail(effect: &StoredEffect) -> String {
    match effect.status {
        EffectStatus::Cancelled => "No longer wanted.".to_owned(),
        _ => String::new(),
    }
}

fn place(effect: &StoredEffect, action: &Action) -> String {
    match effect.platform.as_str() {
        "constitution" => sentence::place_in_words(&action.kind),
        platform => sentence::capitalised(platform),
    }
}

/// Which sign stands beside the line.
fn sign(effect: &StoredEffect, action: &Action) -> &'static str {
    match effect.kind.as_str() {
        "execute" if action.kind.platform() == "constitution" => match action.kind.verb() {
            verb if verb.contains("role") => "role",
            verb if verb.contains("document") => "document",
            verb if verb.contains("polic") => "policy",
            _ => "execute",
        },
        "execute" => "execute",
        "revert" => "revert",
        "announce" | "ask" => "announce",
        "notify" | "remind" => "notify",
        "propose" => "propose",
        kind if kind.contains("role") => "role",
        kind if kind.contains("data") => "data",
        _ => "execute",
    }
}
