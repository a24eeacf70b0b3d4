//! Who may attempt a bundle: who may attempt each of its actions.

use types::evaluation::BundleKind;
use types::member::{Member, Right};
use types::payload::bundle::{BundleDraft, Nomination, is_nomination, kind_of};
use types::{ActionType, Json};

use crate::pipeline::snapshot::Snapshot;

/// The type that a member may not propose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking(pub ActionType);

/// The greatest right that a member has to attempt this: *execute*, or else *propose*.
///
/// A bundle needs the right to propose each action in it, and *execute* on all of them to be carried out at once.
/// An election is never carried out at once: nobody has chosen.
///
/// # Errors
/// The first type that the member may not propose.
pub fn right_to(snapshot: &Snapshot, member: &Member, kind: &ActionType, payload: &Json) -> Result<Right, Lacking> {
    let mut right = of(snapshot, member, kind)?;
    for part in parts(kind, payload) {
        right = right.min(of(snapshot, member, &part)?);
    }
    Ok(if kind_of(kind) == Some(BundleKind::Election) { Right::Propose } else { right })
}

fn of(snapshot: &Snapshot, member: &Member, kind: &ActionType) -> Result<Right, Lacking> {
    let held = [Right::Execute, Right::Propose].into_iter().find(|right| snapshot.may(member, *right, kind));
    held.ok_or_else(|| Lacking(kind.clone()))
}

/// The types of the actions that a payload holds. It was checked when it came in.
pub(in crate::pipeline) fn parts(kind: &ActionType, payload: &Json) -> Vec<ActionType> {
    let parts = if is_nomination(kind) {
        payload.read::<Nomination>().map(|nomination| vec![nomination.candidate]).unwrap_or_default()
    } else if kind_of(kind).is_some() {
        payload.read::<BundleDraft>().map(|draft| draft.actions).unwrap_or_default()
    } else {
        return Vec::new();
    };
    parts.iter().filter_map(|part| part.kind.parse().ok()).collect()
}
