//! Playing one scenario: look, let happen what happens next, look again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use types::evaluation::{ActionInput, Request};
use types::fact::HttpAnswer;
use types::simulation::{Broken, Event, Logged, Moment, Outcome, SeatOutcome};
use types::{
    ActionId, CommunityId, Effect, Evaluation, FactKey, Facts, Json, Layer, PolicyId, ProposalId, ProposalStatus,
    Reads, Timestamp, Verdict,
};

use super::receipt;
use super::scenario::{Bench, MAX_SECONDS, Scenario, World, draws, initiator_of, invented_id};
use super::{SimulateError, happen};
use crate::pipeline::case::{Case, Docket, Entry};
use crate::pipeline::decide::{Deciding, FactHints, FactSource, decide};
use crate::workers::{PolicyRunner, Priority};

/// Most times a scenario is looked at; a policy that reads the raw clock would otherwise be asked every minute for ever.
const MAX_LOOKS: usize = 2_000;

/// Instructions after which a scenario is given up: about a second. A count and not a time, so that a slow machine gives the same
/// answer.
const MAX_INSTRUCTIONS: u64 = 20_000_000;

/// What a look costs besides the instructions of the policy.
const INSTRUCTIONS_PER_LOOK: u64 = 4_000;

/// How a scenario is played.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Whether timeline, effects and logs are wanted, or the verdict alone.
    pub tells: bool,
}

/// Plays `scenario`. The same scenario gives the same bytes.
///
/// # Errors
/// [`SimulateError`], naming the place in the scenario. A policy that breaks is an outcome, not an error.
pub async fn play(
    runner: &dyn PolicyRunner,
    community: CommunityId,
    scenario: &Scenario,
    manner: Manner,
) -> Result<Outcome, SimulateError> {
    let until = scenario.until_seconds.min(MAX_SECONDS);
    let events = happen::in_order(&scenario.events)?;
    let mut play = Play::new(community, scenario, manner)?;
    let who = scenario.attempt.initiator.as_deref().unwrap_or("the system");
    play.look(runner, 0, format!("{who} attempts {}", scenario.attempt.kind)).await?;
    let mut upcoming: std::iter::Peekable<std::slice::Iter<'_, (usize, Event)>> = events.iter().peekable();
    for _ in 0..MAX_LOOKS {
        if !play.is_open() {
            break;
        }
        let next_event = upcoming.peek().map(|(_, event)| event.at_seconds);
        let Some(at) = [next_event, play.wakes_at()].into_iter().flatten().min().filter(|at| *at <= until) else {
            break;
        };
        let mut sentences = Vec::new();
        let mut n_happened = 0;
        while let Some((place, event)) = upcoming.next_if(|(_, event)| event.at_seconds == at) {
            let sentence = play.happen(*place, event)?;
            n_happened += 1;
            if manner.tells {
                sentences.push(sentence);
            }
        }
        let sentence = if n_happened == 0 { "time passes".to_owned() } else { sentences.join("; ") };
        if play.spent >= MAX_INSTRUCTIONS {
            play.give_up();
            break;
        }
        play.look(runner, at, sentence).await?;
    }
    for (place, event) in upcoming {
        play.check_names(*place, &event.what)?;
    }
    Ok(play.outcome())
}

/// A scenario on its way.
pub(super) struct Play {
    pub world: Arc<World>,
    pub starts_at: Timestamp,
    pub case: Case,
    pub seed: u64,
    bench: Arc<Bench>,
    /// Which seat each docket is.
    seats: Vec<usize>,
    hints: FactHints,
    policy_data: BTreeMap<PolicyId, BTreeMap<String, Json>>,
    latest: u64,
    /// Instructions so far.
    spent: u64,
    manner: Manner,
    outcome: Outcome,
}

