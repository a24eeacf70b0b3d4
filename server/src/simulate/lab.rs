//! Where simulations are ordered: makes batches, hands them to the workers, and puts the answers together again.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use types::decision::ErrorCode;
use types::simulation::{Broken, Finding, Outcome};
use types::{CommunityId, PolicyError, Verdict};

use super::SimulateError;
use super::scenario::{Bench, Scenario, World};
use super::work::{Batch, Detail, Done, Spec, Work};
use crate::workers::PolicyRunner;

/// Scenarios of one batch: enough that the pipe costs little, few enough that a decision never waits long behind one.
const PER_BATCH: usize = 64;

/// How long a worker plays before it answers with what is done. Decisions of other communities wait no longer for it.
///
/// # Units
/// Milliseconds.
const BUDGET_MS: u64 = 60;

/// Batches in flight at once: as many as workers may simulate, and one more that waits so that none is idle.
const IN_FLIGHT: usize = 3;

/// After so many workers had to be ended, the rest of the scenarios is given up: the policy does it each time.
const MOST_DEATHS: usize = 3;

/// Orders simulations for one community.
#[derive(Clone, Copy)]
pub struct Lab<'r> {
    /// The workers.
    pub runner: &'r dyn PolicyRunner,
    /// Whose.
    pub community: CommunityId,
}

/// Many scenarios that share policies and communities.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// The policies, by place.
    pub benches: Vec<Arc<Bench>>,
    /// The communities, by place.
    pub worlds: Vec<Arc<World>>,
    /// The scenarios.
    pub plays: Vec<Spec>,
}

/// What came of one scenario.
pub type Played = Result<Outcome, SimulateError>;

impl Lab<'_> {
    /// Looks through a source.
    ///
    /// # Errors
    /// [`SimulateError::Unavailable`].
    pub async fn lint(&self, source: &str) -> Result<Vec<Finding>, SimulateError> {
        let version = crate::pipeline::constitution::source_hash(source);
        match self.runner.work(self.community, &version, &Work::Lint(source.to_owned())).await {
            Ok(Done::Linted(findings)) => Ok(findings),
            Ok(Done::Played(_)) => Err(SimulateError::Unavailable("a worker answered another question".to_owned())),
            Err(error) => Err(SimulateError::Unavailable(error.message)),
        }
    }

    /// Plays one scenario.
    ///
    /// # Errors
    /// [`SimulateError`].
    pub async fn play(&self, scenario: &Scenario, detail: Detail) -> Played {
        let mut series = Series::default();
        series.add(scenario);
        let mut played = self.play_all(&series, detail, |_| {}).await?;
        played.pop().unwrap_or_else(|| Err(SimulateError::Unavailable("a worker played nothing".to_owned())))
    }

    /// Plays many scenarios, in parallel; the answers stand in the order of the scenarios. `progress` is told how many are done.
    ///
    /// # Errors
    /// [`SimulateError::Unavailable`] where the workers are away.
    pub async fn play_all(
        &self,
        series: &Series,
        detail: Detail,
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<Played>, SimulateError> {
        let n_batches = series.plays.len().div_ceil(PER_BATCH);
        let batches = (0..n_batches).map(|at| {
            let from = at.saturating_mul(PER_BATCH);
            let plays: Vec<Spec> = series.plays.iter().skip(from).take(PER_BATCH).cloned().collect();
            async move { (from, self.play_batch(series, plays, detail).await) }
        });
        let mut answers: Vec<Option<Played>> = std::iter::repeat_with(|| None).take(series.plays.len()).collect();
        let mut done = 0_usize;
        let mut running = stream::iter(batches).buffer_unordered(IN_FLIGHT);
        while let Some((from, played)) = running.next().await {
            let played = played?;
            done = done.saturating_add(played.len());
            for (slot, one) in answers.iter_mut().skip(from).zip(played) {
                *slot = Some(one);
            }
            progress(done);
        }
        let nothing = || Err(SimulateError::Unavailable("a scenario was not played".to_owned()));
        Ok(answers.into_iter().map(|answer| answer.unwrap_or_else(nothing)).collect())
    }

    /// Plays a batch to its end, however often a worker answers with a part of it or is ended by one of its scenarios.
    async fn play_batch(
        &self,
        series: &Series,
        plays: Vec<Spec>,
        detail: Detail,
    ) -> Result<Vec<Played>, SimulateError> {
        let mut answers: Vec<Played> = Vec::with_capacity(plays.len());
        let mut n_deaths = 0;
        // How many scenarios are sent at once: fewer after a worker was ended, to find out which it was.
        let mut at_once = plays.len();
        while answers.len() < plays.len() {
            let rest: Vec<Spec> = plays.iter().skip(answers.len()).take(at_once.max(1)).cloned().collect();
            let n_sent = rest.len();
            let (batch, version) = self.batch(series, rest, detail);
            match self.runner.work(self.community, &version, &Work::Play(batch)).await {
                Ok(Done::Played(played)) if !played.is_empty() => answers.extend(played.into_iter().take(n_sent)),
                Ok(_) => return Err(SimulateError::Unavailable("a worker answered another question".to_owned())),
                Err(error) if !error.code.blames_policy() => return Err(SimulateError::Unavailable(error.message)),
                Err(error) if n_sent > 1 => {
                    at_once = n_sent / 2;
                    if error.code == ErrorCode::Quarantined || error.code == ErrorCode::TooMuch {
                        fill(&mut answers, plays.len(), &error);
                    }
                }
                Err(error) => {
                    n_deaths += 1;
                    answers.push(Ok(broke(&error)));
                    if n_deaths >= MOST_DEATHS || error.code == ErrorCode::Quarantined {
                        fill(&mut answers, plays.len(), &error);
                    }
                }
            }
        }
        Ok(answers)
    }

    /// A batch with only what its scenarios need, and the policy to blame for it.
    fn batch(&self, series: &Series, mut plays: Vec<Spec>, detail: Detail) -> (Batch, String) {
        let (mut benches, mut worlds) = (Vec::new(), Vec::new());
        let (mut known_benches, mut known_worlds) = (Vec::new(), Vec::new());
        for spec in &mut plays {
            spec.bench =
                place(&mut known_benches, spec.bench, || benches.extend(series.benches.get(spec.bench).cloned()));
            spec.world = place(&mut known_worlds, spec.world, || worlds.extend(series.worlds.get(spec.world).cloned()));
        }
        // Where the rules in force are played beside a draft, the draft comes last, and is the one to blame.
        let blamed = benches.iter().rev().find_map(|bench: &Arc<Bench>| {
            bench.on_trial.and_then(|at| bench.seats.get(at)).or_else(|| bench.seats.first())
        });
        let version = blamed.map(|seat| seat.policy.hash.clone()).unwrap_or_default();
        (Batch { community: self.community, benches, worlds, plays, detail, budget_ms: BUDGET_MS }, version)
    }
}

