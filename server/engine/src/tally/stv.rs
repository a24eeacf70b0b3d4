//! The single transferable vote, as Scotland's councils are elected: several seats, in proportion.
//!
//! # Source
//! The Scottish Local Government Elections Order 2007 (SSI 2007/42), Schedule 1, rules 45–52
//! (<https://www.legislation.gov.uk/ssi/2007/42/schedule/1/made>): Weighted Inclusive Gregory.
//! The quota is the valid papers over the seats plus one, rounded down, plus one (rule 46).
//! A surplus takes all papers of the elected candidate to their next choice, each at (surplus × its value ÷ the
//! candidate's votes), cut off after five decimals (rule 48); the largest surplus first (rule 49).
//! Without a surplus the lowest candidate is excluded and the papers go on at the value they had (rule 50).
//! When as many continue as there are vacancies, they are elected (rule 52).
//!
//! # Ties
//! The candidate with more (for a surplus) or fewer votes (for an exclusion) at the end of the most recent earlier stage
//! at which they were not level; if they always were, by lot (rules 49 and 51).
//!
//! # None of these
//! `none` stands like any candidate; a seat that it wins stays empty.
//!
//! # Promises
//! Exactly the seats are filled, if there is a ballot and a candidate for each. Not monotone.

use std::collections::BTreeMap;

use types::ballot::Ballot;

use super::Setup;
use super::ballots;
use super::lot::Lot;
use super::outcome::{Amount, Outcome, Round, Tie};
use super::points::{self, Points};
use super::runoff;
use super::stages::{self, End, Piles};

/// One vote, in the hundred-thousandths that rule 48(3) calculates with.
const ONE: u128 = 100_000;
const PER_ONE: u32 = 100_000;

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let sorted = ballots::sort(setup, ballots, |value| ballots::ranking(setup, value));
    let outcome = Outcome::begin(setup, &sorted);
    run(setup, outcome, &sorted.piles)
}

/// Counts rankings and how many papers have each.
pub(super) fn run(setup: &Setup, mut outcome: Outcome, rankings: &BTreeMap<Vec<usize>, u64>) -> Outcome {
    let mut count = Count::new(setup, rankings);
    if count.valid > 0 {
        count.first_stage();
        while count.next_stage() {}
    }
    let order = count.order();
    outcome.quota = (count.valid > 0).then_some(u64::try_from(count.quota / ONE).unwrap_or(u64::MAX));
    let none = setup.none_at();
    outcome.winners = count.elected.iter().filter(|&&at| Some(at) != none).map(|&at| setup.name(at)).collect();
    outcome.ranking = order.into_iter().map(|at| setup.name(at)).collect();
    outcome.counts = count.votes.named(setup, PER_ONE);
    outcome.rounds = count.rounds;
    outcome.ties = count.ties;
    outcome.conclude("vote", "votes")
}

/// A count under way.
struct Count<'a> {
    setup: &'a Setup,
    lot: Lot,
    /// Valid papers, in votes.
    valid: u128,
    /// In hundred-thousandths, as all votes here.
    quota: u128,
    vacancies: usize,
    piles: Piles<'a>,
    votes: Points,
    /// Votes at the end of each earlier stage.
    earlier: Vec<Points>,
    continuing: Vec<usize>,
    elected: Vec<usize>,
    excluded: Vec<usize>,
    rounds: Vec<Round>,
    ties: Vec<Tie>,
}

impl<'a> Count<'a> {
    fn new(setup: &'a Setup, rankings: &'a BTreeMap<Vec<usize>, u64>) -> Self {
        let n_options = setup.names.len();
        let valid = rankings.values().fold(0_u128, |sum, n| sum + u128::from(*n));
        let seats = points::seats(setup).min(n_options);
        Self {
            setup,
            lot: Lot::of(setup),
            valid,
            quota: (valid / (seats as u128 + 1) + 1) * ONE,
            vacancies: seats,
            piles: Piles::new(n_options, rankings, ONE),
            votes: Points::new(n_options),
            earlier: Vec::new(),
            continuing: (0..n_options).collect(),
            elected: Vec::new(),
            excluded: Vec::new(),
            rounds: Vec::new(),
            ties: Vec::new(),
        }
    }

    fn first_stage(&mut self) {
        for at in 0..self.setup.names.len() {
            self.votes.set(at, self.piles.worth(at));
        }
        self.close("first preferences".to_owned(), None);
    }

