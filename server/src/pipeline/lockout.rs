//! The warning before a change that would leave a community no reachable way to amend its policies.
//!
//! The check itself is [`engine::lockout`]; here the government is sketched as it stands and as it would stand after the action.
//! What was found is written into the record in the transaction that accepts the attempt, so that the answer and the proposal
//! say it for as long as there is a record.

mod sketch;

use engine::lockout::{Finding, Government, RoleFact, Standing, check_change};
use serde_json::json;
use store::{CommunityStore, CommunityTx};
use types::audit::Actor;
use types::{Action, AuditKind, Json, Layer, Timestamp};

use super::snapshot::Snapshot;
use sketch::Sketch;

/// Warns of what an action would lead to.
///
/// # Errors
/// The store's failure.
pub(super) async fn warn(
    handle: &CommunityTx<'_>,
    snapshot: &Snapshot,
    action: &Action,
    now: Timestamp,
) -> store::Result<()> {
    let findings = findings(handle, snapshot, action).await?;
    if !findings.is_empty() {
        let body = Json(json!({ "warnings": findings }));
        handle.audit(Actor::System, AuditKind::ActionWarned, format!("action:{}", action.id), body, now);
    }
    Ok(())
}

/// What the action would add to the dangers of the government as it stands.
///
/// # Errors
/// The store's failure.
pub async fn findings(store: &CommunityStore<'_>, snapshot: &Snapshot, action: &Action) -> store::Result<Vec<Finding>> {
    if action.kind.layer() != Layer::Constitution {
        return Ok(Vec::new());
    }
    let before = Sketch::of(snapshot);
    match before.after(store, action).await? {
        Some(after) => Ok(check_change(&before.government(), &after.government())),
        None => Ok(Vec::new()),
    }
}

impl Sketch {
    fn government(&self) -> Government {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let roles: Vec<RoleFact> = self
            .roles
            .iter()
            .map(|role| RoleFact {
                name: role.name.clone(),
                n_members: count(if role.is_base { self.n_members } else { role.members.len() }),
                rights: role.rights.clone(),
            })
            .collect();
        Government {
            combining: self.combining,
            policies: self.policies.iter().map(|policy| Standing::of(policy, &roles)).collect(),
            n_members: count(self.n_members),
            // Built in, and nothing takes it out.
            has_recovery: true,
            roles,
        }
    }
}
