//! Policies that end by themselves: switched off on their last day, and members are told two weeks before.

use std::collections::BTreeMap;
use std::time::Duration;

use app::api::notice::NoticeEvent;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::CommunityTx;
use store::communities::Community;
use store::jobs::Job;
use store::policies::Standing;
use types::audit::Actor;
use types::policy::Policy;
use types::{AuditKind, Enforcement, Json, PolicyId, Timestamp};

use crate::ctx::Ctx;
use crate::live::{Change, Topic};
use crate::notices::{self, Told};
use crate::pipeline::constitution::standing;
use crate::pipeline::snapshot::Snapshot;
use crate::pipeline::{modes, schedules};

/// The key of the last days in a community's settings: policy to [`Sunset`].
pub(crate) const KEY: &str = "sunsets";

/// The kind of job that looks whether a policy's last day has come. Its subject is the policy's id.
pub(crate) const SUNSET: &str = "sunset";

/// How long before its last day members are told.
const NOTICE: Duration = Duration::from_secs(14 * 24 * 3600);

/// A policy's last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sunset {
    /// When it is switched off.
    pub at: Timestamp,
    /// Whether members were told.
    #[serde(default)]
    pub told: bool,
}

/// The last days of a community's policies.
#[must_use]
pub fn sunsets(community: &Community) -> BTreeMap<PolicyId, Sunset> {
    community.settings.get(KEY).and_then(|kept| BTreeMap::deserialize(kept).ok()).unwrap_or_default()
}

/// When each policy with a last day is to be looked at next.
#[must_use]
pub(crate) fn sunset_looks(snapshot: &Snapshot, now: Timestamp) -> Vec<(PolicyId, Timestamp)> {
    let look = |(policy, sunset): (PolicyId, Sunset)| {
        (policy, if sunset.told { sunset.at } else { (sunset.at - NOTICE).max(now) })
    };
    sunsets(&snapshot.community).into_iter().map(look).collect()
}

/// Tells of a policy's last day, or switches it off when it has come. Answers when to look again.
///
/// # Errors
/// The store's failure: nothing was done, and the job is tried again.
pub(crate) async fn run(ctx: &Ctx, job: &Job) -> anyhow::Result<Option<Timestamp>> {
    let Ok(id) = job.subject.parse::<PolicyId>() else { return Ok(None) };
    let now = ctx.clock.now();
    let tx = ctx.store.begin().await?;
    let handle = tx.community(job.community);
    let Some(snapshot) = ctx.snapshots.of(&handle).await? else { return Ok(None) };
    let mut all = sunsets(&snapshot.community);
    let Some(sunset) = all.get(&id).copied() else { return Ok(None) };
    let policy = snapshot.policies.iter().find(|policy| policy.id == id);
    let Some(policy) = policy.filter(|policy| policy.enforcement != Enforcement::Off) else { return Ok(None) };
    let next = if now >= sunset.at {
        switch_off(ctx, &handle, &snapshot, policy, sunset, now).await?;
        all.remove(&id);
        None
    } else if now >= sunset.at - NOTICE && !sunset.told {
        let text = format!(
            "The policy “{}” ends on {}. It is switched off then, unless the community decides otherwise before.",
            policy.draft.name, sunset.at
        );
        tell(ctx, &handle, &snapshot, policy.id, text, now).await?;
        all.insert(id, Sunset { told: true, ..sunset });
        Some(sunset.at)
    } else {
        return Ok(Some(if sunset.told { sunset.at } else { sunset.at - NOTICE }));
    };
    let kept = if all.is_empty() { serde_json::Value::Null } else { json!(all) };
    handle.set_settings(&modes::with(&snapshot.community.settings, KEY, kept)).await?;
    schedules::keep_in_step(ctx, &handle, now).await?;
    tx.commit().await?;
    ctx.live.tell(job.community, Change::of(Topic::Policy, id));
    Ok(next)
}

async fn switch_off(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    snapshot: &Snapshot,
    policy: &Policy,
    sunset: Sunset,
    now: Timestamp,
) -> store::Result<()> {
    let off = Standing { enforcement: Enforcement::Off, ..standing(policy) };
    handle.adjust_policy(policy.id, off, None, now).await?;
    let body = json!({
        "name": policy.draft.name, "before": policy.enforcement, "after": Enforcement::Off, "sunset": sunset.at,
    });
    handle.audit(Actor::System, AuditKind::PolicyAdjusted, format!("policy:{}", policy.id), Json(body), now);
    let text = format!("The policy “{}” has ended, as was decided, and is switched off.", policy.draft.name);
    tell(ctx, handle, snapshot, policy.id, text, now).await
}

async fn tell(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    snapshot: &Snapshot,
    policy: PolicyId,
    text: String,
    now: Timestamp,
) -> store::Result<()> {
    let told = Told {
        to: snapshot.roster.members.iter().filter(|member| !member.is_bot).map(|member| member.id).collect(),
        event: NoticeEvent::Rules,
        subject: format!("policy:{policy}"),
        origin: None,
        text,
        at: now,
        slug: snapshot.community.slug.clone(),
    };
    notices::tell(handle, &*ctx.ids, &told).await.map(drop)
}
