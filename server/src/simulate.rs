//! Plays an invented history on a policy, through the same code that decides for real.
//!
//! A policy cannot tell which it is in: [`decide`] is shared, and only what becomes of the effects differs. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use types::ballot::{Ballot, BallotError};
use types::effect::Power;
use types::evaluation::{ActionInput, Initiator, PolicyInput, Request, Seed};
use types::fact::{DocumentFact, HttpAnswer, PolicyFact};
use types::member::{Member, Role};
use types::{
    ActionId, ActionType, Ask, BallotValue, Combining, CommunityId, Effect, Enforcement, Evaluation, FactKey, Facts,
    Json, MemberId, OnError, PolicyDraft, PolicyId, PolicyVersionId, ProposalId, ProposalStatus, Reads, RoleId,
    Timestamp, Verdict,
};
use uuid::Uuid;

use crate::pipeline::case::{Case, Docket};
use crate::pipeline::constitution::source_hash;
use crate::pipeline::decide::{Deciding, FactHints, FactSource, decide};
use crate::workers::{PolicyRunner, Priority};

/// Most events of one scenario.
pub const MAX_EVENTS: usize = 10_000;

/// Most times a scenario is looked at; a policy that reads the raw clock would otherwise be asked every minute for ever.
const MAX_LOOKS: usize = 2_000;

/// How long a scenario runs when nobody says: longer than any shipped deadline.
const DEFAULT_UNTIL: Duration = Duration::from_secs(30 * 24 * 3600);

/// Longest scenario: a hundred years.
const MAX_SECONDS: u64 = 100 * 365 * 24 * 3600;

/// An invented history.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The policy under test.
    pub policy: PolicyDraft,
    /// Who attempts what.
    pub kind: ActionType,
    /// The payload.
    pub payload: Json,
    /// Who, by handle.
    pub initiator: String,
    /// The world.
    pub world: World,
    /// What happens then.
    pub events: Vec<Event>,
    /// How long it runs, in seconds from the attempt.
    pub until_seconds: Option<u64>,
    /// The source of random draws.
    pub seed: u64,
    /// The moment of the attempt.
    pub starts_at: Timestamp,
}

/// The community that a scenario plays in.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Its members, in ascending order of id.
    pub members: Vec<Member>,
    /// Its roles.
    pub roles: Vec<Role>,
    /// Its documents.
    pub documents: Vec<DocumentFact>,
    /// Its policies.
    pub policies: Vec<PolicyFact>,
}

/// Something that happens after the attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, in seconds from the attempt.
    pub at_seconds: u64,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What can happen in a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// A member votes, or votes again.
    Ballot {
        /// Who, by handle.
        member: String,
        /// What.
        value: BallotValue,
        /// Why.
        #[serde(default)]
        reason: Option<String>,
    },
    /// A member takes the vote back.
    Withdraw {
        /// Who, by handle.
        member: String,
    },
    /// A member is given a role.
    GrantRole {
        /// Who, by handle.
        member: String,
        /// The role, by name.
        role: String,
    },
    /// A member loses a role.
    RevokeRole {
        /// Who, by handle.
        member: String,
        /// The role, by name.
        role: String,
    },
    /// Nothing but time.
    Tick,
}

/// What the scenario came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The verdict at the end.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// What happened when.
    pub timeline: Vec<Moment>,
    /// What would have been done, in order.
    pub effects: Vec<WouldDo>,
    /// What the policy logged.
    pub logs: Vec<Logged>,
    /// Where it broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Broken>,
    /// Which kinds of fact it read.
    pub reads: Vec<&'static str>,
    /// What voters were asked, at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<Ask>,
    /// Instructions used by the costliest evaluation.
    pub most_instructions: u64,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// When, in seconds from the attempt.
    pub at_seconds: u64,
    /// What happened, in a sentence.
    pub event: String,
    /// The verdict after it.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// An effect that would have been performed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WouldDo {
    /// When, in seconds from the attempt.
    pub at_seconds: u64,
    /// Its kind.
    pub kind: &'static str,
    /// Its details.
    pub detail: Json,
}

