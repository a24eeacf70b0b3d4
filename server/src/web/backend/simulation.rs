//! Trying policies, for the pages.

use app::api::simulation::{DeskAction, DeskDecision, DeskMember, DeskView, ExamplesView, ReplayView};
use app::backend::{SimulationBackend, Viewer};
use app::error::AppError;
use async_trait::async_trait;
use serde_json::{Map, Value};
use store::actions::ActionFilter;
use types::simulation::{
    Backtest, Capture, CheckLine, CompareInput, Comparison, DraftInput, Example, ExampleRun, Finding, Flip, Impact,
    Outcome, Population, PopulationInput, PropertyReport, ScenarioInput, ShadowView, TrialInput,
};
use types::{ActionId, ActionStatus, Json, PolicyId, ProposalId};

use super::{PageBackend, Place, failed};
use crate::views::{roster, sentence};
use crate::web::trying;

/// Most past decisions that are offered for scenarios.
const MOST_DECISIONS: u32 = 50;

/// What opens the workshop for a member and asks it one thing.
macro_rules! ask {
    ($backend:expr, $viewer:expr, $slug:expr, $is_large:expr, |$workshop:ident| $what:expr) => {{
        let (place, _) = $backend.enter_as_member($viewer, $slug).await?;
        let $workshop = trying::open(place.web, &place.here, $is_large).await?;
        $what.await.map_err(AppError::from)
    }};
}

#[async_trait]
impl SimulationBackend for PageBackend {
    async fn simulation_desk(&self, viewer: &Viewer, slug: &str) -> Result<DeskView, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let mut desk = place.desk().await?;
        desk.me = member.handle;
        Ok(desk)
    }

    async fn try_policy(&self, viewer: &Viewer, slug: &str, trial: TrialInput) -> Result<Outcome, AppError> {
        ask!(self, viewer, slug, false, |workshop| workshop.play(trial))
    }

    async fn lint_policy(&self, viewer: &Viewer, slug: &str, source: &str) -> Result<Vec<Finding>, AppError> {
        ask!(self, viewer, slug, false, |workshop| workshop.lint(source))
    }

    async fn check_draft(&self, viewer: &Viewer, slug: &str, draft: DraftInput) -> Result<Vec<CheckLine>, AppError> {
        ask!(self, viewer, slug, false, |workshop| workshop.checks(draft))
    }

    async fn flip(&self, viewer: &Viewer, slug: &str, trial: TrialInput) -> Result<Flip, AppError> {
        ask!(self, viewer, slug, true, |workshop| workshop.flip(trial))
    }

    async fn compare(&self, viewer: &Viewer, slug: &str, compare: CompareInput) -> Result<Comparison, AppError> {
        ask!(self, viewer, slug, true, |workshop| workshop.compare(compare))
    }

    async fn population(
        &self,
        viewer: &Viewer,
        slug: &str,
        population: PopulationInput,
    ) -> Result<Population, AppError> {
        ask!(self, viewer, slug, true, |workshop| workshop.population(population))
    }

    async fn properties(
        &self,
        viewer: &Viewer,
        slug: &str,
        trial: TrialInput,
    ) -> Result<Vec<PropertyReport>, AppError> {
        ask!(self, viewer, slug, true, |workshop| workshop.properties(trial))
    }

    async fn capture(&self, viewer: &Viewer, slug: &str, trial: TrialInput) -> Result<Capture, AppError> {
        ask!(self, viewer, slug, true, |workshop| workshop.capture(trial))
    }

    async fn impact(&self, viewer: &Viewer, slug: &str, draft: DraftInput) -> Result<Impact, AppError> {
        ask!(self, viewer, slug, true, |workshop| workshop.impact(draft))
    }

    async fn backtest(&self, viewer: &Viewer, slug: &str, draft: DraftInput) -> Result<Backtest, AppError> {
        ask!(self, viewer, slug, true, |workshop| workshop.backtest(draft, |_| {}))
    }

    async fn replay(
        &self,
        viewer: &Viewer,
        slug: &str,
        draft: DraftInput,
        action: ActionId,
    ) -> Result<ReplayView, AppError> {
        let (current, draft) = ask!(self, viewer, slug, false, |workshop| workshop.replay(draft, action))?;
        Ok(ReplayView { current, draft })
    }

    async fn scenario_of(&self, viewer: &Viewer, slug: &str, action: ActionId) -> Result<ScenarioInput, AppError> {
        ask!(self, viewer, slug, false, |workshop| workshop.scenario_of(action))
    }

    async fn examples(&self, viewer: &Viewer, slug: &str, proposal: ProposalId) -> Result<ExamplesView, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let workshop = trying::open(place.web, &place.here, false).await?;
        let (action, runs, blocked) = workshop.examples(proposal).await?;
        let is_open = action.status.is_open();
        Ok(ExamplesView {
            runs,
            may_object: is_open && !member.is_bot,
            may_answer: is_open && action.initiator == Some(member.id),
            blocked,
        })
    }

    async fn object(
        &self,
        viewer: &Viewer,
        slug: &str,
        proposal: ProposalId,
        example: Example,
    ) -> Result<ExampleRun, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let workshop = trying::open(place.web, &place.here, false).await?;
        Ok(workshop.object(proposal, &member, example).await?)
    }

    async fn answer_objection(
        &self,
        viewer: &Viewer,
        slug: &str,
        proposal: ProposalId,
        name: &str,
        answer: &str,
    ) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let workshop = trying::open(place.web, &place.here, false).await?;
        Ok(workshop.answer(proposal, &member, name, answer).await?)
    }

    async fn shadow_stage(
        &self,
        viewer: &Viewer,
        slug: &str,
        policy: PolicyId,
    ) -> Result<Option<ShadowView>, AppError> {
        ask!(self, viewer, slug, false, |workshop| workshop.shadow_stage(policy))
    }
}

