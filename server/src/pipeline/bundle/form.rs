//! A bundle comes into being: its actions, what each is called, and the proposals that take their ballots.

use serde_json::{Value, json};
use store::actions::StoredAction;
use store::bundles::{Bundle, Part};
use store::proposals::StoredProposal;
use store::{CommunityTx, SystemStore};
use types::audit::Actor;
use types::payload::bundle::{BundleDraft, MAX_LABEL_CHARS, NONE_OF_THESE, Part as Draft, kind_of};
use types::payload::spec;
use types::{Action, ActionId, ActionStatus, ActionType, AuditKind, BundleId, Json, ProposalStatus, Reads, Timestamp};

use super::super::seed::seed;
use super::{StoredBundle, StoredPart};
use crate::clock::IdSource;

/// Adds the bundle that a new action proposes, with its actions.
///
/// # Errors
/// The store's failure.
pub(in crate::pipeline) async fn form(
    handle: &CommunityTx<'_>,
    ids: &dyn IdSource,
    action: &Action,
    now: Timestamp,
) -> store::Result<()> {
    let (Some(kind), Ok(draft)) = (kind_of(&action.kind), action.payload.read::<BundleDraft>()) else { return Ok(()) };
    let bundle = Bundle {
        id: ids.next(),
        community: handle.id(),
        kind,
        title: draft.title.trim().to_owned(),
        action: Some(action.id),
        created_at: now,
    };
    handle.insert_bundle(&bundle).await?;
    let mut labels: Vec<String> = draft.actions.iter().filter_map(|part| part.label.clone()).collect();
    labels.extend(draft.none_of_these.then(|| NONE_OF_THESE.to_owned()));
    for (part, place) in draft.actions.into_iter().zip(1..) {
        add(handle, ids, (&bundle, action), part, place, &mut labels, now).await?;
    }
    Ok(())
}

/// Adds one action to a bundle. `labels` are those in use.
///
/// # Errors
/// The store's failure.
pub(super) async fn add(
    handle: &CommunityTx<'_>,
    ids: &dyn IdSource,
    (bundle, by): (&Bundle, &Action),
    draft: Draft,
    place: i32,
    labels: &mut Vec<String>,
    now: Timestamp,
) -> store::Result<ActionId> {
    let Ok(kind) = draft.kind.parse::<ActionType>() else { return Ok(ActionId::NIL) };
    let payload = Json(draft.payload);
    let nominee = match draft.nominee.as_deref().or_else(|| only_member(&kind, &payload)) {
        Some(known) => handle.member_by_handle(known.trim_start_matches('@')).await?,
        None => None,
    };
    let label = match draft.label {
        Some(label) => label.trim().to_owned(),
        None => {
            let plain = nominee.as_ref().map_or_else(|| phrase(&kind, &payload), |member| member.display_name.clone());
            let label = distinct(plain, labels);
            labels.push(label.clone());
            label
        }
    };
    let action = Action {
        id: ids.next(),
        kind,
        initiator: by.initiator,
        payload,
        undo: Json::default(),
        origin: by.origin.clone(),
        created_at: now,
        activates_at: None,
        bundle: Some(bundle.id),
        status: ActionStatus::Proposed,
        reason: String::new(),
        decided_at: None,
    };
    let id = action.id;
    let body = json!({
        "bundle": bundle.id, "in": bundle.action, "type": action.kind, "payload": action.payload, "label": label,
        "nominee": nominee.as_ref().map(|member| member.id), "by": by.id,
    });
    let actor = action.initiator.map_or(Actor::System, Actor::Member);
    handle.audit(actor, AuditKind::ActionBundled, format!("action:{id}"), Json(body), now);
    let part = Part {
        stored: StoredAction { community: handle.id(), action, generation: 0, pins: None },
        bundle: bundle.id,
        place,
        label,
        statement: draft.statement.unwrap_or_default(),
        nominee: nominee.map(|member| member.id),
    };
    handle.add_part(&part).await?;
    Ok(id)
}

/// Who is a candidate without being named as one: the only member to whom a role is to be given.
fn only_member<'p>(kind: &ActionType, payload: &'p Json) -> Option<&'p str> {
    if kind.as_str() != "constitution.assign_role" {
        return None;
    }
    match payload.get("members").and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) => only.as_str(),
        _ => None,
    }
}

