//! Claimed work, decided and written down: one transaction for a whole batch.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use store::actions::{Pin, Pins, StoredAction};
use store::data::DataChange;
use store::effects::{Claim, EffectStatus, NewEffect};
use store::jobs::Job;
use store::proposals::StoredProposal;
use store::{CommunityTx, StoreError, Tx};
use types::audit::Actor;
use types::decision::Wake;
use types::{ActionId, ActionStatus, AuditKind, Evaluation, Json, MemberId, ProposalId, Timestamp};

use super::breaker;
use super::bundle::{self, StoredBundle};
use super::case::{Case, Entry};
use super::decide::{Deciding, decide};
use super::enact::{self, Trialled};
use super::enter::enter;
use super::facts::StoredFacts;
use super::followup::follow_up;
use super::load::{Loaded, load, people};
use super::perform::perform;
use super::plan::{self, Past, Plan, Sent};
use super::record::record;
use super::wake::{changed_reads, tell_pages, wake_readers};
use super::{DECIDE, ballots, reacting, route, safeguards, shadow};
use crate::ctx::Ctx;
use crate::workers::Priority;

/// Most actions decided in one transaction. Larger batches gain little and make everybody wait for the slowest policy.
const BATCH: u32 = 64;

/// How long a claimed action is ours. A batch takes a fraction of a second; a process that died is replaced after this.
const LEASE: Duration = Duration::from_secs(30);

/// An action, decided on but not yet written.
pub(super) struct Decided {
    /// As it was read.
    pub stored: StoredAction,
    /// Its proposals, as they were read.
    pub proposals: Vec<StoredProposal>,
    /// As the policies left it.
    pub case: Case,
    /// What they were asked and answered.
    pub entries: Vec<Entry>,
    /// The bundle that the action is, if it is one.
    pub bundle: Option<StoredBundle>,
    /// What the examples said of a policy that this brings into force.
    pub trialled: Option<Trialled>,
}

impl Decided {
    /// The action and those of its bundle, each with the generation that was read.
    fn actions(&self) -> impl Iterator<Item = (ActionId, i64)> {
        let parts = self.bundle.iter().flat_map(|bundle| &bundle.parts).map(|part| &part.part.stored);
        std::iter::once(&self.stored).chain(parts).map(|stored| (stored.action.id, stored.generation))
    }
}

/// Claims actions that are due, decides and commits. The answer is how many there were: zero means that nothing is due.
///
/// # Errors
/// The store's failure; what was claimed is due again when the lease ends.
pub async fn decide_due(ctx: &Ctx) -> anyhow::Result<usize> {
    let now = ctx.clock.now();
    let owner = format!("{}:decide:{}", ctx.process, ctx.ids.uuid());
    let claim = Claim { owner: owner.clone(), now, leased_until: now + LEASE, limit: BATCH };
    let jobs = ctx.store.system().claim_jobs(&claim).await?;
    if jobs.is_empty() {
        return Ok(0);
    }
    let (decisions, others): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|job| job.kind == DECIDE);
    let n_jobs = decisions.len() + others.len();
    for job in others {
        crate::jobs::run_other(ctx, &owner, &job).await?;
    }
    if decisions.is_empty() {
        return Ok(n_jobs);
    }
    let ids: Vec<ActionId> = decisions.iter().filter_map(|job| job.subject.parse().ok()).collect();
    let batch = decide_all(ctx, load(ctx, &ids).await?, now).await;
    commit(ctx, &owner, &decisions, batch, now).await?;
    Ok(n_jobs)
}

/// What was decided, and what has to be tried again because its facts could not be had.
struct Batch {
    decided: Vec<Loaded>,
    postponed: Vec<ActionId>,
}

/// Decides on all of them at once.
async fn decide_all(ctx: &Ctx, loaded: Vec<Loaded>, now: Timestamp) -> Batch {
    let each = loaded.into_iter().map(async |mut one| {
        let community = one.decided.stored.community;
        let facts = StoredFacts { ctx, community, snapshot: one.snapshot.clone() };
        let (runner, hints) = (&*ctx.runner, &*ctx.hints);
        let deciding = Deciding { community, runner, facts: &facts, hints, priority: Priority::Deciding };
        match decide(&deciding, &mut one.decided.case, now).await {
            Ok(entries) => {
                one.decided.entries = entries;
                match enact::trial(ctx, &one.decided, &one.snapshot).await {
                    Ok(trialled) => {
                        one.decided.trialled = trialled;
                        Ok(one)
                    }
                    Err(error) => {
                        let id = one.decided.stored.action.id;
                        tracing::warn!(action.id = %id, %error, "examples could not be played; trying again");
                        Err(id)
                    }
                }
            }
            Err(error) => {
                let id = one.decided.stored.action.id;
                tracing::warn!(action.id = %id, %error, "facts could not be had; trying again");
                Err(id)
            }
        }
    });
    let mut batch = Batch { decided: Vec::new(), postponed: Vec::new() };
    for one in join_all(each).await {
        match one {
            Ok(decided) => batch.decided.push(decided),
            Err(id) => batch.postponed.push(id),
        }
    }
    batch
}

