//! Playing a policy: who acts, who votes, and how time goes by.

use std::collections::BTreeMap;

use engine::{Engine, Limits};
use serde_json::{Value, json};
use types::ballot::Ballot;
use types::decision::{ErrorCode, Wake};
use types::evaluation::{ActionInput, Initiator, PolicyInput, ProposalInput, Seed, Step};
use types::fact::HttpAnswer;
use types::member::{Member, Role};
use types::{
    ActionId, ActionType, BallotValue, Decision, Effect, Evaluation, FactKey, Facts, Json, MemberId, PolicyError,
    PolicyId, PolicyVersionId, ProposalId, ProposalStatus, Request, RoleId, Timestamp, Verdict,
};

/// When every scenario begins: 2026-05-01T12:00:00Z.
pub const START: Timestamp = Timestamp(1_777_636_800_000);

pub const HOUR: i64 = 3_600_000;
pub const DAY: i64 = 24 * HOUR;

/// The `n`-th member's id.
pub fn member_id(n: usize) -> MemberId {
    MemberId(id(0x1000_0000 + n as u128))
}

fn id(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

/// A community and a proposal in it.
pub struct Scenario {
    pub request: Request,
    pub facts: Facts,
    pub engine: Engine,
    /// Facts that were asked for, in order.
    pub asked_for: Vec<FactKey>,
    /// Every effect so far.
    pub effects: Vec<Effect>,
    /// What hosts answer to requests that `facts` does not hold.
    pub usual_answer: Option<HttpAnswer>,
}

impl Scenario {
    /// A community of ten; `m0` proposes to rename a channel. `m0` and `m1` are stewards.
    pub fn new(source: &str) -> Self {
        Self::with_members(source, 10)
    }

    pub fn with_members(source: &str, n: usize) -> Self {
        let steward = RoleId(id(0x2001));
        let base = RoleId(id(0x2000));
        let member = |at: usize| Member {
            id: member_id(at),
            handle: format!("m{at}"),
            display_name: format!("Member {at}"),
            joined_at: Timestamp(START.millis() - 100 * DAY),
            roles: if at < 2 { vec![steward] } else { vec![] },
            is_bot: false,
        };
        let role = |id, name: &str, is_base| Role { id, name: name.into(), description: String::new(), is_base };
        let facts = Facts {
            members: Some((0..n).map(member).collect()),
            roles: Some(vec![role(base, "Member", true), role(steward, "Steward", false)]),
            documents: Some(vec![]),
            policies: Some(vec![]),
            policy_data: Some(BTreeMap::new()),
            ..Facts::default()
        };
        let request = Request {
            step: Step::Evaluate,
            policy: PolicyInput {
                id: PolicyId(id(1)),
                version_id: PolicyVersionId(id(2)),
                version: 1,
                name: "The policy".into(),
                hash: format!("{:x}", source.len()),
                source: source.into(),
                settings: Json(json!({})),
                powers: [].into(),
                http_hosts: vec![],
            },
            action: ActionInput {
                id: ActionId(id(3)),
                kind: "board.rename_channel".parse().unwrap(),
                layer: types::Layer::Platform,
                initiator: Some(Initiator {
                    id: member_id(0),
                    handle: "m0".into(),
                    display_name: "Member 0".into(),
                    joined_at: Timestamp(START.millis() - 100 * DAY),
                    roles: vec!["Member".into(), "Steward".into()],
                }),
                payload: Json(json!({ "channel": "general", "name": "commons" })),
                origin: "web".into(),
                has_happened: false,
                created_at: START,
                data: BTreeMap::new(),
            },
            proposal: ProposalInput {
                id: ProposalId(id(4)),
                status: ProposalStatus::Waiting,
                opened_at: START,
                is_initialized: false,
                is_notified: false,
                ask: None,
                ballots: vec![],
            },
            bundle: None,
            facts: Facts::default(),
            now: START,
            seed: Seed([7; 32]),
        };
        Self {
            request,
            facts,
            engine: Engine::new(Limits::default()),
            asked_for: vec![],
            effects: vec![],
            usual_answer: None,
        }
    }

    pub fn settings(mut self, settings: Value) -> Self {
        self.request.policy.settings = Json(settings);
        self
    }

    pub fn action(mut self, kind: &str, payload: Value) -> Self {
        let kind: ActionType = kind.parse().unwrap();
        self.request.action.layer = kind.layer();
        self.request.action.kind = kind;
        self.request.action.payload = Json(payload);
        self
    }

    pub fn by(mut self, n: usize) -> Self {
        self.request.action.initiator = Some(Initiator {
            id: member_id(n),
            handle: format!("m{n}"),
            display_name: format!("Member {n}"),
            joined_at: START,
            roles: if n < 2 { vec!["Member".into(), "Steward".into()] } else { vec!["Member".into()] },
        });
        self
    }

    pub fn at(&mut self, millis: i64) -> &mut Self {
        self.request.now = Timestamp(START.millis() + millis);
        self
    }

    /// Member `n` votes; their last vote stands.
    pub fn vote(&mut self, n: usize, value: impl Into<Value>) -> &mut Self {
        let id = member_id(n);
        let value: BallotValue = serde_json::from_value(value.into()).unwrap();
        self.request.proposal.ballots.retain(|ballot| ballot.member != Some(id));
        let ballot = Ballot { member: Some(id), value, cast_at: self.request.now, reason: None };
        self.request.proposal.ballots.push(ballot);
        self
    }

    /// Evaluates, loading facts on demand as the pipeline does, and keeps what came of it.
    ///
    /// Each evaluation is also run with counters in it, which must not change what comes of it.
    pub fn evaluate(&mut self) -> Result<Decision, PolicyError> {
        for _ in 0..20 {
            let evaluation = self.engine.evaluate(&self.request);
            // Counters nest the source a little deeper, so a larger stack is needed than tests have.
            let request = self.request.clone();
            let trace = move || Engine::new(Limits::default()).trace(&request);
            let thread = std::thread::Builder::new().stack_size(engine::STACK_BYTES).spawn(trace).unwrap();
            let traced = thread.join().unwrap();
            let is_told = matches!(evaluation, Evaluation::Decided(_) | Evaluation::NeedsFacts(_));
            assert!(traced.trace.agrees || !is_told, "counters change {}: {traced:?}", self.request.policy.source);
            match evaluation {
                Evaluation::Decided(decision) => {
                    self.keep(&decision);
                    return Ok(decision);
                }
                Evaluation::NeedsFacts(keys) => self.load(keys),
                Evaluation::Broke(error) => return Err(error),
            }
        }
        panic!("facts are asked for without an end: {:?}", self.asked_for)
    }

    fn load(&mut self, keys: Vec<FactKey>) {
        let given = &mut self.request.facts;
        for key in keys {
            self.asked_for.push(key.clone());
            match key {
                FactKey::Members => {
                    given.members.clone_from(&self.facts.members);
                    given.roles.clone_from(&self.facts.roles);
                }
                FactKey::Documents => given.documents.clone_from(&self.facts.documents),
                FactKey::Policies => given.policies.clone_from(&self.facts.policies),
                FactKey::Policy(name) => {
                    let module = self.facts.modules.get(&name).cloned().flatten();
                    given.modules.insert(name, module);
                }
                FactKey::Delegations => {
                    given.delegations = Some(self.facts.delegations.clone().unwrap_or_default());
                }
                FactKey::PolicyData => given.policy_data.clone_from(&self.facts.policy_data),
                FactKey::Actions(query) => {
                    // Whatever was asked: a scenario has one past.
                    let past = self.facts.actions.first().map(|(_, past)| past.clone()).unwrap_or_default();
                    given.actions.push((query, past));
                }
                FactKey::Http(request) => {
                    let known = self.facts.http.iter().find(|(asked, _)| *asked == request).map(|(_, answer)| answer);
                    let answer = known.or(self.usual_answer.as_ref()).expect("an HTTP answer for the scenario").clone();
                    given.http.push((request, answer));
                }
                FactKey::Lookup { platform, name, member } => {
                    let known = self.facts.lookups.iter().find(|l| l.2 == member).map(|l| l.3.clone());
                    given.lookups.push((platform, name, member, known.unwrap_or(Json(Value::Null))));
                }
            }
        }
    }

    /// What the pipeline writes in one transaction.
    fn keep(&mut self, decision: &Decision) {
        if !decision.in_scope {
            return;
        }
        let proposal = &mut self.request.proposal;
        proposal.is_initialized |= decision.initialized;
        proposal.is_notified |= decision.notified;
        for effect in &decision.effects {
            match effect.clone() {
                Effect::Ask(ask) => proposal.ask = Some(ask),
                Effect::SetActionData { key, value: Some(value) } => drop(self.request.action.data.insert(key, value)),
                Effect::SetActionData { key, value: None } => drop(self.request.action.data.remove(&key)),
                _ => {}
            }
        }
        self.effects.extend(decision.effects.iter().cloned());
    }

    /// Verdict and reason of one evaluation.
    pub fn verdict(&mut self) -> (Verdict, String) {
        let decision = self.evaluate().unwrap_or_else(|error| panic!("the policy broke: {error:?}"));
        assert!(decision.in_scope, "the policy has no opinion");
        (decision.verdict, decision.reason)
    }

    /// The kinds of the effects so far, in order.
    pub fn kinds(&self) -> Vec<&'static str> {
        self.effects.iter().map(Effect::kind).collect()
    }
}

