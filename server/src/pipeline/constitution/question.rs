//! Asking voters under which version of a policy their open vote is to be finished: a vote of its own, yes or no.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use store::actions::StoredAction;
use store::policies::{NewVersion, Standing};
use store::proposals::StoredProposal;
use types::audit::Actor;
use types::evaluation::Seed;
use types::policy::Policy;
use types::{
    Action, ActionId, ActionStatus, AuditKind, Enforcement, Json, Layer, MemberId, OnError, Origin, PolicyDraft,
    PolicyId, PolicyKind, ProposalStatus, Reads, Timestamp,
};

use super::policies::source_hash;
use super::restart::open_actions;
use super::{PerformError, Performing};
use crate::pipeline::DECIDE;
use crate::pipeline::ballots::deciding_action;
use crate::pipeline::seed::seed;

/// How long voters have to answer, unless half of what is left to their vote is less.
const ANSWER_WITHIN: Duration = Duration::from_secs(3 * 24 * 3600);

/// The name under which the question's own policy is shown.
const NAME: &str = "Which version decides";

/// More yes than no restarts the vote; a tie, or silence, leaves it under the version it began with.
const SOURCE: &str = r#"/** @type {InitializeFn} */ function initialize(action) {
  const { voters, question, closes } = action.payload
  ask(voters.length > 0 ? voters : "everyone", { text: question, closes })
}
/** @type {CheckFn} */ function check(action) {
  if (!action.proposal.isClosed) return
  const yes = action.proposal.yes.length
  const no = action.proposal.no.length
  const count = `${yes} for the new version, ${no} against`
  return yes > no ? passed(count) : failed(`${count}: it is finished under the version it began with`)
}
/** @type {PassFn} */ function pass(action) { action.execute() }
"#;

/// Asks the voters of each proposal that is open under an older version of `policy`. Answers with the questions.
///
/// # Errors
/// The store's failure.
pub(super) async fn ask_voters(p: &Performing<'_>, policy: &Policy) -> Result<Vec<ActionId>, PerformError> {
    // What stands in a bundle is asked about with it.
    let mut wholes: BTreeSet<ActionId> = BTreeSet::new();
    for action in open_actions(p, policy, None).await? {
        wholes.insert(deciding_action(&p.tx, action).await?);
    }
    if wholes.is_empty() {
        return Ok(Vec::new());
    }
    let built_in = built_in(p).await?;
    let mut questions = Vec::new();
    for action in wholes {
        let Some(stored) = p.tx.action(action).await? else { continue };
        questions.push(ask(p, policy, &built_in, &stored).await?);
    }
    Ok(questions)
}

async fn ask(p: &Performing<'_>, policy: &Policy, by: &Policy, open: &StoredAction) -> Result<ActionId, PerformError> {
    let proposals = p.tx.proposals_of(&[open.action.id]).await?;
    let own: Vec<&StoredProposal> = proposals
        .iter()
        .filter(|one| one.stage.map_or(one.policy, |(of, _)| of) == policy.id && one.status.is_open())
        .collect();
    let voters: Vec<MemberId> = own.iter().filter_map(|one| one.ask.as_ref()?.eligible.clone()).flatten().collect();
    let ends_at = own.iter().filter_map(|one| one.ask.as_ref()?.closes).min();
    let action = Action {
        id: p.ids.next(),
        kind: "constitution.restart_proposals".parse().map_err(|_| PerformError::refused("no such action type"))?,
        initiator: p.action.initiator,
        payload: Json(json!({
            "policy": policy.id, "action": open.action.id, "voters": voters, "closes": closes(p.now, ends_at),
            "question": format!(
                "“{}” has a new version ({}). Shall the open vote begin again under it? Your ballots stay.",
                policy.draft.name, policy.version
            ),
        })),
        undo: Json::default(),
        origin: Origin::System,
        created_at: p.now,
        activates_at: None,
        bundle: None,
        status: ActionStatus::Proposed,
        reason: String::new(),
        decided_at: None,
    };
    p.tx.insert_action(&action).await?;
    let body =
        json!({ "type": action.kind, "payload": action.payload, "origin": action.origin, "about": open.action.id });
    p.tx.audit(Actor::System, AuditKind::ActionProposed, format!("action:{}", action.id), Json(body), p.now);
    let head = p.tx.audit_head().await?;
    p.tx.insert_proposals(&[waiting(p, &action, by, seed(action.id, &by.hash, &head.hash))]).await?;
    p.tx.schedule(p.ids.next(), DECIDE, action.id.to_string(), p.now);
    Ok(action.id)
}

/// In three days, or when half of what is left to the vote in question has passed, if that is sooner.
fn closes(now: Timestamp, ends_at: Option<Timestamp>) -> Timestamp {
    let latest = now + ANSWER_WITHIN;
    ends_at.map_or(latest, |ends_at| latest.min(now + ends_at.since(now) / 2))
}

fn waiting(p: &Performing<'_>, action: &Action, by: &Policy, seed: Seed) -> StoredProposal {
    StoredProposal {
        community: p.tx.id(),
        id: p.ids.next(),
        action: action.id,
        policy: by.id,
        version: by.version_id,
        position: 1,
        status: ProposalStatus::Waiting,
        enforcement: Enforcement::Enforced,
        on_error: OnError::Deny,
        reason: String::new(),
        opened_at: p.now,
        decided_at: None,
        ask: None,
        deadline: None,
        wake_at: None,
        reads: Reads::default(),
        is_initialized: false,
        is_notified: false,
        wants_execute: false,
        seed,
        error: None,
        n_decisions: 0,
        stage: None,
    }
}

/// The community's copy of the question's own policy: never asked about anything else, and in no list.
async fn built_in(p: &Performing<'_>) -> Result<Policy, PerformError> {
    if let Some(policy) = p.tx.built_in_policy().await? {
        return Ok(policy);
    }
    let draft = PolicyDraft {
        name: NAME.to_owned(),
        description: "Asks voters whether their open vote begins again under a policy's new version.".to_owned(),
        layer: Layer::Constitution,
        kind: PolicyKind::Governing,
        action_types: vec!["constitution.restart_proposals".to_owned()],
        source: SOURCE.to_owned(),
        settings: Json::default(),
        http_hosts: Vec::new(),
        powers: Default::default(),
        examples: Vec::new(),
        triggers: Default::default(),
    };
    let standing =
        Standing { enforcement: Enforcement::Enforced, on_error: OnError::Deny, position: 0, is_active: false };
    let id: PolicyId = p.ids.next();
    let version = NewVersion { id: p.ids.next(), hash: source_hash(&draft.source), draft };
    let policy = p.tx.add_policy(id, &version, standing, None, p.now).await?;
    p.tx.hide_policy(id, id).await?;
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_closes_before_the_vote_that_it_is_about() {
        let (now, hour) = (Timestamp::from_millis(1_000_000_000), Duration::from_secs(3600));
        assert_eq!(closes(now, None), now + ANSWER_WITHIN);
        assert_eq!(closes(now, Some(now + 2 * hour)), now + hour);
        assert_eq!(closes(now, Some(now + 30 * 24 * hour)), now + ANSWER_WITHIN);
    }
}