impl Place<'_> {
    /// What a scenario can be made of here.
    async fn desk(&self) -> Result<DeskView, AppError> {
        let store = self.store();
        let roster = &self.here.roster;
        let statuses = vec![ActionStatus::Passed, ActionStatus::Failed, ActionStatus::Executed, ActionStatus::Reverted];
        let filter = ActionFilter { statuses, limit: MOST_DECISIONS, ..ActionFilter::default() };
        let decided = store.actions(&filter).await.map_err(failed)?;
        let decisions = decided.into_iter().map(|stored| stored.action).filter(|action| self.here.sees(&action.kind));
        let policies = store.policies().await.map_err(failed)?;
        Ok(DeskView {
            members: roster
                .voters()
                .map(|member| DeskMember { person: roster::person(member), roles: roster.role_names(member) })
                .collect(),
            roles: roster.roles.iter().map(|role| role.name.clone()).collect(),
            actions: types::payload::catalogue()
                .iter()
                .filter(|spec| self.here.sees(&spec.kind))
                .map(|spec| DeskAction {
                    kind: spec.kind.clone(),
                    title: spec.title.clone(),
                    schema: spec.schema.clone(),
                    example: Json(sample(&spec.schema.0)),
                })
                .collect(),
            policies: policies.into_iter().map(|policy| (policy.id, policy.draft.name)).collect(),
            decisions: decisions
                .map(|action| DeskDecision {
                    action: action.id,
                    title: sentence::title(&action.kind, &action.payload, &self.names),
                })
                .collect(),
            me: String::new(),
            allowance: self.web.allowances.left(self.here.community.id),
        })
    }
}

/// A payload that a type takes: every required field, with the simplest value of its type.
fn sample(schema: &Value) -> Value {
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let field = |name: &str| schema.get("properties").and_then(|fields| fields.get(name));
    let fields: Map<String, Value> =
        required.map(|name| (name.to_owned(), field(name).map_or(Value::Null, |of| simplest(of, schema, 0)))).collect();
    Value::Object(fields)
}

fn simplest(field: &Value, root: &Value, depth: usize) -> Value {
    if depth > 4 {
        return Value::Null;
    }
    if let Some(name) = field.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/$defs/")) {
        let target = root.get("$defs").and_then(|defs| defs.get(name));
        return target.map_or(Value::Null, |target| simplest(target, root, depth + 1));
    }
    if let Some(value) = field.get("const").or_else(|| field.get("enum").and_then(|values| values.get(0))) {
        return value.clone();
    }
    if let Some(first) = field.get("oneOf").or_else(|| field.get("anyOf")).and_then(|cases| cases.get(0)) {
        return simplest(first, root, depth + 1);
    }
    let kind = field.get("type").map(|kind| kind.as_array().and_then(|kinds| kinds.first()).unwrap_or(kind));
    match kind.and_then(Value::as_str) {
        Some("string") => Value::String("example".to_owned()),
        Some("integer" | "number") => Value::from(1),
        Some("boolean") => Value::Bool(false),
        Some("array") => Value::Array(Vec::new()),
        Some("object") => sample(field),
        _ => Value::Null,
    }
}