impl Play {
    fn new(community: CommunityId, scenario: &Scenario, manner: Manner) -> Result<Self, SimulateError> {
        let (attempt, world, seed) = (&scenario.attempt, &scenario.world, scenario.seed);
        let initiator = match &attempt.initiator {
            None => None,
            Some(handle) => Some(world.member(handle).ok_or_else(|| SimulateError::UnknownMember {
                place: "action.initiator".to_owned(),
                handle: handle.clone(),
            })?),
        };
        let mut dockets = Vec::new();
        let mut seats = Vec::new();
        for (at, seat) in scenario.bench.covering(&attempt.kind) {
            let is_asked = !matches!(seat.enforcement, types::Enforcement::Off);
            if !is_asked {
                continue;
            }
            seats.push(at);
            dockets.push(Docket {
                id: ProposalId(invented_id(seed, &proposal_name(dockets.len()))),
                policy: Arc::new(seat.policy.clone()),
                stage: seat.stage,
                enforcement: seat.enforcement,
                on_error: seat.on_error,
                status: ProposalStatus::Waiting,
                reason: String::new(),
                opened_at: attempt.at,
                is_initialized: false,
                is_notified: false,
                wants_execute: false,
                ask: None,
                ballots: Vec::new(),
                seed: known_seed(attempt, seat.policy.id).unwrap_or_else(|| draws(seed, dockets.len())),
                reads: Reads::default(),
                wake: None,
                trial_data: BTreeMap::new(),
            });
        }
        let action = ActionInput {
            id: attempt.id.unwrap_or_else(|| ActionId(invented_id(seed, "action"))),
            layer: attempt.kind.layer(),
            kind: attempt.kind.clone(),
            initiator: initiator.map(|member| initiator_of(member, &world.roles)),
            payload: attempt.payload.clone(),
            origin: attempt.origin.clone(),
            has_happened: attempt.has_happened,
            created_at: attempt.at,
            data: BTreeMap::new(),
        };
        let combining = scenario.bench.combining;
        let case = Case { community, action, combining, bundle: None, dockets };
        let policy_data = scenario.bench.seats.iter().map(|seat| (seat.policy.id, seat.data.clone())).collect();
        Ok(Self {
            world: Arc::clone(world),
            starts_at: attempt.at,
            case,
            seed,
            bench: Arc::clone(&scenario.bench),
            seats,
            hints: FactHints::default(),
            policy_data,
            latest: 0,
            spent: 0,
            manner,
            outcome: Outcome {
                verdict: Verdict::Proposed,
                reason: String::new(),
                timeline: Vec::new(),
                effects: Vec::new(),
                logs: Vec::new(),
                error: None,
                reads: Vec::new(),
                ask: None,
                most_instructions: 0,
                limit_instructions: u64::try_from(engine::Limits::default().instructions).unwrap_or(u64::MAX),
                in_scope: false,
                decided_at_seconds: None,
                next_seconds: None,
                carried_out: false,
                seats: Vec::new(),
                trace: None,
                receipt: None,
            },
        })
    }

    /// Whether anything can still change: a verdict is final, and so is an error without another chance.
    fn is_open(&self) -> bool {
        let is_undecided = self.bench.is_alone || self.case.combined().verdict == Verdict::Proposed;
        let is_single_error = self.outcome.error.is_some() && self.case.dockets.len() <= 1;
        is_undecided && !is_single_error && self.case.dockets.iter().any(|docket| docket.status.is_open())
    }

    fn wakes_at(&self) -> Option<u64> {
        let now = self.starts_at + Duration::from_secs(self.latest);
        let wake = self.case.wake_at(now)?;
        let millis = u64::try_from(wake.millis().saturating_sub(self.starts_at.millis())).unwrap_or(0);
        // A moment within a second is seen at the next whole one, and time never stands still.
        Some(millis.div_ceil(1000).max(self.latest.saturating_add(1)))
    }

    fn give_up(&mut self) {
        self.outcome.error.get_or_insert(Broken {
            code: "time".to_owned(),
            message: "this scenario takes too long to play: a policy that reads the clock is asked every minute; use deadlines"
                .to_owned(),
            line: 0,
            column: 0,
            function: None,
            policy: None,
        });
    }

    /// Asks the policies, and writes down what came of it.
    async fn look(&mut self, runner: &dyn PolicyRunner, at_seconds: u64, event: String) -> Result<(), SimulateError> {
        self.latest = at_seconds;
        self.spent = self.spent.saturating_add(INSTRUCTIONS_PER_LOOK);
        let now = self.starts_at + Duration::from_secs(at_seconds);
        let facts = Invented { world: &self.world, policy_data: &self.policy_data };
        let deciding = Deciding {
            community: self.case.community,
            runner,
            facts: &facts,
            hints: &self.hints,
            priority: Priority::Simulating,
        };
        let entries = decide(&deciding, &mut self.case, now)
            .await
            .map_err(|error| SimulateError::Unavailable(format!("{error:#}")))?;
        let mut logs = Vec::new();
        for entry in entries {
            self.take(at_seconds, &entry, &mut logs);
        }
        self.conclude(at_seconds);
        if self.manner.tells {
            let (verdict, reason) = (self.outcome.verdict, self.outcome.reason.clone());
            self.outcome.timeline.push(Moment { at_seconds, event, verdict, reason, logs });
        }
        Ok(())
    }

