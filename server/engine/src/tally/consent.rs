//! Consent: a proposal passes unless somebody objects.
//!
//! # Source
//! G. Endenburg, Sociocracy (1998): no member has a paramount objection. Standing aside, and the point at which too many
//! of those are no consent either, are the Quaker-based practice described in C. T. Butler and A. Rothstein,
//! On Conflict and Consensus (1987).
//!
//! # Rule
//! Passed when the quorum is met, at least one member agrees, there are no more than `objections` (0) objections, and no
//! more than `standAside` (any number) stand aside. Every objection is listed with its reason: it asks for an answer.
//! A plain yes agrees and a plain no objects. A weighted ballot counts by its weight.
//!
//! # Ties
//! There are none.
//!
//! # Promises
//! One more agreement never turns a pass into a fail.

use std::collections::BTreeMap;

use types::BallotValue;
use types::ballot::Ballot;

use super::ballots::{self, Reading};
use super::outcome::{Amount, Objection, Outcome, Prospects, Turn};
use super::{Quorum, Setup};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Agree,
    StandAside,
    Object,
}

fn read(value: &BallotValue) -> Option<Answer> {
    match value {
        BallotValue::Yes => Some(Answer::Agree),
        BallotValue::No => Some(Answer::Object),
        BallotValue::Choice(answer) => match answer.as_str() {
            "agree" => Some(Answer::Agree),
            "stand-aside" => Some(Answer::StandAside),
            "object" => Some(Answer::Object),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let sorted = ballots::sort(setup, ballots, |value| match read(value) {
        Some(answer) => Reading::Says(answer),
        None => Reading::Invalid("neither agree, stand-aside nor object".to_owned()),
    });
    let pile = |answer| sorted.piles.get(&answer).copied().unwrap_or(0);
    let (agree, aside, object) = (pile(Answer::Agree), pile(Answer::StandAside), pile(Answer::Object));
    let mut outcome = Outcome::begin(setup, &sorted);
    let allowed = setup.options.objections;
    let aside_limit = setup.options.stand_aside.map(|limit| most(limit, setup.eligible.unwrap_or(sorted.cast)));
    let is_consent = object <= allowed && aside_limit.is_none_or(|limit| aside <= limit);
    outcome.passed = outcome.quorum_met && agree > 0 && is_consent;
    outcome.winners = if outcome.passed { vec!["agree".to_owned()] } else { Vec::new() };
    outcome.counts = BTreeMap::from([
        ("agree".to_owned(), Amount::whole(agree.into())),
        ("stand-aside".to_owned(), Amount::whole(aside.into())),
        ("object".to_owned(), Amount::whole(object.into())),
    ]);
    outcome.objections = objections(setup, ballots);

    let outstanding = setup.eligible.map(|eligible| eligible.saturating_sub(sorted.cast));
    let rest = outstanding.unwrap_or(u64::MAX);
    let to_quorum = outcome.quorum.saturating_sub(sorted.cast).max(u64::from(agree == 0));
    let votes_needed = (is_consent && to_quorum <= rest).then_some(to_quorum);
    // Enough people to object, or to stand aside, must still be to come.
    let to_break = allowed.saturating_sub(object).saturating_add(1);
    let to_step_back = aside_limit.map(|limit| limit.saturating_sub(aside).saturating_add(1));
    let least_to_break = to_step_back.map_or(to_break, |n| n.min(to_break));
    let can_still_pass = outcome.passed || votes_needed.is_some();
    let can_still_fail = !outcome.passed || least_to_break <= rest;
    outcome.prospects = Some(Prospects {
        yes: agree,
        no: object,
        outstanding,
        can_still_pass,
        can_still_fail,
        settled: can_still_pass != can_still_fail,
        votes_needed,
        what_would_turn_it: if outcome.passed {
            Turn {
                side: "no",
                more: (least_to_break <= rest).then_some(least_to_break),
                switches: (to_break <= agree).then_some(to_break),
            }
        } else {
            let withdrawn = object.saturating_sub(allowed);
            let is_enough = outcome.quorum_met && aside_limit.is_none_or(|limit| aside <= limit);
            Turn { side: "yes", more: votes_needed, switches: (is_enough && withdrawn > 0).then_some(withdrawn) }
        },
    });

    let plain = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let mut sentence = format!(
        "{}, {}, {}",
        plain(agree, "agrees", "agree"),
        plain(aside, "stands aside", "stand aside"),
        plain(object, "objects", "object")
    );
    sentence.push_str(&if outcome.passed {
        ": there is consent.".to_owned()
    } else if object > allowed {
        ": there is no consent while the objections stand.".to_owned()
    } else if !is_consent {
        ": too many stand aside for this to be consent.".to_owned()
    } else if !outcome.quorum_met {
        format!(": fewer than {} have answered.", outcome.quorum)
    } else {
        ": nobody has agreed yet.".to_owned()
    });
    if outcome.invalid > 0 {
        sentence.push_str(&format!(" {} could not be counted.", outcome.invalid));
    }
    outcome.sentence = sentence;
    outcome
}

/// The largest whole number that is no more than the limit.
fn most(limit: Quorum, whole: u64) -> u64 {
    match limit {
        Quorum::Count(count) => count,
        // The smallest number that reaches the share, less one where it goes beyond.
        Quorum::Share(share) => {
            let reached = share.of(whole);
            if share.is_exceeded(reached, whole) { reached.saturating_sub(1) } else { reached }
        }
    }
}

fn objections(setup: &Setup, ballots: &[Ballot]) -> Vec<Objection> {
    let mut objections: Vec<Objection> = ballots::current(ballots)
        .into_iter()
        .filter(|ballot| read(&ballot.value) == Some(Answer::Object) && ballots::weight_of(setup, ballot) > 0)
        .map(|ballot| Objection { member: ballot.member, reason: ballot.reason.clone() })
        .collect();
    objections.sort();
    objections
}
