//! Safeguards between a decision and its consequences: cooling-off, veto, guardians, and policies that end by themselves.
//!
//! An action that its policies have passed waits before it is carried out where a cooling-off, a veto or a guardian covers its
//! type: for the longest of their hours. Meanwhile who attempted it may take it back, and who holds a veto may stop it, with a
//! public reason. What no policy decided, what a right carries out at once, and recovery do not wait. What a policy's `pass` asked
//! for besides carrying the action out (messages, roles) is done with the decision.

mod stop;
mod sunset;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::CommunityTx;
use store::communities::Community;
use store::jobs::Job;
use types::audit::Actor;
use types::member::{Member, pattern_covers};
use types::payload::safeguards::{CoolingOff, Guardian, Veto};
use types::platform::{Operation, Person};
use types::{Action, ActionId, ActionStatus, ActionType, AuditKind, Json, MemberId, Timestamp};

use super::commit::{Decided, put_out, write};
use super::enact;
use super::load::people;
use super::plan::{self, Plan, Sent};
use super::route::{BOARD, Outgoing};
use super::snapshot::Snapshot;
use crate::ctx::Ctx;

pub use stop::{Stop, StopError, stop};
pub(crate) use sunset::{KEY as SUNSETS, Sunset, sunsets};
pub(crate) use sunset::{SUNSET, run as run_sunset, sunset_looks};

/// The key of the safeguards in a community's settings.
pub(crate) const KEY: &str = "safeguards";

/// The kind of job that carries out what has cooled off. Its subject is the action's id.
pub(crate) const CARRY_OUT: &str = "carry_out";

/// What stands between a decision and its consequences.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Safeguards {
    /// How long actions wait.
    #[serde(default)]
    pub cooling_off: Vec<CoolingOff>,
    /// Who may stop them.
    #[serde(default)]
    pub veto: Vec<Veto>,
    /// Who may do so for a time.
    #[serde(default)]
    pub guardians: Vec<Guardian>,
}

/// The safeguards of a community.
#[must_use]
pub fn of(community: &Community) -> Safeguards {
    let kept = community.settings.get(KEY);
    kept.and_then(|kept| Safeguards::deserialize(kept).ok()).unwrap_or_default()
}

impl Safeguards {
    /// For how many hours a passed action of this type waits.
    #[must_use]
    pub fn hours(&self, kind: &ActionType, now: Timestamp) -> u32 {
        let cooling = self.cooling_off.iter().map(|one| (&one.action_types, one.hours));
        let veto = self.veto.iter().map(|one| (&one.action_types, one.hours));
        let guardians = self.guardians.iter().filter(|one| now < one.until).map(|one| (&one.action_types, one.hours));
        let covering = cooling.chain(veto).chain(guardians).filter(|(pattern, _)| pattern_covers(pattern, kind));
        covering.map(|(_, hours)| hours).max().unwrap_or(0)
    }

    /// The roles whose holders may stop an action of this type that passed at `passed_at`, with the end of their window.
    pub fn vetoers(&self, kind: &ActionType, passed_at: Timestamp) -> impl Iterator<Item = (&str, Timestamp)> {
        let veto = self.veto.iter().map(move |one| (&one.role, &one.action_types, passed_at + hours(one.hours)));
        let guardians = self
            .guardians
            .iter()
            .map(move |one| (&one.role, &one.action_types, (passed_at + hours(one.hours)).min(one.until)));
        veto.chain(guardians)
            .filter(|(_, pattern, _)| pattern_covers(pattern, kind))
            .map(|(role, _, until)| (role.as_str(), until))
    }
}

fn hours(n_hours: u32) -> Duration {
    Duration::from_secs(u64::from(n_hours) * 3600)
}

/// Whether a member holds the role of that name.
fn holds_role(snapshot: &Snapshot, member: &Member, name: &str) -> bool {
    let role = snapshot.roster.roles.iter().find(|role| role.name == name);
    role.is_some_and(|role| role.is_base || member.roles.contains(&role.id))
}

/// The plan with the carrying out left for later, where the action has to wait; `None` where it has not.
///
/// # Errors
/// The store's failure.
pub(super) async fn defer(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    decided: &Decided,
    plan: &Plan,
    now: Timestamp,
) -> store::Result<Option<Plan>> {
    let action = &decided.stored.action;
    let is_carried_out =
        plan.performs || plan.carries || plan.outgoing.iter().any(|sent| sent.outgoing.kind == "execute");
    if !plan.is_decided
        || !is_carried_out
        || decided.case.dockets.is_empty()
        || types::payload::recovery::is_recovery(&action.kind)
    {
        return Ok(None);
    }
    let Some(snapshot) = ctx.snapshots.of(handle).await? else { return Ok(None) };
    let safeguards = of(&snapshot.community);
    // A bundle waits as long as that of its actions which waits longest.
    let parts = decided.bundle.iter().flat_map(|bundle| &bundle.parts).map(|part| &part.part.stored.action.kind);
    let kinds: Vec<ActionType> = std::iter::once(&action.kind).chain(parts).cloned().collect();
    let n_hours = kinds.iter().map(|kind| safeguards.hours(kind, now)).max().unwrap_or(0);
    if n_hours == 0 {
        return Ok(None);
    }
    let ends_at = now + hours(n_hours);
    handle.add_cooling(action.id, ends_at).await?;
    handle.schedule(ctx.ids.next(), CARRY_OUT, action.id.to_string(), ends_at);
    let mut roles: Vec<&str> =
        kinds.iter().flat_map(|kind| safeguards.vetoers(kind, now)).map(|(role, _)| role).collect();
    roles.sort_unstable();
    roles.dedup();
    let body = json!({ "ends_at": ends_at, "hours": n_hours, "veto": roles });
    handle.audit(Actor::System, AuditKind::ActionCooling, format!("action:{}", action.id), Json(body), now);
    let mut later = Plan { performs: false, carries: false, waits: true, ..plan.clone() };
    later.outgoing.retain(|sent| sent.outgoing.kind != "execute");
    later.reason = format!("{}; it is carried out on {ends_at} unless it is stopped before", plan.reason);
    announce(handle, &snapshot, action, &roles, ends_at, &mut later).await?;
    Ok(Some(later))
}

