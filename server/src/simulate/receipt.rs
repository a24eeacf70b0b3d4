//! Receipts: hashes by which anybody can see that a result is what the same policies make of the same scenario.

use serde::Serialize;
use sha2::{Digest, Sha256};
use types::simulation::{Outcome, Receipt, WouldDo};
use types::{Effect, Json, MemberId, RoleId};

use super::scenario::{Bench, Scenario, World};
use crate::hex::hex;

/// What results depend on besides policies and scenario. To be raised with every change of the engine or of the simulator that
/// can change a result.
pub const ENGINE: &str = concat!("polity-engine ", env!("CARGO_PKG_VERSION"), " rules 2");

/// SHA-256 of a value's JSON, hexadecimal. Maps are written in the order of their keys, so equal values have equal hashes.
#[must_use]
pub fn hash(value: &impl Serialize) -> String {
    hex(&Sha256::digest(serde_json::to_vec(value).unwrap_or_default()))
}

/// The receipt of a result.
#[must_use]
pub fn of(bench: &Bench, scenario: &impl Serialize, result: &impl Serialize) -> Receipt {
    let (policy, scenario, result) = (hash(bench), hash(scenario), hash(result));
    let engine = ENGINE.to_owned();
    let hash = hex(&Sha256::digest(format!("{policy}\n{scenario}\n{engine}\n{result}")));
    Receipt { policy, scenario, engine, result, hash }
}

/// The receipt of one scenario's outcome; its trace and its own receipt are no part of it.
#[must_use]
pub fn of_outcome(scenario: &Scenario, outcome: &Outcome) -> Receipt {
    let bare = Outcome { trace: None, receipt: None, ..outcome.clone() };
    let played = (&scenario.world, &scenario.attempt, &scenario.events, scenario.until_seconds, scenario.seed);
    of(&scenario.bench, &played, &bare)
}

/// An effect as it is shown, with what it would be told apart by.
#[must_use]
pub fn would_do(at_seconds: u64, place: usize, effect: &Effect, world: &World, policy: Option<String>) -> WouldDo {
    let kind = effect.kind();
    let detail = serde_json::to_value(effect).ok().and_then(|value| value.get(kind).cloned()).unwrap_or_default();
    let receipt = hash(&(at_seconds, place, kind, &detail));
    WouldDo {
        at_seconds,
        kind: kind.to_owned(),
        detail: Json(detail),
        sentence: sentence(effect, world),
        receipt,
        power: effect.power(),
        policy,
    }
}

fn sentence(effect: &Effect, world: &World) -> String {
    let member = |id: &MemberId| {
        world
            .members
            .iter()
            .find(|member| member.id == *id)
            .map_or_else(|| "somebody who left".to_owned(), |m| m.handle.clone())
    };
    let role = |id: &RoleId| {
        world
            .roles
            .iter()
            .find(|role| role.id == *id)
            .map_or_else(|| "a role that is gone".to_owned(), |role| role.name.clone())
    };
    let people = |to: &[MemberId]| match to {
        [one] => member(one),
        _ => format!("{} members", to.len()),
    };
    match effect {
        Effect::Execute => "carry the action out".to_owned(),
        Effect::Revert => "undo the action".to_owned(),
        Effect::Ask(ask) => match &ask.eligible {
            Some(asked) => format!("ask {}: {}", people(asked), ask.text),
            None => format!("ask everyone: {}", ask.text),
        },
        Effect::Remind { to, text } => format!("remind {}: {text}", people(to)),
        Effect::Notify { to, text, .. } => format!("message {}: {text}", people(to)),
        Effect::Announce { place, text, .. } => format!("post in {place}: {text}"),
        Effect::SetActionData { key, value: Some(value) } => format!("keep {key} = {} with the action", value.0),
        Effect::SetActionData { key, value: None } => format!("forget {key} of the action"),
        Effect::SetPolicyData { key, value: Some(value) } => format!("keep {key} = {} with the policy", value.0),
        Effect::SetPolicyData { key, value: None } => format!("forget {key} of the policy"),
        Effect::AddToRole { role: id, member: whom } => format!("make {} {}", member(whom), role(id)),
        Effect::RemoveFromRole { role: id, member: whom } => {
            format!("take the role {} from {}", role(id), member(whom))
        }
        Effect::ClearRole { role: id } => format!("take the role {} from everybody", role(id)),
        Effect::Propose { kind, .. } => format!("attempt {kind}"),
        Effect::DropFromBundle { .. } => "take an action out of the bundle".to_owned(),
        Effect::ClearBallots { .. } => "start a vote of the bundle again".to_owned(),
    }
}
