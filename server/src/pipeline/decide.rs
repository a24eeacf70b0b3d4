//! The one path on which decisions are made: production and the simulator both come through [`decide`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;

use async_trait::async_trait;
use types::decision::{Decision, ErrorCode};
use types::evaluation::{Request, Step};
use types::{
    Combining, CommunityId, Effect, Evaluation, FactKey, Facts, Json, PolicyError, PolicyVersionId, ProposalStatus,
    Timestamp, Verdict,
};

use super::case::{Case, Entry};
use crate::workers::{PolicyRunner, Priority};

/// How often one evaluation may stop for further facts before it is taken for a policy that never ends asking.
///
/// Nothing shipped needs more than three: members, then an HTTP answer, then another that depends on it.
const MAX_FACT_ROUNDS: usize = 16;

/// How often the policies of one action are asked again because one changed the data that they share.
const MAX_DATA_ROUNDS: usize = 8;

/// Where facts come from: the store and the world in production, an invented history in the simulator.
#[async_trait]
pub trait FactSource: Send + Sync {
    /// Puts the fact `key` of `request` into `facts`.
    ///
    /// # Errors
    /// Where the source itself fails (the database is away): the whole decision is tried again later.
    async fn load(&self, request: &Request, key: &FactKey, facts: &mut Facts) -> anyhow::Result<()>;
}

/// Which facts each policy version needed last time, so that the next evaluation starts with them.
///
/// Only a hint: a wrong one costs a round trip, never an answer.
#[derive(Default)]
pub struct FactHints(Mutex<HashMap<PolicyVersionId, BTreeSet<FactKey>>>);

impl FactHints {
    /// Versions remembered before all are forgotten; a bound on memory, not on use.
    const MOST: usize = 10_000;

    fn of(&self, version: PolicyVersionId) -> BTreeSet<FactKey> {
        self.0.lock().map(|hints| hints.get(&version).cloned().unwrap_or_default()).unwrap_or_default()
    }

    fn learn(&self, version: PolicyVersionId, keys: &[FactKey]) {
        // HTTP answers, look-ups and log questions belong to one evaluation; the rest recurs.
        let recurring = keys.iter().filter(|key| {
            matches!(
                key,
                FactKey::Members
                    | FactKey::Delegations
                    | FactKey::Documents
                    | FactKey::Policies
                    | FactKey::PolicyData
                    | FactKey::Policy(_)
            )
        });
        if let Ok(mut hints) = self.0.lock() {
            if hints.len() >= Self::MOST {
                hints.clear();
            }
            hints.entry(version).or_default().extend(recurring.cloned());
        }
    }
}

/// What [`decide`] needs beside the case.
pub struct Deciding<'a> {
    /// Whose turn it is among the communities that wait for a worker.
    pub community: CommunityId,
    /// Runs policies.
    pub runner: &'a dyn PolicyRunner,
    /// Answers what they read.
    pub facts: &'a dyn FactSource,
    /// What they read last time.
    pub hints: &'a FactHints,
    /// Deciding goes before simulating.
    pub priority: Priority,
}

/// Asks every open docket of `case` in order, until none changes the data that they share.
///
/// The case is left as the policies left it; the entries say what each was asked and answered, in order.
/// With `first-applicable` nobody after the first enforced policy in scope is asked. A stage is asked when its turn comes.
/// When a policy has passed the action, the filters of the others are asked again: what it did may concern them, or no longer.
///
/// # Errors
/// Those of the [`FactSource`]. A policy that breaks is no error: its docket is held, with the reason.
pub async fn decide(deciding: &Deciding<'_>, case: &mut Case, now: Timestamp) -> anyhow::Result<Vec<Entry>> {
    let mut asking = Asking { deciding, now, entries: Vec::new(), policy_data: HashMap::new() };
    for _ in 0..MAX_DATA_ROUNDS {
        let mut data_changed = asking.ask_all(case).await?;
        if !data_changed && asking.has_passed(case) {
            data_changed = asking.ask_filters(case).await?;
        }
        if !data_changed {
            break;
        }
    }
    Ok(asking.entries)
}

/// A decision under way.
struct Asking<'a> {
    deciding: &'a Deciding<'a>,
    now: Timestamp,
    entries: Vec<Entry>,
    /// What policies wrote earlier in this very decision.
    policy_data: PolicyData,
}

