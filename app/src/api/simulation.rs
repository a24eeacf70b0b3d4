//! Trying policies: one scenario, many, and the community's past. The shapes are those of [`types::simulation`].
//!
//! What is tried is a whole structure, so these functions take it as JSON text: forms without a script can send it too.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::simulation::{
    Backtest, Capture, CheckLine, Comparison, Example, ExampleRun, Finding, Flip, Impact, Outcome, Population,
    PropertyReport, ScenarioInput, ShadowView,
};
use types::{ActionId, ActionType, Json, PolicyId, ProposalId};

use super::words::Person;
use crate::error::AppError;

/// What a scenario can be made of in this community.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct DeskView {
    /// Present members who are not programs, with the names of their roles.
    pub members: Vec<DeskMember>,
    /// Roles by name; every member holds the first.
    pub roles: Vec<String>,
    /// What can be attempted, with a payload to start from.
    pub actions: Vec<DeskAction>,
    /// Policies in force, by name and id.
    pub policies: Vec<(PolicyId, String)>,
    /// Past decisions that a scenario can be made from, newest first.
    pub decisions: Vec<DeskDecision>,
    /// Who is looking, by handle.
    pub me: String,
    /// How many simulations the community may still play this minute.
    pub allowance: u32,
}

/// Somebody whom a scenario can name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskMember {
    /// Who.
    pub person: Person,
    /// Names of the roles held.
    pub roles: Vec<String>,
}

/// Something that a scenario can attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeskAction {
    /// `platform.verb`.
    pub kind: ActionType,
    /// What it does, as a verb phrase.
    pub title: String,
    /// The type's fields as a JSON Schema, with help texts: a form is drawn from it.
    pub schema: Json,
    /// A payload that the type takes, to start from.
    pub example: Json,
}

/// A past decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskDecision {
    /// The action.
    pub action: ActionId,
    /// What was attempted, in a sentence.
    pub title: String,
}

/// The examples of a proposed policy.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ExamplesView {
    /// The author's, then the objections, each with what came of it.
    pub runs: Vec<ExampleRun>,
    /// Whether the viewer may add one as an objection.
    pub may_object: bool,
    /// Whether the viewer may answer objections.
    pub may_answer: bool,
    /// Why the policy could not come into force as things stand; none where it could.
    pub blocked: Option<String>,
}

/// An action of the past, played under the rules in force and under the draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplayView {
    /// Under the rules in force.
    pub current: Outcome,
    /// Under the draft, line by line.
    pub draft: Outcome,
}

#[cfg(feature = "ssr")]
fn read<T: serde::de::DeserializeOwned>(text: &str, what: &str) -> Result<T, AppError> {
    let read = serde_json::from_str(text).map_err(|error| {
        let message = format!("The {what} cannot be read: {error}.");
        AppError::new(crate::error::ErrorKind::Invalid, "invalid-json", message)
    });
    super::answered(read)
}

#[cfg(feature = "ssr")]
fn known<T: std::str::FromStr>(id: &str, what: &str) -> Result<T, AppError> {
    super::answered(id.parse().map_err(|_| AppError::not_found(what)))
}

/// Loads what a scenario can be made of.
#[server]
pub async fn simulation_desk(
    /// The community.
    slug: String,
) -> Result<DeskView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.simulation_desk(&viewer, &slug).await)
}

/// Plays one scenario.
#[server]
pub async fn try_policy(
    /// The community.
    slug: String,
    /// A [`types::simulation::TrialInput`] as JSON.
    trial: String,
) -> Result<Outcome, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.try_policy(&viewer, &slug, read(&trial, "scenario")?).await)
}

/// Looks through a source.
#[server]
pub async fn lint_policy(
    /// The community.
    slug: String,
    /// The JavaScript.
    source: String,
) -> Result<Vec<Finding>, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.lint_policy(&viewer, &slug, &source).await)
}

/// Everything that is looked at before proposing.
#[server]
pub async fn check_draft(
    /// The community.
    slug: String,
    /// A [`types::simulation::DraftInput`] as JSON.
    draft: String,
) -> Result<Vec<CheckLine>, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.check_draft(&viewer, &slug, read(&draft, "draft")?).await)
}

/// What would change the verdict of a scenario.
#[server]
pub async fn flip_trial(
    /// The community.
    slug: String,
    /// A [`types::simulation::TrialInput`] as JSON.
    trial: String,
) -> Result<Flip, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.flip(&viewer, &slug, read(&trial, "scenario")?).await)
}

