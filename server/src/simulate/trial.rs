//! From what a client sends to a scenario: the policy with what may be left out, and the community it plays in.

use std::sync::Arc;

use types::member::{Member, Role};
use types::payload::constitution::AddPolicy;
use types::simulation::{ScenarioInput, TrialInput, TrialMember};
use types::{ActionType, Enforcement, Json, OnError, PolicyDraft, RoleId, Timestamp};

use super::SimulateError;
use super::scenario::{
    Attempted, Bench, DEFAULT_UNTIL_SECONDS, EXAMPLE_START, Scenario, Seat, World, member_id, role_id,
};
use crate::ctx::Ctx;
use crate::pipeline::constitution;
use crate::pipeline::snapshot::{Snapshot, policy_input};

/// A community as it is now.
///
/// # Errors
/// [`SimulateError::Unavailable`].
pub async fn present(ctx: &Ctx, community: types::CommunityId) -> Result<(Arc<Snapshot>, World), SimulateError> {
    let store = ctx.store.community(community);
    let gone = || SimulateError::Unavailable("the community is gone".to_owned());
    let snapshot = ctx.snapshots.of(&store).await?.ok_or_else(gone)?;
    let documents = ctx.snapshots.documents(&store).await?;
    let world = World {
        members: snapshot.roster.members.clone(),
        roles: snapshot.roster.roles.clone(),
        documents: documents.to_vec(),
        policies: snapshot.policy_facts(),
        log: Vec::new(),
        spans: None,
    };
    Ok((snapshot, world))
}

/// The scenario of a trial in the community behind `snapshot`.
///
/// # Errors
/// [`SimulateError`], naming the field.
pub fn scenario(
    trial: TrialInput,
    snapshot: &Snapshot,
    world: World,
    now: Timestamp,
) -> Result<Scenario, SimulateError> {
    let kind = kind(&trial.action.kind)?;
    let draft = draft(trial.policy.0, &kind)?;
    covers(&draft, &kind)?;
    if trial.events.len() > super::MAX_EVENTS {
        return Err(SimulateError::TooManyEvents(trial.events.len()));
    }
    let starts_at = trial.starts_at.unwrap_or(now);
    let world = match trial.members {
        Some(members) => invent(world, members, starts_at)?,
        None => world,
    };
    let bench = if trial.with_others {
        with_others(&draft, snapshot, None, OnError::Hold)
    } else {
        Bench::alone(&draft, OnError::Hold)
    };
    Ok(Scenario {
        bench: Arc::new(bench),
        world: Arc::new(world),
        attempt: Attempted {
            kind,
            payload: trial.action.payload,
            initiator: Some(trial.action.initiator),
            at: starts_at,
            id: None,
            origin: "web".to_owned(),
            has_happened: false,
            seeds: Vec::new(),
        },
        events: trial.events,
        until_seconds: trial.until_seconds.unwrap_or(DEFAULT_UNTIL_SECONDS),
        seed: trial.seed,
    })
}

/// The scenario of an example: nothing in it depends on the community as it happens to be.
///
/// # Errors
/// [`SimulateError`], naming the field.
pub fn of_example(input: ScenarioInput, draft: &PolicyDraft) -> Result<Scenario, SimulateError> {
    let kind = kind(&input.action.kind)?;
    covers(draft, &kind)?;
    let starts_at = input.starts_at.unwrap_or(EXAMPLE_START);
    let members = input.members.ok_or_else(|| SimulateError::BadInput {
        field: "members".to_owned(),
        problem: "an example names its members, so that it means the same for ever".to_owned(),
    })?;
    let base = Role { id: role_id(0), name: "Member".to_owned(), description: String::new(), is_base: true };
    let world = invent(World { roles: vec![base], ..World::default() }, members, starts_at)?;
    Ok(Scenario {
        bench: Arc::new(Bench::alone(draft, OnError::Hold)),
        world: Arc::new(world),
        attempt: Attempted {
            kind,
            payload: input.action.payload,
            initiator: Some(input.action.initiator),
            at: starts_at,
            id: None,
            origin: "web".to_owned(),
            has_happened: false,
            seeds: Vec::new(),
        },
        events: input.events,
        until_seconds: input.until_seconds.unwrap_or(DEFAULT_UNTIL_SECONDS),
        seed: input.seed,
    })
}

/// The policies in force with `draft` among them: in the place of the one that it replaces, or last.
#[must_use]
pub fn with_others(
    draft: &PolicyDraft,
    snapshot: &Snapshot,
    replaces: Option<types::PolicyId>,
    on_error: OnError,
) -> Bench {
    let mut seats = Vec::new();
    let mut on_trial = None;
    for policy in snapshot.policies.iter().filter(|policy| policy.draft.layer == draft.layer) {
        if Some(policy.id) == replaces {
            on_trial = Some(seats.len());
            let mut seat = Seat::of(draft, policy.on_error);
            seat.policy.id = policy.id;
            seat.policy.version = policy.version.saturating_add(1);
            seats.push(seat);
        } else {
            seats.extend(seats_of(snapshot, policy));
        }
    }
    if on_trial.is_none() && draft.kind == types::PolicyKind::Governing {
        on_trial = Some(seats.len());
        seats.push(Seat::of(draft, on_error));
    }
    Bench { seats, on_trial, combining: snapshot.combining(draft.layer), is_alone: false }
}

