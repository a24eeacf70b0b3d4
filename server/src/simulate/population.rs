//! Populations: how a policy comes out over many invented votes, and how much each role decides.

use std::sync::Arc;

use types::simulation::{Event, Happening, Influence, Outcome, Parameters, Population};
use types::{BallotValue, Verdict};

use super::SimulateError;
use super::draws::Draws;
use super::flip::{answers, asked};
use super::history::History;
use super::lab::{Lab, Played, Series};
use super::scenario::Scenario;
use super::work::Detail;

/// Votes that are played when nobody says: they give ±5 points.
pub const DEFAULT_N: u32 = 385;

/// Most votes that are played: they give ±2 points.
pub const MAX_N: u32 = 2_401;

/// Votes that are played for each of the two cases of a role's influence.
const N_INFLUENCE: u32 = 64;

/// Most roles whose influence is told.
const MOST_ROLES: usize = 8;

/// Fewest decisions that parameters are fitted from.
const FEWEST_DECISIONS: usize = 5;

/// What is assumed where nothing is known: half of those asked vote, two of three in favour, typically after six hours.
pub const DEFAULTS: Parameters = Parameters { turnout: 0.5, approval: 2.0 / 3.0, vote_after_seconds: 6 * 3_600 };

/// Half a 95 % interval of a normal distribution, in standard deviations.
const Z: f64 = 1.96;

/// Plays many votes on `scenario`.
///
/// # Errors
/// [`SimulateError`].
pub async fn population(
    lab: Lab<'_>,
    scenario: &Scenario,
    n: Option<u32>,
    (parameters, source): (Parameters, String),
) -> Result<Population, SimulateError> {
    let first = lab.play(scenario, Detail::Verdict).await?;
    let n = n.unwrap_or(DEFAULT_N).clamp(1, MAX_N);
    let voters = asked(scenario, &first);
    let shape = Shape { scenario, parameters, voters: &voters, answers: answers(&first) };
    let played = lab.play_all(&shape.series(n, None), Detail::Verdict, |_| {}).await?;
    let tally = Tally::of(&played)?;
    let influence = influence(lab, &shape).await?;
    let (low, high) = wilson(tally.passed, n);
    Ok(Population {
        n,
        parameters,
        source,
        passed: tally.passed,
        failed: tally.failed,
        open: tally.open,
        errors: tally.errors,
        pass_share: share(tally.passed, n),
        low,
        high,
        seconds_to_decision: tally.times(),
        influence,
        seed: scenario.seed,
    })
}

/// What people did in the past: turnout, approval, and when they voted. Defaults where too little is known.
#[must_use]
pub fn fitted(history: &History, scenario: &Scenario) -> (Parameters, String) {
    let (mut n_asked, mut n_voted, mut n_yes, mut n_no) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut delays = Vec::new();
    let mut n_decisions = 0_usize;
    for past in &history.actions {
        for proposal in past.proposals.iter().filter(|proposal| proposal.ask.is_some()) {
            let ballots = || past.ballots.iter().filter(|(id, _)| *id == proposal.id).map(|(_, ballot)| ballot);
            let eligible = proposal.ask.as_ref().and_then(|ask| ask.eligible.as_ref()).map(Vec::len);
            let size = eligible.unwrap_or_else(|| scenario.world.voters(None).count());
            if size == 0 {
                continue;
            }
            n_decisions += 1;
            n_asked += size;
            n_voted += ballots().count().min(size);
            n_yes += ballots().filter(|ballot| is_yes(&ballot.value)).count();
            n_no += ballots().filter(|ballot| ballot.value == BallotValue::No).count();
            delays.extend(
                ballots()
                    .filter(|ballot| ballot.member.is_some())
                    .map(|b| b.cast_at.since(proposal.opened_at).as_secs()),
            );
        }
    }
    if n_decisions < FEWEST_DECISIONS || n_yes + n_no == 0 {
        let source =
            format!("defaults: only {n_decisions} votes are recorded, and it takes {FEWEST_DECISIONS} to fit them");
        return (DEFAULTS, source);
    }
    delays.sort_unstable();
    let vote_after_seconds = delays.get(delays.len() / 2).copied().unwrap_or(DEFAULTS.vote_after_seconds);
    let parameters = Parameters {
        turnout: ratio(n_voted, n_asked).clamp(0.0, 1.0),
        approval: ratio(n_yes, n_yes + n_no),
        vote_after_seconds,
    };
    (parameters, format!("fitted from {n_decisions} votes of this community"))
}

fn is_yes(value: &BallotValue) -> bool {
    *value == BallotValue::Yes || matches!(value, BallotValue::Choice(word) if word == "agree")
}

/// What all the votes of a population have in common.
struct Shape<'a> {
    scenario: &'a Scenario,
    parameters: Parameters,
    voters: &'a [String],
    answers: (BallotValue, BallotValue),
}

