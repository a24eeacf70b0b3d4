//! Naming a further candidate of an election whose nominations are open.

use serde_json::json;
use types::evaluation::BundleKind;
use types::payload::bundle::{BundleDraft, MAX_PARTS, NONE_OF_THESE, Nomination, Nominations, kind_of};

use super::form::add;
use crate::pipeline::constitution::{Done, PerformError, Performing};

/// Adds the candidate, if the election has not opened yet.
///
/// # Errors
/// [`PerformError::Refused`] before anything was written, or the store's failure.
pub(in crate::pipeline) async fn nominate(p: &Performing<'_>) -> Done {
    let Nomination { election, candidate } =
        p.action.payload.read().map_err(|error| PerformError::refused(format!("{}: {error}", p.action.kind)))?;
    let found = p.tx.action(election).await?.filter(|stored| {
        kind_of(&stored.action.kind) == Some(BundleKind::Election)
            && stored.action.kind.platform() == p.action.kind.platform()
    });
    let Some(mut stored) = found else {
        return Err(PerformError::refused(format!("there is no {}.election {election}", p.action.kind.platform())));
    };
    let draft: BundleDraft =
        stored.action.payload.read().map_err(|error| PerformError::refused(format!("the election: {error}")))?;
    if draft.nominations == Nominations::Closed {
        return Err(PerformError::refused(
            "the nominations of this election are closed: its candidates are those it began with",
        ));
    }
    let is_waiting = stored.pins.is_none() && stored.action.activates_at.is_some_and(|at| at > p.now);
    if !stored.action.status.is_open() || !is_waiting {
        return Err(PerformError::refused("the election has opened; candidates were named before"));
    }
    let Some(bundle) = p.tx.bundle_of_action(election).await? else {
        return Err(PerformError::refused("the election has no ballot"));
    };
    let parts = p.tx.parts_of(&[bundle.id]).await?;
    let left: Vec<_> = parts.iter().filter(|part| part.stored.action.status.is_open()).collect();
    if left.len() >= MAX_PARTS {
        return Err(PerformError::refused(format!("an election has at most {MAX_PARTS} candidates")));
    }
    let is_same = |part: &&&store::bundles::Part| {
        part.stored.action.kind.as_str() == candidate.kind && part.stored.action.payload.0 == candidate.payload
    };
    if let Some(same) = left.iter().find(is_same) {
        return Err(PerformError::refused(format!("“{}” is a candidate already", same.label)));
    }
    let mut labels: Vec<String> = parts.iter().map(|part| part.label.clone()).collect();
    labels.push(NONE_OF_THESE.to_owned());
    if let Some(label) = candidate.label.as_deref().map(str::trim).filter(|label| labels.iter().any(|l| l == label)) {
        return Err(PerformError::refused(format!("another candidate is called “{label}”; choose another label")));
    }
    // Whoever opens the election meanwhile must see this candidate: one of the two has to begin again.
    if !p.tx.save_action(&mut stored).await? {
        return Err(PerformError::refused("the election has just opened"));
    }
    let place = parts.iter().map(|part| part.place).max().unwrap_or(0) + 1;
    let action = add(&p.tx, p.ids, (&bundle, p.action), candidate, place, &mut labels, p.now).await?;
    Ok(json!({ "election": election, "candidate": action }))
}
