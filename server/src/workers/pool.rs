//! The pool: as many workers as may be busy at once, a warm spare, and the rules for who is served by which.

use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;
use types::{CommunityId, Evaluation, PolicyError, Request};

use super::blame;
use super::confinement::{self, LayerReport};
use super::counters::{Counters, Counts, add, count};
use super::frame::{self, Call, MAX_CALL_BYTES, Reply};
use super::process::{Death, Nursery, Program, Worker};
use super::queue::{Allowed, FairQueue, PENALTY_SLOT, Tenant, Waiting};
use super::spares::Spares;
use super::strikes::{StrikeRule, Strikes};
use super::{PolicyRunner, Priority};
use crate::config::WorkersConfig;
use crate::simulate::work::{Done, Work};

/// A piece of simulation work holds many evaluations, each with the limit of one; together they may take so many times as
/// long. It stops by itself long before.
const WORK_EVALUATIONS: u32 = 12;

/// How soon a worker must answer for the pool to count as ready: a queue that takes longer is trouble.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// How the pool behaves.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// What is started, with which limits.
    pub program: Program,
    /// Workers that may be busy at once.
    pub n_workers: NonZeroUsize,
    /// When a policy version is set aside.
    pub strikes: StrikeRule,
    /// Most decisions of one community that wait. At a millisecond each a second's worth, and then some.
    pub max_waiting_deciding: usize,
    /// Most simulations of one community that wait: what a few people typing at once cause.
    pub max_waiting_simulating: usize,
    /// Requests after which a worker is replaced, for what little the interpreter leaks.
    pub calls_per_worker: u64,
}

impl PoolOptions {
    /// The options that an operator set, with this very binary as the worker.
    ///
    /// # Errors
    /// Where the system does not tell which binary this is.
    pub fn of(config: &WorkersConfig) -> io::Result<Self> {
        let path: PathBuf = match &config.program {
            Some(path) => path.clone(),
            None => std::env::current_exe()?,
        };
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Ok(Self {
            program: Program { path, heap_limit_bytes: config.heap_limit_bytes(), wall_limit: config.wall_limit() },
            n_workers: config.count.unwrap_or(cores),
            strikes: StrikeRule::default(),
            max_waiting_deciding: 4_096,
            max_waiting_simulating: 64,
            calls_per_worker: 50_000,
        })
    }
}

/// Runs policies in confined processes.
pub struct WorkerPool {
    shared: Arc<Shared>,
    layers: Vec<LayerReport>,
    tasks: tokio::sync::Mutex<JoinSet<()>>,
}

struct Shared {
    options: PoolOptions,
    spares: Spares,
    counters: Arc<Counters>,
    wake: Vec<Notify>,
    state: Mutex<State>,
}

struct State {
    queue: FairQueue<Job>,
    strikes: Strikes,
    slots: Vec<Slot>,
    n_simulating: usize,
    is_closed: bool,
}

#[derive(Clone, Copy)]
struct Slot {
    is_idle: bool,
    pid: Option<u32>,
}

struct Job {
    version: String,
    preferred_slot: usize,
    frame: Vec<u8>,
    answer: oneshot::Sender<Result<Reply, PolicyError>>,
    since: Instant,
    wall_limit: Duration,
}

impl Waiting for Job {
    fn preferred_slot(&self) -> usize {
        self.preferred_slot
    }

    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }
}

#[async_trait]
impl PolicyRunner for WorkerPool {
    async fn evaluate(&self, community: CommunityId, priority: Priority, request: &Request) -> Evaluation {
        let call = Call::Evaluate(Cow::Borrowed(request));
        match self.ask((community, priority), &request.policy.hash, &call).await {
            Ok(Reply::Evaluated(evaluation)) => evaluation,
            Ok(_) => Evaluation::Broke(blame::confused()),
            Err(error) => Evaluation::Broke(error),
        }
    }

    async fn check(&self, community: CommunityId, source: &str) -> Result<(), PolicyError> {
        // A source that brings the parser down may be no policy yet: its own text is its name.
        let version = format!("check {:x?}", Sha256::digest(source.as_bytes()));
        match self.ask((community, Priority::Simulating), &version, &Call::Check(Cow::Borrowed(source))).await {
            Ok(Reply::Checked(checked)) => checked,
            Ok(_) => Err(blame::confused()),
            Err(error) => Err(error),
        }
    }

