//! What stands between a decision and its consequences, and the way back. Changing them is an action.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::failures::Anytime;
use super::here::Here;
use crate::pipeline::safeguards;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// The safeguards of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct SafeguardsShape {
    /// `{action_types, hours}`: how long actions wait after they have passed.
    cooling_off: Value,
    /// `{role, action_types, hours}`: who may stop them meanwhile.
    veto: Value,
    /// `{role, action_types, hours, until}`: who may do so for a time only.
    guardians: Value,
    /// Policies that end by themselves.
    sunsets: Vec<SunsetShape>,
    /// How the members take their government back, whatever stands in the policies.
    recovery: RecoveryShape,
}

/// A policy's last day.
#[derive(Debug, Serialize, ToSchema)]
pub struct SunsetShape {
    /// The policy's id.
    policy: String,
    /// When it is switched off, RFC 3339.
    at: String,
}

/// The recovery rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryShape {
    /// How many of all members must agree.
    #[schema(example = "2/3")]
    share: String,
    /// Within how many days.
    days: u32,
}

/// Get the safeguards
#[utoipa::path(get, path = "/communities/{slug}/safeguards", tag = "communities",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = SafeguardsShape, description = "The safeguards in force"), Anytime))]
pub async fn get(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<SafeguardsShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let kept = safeguards::of(&here.community);
    let rule = web.ctx.store.community(here.community.id).recovery_rule().await?;
    let sunsets = safeguards::sunsets(&here.community).into_iter();
    Ok(Json(SafeguardsShape {
        cooling_off: json!(kept.cooling_off),
        veto: json!(kept.veto),
        guardians: json!(kept.guardians),
        sunsets: sunsets.map(|(id, end)| SunsetShape { policy: id.to_string(), at: end.at.to_string() }).collect(),
        recovery: RecoveryShape { share: format!("{}/{}", rule.numerator, rule.denominator), days: rule.days },
    }))
}