    /// Whether docket `at` is the one on trial, or the only one.
    fn is_watched(&self, docket: usize) -> bool {
        let seat = self.seats.get(docket).copied();
        seat == self.bench.on_trial || self.bench.is_alone
    }

    fn policy_name(&self, docket: usize) -> Option<String> {
        let several = self.case.dockets.len() > 1;
        self.case.dockets.get(docket).filter(|_| several).map(|docket| docket.policy.name.clone())
    }

    fn take(&mut self, at_seconds: u64, entry: &Entry, said: &mut Vec<String>) {
        match &entry.evaluation {
            Evaluation::Decided(decision) => {
                self.spent = self.spent.saturating_add(decision.cost.instructions);
                if self.is_watched(entry.docket) {
                    if self.manner.tells {
                        said.extend(decision.logs.iter().map(|line| line.text.clone()));
                        let logs = decision.logs.iter();
                        let line = |line: &types::decision::LogLine| (line.line, line.text.clone());
                        self.outcome.logs.extend(logs.map(line).map(|(line, text)| Logged { at_seconds, line, text }));
                    }
                    self.outcome.reads = decision.reads.names().into_iter().map(str::to_owned).collect();
                    self.outcome.most_instructions = self.outcome.most_instructions.max(decision.cost.instructions);
                }
                for effect in &decision.effects {
                    self.apply(at_seconds, entry.docket, effect);
                }
            }
            Evaluation::Broke(error) => {
                let broken = Broken {
                    code: error.code.as_str().to_owned(),
                    message: error.message.clone(),
                    line: error.line,
                    column: error.column,
                    function: error.function.clone(),
                    policy: self.policy_name(entry.docket),
                };
                if self.is_watched(entry.docket) || self.outcome.error.is_none() {
                    self.outcome.error = Some(broken);
                }
            }
            Evaluation::NeedsFacts(_) => {}
        }
    }

    /// Where everything stands after a look.
    fn conclude(&mut self, at_seconds: u64) {
        if let ([docket], true) = (self.case.dockets.as_slice(), self.bench.is_alone) {
            self.outcome.verdict = verdict_of(docket.status);
            self.outcome.reason = reason_of(docket);
        } else {
            let combined = self.case.combined();
            self.outcome.verdict = combined.verdict;
            let decisive = combined.decisive.iter().filter_map(|at| self.case.dockets.get(*at));
            let reasons: Vec<String> = decisive
                .map(|docket| match reason_of(docket) {
                    reason if reason.is_empty() => format!("“{}” decides", docket.policy.name),
                    reason => format!("“{}”: {reason}", docket.policy.name),
                })
                .collect();
            self.outcome.reason = match (reasons.is_empty(), combined.held) {
                (false, _) => reasons.join("; "),
                (true, Some(held)) => held,
                (true, None) if self.outcome.verdict == Verdict::Passed => engine::combine::FREE.to_owned(),
                (true, None) => String::new(),
            };
        }
        let watched = (0..self.case.dockets.len()).find(|docket| self.is_watched(*docket));
        let watched = watched.and_then(|at| self.case.dockets.get(at));
        self.outcome.ask = watched.and_then(|docket| docket.ask.clone());
        self.outcome.in_scope = watched
            .is_some_and(|docket| !matches!(docket.status, ProposalStatus::OutOfScope | ProposalStatus::Waiting));
        if self.outcome.verdict != Verdict::Proposed {
            self.outcome.decided_at_seconds = Some(at_seconds);
        }
        let is_passed = self.outcome.verdict == Verdict::Passed;
        let nobody = self.case.dockets.iter().all(|docket| docket.status == ProposalStatus::OutOfScope);
        let free = nobody && self.case.action.layer == Layer::Platform && !self.bench.is_alone;
        let wanted = self.case.dockets.iter().any(|docket| !docket.is_trial() && docket.wants_execute);
        self.outcome.carried_out = is_passed && (wanted || free);
    }