    async fn is_ready(&self) -> bool {
        matches!(tokio::time::timeout(READY_WITHIN, self.ping()).await, Ok(Some(_)))
    }

    fn numbers(&self) -> Vec<(&'static str, u64)> {
        let mut numbers = self.counts().named();
        numbers.push(("waiting", self.n_waiting() as u64));
        numbers
    }

    async fn close(&self) {
        self.shutdown().await;
    }

    async fn work(&self, community: CommunityId, version: &str, work: &Work) -> Result<Done, PolicyError> {
        let text = serde_json::to_string(work).map_err(|error| blame::too_large(&error))?;
        match self.ask((community, Priority::Simulating), version, &Call::Work(Cow::Owned(text))).await? {
            Reply::Worked(Some(done)) => serde_json::from_str(&done).map_err(|_| blame::confused()),
            _ => Err(blame::confused()),
        }
    }
}

impl WorkerPool {
    /// Starts the workers that an operator set, and waits until they are ready.
    ///
    /// # Errors
    /// Where no worker comes up.
    pub async fn start(config: &WorkersConfig) -> io::Result<Self> {
        Self::start_with(PoolOptions::of(config)?).await
    }

    /// Starts the workers and waits until they are ready.
    ///
    /// # Errors
    /// Where no worker comes up.
    pub async fn start_with(options: PoolOptions) -> io::Result<Self> {
        let counters = Arc::new(Counters::default());
        let nursery = Nursery::open(options.program.clone())?;
        let n_workers = options.n_workers.get();
        let mut layers = Vec::new();
        let mut workers = Vec::with_capacity(n_workers);
        for _ in 0..n_workers {
            let (worker, hello) = nursery.start().await?;
            count(&counters.started);
            layers = hello.layers;
            workers.push(worker);
        }
        tracing::info!(
            workers.count = n_workers,
            "policies run in {n_workers} confined processes: {}",
            confinement::describe(&layers)
        );
        let state = State {
            queue: FairQueue::new(options.max_waiting_deciding, options.max_waiting_simulating),
            strikes: Strikes::new(options.strikes),
            slots: workers.iter().map(|worker| Slot { is_idle: false, pid: worker.pid() }).collect(),
            n_simulating: 0,
            is_closed: false,
        };
        let mut tasks = JoinSet::new();
        let spares = Spares::keep(nursery, Arc::clone(&counters), &mut tasks);
        let wake = (0..n_workers).map(|_| Notify::new()).collect();
        let shared = Arc::new(Shared { options, spares, counters, wake, state: Mutex::new(state) });
        for (slot, worker) in workers.into_iter().enumerate() {
            tasks.spawn(serve(Arc::clone(&shared), slot, worker));
        }
        Ok(Self { shared, layers, tasks: tokio::sync::Mutex::new(tasks) })
    }

    /// What confines the workers, and what does not.
    #[must_use]
    pub fn layers(&self) -> &[LayerReport] {
        &self.layers
    }

