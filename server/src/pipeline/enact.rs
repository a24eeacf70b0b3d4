//! The examples of a policy, played before the transaction in which it would come into force.

use types::{Action, CommunityId, Verdict};

use super::commit::Decided;
use super::snapshot::Snapshot;
use crate::ctx::Ctx;
use crate::simulate::lab::Lab;
use crate::simulate::{SimulateError, draft, examples};

/// What the examples said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trialled {
    /// Why the policy cannot come into force.
    pub blocked: Option<String>,
    /// How many objections there were: one more means that the examples are to be played again.
    pub n_objections: usize,
    /// How many of them were answered.
    pub n_answered: usize,
}

/// Plays the examples of the policy that `decided` is about to bring into force. None where it brings none.
///
/// # Errors
/// Where the workers or the store are away: the decision is tried again later.
pub(super) async fn trial(ctx: &Ctx, decided: &Decided, snapshot: &Snapshot) -> anyhow::Result<Option<Trialled>> {
    if decided.case.combined().verdict != Verdict::Passed {
        return Ok(None);
    }
    trial_of(ctx, decided.stored.community, &decided.stored.action, snapshot).await
}

/// The same of an action that has passed before, and is carried out only now.
///
/// # Errors
/// As [`trial`].
pub(super) async fn trial_of(
    ctx: &Ctx,
    community: CommunityId,
    action: &Action,
    snapshot: &Snapshot,
) -> anyhow::Result<Option<Trialled>> {
    if !draft::proposes_policy(&action.kind) {
        return Ok(None);
    }
    let store = ctx.store.community(community);
    let objections = store.objections(action.id).await?;
    let n_answered = objections.iter().filter(|objection| objection.answer.is_some()).count();
    let done = |blocked| Trialled { blocked, n_objections: objections.len(), n_answered };
    let mut proposed = match draft::of_action(action, snapshot) {
        Ok(proposed) => proposed,
        // What it cannot be read as it cannot become either: carrying it out says why.
        Err(_) => return Ok(Some(done(None))),
    };
    proposed.draft.examples.clone_from(&proposed.examples);
    let lab = Lab { runner: &*ctx.runner, community };
    let handle =
        |id| snapshot.member(id).map_or_else(|| "somebody who left".to_owned(), |member| member.handle.clone());
    match examples::run_with_objections(lab, &proposed.draft, &objections, handle).await {
        Ok(runs) => Ok(Some(done(examples::blocked(&runs)))),
        Err(SimulateError::Unavailable(why)) => anyhow::bail!("the examples could not be played just now: {why}"),
        Err(problem) => Ok(Some(done(Some(problem.to_string())))),
    }
}