/// Tells those who may stop it, who attempted it, and the community's first channel.
async fn announce(
    handle: &CommunityTx<'_>,
    snapshot: &Snapshot,
    action: &Action,
    roles: &[&str],
    ends_at: Timestamp,
    plan: &mut Plan,
) -> store::Result<()> {
    let title = types::payload::spec(&action.kind).map_or_else(|| action.kind.to_string(), |spec| spec.title.clone());
    let text = format!("“{title}” has passed and is carried out on {ends_at} unless it is stopped before.");
    let mut told: BTreeSet<MemberId> = action.initiator.into_iter().collect();
    let holders = snapshot.roster.members.iter().filter(|member| !member.is_bot);
    told.extend(holders.filter(|one| roles.iter().any(|role| holds_role(snapshot, one, role))).map(|one| one.id));
    let mut send = |kind, operation| {
        let outgoing = Outgoing { kind, platform: BOARD.to_owned(), connection: None, operation };
        plan.outgoing.push(Sent { proposal: None, key: None, outgoing });
    };
    for member in told.iter().filter_map(|id| snapshot.member(*id)) {
        let to = Person {
            member: member.id,
            handle: member.handle.clone(),
            display_name: member.display_name.clone(),
            external: None,
        };
        send("notify", Operation::Message { to, text: text.clone(), here: None });
    }
    if handle.channel_by_name(super::found::FIRST_CHANNEL).await?.is_some_and(|channel| channel.archived_at.is_none()) {
        let place = super::found::FIRST_CHANNEL.to_owned();
        send("announce", Operation::Post { place, text, thread: None });
    }
    Ok(())
}

/// Carries out an action whose time to wait is over. Answers when to look again.
///
/// # Errors
/// The store's failure: nothing was done, and the job is tried again.
pub(crate) async fn carry_out(ctx: &Ctx, job: &Job) -> anyhow::Result<Option<Timestamp>> {
    let Ok(id) = job.subject.parse::<ActionId>() else { return Ok(None) };
    let now = ctx.clock.now();
    // Its examples are played again before the transaction: workers are not waited for within one.
    let before = ctx.store.community(job.community);
    let trialled = match (before.action(id).await?, ctx.snapshots.of(&before).await?) {
        (Some(stored), Some(snapshot)) => enact::trial_of(ctx, job.community, &stored.action, &snapshot).await?,
        _ => None,
    };
    let tx = ctx.store.begin().await?;
    let handle = tx.community(job.community);
    let (Some(cooling), Some(stored)) = (handle.cooling(id).await?, handle.action(id).await?) else { return Ok(None) };
    if cooling.ends_at > now {
        return Ok(Some(cooling.ends_at));
    }
    if stored.action.status != ActionStatus::Passed || !handle.end_cooling(id, "over", None, None).await? {
        return Ok(None);
    }
    let Some(snapshot) = ctx.snapshots.of(&handle).await? else { return Ok(None) };
    let named = stored.action.initiator.into_iter().collect();
    let people = people(&handle, &snapshot, &stored.action, &named).await?;
    let mut decided = Decided::whole(&tx, &stored, &snapshot).await?;
    decided.trialled = trialled;
    let reason = stored.action.reason.split("; it is carried out on ").next().unwrap_or_default();
    decided.stored.action.reason = reason.to_owned();
    let plan = plan::carry_out(&decided.stored.action, &people);
    write(ctx, &tx, &mut decided, &plan, now).await?;
    // It was decided when it passed.
    decided.stored.action.decided_at = stored.action.decided_at;
    let mut saved = vec![decided.stored.clone()];
    saved.extend(decided.bundle.iter().flat_map(|bundle| &bundle.parts).map(|part| part.part.stored.clone()));
    if let Some(lost) = tx.system().save_actions(&mut saved).await?.first() {
        anyhow::bail!("action {lost} was saved by somebody else");
    }
    for entry in tx.commit().await? {
        super::tell_pages(ctx, entry.community, entry.kind, &entry.subject);
    }
    ctx.wake.deliver.notify_one();
    Ok(None)
}

/// Puts one message to a member into the outbox.
fn message(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    stored: &store::actions::StoredAction,
    to: &Member,
    text: String,
    now: Timestamp,
) -> store::Result<()> {
    let to = Person { member: to.id, handle: to.handle.clone(), display_name: to.display_name.clone(), external: None };
    let operation = Operation::Message { to, text, here: None };
    let outgoing = Outgoing { kind: "notify", platform: BOARD.to_owned(), connection: None, operation };
    put_out(ctx, handle, stored, &Sent { proposal: None, key: None, outgoing }, None, now)
}
