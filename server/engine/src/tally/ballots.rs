//! From a heap of ballots to piles of equal ones.

use std::collections::BTreeMap;

use types::BallotValue;
use types::ballot::{Ballot, MAX_BALLOT_NUMBER};

use super::{MAX_WEIGHT, Setup};

/// Millionths: what numbers on ballots are rounded to, so that they can be added exactly.
pub(super) const MICRO: u32 = 1_000_000;

/// What one ballot says to a method.
pub(super) enum Reading<T> {
    Says(T),
    Abstains,
    Invalid(String),
}

/// Ballots by what they say.
#[derive(Debug)]
pub(super) struct Sorted<T> {
    /// How many say what.
    pub piles: BTreeMap<T, u64>,
    /// How many abstain.
    pub abstain: u64,
    /// Why ballots were set aside, and how many.
    pub invalid: BTreeMap<String, u64>,
    /// All valid ballots, abstentions included.
    pub cast: u64,
}

impl<T> Sorted<T> {
    /// How many took a side.
    pub fn sides(&self) -> u64 {
        self.cast.saturating_sub(self.abstain)
    }
}

/// The ballots that count: of each member the last one cast, and every secret one.
///
/// Of two cast by one member in the same millisecond the one whose text sorts last is taken, so that the order in which
/// they happen to be listed means nothing.
pub(super) fn current(ballots: &[Ballot]) -> Vec<&Ballot> {
    let rank = |ballot: &Ballot| (ballot.cast_at, format!("{:?}", (&ballot.value, &ballot.reason)));
    let mut by_member: BTreeMap<_, &Ballot> = BTreeMap::new();
    let mut counted = Vec::new();
    for ballot in ballots {
        let Some(member) = ballot.member else {
            counted.push(ballot);
            continue;
        };
        by_member
            .entry(member)
            .and_modify(|kept| {
                if ballot.cast_at > kept.cast_at || (ballot.cast_at == kept.cast_at && rank(ballot) > rank(kept)) {
                    *kept = ballot;
                }
            })
            .or_insert(ballot);
    }
    counted.extend(by_member.into_values());
    counted
}

/// Reads the ballots that count into piles.
pub(super) fn sort<T: Ord>(setup: &Setup, ballots: &[Ballot], read: impl Fn(&BallotValue) -> Reading<T>) -> Sorted<T> {
    let mut sorted = Sorted { piles: BTreeMap::new(), abstain: 0, invalid: BTreeMap::new(), cast: 0 };
    for ballot in current(ballots) {
        let weight = weight_of(setup, ballot);
        if weight == 0 {
            continue;
        }
        let reading = if ballot.value == BallotValue::Abstain { Reading::Abstains } else { read(&ballot.value) };
        match reading {
            Reading::Says(what) => add(sorted.piles.entry(what).or_default(), weight),
            Reading::Abstains => add(&mut sorted.abstain, weight),
            Reading::Invalid(why) => {
                add(sorted.invalid.entry(why).or_default(), weight);
                continue;
            }
        }
        add(&mut sorted.cast, weight);
    }
    sorted
}

/// How much a ballot weighs: one, unless the setup says otherwise of its member.
pub(super) fn weight_of(setup: &Setup, ballot: &Ballot) -> u64 {
    let weight = ballot.member.and_then(|member| setup.weights.get(&member)).copied();
    weight.unwrap_or(1).min(MAX_WEIGHT)
}

fn add(count: &mut u64, weight: u64) {
    *count = count.saturating_add(weight);
}

/// Reads a ranking: places of options, best first. A single choice ranks one option.
pub(super) fn ranking(setup: &Setup, value: &BallotValue) -> Reading<Vec<usize>> {
    match value {
        BallotValue::List(list) => match places(setup, list) {
            Ok(places) if places.is_empty() => Reading::Abstains,
            Ok(places) => Reading::Says(places),
            Err(why) => Reading::Invalid(why),
        },
        BallotValue::Choice(option) => match places(setup, std::slice::from_ref(option)) {
            Ok(places) => Reading::Says(places),
            Err(why) => Reading::Invalid(why),
        },
        _ => Reading::Invalid("not a ranking".to_owned()),
    }
}

/// The places of `list` on the ballot, each once.
pub(super) fn places(setup: &Setup, list: &[String]) -> Result<Vec<usize>, String> {
    let mut places = Vec::with_capacity(list.len().min(setup.names.len()));
    for option in list {
        let at = place(setup, option)?;
        if places.contains(&at) {
            return Err("names an option twice".to_owned());
        }
        places.push(at);
    }
    Ok(places)
}

/// The place of `option` on the ballot.
pub(super) fn place(setup: &Setup, option: &str) -> Result<usize, String> {
    setup
        .names
        .iter()
        .position(|name| name == option)
        .ok_or_else(|| "names an option that is not on the ballot".to_owned())
}

/// Reads a number for each option, in millionths and in the order of the options. Zeros are kept: a score of nought is a
/// score.
pub(super) fn numbers(setup: &Setup, numbers: &BTreeMap<String, f64>) -> Result<Vec<(usize, u64)>, String> {
    let mut read = numbers
        .iter()
        .map(|(option, number)| Ok((place(setup, option)?, micro(*number)?)))
        .collect::<Result<Vec<_>, String>>()?;
    read.sort_unstable();
    Ok(read)
}

/// A number on a ballot, to the nearest millionth.
pub(super) fn micro(number: f64) -> Result<u64, String> {
    if !number.is_finite() || !(0.0..=MAX_BALLOT_NUMBER).contains(&number) {
        return Err("holds a number that cannot be counted".to_owned());
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10^12, checked above")]
    Ok((number * f64::from(MICRO)).round() as u64)
}