    /// Writes an effect down, and lets it happen in the invented world where later evaluations could read it.
    fn apply(&mut self, at_seconds: u64, docket: usize, effect: &Effect) {
        let Some((id, is_trial)) = self.case.dockets.get(docket).map(|docket| (docket.policy.id, docket.is_trial()))
        else {
            return;
        };
        match effect {
            Effect::SetPolicyData { key, value } => {
                let data = self.policy_data.entry(id).or_default();
                match value {
                    Some(value) => data.insert(key.clone(), value.clone()),
                    None => data.remove(key),
                };
            }
            _ if is_trial => {}
            Effect::AddToRole { role, member } => {
                let world = Arc::make_mut(&mut self.world);
                for one in world.members.iter_mut().filter(|one| one.id == *member && !one.roles.contains(role)) {
                    one.roles.push(*role);
                }
            }
            Effect::RemoveFromRole { role, member } => {
                let world = Arc::make_mut(&mut self.world);
                for one in world.members.iter_mut().filter(|one| one.id == *member) {
                    one.roles.retain(|held| held != role);
                }
            }
            Effect::ClearRole { role } => {
                for one in &mut Arc::make_mut(&mut self.world).members {
                    one.roles.retain(|held| held != role);
                }
            }
            _ => {}
        }
        if self.manner.tells {
            let place = self.outcome.effects.len();
            let policy = self.policy_name(docket);
            self.outcome.effects.push(receipt::would_do(at_seconds, place, effect, &self.world, policy));
        }
    }

    fn outcome(mut self) -> Outcome {
        if self.is_open() {
            self.outcome.next_seconds = self.wakes_at();
        }
        if self.case.dockets.len() > 1 {
            let seats = self.case.dockets.iter().enumerate().map(|(at, docket)| SeatOutcome {
                policy: docket.policy.name.clone(),
                is_draft: self.is_watched(at),
                in_scope: !matches!(docket.status, ProposalStatus::OutOfScope | ProposalStatus::Waiting),
                verdict: verdict_of(docket.status),
                reason: docket.reason.clone(),
            });
            self.outcome.seats = seats.collect();
        }
        self.outcome
    }
}

/// Where a policy's draws came from in truth.
fn known_seed(attempt: &super::scenario::Attempted, policy: PolicyId) -> Option<types::evaluation::Seed> {
    attempt.seeds.iter().find(|(known, _)| *known == policy).map(|(_, seed)| *seed)
}

fn proposal_name(at: usize) -> String {
    if at == 0 { "proposal".to_owned() } else { format!("proposal {at}") }
}

fn verdict_of(status: ProposalStatus) -> Verdict {
    match status {
        ProposalStatus::Passed => Verdict::Passed,
        ProposalStatus::Failed => Verdict::Failed,
        _ => Verdict::Proposed,
    }
}

fn reason_of(docket: &Docket) -> String {
    if docket.status == ProposalStatus::OutOfScope {
        return "the policy's filter says that it does not govern this action".to_owned();
    }
    docket.reason.clone()
}

/// Facts of an invented world. What nobody invented is answered as absent, and said so.
struct Invented<'a> {
    world: &'a World,
    policy_data: &'a BTreeMap<PolicyId, BTreeMap<String, Json>>,
}

#[async_trait]
impl FactSource for Invented<'_> {
    async fn load(&self, request: &Request, key: &FactKey, facts: &mut Facts) -> anyhow::Result<()> {
        match key {
            FactKey::Members => {
                facts.members = Some(self.world.members.clone());
                facts.roles = Some(self.world.roles.clone());
            }
            FactKey::Documents => facts.documents = Some(self.world.documents.clone()),
            FactKey::Policies => facts.policies = Some(self.world.policies.clone()),
            FactKey::Policy(name) => {
                facts.modules.insert(name.clone(), None);
            }
            // Nobody has given their voice away in an invented world.
            FactKey::Delegations => facts.delegations = Some(Vec::new()),
            FactKey::PolicyData => {
                facts.policy_data = Some(self.policy_data.get(&request.policy.id).cloned().unwrap_or_default());
            }
            FactKey::Actions(query) => {
                let past = self.world.past(query, request.action.id, request.now);
                facts.actions.push((query.clone(), past));
            }
            FactKey::Http(asked) => {
                let error = Some("a simulation does not reach the web; give the answer in the scenario".to_owned());
                facts.http.push((asked.clone(), HttpAnswer { status: 0, body: String::new(), error }));
            }
            FactKey::Lookup { platform, name, member } => {
                facts.lookups.push((platform.clone(), name.clone(), *member, Json::default()));
            }
        }
        Ok(())
    }
}