/// A line that the policy logged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Logged {
    /// When, in seconds from the attempt.
    pub at_seconds: u64,
    /// The line of the author's text.
    pub line: u32,
    /// What.
    pub text: String,
}

/// Where a policy broke.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Broken {
    /// The kind of failure.
    pub code: &'static str,
    /// What was wrong and what to do.
    pub message: String,
    /// The line of the author's text, from 1; 0 where unknown.
    pub line: u32,
    /// The column, from 1; 0 where unknown.
    pub column: u32,
}

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// Nobody of that handle.
    #[error("{place}: there is no member “{handle}” in this scenario")]
    UnknownMember {
        /// Where the handle stands.
        place: String,
        /// The handle.
        handle: String,
    },
    /// No role of that name.
    #[error("{place}: there is no role “{role}” in this scenario")]
    UnknownRole {
        /// Where the name stands.
        place: String,
        /// The name.
        role: String,
    },
    /// A ballot that the vote does not take.
    #[error("{place}: {source}")]
    BadBallot {
        /// Where the ballot stands.
        place: String,
        /// Why.
        #[source]
        source: BallotError,
    },
    /// The policy is not declared for the action.
    #[error("the policy is not declared for {kind}: its action_types are {declared}")]
    NotCovered {
        /// The action's type.
        kind: ActionType,
        /// What the policy is declared for.
        declared: String,
    },
    /// Too many events.
    #[error("{0} events are more than the {MAX_EVENTS} that one scenario may have")]
    TooManyEvents(usize),
    /// The worker or the source of facts is away.
    #[error("the scenario could not be played just now")]
    Unavailable(#[source] anyhow::Error),
}

/// Plays `scenario`. The same scenario gives the same bytes.
///
/// # Errors
/// [`SimulateError`], naming the place in the scenario. A policy that breaks is an outcome, not an error.
pub async fn simulate(
    runner: &dyn PolicyRunner,
    community: CommunityId,
    scenario: Scenario,
) -> Result<Outcome, SimulateError> {
    if !scenario.policy.covers(&scenario.kind) {
        let declared = scenario.policy.action_types.join(", ");
        return Err(SimulateError::NotCovered { kind: scenario.kind, declared });
    }
    if scenario.events.len() > MAX_EVENTS {
        return Err(SimulateError::TooManyEvents(scenario.events.len()));
    }
    let until = scenario.until_seconds.unwrap_or(DEFAULT_UNTIL.as_secs()).min(MAX_SECONDS);
    let mut events = scenario.events.clone();
    events.sort_by_key(|event| event.at_seconds);
    let mut play = Play::new(community, scenario)?;

    play.look(runner, 0, format!("{} attempts {}", play.initiator, play.kind)).await?;
    let mut upcoming = events.iter().enumerate().peekable();
    for _ in 0..MAX_LOOKS {
        if !play.is_open() {
            break;
        }
        let next_event = upcoming.peek().map(|(_, event)| event.at_seconds);
        let Some(at) = [next_event, play.wakes_at()].into_iter().flatten().min().filter(|at| *at <= until) else {
            break;
        };
        let mut sentences = Vec::new();
        while let Some((place, event)) = upcoming.next_if(|(_, event)| event.at_seconds == at) {
            sentences.push(play.happen(place, event)?);
        }
        let sentence = if sentences.is_empty() { "time passes".to_owned() } else { sentences.join("; ") };
        play.look(runner, at, sentence).await?;
    }
    for (place, event) in upcoming {
        play.check_names(place, &event.what)?;
    }
    Ok(play.outcome())
}

/// A scenario on its way.
struct Play {
    world: World,
    kind: ActionType,
    initiator: String,
    starts_at: Timestamp,
    case: Case,
    hints: FactHints,
    policy_data: BTreeMap<String, Json>,
    outcome: Outcome,
}

