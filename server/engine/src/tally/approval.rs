//! Approval: everyone names the options they approve of; the option with the most approvals wins.
//!
//! # Source
//! S. J. Brams and P. C. Fishburn, "Approval Voting", American Political Science Review 72 (1978), 831–847.
//!
//! # Threshold
//! With `threshold`, a winner must be approved by that share of the ballots that approved of something or of nothing.
//! A ballot that approves of nothing is a ballot cast, not an abstention.
//!
//! # Ties
//! By lot. An option that nobody approves of never wins.
//!
//! # Promises
//! Monotone: one more approval of the winner never makes it lose.

use types::BallotValue;
use types::ballot::Ballot;

use super::Setup;
use super::ballots::{self, Reading};
use super::outcome::Outcome;
use super::plurality;
use super::points::Points;

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let read = |list: &[String]| match ballots::places(setup, list) {
        Ok(mut places) => {
            places.sort_unstable();
            Reading::Says(places)
        }
        Err(why) => Reading::Invalid(why),
    };
    let sorted = ballots::sort(setup, ballots, |value| match value {
        BallotValue::List(list) => read(list),
        BallotValue::Choice(option) => read(std::slice::from_ref(option)),
        _ => Reading::Invalid("not a list of options".to_owned()),
    });
    let mut votes = Points::new(setup.names.len());
    for (places, &n) in &sorted.piles {
        for &at in places {
            votes.add(at, n.into());
        }
    }
    plurality::by_votes(setup, &sorted, &votes)
}