/// Commits a batch. Where it fails as a whole, each action is committed alone, so that one cannot harm the others.
async fn commit(ctx: &Ctx, owner: &str, jobs: &[Job], mut batch: Batch, now: Timestamp) -> anyhow::Result<()> {
    let Err(error) = commit_together(ctx, owner, jobs, &mut batch, now).await else { return Ok(()) };
    for one in &batch.decided {
        ctx.snapshots.forget(one.decided.stored.community);
    }
    if let [job] = jobs {
        tracing::error!(%error, action.id = job.subject, "an action could not be committed; trying again");
        let tx = ctx.store.begin().await?;
        let at = now + crate::jobs::backoff(job.attempts);
        tx.system().retry_job(owner, job.ord, at, &error.to_string()).await?;
        tx.commit().await?;
        return Ok(());
    }
    tracing::warn!(%error, n_actions = jobs.len(), "a batch could not be committed; committing one by one");
    for job in jobs {
        let ids: Vec<ActionId> = job.subject.parse().ok().into_iter().collect();
        let one = decide_all(ctx, load(ctx, &ids).await?, now).await;
        Box::pin(commit(ctx, owner, std::slice::from_ref(job), one, now)).await?;
    }
    Ok(())
}

async fn commit_together(ctx: &Ctx, owner: &str, jobs: &[Job], batch: &mut Batch, now: Timestamp) -> store::Result<()> {
    let tx = ctx.store.begin().await?;
    let ids: Vec<ActionId> = batch.decided.iter().flat_map(|one| one.decided.actions()).map(|(id, _)| id).collect();
    let present: HashMap<ActionId, i64> =
        tx.system().load_actions(&ids).await?.into_iter().map(|stored| (stored.action.id, stored.generation)).collect();
    // When each action is to be looked at again; one that is missing here is done with.
    let mut next: HashMap<ActionId, Timestamp> = HashMap::new();
    let (mut actions, mut proposals) = (Vec::new(), Vec::new());
    for Loaded { decided, snapshot } in &mut batch.decided {
        let id = decided.stored.action.id;
        let is_latest = decided.actions().all(|(id, generation)| present.get(&id) == Some(&generation));
        if !is_latest || !data_still_stands(&tx, decided).await? {
            next.insert(id, now);
            continue;
        }
        if decided.stored.pins.is_none() && decided.proposals.is_empty() {
            match decided.stored.action.activates_at.filter(|at| *at > now) {
                Some(at) => _ = next.insert(id, at),
                None => enter(ctx, &tx, snapshot, &mut decided.stored, now).await?,
            }
            continue;
        }
        let handle = tx.community(decided.stored.community);
        let was_undone = was_undone(&handle, &decided.stored).await?;
        let past = Past { is_first: decided.stored.pins.is_none(), was_undone };
        let named = plan::named_members(&decided.stored.action, &decided.entries);
        let mut people = people(&handle, snapshot, &decided.stored.action, &named).await?;
        people.voted = who_voted(&handle, decided).await?;
        let plan = plan::plan(&decided.stored.action, &decided.case, &decided.entries, &people, past, now);
        write(ctx, &tx, decided, &plan, now).await?;
        next.extend(plan.next_look.map(|at| (id, at)));
        actions.push(decided.stored.clone());
        proposals.append(&mut decided.proposals);
        for part in decided.bundle.iter_mut().flat_map(|bundle| &mut bundle.parts) {
            actions.push(part.part.stored.clone());
            proposals.append(&mut part.proposals);
        }
    }
    tx.system().save_proposals(&proposals).await?;
    if let Some(lost) = tx.system().save_actions(&mut actions).await?.first() {
        return Err(StoreError::Busy(format!("action {lost} was saved by somebody else")));
    }
    let again = |job: &Job| {
        let id = job.subject.parse::<ActionId>().ok()?;
        let postponed = batch.postponed.contains(&id).then(|| now + crate::jobs::backoff(job.attempts));
        next.get(&id).copied().or(postponed)
    };
    let finished: Vec<_> = jobs.iter().map(|job| (job.ord, again(job))).collect();
    tx.system().finish_jobs(owner, &finished).await?;
    for entry in tx.commit().await? {
        tell_pages(ctx, entry.community, entry.kind, &entry.subject);
    }
    for Loaded { decided, .. } in &batch.decided {
        // Nobody may be waiting.
        let _ = ctx.wake.moved.send((decided.stored.community, decided.stored.action.id));
    }
    ctx.wake.deliver.notify_one();
    Ok(())
}

