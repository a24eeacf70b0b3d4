//! Dot voting: everyone has a handful of dots to stick on the options.
//!
//! # Source
//! Facilitation practice ("dotmocracy"); J. Diceman, Dotmocracy Handbook (2010).
//!
//! # Numbers
//! Whole dots, together at most `budget` (5), on one option at most `maxPerOption` (all of them).
//! A list of options puts one dot on each. A ballot with more dots than there are is invalid.
//!
//! # Ties
//! By lot. An option without a dot never wins.
//!
//! # Promises
//! Monotone: one more dot on the winner never makes it lose.

use types::BallotValue;
use types::ballot::Ballot;

use super::Setup;
use super::ballots::{self, MICRO, Reading};
use super::options::DEFAULT_DOTS;
use super::outcome::Outcome;
use super::points::{self, Points};

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let sorted = ballots::sort(setup, ballots, |value| {
        let dots = match value {
            BallotValue::Numbers(numbers) => ballots::numbers(setup, numbers).and_then(whole_dots),
            BallotValue::List(list) => {
                ballots::places(setup, list).map(|places| places.into_iter().map(|at| (at, 1)).collect())
            }
            BallotValue::Choice(option) => ballots::place(setup, option).map(|at| vec![(at, 1)]),
            _ => Err("not dots on options".to_owned()),
        };
        match dots.and_then(|dots| within(setup, dots)) {
            Ok(dots) => Reading::Says(dots),
            Err(why) => Reading::Invalid(why),
        }
    });
    let mut dots = Points::new(setup.names.len());
    for (stuck, &n) in &sorted.piles {
        for &(at, on_it) in stuck {
            dots.add(at, u128::from(on_it) * u128::from(n));
        }
    }
    let mut outcome = Outcome::begin(setup, &sorted);
    points::rank(&mut outcome, setup, |a, b| dots.of(a).cmp(&dots.of(b)), |at| dots.of(at) > 0);
    outcome.counts = dots.named(setup, 1);
    outcome.conclude("dot", "dots")
}

fn whole_dots(numbers: Vec<(usize, u64)>) -> Result<Vec<(usize, u64)>, String> {
    let one = u64::from(MICRO);
    if numbers.iter().any(|(_, micro)| !micro.is_multiple_of(one)) {
        return Err("cuts a dot in pieces".to_owned());
    }
    Ok(numbers.into_iter().map(|(at, micro)| (at, micro / one)).collect())
}

fn within(setup: &Setup, mut dots: Vec<(usize, u64)>) -> Result<Vec<(usize, u64)>, String> {
    let budget = setup.options.budget.unwrap_or(DEFAULT_DOTS);
    if dots.iter().fold(0, |sum: u64, (_, on_it)| sum.saturating_add(*on_it)) > budget {
        return Err("has more dots than there are".to_owned());
    }
    if dots.iter().any(|(_, on_it)| setup.options.max_per_option.is_some_and(|most| *on_it > most)) {
        return Err("puts too many dots on one option".to_owned());
    }
    dots.sort_unstable();
    Ok(dots)
}
