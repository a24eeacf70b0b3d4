//! Modes: named sets of policies that are asked about new actions while the mode is on, and only then.
//!
//! A policy of no mode is always asked; a policy of several while one of them is on. What is open keeps the policies that it
//! began with. Modes stand in the community's settings, so that they are rolled back with them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::CommunityTx;
use store::communities::Community;
use store::jobs::Job;
use types::audit::Actor;
use types::payload::modes::{Condition, Switch};
use types::policy::Policy;
use types::{AuditKind, Json, PolicyId, Timestamp};

use super::snapshot::Snapshot;
use crate::ctx::Ctx;

/// The key of the modes in a community's settings.
pub(crate) const KEY: &str = "modes";

/// The kind of job that looks at the modes of a community when a date of one comes. Its subject is the community's id.
pub(crate) const SWITCH: &str = "switch_modes";

/// A mode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mode {
    /// Its name.
    pub name: String,
    /// Its policies.
    pub policies: Vec<PolicyId>,
    /// On from this moment.
    pub from: Option<Timestamp>,
    /// On until this moment.
    pub until: Option<Timestamp>,
    /// On only while this holds.
    pub condition: Option<Condition>,
    /// Whether somebody switched it by hand.
    #[serde(default)]
    pub switch: Switch,
    /// Whether it was on when it was last looked at: what the record says.
    #[serde(default)]
    pub was_on: bool,
}

impl Mode {
    /// Whether it is on.
    #[must_use]
    pub fn is_on(&self, snapshot: &Snapshot, now: Timestamp) -> bool {
        match self.switch {
            Switch::On => true,
            Switch::Off => false,
            Switch::Auto => {
                self.from.is_none_or(|from| from <= now)
                    && self.until.is_none_or(|until| now < until)
                    && self.condition.as_ref().is_none_or(|condition| holds(condition, snapshot))
            }
        }
    }
}

/// The modes of a community.
#[must_use]
pub fn of(community: &Community) -> Vec<Mode> {
    community.settings.get(KEY).and_then(|modes| Vec::deserialize(modes).ok()).unwrap_or_default()
}

/// Whether a policy is asked about what is new now.
#[must_use]
pub(crate) fn asks(snapshot: &Snapshot, policy: &Policy, now: Timestamp) -> bool {
    // Nearly every community has none.
    if snapshot.community.settings.get(KEY).is_none() {
        return true;
    }
    let modes = of(&snapshot.community);
    let mut theirs = modes.iter().filter(|mode| mode.policies.contains(&policy.id)).peekable();
    theirs.peek().is_none() || theirs.any(|mode| mode.is_on(snapshot, now))
}

/// Whether a mode began or ended since the record last said so: members came or went, and a condition holds now that did not.
#[must_use]
pub(super) fn has_turned(snapshot: &Snapshot, now: Timestamp) -> bool {
    snapshot.community.settings.get(KEY).is_some()
        && of(&snapshot.community).iter().any(|mode| mode.is_on(snapshot, now) != mode.was_on)
}

fn holds(condition: &Condition, snapshot: &Snapshot) -> bool {
    let people = || snapshot.roster.members.iter().filter(|member| !member.is_bot);
    let n_members = u32::try_from(people().count()).unwrap_or(u32::MAX);
    let is_held = |name: &String| {
        let role = snapshot.roster.roles.iter().find(|role| role.name == *name);
        role.is_some_and(|role| people().any(|member| role.is_base || member.roles.contains(&role.id)))
    };
    condition.members_at_least.is_none_or(|least| n_members >= least)
        && condition.members_below.is_none_or(|below| n_members < below)
        && condition.role_held.as_ref().is_none_or(is_held)
        && condition.role_vacant.as_ref().is_none_or(|role| !is_held(role))
}

/// Says in the record which modes began and ended since it was last looked. Answers with the next date of one.
///
/// # Errors
/// The store's failure.
pub(crate) async fn keep_in_step(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    now: Timestamp,
) -> store::Result<Option<Timestamp>> {
    let Some(snapshot) = ctx.snapshots.of(handle).await? else { return Ok(None) };
    let mut modes = of(&snapshot.community);
    let mut changed = false;
    for mode in &mut modes {
        let is_on = mode.is_on(&snapshot, now);
        if is_on == mode.was_on {
            continue;
        }
        mode.was_on = is_on;
        changed = true;
        let kind = if is_on { AuditKind::ModeBegan } else { AuditKind::ModeEnded };
        let body = Json(json!({ "name": mode.name, "policies": mode.policies, "switch": mode.switch }));
        handle.audit(Actor::System, kind, format!("community:{}", handle.id()), body, now);
    }
    if changed {
        let settings = with(&snapshot.community.settings, KEY, json!(modes));
        handle.set_settings(&settings).await?;
    }
    let dates = modes.iter().filter(|mode| mode.switch == Switch::Auto).flat_map(|mode| [mode.from, mode.until]);
    Ok(dates.flatten().filter(|date| *date > now).min())
}

/// Looks at the modes of a community when a date of one has come. Answers when to look again.
///
/// # Errors
/// The store's failure.
pub(crate) async fn run(ctx: &Ctx, job: &Job) -> anyhow::Result<Option<Timestamp>> {
    let tx = ctx.store.begin().await?;
    let next = keep_in_step(ctx, &tx.community(job.community), ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(next)
}

/// `settings` with another value under `key`; null takes it out.
#[must_use]
pub(crate) fn with(settings: &Json, key: &str, value: Value) -> Json {
    let mut all = settings.0.as_object().cloned().unwrap_or_default();
    if value.is_null() {
        all.remove(key);
    } else {
        all.insert(key.to_owned(), value);
    }
    Json(Value::Object(all))
}