    /// What the pool has done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.counters.read()
    }

    /// How many requests wait for a worker.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.shared.state().queue.len()
    }

    /// The process ids of the workers that serve, without the spare.
    #[must_use]
    pub fn pids(&self) -> Vec<u32> {
        self.shared.state().slots.iter().filter_map(|slot| slot.pid).collect()
    }

    /// Whether a worker answers, and how soon: for health checks.
    pub async fn ping(&self) -> Option<Duration> {
        let since = Instant::now();
        let tenant = (CommunityId::NIL, Priority::Deciding);
        matches!(self.ask(tenant, "ping", &Call::Ping).await, Ok(Reply::Pong)).then(|| since.elapsed())
    }

    /// Lets a worker try to break out.
    ///
    /// # Errors
    /// How it was refused, if that was the end of the worker.
    #[cfg(debug_assertions)]
    pub async fn probe(&self, probe: super::probe::Probe) -> Result<Result<(), String>, PolicyError> {
        match self.ask((CommunityId::NIL, Priority::Deciding), "probe", &Call::Probe(probe)).await? {
            Reply::Probed(probed) => Ok(probed),
            _ => Err(blame::confused()),
        }
    }

    /// Refuses new requests, drops those that wait, lets those in flight end, and ends all workers.
    pub async fn shutdown(&self) {
        {
            let mut state = self.shared.state();
            state.is_closed = true;
            state.queue = FairQueue::new(0, 0);
        }
        self.shared.spares.close();
        self.shared.wake.iter().for_each(Notify::notify_one);
        let mut tasks = self.tasks.lock().await;
        while tasks.join_next().await.is_some() {}
    }

    async fn ask(&self, tenant: Tenant, version: &str, call: &Call<'_>) -> Result<Reply, PolicyError> {
        let frame = frame::encode(call, MAX_CALL_BYTES).map_err(|error| blame::too_large(&error))?;
        let (answer, answered) = oneshot::channel();
        let preferred_slot = preferred_slot(version, self.shared.wake.len());
        let wall_limit = match call {
            Call::Work(_) => self.shared.options.program.wall_limit.saturating_mul(WORK_EVALUATIONS),
            _ => self.shared.options.program.wall_limit,
        };
        let version = version.to_owned();
        let job = Job { version, preferred_slot, frame, answer, since: Instant::now(), wall_limit };
        self.shared.submit(tenant, job)?;
        answered.await.unwrap_or_else(|_| Err(blame::closed()))
    }
}

/// Rendezvous hashing: the worker that has most likely seen this version before, however many workers there are.
fn preferred_slot(version: &str, n_slots: usize) -> usize {
    let weight = |slot: &usize| {
        let mut hasher = DefaultHasher::new();
        (version, slot).hash(&mut hasher);
        hasher.finish()
    };
    (0..n_slots).max_by_key(weight).unwrap_or(PENALTY_SLOT)
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn submit(&self, tenant: Tenant, job: Job) -> Result<(), PolicyError> {
        let now = job.since;
        let preferred = job.preferred_slot;
        let mut state = self.state();
        if state.is_closed {
            return Err(blame::closed());
        }
        if let Some(left) = state.strikes.set_aside(tenant, &job.version, now) {
            count(&self.counters.refused_quarantined);
            return Err(blame::set_aside(left));
        }
        let is_penalised = state.strikes.is_penalised(tenant, now);
        if state.queue.push(tenant, job).is_err() {
            count(&self.counters.refused_busy);
            return Err(blame::too_busy());
        }
        let woken = if is_penalised { state.claim(Some(PENALTY_SLOT)) } else { state.claim_any(preferred) };
        self.wake(woken);
        Ok(())
    }

    /// Waits for the next job of a worker. None when the pool is closed.
    async fn next(&self, slot: usize, pid: Option<u32>) -> Option<(Tenant, Job)> {
        let wake = self.wake.get(slot)?;
        loop {
            {
                let mut state = self.state();
                if state.is_closed {
                    return None;
                }
                let found = state.pop(slot);
                // Work that only the worker for penalised communities may do must not wait for somebody else's job.
                let other = if found.is_none() && slot != PENALTY_SLOT && !state.queue.is_empty() {
                    state.claim(Some(PENALTY_SLOT))
                } else {
                    None
                };
                self.wake(other);
                if let Some(own) = state.slots.get_mut(slot) {
                    *own = Slot { is_idle: found.is_none(), pid };
                }
                if found.is_some() {
                    return found;
                }
            }
            wake.notified().await;
        }
    }

    /// Notes that a job is done. A simulation may have waited for this one to end, while a worker was idle.
    fn finish(&self, (_, priority): Tenant) {
        let mut state = self.state();
        if priority == Priority::Simulating {
            state.n_simulating = state.n_simulating.saturating_sub(1);
        }
        let woken = if state.queue.is_empty() { None } else { state.claim_any(PENALTY_SLOT) };
        self.wake(woken);
    }

    fn strike(&self, tenant: Tenant, version: &str) {
        if self.state().strikes.strike(tenant, version, Instant::now()) {
            count(&self.counters.quarantined);
            tracing::warn!(tenant.id = %tenant.0, policy.version = version, "policy version {version} is set aside");
        }
    }

    fn wake(&self, slot: Option<usize>) {
        if let Some(wake) = slot.and_then(|slot| self.wake.get(slot)) {
            wake.notify_one();
        }
    }

    /// Puts a job to a worker, and to a second one if the first may have suffered from what ran on it before.
    async fn run(&self, worker: &mut Option<Worker>, tenant: Tenant, job: &Job) -> Result<Reply, PolicyError> {
        let mut is_retry = false;
        loop {
            let mut asked = match worker.take() {
                Some(worker) => worker,
                None => self.spares.take().await.ok_or_else(blame::closed)?,
            };
            let was_fresh = asked.n_calls == 0;
            let called = asked.call(&job.frame, job.wall_limit).await;
            self.counters.extended.fetch_add(u64::from(called.n_extensions), std::sync::atomic::Ordering::Relaxed);
            let death = match called.outcome {
                Ok(answer) => {
                    count(&self.counters.answered);
                    *worker = Some(asked);
                    return Ok(answer.reply);
                }
                Err(death) => death,
            };
            count(match death {
                Death::Time => &self.counters.ended_time,
                Death::Memory => &self.counters.ended_memory,
                Death::Crash => &self.counters.ended_crash,
                Death::Lost => &self.counters.lost,
            });
            tracing::warn!(
                tenant.id = %tenant.0,
                policy.version = job.version,
                "a worker ended ({death:?}) while it ran policy version {}",
                job.version
            );
            let may_be_innocent = match death {
                Death::Lost => true,
                Death::Memory | Death::Crash => !was_fresh,
                Death::Time => false,
            };
            if may_be_innocent && !is_retry {
                is_retry = true;
                count(&self.counters.retried);
                continue;
            }
            if death != Death::Lost {
                self.strike(tenant, &job.version);
            }
            return Err(blame::of_death(death, &self.options.program));
        }
    }
}

