//! Instant run-off: the option with the fewest votes is dropped and its ballots go to their next choice, until one option
//! has more than half of the votes still in play.
//!
//! # Source
//! Robert's Rules of Order Newly Revised (12th ed., 2020), §45:62–69, preferential voting; as the alternative vote in
//! the Commonwealth Electoral Act 1918 (Australia), section 274. Ballots need not rank every option.
//!
//! # Ties
//! Of options level at the bottom, the one is dropped that had fewer votes in the most recent earlier round in which they
//! were not level; if they always were, by lot. The tied last two are settled the same way.
//!
//! # Promises
//! An option that more than half of the ballots rank first wins. Not monotone: ranking the winner higher can make it
//! lose. It may pass over the option that beats every other one to one (Burlington, 2009).

use std::collections::BTreeMap;

use types::ballot::Ballot;

use super::Setup;
use super::ballots;
use super::lot::Lot;
use super::outcome::{Amount, Outcome, Round, Tie};
use super::points::{self, Points};
use super::stages::{self, End, Piles};

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let sorted = ballots::sort(setup, ballots, |value| ballots::ranking(setup, value));
    let outcome = Outcome::begin(setup, &sorted);
    run(setup, outcome, &sorted.piles)
}

/// Runs the rounds over rankings and how many ballots have each.
pub(super) fn run(setup: &Setup, mut outcome: Outcome, rankings: &BTreeMap<Vec<usize>, u64>) -> Outcome {
    let n_options = setup.names.len();
    let lot = Lot::of(setup);
    let all = rankings.values().fold(0_u128, |sum, n| sum + u128::from(*n));
    let mut piles = Piles::new(n_options, rankings, 1);
    let mut left: Vec<usize> = (0..n_options).collect();
    let mut dropped = Vec::new();
    let mut earlier: Vec<Points> = Vec::new();
    let mut what = "first choices".to_owned();
    let mut votes = first_choices(&piles, n_options);
    // Each round drops one option, so there are never more rounds than options.
    for _ in 0..if all > 0 { n_options } else { 0 } {
        let in_play = left.iter().map(|&at| votes.of(at)).fold(0, u128::saturating_add);
        let leader = left.iter().copied().find(|&at| votes.of(at) * 2 > in_play).or_else(|| single(&left));
        let mut round = Round {
            counts: left.iter().map(|&at| (setup.name(at), Amount::whole(votes.of(at)))).collect(),
            exhausted: Some(Amount::whole(all.saturating_sub(in_play))),
            what: std::mem::take(&mut what),
            ..Round::default()
        };
        if let Some(leader) = leader {
            round.elected = vec![setup.name(leader)];
            outcome.rounds.push(round);
            break;
        }
        let Some(picked) = stages::pick(End::Lowest, &left, &votes, &earlier, &lot) else { break };
        let loser = picked.at;
        if let Some(broken_by) = picked.broken_by {
            outcome.ties.push(dropping_tie(setup, &picked.level, loser, outcome.rounds.len() + 1, broken_by));
        }
        round.excluded = Some(setup.name(loser));
        what = format!("{} is dropped", setup.name(loser));
        outcome.rounds.push(round);
        earlier.push(votes.clone());
        left.retain(|&at| at != loser);
        dropped.push(loser);
        votes.set(loser, 0);
        for parcel in piles.take(loser) {
            if let Some(next) = piles.pass_on(parcel, |at| left.contains(&at)) {
                votes.add(next, parcel.worth());
            }
        }
    }
    let mut order = stages::in_order(&left, &votes, &earlier, &lot);
    order.extend(dropped.iter().rev());
    points::elect(&mut outcome, setup, &order, |_| all > 0);
    outcome.counts = votes.named(setup, 1);
    outcome.conclude("vote in the last round", "votes in the last round")
}

fn first_choices(piles: &Piles<'_>, n_options: usize) -> Points {
    let mut votes = Points::new(n_options);
    for at in 0..n_options {
        votes.add(at, piles.worth(at));
    }
    votes
}

fn single(left: &[usize]) -> Option<usize> {
    match left {
        [only] => Some(*only),
        _ => None,
    }
}

/// A tie over who is dropped: the dropped one stands last in the order.
pub(super) fn dropping_tie(setup: &Setup, level: &[usize], loser: usize, n: usize, broken_by: &'static str) -> Tie {
    let others = level.iter().filter(|&&at| at != loser).map(|&at| setup.name(at));
    Tie {
        between: points::sorted(level.iter().map(|&at| setup.name(at)).collect()),
        about: format!("who is dropped after round {n}"),
        order: points::sorted(others.collect()).into_iter().chain([setup.name(loser)]).collect(),
        broken_by,
        is_decisive: true,
    }
}
