//! Yes, no and abstain, with a quorum and a threshold.
//!
//! # Source
//! Robert's Rules of Order Newly Revised (12th ed., 2020), §44: a majority is more than half of the votes cast, blanks and
//! abstentions left out; two thirds means at least two thirds of them; either may be set upon all members instead.
//! Those three bases are `of: "sides"` (default), `"cast"` and `"eligible"`.
//!
//! # Ties
//! There is nothing to break: exactly half is not a majority, so a tie fails. A threshold written as a share (`"1/2"`)
//! admits exactly that share.
//!
//! # Promises
//! One more yes never turns a pass into a fail.
//! One more no can help a proposal over its quorum, which is a known weakness of quorums; `quorumOf: "yes"` avoids it.

use std::collections::BTreeMap;

use types::BallotValue;
use types::ballot::Ballot;

use super::ballots::{self, Reading};
use super::options::{Base, QuorumOf};
use super::outcome::{Amount, Outcome, Prospects, Turn};
use super::{Setup, Threshold};

/// More ballots than any community casts: where the number of members is not known, nothing beyond is tried.
const MANY: u64 = 1 << 40;

/// A state of the poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Poll {
    pub yes: u64,
    pub no: u64,
    pub abstain: u64,
}

impl Poll {
    fn cast(self) -> u64 {
        self.yes.saturating_add(self.no).saturating_add(self.abstain)
    }

    fn plus_yes(self, more: u64) -> Self {
        Self { yes: self.yes.saturating_add(more), ..self }
    }

    fn plus_no(self, more: u64) -> Self {
        Self { no: self.no.saturating_add(more), ..self }
    }

    fn switched(self, to_yes: bool, n: u64) -> Self {
        let (yes, no) = if to_yes {
            (self.yes.saturating_add(n), self.no.saturating_sub(n))
        } else {
            (self.yes.saturating_sub(n), self.no.saturating_add(n))
        };
        Self { yes, no, ..self }
    }
}

/// The rule that a poll is held to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub quorum: u64,
    pub quorum_of: QuorumOf,
    pub threshold: Threshold,
    pub of: Base,
    pub eligible: Option<u64>,
}

impl Rule {
    fn quorum_met(self, poll: Poll) -> bool {
        let present = match self.quorum_of {
            QuorumOf::Cast => poll.cast(),
            QuorumOf::Sides => poll.yes.saturating_add(poll.no),
            QuorumOf::Yes => poll.yes,
        };
        present >= self.quorum
    }

    fn base(self, poll: Poll) -> u64 {
        match self.of {
            Base::Sides => poll.yes.saturating_add(poll.no),
            Base::Cast => poll.cast(),
            // Somebody who has left since voting still counts: the base is never smaller than the vote.
            Base::Eligible => self.eligible.unwrap_or(0).max(poll.cast()),
        }
    }

    pub fn passes(self, poll: Poll) -> bool {
        self.quorum_met(poll) && self.threshold.admits(poll.yes, self.base(poll))
    }

    /// What can still happen.
    pub fn prospects(self, poll: Poll) -> Prospects {
        let outstanding = self.eligible.map(|eligible| eligible.saturating_sub(poll.cast()));
        let rest = outstanding.unwrap_or(MANY);
        let passes_now = self.passes(poll);
        // More yes raises both the share and the turnout, so all of it is the best case.
        // More no lowers the share and raises the turnout: what passes now can fail only by the share, at worst when
        // everybody left says no; what fails now fails if nobody else comes.
        let can_still_pass = self.passes(poll.plus_yes(rest));
        let can_still_fail = !passes_now || !self.passes(poll.plus_no(rest));
        let votes_needed = least(rest, |more| self.passes(poll.plus_yes(more)));
        let what_would_turn_it = if passes_now {
            Turn {
                side: "no",
                more: least(rest, |more| !self.passes(poll.plus_no(more))),
                switches: least(poll.yes, |n| !self.passes(poll.switched(false, n))),
            }
        } else {
            Turn { side: "yes", more: votes_needed, switches: least(poll.no, |n| self.passes(poll.switched(true, n))) }
        };
        Prospects {
            yes: poll.yes,
            no: poll.no,
            outstanding,
            can_still_pass,
            can_still_fail,
            settled: can_still_pass != can_still_fail,
            votes_needed,
            what_would_turn_it,
        }
    }
}

/// The least `n` up to `most` for which `holds`, which once true stays true.
fn least(most: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if !holds(most) {
        return None;
    }
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    Some(low)
}

