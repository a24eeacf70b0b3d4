//! Remembering evaluations with what they read, so that each can be run again.

use store::decisions::NewDecision;
use store::proposals::StoredProposal;
use store::{CommunityTx, StoreError};
use types::{Evaluation, Json, ProposalStatus, Timestamp};

use super::case::Entry;
use super::commit::Decided;

/// Remembers the evaluations that changed something, with the facts they read.
pub(super) fn record(handle: &CommunityTx<'_>, decided: &mut Decided, now: Timestamp) -> store::Result<()> {
    let unwritable = |error: serde_json::Error| StoreError::Unwritable { what: "decision", problem: error.to_string() };
    for entry in &decided.entries {
        let (Some(docket), Some(proposal)) =
            (decided.case.dockets.get(entry.docket), decided.proposals.get_mut(entry.docket))
        else {
            continue;
        };
        if !says_something(entry, docket.status, &docket.reason, proposal) {
            continue;
        }
        let mut request = entry.request.clone();
        // The version keeps its source; facts are kept once, however many decisions read them.
        request.policy.source.clear();
        let facts = serde_json::to_value(std::mem::take(&mut request.facts)).map_err(unwritable)?;
        let mut hashes = std::collections::BTreeMap::new();
        for (name, fact) in facts.as_object().into_iter().flatten() {
            let is_empty = fact.is_null()
                || fact.as_array().is_some_and(Vec::is_empty)
                || fact.as_object().is_some_and(serde_json::Map::is_empty);
            if !is_empty {
                hashes.insert(name.clone(), handle.put_fact(fact.to_string()));
            }
        }
        proposal.n_decisions += 1;
        handle.record_decision(NewDecision {
            proposal: proposal.id,
            seq: proposal.n_decisions,
            at: now,
            request: Json(serde_json::to_value(&request).map_err(unwritable)?),
            facts: hashes,
            evaluation: Json(serde_json::to_value(&entry.evaluation).map_err(unwritable)?),
        });
    }
    Ok(())
}

/// Whether an evaluation is worth remembering: a tick that changed nothing is not.
fn says_something(entry: &Entry, after: ProposalStatus, reason: &str, proposal: &StoredProposal) -> bool {
    let effects = matches!(&entry.evaluation, Evaluation::Decided(decision) if !decision.effects.is_empty());
    entry.before != after || proposal.reason != reason || effects
}
