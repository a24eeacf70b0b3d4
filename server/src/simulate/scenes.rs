//! Scenes: the many small histories on which a policy is searched for surprises.
//!
//! Few, telling ones first (nobody, everybody, a tie, the last moment), then random ones from a seed.

use std::sync::Arc;

use types::BallotValue;
use types::simulation::{Event, Happening, Outcome};

use super::draws::Draws;
use super::flip::{answers, asked};
use super::happen::said;
use super::lab::Series;
use super::scenario::Scenario;

/// Random scenes of one search.
const N_RANDOM: u64 = 30;

/// Voters that random scenes are about: with more, scenes get long and say no more.
const MOST_VOTERS: usize = 24;

/// What the scenes of one scenario have in common.
pub struct Stage<'a> {
    /// The scenario that they are made from.
    pub scenario: &'a Scenario,
    /// What comes of it as it stands.
    pub first: &'a Outcome,
    /// Who can vote, by handle; the one who attempts it is left out of nothing.
    pub voters: Vec<String>,
    /// For and against.
    pub answers: (BallotValue, BallotValue),
    /// When the vote closes, in seconds from the attempt.
    pub closes: Option<u64>,
}

impl<'a> Stage<'a> {
    /// Looks at what comes of `scenario` when nothing happens.
    #[must_use]
    pub fn new(scenario: &'a Scenario, first: &'a Outcome) -> Self {
        let mut voters = asked(scenario, first);
        voters.truncate(MOST_VOTERS);
        let closes = first.ask.as_ref().and_then(|ask| ask.closes).map(|at| at.since(scenario.attempt.at).as_secs());
        let closes = closes.or(first.next_seconds).filter(|at| *at > 0);
        Self { scenario, first, voters, answers: answers(first), closes }
    }

    /// Whether anybody is asked.
    #[must_use]
    pub fn has_vote(&self) -> bool {
        self.first.ask.is_some() || self.first.reads.iter().any(|read| read == "ballots")
    }

    /// The scenario with other events.
    #[must_use]
    pub fn with(&self, events: Vec<Event>) -> Scenario {
        Scenario {
            bench: Arc::clone(&self.scenario.bench),
            world: Arc::clone(&self.scenario.world),
            attempt: self.scenario.attempt.clone(),
            events,
            until_seconds: self.scenario.until_seconds,
            seed: self.scenario.seed,
        }
    }

    /// One vote.
    #[must_use]
    pub fn vote(&self, at_seconds: u64, handle: &str, is_yes: bool) -> Event {
        let value = if is_yes { self.answers.0.clone() } else { self.answers.1.clone() };
        Event { at_seconds, what: Happening::Ballot { member: handle.to_owned(), value, reason: None } }
    }

    /// So many yes and then so many no votes at one moment.
    #[must_use]
    pub fn votes(&self, at_seconds: u64, n_yes: usize, n_no: usize) -> Vec<Event> {
        let voters = self.voters.iter().take(n_yes.saturating_add(n_no)).enumerate();
        voters.map(|(at, handle)| self.vote(at_seconds, handle, at < n_yes)).collect()
    }

    /// The telling scenes, then the random ones.
    #[must_use]
    pub fn all(&self) -> Vec<Vec<Event>> {
        let n = self.voters.len();
        let mut scenes = vec![Vec::new()];
        for n_yes in [0, 1, 2, 3, n / 3, n / 2, n / 2 + 1, n.saturating_sub(1), n] {
            for n_no in [0, 1, n / 3, n / 2, n.saturating_sub(n_yes)] {
                if n_yes + n_no > 0 && n_yes + n_no <= n {
                    scenes.push(self.votes(60, n_yes, n_no));
                }
            }
        }
        if let Some(closes) = self.closes {
            for at in [closes.saturating_sub(1), closes, closes.saturating_add(1)] {
                scenes.push(self.votes(at, n, 0));
                scenes.push(self.votes(at, 0, n));
                scenes.push(self.votes(at, n / 2, n.saturating_sub(n / 2)));
            }
        }
        scenes.extend((0..N_RANDOM).map(|at| self.random(at)));
        scenes.dedup();
        scenes
    }