impl Play {
    fn new(community: CommunityId, scenario: Scenario) -> Result<Self, SimulateError> {
        let Scenario { policy, kind, payload, initiator, world, starts_at, seed, .. } = scenario;
        let Some(member) = world.members.iter().find(|member| member.handle == initiator) else {
            return Err(SimulateError::UnknownMember { place: "action.initiator".to_owned(), handle: initiator });
        };
        let id = |name: &str| invented_id(seed, name);
        let hash = source_hash(&policy.source);
        let input = PolicyInput {
            id: PolicyId(id("policy")),
            version_id: PolicyVersionId(id("version")),
            version: 1,
            name: policy.name.clone(),
            hash,
            source: policy.source.clone(),
            settings: policy.settings.clone(),
            powers: policy.powers.clone(),
            http_hosts: policy.http_hosts.clone(),
        };
        let docket = Docket {
            id: ProposalId(id("proposal")),
            policy: Arc::new(input),
            stage: None,
            enforcement: Enforcement::Enforced,
            on_error: OnError::Hold,
            status: ProposalStatus::Waiting,
            reason: String::new(),
            opened_at: starts_at,
            is_initialized: false,
            is_notified: false,
            wants_execute: false,
            ask: None,
            ballots: Vec::new(),
            seed: Seed(Sha256::digest(format!("simulation {seed}")).into()),
            reads: Reads::default(),
            wake: None,
            trial_data: BTreeMap::new(),
        };
        let action = ActionInput {
            id: ActionId(id("action")),
            layer: kind.layer(),
            kind: kind.clone(),
            initiator: Some(initiator_of(member, &world.roles)),
            payload,
            origin: "web".to_owned(),
            has_happened: false,
            created_at: starts_at,
            data: BTreeMap::new(),
        };
        let case = Case { community, action, combining: Combining::DenyOverrides, bundle: None, dockets: vec![docket] };
        let outcome = Outcome {
            verdict: Verdict::Proposed,
            reason: String::new(),
            timeline: Vec::new(),
            effects: Vec::new(),
            logs: Vec::new(),
            error: None,
            reads: Vec::new(),
            ask: None,
            most_instructions: 0,
        };
        Ok(Self {
            world,
            kind,
            initiator,
            starts_at,
            case,
            hints: FactHints::default(),
            policy_data: BTreeMap::new(),
            outcome,
        })
    }

    /// Whether anything can still change: a verdict is final, and so is an error without another chance.
    fn is_open(&self) -> bool {
        self.case.dockets.iter().any(|docket| docket.status.is_open()) && self.outcome.error.is_none()
    }

    fn wakes_at(&self) -> Option<u64> {
        let latest = self.outcome.timeline.last().map_or(0, |moment| moment.at_seconds);
        let now = self.starts_at + Duration::from_secs(latest);
        let wake = self.case.wake_at(now)?;
        let millis = u64::try_from(wake.millis().saturating_sub(self.starts_at.millis())).unwrap_or(0);
        // A moment within a second is seen at the next whole one, and time never stands still.
        Some(millis.div_ceil(1000).max(latest.saturating_add(1)))
    }

    fn happen(&mut self, place: usize, event: &Event) -> Result<String, SimulateError> {
        self.check_names(place, &event.what)?;
        let at = self.starts_at + Duration::from_secs(event.at_seconds);
        match &event.what {
            Happening::Ballot { member, value, reason } => self.vote(place, member, value, reason.clone(), at),
            Happening::Withdraw { member } => {
                let id = self.member(place, member)?;
                for docket in &mut self.case.dockets {
                    docket.ballots.retain(|ballot| ballot.member != Some(id));
                }
                Ok(format!("{member} takes the vote back"))
            }
            Happening::GrantRole { member, role } => {
                let (id, role_id) = (self.member(place, member)?, self.role(place, role)?);
                for one in self.world.members.iter_mut().filter(|one| one.id == id && !one.roles.contains(&role_id)) {
                    one.roles.push(role_id);
                }
                Ok(format!("{member} becomes {role}"))
            }
            Happening::RevokeRole { member, role } => {
                let (id, role_id) = (self.member(place, member)?, self.role(place, role)?);
                for one in self.world.members.iter_mut().filter(|one| one.id == id) {
                    one.roles.retain(|held| *held != role_id);
                }
                Ok(format!("{member} is no longer {role}"))
            }
            Happening::Tick => Ok("time passes".to_owned()),
        }
    }

