//! Delegations: members giving their voice to others.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use types::Timestamp;
use types::delegation::{Delegation, Scope};
use utoipa::{IntoParams, ToSchema};

use super::failures::{Anytime, WithBody};
use super::here::Here;
use super::refusals;
use crate::pipeline;
use crate::web::body::{Body, Query};
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// Which votes a delegation is for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeShape {
    /// `everything`, `role`, `action_type` or `topic`.
    #[schema(example = "action_type")]
    kind: String,
    /// The role's name, the action type (`board.*` for all of a platform) or the topic; left out for everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "board.*")]
    value: Option<String>,
}

/// A voice given to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DelegationShape {
    /// Whose voice, by handle.
    from: String,
    /// Who carries it, by handle.
    to: String,
    /// For which votes.
    scope: ScopeShape,
    /// Since when, RFC 3339.
    since: String,
    /// Until when, where it ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

/// Delegations.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delegations {
    /// Those in force, by who gave them.
    delegations: Vec<DelegationShape>,
}

/// Whose, and when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those that this member gave or was given, by handle.
    member: Option<String>,
    /// As of this moment, RFC 3339; now where it is left out.
    at: Option<String>,
}

/// A voice to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDelegation {
    /// Whose voice, by handle.
    #[schema(example = "ada")]
    member: String,
    /// To whom, by handle.
    #[schema(example = "grace")]
    to: String,
    /// For which votes.
    scope: ScopeShape,
    /// Until when, RFC 3339; until it is taken back where it is left out.
    expires_at: Option<String>,
}

/// Which delegation is taken back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Taken {
    /// Whose voice, by handle.
    #[serde(default)]
    member: String,
    /// `everything`, `role`, `action_type` or `topic`.
    #[serde(default)]
    kind: String,
    /// The role's name, the action type or the topic.
    value: Option<String>,
}

/// List delegations
///
/// Who gave whom their voice is known to the whole community: who votes for others answers to them. Any moment of the past can be
/// asked for.
#[utoipa::path(get, path = "/communities/{slug}/delegations", tag = "members",
    params(("slug" = String, Path, description = "The community"), Which),
    responses((status = 200, body = Delegations, description = "Those in force"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<Delegations>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let at = match &which.at {
        None => web.ctx.clock.now(),
        Some(text) => text.parse().map_err(|error: types::time::NotATimestamp| {
            ApiError::invalid("invalid-query", error.to_string()).at("at")
        })?,
    };
    let all = web.ctx.store.community(here.community.id).delegations_at(at).await?;
    let shown = all.iter().map(|one| shape(&here, one));
    let is_theirs = |one: &DelegationShape| which.member.as_ref().is_none_or(|who| one.from == *who || one.to == *who);
    Ok(Json(Delegations { delegations: shown.filter(is_theirs).collect() }))
}

/// Delegate a voice
///
/// One for each scope; the last given stands. Refused where it would carry no weight, with the reason. Whoever votes themselves
/// carries their own voice on that vote.
#[utoipa::path(put, path = "/communities/{slug}/delegations", tag = "members", request_body = NewDelegation,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = DelegationShape, description = "In force"), Anytime, WithBody))]
pub async fn give(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(new): Body<NewDelegation>,
) -> Result<Json<DelegationShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let from = here.acting_as(&new.member, "member")?;
    let to = here.roster.by_handle(&new.to).ok_or_else(|| {
        ApiError::invalid("unknown-member", "there is no such member in this community; GET …/members lists them")
            .at("to")
    })?;
    let expires_at: Option<Timestamp> = match &new.expires_at {
        None => None,
        Some(text) => Some(text.parse().map_err(|error: types::time::NotATimestamp| {
            ApiError::invalid("invalid-field", error.to_string()).at("expires_at")
        })?),
    };
    let scope = scope(&here, &new.scope.kind, new.scope.value.as_deref(), "scope")?;
    let made = pipeline::delegate(&web.ctx, here.community.id, from.id, to.id, scope, expires_at).await;
    let made = made.map_err(refusals::delegate)?;
    Ok(Json(shape(&here, &made)))
}

/// Take a voice back
#[utoipa::path(delete, path = "/communities/{slug}/delegations", tag = "members",
    params(("slug" = String, Path, description = "The community"), Taken),
    responses((status = 204, description = "Taken back"), Anytime, WithBody))]
pub async fn take_back(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Query(taken): Query<Taken>,
) -> Result<axum::http::StatusCode, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let from = here.acting_as(&taken.member, "member")?;
    let scope = scope(&here, &taken.kind, taken.value.as_deref(), "kind")?;
    pipeline::take_back(&web.ctx, here.community.id, from.id, &scope).await.map_err(refusals::delegate)?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

fn scope(here: &Here, kind: &str, value: Option<&str>, at: &str) -> Result<Scope, ApiError> {
    let needed = || {
        value.filter(|value| !value.trim().is_empty()).ok_or_else(|| {
            ApiError::invalid("invalid-field", format!("a delegation for one {kind} says which: give its value")).at(at)
        })
    };
    Ok(match kind {
        "everything" => Scope::Everything,
        "action_type" => Scope::ActionType(needed()?.to_owned()),
        "topic" => Scope::Topic(needed()?.trim().to_owned()),
        "role" => {
            let name = needed()?;
            let role = here.roster.roles.iter().find(|role| role.name == name);
            let shown: String = name.chars().take(60).collect();
            Scope::Role(
                role.ok_or_else(|| ApiError::invalid("unknown-role", format!("there is no role “{shown}”")).at(at))?.id,
            )
        }
        _ => {
            let why = "a scope is everything, role, action_type or topic";
            return Err(ApiError::invalid("invalid-field", why).at(at));
        }
    })
}

fn shape(here: &Here, one: &Delegation) -> DelegationShape {
    let (kind, value) = match &one.scope {
        Scope::Everything => ("everything", None),
        Scope::ActionType(pattern) => ("action_type", Some(pattern.clone())),
        Scope::Topic(topic) => ("topic", Some(topic.clone())),
        Scope::Role(id) => {
            let role = here.roster.roles.iter().find(|role| role.id == *id);
            ("role", Some(role.map_or_else(|| id.to_string(), |role| role.name.clone())))
        }
    };
    DelegationShape {
        from: here.roster.handle(one.from),
        to: here.roster.handle(one.to),
        scope: ScopeShape { kind: kind.to_owned(), value },
        since: one.since.to_string(),
        expires_at: one.expires_at.map(|at| at.to_string()),
    }
}
