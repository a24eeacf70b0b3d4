//! Trying policies, for the interface and for the pages: who may, how much, and on what.
//!
//! Visitors may not: it costs the community's share of the service, and shows how its members voted.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::json;
use store::StoreError;
use store::objections::Objection;
use types::audit::Actor;
use types::member::Member;
use types::simulation::{
    Backtest, BacktestProgress, Capture, CheckLine, CompareInput, Comparison, Divergence, DraftInput, Example,
    ExampleRun, Finding, Flip, Impact, Outcome, Population, PopulationInput, Property, PropertyReport, PropertyState,
    ScenarioInput, ShadowStatus, ShadowView, TrialInput,
};
use types::{Action, ActionId, AuditKind, Json, OnError, PolicyId, ProposalId};

use super::api::here::{Here, Standing};
use super::api::refusals;
use super::error::ApiError;
use super::keep;
use super::state::Web;
use crate::pipeline::snapshot::Snapshot;
use crate::simulate::allowance::Asking;
use crate::simulate::backtest::{Backtesting, backtest};
use crate::simulate::draft::{self, Proposed};
use crate::simulate::examples;
use crate::simulate::history::History;
use crate::simulate::lab::{Lab, Series, or_broken};
use crate::simulate::scenario::{Bench, Scenario, World};
use crate::simulate::trial;
use crate::simulate::work::{Detail, Spec};
use crate::simulate::{SimulateError, capture, checks, compare, flip, impact, population, properties};
use crate::views::count::{Looker, Sight};
use crate::views::sentence;

/// Longest answer to an objection.
///
/// # Units
/// Characters.
const MAX_ANSWER_CHARS: usize = 2_000;

/// Most divergences that are shown of a shadow stage.
const MOST_DIVERGENCES: u32 = 100;

/// Largest source that is looked through: twice what a policy may have, so that too long a one is told so.
const MAX_LINT_BYTES: usize = 2 * types::text::MAX_SOURCE_BYTES;

/// One community in which somebody may try policies.
pub struct Workshop<'w> {
    web: &'w Web,
    here: &'w Here,
    snapshot: Arc<Snapshot>,
    world: World,
    /// Counts what it costs until it is dropped.
    _asking: Asking,
}

/// Opens the workshop of a community. `is_large` for questions that play hundreds of scenarios.
///
/// # Errors
/// 403 for visitors, 429 where the community has tried enough for now.
pub async fn open<'w>(web: &'w Web, here: &'w Here, is_large: bool) -> Result<Workshop<'w>, ApiError> {
    if here.standing == Standing::Visitor {
        return Err(ApiError::forbidden("members-only", "only members and holders of a token try policies here"));
    }
    let asking = web.allowances.begin(here.community.id, is_large).map_err(refusals::simulate)?;
    let (snapshot, world) = trial::present(&web.ctx, here.community.id).await.map_err(refusals::simulate)?;
    Ok(Workshop { web, here, snapshot, world, _asking: asking })
}