    /// One more stage; `false` when every seat is filled.
    fn next_stage(&mut self) -> bool {
        if self.vacancies == 0 {
            return false;
        }
        if self.continuing.len() <= self.vacancies {
            self.fill_last_vacancies();
            return false;
        }
        let earlier = self.earlier.get(..self.earlier.len().saturating_sub(1)).unwrap_or_default();
        let with_surplus: Vec<usize> =
            self.elected.iter().copied().filter(|&at| self.votes.of(at) > self.quota).collect();
        if let Some(picked) = stages::pick(End::Highest, &with_surplus, &self.votes, earlier, &self.lot) {
            if let Some(broken_by) = picked.broken_by {
                let names: Vec<String> = picked.level.iter().map(|&at| self.setup.name(at)).collect();
                let first = self.setup.name(picked.at);
                let others = points::sorted(names.iter().filter(|name| **name != first).cloned().collect());
                self.ties.push(Tie {
                    between: points::sorted(names),
                    about: format!("whose surplus goes first after round {}", self.rounds.len()),
                    order: [first].into_iter().chain(others).collect(),
                    broken_by,
                    is_decisive: false,
                });
            }
            self.transfer_surplus(picked.at);
            return true;
        }
        let Some(picked) = stages::pick(End::Lowest, &self.continuing, &self.votes, earlier, &self.lot) else {
            return false;
        };
        if let Some(broken_by) = picked.broken_by {
            let tie = runoff::dropping_tie(self.setup, &picked.level, picked.at, self.rounds.len(), broken_by);
            self.ties.push(tie);
        }
        self.exclude(picked.at);
        true
    }

    fn transfer_surplus(&mut self, from: usize) {
        let credited = self.votes.of(from).max(1);
        let surplus = credited.saturating_sub(self.quota);
        for mut parcel in self.piles.take(from) {
            parcel.value = surplus.saturating_mul(parcel.value) / credited;
            if let Some(to) = self.piles.pass_on(parcel, |at| self.continuing.contains(&at)) {
                self.votes.add(to, parcel.worth());
            }
        }
        self.votes.set(from, self.quota);
        self.close(format!("the surplus of {} is passed on", self.setup.name(from)), None);
    }

    fn exclude(&mut self, loser: usize) {
        self.continuing.retain(|&at| at != loser);
        self.excluded.push(loser);
        self.votes.set(loser, 0);
        for parcel in self.piles.take(loser) {
            if let Some(to) = self.piles.pass_on(parcel, |at| self.continuing.contains(&at)) {
                self.votes.add(to, parcel.worth());
            }
        }
        self.close(format!("{} is excluded", self.setup.name(loser)), Some(loser));
    }

    /// Ends a stage: elects whoever has the quota, and writes the stage down.
    fn close(&mut self, what: String, excluded: Option<usize>) {
        let reached: Vec<usize> =
            self.continuing.iter().copied().filter(|&at| self.votes.of(at) >= self.quota).collect();
        let mut reached = stages::in_order(&reached, &self.votes, &self.earlier, &self.lot);
        reached.truncate(self.vacancies);
        self.seat(&reached);
        let setup = self.setup;
        let credited = (0..setup.names.len()).map(|at| self.votes.of(at)).fold(0, u128::saturating_add);
        let out = &self.excluded;
        self.rounds.push(Round {
            counts: (0..setup.names.len())
                .filter(|at| !out.contains(at) || Some(*at) == excluded)
                .map(|at| (setup.name(at), Amount::parts(self.votes.of(at), PER_ONE)))
                .collect(),
            elected: reached.iter().map(|&at| setup.name(at)).collect(),
            excluded: excluded.map(|at| setup.name(at)),
            exhausted: Some(Amount::parts((self.valid * ONE).saturating_sub(credited), PER_ONE)),
            what,
        });
        self.earlier.push(self.votes.clone());
    }

    fn fill_last_vacancies(&mut self) {
        let last = stages::in_order(&self.continuing, &self.votes, &self.earlier, &self.lot);
        self.seat(&last);
        let names: Vec<String> = last.iter().map(|&at| self.setup.name(at)).collect();
        if let Some(round) = self.rounds.last_mut() {
            round.what.push_str("; as many are left as there are seats");
            round.elected.extend(names);
        }
    }

    fn seat(&mut self, options: &[usize]) {
        self.continuing.retain(|at| !options.contains(at));
        self.elected.extend(options);
        self.vacancies = self.vacancies.saturating_sub(options.len());
    }

    /// Everyone, the first elected first and the first excluded last.
    fn order(&self) -> Vec<usize> {
        let left = stages::in_order(&self.continuing, &self.votes, &self.earlier, &self.lot);
        self.elected.iter().copied().chain(left).chain(self.excluded.iter().rev().copied()).collect()
    }
}