    /// A random scene: some vote, some change their mind, some take it back, some leave.
    fn random(&self, at: u64) -> Vec<Event> {
        let mut draws = Draws::new(self.scenario.seed.wrapping_add(at.wrapping_mul(7_919)));
        let longest = self.closes.unwrap_or(3 * 24 * 3_600).saturating_add(3_600);
        let (turnout, approval) = (draws.share(), draws.share());
        let mut events = Vec::new();
        for handle in &self.voters {
            if !draws.happens(turnout) {
                continue;
            }
            let at_seconds = draws.below(longest);
            events.push(self.vote(at_seconds, handle, draws.happens(approval)));
            let later = at_seconds.saturating_add(1).saturating_add(draws.below(longest));
            match draws.below(12) {
                0 => events.push(self.vote(later, handle, draws.happens(0.5))),
                1 => events.push(Event { at_seconds: later, what: Happening::Withdraw { member: handle.clone() } }),
                2 => events.push(Event { at_seconds: later, what: Happening::Leave { member: handle.clone() } }),
                _ => {}
            }
        }
        // Nobody acts after having left.
        let mut gone = Vec::new();
        events.sort_by_key(|event| event.at_seconds);
        events.retain(|event| match &event.what {
            Happening::Leave { member } => {
                let is_first = !gone.contains(member);
                gone.push(member.clone());
                is_first
            }
            Happening::Ballot { member, .. } | Happening::Withdraw { member } => !gone.contains(member),
            _ => true,
        });
        events
    }

    /// All scenes as scenarios.
    #[must_use]
    pub fn series(&self, scenes: &[Vec<Event>]) -> Series {
        let mut series = Series::default();
        for events in scenes {
            series.add(&self.with(events.clone()));
        }
        series
    }

    /// A scene in words.
    #[must_use]
    pub fn sentence(&self, events: &[Event]) -> String {
        if events.is_empty() {
            return "nobody votes".to_owned();
        }
        let mut parts: Vec<String> = Vec::new();
        let mut counts: Vec<(String, usize)> = Vec::new();
        for event in events {
            match &event.what {
                Happening::Ballot { value, .. } => {
                    let word = said(value);
                    match counts.iter_mut().find(|(known, _)| *known == word) {
                        Some((_, count)) => *count += 1,
                        None => counts.push((word, 1)),
                    }
                }
                Happening::Withdraw { member } => parts.push(format!("{member} takes the vote back")),
                Happening::Leave { member } => parts.push(format!("{member} leaves")),
                _ => {}
            }
        }
        let votes = counts
            .into_iter()
            .map(|(word, count)| if count == 1 { format!("1 votes {word}") } else { format!("{count} vote {word}") });
        let mut sentence: Vec<String> = votes.collect();
        sentence.append(&mut parts);
        sentence.join(", ")
    }
}

/// Leaves out events, many at once and then one by one, as long as the rest shows the same.
///
/// Ask for a [`candidate`](Self::candidate), try it, and [tell](Self::tell) what came of it; in the end no event is left that could
/// be left out.
#[derive(Clone, Debug)]
pub struct Shrink {
    events: Vec<Event>,
    size: usize,
    at: usize,
    shrunk: bool,
}

impl Shrink {
    /// Begins with a scene that shows it.
    #[must_use]
    pub fn new(events: Vec<Event>) -> Self {
        let size = events.len().div_ceil(2);
        Self { events, size, at: 0, shrunk: false }
    }

    /// The next smaller scene to try; none in the end.
    pub fn candidate(&mut self) -> Option<Vec<Event>> {
        while self.at >= self.events.len() {
            if self.events.is_empty() || self.size == 0 || (self.size == 1 && !self.shrunk) {
                return None;
            }
            self.size = if self.size == 1 { 1 } else { self.size / 2 };
            (self.at, self.shrunk) = (0, false);
        }
        let left_out = self.at..self.at.saturating_add(self.size);
        let rest = self.events.iter().enumerate().filter(|(place, _)| !left_out.contains(place));
        Some(rest.map(|(_, event)| event.clone()).collect())
    }

    /// Says whether the candidate still shows it.
    pub fn tell(&mut self, candidate: Vec<Event>, is_still: bool) {
        if is_still {
            (self.events, self.shrunk) = (candidate, true);
        } else {
            self.at = self.at.saturating_add(self.size);
        }
    }

    /// The smallest scene so far.
    #[must_use]
    pub fn smallest(self) -> Vec<Event> {
        self.events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shrunk_has_nothing_to_leave_out() {
        let tick = |at_seconds| Event { at_seconds, what: Happening::Tick };
        let needs = |events: &[Event]| [3, 20, 21].iter().all(|at| events.iter().any(|event| event.at_seconds == *at));
        let mut shrink = Shrink::new((0..37).map(tick).collect());
        let mut n_tried = 0;
        while let Some(candidate) = shrink.candidate() {
            let is_still = needs(&candidate);
            shrink.tell(candidate, is_still);
            n_tried += 1;
        }
        let times: Vec<u64> = shrink.smallest().iter().map(|event| event.at_seconds).collect();
        assert_eq!(times, [3, 20, 21]);
        assert!(n_tried < 100, "{n_tried}");
        assert!(Shrink::new(Vec::new()).candidate().is_none());
    }
}
