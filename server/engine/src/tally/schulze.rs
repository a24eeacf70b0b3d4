//! Condorcet voting by Schulze's method: the option that beats every other one to one wins; where they beat each other in
//! a circle, the strongest chains of victories decide.
//!
//! # Source
//! M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
//! method", Social Choice and Welfare 36 (2011), 267–303; strength by winning votes.
//! With `none`, the rule of Debian's constitution, A.5: an option that does not beat "none of these" is dropped before
//! the options are compared, and so is one that fewer than `optionQuorum` prefer to it, or that does not reach
//! `threshold` against it.
//! Options that a ballot leaves out stand last, level with each other.
//!
//! # Ties
//! Among options that no other is stronger than, by lot; likewise for each later place.
//!
//! # Promises
//! Elects the Condorcet winner, and so whoever more than half rank first. Monotone: ranking a winner higher never makes
//! it lose.

use std::collections::BTreeMap;

use types::ballot::Ballot;

use super::ballots;
use super::lot::Lot;
use super::outcome::{Outcome, Tie};
use super::points;
use super::{Setup, Threshold};

/// A number for each ordered pair of options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pairs {
    n: usize,
    cells: Vec<u64>,
}

impl Pairs {
    pub fn new(n: usize) -> Self {
        Self { n, cells: vec![0; n * n] }
    }

    pub fn of(&self, a: usize, b: usize) -> u64 {
        self.cells.get(a * self.n + b).copied().unwrap_or(0)
    }

    pub fn set(&mut self, a: usize, b: usize, number: u64) {
        if let Some(cell) = self.cells.get_mut(a * self.n + b) {
            *cell = number;
        }
    }

    fn named(&self, setup: &Setup) -> BTreeMap<String, BTreeMap<String, u64>> {
        let row = |a| (0..self.n).filter(|b| *b != a).map(|b| (setup.name(b), self.of(a, b))).collect();
        (0..self.n).map(|a| (setup.name(a), row(a))).collect()
    }
}

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let sorted = ballots::sort(setup, ballots, |value| ballots::ranking(setup, value));
    let pairs = pairwise(setup.names.len(), &sorted.piles);
    let outcome = Outcome::begin(setup, &sorted);
    run(setup, outcome, &pairs, sorted.sides() > 0)
}

/// How many ballots rank the first option above the second.
pub(super) fn pairwise(n_options: usize, rankings: &BTreeMap<Vec<usize>, u64>) -> Pairs {
    let mut pairs = Pairs::new(n_options);
    for (ranking, &n) in rankings {
        let mut below = vec![true; n_options];
        for &above in ranking {
            if let Some(own) = below.get_mut(above) {
                *own = false;
            }
            for (other, is_below) in below.iter().enumerate() {
                if *is_below {
                    pairs.set(above, other, pairs.of(above, other).saturating_add(n));
                }
            }
        }
    }
    pairs
}

/// Decides from the pairwise counts.
pub(super) fn run(setup: &Setup, mut outcome: Outcome, pairs: &Pairs, has_votes: bool) -> Outcome {
    let none = setup.none_at();
    let all = 0..setup.names.len();
    let (open, dropped): (Vec<usize>, Vec<usize>) = all.partition(|&at| {
        none.is_none_or(|none| at == none || may_stand(setup, pairs.of(at, none), pairs.of(none, at)))
    });
    let paths = strongest_paths(pairs, &open);
    let lot = Lot::of(setup);
    let mut left = open;
    let mut order = Vec::new();
    while !left.is_empty() {
        let mut best = undominated(&paths, &left);
        best.sort_by(|&a, &b| lot.compare(a, b));
        let Some(&first) = best.first() else { break };
        if has_votes && best.len() > 1 {
            let names: Vec<String> = best.iter().map(|&at| setup.name(at)).collect();
            outcome.ties.push(Tie {
                between: points::sorted(names.clone()),
                about: format!("place {}", order.len() + 1),
                order: names,
                broken_by: "lot",
                is_decisive: order.len() < points::seats(setup) && order.len() + best.len() > points::seats(setup),
            });
        }
        order.push(first);
        left.retain(|&at| at != first);
    }
    let undropped = order.len();
    order.extend(dropped);
    let standing: Vec<usize> = order.iter().copied().take(undropped).collect();
    points::elect(&mut outcome, setup, &order, |at| has_votes && standing.contains(&at));
    outcome.pairwise = pairs.named(setup);
    outcome.paths = paths.named(setup);
    outcome.conclude("", "")
}

/// Whether an option that `above` prefer to "none of these", and `below` the other way round, is kept.
fn may_stand(setup: &Setup, above: u64, below: u64) -> bool {
    let threshold = setup.options.threshold.unwrap_or(Threshold::MAJORITY);
    above > below && above >= setup.options.option_quorum && threshold.admits(above, above.saturating_add(below))
}

/// The strength of the strongest path between each two of `open`: the strongest chain of victories, each as strong as its
/// weakest link, a victory as strong as the votes that won it.
pub(super) fn strongest_paths(pairs: &Pairs, open: &[usize]) -> Pairs {
    let mut paths = Pairs::new(pairs.n);
    for &a in open {
        for &b in open.iter().filter(|b| **b != a) {
            if pairs.of(a, b) > pairs.of(b, a) {
                paths.set(a, b, pairs.of(a, b));
            }
        }
    }
    for &through in open {
        for &from in open.iter().filter(|from| **from != through) {
            let first = paths.of(from, through);
            if first == 0 {
                continue;
            }
            for &to in open.iter().filter(|to| **to != through && **to != from) {
                let path = first.min(paths.of(through, to));
                if path > paths.of(from, to) {
                    paths.set(from, to, path);
                }
            }
        }
    }
    paths
}

/// Those of `among` that none of them has a stronger path to than back: the potential winners.
pub(super) fn undominated(paths: &Pairs, among: &[usize]) -> Vec<usize> {
    let is_free = |at: usize| among.iter().all(|&other| paths.of(other, at) <= paths.of(at, other));
    among.iter().copied().filter(|&at| is_free(at)).collect()
}
