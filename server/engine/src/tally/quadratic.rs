//! Quadratic voting: the first vote for an option costs one credit, two cost four, three cost nine.
//!
//! # Source
//! S. P. Lalley and E. G. Weyl, "Quadratic Voting: How Mechanism Design Can Radicalize Democracy",
//! AEA Papers and Proceedings 108 (2018), 33–37.
//!
//! # Numbers
//! With `numbers: "votes"` (default) a ballot says how many votes it gives each option, and the sum of their squares may
//! be at most `budget` (100). With `numbers: "credits"` it says how many credits it spends on each option, together at
//! most `budget`; they buy their square root in votes, cut off after six decimals.
//! A ballot over the budget is invalid, never scaled down: the voter's intent is not ours to guess.
//!
//! # Ties
//! By lot. An option without votes never wins.
//!
//! # Promises
//! Monotone: more votes for the winner never make it lose.

use types::BallotValue;
use types::ballot::Ballot;

use super::Setup;
use super::ballots::{self, MICRO, Reading};
use super::options::{DEFAULT_CREDITS, Numbers};
use super::outcome::Outcome;
use super::points::{self, Points};

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let budget = u128::from(setup.options.budget.unwrap_or(DEFAULT_CREDITS));
    let sorted = ballots::sort(setup, ballots, |value| match value {
        BallotValue::Numbers(numbers) => match ballots::numbers(setup, numbers) {
            Ok(numbers) => within(setup.options.numbers, budget, numbers),
            Err(why) => Reading::Invalid(why),
        },
        _ => Reading::Invalid("not a number for each option".to_owned()),
    });
    let mut votes = Points::new(setup.names.len());
    for (bought, &n) in &sorted.piles {
        for &(at, micro) in bought {
            votes.add(at, u128::from(micro) * u128::from(n));
        }
    }
    let mut outcome = Outcome::begin(setup, &sorted);
    points::rank(&mut outcome, setup, |a, b| votes.of(a).cmp(&votes.of(b)), |at| votes.of(at) > 0);
    outcome.counts = votes.named(setup, MICRO);
    outcome.conclude("vote", "votes")
}

/// The votes that the numbers stand for, in millionths, if the voter can afford them.
fn within(kind: Numbers, budget: u128, numbers: Vec<(usize, u64)>) -> Reading<Vec<(usize, u64)>> {
    let one = u128::from(MICRO);
    let square = |number: u64| u128::from(number) * u128::from(number);
    let (spent, limit) = match kind {
        Numbers::Votes => (numbers.iter().map(|(_, votes)| square(*votes)).sum::<u128>(), budget * one * one),
        Numbers::Credits => (numbers.iter().map(|(_, credits)| u128::from(*credits)).sum::<u128>(), budget * one),
    };
    if spent > limit {
        return Reading::Invalid("spends more than the budget".to_owned());
    }
    Reading::Says(match kind {
        Numbers::Votes => numbers,
        Numbers::Credits => numbers
            .into_iter()
            .map(|(at, credits)| (at, u64::try_from((u128::from(credits) * one).isqrt()).unwrap_or(u64::MAX)))
            .collect(),
    })
}