type PolicyData = HashMap<types::PolicyId, BTreeMap<String, Json>>;

impl Asking<'_> {
    /// Asks every open docket whose turn it is. Returns whether the data changed that they share.
    async fn ask_all(&mut self, case: &mut Case) -> anyhow::Result<bool> {
        let mut data_changed = false;
        for at in 0..case.dockets.len() {
            if !case.has_its_turn(at) {
                continue;
            }
            if case.dockets.get(at).is_some_and(|docket| docket.status.is_open()) {
                data_changed |= self.ask(case, at).await?;
            }
            if ends_first_applicable(case, at) {
                break;
            }
        }
        Ok(data_changed)
    }

    async fn ask(&mut self, case: &mut Case, at: usize) -> anyhow::Result<bool> {
        let Some(docket) = case.dockets.get_mut(at) else { return Ok(false) };
        if docket.status == ProposalStatus::Waiting && docket.stage.is_some_and(|(_, place)| place > 1) {
            // The stage begins.
            docket.opened_at = self.now;
        }
        let before = docket.status;
        let Some(docket) = case.dockets.get(at) else { return Ok(false) };
        let request = case.request(at, docket, Step::Evaluate, self.now);
        let (request, evaluation) = evaluate(self.deciding, request, &self.policy_data).await?;
        let changed = absorb(case, at, &request, &evaluation, &mut self.policy_data);
        self.entries.push(Entry { docket: at, before, request, evaluation });
        Ok(changed)
    }

    /// Whether a policy that is no trial has passed the action in this decision.
    fn has_passed(&self, case: &Case) -> bool {
        self.entries.iter().any(|entry| {
            case.dockets.get(entry.docket).is_some_and(|d| d.status == ProposalStatus::Passed && !d.is_trial())
        })
    }

    /// Asks the filters of those who had no opinion, or had decided before. Returns whether any answers otherwise now: who
    /// comes into scope is asked in full next, who leaves it has no opinion any more.
    async fn ask_filters(&mut self, case: &mut Case) -> anyhow::Result<bool> {
        let mut changed = false;
        for at in 0..case.dockets.len() {
            let Some(docket) = case.dockets.get(at) else { break };
            let had_opinion = match docket.status {
                ProposalStatus::OutOfScope => false,
                ProposalStatus::Passed | ProposalStatus::Failed => true,
                _ => continue,
            };
            // Who has just answered was asked a moment ago, with the same data.
            let is_fresh = self.entries.iter().any(|entry| entry.docket == at && is_asked_as_of_now(entry, case));
            if docket.is_trial() || is_fresh || !case.has_its_turn(at) {
                continue;
            }
            let before = docket.status;
            let request = case.request(at, docket, Step::Filter, self.now);
            let (request, evaluation) = evaluate(self.deciding, request, &self.policy_data).await?;
            let Evaluation::Decided(decision) = &evaluation else { continue };
            match (decision.in_scope, had_opinion) {
                (true, false) => changed |= self.ask(case, at).await?,
                (false, true) => {
                    if let Some(docket) = case.dockets.get_mut(at) {
                        docket.status = ProposalStatus::OutOfScope;
                        docket.reason = "it no longer concerns this action".to_owned();
                        docket.wants_execute = false;
                    }
                    self.entries.push(Entry { docket: at, before, request, evaluation });
                    changed = true;
                }
                _ => {}
            }
            if ends_first_applicable(case, at) {
                break;
            }
        }
        Ok(changed)
    }
}

/// Whether the question was put with the data as it stands now.
fn is_asked_as_of_now(entry: &Entry, case: &Case) -> bool {
    entry.request.action.data == case.action.data
}

/// Whether docket `at` is the one that decides under `first-applicable`.
fn ends_first_applicable(case: &Case, at: usize) -> bool {
    case.combining == Combining::FirstApplicable
        && case.dockets.get(at).is_some_and(|docket| match docket.status {
            ProposalStatus::OutOfScope | ProposalStatus::Waiting => false,
            ProposalStatus::Passed if case.has_next_stage(at) => false,
            _ => !docket.is_trial(),
        })
}

