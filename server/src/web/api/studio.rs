//! What is found out about a policy before and while it is voted on. Nothing of it writes, but for objections and answers.

use std::convert::Infallible;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use types::simulation::{
    Capture, CheckLine, CompareInput, Comparison, DraftInput, Example, ExampleRun, Finding, Flip, Impact, Outcome,
    Population, PopulationInput, PropertyReport, ScenarioInput, ShadowView,
};
use types::{ActionId, PolicyId, ProposalId};
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::{Here, Standing};
use super::simulate::Trial;
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::trying;
use crate::web::who::Caller;

/// Lines of a stream that wait to be read before progress is skipped.
const LINES_AHEAD: usize = 32;

/// A source to look through.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The JavaScript.
    source: String,
}

/// A draft and an action of the past.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// `{policy, replaces?}`: the policy, as in `constitution.add_policy`, and the one that it changes.
    #[schema(value_type = Object)]
    draft: DraftInput,
    /// The action.
    action: String,
}

/// An objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// Who objects, by handle.
    member: String,
    /// `{name, scenario: {action, members?, events, …}, expect: {verdict, reason_contains?, effects?, by_seconds?}}`.
    #[schema(value_type = Object)]
    example: Example,
}

/// An answer to an objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Who answers, by handle: the one who proposed the policy.
    member: String,
    /// The example's name.
    name: String,
    /// Why it need not hold.
    answer: String,
}

/// What a source looks like.
#[derive(Debug, Serialize)]
pub struct Findings {
    findings: Vec<Finding>,
}

/// What was looked at before proposing.
#[derive(Debug, Serialize)]
pub struct Checks {
    checks: Vec<CheckLine>,
}

/// What holds of a policy.
#[derive(Debug, Serialize)]
pub struct Properties {
    properties: Vec<PropertyReport>,
}

/// The examples of a proposed policy.
#[derive(Debug, Serialize)]
pub struct Examples {
    examples: Vec<ExampleRun>,
    /// Why it could not come into force as things stand.
    blocked: Option<String>,
}

/// An action under the rules in force and under the draft.
#[derive(Debug, Serialize)]
pub struct Replayed {
    current: Outcome,
    draft: Outcome,
}

fn known<T: std::str::FromStr>(id: &str, what: &str) -> Result<T, ApiError> {
    id.parse().map_err(|_| ApiError::not_found(what))
}

/// Look through a source
///
/// What is wrong with it besides what does not parse, each with line, column, end, message, remedy and code.
#[utoipa::path(post, path = "/communities/{slug}/simulate/lint", tag = "policies", request_body = Source,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{findings: [{code, severity, place, message, remedy, replacement?}]}`"), Anytime, WithBody))]
pub async fn lint(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(source): Body<Source>,
) -> Result<Json<Findings>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, false).await?;
    Ok(Json(Findings { findings: workshop.lint(&source.source).await? }))
}

/// Check a draft
///
/// Everything that is looked at before proposing, each passed, warned of or failed, with the place.
#[utoipa::path(post, path = "/communities/{slug}/simulate/checks", tag = "policies", request_body = Object,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{checks: [{code, title, state, sentence, place?, field?, remedy, details}]}`"), Anytime, WithBody))]
pub async fn checks(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(draft): Body<DraftInput>,
) -> Result<Json<Checks>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, false).await?;
    Ok(Json(Checks { checks: workshop.checks(draft).await? }))
}

/// What would flip it
///
/// The smallest change of the events that changes the verdict.
#[utoipa::path(post, path = "/communities/{slug}/simulate/flip", tag = "policies", request_body = Trial,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{verdict, smallest?, others, n_played}`"), Anytime, WithBody))]
pub async fn flip(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(trial): Body<Trial>,
) -> Result<Json<Flip>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, true).await?;
    workshop.flip(trial.input()).await.map(Json)
}

/// Compare two versions
///
/// Where they behave differently: the smallest histories that come out differently.
#[utoipa::path(post, path = "/communities/{slug}/simulate/compare", tag = "policies", request_body = Object,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{n_played, n_different, differences}`"), Anytime, WithBody))]
pub async fn compare(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(compare): Body<CompareInput>,
) -> Result<Json<Comparison>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, true).await?;
    workshop.compare(compare).await.map(Json)
}

/// Play a population
///
/// How the policy comes out over many invented votes, with n, interval and where the assumptions come from.
#[utoipa::path(post, path = "/communities/{slug}/simulate/population", tag = "policies", request_body = Object,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{n, passed, failed, open, errors, pass_share, low, high, …}`"), Anytime, WithBody))]
pub async fn population(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(population): Body<PopulationInput>,
) -> Result<Json<Population>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, true).await?;
    workshop.population(population).await.map(Json)
}

/// Search properties
///
/// What should hold of any policy, searched for counterexamples that are made as small as they get.
#[utoipa::path(post, path = "/communities/{slug}/simulate/properties", tag = "policies", request_body = Trial,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{properties: [{property, state, sentence, counterexample?, …}]}`"), Anytime, WithBody))]
pub async fn properties(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(trial): Body<Trial>,
) -> Result<Json<Properties>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, true).await?;
    Ok(Json(Properties { properties: workshop.properties(trial.input()).await? }))
}

/// Search the capture cost
///
/// The cheapest coalition and timing found that forces an outcome against everybody else.
#[utoipa::path(post, path = "/communities/{slug}/simulate/capture", tag = "policies", request_body = Trial,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{to_pass?, to_fail?, n_played}`"), Anytime, WithBody))]
pub async fn capture(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(trial): Body<Trial>,
) -> Result<Json<Capture>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, true).await?;
    workshop.capture(trial.input()).await.map(Json)
}