impl Shape<'_> {
    /// So many votes; with a role, its holders all vote the same, as the first thing.
    fn series(&self, n: u32, bloc: Option<(&[String], bool)>) -> Series {
        let mut series = Series::default();
        for at in 0..n {
            let seed = self.scenario.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(at)) & ((1 << 53) - 1);
            let mut events = self.scenario.events.clone();
            events.extend(self.votes(&mut Draws::new(seed), bloc));
            series.add(&Scenario {
                bench: Arc::clone(&self.scenario.bench),
                world: Arc::clone(&self.scenario.world),
                attempt: self.scenario.attempt.clone(),
                events,
                until_seconds: self.scenario.until_seconds,
                // The same draws of juries in each: only the votes differ.
                seed: self.scenario.seed,
            });
        }
        series
    }

    fn votes(&self, draws: &mut Draws, bloc: Option<(&[String], bool)>) -> Vec<Event> {
        let (yes, no) = &self.answers;
        let mut events = Vec::new();
        for handle in self.voters {
            let in_bloc = bloc.filter(|(members, _)| members.contains(handle)).map(|(_, says_yes)| says_yes);
            let (turns_up, says_yes) =
                (draws.happens(self.parameters.turnout), draws.happens(self.parameters.approval));
            let delay = self.delay(draws);
            let (at_seconds, says_yes) = match in_bloc {
                Some(says_yes) => (1, says_yes),
                None if turns_up => (delay, says_yes),
                None => continue,
            };
            let value = if says_yes { yes.clone() } else { no.clone() };
            events.push(Event { at_seconds, what: Happening::Ballot { member: handle.clone(), value, reason: None } });
        }
        events
    }

    /// When somebody votes: as waiting times are, with the typical one in the middle.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range first")]
    fn delay(&self, draws: &mut Draws) -> u64 {
        let typical = u32::try_from(self.parameters.vote_after_seconds.max(1)).unwrap_or(u32::MAX);
        let waited = -(1.0 - draws.share()).ln() / std::f64::consts::LN_2 * f64::from(typical);
        let longest = u32::try_from(self.scenario.until_seconds).unwrap_or(u32::MAX);
        waited.clamp(1.0, f64::from(longest).max(1.0)) as u64
    }
}

/// How the votes of each role decide.
async fn influence(lab: Lab<'_>, shape: &Shape<'_>) -> Result<Vec<Influence>, SimulateError> {
    let mut found = Vec::new();
    let roles = shape.scenario.world.roles.iter().filter(|role| !role.is_base).take(MOST_ROLES);
    for role in roles {
        let members: Vec<String> =
            shape.scenario.world.voters(Some(&role.name)).map(|member| member.handle.clone()).collect();
        if members.is_empty() {
            continue;
        }
        let mut shares = [0.0; 2];
        for (share_of, says_yes) in shares.iter_mut().zip([true, false]) {
            let series = shape.series(N_INFLUENCE, Some((&members, says_yes)));
            let tally = Tally::of(&lab.play_all(&series, Detail::Verdict, |_| {}).await?)?;
            *share_of = share(tally.passed, N_INFLUENCE);
        }
        let [if_all_yes, if_all_no] = shares;
        let n_members = u32::try_from(members.len()).unwrap_or(u32::MAX);
        let swing = (if_all_yes - if_all_no).max(0.0);
        found.push(Influence { role: role.name.clone(), n_members, if_all_yes, if_all_no, swing });
    }
    Ok(found)
}

/// How many came out how.
#[derive(Default)]
struct Tally {
    passed: u32,
    failed: u32,
    open: u32,
    errors: u32,
    seconds: Vec<u64>,
}

impl Tally {
    fn of(played: &[Played]) -> Result<Self, SimulateError> {
        let mut tally = Self::default();
        for one in played {
            let outcome: &Outcome = one.as_ref().map_err(Clone::clone)?;
            match (outcome.error.is_some(), outcome.verdict) {
                (true, _) => tally.errors += 1,
                (false, Verdict::Passed) => tally.passed += 1,
                (false, Verdict::Failed) => tally.failed += 1,
                (false, Verdict::Proposed) => tally.open += 1,
            }
            tally.seconds.extend(outcome.decided_at_seconds);
        }
        tally.seconds.sort_unstable();
        Ok(tally)
    }

    fn times(&self) -> Option<[u64; 3]> {
        let at = |tenths: usize| self.seconds.get(self.seconds.len().saturating_sub(1) * tenths / 10).copied();
        Some([at(1)?, at(5)?, at(9)?])
    }
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

fn ratio(part: usize, whole: usize) -> f64 {
    share(u32::try_from(part).unwrap_or(u32::MAX), u32::try_from(whole).unwrap_or(u32::MAX))
}

/// The 95 % interval of a share.
///
/// # Source
/// Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
fn wilson(part: u32, whole: u32) -> (f64, f64) {
    if whole == 0 {
        return (0.0, 1.0);
    }
    let (n, p) = (f64::from(whole), share(part, whole));
    let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
        let (low, high) = wilson(81, 263);
        assert!((low - 0.2553).abs() < 1e-4 && (high - 0.3662).abs() < 1e-4, "{low} {high}");
        let (low, high) = wilson(0, 20);
        assert!(low.abs() < 1e-12 && (high - 0.1611).abs() < 1e-4, "{low} {high}");
    }
}
