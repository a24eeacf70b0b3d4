//! Plurality: everyone names one option; the option with the most votes wins.
//!
//! # Source
//! The oldest of them; also called first past the post, and with several `seats` the single non-transferable vote.
//! Robert's Rules of Order Newly Revised (12th ed., 2020), §44:11 on a plurality as distinct from a majority.
//!
//! # Threshold
//! With `threshold`, a winner must also have that share of the votes (`of`: by default of those who named an option).
//!
//! # Ties
//! By lot. An option without a vote never wins.
//!
//! # Promises
//! Monotone: one more vote for the winner never makes it lose.

use types::BallotValue;
use types::ballot::Ballot;

use super::Setup;
use super::ballots::{self, Reading, Sorted};
use super::options::Base;
use super::outcome::Outcome;
use super::points::{self, Points};

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let sorted = ballots::sort(setup, ballots, |value| match value {
        BallotValue::Choice(option) => match ballots::place(setup, option) {
            Ok(at) => Reading::Says(at),
            Err(why) => Reading::Invalid(why),
        },
        _ => Reading::Invalid("not a choice of one option".to_owned()),
    });
    let mut votes = Points::new(setup.names.len());
    for (&at, &n) in &sorted.piles {
        votes.add(at, n.into());
    }
    by_votes(setup, &sorted, &votes)
}

/// Elects by the number of votes, subject to the threshold.
pub(super) fn by_votes<T>(setup: &Setup, sorted: &Sorted<T>, votes: &Points) -> Outcome {
    let mut outcome = Outcome::begin(setup, sorted);
    let base = match setup.options.of {
        Base::Sides => sorted.sides(),
        Base::Cast => sorted.cast,
        Base::Eligible => setup.eligible.unwrap_or(0).max(sorted.cast),
    };
    let may_win = |at| {
        let n = u64::try_from(votes.of(at)).unwrap_or(u64::MAX);
        n > 0 && setup.options.threshold.is_none_or(|threshold| threshold.admits(n, base))
    };
    points::rank(&mut outcome, setup, |a, b| votes.of(a).cmp(&votes.of(b)), may_win);
    outcome.counts = votes.named(setup, 1);
    outcome.conclude("vote", "votes")
}
