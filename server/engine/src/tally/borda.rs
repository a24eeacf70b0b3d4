//! Borda: each option gets a point for every option it stands above.
//!
//! # Source
//! J.-C. de Borda, "Mémoire sur les élections au scrutin", Histoire de l'Académie Royale des Sciences (1781).
//! Options that a ballot leaves out share the points of the places left, so that a short ballot hands out as many points
//! as a long one: a point for every option below, half a point for every option level.
//!
//! # Ties
//! By lot.
//!
//! # Promises
//! Monotone: ranking the winner higher never makes it lose.

use types::ballot::Ballot;

use super::Setup;
use super::ballots;
use super::outcome::Outcome;
use super::points::{self, Points};

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let sorted = ballots::sort(setup, ballots, |value| ballots::ranking(setup, value));
    let n_options = setup.names.len();
    // In half points, so that shared places stay whole numbers.
    let mut halves = Points::new(n_options);
    for (ranking, &n) in &sorted.piles {
        for (place, &at) in ranking.iter().enumerate() {
            let below = n_options.saturating_sub(place + 1);
            halves.add(at, 2 * below as u128 * u128::from(n));
        }
        let left_out = n_options.saturating_sub(ranking.len());
        for at in (0..n_options).filter(|at| !ranking.contains(at)) {
            halves.add(at, left_out.saturating_sub(1) as u128 * u128::from(n));
        }
    }
    let mut outcome = Outcome::begin(setup, &sorted);
    points::rank(&mut outcome, setup, |a, b| halves.of(a).cmp(&halves.of(b)), |at| halves.of(at) > 0);
    outcome.counts = halves.named(setup, 2);
    outcome.conclude("point", "points")
}
