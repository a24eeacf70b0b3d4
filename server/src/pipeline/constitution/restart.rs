//! Beginning again: open proposals of a policy start afresh under its present version, and their ballots are counted anew.

use std::collections::BTreeMap;

use serde_json::json;
use store::actions::{Pin, StoredAction};
use store::proposals::StoredProposal;
use types::payload::constitution::RestartProposals;
use types::policy::Policy;
use types::{
    ActionId, ActionStatus, Ask, AuditKind, Enforcement, PolicyId, Privacy, ProposalId, ProposalStatus, Reads, Results,
};

use super::policies::{named, subject};
use super::{Done, PerformError, Performing};
use crate::pipeline::DECIDE;
use crate::pipeline::ballots::deciding_action;
use crate::pipeline::seed::seed;

/// One version under which proposals are to begin again: a policy's, or a stage's.
struct Target {
    version: Policy,
    stage: Option<(PolicyId, u32)>,
}

/// Carries out `constitution.restart_proposals`.
pub(super) async fn perform(p: &Performing<'_>, payload: RestartProposals) -> Done {
    let policy = named(p, &payload.policy).await?;
    let only = match payload.action.as_deref().map(str::parse::<ActionId>) {
        None => None,
        Some(Ok(action)) => Some(action),
        Some(Err(_)) => return Err(PerformError::refused("action: this is no id of an action")),
    };
    let actions = restart(p, &policy, only).await?;
    if let (Some(action), true) = (only, actions.is_empty()) {
        let why = format!("the action {action} is decided, or “{}” has no part in it", policy.draft.name);
        return Err(PerformError::Refused(why));
    }
    Ok(json!({ "policy": policy.id, "version": policy.version, "restarted": actions }))
}

/// Has every open proposal of `policy`, or those on one action, begin again under the version in force. Ballots stay.
/// Answers with the actions that are decided anew.
///
/// # Errors
/// The store's failure, or that somebody else decided on one of them just now.
pub(super) async fn restart(
    p: &Performing<'_>,
    policy: &Policy,
    only: Option<ActionId>,
) -> Result<Vec<ActionId>, PerformError> {
    let targets = targets(p, policy).await?;
    let mut restarted = Vec::new();
    for action in open_actions(p, policy, only).await? {
        let Some(stored) = p.tx.action(action).await? else { continue };
        let all = p.tx.proposals_of(&[action]).await?;
        let own: Vec<StoredProposal> = all.into_iter().filter(|one| of(one) == policy.id).collect();
        begin_again(p, stored, own, &targets, policy).await?;
        let decided_with = deciding_action(&p.tx, action).await?;
        if !restarted.contains(&decided_with) {
            restarted.push(decided_with);
        }
    }
    for action in &restarted {
        p.tx.schedule(p.ids.next(), DECIDE, action.to_string(), p.now);
    }
    if !restarted.is_empty() {
        let body = json!({ "version": policy.version, "actions": restarted });
        p.tell(AuditKind::ProposalRestarted, subject(policy.id), body);
    }
    Ok(restarted)
}

/// The policy that a proposal belongs to: that in stages for a stage.
fn of(proposal: &StoredProposal) -> PolicyId {
    proposal.stage.map_or(proposal.policy, |(policy, _)| policy)
}

async fn targets(p: &Performing<'_>, policy: &Policy) -> Result<Vec<Target>, PerformError> {
    let stages = p.tx.stages_of(&[policy.version_id]).await?;
    let stages: Vec<Target> = stages
        .into_iter()
        .map(|stage| Target { stage: Some((policy.id, stage.place)), version: stage.policy })
        .collect();
    Ok(if stages.is_empty() { vec![Target { version: policy.clone(), stage: None }] } else { stages })
}

/// Open actions that another version of the policy decides on, but for the one that is being carried out.
///
/// # Errors
/// The store's failure.
pub(super) async fn open_actions(
    p: &Performing<'_>,
    policy: &Policy,
    only: Option<ActionId>,
) -> Result<Vec<ActionId>, PerformError> {
    let current: Vec<_> = targets(p, policy).await?.iter().map(|target| target.version.version_id).collect();
    let own_whole = deciding_action(&p.tx, p.action.id).await?;
    let mut actions: BTreeMap<ActionId, bool> = BTreeMap::new();
    for proposal in p.tx.open_proposals_under(&[policy.id]).await? {
        *actions.entry(proposal.action).or_default() |= !current.contains(&proposal.version);
    }
    let mut open = Vec::new();
    for action in actions.into_iter().filter(|(_, is_other)| *is_other).map(|(action, _)| action) {
        let whole = deciding_action(&p.tx, action).await?;
        if whole != own_whole && only.is_none_or(|only| only == action || only == whole) {
            open.push(action);
        }
    }
    Ok(open)
}