/// What an action would do, as it stands on a ballot: the sentence of its type with its blanks filled.
fn phrase(kind: &ActionType, payload: &Json) -> String {
    let Some(spec) = spec(kind) else { return kind.verb().replace('_', " ") };
    let word = |field: &str| match payload.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let mut text = String::new();
    let mut rest = spec.sentence.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (blank, tail) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(&word(blank));
        rest = tail;
    }
    text.push_str(rest);
    text
}

/// The label, shortened, with a number behind it where another is called so.
fn distinct(plain: String, taken: &[String]) -> String {
    let short = |limit: usize| plain.chars().take(limit).collect::<String>().trim().to_owned();
    let plain_label = short(MAX_LABEL_CHARS);
    if !plain_label.is_empty() && !taken.contains(&plain_label) {
        return plain_label;
    }
    // One more than there are labels is always free.
    (2..=taken.len() + 2)
        .map(|n| format!("{} ({n})", short(MAX_LABEL_CHARS - 8)))
        .find(|label| !taken.contains(label))
        .unwrap_or(plain_label)
}

/// The proposals of a bundle's actions: one for each of the bundle's own, under the same version.
pub(in crate::pipeline) fn proposals_of_parts(
    parts: &[Part],
    own: &[StoredProposal],
    ids: &dyn IdSource,
    hash_of: impl Fn(&StoredProposal) -> String,
    audit_hash: &str,
    now: Timestamp,
) -> Vec<StoredProposal> {
    let open = parts.iter().filter(|part| part.stored.action.status.is_open());
    open.flat_map(|part| {
        let action = part.stored.action.id;
        own.iter().map(move |of_bundle| (action, of_bundle))
    })
    .map(|(action, of_bundle)| StoredProposal {
        id: ids.next(),
        action,
        status: ProposalStatus::Waiting,
        opened_at: now,
        reads: Reads::default(),
        seed: seed(action, &hash_of(of_bundle), audit_hash),
        ..of_bundle.clone()
    })
    .collect()
}

/// The bundles that actions of any communities are, with what is stored of each of their actions but the ballots.
///
/// # Errors
/// The store's failure.
pub(in crate::pipeline) async fn load_parts(
    system: &SystemStore<'_>,
    actions: &[ActionId],
) -> store::Result<Vec<(Bundle, StoredBundle)>> {
    if actions.is_empty() {
        return Ok(Vec::new());
    }
    let bundles = system.load_bundles(actions).await?;
    let ids: Vec<BundleId> = bundles.iter().map(|bundle| bundle.id).collect();
    let parts = system.load_parts(&ids).await?;
    let of_parts: Vec<ActionId> = parts.iter().map(|part| part.stored.action.id).collect();
    let mut proposals = system.load_proposals(&of_parts).await?;
    let mut loaded: Vec<(Bundle, StoredBundle)> =
        bundles.into_iter().map(|bundle| (bundle.clone(), StoredBundle { id: bundle.id, parts: Vec::new() })).collect();
    for part in parts {
        let own;
        (own, proposals) = proposals.into_iter().partition(|proposal| proposal.action == part.stored.action.id);
        if let Some((_, bundle)) = loaded.iter_mut().find(|(bundle, _)| bundle.id == part.bundle) {
            bundle.parts.push(StoredPart { part, proposals: own });
        }
    }
    Ok(loaded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_candidates_are_called_the_same() {
        let mut taken = Vec::new();
        for _ in 0..4 {
            let label = distinct("Ada".to_owned(), &taken);
            assert!(!taken.contains(&label), "{label}");
            taken.push(label);
        }
        assert_eq!(taken, ["Ada", "Ada (2)", "Ada (3)", "Ada (4)"]);
        let long = "x".repeat(500);
        assert!(distinct(long.clone(), &[distinct(long, &[])]).chars().count() <= MAX_LABEL_CHARS);
    }

    #[test]
    fn an_action_is_called_what_it_would_do() {
        let payload = Json(json!({ "channel": "general", "topic": "tea" }));
        let label = phrase(&"board.set_topic".parse().unwrap(), &payload);
        assert!(label.contains("general") && label.contains("tea"), "{label}");
    }
}
