//! The recovery rule: how the members of a community take their government back, whatever stands in its policies.
//!
//! It is a policy of its own kind: built in, in no list and in nobody's order, changed by no action, asked about recovery actions
//! alone and by itself. Every member may propose recovery, whatever rights roles have; nobody may carry it out at once.
//! How many must agree, and for how long they are asked, is set when a community is founded and stored apart from its settings.

use serde_json::json;
use sha2::{Digest, Sha256};
use store::actions::{ActionFilter, StoredAction};
use store::policies::NewVersion;
use store::recovery::RecoveryRule;
use store::{CommunityTx, Tx};
use types::member::{Member, Right};
use types::payload::recovery::is_recovery;
use types::policy::Policy;
use types::{
    ActionStatus, ActionType, CommunityId, Json, Layer, MemberId, PolicyDraft, PolicyId, PolicyKind, PolicyVersionId,
    Timestamp,
};
use uuid::Uuid;

use super::constitution::source_hash;
use super::enter;
use crate::ctx::Ctx;

/// The rule's procedure.
const SOURCE: &str = include_str!("recovery.js");

/// The name under which the rule decides.
pub const NAME: &str = "Recovery rule";

/// The right that a member has to attempt recovery, where `kind` is recovery: to propose, always, and never more.
pub(super) fn right(kind: &ActionType, member: &Member) -> Option<Option<Right>> {
    is_recovery(kind).then(|| (!member.is_bot).then_some(Right::Propose))
}

/// Puts a recovery action before the recovery rule, and nobody else.
///
/// # Errors
/// The store's failure.
pub(super) async fn enter(ctx: &Ctx, tx: &Tx, stored: &StoredAction, now: Timestamp) -> store::Result<()> {
    let rule = in_force(&tx.community(stored.community), now).await?;
    enter::put_before(ctx, tx, stored, &[(&rule, &rule, None)], now).await?;
    Ok(())
}

/// Whether the member has a recovery action open: one at a time, so that nobody floods the others with them.
///
/// # Errors
/// The store's failure.
pub(super) async fn has_open(store: &store::CommunityStore<'_>, member: MemberId) -> store::Result<bool> {
    let filter = ActionFilter {
        statuses: vec![ActionStatus::Proposed, ActionStatus::Held],
        kind: Some("constitution.*".to_owned()),
        initiator: Some(member),
        ..ActionFilter::default()
    };
    Ok(store.actions(&filter).await?.iter().any(|stored| is_recovery(&stored.action.kind)))
}

/// The rule as a policy at its version, made where the community has none yet.
async fn in_force(handle: &CommunityTx<'_>, now: Timestamp) -> store::Result<Policy> {
    let rule = handle.recovery_rule().await?;
    let version = version(handle.id(), rule);
    let id = PolicyId(derived(handle.id(), "recovery rule"));
    match handle.policy(id).await? {
        None => handle.add_built_in_policy(id, &version, now).await,
        Some(known) if known.version_id == version.id => Ok(known),
        // Another release of Polity has another procedure; or it is the one before again.
        Some(_) => match handle.policy_versions(id).await?.into_iter().find(|known| known.version_id == version.id) {
            Some(known) => Ok(known),
            None => handle.add_version(id, &version, None, now).await,
        },
    }
}

fn version(community: CommunityId, rule: RecoveryRule) -> NewVersion {
    let settings = json!({ "numerator": rule.numerator, "denominator": rule.denominator, "days": rule.days });
    let hash = source_hash(SOURCE);
    let draft = PolicyDraft {
        name: NAME.to_owned(),
        description: format!(
            "{} of {} of all members, within {} days. Built in: no action changes it.",
            rule.numerator, rule.denominator, rule.days
        ),
        layer: Layer::Constitution,
        kind: PolicyKind::Governing,
        action_types: vec!["constitution.roll_back".to_owned(), "constitution.restart_from_kit".to_owned()],
        source: SOURCE.to_owned(),
        settings: Json(settings.clone()),
        http_hosts: Vec::new(),
        powers: Default::default(),
        triggers: Default::default(),
        examples: Vec::new(),
    };
    NewVersion { id: PolicyVersionId(derived(community, &format!("{hash} {settings}"))), hash, draft }
}

/// An id that follows from the community and a word, so that two processes make the same row.
fn derived(community: CommunityId, word: &str) -> Uuid {
    let hash = Sha256::digest(format!("{community} {word}"));
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