/// Evaluates one source and compares verdict, reason and effects.
#[track_caller]
pub fn check(source: &str, verdict: Verdict, reason: &str, effects: &[&str]) -> Decision {
    let mut scenario = Scenario::new(source);
    let decision = scenario.evaluate().unwrap_or_else(|error| panic!("the policy broke: {error:?}"));
    assert_eq!((decision.verdict, decision.reason.as_str()), (verdict, reason));
    assert_eq!(scenario.kinds(), effects);
    decision
}

/// Evaluates one source that breaks, and compares code, position and a part of the message.
#[track_caller]
pub fn breaks(source: &str, code: ErrorCode, (line, column): (u32, u32), message: &str) -> PolicyError {
    let error = match Scenario::new(source).evaluate() {
        Err(error) => error,
        Ok(decision) => panic!("the policy did not break: {decision:?}"),
    };
    assert_eq!((error.code, error.line, error.column), (code, line, column), "{error:?}");
    assert!(error.message.contains(message), "{error:?}");
    error
}

/// `body` as the check function of a policy, and what it logged.
#[track_caller]
pub fn logs(body: &str) -> Vec<String> {
    let mut scenario = Scenario::new(&format!("function check(action) {{ {body} }}"));
    let decision = scenario.evaluate().unwrap_or_else(|error| panic!("the policy broke: {error:?}"));
    decision.logs.into_iter().map(|line| line.text).collect()
}

pub fn wakes_after(decision: &Decision, millis: i64) -> bool {
    decision.wake == Some(Wake::At(Timestamp(START.millis() + millis)))
}

/// Runs `body` on a thread with the stack that the engine asks for.
pub fn on_a_big_stack(body: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(engine::STACK_BYTES).spawn(body).unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}
