//! What the audit log may not show: answers of an open vote, and actions that the reader's roles do not let them see.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use store::{CommunityStore, Result};
use types::audit::AuditEntry;
use types::payload::catalogue;
use types::{ActionId, ActionType, AuditKind, Json, ProposalId, Timestamp};

use super::count::{self, Looker, Sight};

/// Takes from ballots' entries what their vote hides until it closes: the answers, while the count is hidden.
///
/// The entries' hashes stay, so that the chain can be followed; what was taken is checked once the vote is closed.
///
/// # Errors
/// What the store answered.
pub async fn redact(store: &CommunityStore<'_>, entries: &mut [AuditEntry], now: Timestamp) -> Result<()> {
    let mut hides: HashMap<ProposalId, bool> = HashMap::new();
    for entry in entries.iter_mut().filter(|entry| entry.kind == AuditKind::BallotCast) {
        let Some(id) = entry.subject.strip_prefix("proposal:").and_then(|id| id.parse::<ProposalId>().ok()) else {
            continue;
        };
        let hidden = match hides.get(&id) {
            Some(hidden) => *hidden,
            None => {
                let hidden = store.proposal(id).await?.is_some_and(|proposal| {
                    let ask = proposal.ask.unwrap_or_default();
                    let is_closed = count::is_closed(&ask, !proposal.status.is_open(), now);
                    // Whoever reads the log reads it as a member who has not voted.
                    !Sight::of(&ask, is_closed, Looker { is_member: true, has_voted: false }).answers()
                });
                hides.insert(id, hidden);
                hidden
            }
        };
        if hidden && (entry.body.get("value").is_some() || entry.body.get("reason").is_some()) {
            entry.body = Json(json!({ "redacted": "shown when the vote has closed" }));
        }
    }
    Ok(())
}

/// Takes the content of entries about actions of types that the reader may not see. That something happened stays.
///
/// # Errors
/// What the store answered.
pub async fn conceal(
    store: &CommunityStore<'_>,
    entries: &mut [AuditEntry],
    sees: impl Fn(&ActionType) -> bool,
) -> Result<()> {
    // Most communities let everybody see everything, and then nothing has to be looked up.
    if catalogue().iter().all(|row| sees(&row.kind)) {
        return Ok(());
    }
    let mut actions: HashMap<String, Option<ActionId>> = HashMap::new();
    for entry in entries.iter() {
        let action = match entry.subject.split_once(':') {
            Some(("action", id)) => id.parse().ok(),
            Some(("proposal", id)) => match id.parse() {
                Ok(id) => store.proposal(id).await?.map(|proposal| proposal.action),
                Err(_) => None,
            },
            _ => entry.body.text("action").and_then(|id| id.parse().ok()),
        };
        actions.insert(entry.subject.clone(), action);
    }
    let ids: Vec<ActionId> = actions.values().flatten().copied().collect();
    let unseen: HashSet<ActionId> = store
        .actions_by_id(&ids)
        .await?
        .into_iter()
        .filter(|stored| !sees(&stored.action.kind))
        .map(|stored| stored.action.id)
        .collect();
    for entry in entries {
        let is_unseen = actions.get(&entry.subject).and_then(Option::as_ref).is_some_and(|id| unseen.contains(id));
        if is_unseen {
            entry.body = Json(json!({ "redacted": "your roles do not let you see this" }));
        }
    }
    Ok(())
}