impl<'w> Workshop<'w> {
    fn lab(&self) -> Lab<'w> {
        Lab { runner: &*self.web.ctx.runner, community: self.here.community.id }
    }

    fn scenario(&self, input: TrialInput) -> Result<Scenario, ApiError> {
        let now = self.web.ctx.clock.now();
        trial::scenario(input, &self.snapshot, self.world.clone(), now).map_err(refusals::simulate)
    }

    fn proposed(&self, input: DraftInput) -> Result<Proposed, ApiError> {
        draft::read(input, &self.snapshot).map_err(refusals::simulate)
    }

    /// Plays one scenario.
    ///
    /// # Errors
    /// 422 naming the field.
    pub async fn play(&self, input: TrialInput) -> Result<Outcome, ApiError> {
        let detail = if input.detail { Detail::Traced } else { Detail::Full };
        let scenario = self.scenario(input)?;
        self.lab().play(&scenario, detail).await.map_err(refusals::simulate)
    }

    /// Looks through a source.
    ///
    /// # Errors
    /// 413 where it is far too long.
    pub async fn lint(&self, source: &str) -> Result<Vec<Finding>, ApiError> {
        if source.len() > MAX_LINT_BYTES {
            let message = format!(
                "the source has {} bytes; a policy has at most {}",
                source.len(),
                types::text::MAX_SOURCE_BYTES
            );
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", message).at("source"));
        }
        self.lab().lint(source).await.map_err(refusals::simulate)
    }

    /// Everything that is looked at before proposing.
    ///
    /// # Errors
    /// 422 naming the field.
    pub async fn checks(&self, input: DraftInput) -> Result<Vec<CheckLine>, ApiError> {
        let mut proposed = self.proposed(input)?;
        examples::settle(&mut proposed.examples, &self.world)
            .map_err(|problem| ApiError::invalid("bad-policy", problem).at("policy.examples"))?;
        checks::checks(self.lab(), &self.snapshot, &proposed).await.map_err(refusals::simulate)
    }

    /// What would change the verdict.
    ///
    /// # Errors
    /// 422 naming the field.
    pub async fn flip(&self, input: TrialInput) -> Result<Flip, ApiError> {
        flip::flip(self.lab(), &self.scenario(input)?).await.map_err(refusals::simulate)
    }

    /// Where two versions behave differently.
    ///
    /// # Errors
    /// 422 naming the field.
    pub async fn compare(&self, input: CompareInput) -> Result<Comparison, ApiError> {
        let kind = trial::kind(&input.scenario.action.kind).map_err(refusals::simulate)?;
        let bench = |policy: Json, field: &str| {
            let draft = trial::draft(policy.0, &kind).map_err(|error| refusals::simulate(error).at(field))?;
            Ok::<_, ApiError>(Arc::new(Bench::alone(&draft, OnError::Hold)))
        };
        let (before, after) = (bench(input.before.clone(), "before")?, bench(input.after, "after")?);
        let scenario = self.scenario(input.scenario.trial(input.before))?;
        compare::compare(self.lab(), &scenario, before, after).await.map_err(refusals::simulate)
    }

    /// How a policy comes out over many invented votes.
    ///
    /// # Errors
    /// 422 naming the field.
    pub async fn population(&self, input: PopulationInput) -> Result<Population, ApiError> {
        let scenario = self.scenario(input.trial)?;
        let (parameters, source) = match input.parameters {
            Some(given) => {
                let is_share = |share: f64| (0.0..=1.0).contains(&share);
                if !is_share(given.turnout) || !is_share(given.approval) {
                    let message = "turnout and approval are shares from 0 to 1";
                    return Err(ApiError::invalid("invalid-field", message).at("parameters"));
                }
                (given, "as you set it".to_owned())
            }
            None => {
                let history = self.history(None).await?;
                population::fitted(&history, &scenario)
            }
        };
        population::population(self.lab(), &scenario, input.n, (parameters, source)).await.map_err(refusals::simulate)
    }

    /// Whether what should hold of any policy holds of this one.
    ///
    /// # Errors
    /// 422 naming the field.
    pub async fn properties(&self, input: TrialInput) -> Result<Vec<PropertyReport>, ApiError> {
        let scenario = self.scenario(input.clone())?;
        let mut reports = properties::properties(self.lab(), &scenario).await.map_err(refusals::simulate)?;
        reports.push(self.lockout(input, &scenario)?);
        Ok(reports)
    }

    /// Whether the rules could still be changed with this policy among them.
    fn lockout(&self, input: TrialInput, scenario: &Scenario) -> Result<PropertyReport, ApiError> {
        let draft = trial::draft(input.policy.0, &scenario.attempt.kind).map_err(refusals::simulate)?;
        let governs = draft.layer == types::Layer::Constitution;
        let before = self.snapshot.policies.iter().find(|policy| policy.draft.name == draft.name).cloned();
        let proposed = Proposed {
            draft,
            before,
            enforcement: types::Enforcement::Enforced,
            on_error: OnError::Hold,
            examples: Vec::new(),
            shadow: None,
        };
        let line = checks::lockout_line(&self.snapshot, &proposed);
        let state = match (governs, line.state) {
            (false, _) => PropertyState::Inapplicable,
            (true, types::simulation::CheckState::Passed) => PropertyState::NotBroken,
            (true, _) => PropertyState::Broken,
        };
        Ok(PropertyReport {
            property: Property::NoLockout,
            state,
            title: "the rules can still be changed".to_owned(),
            sentence: line.sentence,
            is_warning: line.state == types::simulation::CheckState::Warning,
            counterexample: None,
            verdict: None,
            n_played: 0,
        })
    }

    /// What it takes to force an outcome.
    ///
    /// # Errors
    /// 422 naming the field.
    pub async fn capture(&self, input: TrialInput) -> Result<Capture, ApiError> {
        capture::capture(self.lab(), &self.scenario(input)?).await.map_err(refusals::simulate)
    }

    /// The recorded past, as far as the caller may see it.
    async fn history(&self, only: Option<ActionId>) -> Result<History, ApiError> {
        let store = self.web.ctx.store.community(self.here.community.id);
        let mut history = History::load(&store, only).await.map_err(refusals::simulate)?;
        history.actions.retain(|past| self.here.sees(&past.stored.action.kind));
        Ok(history)
    }

    /// What adopting a draft now would do to open business.
    ///
    /// # Errors
    /// 422 naming the field.
    pub async fn impact(&self, input: DraftInput) -> Result<Impact, ApiError> {
        let proposed = self.proposed(input)?;
        let store = self.web.ctx.store.community(self.here.community.id);
        let mut history = History::open(&store).await.map_err(refusals::simulate)?;
        history.actions.retain(|past| self.here.sees(&past.stored.action.kind));
        let names = keep::names(self.web, self.here.community.id).await?;
        let testing = self.testing(&history, &proposed, &names);
        impact::impact(&testing, self.web.ctx.clock.now()).await.map_err(refusals::simulate)
    }

    fn testing<'a>(
        &'a self,
        history: &'a History,
        proposed: &'a Proposed,
        names: &'a sentence::Names,
    ) -> Backtesting<'a> {
        Backtesting { lab: self.lab(), snapshot: &self.snapshot, present: &self.world, history, draft: proposed, names }
    }

    /// The draft over the community's past. `progress` is told as it goes.
    ///
    /// # Errors
    /// 422 naming the field.
    pub async fn backtest(
        &self,
        input: DraftInput,
        progress: impl FnMut(BacktestProgress),
    ) -> Result<Backtest, ApiError> {
        let proposed = self.proposed(input)?;
        let history = self.history(None).await?;
        let names = keep::names(self.web, self.here.community.id).await?;
        let testing = self.testing(&history, &proposed, &names);
        backtest(&testing, progress).await.map_err(refusals::simulate)
    }

    /// One action of the past, under the rules in force and under the draft, line by line.
    ///
    /// # Errors
    /// 404 where there is no such action, 422 naming the field.
    pub async fn replay(&self, input: DraftInput, action: ActionId) -> Result<(Outcome, Outcome), ApiError> {
        let proposed = self.proposed(input)?;
        let history = self.history(Some(action)).await?;
        let past = history.actions.first().ok_or_else(|| ApiError::not_found("action"))?;
        self.must_be_told(past)?;
        let names = keep::names(self.web, self.here.community.id).await?;
        let testing = self.testing(&history, &proposed, &names);
        let world = Arc::new(history.world(&self.world, true));
        let mut outcomes = Vec::new();
        for bench in [testing.current_bench(), testing.draft_bench()] {
            let mut series = Series::default();
            let (bench, world) = (series.bench(&Arc::new(bench)), series.world(&world));
            let until_seconds = past.until_seconds();
            let events = history.events(past, until_seconds);
            let attempt = history.attempt(past);
            series.plays.push(Spec { bench, world, attempt, events, until_seconds, seed: past.seed() });
            let played = self.lab().play_all(&series, Detail::Traced, |_| {}).await.map_err(refusals::simulate)?;
            for one in played {
                outcomes.push(or_broken(one).map_err(refusals::simulate)?);
            }
        }
        let draft = outcomes.pop();
        outcomes.pop().zip(draft).ok_or_else(|| ApiError::unavailable("a replay without an answer"))
    }

    /// Refuses to tell of votes that are hidden, or whose names are.
    fn must_be_told(&self, past: &crate::simulate::history::Past) -> Result<(), ApiError> {
        let looker = Looker { has_voted: false, ..self.here.looker(false) };
        let is_closed = !past.stored.action.status.is_open();
        let asks = past.proposals.iter().filter_map(|proposal| proposal.ask.as_ref());
        let hidden = asks.into_iter().any(|ask| !Sight::of(ask, is_closed, looker).answers());
        if hidden && !past.ballots.is_empty() {
            let message = "who voted how on this action is hidden from you, so it cannot be played step by step";
            return Err(ApiError::forbidden("votes-hidden", message));
        }
        Ok(())
    }

    /// A scenario like a past decision.
    ///
    /// # Errors
    /// 404 where there is no such action.
    pub async fn scenario_of(&self, action: ActionId) -> Result<ScenarioInput, ApiError> {
        let history = self.history(Some(action)).await?;
        let past = history.actions.first().ok_or_else(|| ApiError::not_found("action"))?;
        self.must_be_told(past)?;
        let attempt = history.attempt(past);
        let (members, roles) = history.spans.at(attempt.at);
        let world = World { members, roles, ..World::default() };
        let until_seconds = past.until_seconds();
        let scenario = Scenario {
            bench: Arc::new(trial::in_force(&self.snapshot, attempt.kind.layer())),
            world: Arc::new(world),
            events: history.events(past, until_seconds),
            until_seconds,
            seed: past.seed(),
            attempt,
        };
        Ok(trial::as_input(&scenario))
    }

    /// The action that a proposal is about, where it proposes a policy.
    async fn policy_action(&self, proposal: ProposalId) -> Result<Action, ApiError> {
        let store = self.web.ctx.store.community(self.here.community.id);
        let unknown = || ApiError::not_found("proposal");
        let proposal = store.proposal(proposal).await?.ok_or_else(unknown)?;
        let stored = store.action(proposal.action).await?.ok_or_else(unknown)?;
        if !self.here.sees(&stored.action.kind) {
            return Err(unknown());
        }
        if !draft::proposes_policy(&stored.action.kind) {
            let message = "only proposals that add or change a policy have examples";
            return Err(ApiError::conflict("no-policy", message));
        }
        Ok(stored.action)
    }

    /// The examples of a proposed policy as they come out now, the action, and why it could not come into force.
    ///
    /// # Errors
    /// 404 where there is no such proposal, 409 where it proposes no policy.
    pub async fn examples(&self, proposal: ProposalId) -> Result<(Action, Vec<ExampleRun>, Option<String>), ApiError> {
        let action = self.policy_action(proposal).await?;
        let store = self.web.ctx.store.community(self.here.community.id);
        let objections = store.objections(action.id).await?;
        let mut proposed = draft::of_action(&action, &self.snapshot).map_err(refusals::simulate)?;
        proposed.draft.examples.clone_from(&proposed.examples);
        let handle = |id| self.here.roster.handle(id);
        let runs = examples::run_with_objections(self.lab(), &proposed.draft, &objections, handle).await;
        let runs = runs.map_err(refusals::simulate)?;
        let blocked = examples::blocked(&runs);
        Ok((action, runs, blocked))
    }

    /// Objects to a proposed policy with an example.
    ///
    /// # Errors
    /// 409 where the proposal is decided or the name is taken, 422 where the example cannot be played.
    pub async fn object(&self, proposal: ProposalId, by: &Member, example: Example) -> Result<ExampleRun, ApiError> {
        let action = self.policy_action(proposal).await?;
        if !action.status.is_open() {
            return Err(ApiError::conflict("decided", "this proposal is decided; objections come before that"));
        }
        if by.is_bot {
            return Err(ApiError::forbidden("not-a-member", "programs do not object"));
        }
        let mut given = vec![example];
        examples::settle(&mut given, &self.world)
            .map_err(|problem| ApiError::invalid("bad-example", problem).at("example"))?;
        let proposed = draft::of_action(&action, &self.snapshot).map_err(refusals::simulate)?;
        let Some(example) = given.pop() else { return Err(ApiError::not_found("example")) };
        if proposed.examples.iter().any(|known| known.name == example.name) {
            return Err(taken(&example.name));
        }
        trial::of_example(example.scenario.clone(), &proposed.draft)
            .map_err(|problem| ApiError::invalid("bad-example", problem.to_string()).at("example.scenario"))?;
        let runs = examples::run(self.lab(), &proposed.draft, std::slice::from_ref(&example)).await;
        let mut runs = runs.map_err(refusals::simulate)?;
        let Some(mut run) = runs.pop() else { return Err(ApiError::unavailable("an example without an answer")) };
        let now = self.web.ctx.clock.now();
        let tx = self.web.ctx.store.begin().await?;
        let handle = tx.community(self.here.community.id);
        let objection = Objection {
            action: action.id,
            name: example.name.clone(),
            example: run.example.clone(),
            member: by.id,
            at: now,
            answer: None,
            answered_at: None,
        };
        match handle.object(&objection).await {
            Ok(()) => {}
            Err(StoreError::Taken(_)) => return Err(taken(&example.name)),
            Err(error) => return Err(error.into()),
        }
        let body = Json(json!({ "name": example.name, "proposal": proposal, "holds": run.holds }));
        let subject = format!("action:{}", action.id);
        handle.audit(Actor::Member(by.id), AuditKind::ObjectionRaised, subject, body, now);
        self.commit(tx).await?;
        run.objected_by = Some(by.handle.clone());
        Ok(run)
    }

    /// Answers an objection. Only who proposed the policy may.
    ///
    /// # Errors
    /// 403 for anybody else, 404 where there is no such objection.
    pub async fn answer(&self, proposal: ProposalId, by: &Member, name: &str, answer: &str) -> Result<(), ApiError> {
        let action = self.policy_action(proposal).await?;
        if action.initiator != Some(by.id) {
            return Err(ApiError::forbidden("not-the-author", "only who proposed the policy answers objections to it"));
        }
        if !action.status.is_open() {
            return Err(ApiError::conflict("decided", "this proposal is decided; answers come before that"));
        }
        let answer = answer.trim();
        if answer.is_empty() || answer.chars().count() > MAX_ANSWER_CHARS {
            let message = format!("an answer has 1 to {MAX_ANSWER_CHARS} characters");
            return Err(ApiError::invalid("invalid-field", message).at("answer"));
        }
        let now = self.web.ctx.clock.now();
        let tx = self.web.ctx.store.begin().await?;
        let handle = tx.community(self.here.community.id);
        if !handle.answer_objection(action.id, name, answer, now).await? {
            return Err(ApiError::not_found("objection"));
        }
        let body = Json(json!({ "name": name, "proposal": proposal, "answer": answer }));
        let subject = format!("action:{}", action.id);
        handle.audit(Actor::Member(by.id), AuditKind::ObjectionAnswered, subject, body, now);
        self.commit(tx).await
    }

    async fn commit(&self, tx: store::Tx) -> Result<(), ApiError> {
        for entry in tx.commit().await? {
            crate::pipeline::tell_pages(&self.web.ctx, entry.community, entry.kind, &entry.subject);
        }
        Ok(())
    }

    /// The shadow stage of a policy, if it has or had one.
    ///
    /// # Errors
    /// 404 where there is no such policy.
    pub async fn shadow_stage(&self, policy: PolicyId) -> Result<Option<ShadowView>, ApiError> {
        let store = self.web.ctx.store.community(self.here.community.id);
        store.policy(policy).await?.ok_or_else(|| ApiError::not_found("policy"))?;
        let Some(stage) = store.shadow_stage(policy).await? else { return Ok(None) };
        let name = store.policy(stage.policy).await?.map(|policy| policy.draft.name).unwrap_or_default();
        let found = store.divergences(stage.policy, MOST_DIVERGENCES).await?;
        let ids: Vec<ActionId> = found.iter().map(|divergence| divergence.action).collect();
        let actions = store.actions_by_id(&ids).await?;
        let names = keep::names(self.web, self.here.community.id).await?;
        let title = |id: ActionId| {
            let action = actions.iter().map(|stored| &stored.action).find(|action| action.id == id);
            let action = action.filter(|action| self.here.sees(&action.kind));
            action.map(|action| sentence::title(&action.kind, &action.payload, &names)).unwrap_or_default()
        };
        let divergences = found
            .into_iter()
            .map(|one| Divergence {
                title: title(one.action),
                action: one.action,
                at: one.at,
                shadow: one.shadow,
                shadow_reason: one.shadow_reason,
                actual: one.actual,
            })
            .collect();
        let sentence = match stage.status {
            ShadowStatus::Running => {
                format!("in shadow: {} decisions, {} of them different", stage.n_decisions, stage.n_divergences)
            }
            ShadowStatus::Promoted => format!("it came into force: {}", stage.reason),
            ShadowStatus::Returned => format!("it went back: {}", stage.reason),
        };
        Ok(Some(ShadowView {
            policy: stage.policy,
            name,
            replaces: stage.replaces,
            terms: stage.terms,
            status: stage.status,
            sentence,
            begun_at: stage.begun_at,
            ends_at: stage.ends_at,
            ended_at: stage.ended_at,
            n_decisions: stage.n_decisions,
            n_divergences: stage.n_divergences,
            n_errors: stage.n_errors,
            divergences,
        }))
    }
}

fn taken(name: &str) -> ApiError {
    ApiError::conflict("taken", format!("there is an example “{name}” already; choose another name")).at("example.name")
}

impl From<SimulateError> for ApiError {
    fn from(error: SimulateError) -> Self {
        refusals::simulate(error)
    }
}
