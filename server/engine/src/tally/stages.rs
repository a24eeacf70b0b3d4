//! What instant run-off and STV share: papers that move from option to option, and ties settled by earlier stages.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::lot::Lot;
use super::points::Points;

/// Equal papers in one option's pile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parcel<'a> {
    ranking: &'a [usize],
    /// Where in the ranking its holder stands.
    at: usize,
    /// How many papers.
    n: u64,
    /// What each is worth.
    pub value: u128,
}

impl Parcel<'_> {
    /// What the parcel is worth.
    pub fn worth(&self) -> u128 {
        self.value.saturating_mul(self.n.into())
    }
}

/// All papers, by the option that holds them.
#[derive(Clone, Debug)]
pub(super) struct Piles<'a>(Vec<Vec<Parcel<'a>>>);

impl<'a> Piles<'a> {
    /// Every paper with its first preference, worth `value`.
    pub fn new(n_options: usize, rankings: &'a BTreeMap<Vec<usize>, u64>, value: u128) -> Self {
        let mut piles = Self(vec![Vec::new(); n_options]);
        for (ranking, &n) in rankings {
            if let Some(pile) = ranking.first().and_then(|&holder| piles.0.get_mut(holder)) {
                pile.push(Parcel { ranking, at: 0, n, value });
            }
        }
        piles
    }

    /// Takes the pile of `holder`.
    pub fn take(&mut self, holder: usize) -> Vec<Parcel<'a>> {
        self.0.get_mut(holder).map(std::mem::take).unwrap_or_default()
    }

    /// What the pile of `holder` is worth.
    pub fn worth(&self, holder: usize) -> u128 {
        self.0.get(holder).map_or(0, |pile| pile.iter().map(Parcel::worth).fold(0, u128::saturating_add))
    }

    /// Gives `parcel` to the next option on it that is still in the race; `None` if it names no more.
    pub fn pass_on(&mut self, parcel: Parcel<'a>, is_in: impl Fn(usize) -> bool) -> Option<usize> {
        let later = parcel.ranking.iter().enumerate().skip(parcel.at + 1);
        let (at, &next) = later.into_iter().find(|(_, option)| is_in(**option))?;
        self.0.get_mut(next)?.push(Parcel { at, ..parcel });
        Some(next)
    }
}

/// Which end of the field is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Highest,
    Lowest,
}

/// An option picked from the field, and the tie that had to be broken for it.
#[derive(Clone, Debug)]
pub(super) struct Picked {
    pub at: usize,
    /// Those that were level.
    pub level: Vec<usize>,
    /// How the tie was broken; `None` where there was none.
    pub broken_by: Option<&'static str>,
}

/// Picks the option with the most or the fewest votes.
///
/// Of those that are level, the one that had more (or fewer) at the end of the most recent earlier stage at which they
/// were not all level; where they were level at every stage, by lot.
pub(super) fn pick(end: End, among: &[usize], now: &Points, earlier: &[Points], lot: &Lot) -> Option<Picked> {
    let level = extreme(end, among, now);
    let mut left = level.clone();
    for stage in earlier.iter().rev() {
        left = extreme(end, &left, stage);
    }
    let by_lot = |&&a: &&usize, &&b: &&usize| lot.compare(a, b);
    let at = match end {
        End::Highest => left.iter().min_by(by_lot),
        End::Lowest => left.iter().max_by(by_lot),
    };
    let broken_by = match (level.len(), left.len()) {
        (0 | 1, _) => None,
        (_, 1) => Some("earlier round"),
        _ => Some("lot"),
    };
    at.map(|&at| Picked { at, level, broken_by })
}

/// Those of `among` that have the most or the fewest points.
fn extreme(end: End, among: &[usize], points: &Points) -> Vec<usize> {
    let best = match end {
        End::Highest => among.iter().map(|&at| points.of(at)).max(),
        End::Lowest => among.iter().map(|&at| points.of(at)).min(),
    };
    among.iter().copied().filter(|&at| Some(points.of(at)) == best).collect()
}

/// Orders `among` from the most votes to the fewest, level ones as [`pick`] would.
pub(super) fn in_order(among: &[usize], now: &Points, earlier: &[Points], lot: &Lot) -> Vec<usize> {
    let mut order = among.to_vec();
    order.sort_by(|&a, &b| {
        let by_stage = |stage: &Points| stage.of(b).cmp(&stage.of(a));
        let by_history = earlier.iter().rev().map(by_stage).find(|ordering| *ordering != Ordering::Equal);
        by_stage(now).then(by_history.unwrap_or(Ordering::Equal)).then_with(|| lot.compare(a, b))
    });
    order
}