pub(super) fn count(setup: &Setup, ballots: &[Ballot]) -> Outcome {
    let sorted = ballots::sort(setup, ballots, |value| match value {
        BallotValue::Yes => Reading::Says(true),
        BallotValue::No => Reading::Says(false),
        _ => Reading::Invalid("neither yes, no nor abstain".to_owned()),
    });
    let pile = |side| sorted.piles.get(&side).copied().unwrap_or(0);
    let poll = Poll { yes: pile(true), no: pile(false), abstain: sorted.abstain };
    let mut outcome = Outcome::begin(setup, &sorted);
    let rule = Rule {
        quorum: outcome.quorum,
        quorum_of: setup.options.quorum_of,
        threshold: setup.options.threshold.unwrap_or(Threshold::MAJORITY),
        of: setup.options.of,
        eligible: setup.eligible,
    };
    outcome.quorum_met = rule.quorum_met(poll);
    outcome.passed = rule.passes(poll);
    outcome.winners = if outcome.passed { vec!["yes".to_owned()] } else { Vec::new() };
    outcome.ranking = if outcome.passed { ["yes", "no"] } else { ["no", "yes"] }.map(str::to_owned).to_vec();
    outcome.counts = BTreeMap::from([
        ("yes".to_owned(), Amount::whole(poll.yes.into())),
        ("no".to_owned(), Amount::whole(poll.no.into())),
        ("abstain".to_owned(), Amount::whole(poll.abstain.into())),
    ]);
    let prospects = rule.prospects(poll);
    outcome.sentence = sentence(rule, poll, &prospects, outcome.invalid);
    outcome.prospects = Some(prospects);
    outcome
}

fn sentence(rule: Rule, poll: Poll, prospects: &Prospects, invalid: u64) -> String {
    let base = match rule.of {
        Base::Sides => "of those who took a side",
        Base::Cast => "of all ballots",
        Base::Eligible => "of all who may vote",
    };
    let mut text = format!("{} yes, {} no", poll.yes, poll.no);
    if poll.abstain > 0 {
        text.push_str(&format!(", {} abstain", poll.abstain));
    }
    let is_met = rule.quorum_met(poll);
    text.push_str(&if rule.passes(poll) {
        format!(": {} {base} said yes", rule.threshold)
    } else if !is_met {
        let who = match rule.quorum_of {
            QuorumOf::Cast => "took part",
            QuorumOf::Sides => "took a side",
            QuorumOf::Yes => "said yes",
        };
        format!(": fewer than {} {who}", rule.quorum)
    } else {
        format!(": yes needs {} {base}", rule.threshold)
    });
    text.push_str(match (prospects.settled, prospects.can_still_pass) {
        (true, true) => "; no ballot to come can change that.",
        (true, false) => "; it can no longer pass.",
        (false, _) => ".",
    });
    if invalid > 0 {
        text.push_str(&format!(" {invalid} could not be counted."));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::share::Fraction;

    fn rule(quorum: u64, of: Base, eligible: Option<u64>) -> Rule {
        Rule { quorum, quorum_of: QuorumOf::Cast, threshold: Threshold::MAJORITY, of, eligible }
    }

    fn poll(yes: u64, no: u64, abstain: u64) -> Poll {
        Poll { yes, no, abstain }
    }

    #[test]
    fn abstentions_count_toward_the_quorum_and_not_against() {
        assert!(rule(5, Base::Sides, None).passes(poll(2, 1, 2)));
        assert!(!rule(5, Base::Cast, None).passes(poll(2, 1, 2)));
        assert!(!rule(6, Base::Sides, None).passes(poll(2, 1, 2)));
    }

    #[test]
    fn a_tie_fails_and_so_does_silence() {
        assert!(!rule(0, Base::Sides, None).passes(poll(3, 3, 0)));
        assert!(!rule(0, Base::Sides, None).passes(poll(0, 0, 0)));
    }

    #[test]
    fn it_is_settled_when_the_rest_cannot_turn_it() {
        let settled = |yes, no| rule(0, Base::Eligible, Some(10)).prospects(poll(yes, no, 0)).settled;
        assert!(settled(6, 0), "six of ten have passed it whatever the others say");
        assert!(settled(0, 5), "five against of ten leave no majority");
        assert!(!settled(5, 4));
        assert!(settled(5, 5));
        let silent = rule(0, Base::Sides, Some(10)).prospects(poll(5, 0, 0));
        assert!(silent.can_still_fail, "five more may say no");
        assert_eq!(silent.what_would_turn_it, Turn { side: "no", more: Some(5), switches: Some(3) });
    }

    #[test]
    fn a_quorum_keeps_it_open() {
        let prospects = rule(4, Base::Sides, Some(10)).prospects(poll(2, 0, 0));
        assert_eq!(prospects.votes_needed, Some(2));
        assert!(prospects.can_still_pass && prospects.can_still_fail && !prospects.settled);
        let hopeless = rule(11, Base::Sides, Some(10)).prospects(poll(2, 0, 0));
        assert_eq!((hopeless.votes_needed, hopeless.settled), (None, true));
    }

    #[test]
    fn one_no_ends_unanimity() {
        let unanimous = Threshold { share: Fraction::new(1, 1).unwrap(), is_strict: false };
        let rule = Rule { threshold: unanimous, ..rule(0, Base::Sides, None) };
        let prospects = rule.prospects(poll(9, 1, 0));
        assert_eq!((prospects.can_still_pass, prospects.settled, prospects.votes_needed), (false, true, None));
        assert_eq!(prospects.what_would_turn_it.switches, Some(1));
    }
}
