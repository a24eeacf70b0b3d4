//! Modes: adding, removing, switching.

use serde_json::{Value, json};
use types::payload::modes::{AddMode, RemoveMode, Switch, SwitchMode};
use types::text;

use super::{Done, PerformError, Performing, community, policies};
use crate::pipeline::modes::{self, KEY, Mode};

/// Most modes of one community.
const MOST: usize = 50;

pub(super) async fn add(p: &Performing<'_>, payload: AddMode) -> Done {
    let name =
        text::name(&payload.name, "the mode's name").map_err(|error| PerformError::refused(error.to_string()))?;
    let mut all = modes::of(&community::here(p).await?);
    if all.iter().any(|mode| mode.name == name) {
        return Err(PerformError::refused(format!("there is a mode “{name}” already; choose another name")));
    }
    if all.len() >= MOST {
        return Err(PerformError::refused(format!("a community has at most {MOST} modes; remove some")));
    }
    if let (Some(from), Some(until)) = (payload.from, payload.until)
        && from >= until
    {
        return Err(PerformError::refused(format!("the mode would end on {until}, before it begins on {from}")));
    }
    if payload.policies.is_empty() {
        return Err(PerformError::refused("policies is empty: name those that are asked while the mode is on"));
    }
    let mut theirs = Vec::new();
    for name in &payload.policies {
        theirs.push(policies::active(p, name).await?.id);
    }
    all.push(Mode {
        name: name.clone(),
        policies: theirs,
        from: payload.from,
        until: payload.until,
        condition: payload.condition,
        switch: Switch::Auto,
        was_on: false,
    });
    community::set(p, KEY, json!(all), json!({ "mode_added": name })).await?;
    Ok(json!({ "mode": name }))
}

pub(super) async fn remove(p: &Performing<'_>, payload: RemoveMode) -> Done {
    let mut all = modes::of(&community::here(p).await?);
    let n_before = all.len();
    all.retain(|mode| mode.name != payload.name);
    if all.len() == n_before {
        return Err(unknown(&all, &payload.name));
    }
    let kept = if all.is_empty() { Value::Null } else { json!(all) };
    community::set(p, KEY, kept, json!({ "mode_removed": payload.name })).await?;
    Ok(json!({ "mode": payload.name }))
}

pub(super) async fn switch(p: &Performing<'_>, payload: SwitchMode) -> Done {
    let mut all = modes::of(&community::here(p).await?);
    let known = all.clone();
    let mode = all.iter_mut().find(|mode| mode.name == payload.name).ok_or_else(|| unknown(&known, &payload.name))?;
    let before = mode.switch;
    mode.switch = payload.to;
    let body = json!({ "mode_switched": payload.name, "before": before, "after": payload.to });
    community::set(p, KEY, json!(all), body).await?;
    Ok(json!({ "mode": payload.name, "before": before }))
}

fn unknown(known: &[Mode], name: &str) -> PerformError {
    let names: Vec<&str> = known.iter().map(|mode| mode.name.as_str()).collect();
    let there_are =
        if names.is_empty() { "there is none".to_owned() } else { format!("there are: {}", names.join(", ")) };
    PerformError::refused(format!("there is no mode “{name}”; {there_are}"))
}