/// The place of `wanted` among what is known; it is added where it was not.
fn place(known: &mut Vec<usize>, wanted: usize, add: impl FnOnce()) -> usize {
    if let Some(place) = known.iter().position(|one| *one == wanted) {
        return place;
    }
    add();
    known.push(wanted);
    known.len().saturating_sub(1)
}

/// Gives all scenarios that are left the same answer.
fn fill(answers: &mut Vec<Played>, length: usize, error: &PolicyError) {
    while answers.len() < length {
        answers.push(Ok(broke(error)));
    }
}

/// An outcome, or the end of the whole search where the workers are away. A scenario that cannot be played is one that broke.
///
/// # Errors
/// [`SimulateError::Unavailable`].
pub fn or_broken(played: Played) -> Result<Outcome, SimulateError> {
    match played {
        Ok(outcome) => Ok(outcome),
        Err(SimulateError::Unavailable(why)) => Err(SimulateError::Unavailable(why)),
        Err(problem) => Ok(broke(&PolicyError {
            code: ErrorCode::BadArgument,
            message: problem.to_string(),
            line: 0,
            column: 0,
            function: None,
        })),
    }
}

/// The outcome of a scenario that a worker did not survive.
fn broke(error: &PolicyError) -> Outcome {
    Outcome {
        verdict: Verdict::Proposed,
        reason: error.message.clone(),
        timeline: Vec::new(),
        effects: Vec::new(),
        logs: Vec::new(),
        error: Some(Broken {
            code: error.code.as_str().to_owned(),
            message: error.message.clone(),
            line: error.line,
            column: error.column,
            function: error.function.clone(),
            policy: None,
        }),
        reads: Vec::new(),
        ask: None,
        most_instructions: 0,
        limit_instructions: u64::try_from(engine::Limits::default().instructions).unwrap_or(u64::MAX),
        in_scope: true,
        decided_at_seconds: None,
        next_seconds: None,
        carried_out: false,
        seats: Vec::new(),
        trace: None,
        receipt: None,
    }
}

impl Series {
    /// Adds a scenario with policies and a community of its own, or those of the last one where they are the same.
    pub fn add(&mut self, scenario: &Scenario) {
        let bench = self.bench(&scenario.bench);
        let world = self.world(&scenario.world);
        self.plays.push(Spec {
            bench,
            world,
            attempt: scenario.attempt.clone(),
            events: scenario.events.clone(),
            until_seconds: scenario.until_seconds,
            seed: scenario.seed,
        });
    }

    /// The place of policies.
    pub fn bench(&mut self, bench: &Arc<Bench>) -> usize {
        if let Some(place) = self.benches.iter().position(|one| Arc::ptr_eq(one, bench)) {
            return place;
        }
        self.benches.push(Arc::clone(bench));
        self.benches.len().saturating_sub(1)
    }

    /// The place of a community.
    pub fn world(&mut self, world: &Arc<World>) -> usize {
        if let Some(place) = self.worlds.iter().rposition(|one| Arc::ptr_eq(one, world)) {
            return place;
        }
        self.worlds.push(Arc::clone(world));
        self.worlds.len().saturating_sub(1)
    }
}