    fn vote(
        &mut self,
        place: usize,
        handle: &str,
        value: &BallotValue,
        reason: Option<String>,
        at: Timestamp,
    ) -> Result<String, SimulateError> {
        let id = self.member(place, handle)?;
        let said = said(value);
        let Some(docket) = self.case.dockets.first_mut() else { return Ok(String::new()) };
        let ask = docket.ask.clone().unwrap_or_default();
        ask.admits(value)
            .map_err(|source| SimulateError::BadBallot { place: format!("events[{place}].value"), source })?;
        if ask.eligible.as_ref().is_some_and(|eligible| !eligible.contains(&id)) {
            return Ok(format!("{handle} votes {said}, but was not asked: not counted"));
        }
        if ask.closes.is_some_and(|closes| at > closes) {
            return Ok(format!("{handle} votes {said}, but the vote is closed: not counted"));
        }
        docket.ballots.retain(|ballot| ballot.member != Some(id));
        docket.ballots.push(Ballot { member: Some(id), value: value.clone(), cast_at: at, reason });
        Ok(format!("{handle} votes {said}"))
    }

    fn check_names(&self, place: usize, what: &Happening) -> Result<(), SimulateError> {
        match what {
            Happening::Ballot { member, .. } | Happening::Withdraw { member } => self.member(place, member).map(|_| ()),
            Happening::GrantRole { member, role } | Happening::RevokeRole { member, role } => {
                self.member(place, member)?;
                self.role(place, role).map(|_| ())
            }
            Happening::Tick => Ok(()),
        }
    }

    fn member(&self, place: usize, handle: &str) -> Result<MemberId, SimulateError> {
        self.world.members.iter().find(|member| member.handle == handle).map(|member| member.id).ok_or_else(|| {
            SimulateError::UnknownMember { place: format!("events[{place}].member"), handle: handle.to_owned() }
        })
    }

    fn role(&self, place: usize, name: &str) -> Result<RoleId, SimulateError> {
        self.world
            .roles
            .iter()
            .find(|role| role.name == name)
            .map(|role| role.id)
            .ok_or_else(|| SimulateError::UnknownRole { place: format!("events[{place}].role"), role: name.to_owned() })
    }

    /// Asks the policy, and writes down what came of it.
    async fn look(&mut self, runner: &dyn PolicyRunner, at_seconds: u64, event: String) -> Result<(), SimulateError> {
        let now = self.starts_at + Duration::from_secs(at_seconds);
        let facts = Invented { world: &self.world, policy_data: &self.policy_data };
        let deciding = Deciding {
            community: self.case.community,
            runner,
            facts: &facts,
            hints: &self.hints,
            priority: Priority::Simulating,
        };
        let entries = decide(&deciding, &mut self.case, now).await.map_err(SimulateError::Unavailable)?;
        for entry in entries {
            match entry.evaluation {
                Evaluation::Decided(decision) => {
                    let logs = decision.logs.iter();
                    self.outcome.logs.extend(logs.map(|line| Logged {
                        at_seconds,
                        line: line.line,
                        text: line.text.clone(),
                    }));
                    self.outcome.reads = decision.reads.names();
                    self.outcome.most_instructions = self.outcome.most_instructions.max(decision.cost.instructions);
                    for effect in &decision.effects {
                        self.apply(at_seconds, effect);
                    }
                }
                Evaluation::Broke(error) => {
                    self.outcome.error = Some(Broken {
                        code: error.code.as_str(),
                        message: error.message,
                        line: error.line,
                        column: error.column,
                    });
                }
                Evaluation::NeedsFacts(_) => {}
            }
        }
        let docket = self.case.dockets.first();
        self.outcome.verdict = match docket.map(|docket| docket.status) {
            Some(ProposalStatus::Passed) => Verdict::Passed,
            Some(ProposalStatus::Failed) => Verdict::Failed,
            _ => Verdict::Proposed,
        };
        self.outcome.reason = match docket {
            Some(docket) if docket.status == ProposalStatus::OutOfScope => {
                "the policy's filter says that it does not govern this action".to_owned()
            }
            Some(docket) => docket.reason.clone(),
            None => String::new(),
        };
        self.outcome.ask = docket.and_then(|docket| docket.ask.clone());
        self.outcome.timeline.push(Moment {
            at_seconds,
            event,
            verdict: self.outcome.verdict,
            reason: self.outcome.reason.clone(),
        });
        Ok(())
    }

