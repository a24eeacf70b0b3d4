//! Simulation work as workers do it: many scenarios in one call, so that their way through the pipe costs little.
//!
//! Inside a worker the same [`play`](super::play::play) runs over an engine on the same thread. Each evaluation has its own
//! limits there, as each decision has.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use engine::{Engine, Limits};
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use types::simulation::{Event, Finding, Outcome, Trace};
use types::{CommunityId, Evaluation, PolicyError, Request};

use super::SimulateError;
use super::play::{Manner, play};
use super::receipt;
use super::scenario::{Attempted, Bench, Scenario, World};
use crate::workers::{PolicyRunner, Priority};

/// One piece of simulation work.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Look through a source.
    Lint(String),
    /// Play scenarios.
    Play(Batch),
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// Of [`Work::Lint`].
    Linted(Vec<Finding>),
    /// Of [`Work::Play`]: the outcomes of the first scenarios, in order. Those that are missing were not begun.
    Played(Vec<Result<Outcome, SimulateError>>),
}

/// Several scenarios. What they share is there once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// Whose.
    pub community: CommunityId,
    /// The policies that scenarios name by place.
    pub benches: Vec<Arc<Bench>>,
    /// The communities that scenarios name by place.
    pub worlds: Vec<Arc<World>>,
    /// The scenarios.
    pub plays: Vec<Spec>,
    /// What is wanted of them.
    pub detail: Detail,
    /// After how much time to answer with what is done.
    ///
    /// # Units
    /// Milliseconds.
    pub budget_ms: u64,
}

/// One scenario of a batch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Spec {
    /// The policies, by place.
    pub bench: usize,
    /// The community, by place.
    pub world: usize,
    /// What is attempted.
    pub attempt: Attempted,
    /// What happens then.
    pub events: Vec<Event>,
    /// How long it runs, in seconds from the attempt.
    pub until_seconds: u64,
    /// The source of random draws.
    pub seed: u64,
}

/// What is wanted of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The verdict alone.
    Verdict,
    /// Timeline, effects and logs too.
    Full,
    /// Coverage and values of the policy on trial too.
    Traced,
}

