//! Proposals and ballots.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use types::{BallotValue, ProposalId};
use utoipa::{IntoParams, ToSchema};

use super::actions::AT_MOST;
use super::failures::{Anytime, WithBody};
use super::here::{Here, Standing};
use super::shapes::{BallotShape, ConditionShape, EligibilityShape, ProposalShape};
use super::words::word;
use super::{assemble, refusals};
use crate::pipeline::{self, Cast};
use crate::views::dossier::{self, Docket};
use crate::views::vote::Voting;
use crate::web::body::{Body, Query};
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// A ballot to be cast.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBallot {
    /// Who votes, by handle.
    #[schema(example = "grace")]
    member: String,
    /// `true`, `false`, `"abstain"`, an option, a number, a list of options, or numbers by option, as the proposal asks.
    #[schema(value_type = Object, example = true)]
    value: BallotValue,
    /// Why, in the voter's words.
    reason: Option<String>,
}

/// Whose ballot is taken back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// The member, by handle.
    member: String,
}

/// How many proposals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HowMany {
    /// At most so many, 1 to 200; 50 where it is left out.
    limit: Option<u32>,
}

/// Open proposals.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposals {
    /// The proposals, the latest first.
    proposals: Vec<ProposalShape>,
}

/// List open proposals
///
/// What voters can be asked about now. Decided ones are found through their actions.
#[utoipa::path(get, path = "/communities/{slug}/proposals", tag = "proposals",
    params(("slug" = String, Path, description = "The community"), HowMany),
    responses((status = 200, body = Proposals, description = "The latest first"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(how_many): Query<HowMany>,
) -> Result<Json<Proposals>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let store = web.ctx.store.community(here.community.id);
    let open = store.open_proposals(how_many.limit.unwrap_or(50).clamp(1, 200)).await?;
    let ids: Vec<_> = open.iter().map(|proposal| proposal.action).collect();
    let mut actions = store.actions_by_id(&ids).await?;
    actions.retain(|stored| here.sees(&stored.action.kind));
    let dossiers = dossier::load(&store, actions).await?;
    let mut proposals = Vec::new();
    for proposal in open {
        let docket =
            dossiers.iter().flat_map(|dossier| &dossier.dockets).find(|docket| docket.proposal.id == proposal.id);
        if let Some(docket) = docket {
            proposals.push(assemble::proposal(&web, &here, docket).await?);
        }
    }
    Ok(Json(Proposals { proposals }))
}

/// Get a proposal
#[utoipa::path(get, path = "/communities/{slug}/proposals/{id}", tag = "proposals",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The proposal")),
    responses((status = 200, body = ProposalShape, description = "The proposal"), Anytime))]
pub async fn get(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<ProposalShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let docket = find(&web, &here, &id).await?;
    Ok(Json(assemble::proposal(&web, &here, &docket).await?))
}

/// May a member vote, and why
#[utoipa::path(get, path = "/communities/{slug}/proposals/{id}/eligibility", tag = "proposals",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The proposal"), Whose),
    responses((status = 200, body = EligibilityShape, description = "Every condition with its present state"), Anytime))]
pub async fn eligibility(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Query(whose): Query<Whose>,
) -> Result<Json<EligibilityShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let docket = find(&web, &here, &id).await?;
    let member = here.acting_as(&whose.member, "member")?;
    let ask = docket.ask();
    // Whether somebody has voted is theirs to know; a token learns it only where names are shown with votes.
    let has_voted = matches!(here.standing, Standing::Member(_))
        && dossier::has_voted(&web.ctx.store.community(here.community.id), &docket, member.id).await?;
    let voting = Voting {
        ask: &ask,
        status: docket.proposal.status,
        member: Some(&member),
        has_voted,
        n_members: here.roster.voters().count(),
        now: web.ctx.clock.now(),
    };
    let told = voting.eligibility();
    let condition = |step: app::api::words::WhyStep| ConditionShape {
        sentence: match step.because {
            Some(because) => format!("{} ({because})", step.sentence),
            None => step.sentence,
        },
        state: word(step.state),
    };
    Ok(Json(EligibilityShape {
        member: member.handle.clone(),
        may_vote: told.may_vote,
        reason: told.sentence,
        conditions: told.conditions.into_iter().map(condition).collect(),
    }))
}

/// Cast or change a ballot
///
/// One member has one ballot; the last one cast counts. The answer waits up to a second for the policy to look at it, so that
/// whoever asks next sees what it decided.
#[utoipa::path(post, path = "/communities/{slug}/proposals/{id}/ballots", tag = "proposals", request_body = NewBallot,
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The proposal")),
    responses((status = 200, body = BallotShape, description = "The ballot as it counts"), Anytime, WithBody))]
pub async fn cast(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Body(new): Body<NewBallot>,
) -> Result<Json<BallotShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let docket = find(&web, &here, &id).await?;
    let member = here.acting_as(&new.member, "member")?;
    let reason = new.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let cast = Cast { proposal: docket.proposal.id, member: member.id, value: new.value, reason, event: None };
    let ballot = pipeline::cast(&web.ctx, here.community.id, cast).await.map_err(refusals::cast)?;
    pipeline::settle(&web.ctx, here.community.id, docket.proposal.action, AT_MOST).await?;
    Ok(Json(BallotShape {
        proposal: docket.proposal.id.to_string(),
        member: member.handle,
        value: serde_json::to_value(&ballot.value).unwrap_or_default(),
        reason: ballot.reason,
        cast_at: ballot.cast_at.to_string(),
    }))
}

/// Take a ballot back
#[utoipa::path(delete, path = "/communities/{slug}/proposals/{id}/ballots", tag = "proposals",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The proposal"), Whose),
    responses((status = 204, description = "Taken back, or never cast"), Anytime, WithBody))]
pub async fn withdraw(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
    Query(whose): Query<Whose>,
) -> Result<axum::http::StatusCode, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let docket = find(&web, &here, &id).await?;
    let member = here.acting_as(&whose.member, "member")?;
    pipeline::withdraw(&web.ctx, here.community.id, docket.proposal.id, member.id).await.map_err(refusals::cast)?;
    pipeline::settle(&web.ctx, here.community.id, docket.proposal.action, AT_MOST).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// The proposal of an id, if the caller may see its action.
async fn find(web: &Web, here: &Here, id: &str) -> Result<Docket, ApiError> {
    let unknown = || ApiError::not_found("proposal");
    let id: ProposalId = id.parse().map_err(|_| unknown())?;
    let dossier = dossier::of_proposal(&web.ctx.store.community(here.community.id), id).await?.ok_or_else(unknown)?;
    if !here.sees(&dossier.action.kind) {
        return Err(unknown());
    }
    dossier.dockets.into_iter().find(|docket| docket.proposal.id == id).ok_or_else(unknown)
}