    /// Writes an effect down, and lets it happen in the invented world where later evaluations could read it.
    fn apply(&mut self, at_seconds: u64, effect: &Effect) {
        match effect {
            Effect::SetPolicyData { key, value: Some(value) } => {
                self.policy_data.insert(key.clone(), value.clone());
            }
            Effect::SetPolicyData { key, value: None } => {
                self.policy_data.remove(key);
            }
            Effect::AddToRole { role, member } => {
                for one in self.world.members.iter_mut().filter(|one| one.id == *member && !one.roles.contains(role)) {
                    one.roles.push(*role);
                }
            }
            Effect::RemoveFromRole { role, member } => {
                for one in self.world.members.iter_mut().filter(|one| one.id == *member) {
                    one.roles.retain(|held| held != role);
                }
            }
            Effect::ClearRole { role } => {
                for one in &mut self.world.members {
                    one.roles.retain(|held| held != role);
                }
            }
            _ => {}
        }
        let detail = serde_json::to_value(effect).ok().and_then(|value| value.get(effect.kind()).cloned());
        self.outcome.effects.push(WouldDo {
            at_seconds,
            kind: effect.kind(),
            detail: Json(detail.unwrap_or_default()),
        });
    }

    fn outcome(self) -> Outcome {
        self.outcome
    }
}

/// Facts of an invented world. What nobody invented is answered as absent, and said so.
struct Invented<'a> {
    world: &'a World,
    policy_data: &'a BTreeMap<String, Json>,
}

#[async_trait]
impl FactSource for Invented<'_> {
    async fn load(&self, _request: &Request, key: &FactKey, facts: &mut Facts) -> anyhow::Result<()> {
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
            FactKey::PolicyData => facts.policy_data = Some(self.policy_data.clone()),
            FactKey::Actions(query) => facts.actions.push((query.clone(), Vec::new())),
            FactKey::Http(request) => {
                let error = Some("a simulation does not reach the web; give the answer in the scenario".to_owned());
                facts.http.push((request.clone(), HttpAnswer { status: 0, body: String::new(), error }));
            }
            FactKey::Lookup { platform, name, member } => {
                facts.lookups.push((platform.clone(), name.clone(), *member, Json::default()));
            }
        }
        Ok(())
    }
}

/// The powers of a policy that names none: everything but HTTP.
#[must_use]
pub fn default_powers() -> BTreeSet<Power> {
    Power::ALL.into_iter().filter(|power| *power != Power::Http).collect()
}

/// A member as the initiator of an action.
#[must_use]
pub fn initiator_of(member: &Member, roles: &[Role]) -> Initiator {
    let names = roles.iter().filter(|role| role.is_base || member.roles.contains(&role.id));
    Initiator {
        id: member.id,
        handle: member.handle.clone(),
        display_name: member.display_name.clone(),
        joined_at: member.joined_at,
        roles: names.map(|role| role.name.clone()).collect(),
    }
}

/// An id for an invented thing: the same seed and name give the same id.
#[must_use]
pub fn invented_id(seed: u64, name: &str) -> Uuid {
    let digest = Sha256::digest(format!("{seed} {name}"));
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    // Version 8: "custom", RFC 9562 §5.8.
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn said(value: &BallotValue) -> String {
    match value {
        BallotValue::Yes => "yes".to_owned(),
        BallotValue::No => "no".to_owned(),
        BallotValue::Abstain => "abstain".to_owned(),
        BallotValue::Choice(option) => format!("“{option}”"),
        BallotValue::Number(number) => number.to_string(),
        BallotValue::List(options) => options.join(" > "),
        BallotValue::Numbers(numbers) => {
            numbers.iter().map(|(option, number)| format!("{option}: {number}")).collect::<Vec<_>>().join(", ")
        }
    }
}