impl State {
    fn pop(&mut self, slot: usize) -> Option<(Tenant, Job)> {
        // One worker is always left for decisions, where there are several.
        let most_simulating = self.slots.len().saturating_sub(1).max(1);
        let now = Instant::now();
        let strikes = &self.strikes;
        let is_penalised = |tenant| strikes.is_penalised(tenant, now);
        let may_simulate = self.n_simulating < most_simulating;
        let found = self.queue.pop(&Allowed { slot, may_simulate, is_penalised: &is_penalised });
        if matches!(found, Some(((_, Priority::Simulating), _))) {
            self.n_simulating += 1;
        }
        found
    }

    /// Marks a worker as no longer idle, for it is about to be woken. None where it was busy.
    fn claim(&mut self, slot: Option<usize>) -> Option<usize> {
        let idle = self.slots.get_mut(slot?).filter(|slot| slot.is_idle)?;
        idle.is_idle = false;
        slot
    }

    /// The same with the preferred worker, or any other: a cold policy is better than a waiting one.
    fn claim_any(&mut self, preferred: usize) -> Option<usize> {
        self.claim(Some(preferred)).or_else(|| {
            let other = self.slots.iter().position(|slot| slot.is_idle);
            self.claim(other)
        })
    }
}

/// One worker's life, and that of its successors.
async fn serve(shared: Arc<Shared>, slot: usize, worker: Worker) {
    let full = u64::try_from(shared.options.program.heap_limit_bytes / 4 * 3).unwrap_or(u64::MAX);
    let mut worker = Some(worker);
    loop {
        if worker.is_none() {
            worker = shared.spares.take().await;
        }
        let Some((tenant, job)) = shared.next(slot, worker.as_ref().and_then(Worker::pid)).await else { break };
        let begun = Instant::now();
        add(&shared.counters.waited_us, begun.duration_since(job.since));
        let outcome = shared.run(&mut worker, tenant, &job).await;
        add(&shared.counters.busy_us, begun.elapsed());
        // Whoever asked may have gone; the work was done all the same.
        let _ = job.answer.send(outcome);
        shared.finish(tenant);
        let is_worn = |w: &Worker| w.n_calls >= shared.options.calls_per_worker || w.heap_bytes > full;
        if worker.as_ref().is_some_and(is_worn) {
            count(&shared.counters.recycled);
            if let Some(mut worn) = worker.take() {
                worn.end().await;
            }
        }
    }
    if let Some(mut worker) = worker {
        worker.end().await;
    }
}
