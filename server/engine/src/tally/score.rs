//! Score: everyone gives each option a number; the highest total, or mean, wins.
//!
//! # Source
//! W. D. Smith, "Range voting" (2000, rangevoting.org); the mean over those who scored the option
//! (`unscored: "skip"`) is the rule of rating sites, and favours what few know.
//!
//! # Numbers
//! From 0 to `maxScore` (by default 1,000,000), to the nearest millionth, added exactly.
//! A vote without options takes one number for the proposal itself, and counts as the option "score".
//!
//! # Ties
//! By lot. An option that has no points never wins.
//!
//! # Promises
//! Monotone: a higher score for the winner never makes it lose.

use types::BallotValue;
use types::ballot::Ballot;

use super::Setup;
use super::ballots::{self, MICRO, Reading};
use super::options::Unscored;
use super::outcome::{Amount, Outcome};
use super::points::{self, Points};

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    if setup.names.is_empty() {
        let single = Setup { names: vec!["score".to_owned()], ..setup.clone() };
        return count(&single, ballots);
    }
    let is_single = setup.names.as_slice() == ["score"];
    let most = setup.options.max_score.map(|most| most.saturating_mul(MICRO.into()));
    let bounded = |scores: Result<Vec<(usize, u64)>, String>| match scores {
        Ok(scores) if scores.iter().any(|(_, score)| most.is_some_and(|most| *score > most)) => {
            Reading::Invalid("gives more than the highest score".to_owned())
        }
        Ok(scores) => Reading::Says(scores),
        Err(why) => Reading::Invalid(why),
    };
    let sorted = ballots::sort(setup, ballots, |value| match value {
        BallotValue::Numbers(numbers) => bounded(ballots::numbers(setup, numbers)),
        BallotValue::Number(number) if is_single => bounded(ballots::micro(*number).map(|score| vec![(0, score)])),
        _ => Reading::Invalid("not a number for each option".to_owned()),
    });
    let mut totals = Points::new(setup.names.len());
    let mut scorers = Points::new(setup.names.len());
    for (scores, &n) in &sorted.piles {
        for &(at, score) in scores {
            totals.add(at, u128::from(score).saturating_mul(n.into()));
            scorers.add(at, n.into());
        }
    }
    let mut outcome = Outcome::begin(setup, &sorted);
    let may_win = |at| totals.of(at) > 0;
    match setup.options.unscored {
        Unscored::Zero => {
            points::rank(&mut outcome, setup, |a, b| totals.of(a).cmp(&totals.of(b)), may_win);
            outcome.counts = totals.named(setup, MICRO);
        }
        Unscored::Skip => {
            // total(a) / scorers(a) against total(b) / scorers(b), multiplied out. Nobody's score is a mean of nought.
            let by_mean = |a, b| {
                let left = totals.of(a).saturating_mul(scorers.of(b).max(1));
                left.cmp(&totals.of(b).saturating_mul(scorers.of(a).max(1)))
            };
            points::rank(&mut outcome, setup, by_mean, may_win);
            let mean = |at| Amount::parts(totals.of(at) / scorers.of(at).max(1), MICRO);
            outcome.counts = setup.names.iter().enumerate().map(|(at, name)| (name.clone(), mean(at))).collect();
        }
    }
    outcome.conclude("point", "points")
}