/// Where two versions behave differently.
#[server]
pub async fn compare_policies(
    /// The community.
    slug: String,
    /// A [`types::simulation::CompareInput`] as JSON.
    compare: String,
) -> Result<Comparison, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.compare(&viewer, &slug, read(&compare, "comparison")?).await)
}

/// How a policy comes out over many invented votes.
#[server]
pub async fn population_of(
    /// The community.
    slug: String,
    /// A [`types::simulation::PopulationInput`] as JSON.
    population: String,
) -> Result<Population, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.population(&viewer, &slug, read(&population, "population")?).await)
}

/// Whether what should hold of any policy holds of this one.
#[server]
pub async fn properties_of(
    /// The community.
    slug: String,
    /// A [`types::simulation::TrialInput`] as JSON.
    trial: String,
) -> Result<Vec<PropertyReport>, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.properties(&viewer, &slug, read(&trial, "scenario")?).await)
}

/// What it takes to force an outcome.
#[server]
pub async fn capture_cost(
    /// The community.
    slug: String,
    /// A [`types::simulation::TrialInput`] as JSON.
    trial: String,
) -> Result<Capture, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.capture(&viewer, &slug, read(&trial, "scenario")?).await)
}

/// What adopting a draft now would do to open business.
#[server]
pub async fn impact_of(
    /// The community.
    slug: String,
    /// A [`types::simulation::DraftInput`] as JSON.
    draft: String,
) -> Result<Impact, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.impact(&viewer, &slug, read(&draft, "draft")?).await)
}

/// The draft over the community's past, in one answer. `POST …/simulate/backtest` gives the same with progress.
#[server]
pub async fn backtest_draft(
    /// The community.
    slug: String,
    /// A [`types::simulation::DraftInput`] as JSON.
    draft: String,
) -> Result<Backtest, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.backtest(&viewer, &slug, read(&draft, "draft")?).await)
}

/// One action of the past, line by line.
#[server]
pub async fn replay_action(
    /// The community.
    slug: String,
    /// A [`types::simulation::DraftInput`] as JSON.
    draft: String,
    /// The action.
    action: String,
) -> Result<ReplayView, AppError> {
    let (backend, viewer) = super::asked()?;
    let action: ActionId = known(&action, "action")?;
    super::answered(backend.replay(&viewer, &slug, read(&draft, "draft")?, action).await)
}

/// A scenario like a past decision.
#[server]
pub async fn scenario_of(
    /// The community.
    slug: String,
    /// The action.
    action: String,
) -> Result<ScenarioInput, AppError> {
    let (backend, viewer) = super::asked()?;
    let action: ActionId = known(&action, "action")?;
    super::answered(backend.scenario_of(&viewer, &slug, action).await)
}

/// The examples of a proposed policy, as they come out now.
#[server]
pub async fn examples_of(
    /// The community.
    slug: String,
    /// The proposal.
    proposal: String,
) -> Result<ExamplesView, AppError> {
    let (backend, viewer) = super::asked()?;
    let proposal: ProposalId = known(&proposal, "proposal")?;
    super::answered(backend.examples(&viewer, &slug, proposal).await)
}

/// Objects to a proposed policy with an example.
#[server]
pub async fn object_with_example(
    /// The community.
    slug: String,
    /// The proposal.
    proposal: String,
    /// An [`Example`] as JSON.
    example: String,
) -> Result<ExampleRun, AppError> {
    let (backend, viewer) = super::asked()?;
    let proposal: ProposalId = known(&proposal, "proposal")?;
    let example: Example = read(&example, "example")?;
    super::answered(backend.object(&viewer, &slug, proposal, example).await)
}

/// Answers an objection.
#[server]
pub async fn answer_objection(
    /// The community.
    slug: String,
    /// The proposal.
    proposal: String,
    /// The example's name.
    name: String,
    /// Why it need not hold.
    answer: String,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    let proposal: ProposalId = known(&proposal, "proposal")?;
    super::answered(backend.answer_objection(&viewer, &slug, proposal, &name, &answer).await)
}

/// The shadow stage of a policy, if it has or had one.
#[server]
pub async fn shadow_stage(
    /// The community.
    slug: String,
    /// The policy.
    policy: String,
) -> Result<Option<ShadowView>, AppError> {
    let (backend, viewer) = super::asked()?;
    let policy: PolicyId = known(&policy, "policy")?;
    super::answered(backend.shadow_stage(&viewer, &slug, policy).await)
}
