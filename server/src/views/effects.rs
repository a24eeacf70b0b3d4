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

/// Effects as the page shows them. The same words to several people are one line.
#[must_use]
pub fn views(effects: &[StoredEffect], action: &Action, names: &Names) -> Vec<EffectView> {
    let mut lines: Vec<(Option<(String, Vec<String>)>, EffectView)> = Vec::new();
    for effect in effects {
        let line = view(effect, action, names);
        let Ok(Operation::Message { to, text, .. }) = operation(effect) else {
            lines.push((None, line));
            continue;
        };
        // Only what went the same way is one line: a message that failed is seen by itself.
        let same = lines.iter_mut().find(|(told, known)| {
            told.as_ref().is_some_and(|(known_text, _)| *known_text == text)
                && (known.state, &known.place, &known.answer) == (line.state, &line.place, &line.answer)
        });
        match same {
            Some((Some((_, people)), known)) => {
                people.push(to.display_name);
                known.sentence = tell(people, &text);
                known.at = known.at.max(line.at);
            }
            _ => lines.push((Some((text, vec![to.display_name])), line)),
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Names that are listed; more are counted.
const MAX_NAMES: usize = 5;

fn tell(people: &[String], text: &str) -> String {
    let shown = people.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>().join(", ");
    let text = sentence::cut(text, 120);
    match people.len().saturating_sub(MAX_NAMES) {
        0 => format!("Tell {shown}: “{text}”"),
        more => format!("Tell {shown} and {more} more: “{text}”"),
    }
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