/// The policies in force of a layer.
#[must_use]
pub fn in_force(snapshot: &Snapshot, layer: types::Layer) -> Bench {
    let of_layer = snapshot.policies.iter().filter(|policy| policy.draft.layer == layer);
    let seats = of_layer.flat_map(|policy| seats_of(snapshot, policy)).collect();
    Bench { seats, on_trial: None, combining: snapshot.combining(layer), is_alone: false }
}

/// The seats of a policy in force: one, or one for each of its stages. One that is off or only answers has none.
fn seats_of(snapshot: &Snapshot, policy: &types::policy::Policy) -> Vec<Seat> {
    let decides = policy.enforcement == Enforcement::Enforced && policy.draft.kind == types::PolicyKind::Governing;
    let pinned = if decides { snapshot.pinned(policy) } else { Vec::new() };
    let seat = |(pinned, stage): (&types::policy::Policy, Option<u32>)| Seat {
        policy: policy_input(pinned),
        action_types: policy.draft.action_types.clone(),
        enforcement: policy.enforcement,
        on_error: policy.on_error,
        data: std::collections::BTreeMap::new(),
        stage: stage.map(|place| (policy.id, place)),
    };
    pinned.into_iter().map(seat).collect()
}

/// The action type that a word names.
///
/// # Errors
/// [`SimulateError::BadInput`].
pub fn kind(word: &str) -> Result<ActionType, SimulateError> {
    word.parse().map_err(|error: types::text::TextError| SimulateError::BadInput {
        field: "action.type".to_owned(),
        problem: error.to_string(),
    })
}

/// The policy, with what may be left out filled in.
///
/// # Errors
/// [`SimulateError::BadInput`].
pub fn draft(mut policy: serde_json::Value, kind: &ActionType) -> Result<PolicyDraft, SimulateError> {
    let bad = |field: &str, problem: String| SimulateError::BadInput { field: field.to_owned(), problem };
    let Some(fields) = policy.as_object_mut() else {
        return Err(bad("policy", "policy is an object with at least `source`".to_owned()));
    };
    fields.entry("name").or_insert_with(|| "a policy on trial".into());
    fields.entry("layer").or_insert_with(|| serde_json::to_value(kind.layer()).unwrap_or_default());
    fields.entry("action_types").or_insert_with(|| vec![kind.to_string()].into());
    let add: AddPolicy = serde_path_to_error::deserialize(policy).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "policy".to_owned() } else { format!("policy.{path}") };
        bad(&field, error.into_inner().to_string())
    })?;
    constitution::draft(&add).map_err(|problem| bad("policy", problem))
}

fn covers(draft: &PolicyDraft, kind: &ActionType) -> Result<(), SimulateError> {
    if draft.covers(kind) {
        return Ok(());
    }
    let declared = draft.action_types.join(", ");
    Err(SimulateError::NotCovered { kind: kind.to_string(), declared })
}

/// The world with invented members instead of its own, and with the roles that only they mention.
///
/// # Errors
/// [`SimulateError::BadInput`] where a handle is there twice.
pub fn invent(mut world: World, members: Vec<TrialMember>, now: Timestamp) -> Result<World, SimulateError> {
    world.members.clear();
    for (place, member) in members.into_iter().enumerate() {
        if world.member(&member.handle).is_some() {
            return Err(SimulateError::BadInput {
                field: format!("members[{place}].handle"),
                problem: format!("'{}' is there twice", member.handle),
            });
        }
        let mut roles: Vec<RoleId> = world.roles.iter().filter(|role| role.is_base).map(|role| role.id).collect();
        for name in member.roles {
            let known = world.role(&name).map(|role| role.id);
            let id = known.unwrap_or_else(|| {
                let id = role_id(world.roles.len());
                world.roles.push(Role { id, name, description: String::new(), is_base: false });
                id
            });
            if !roles.contains(&id) {
                roles.push(id);
            }
        }
        world.members.push(Member {
            id: member_id(place),
            display_name: member.display_name.unwrap_or_else(|| member.handle.clone()),
            handle: member.handle,
            joined_at: now,
            roles,
            is_bot: false,
        });
    }
    Ok(world)
}

/// The members of a world as an example names them.
#[must_use]
pub fn as_members(world: &World) -> Vec<TrialMember> {
    let member = |member: &Member| TrialMember {
        handle: member.handle.clone(),
        display_name: (member.display_name != member.handle).then(|| member.display_name.clone()),
        roles: world
            .roles
            .iter()
            .filter(|role| !role.is_base && member.roles.contains(&role.id))
            .map(|role| role.name.clone())
            .collect(),
    };
    world.members.iter().filter(|member| !member.is_bot).map(member).collect()
}

/// The scenario as an example keeps it.
#[must_use]
pub fn as_input(scenario: &Scenario) -> ScenarioInput {
    ScenarioInput {
        action: types::simulation::TrialAction {
            kind: scenario.attempt.kind.to_string(),
            payload: Json(scenario.attempt.payload.0.clone()),
            initiator: scenario.attempt.initiator.clone().unwrap_or_default(),
        },
        members: Some(as_members(&scenario.world)),
        events: scenario.events.clone(),
        until_seconds: Some(scenario.until_seconds),
        seed: scenario.seed,
        starts_at: Some(scenario.attempt.at),
    }
}
