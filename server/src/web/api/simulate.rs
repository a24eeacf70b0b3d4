//! Trying a policy on an invented history. Nothing is written.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;
use types::payload::constitution::AddPolicy;
use utoipa::ToSchema;

use super::failures::{Anytime, WithBody};
use super::here::{Here, Standing};
use super::refusals;
use crate::pipeline::constitution;
use crate::simulate::{self, Event, Outcome, Scenario, World};
use crate::web::body::Body;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// A policy and a history to try it on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The policy, as in `constitution.add_policy`. Its name, description, layer and action types may be left out: the policy
    /// then governs the action's type.
    #[schema(value_type = Object)]
    policy: Value,
    /// What is attempted.
    action: TrialAction,
    /// The members of the invented community; those of this community where they are left out.
    members: Option<Vec<TrialMember>>,
    /// What happens afterwards, each with `at_seconds` and a `kind`: `ballot {member, value}`, `withdraw {member}`,
    /// `grant_role {member, role}`, `revoke_role {member, role}`, `tick`.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    events: Vec<Event>,
    /// How long it runs, in seconds from the attempt; thirty days where it is left out.
    until_seconds: Option<u64>,
    /// The source of random draws: the same seed draws the same jury.
    #[serde(default)]
    seed: u64,
}

/// What is attempted in a trial.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialAction {
    /// `platform.verb`.
    #[serde(rename = "type")]
    kind: String,
    /// The type's fields.
    #[serde(default)]
    #[schema(value_type = Object)]
    payload: Value,
    /// Who attempts it, by handle.
    initiator: String,
}

/// Somebody in an invented community.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialMember {
    /// The short name.
    handle: String,
    /// The name people read.
    display_name: Option<String>,
    /// Names of the roles held.
    #[serde(default)]
    roles: Vec<String>,
}

/// Try a policy
///
/// Plays the history on the policy, through the same code that decides for real, and writes nothing. A policy that breaks is an
/// answer with `error`, not a failure. The same request gives the same answer.
#[utoipa::path(post, path = "/communities/{slug}/simulate", tag = "policies", request_body = Trial,
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Object, description = "`{verdict, reason, timeline, effects, logs, error?}`"), Anytime, WithBody))]
pub async fn simulate(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
    Body(trial): Body<Trial>,
) -> Result<Json<Outcome>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    if here.standing == Standing::Visitor {
        return Err(ApiError::forbidden("members-only", "only members and holders of a token try policies here"));
    }
    let kind = trial.action.kind.parse().map_err(|_| refusals::unknown_type(&trial.action.kind).at("action.type"))?;
    let policy = draft(trial.policy, &kind)?;
    let world = world(&web, &here, trial.members).await?;
    let scenario = Scenario {
        policy,
        kind,
        payload: trial.action.payload.into(),
        initiator: trial.action.initiator,
        world,
        events: trial.events,
        until_seconds: trial.until_seconds,
        seed: trial.seed,
        starts_at: web.ctx.clock.now(),
    };
    let outcome = simulate::simulate(&*web.ctx.runner, here.community.id, scenario).await;
    outcome.map(Json).map_err(refusals::simulate)
}

/// The policy, with what may be left out filled in.
fn draft(mut policy: Value, kind: &types::ActionType) -> Result<types::PolicyDraft, ApiError> {
    let Some(fields) = policy.as_object_mut() else {
        return Err(ApiError::invalid("invalid-field", "policy is an object with at least `source`").at("policy"));
    };
    fields.entry("name").or_insert_with(|| "a policy on trial".into());
    fields.entry("layer").or_insert_with(|| serde_json::to_value(kind.layer()).unwrap_or_default());
    fields.entry("action_types").or_insert_with(|| vec![kind.to_string()].into());
    let add: AddPolicy = serde_path_to_error::deserialize(policy).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "policy".to_owned() } else { format!("policy.{path}") };
        ApiError::invalid("invalid-field", error.into_inner().to_string()).at(field)
    })?;
    constitution::draft(&add).map_err(|problem| ApiError::invalid("bad-policy", problem).at("policy"))
}

/// The community that the trial plays in.
async fn world(web: &Web, here: &Here, members: Option<Vec<TrialMember>>) -> Result<World, ApiError> {
    let store = web.ctx.store.community(here.community.id);
    let snapshot = web.ctx.snapshots.of(&store).await?.ok_or_else(|| ApiError::not_found("community"))?;
    let documents = web.ctx.snapshots.documents(&store).await?;
    let mut world = World {
        members: snapshot.roster.members.clone(),
        roles: snapshot.roster.roles.clone(),
        documents: documents.to_vec(),
        policies: snapshot.policy_facts(),
    };
    if let Some(members) = members {
        invent(&mut world, members, web.ctx.clock.now())?;
    }
    Ok(world)
}

/// Fills the world with invented members, and with the roles that only they mention.
fn invent(world: &mut World, members: Vec<TrialMember>, now: types::Timestamp) -> Result<(), ApiError> {
    world.members.clear();
    for (place, member) in members.into_iter().enumerate() {
        if world.members.iter().any(|known| known.handle == member.handle) {
            let message = format!("'{}' is there twice", member.handle);
            return Err(ApiError::invalid("taken", message).at(format!("members[{place}].handle")));
        }
        let mut roles: Vec<types::RoleId> =
            world.roles.iter().filter(|role| role.is_base).map(|role| role.id).collect();
        for name in member.roles {
            let known = world.roles.iter().find(|role| role.name == name).map(|role| role.id);
            roles.push(known.unwrap_or_else(|| {
                let id = invented_id(0x7201, world.roles.len());
                world.roles.push(types::member::Role { id, name, description: String::new(), is_base: false });
                id
            }));
        }
        world.members.push(types::member::Member {
            id: invented_id(0x3e3b, place),
            display_name: member.display_name.unwrap_or_else(|| member.handle.clone()),
            handle: member.handle,
            joined_at: now,
            roles,
            is_bot: false,
        });
    }
    Ok(())
}

/// An id that depends on nothing but the place in the request, so that the same request draws the same jury.
fn invented_id<T: From<uuid::Uuid>>(family: u128, place: usize) -> T {
    uuid::Uuid::from_u128((family << 96) | (place as u128 + 1)).into()
}