/// Whether the policies' data is still what they read: two actions that count up the same number must not both start from one.
async fn data_still_stands(tx: &Tx, decided: &Decided) -> store::Result<bool> {
    let mut seen = HashSet::new();
    for entry in &decided.entries {
        let Some(read) = &entry.request.facts.policy_data else { continue };
        // Later entries saw what earlier ones of this decision wrote; only the first saw what is stored.
        if seen.insert(entry.request.policy.id) {
            let stored = tx.community(decided.stored.community).policy_data(entry.request.policy.id).await?;
            if stored != *read {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Who, of those whom a policy would remind, has voted already.
async fn who_voted(handle: &CommunityTx<'_>, decided: &Decided) -> store::Result<BTreeSet<(ProposalId, MemberId)>> {
    let mut all = BTreeSet::new();
    for entry in &decided.entries {
        let (Evaluation::Decided(decision), Some(docket)) = (&entry.evaluation, decided.case.dockets.get(entry.docket))
        else {
            continue;
        };
        for effect in &decision.effects {
            if let types::Effect::Remind { to, .. } = effect {
                let voted = handle.who_voted(docket.id, to).await?;
                all.extend(voted.into_iter().map(|member| (docket.id, member)));
            }
        }
    }
    Ok(all)
}

async fn was_undone(handle: &CommunityTx<'_>, stored: &StoredAction) -> store::Result<bool> {
    if !stored.action.origin.has_happened() {
        return Ok(false);
    }
    let effects = handle.effects_of(&[stored.action.id]).await?;
    Ok(effects.iter().any(|effect| effect.kind == "revert" && effect.status == EffectStatus::Delivered))
}

/// Writes a plan down, and leaves action and proposals as they are to be saved.
///
/// # Errors
/// The store's failure: nothing of the transaction stands then.
pub(super) async fn write(ctx: &Ctx, tx: &Tx, decided: &mut Decided, plan: &Plan, now: Timestamp) -> store::Result<()> {
    let handle = tx.community(decided.stored.community);
    let deferred = safeguards::defer(ctx, &handle, decided, plan, now).await?;
    let plan = deferred.as_ref().unwrap_or(plan);
    let id = decided.stored.action.id;
    if decided.stored.pins.is_none() {
        decided.stored.pins = Some(pins(decided));
    }
    for line in &plan.audit {
        handle.audit(line.actor.clone(), line.kind, line.subject.clone(), line.body.clone(), now);
    }
    record(&handle, decided, now)?;
    breaker::watch(ctx, &handle, decided, now).await?;
    show_ended(ctx, tx, decided, now);
    save_dockets(decided, now);
    change_data(&handle, id, plan).await?;
    change_roles(&handle, id, plan, now).await?;
    for sent in &plan.outgoing {
        let seq = sent.proposal.and_then(|id| decided.proposals.iter().find(|p| p.id == id)).map(|p| p.n_decisions);
        put_out(ctx, &handle, &decided.stored, sent, seq, now)?;
    }
    let action = &mut decided.stored.action;
    action.status = plan.status;
    action.reason.clone_from(&plan.reason);
    action.decided_at = plan.is_decided.then_some(now);
    if plan.performs {
        perform(ctx, &handle, &mut decided.stored, decided.trialled.as_ref(), now).await?;
    }
    bundle::write(ctx, tx, decided, plan, now).await?;
    if decided.stored.action.status == ActionStatus::Executed {
        reacting::carried_out(ctx, &handle, &decided.stored.action, now).await?;
    }
    follow_up(ctx, tx, decided, plan, now).await?;
    if plan.is_decided {
        let actual = decided.case.combined().verdict;
        shadow::observe(ctx, &handle, &decided.case, (id, actual), now).await?;
    }
    wake_readers(ctx, &handle, id, changed_reads(decided, plan), now).await
}

/// What was in force when the action was put before its policies.
fn pins(decided: &Decided) -> Pins {
    let pin = |proposal: &StoredProposal| Pin {
        policy: proposal.policy,
        version: proposal.version,
        enforcement: proposal.enforcement,
        on_error: proposal.on_error,
        stage: proposal.stage,
    };
    Pins { combining: decided.case.combining, policies: decided.proposals.iter().map(pin).collect() }
}

/// Has posted ballots say how the vote ended.
fn show_ended(ctx: &Ctx, tx: &Tx, decided: &Decided, now: Timestamp) {
    for (docket, proposal) in decided.case.dockets.iter().zip(&decided.proposals) {
        if proposal.status.is_open() && !docket.status.is_open() && proposal.ask.is_some() {
            ballots::show(ctx, tx, decided.stored.community, proposal.id, now);
        }
    }
}

/// Carries what the policies left in the case over to the rows.
fn save_dockets(decided: &mut Decided, now: Timestamp) {
    for (docket, proposal) in decided.case.dockets.iter().zip(&mut decided.proposals) {
        if proposal.status.is_open() && !docket.status.is_open() {
            proposal.decided_at = Some(now);
        }
        proposal.status = docket.status;
        proposal.opened_at = docket.opened_at;
        proposal.reason.clone_from(&docket.reason);
        proposal.ask.clone_from(&docket.ask);
        proposal.deadline = docket.ask.as_ref().and_then(|ask| ask.closes).or(match docket.wake {
            Some(Wake::At(at)) => Some(at),
            _ => None,
        });
        proposal.wake_at = docket.wake.map(|wake| match wake {
            Wake::At(at) => at,
            Wake::EveryMinute => now + Duration::from_secs(60),
        });
        proposal.reads = docket.reads;
        proposal.is_initialized = docket.is_initialized;
        proposal.is_notified = docket.is_notified;
        proposal.wants_execute = docket.wants_execute;
    }
    for entry in &decided.entries {
        let Some(proposal) = decided.proposals.get_mut(entry.docket) else { continue };
        proposal.error = match &entry.evaluation {
            Evaluation::Broke(error) => Some(error.clone()),
            _ => None,
        };
    }
}

async fn change_data(handle: &CommunityTx<'_>, id: ActionId, plan: &Plan) -> store::Result<()> {
    if !plan.action_data.is_empty() {
        let change =
            |(key, value): &(String, Option<Json>)| DataChange { owner: id, key: key.clone(), value: value.clone() };
        handle.change_action_data(&plan.action_data.iter().map(change).collect::<Vec<_>>()).await?;
    }
    if !plan.policy_data.is_empty() {
        let changes: Vec<_> = plan
            .policy_data
            .iter()
            .map(|(owner, key, value)| DataChange { owner: *owner, key: key.clone(), value: value.clone() })
            .collect();
        handle.change_policy_data(&changes).await?;
    }
    Ok(())
}

/// Gives and takes roles as policies asked. A role or member that is gone by now is passed over: there is nothing to change.
async fn change_roles(handle: &CommunityTx<'_>, by: ActionId, plan: &Plan, now: Timestamp) -> store::Result<()> {
    for change in &plan.roles {
        let changed = match (change.member, change.gives) {
            (Some(member), true) => handle.grant_role(change.role, &[member], Some(by), now).await.map(|n| n > 0),
            (Some(member), false) => handle.revoke_role(change.role, member, Some(by), now).await,
            (None, _) => handle.clear_role(change.role, Some(by), now).await.map(|n| n > 0),
        };
        match changed {
            Ok(true) => {
                let kind = if change.gives { AuditKind::RoleGranted } else { AuditKind::RoleRevoked };
                let members: Vec<_> = change.member.into_iter().collect();
                let body = Json(json!({ "members": members, "everybody": change.member.is_none(), "action": by }));
                handle.audit(Actor::Policy(change.policy.clone()), kind, format!("role:{}", change.role), body, now);
            }
            Ok(false) | Err(StoreError::Missing(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Puts one operation into the outbox.
pub(super) fn put_out(
    ctx: &Ctx,
    handle: &CommunityTx<'_>,
    stored: &StoredAction,
    sent: &Sent,
    decision_seq: Option<i64>,
    now: Timestamp,
) -> store::Result<()> {
    let unwritable = |error: serde_json::Error| StoreError::Unwritable { what: "effect", problem: error.to_string() };
    let operation = route::body(&sent.outgoing.operation).map_err(unwritable)?;
    handle.add_effect(NewEffect {
        id: ctx.ids.next(),
        action: Some(stored.action.id),
        proposal: sent.proposal,
        decision_seq,
        kind: sent.outgoing.kind.to_owned(),
        body: Json(json!({ "key": sent.key, "operation": operation })),
        platform: sent.outgoing.platform.clone(),
        connection: sent.outgoing.connection,
        at: now,
    });
    Ok(())
}