/// Runs one request, loading facts as it names them. Gives back the request as it was finally answered.
pub(super) async fn evaluate(
    deciding: &Deciding<'_>,
    mut request: Request,
    policy_data: &PolicyData,
) -> anyhow::Result<(Request, Evaluation)> {
    let version = request.policy.version_id;
    for key in deciding.hints.of(version) {
        load(deciding, &mut request, &key, policy_data).await?;
    }
    for _ in 0..MAX_FACT_ROUNDS {
        let evaluation = deciding.runner.evaluate(deciding.community, deciding.priority, &request).await;
        if let Evaluation::Broke(error) = &evaluation {
            // Too busy, or a worker that was lost: that is ours, and the action is looked at again.
            anyhow::ensure!(error.code.blames_policy(), "the policy could not be run just now: {}", error.message);
        }
        let Evaluation::NeedsFacts(keys) = evaluation else { return Ok((request, evaluation)) };
        for key in &keys {
            load(deciding, &mut request, key, policy_data).await?;
        }
        deciding.hints.learn(version, &keys);
    }
    let endless = PolicyError {
        code: ErrorCode::FactLoop,
        message: format!("the policy asked for further facts {MAX_FACT_ROUNDS} times; ask for fewer at once"),
        line: 0,
        column: 0,
        function: None,
    };
    Ok((request, Evaluation::Broke(endless)))
}

async fn load(
    deciding: &Deciding<'_>,
    request: &mut Request,
    key: &FactKey,
    policy_data: &PolicyData,
) -> anyhow::Result<()> {
    let mut facts = std::mem::take(&mut request.facts);
    let loaded = deciding.facts.load(request, key, &mut facts).await;
    // What the policy wrote earlier in this very decision is not stored yet.
    if let (FactKey::PolicyData, Some(written)) = (key, policy_data.get(&request.policy.id)) {
        facts.policy_data = Some(written.clone());
    }
    request.facts = facts;
    loaded
}

/// Takes an evaluation into the case. Returns whether the shared data changed.
fn absorb(
    case: &mut Case,
    at: usize,
    request: &Request,
    evaluation: &Evaluation,
    policy_data: &mut PolicyData,
) -> bool {
    let on_parts = case.bundle.as_ref().is_some_and(|bundle| bundle.has_ballots(at));
    let Some(docket) = case.dockets.get_mut(at) else { return false };
    let has_ballots = on_parts || !docket.ballots.is_empty();
    match evaluation {
        Evaluation::NeedsFacts(_) => false,
        Evaluation::Broke(error) => {
            docket.status = ProposalStatus::Held;
            docket.reason = broke_sentence(&docket.policy.name, error);
            docket.wake = None;
            false
        }
        Evaluation::Decided(decision) => {
            docket.status = status_of(decision);
            docket.reason.clone_from(&decision.reason);
            docket.is_initialized |= decision.initialized;
            docket.is_notified |= decision.notified;
            docket.reads = decision.reads;
            docket.wake = decision.wake;
            let mut changed = false;
            for effect in &decision.effects {
                changed |= docket.absorb(effect, &mut case.action.data, has_ballots);
                if !docket.is_trial()
                    && let Some(bundle) = &mut case.bundle
                {
                    changed |= bundle.absorb(at, effect);
                }
                if let Effect::SetPolicyData { key, value } = effect {
                    let data = policy_data
                        .entry(request.policy.id)
                        .or_insert_with(|| request.facts.policy_data.clone().unwrap_or_default());
                    match value {
                        Some(value) => data.insert(key.clone(), value.clone()),
                        None => data.remove(key),
                    };
                }
            }
            changed
        }
    }
}

fn status_of(decision: &Decision) -> ProposalStatus {
    match (decision.in_scope, decision.verdict) {
        (false, _) => ProposalStatus::OutOfScope,
        (true, Verdict::Proposed) => ProposalStatus::Proposed,
        (true, Verdict::Passed) => ProposalStatus::Passed,
        (true, Verdict::Failed) => ProposalStatus::Failed,
    }
}

/// What members read when a policy broke: that it did, where, and that nobody waved anything through.
fn broke_sentence(policy: &str, error: &PolicyError) -> String {
    let place = if error.line > 0 { format!(" (line {}, column {})", error.line, error.column) } else { String::new() };
    format!("the policy “{policy}” broke{place}: {}", error.message)
}