/// Lets one action's proposals of the policy begin again.
async fn begin_again(
    p: &Performing<'_>,
    mut stored: StoredAction,
    own: Vec<StoredProposal>,
    targets: &[Target],
    policy: &Policy,
) -> Result<(), PerformError> {
    let Some(first) = own.first().cloned() else { return Ok(()) };
    let head = p.tx.audit_head().await?;
    let ids: Vec<ProposalId> = own.iter().map(|proposal| proposal.id).collect();
    let ballots = p.tx.ballots_of(&ids).await?;
    let action = stored.action.id;
    let fresh = |id: ProposalId, target: &Target, ask: Option<Ask>, n_decisions: i64| StoredProposal {
        id,
        policy: target.version.id,
        version: target.version.version_id,
        status: ProposalStatus::Waiting,
        reason: String::new(),
        opened_at: p.now,
        decided_at: None,
        deadline: None,
        wake_at: None,
        reads: Reads::default(),
        is_initialized: false,
        is_notified: false,
        wants_execute: false,
        seed: seed(action, &target.version.hash, &head.hash),
        error: None,
        stage: target.stage,
        ask,
        n_decisions,
        ..first.clone()
    };
    let (mut saved, mut added) = (Vec::new(), Vec::new());
    for (place, target) in targets.iter().enumerate() {
        match own.get(place) {
            Some(before) => {
                let has_ballots = ballots.get(&before.id).is_some_and(|ballots| !ballots.is_empty());
                let ask = before.ask.as_ref().filter(|_| has_ballots).and_then(as_private_as);
                saved.push(fresh(before.id, target, ask, before.n_decisions));
            }
            None => added.push(fresh(p.ids.next(), target, None, 0)),
        }
    }
    // A stage that the new version does not have says nothing any more; its ballots stay in the record.
    saved.extend(own.iter().skip(targets.len()).map(|before| StoredProposal {
        status: ProposalStatus::OutOfScope,
        enforcement: Enforcement::Off,
        reason: "this stage is no longer part of the policy".to_owned(),
        wake_at: None,
        ..before.clone()
    }));
    for (proposal, before) in saved.iter().zip(&own) {
        let n_ballots = ballots.get(&before.id).map_or(0, Vec::len);
        let body = json!({
            "policy": policy.id, "version_before": before.version, "version": proposal.version, "ballots": n_ballots,
        });
        p.tell(AuditKind::ProposalRestarted, format!("proposal:{}", proposal.id), body);
    }
    p.tx.save_proposals(&saved).await?;
    p.tx.insert_proposals(&added).await?;
    repin(&mut stored, targets, policy, &first);
    if stored.action.status == ActionStatus::Held {
        stored.action.status = ActionStatus::Proposed;
    }
    stored.action.reason = format!("it began again under version {} of “{}”", policy.version, policy.draft.name);
    match p.tx.save_action(&mut stored).await? {
        true => Ok(()),
        false => Err(store::StoreError::Busy(format!("action {action} was saved by somebody else")).into()),
    }
}

/// What stands in for a question until the new version asks its own: nothing that had been promised to voters is taken back.
fn as_private_as(before: &Ask) -> Option<Ask> {
    let is_plain = before.privacy == Privacy::Open && before.results == Results::Always;
    (!is_plain).then(|| Ask { privacy: before.privacy, results: before.results, ..Ask::default() })
}

/// Writes down that other versions are in force for the action now.
fn repin(stored: &mut StoredAction, targets: &[Target], policy: &Policy, like: &StoredProposal) {
    let Some(pins) = &mut stored.pins else { return };
    let is_own = |pin: &Pin| pin.stage.map_or(pin.policy, |(of, _)| of) == policy.id;
    let place = pins.policies.iter().position(is_own).unwrap_or(pins.policies.len());
    pins.policies.retain(|pin| !is_own(pin));
    let new = targets.iter().map(|target| Pin {
        policy: target.version.id,
        version: target.version.version_id,
        enforcement: like.enforcement,
        on_error: like.on_error,
        stage: target.stage,
    });
    let place = place.min(pins.policies.len());
    pins.policies.splice(place..place, new);
}