/// Impact on open business
///
/// Which open actions would stand differently if the draft were adopted now.
#[utoipa::path(post, path = "/communities/{slug}/simulate/impact", tag = "policies", request_body = Object,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{n_open, rows, sentence}`"), Anytime, WithBody))]
pub async fn impact(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(draft): Body<DraftInput>,
) -> Result<Json<Impact>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, true).await?;
    workshop.impact(draft).await.map(Json)
}

/// Backtest a draft
///
/// The draft and the rules in force over the recorded past. The answer is lines of JSON: `{"progress": {done, total}}` as it
/// goes, then `{"backtest": {counts, rows, receipt, …}}`, or `{"error": {code, message}}`. Closing the connection cancels it.
#[utoipa::path(post, path = "/communities/{slug}/simulate/backtest", tag = "policies", request_body = Object,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = String, content_type = "application/x-ndjson", description = "Lines of JSON"), Anytime, WithBody))]
pub async fn backtest(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(draft): Body<DraftInput>,
) -> Result<Response, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    // Refused here, with a status, what can be refused before the first line.
    drop(trying::open(&web, &here, true).await?);
    let (to, from) = tokio::sync::mpsc::channel::<Value>(LINES_AHEAD);
    tokio::spawn(async move {
        let told = to.clone();
        let work = async {
            let workshop = trying::open(&web, &here, true).await?;
            // A reader who is behind misses some progress, never the end.
            workshop.backtest(draft, |progress| drop(told.try_send(json!({ "progress": progress })))).await
        };
        let done = tokio::select! {
            () = to.closed() => return,
            done = work => done,
        };
        let last = match done {
            Ok(backtest) => json!({ "backtest": backtest }),
            Err(error) => json!({ "error": { "code": error.code, "message": error.message, "field": error.field } }),
        };
        let _ = to.send(last).await;
    });
    let lines = ReceiverStream::new(from).map(|line| Ok::<_, Infallible>(Bytes::from(format!("{line}\n"))));
    let head = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    Ok((head, axum::body::Body::from_stream(lines)).into_response())
}

/// Replay an action
///
/// One action of the past under the rules in force and under the draft, line by line.
#[utoipa::path(post, path = "/communities/{slug}/simulate/replay", tag = "policies", request_body = Replay,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{current, draft}`, each as from simulate"), Anytime, WithBody))]
pub async fn replay(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(replay): Body<Replay>,
) -> Result<Json<Replayed>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, false).await?;
    let action: ActionId = known(&replay.action, "action")?;
    let (current, draft) = workshop.replay(replay.draft, action).await?;
    Ok(Json(Replayed { current, draft }))
}

/// Get a scenario like a past decision
#[utoipa::path(get, path = "/communities/{slug}/actions/{id}/scenario", tag = "policies",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The action")),
    responses((status = 200, body = Object, description = "`{action, members, events, until_seconds, seed, starts_at}`"), Anytime))]
pub async fn scenario(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<ScenarioInput>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, false).await?;
    workshop.scenario_of(known(&id, "action")?).await.map(Json)
}

/// List the examples of a proposed policy
///
/// The author's and the objections, each with what comes of it now.
#[utoipa::path(get, path = "/communities/{slug}/proposals/{id}/examples", tag = "policies",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The proposal")),
    responses((status = 200, body = Object, description = "`{examples, blocked?}`"), Anytime))]
pub async fn examples(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<Examples>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, false).await?;
    let proposal: ProposalId = known(&id, "proposal")?;
    let (_, examples, blocked) = workshop.examples(proposal).await?;
    Ok(Json(Examples { examples, blocked }))
}

/// Object with an example
///
/// It must come out as expected when the policy would come into force, or be answered by its author.
#[utoipa::path(post, path = "/communities/{slug}/proposals/{id}/examples", tag = "policies", request_body = Objection,
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The proposal")),
    responses((status = 201, body = Object, description = "What comes of it now"), Anytime, WithBody))]
pub async fn object(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Body(objection): Body<Objection>,
) -> Result<(axum::http::StatusCode, Json<ExampleRun>), ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let member = acting(&here, &objection.member)?;
    let workshop = trying::open(&web, &here, false).await?;
    let run = workshop.object(known(&id, "proposal")?, &member, objection.example).await?;
    Ok((axum::http::StatusCode::CREATED, Json(run)))
}

/// Answer an objection
#[utoipa::path(post, path = "/communities/{slug}/proposals/{id}/answers", tag = "policies", request_body = Answer,
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The proposal")),
    responses((status = 204, description = "Answered"), Anytime, WithBody))]
pub async fn answer(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Body(answer): Body<Answer>,
) -> Result<axum::http::StatusCode, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let member = acting(&here, &answer.member)?;
    let workshop = trying::open(&web, &here, false).await?;
    workshop.answer(known(&id, "proposal")?, &member, &answer.name, &answer.answer).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Get the shadow stage of a policy
#[utoipa::path(get, path = "/communities/{slug}/policies/{id}/shadow", tag = "policies",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The policy")),
    responses((status = 200, body = Object, description = "`{status, sentence, terms, n_decisions, n_divergences, divergences, …}`"), Anytime))]
pub async fn shadow(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<ShadowView>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, false).await?;
    let policy: PolicyId = known(&id, "policy")?;
    workshop.shadow_stage(policy).await?.map(Json).ok_or_else(|| ApiError::not_found("shadow stage"))
}

/// Who acts: visitors nobody, members themselves, programs whoever they name.
fn acting(here: &Here, handle: &str) -> Result<types::member::Member, ApiError> {
    if here.standing == Standing::Visitor {
        return Err(ApiError::forbidden("members-only", "only members object and answer"));
    }
    here.acting_as(handle, "member")
}
