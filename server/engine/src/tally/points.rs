//! What the methods share that give each option a number and take the highest.

use std::collections::BTreeMap;

use super::Setup;
use super::lot::Lot;
use super::outcome::{Amount, Outcome, Tie};

/// One number for each option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Points(Vec<u128>);

impl Points {
    pub fn new(n_options: usize) -> Self {
        Self(vec![0; n_options])
    }

    pub fn of(&self, at: usize) -> u128 {
        self.0.get(at).copied().unwrap_or(0)
    }

    pub fn add(&mut self, at: usize, points: u128) {
        if let Some(sum) = self.0.get_mut(at) {
            *sum = sum.saturating_add(points);
        }
    }

    pub fn set(&mut self, at: usize, points: u128) {
        if let Some(sum) = self.0.get_mut(at) {
            *sum = points;
        }
    }

    /// The points by name.
    pub fn named(&self, setup: &Setup, per_one: u32) -> BTreeMap<String, Amount> {
        setup.names.iter().cloned().zip(self.0.iter().map(|points| Amount::parts(*points, per_one))).collect()
    }
}

/// Puts all options in order by `compare` (greater is better), ties by lot, and writes down the ranking, the ties and the
/// winners: the first of the ranking up to the number of seats, those only that `may_win`.
pub(super) fn rank(
    outcome: &mut Outcome,
    setup: &Setup,
    compare: impl Fn(usize, usize) -> std::cmp::Ordering,
    may_win: impl Fn(usize) -> bool,
) {
    let lot = Lot::of(setup);
    let mut order: Vec<usize> = (0..setup.names.len()).collect();
    order.sort_by(|&a, &b| compare(b, a).then_with(|| lot.compare(a, b)));
    let seats = seats(setup);
    let mut from = 0;
    for group in order.chunk_by(|&a, &b| compare(a, b).is_eq()) {
        let is_notable = group.len() > 1 && group.iter().any(|&at| may_win(at));
        if is_notable {
            let names: Vec<String> = group.iter().map(|&at| setup.name(at)).collect();
            outcome.ties.push(Tie {
                between: sorted(names.clone()),
                about: "the order of the ranking".to_owned(),
                order: names,
                broken_by: "lot",
                is_decisive: from < seats && seats < from + group.len(),
            });
        }
        from += group.len();
    }
    elect(outcome, setup, &order, may_win);
}

/// The winners of a ranking: those in the first seats, above "none of these", that `may_win`.
pub(super) fn elect(outcome: &mut Outcome, setup: &Setup, order: &[usize], may_win: impl Fn(usize) -> bool) {
    let none = setup.none_at();
    let open = order.iter().take_while(|&&at| Some(at) != none);
    outcome.winners = open.take(seats(setup)).filter(|&&at| may_win(at)).map(|&at| setup.name(at)).collect();
    outcome.ranking = order.iter().map(|&at| setup.name(at)).collect();
}

/// How many may win.
pub(super) fn seats(setup: &Setup) -> usize {
    usize::try_from(setup.options.seats.unwrap_or(1)).unwrap_or(usize::MAX)
}

pub(super) fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}
