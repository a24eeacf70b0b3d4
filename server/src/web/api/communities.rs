//! Founding and finding communities.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::communities::Community;
use store::recovery::RecoveryRule;
use types::text::Slug;
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::Here;
use super::refusals;
use super::shapes::{CommunityShape, Founded};
use crate::pipeline::{self, Founding};
use crate::views::count::small;
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// A community to be founded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommunity {
    /// Its name in addresses: 1 to 48 of a-z, 0-9, `-` and `_`.
    #[schema(example = "fern-valley")]
    slug: String,
    /// Its name.
    #[schema(example = "Fern Valley Garden")]
    name: String,
    /// What it is, in a sentence or two.
    #[serde(default)]
    description: String,
    /// Its first government: `open`, `majority`, `dictator`, `jury`, `moderators`, `consensus`, `elected-council`,
    /// `maintainers` or `do-ocracy`; `GET /library` tells of each.
    #[schema(example = "jury")]
    starter_kit: String,
    /// Values of the kit's blanks.
    #[serde(default)]
    settings: Value,
    /// Its recovery rule, which nothing changes later; two thirds of all members within 14 days where it is left out.
    recovery: Option<NewRecovery>,
}

/// How the members of a community take their government back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecovery {
    /// How many of all members must agree, as a fraction: more than half, at most all.
    #[schema(example = "2/3")]
    share: String,
    /// Within how many days, 1 to 60.
    #[schema(example = 14)]
    days: u32,
}

/// Reads a recovery rule.
fn recovery(new: Option<NewRecovery>) -> Result<RecoveryRule, ApiError> {
    let Some(new) = new else { return Ok(RecoveryRule::default()) };
    let parts = new.share.split_once('/').and_then(|(n, d)| Some((n.trim().parse().ok()?, d.trim().parse().ok()?)));
    // Half of the members could take from the other half what these would take back tomorrow.
    let share = parts.filter(|(n, d): &(u32, u32)| *d <= 1_000 && n <= d && u64::from(*n) * 2 > u64::from(*d));
    let Some((numerator, denominator)) = share else {
        let why = "share is a fraction of all members such as 2/3: more than 1/2, at most 1/1";
        return Err(ApiError::invalid("invalid-field", why).at("recovery.share"));
    };
    if !(1..=60).contains(&new.days) {
        return Err(ApiError::invalid("invalid-field", "days is a whole number from 1 to 60").at("recovery.days"));
    }
    Ok(RecoveryRule { numerator, denominator, days: new.days })
}

/// A list of communities.
#[derive(Debug, Serialize, ToSchema)]
pub struct Communities {
    /// The communities, by name.
    communities: Vec<Founded>,
}

/// Found a community
///
/// Only the operator may. The starter kit brings roles, policies and documents; every community has a channel `general`.
#[utoipa::path(post, path = "/communities", tag = "communities", request_body = NewCommunity,
    responses((status = 201, body = Founded, description = "Founded"), Anytime, WithBody))]
pub async fn found(
    State(web): State<Web>,
    caller: Caller,
    Body(new): Body<NewCommunity>,
) -> Result<(StatusCode, Json<Founded>), ApiError> {
    if caller != Caller::Operator {
        return Err(ApiError::forbidden("operator-needed", "only the operator of the service founds communities"));
    }
    let slug: Slug = new.slug.parse().map_err(|error| refusals::text(&error, "slug"))?;
    let name = types::text::name(&new.name, "name").map_err(|error| refusals::text(&error, "name"))?;
    let settings = match new.settings {
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::Object(settings) => Value::Object(settings),
        _ => return Err(ApiError::invalid("invalid-field", "settings is an object of the kit's blanks").at("settings")),
    };
    let founding = Founding {
        slug: slug.clone(),
        name,
        description: new.description,
        starter_kit: new.starter_kit,
        settings: settings.into(),
    };
    let recovery = recovery(new.recovery)?;
    let id = pipeline::found_with(&web.ctx, founding, recovery).await.map_err(refusals::found)?;
    Ok((StatusCode::CREATED, Json(Founded { id: id.to_string(), slug: slug.to_string() })))
}

/// List communities
///
/// The operator sees all; a token sees its own; a person sees those they belong to.
#[utoipa::path(get, path = "/communities", tag = "communities",
    responses((status = 200, body = Communities, description = "By name"), Anytime))]
pub async fn list(State(web): State<Web>, caller: Caller) -> Result<Json<Communities>, ApiError> {
    let mut shown = Vec::new();
    for community in web.ctx.store.system().communities().await? {
        let is_theirs = match &caller {
            Caller::Operator => true,
            Caller::Community { community: own, .. } => *own == community.id,
            Caller::Person { account, .. } => {
                crate::web::keep::member_of(&web, community.id, *account).await?.is_some()
            }
        };
        if is_theirs {
            shown.push(Founded { id: community.id.to_string(), slug: community.slug });
        }
    }
    Ok(Json(Communities { communities: shown }))
}

/// Get a community
#[utoipa::path(get, path = "/communities/{slug}", tag = "communities",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = CommunityShape, description = "The community"), Anytime))]
pub async fn get(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<CommunityShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    Ok(Json(shape(here.community, here.roster.members.len())))
}

fn shape(community: Community, n_members: usize) -> CommunityShape {
    CommunityShape {
        id: community.id.to_string(),
        slug: community.slug,
        name: community.name,
        description: community.description,
        starter_kit: community.starter_kit,
        settings: community.settings.0,
        n_members: small(n_members),
        created_at: community.created_at.to_string(),
    }
}
