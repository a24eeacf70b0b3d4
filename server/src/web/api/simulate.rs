//! Trying a policy on an invented history. Nothing is written.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;
use types::Timestamp;
use types::simulation::{Event, Outcome, TrialAction, TrialInput, TrialMember};
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::Here;
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::trying;
use crate::web::who::Caller;

/// A policy and a history to try it on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The policy, as in `constitution.add_policy`. Its name, description, layer and action types may be left out: the policy
    /// then governs the action's type.
    #[schema(value_type = Object)]
    policy: Value,
    /// What is attempted: `{type, payload, initiator}`.
    #[schema(value_type = Object)]
    action: TrialAction,
    /// The members of the invented community, each with `handle`, and optionally `display_name` and `roles`; those of this
    /// community where they are left out.
    #[schema(value_type = Option<Vec<Object>>)]
    members: Option<Vec<TrialMember>>,
    /// What happens afterwards, each with `at_seconds` and a `kind`: `ballot {member, value}`, `everyone {role?, value}`,
    /// `rest {value}`, `nobody {for_seconds?}`, `withdraw {member}`, `grant_role {member, role}`,
    /// `revoke_role {member, role}`, `join {member, roles?}`, `leave {member}`, `tick`.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    events: Vec<Event>,
    /// How long it runs, in seconds from the attempt; thirty days where it is left out.
    until_seconds: Option<u64>,
    /// The source of random draws: the same seed draws the same jury.
    #[serde(default)]
    seed: u64,
    /// The moment of the attempt; now where it is left out.
    #[schema(value_type = Option<String>)]
    starts_at: Option<Timestamp>,
    /// Whether the community's other policies decide with it.
    #[serde(default)]
    with_others: bool,
    /// Whether coverage, values beside the lines and a receipt are wanted.
    #[serde(default)]
    detail: bool,
}

impl Trial {
    /// What the simulator takes.
    pub fn input(self) -> TrialInput {
        TrialInput {
            policy: self.policy.into(),
            action: self.action,
            members: self.members,
            events: self.events,
            until_seconds: self.until_seconds,
            seed: self.seed,
            starts_at: self.starts_at,
            with_others: self.with_others,
            detail: self.detail,
        }
    }
}

/// Try a policy
///
/// Plays the history on the policy, through the same code that decides for real, and writes nothing. A policy that breaks is an
/// answer with `error`, not a failure. The same request gives the same answer.
#[utoipa::path(post, path = "/communities/{slug}/simulate", tag = "policies", request_body = Trial,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{verdict, reason, timeline, effects, logs, error?, trace?, receipt?}`"), Anytime, WithBody))]
pub async fn simulate(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(trial): Body<Trial>,
) -> Result<Json<Outcome>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let workshop = trying::open(&web, &here, false).await?;
    workshop.play(trial.input()).await.map(Json)
}