thread_local! {
    /// The engine of this thread: boa is bound to its thread, and the futures of [`play`] must be free to move.
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

/// What simulation work needs on its thread.
struct Desk {
    engine: Engine,
    /// Gives the next evaluation its time.
    rearm: Box<dyn FnMut()>,
    /// The hash of the policy that is traced, and what was found.
    tracing: Option<(String, Option<Trace>)>,
}

/// Prepares this thread for [`perform`]. `rearm` is called before each evaluation.
pub fn open_desk(rearm: Box<dyn FnMut()>) {
    DESK.with_borrow_mut(|desk| *desk = Some(Desk { engine: Engine::new(Limits::default()), rearm, tracing: None }));
}

/// Puts this thread's engine away. To be called before a thread that did work ends: what the interpreter keeps for the thread must
/// outlive its contexts.
pub fn close_desk() {
    DESK.with_borrow_mut(|desk| *desk = None);
}

/// Drops what is warm on this thread.
pub fn forget() {
    DESK.with_borrow_mut(|desk| {
        if let Some(desk) = desk {
            desk.engine.forget();
        }
    });
}

/// Does a piece of work on this thread, which must have the stack that the engine asks for.
#[must_use]
pub fn perform(work: &Work) -> Done {
    DESK.with_borrow_mut(|desk| {
        desk.get_or_insert_with(|| Desk {
            engine: Engine::new(Limits::default()),
            rearm: Box::new(|| {}),
            tracing: None,
        });
    });
    match work {
        Work::Lint(source) => Done::Linted(with_desk(|desk| desk.engine.lint(source)).unwrap_or_default()),
        Work::Play(batch) => Done::Played(play_all(batch)),
    }
}

fn with_desk<T>(what: impl FnOnce(&mut Desk) -> T) -> Option<T> {
    DESK.with_borrow_mut(|desk| desk.as_mut().map(what))
}

fn play_all(batch: &Batch) -> Vec<Result<Outcome, SimulateError>> {
    let begun = Instant::now();
    let budget = Duration::from_millis(batch.budget_ms);
    let mut outcomes = Vec::with_capacity(batch.plays.len());
    let mut then: Option<(usize, types::Timestamp, Arc<World>)> = None;
    for spec in &batch.plays {
        if !outcomes.is_empty() && begun.elapsed() >= budget {
            break;
        }
        outcomes.push(play_one(batch, spec, &mut then));
    }
    outcomes
}

/// A community as of the attempt: many attempts in a row find it as it was for the one before.
fn as_of(world: &Arc<World>, spec: &Spec, then: &mut Option<(usize, types::Timestamp, Arc<World>)>) -> Arc<World> {
    let Some(spans) = &world.spans else { return Arc::clone(world) };
    let at = spec.attempt.at;
    if let Some((place, moment, known)) = then
        && *place == spec.world
        && spans.is_same(*moment, at)
    {
        return Arc::clone(known);
    }
    let (members, roles) = spans.at(at);
    let made = Arc::new(World { members, roles, spans: None, ..World::clone(world) });
    *then = Some((spec.world, at, Arc::clone(&made)));
    made
}

fn play_one(
    batch: &Batch,
    spec: &Spec,
    then: &mut Option<(usize, types::Timestamp, Arc<World>)>,
) -> Result<Outcome, SimulateError> {
    let missing = || SimulateError::Unavailable("a scenario names what its batch does not hold".to_owned());
    let bench = batch.benches.get(spec.bench).ok_or_else(missing)?;
    let world = batch.worlds.get(spec.world).ok_or_else(missing)?;
    let scenario = Scenario {
        bench: Arc::clone(bench),
        world: as_of(world, spec, then),
        attempt: spec.attempt.clone(),
        events: spec.events.clone(),
        until_seconds: spec.until_seconds,
        seed: spec.seed,
    };
    let traced = bench.on_trial.and_then(|at| bench.seats.get(at)).filter(|_| batch.detail == Detail::Traced);
    let _ = with_desk(|desk| desk.tracing = traced.map(|seat| (seat.policy.hash.clone(), None)));
    let manner = Manner { tells: batch.detail != Detail::Verdict };
    // Nothing here ever waits: the engine is on this thread, and facts come from the scenario.
    let played = play(&HereRunner, batch.community, &scenario, manner).now_or_never();
    let mut outcome = played.unwrap_or_else(|| Err(SimulateError::Unavailable("a simulation waited".to_owned())))?;
    if batch.detail == Detail::Traced {
        outcome.trace = with_desk(|desk| desk.tracing.take()).flatten().and_then(|(_, trace)| trace);
        outcome.receipt = Some(receipt::of_outcome(&scenario, &outcome));
    }
    Ok(outcome)
}

/// Evaluates on this very thread.
struct HereRunner;

#[async_trait]
impl PolicyRunner for HereRunner {
    async fn evaluate(&self, _: CommunityId, _: Priority, request: &Request) -> Evaluation {
        with_desk(|desk| {
            (desk.rearm)();
            match &mut desk.tracing {
                Some((hash, sum)) if *hash == request.policy.hash => {
                    let traced = desk.engine.trace(request);
                    // Runs that stopped for facts are begun again: only the last one counts.
                    if !matches!(traced.evaluation, Evaluation::NeedsFacts(_)) {
                        add(sum, traced.trace);
                    }
                    traced.evaluation
                }
                _ => desk.engine.evaluate(request),
            }
        })
        .unwrap_or_else(|| {
            Evaluation::Broke(PolicyError {
                code: types::decision::ErrorCode::TooBusy,
                message: "there is no engine on this thread".to_owned(),
                line: 0,
                column: 0,
                function: None,
            })
        })
    }

    async fn check(&self, _: CommunityId, source: &str) -> Result<(), PolicyError> {
        with_desk(|desk| desk.engine.check_syntax(source)).unwrap_or(Ok(()))
    }

    async fn work(&self, _: CommunityId, _: &str, work: &Work) -> Result<Done, PolicyError> {
        Ok(perform(work))
    }
}

/// Adds what one evaluation did to what those before it did.
fn add(sum: &mut Option<Trace>, trace: Trace) {
    let Some(sum) = sum else {
        *sum = Some(trace);
        return;
    };
    sum.agrees &= trace.agrees;
    if !trace.agrees {
        return;
    }
    if sum.coverage.points.len() != trace.coverage.points.len() {
        *sum = trace;
        return;
    }
    for (sum, point) in sum.coverage.points.iter_mut().zip(&trace.coverage.points) {
        sum.hits = sum.hits.saturating_add(point.hits);
    }
    let hit = sum.coverage.points.iter().filter(|point| point.hits > 0).count();
    sum.coverage.hit = u32::try_from(hit).unwrap_or(u32::MAX);
    for probe in trace.probes {
        let place = (probe.line, probe.column, probe.end_line, probe.end_column);
        let is_same =
            |one: &&mut types::simulation::Probe| (one.line, one.column, one.end_line, one.end_column) == place;
        match sum.probes.iter_mut().find(is_same) {
            Some(known) => {
                let hits = known.hits.saturating_add(probe.hits);
                *known = types::simulation::Probe { hits, ..probe };
            }
            None => sum.probes.push(probe),
        }
    }
    sum.probes.sort_by_key(|probe| (probe.line, probe.column, probe.end_line, probe.end_column));
}
