//! Safeguards: cooling-off, veto, guardians, and the last days of policies.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Value, json};
use types::Timestamp;
use types::payload::safeguards::{Guardian, SetSafeguards, SetSunset};

use super::{Done, PerformError, Performing, community, policies};
use crate::pipeline::safeguards::{self, KEY, SUNSETS, Sunset, sunsets};

/// How long an action may wait after it has passed.
///
/// # Units
/// Hours. A month: longer would freeze a government rather than cool a decision.
const HOURS: RangeInclusive<u32> = 1..=720;

/// How far ahead a guardian's power may end: a year, so that it is given anew by those who are there then.
const LONGEST_GUARDIAN: Duration = Duration::from_secs(366 * 24 * 3600);

/// How far ahead a policy's last day may be: ten years.
const FARTHEST_SUNSET: Duration = Duration::from_secs(3_653 * 24 * 3600);

/// Most rules of each kind.
const MOST: usize = 50;

pub(super) async fn set(p: &Performing<'_>, payload: SetSafeguards) -> Done {
    let before = safeguards::of(&community::here(p).await?);
    let mut after = before.clone();
    if let Some(cooling_off) = payload.cooling_off {
        for one in &cooling_off {
            check(&one.action_types, one.hours)?;
        }
        after.cooling_off = cooling_off;
    }
    if let Some(veto) = payload.veto {
        for one in &veto {
            check(&one.action_types, one.hours)?;
            must_be_role(p, &one.role).await?;
        }
        after.veto = veto;
    }
    if let Some(guardians) = payload.guardians {
        for one in &guardians {
            check(&one.action_types, one.hours)?;
            must_be_role(p, &one.role).await?;
            check_end(p.now, &before.guardians, one, payload.extends_guardian)?;
        }
        after.guardians = guardians;
    }
    if [after.cooling_off.len(), after.veto.len(), after.guardians.len()].into_iter().any(|n| n > MOST) {
        return Err(PerformError::refused(format!("at most {MOST} rules of each kind are allowed")));
    }
    if after == before {
        return Err(PerformError::refused("the safeguards are like that already"));
    }
    let kept = if after == safeguards::Safeguards::default() { Value::Null } else { json!(after) };
    community::set(p, KEY, kept, json!({ "before": before, "after": after })).await?;
    Ok(json!({ "before": before }))
}

pub(super) async fn set_sunset(p: &Performing<'_>, payload: SetSunset) -> Done {
    let policy = policies::active(p, &payload.policy).await?;
    let mut all = sunsets(&community::here(p).await?);
    let before = match payload.at {
        Some(at) if at <= p.now || at > p.now + FARTHEST_SUNSET => {
            return Err(PerformError::refused(format!("a last day lies ahead, at most ten years; {at} does not")));
        }
        Some(at) => all.insert(policy.id, Sunset { at, told: false }),
        None => match all.remove(&policy.id) {
            Some(before) => Some(before),
            None => return Err(PerformError::refused(format!("“{}” has no last day", policy.draft.name))),
        },
    };
    let kept = if all.is_empty() { Value::Null } else { json!(all) };
    let body = json!({ "policy": policy.id, "name": policy.draft.name, "before": before.map(|one| one.at), "after": payload.at });
    community::set(p, SUNSETS, kept, body).await?;
    Ok(json!({ "policy": policy.id, "before": before.map(|one| one.at) }))
}

fn check(pattern: &str, hours: u32) -> Result<(), PerformError> {
    let is_pattern = pattern == "*"
        || pattern.strip_suffix(".*").is_some_and(|platform| !platform.is_empty() && !platform.contains('.'))
        || pattern.parse::<types::ActionType>().is_ok();
    if !is_pattern {
        let shown: String = pattern.chars().take(60).collect();
        return Err(PerformError::refused(format!(
            "“{shown}” is no action type: write platform.verb, platform.* or *"
        )));
    }
    if !HOURS.contains(&hours) {
        let (least, most) = (HOURS.start(), HOURS.end());
        return Err(PerformError::refused(format!("hours is a whole number from {least} to {most}, not {hours}")));
    }
    Ok(())
}

/// A guardian's power ends within a year, and is never extended without saying so.
fn check_end(now: Timestamp, before: &[Guardian], one: &Guardian, says_so: bool) -> Result<(), PerformError> {
    if one.until <= now || one.until > now + LONGEST_GUARDIAN {
        let why = format!("a guardian's power ends at a moment ahead, within a year; {} is none", one.until);
        return Err(PerformError::Refused(why));
    }
    let until = before.iter().filter(|known| known.role == one.role).map(|known| known.until).max();
    match until.filter(|until| one.until > *until) {
        Some(until) if !says_so => Err(PerformError::refused(format!(
            "this would extend the guardian “{}” from {until} to {}: say so with extends_guardian, so that everybody who decides sees it",
            one.role, one.until
        ))),
        _ => Ok(()),
    }
}

async fn must_be_role(p: &Performing<'_>, name: &str) -> Result<(), PerformError> {
    if p.tx.role_by_name(name).await?.is_some() {
        return Ok(());
    }
    let known: Vec<_> = p.tx.roles().await?.into_iter().map(|role| role.name).collect();
    Err(PerformError::refused(format!("there is no role “{name}”; there are: {}", known.join(", "))))
}
