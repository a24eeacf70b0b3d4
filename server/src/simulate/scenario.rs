//! What is played: policies in their order, an attempt, a community, and what happens then.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use types::evaluation::{Initiator, PolicyInput, Seed};
use types::fact::{ActionQuery, DocumentFact, PastAction, PolicyFact};
use types::member::{Member, Role};
use types::simulation::{Event, Happening};
use types::{
    ActionId, ActionType, Combining, Enforcement, Json, MemberId, OnError, PolicyDraft, PolicyId, PolicyVersionId,
    RoleId, Timestamp,
};
use uuid::Uuid;

use crate::pipeline::constitution::source_hash;

/// How long a scenario runs when nobody says: longer than any shipped deadline.
pub const DEFAULT_UNTIL_SECONDS: u64 = 30 * 24 * 3600;

/// Longest scenario: a hundred years.
pub const MAX_SECONDS: u64 = 100 * 365 * 24 * 3600;

/// When examples take place that do not say: 2026-01-05T12:00:00Z, a Monday.
pub const EXAMPLE_START: Timestamp = Timestamp::from_millis(1_767_614_400_000);

/// One history to be played.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scenario {
    /// The policies that decide.
    pub bench: Arc<Bench>,
    /// The community.
    pub world: Arc<World>,
    /// What is attempted.
    pub attempt: Attempted,
    /// What happens then.
    pub events: Vec<Event>,
    /// How long it runs, in seconds from the attempt.
    pub until_seconds: u64,
    /// The source of random draws and of invented ids.
    pub seed: u64,
}

/// What is attempted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempted {
    /// Its type.
    pub kind: ActionType,
    /// Its payload.
    pub payload: Json,
    /// Who, by handle; nobody for what the system itself does.
    pub initiator: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Its id; an invented one where it never was.
    pub id: Option<ActionId>,
    /// How it came in.
    pub origin: String,
    /// Whether the platform had already let it happen.
    pub has_happened: bool,
    /// Where the draws of each policy came from in truth.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seeds: Vec<(PolicyId, Seed)>,
}

/// The policies that decide, in the order in which they are asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bench {
    /// Each with what goes with it.
    pub seats: Vec<Seat>,
    /// Which of them is on trial; none where only those in force are played.
    pub on_trial: Option<usize>,
    /// How their verdicts become one.
    pub combining: Combining,
    /// Whether a draft is looked at by itself: then its own answer counts, also where it says that it does not govern the action.
    #[serde(default)]
    pub is_alone: bool,
}

/// One policy that decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seat {
    /// The version.
    pub policy: PolicyInput,
    /// What it is declared for: a seat that does not cover the attempt is left out.
    pub action_types: Vec<String>,
    /// How far its decisions reach.
    pub enforcement: Enforcement,
    /// What happens when it breaks.
    pub on_error: OnError,
    /// What its data store holds at the start.
    pub data: BTreeMap<String, Json>,
    /// The policy of which it is a stage, and in which place, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<(PolicyId, u32)>,
}

/// The community that a scenario plays in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct World {
    /// Its members, in ascending order of id.
    pub members: Vec<Member>,
    /// Its roles.
    pub roles: Vec<Role>,
    /// Its documents.
    pub documents: Vec<DocumentFact>,
    /// Its policies.
    pub policies: Vec<PolicyFact>,
    /// Answers to questions of the log, where it is known.
    pub log: Vec<PastAction>,
    /// Who belonged to it when. Where it is there, members and roles are those of the moment of the attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spans: Option<Arc<Spans>>,
}

/// Who belonged to a community and held which role, at every moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spans {
    /// Memberships: who (without roles), since when, until when.
    pub memberships: Vec<(Member, Option<Timestamp>)>,
    /// Roles, since when, until when.
    pub roles: Vec<(Role, Timestamp, Option<Timestamp>)>,
    /// Who held which role, since when, until when.
    pub grants: Vec<(RoleId, MemberId, Timestamp, Option<Timestamp>)>,
}

impl Spans {
    /// Members and roles as of a moment, in the order that policies see.
    #[must_use]
    pub fn at(&self, moment: Timestamp) -> (Vec<Member>, Vec<Role>) {
        let is_then = |from: Timestamp, to: Option<Timestamp>| from <= moment && to.is_none_or(|to| to > moment);
        let roles: Vec<Role> =
            self.roles.iter().filter(|(_, from, to)| is_then(*from, *to)).map(|(role, ..)| role.clone()).collect();
        let base: Vec<RoleId> = roles.iter().filter(|role| role.is_base).map(|role| role.id).collect();
        let known: std::collections::HashSet<RoleId> = roles.iter().map(|role| role.id).collect();
        let mut held: std::collections::HashMap<MemberId, Vec<RoleId>> = std::collections::HashMap::new();
        for (role, member, from, to) in &self.grants {
            if is_then(*from, *to) && known.contains(role) {
                held.entry(*member).or_default().push(*role);
            }
        }
        let present = self.memberships.iter().filter(|(member, to)| is_then(member.joined_at, *to));
        let mut members: Vec<Member> = present
            .map(|(member, _)| {
                let mut member = member.clone();
                member.roles = base.clone();
                member.roles.extend(held.remove(&member.id).unwrap_or_default());
                member
            })
            .collect();
        members.sort_unstable_by_key(|member| member.id);
        (members, roles)
    }

    /// Whether nobody came or went, and no role changed, between two moments.
    #[must_use]
    pub fn is_same(&self, one: Timestamp, other: Timestamp) -> bool {
        let (from, to) = (one.min(other), one.max(other));
        let changed = |at: Timestamp| at > from && at <= to;
        !(self.memberships.iter().any(|(member, left)| changed(member.joined_at) || left.is_some_and(changed))
            || self.roles.iter().any(|(_, since, until)| changed(*since) || until.is_some_and(changed))
            || self.grants.iter().any(|(_, _, since, until)| changed(*since) || until.is_some_and(changed)))
    }

    /// The moments between two at which somebody came or went, or a role changed hands, as events after `from`.
    #[must_use]
    pub fn events(&self, from: Timestamp, to: Timestamp, most: usize) -> Vec<Event> {
        let handle = |id: &MemberId| {
            self.memberships.iter().find(|(member, _)| member.id == *id).map(|(member, _)| member.handle.clone())
        };
        let role =
            |id: &RoleId| self.roles.iter().find(|(role, ..)| role.id == *id).map(|(role, ..)| role.name.clone());
        let within = |at: Timestamp| (at > from && at <= to).then(|| at.since(from).as_secs());
        let mut events = Vec::new();
        for (member, left) in &self.memberships {
            if let Some(at_seconds) = within(member.joined_at) {
                let what = Happening::Join { member: member.handle.clone(), roles: Vec::new() };
                events.push(Event { at_seconds, what });
            }
            if let Some(at_seconds) = left.and_then(within) {
                events.push(Event { at_seconds, what: Happening::Leave { member: member.handle.clone() } });
            }
        }
        for (id, member, granted, revoked) in &self.grants {
            let (Some(role), Some(member)) = (role(id), handle(member)) else { continue };
            if let Some(at_seconds) = within(*granted) {
                let what = Happening::GrantRole { member: member.clone(), role: role.clone() };
                events.push(Event { at_seconds, what });
            }
            if let Some(at_seconds) = revoked.and_then(within) {
                events.push(Event { at_seconds, what: Happening::RevokeRole { member, role } });
            }
        }
        events.sort_by_key(|event| event.at_seconds);
        events.truncate(most);
        events
    }
}

impl Bench {
    /// A draft alone, as it would decide where nothing else governs.
    #[must_use]
    pub fn alone(draft: &PolicyDraft, on_error: OnError) -> Self {
        let seat = Seat::of(draft, on_error);
        Self { seats: vec![seat], on_trial: Some(0), combining: Combining::DenyOverrides, is_alone: true }
    }

    /// The seats that are declared for actions of type `kind`.
    pub fn covering<'b>(&'b self, kind: &'b ActionType) -> impl Iterator<Item = (usize, &'b Seat)> {
        self.seats
            .iter()
            .enumerate()
            .filter(|(_, seat)| seat.action_types.iter().any(|pattern| types::member::pattern_covers(pattern, kind)))
    }
}

impl Seat {
    /// A draft, with ids that follow from its content.
    #[must_use]
    pub fn of(draft: &PolicyDraft, on_error: OnError) -> Self {
        let hash = source_hash(&draft.source);
        let policy = PolicyInput {
            id: PolicyId(invented_id(0, "policy")),
            version_id: PolicyVersionId(invented_id(0, "version")),
            version: 1,
            name: draft.name.clone(),
            hash,
            source: draft.source.clone(),
            settings: draft.settings.clone(),
            powers: draft.powers.clone(),
            http_hosts: draft.http_hosts.clone(),
        };
        Self {
            policy,
            action_types: draft.action_types.clone(),
            enforcement: Enforcement::Enforced,
            on_error,
            data: BTreeMap::new(),
            stage: None,
        }
    }
}

impl World {
    /// A member by handle.
    #[must_use]
    pub fn member(&self, handle: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.handle == handle)
    }

    /// A role by name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// Members who can be asked: everybody but programs, or those of a role.
    pub fn voters(&self, role: Option<&str>) -> impl Iterator<Item = &Member> {
        let held = role.map(|name| self.role(name).map(|role| (role.id, role.is_base)));
        self.members.iter().filter(move |member| {
            !member.is_bot
                && match held {
                    None => true,
                    Some(None) => false,
                    Some(Some((id, is_base))) => is_base || member.roles.contains(&id),
                }
        })
    }

    /// What the log answers to a question, as of `now`, the action itself left out.
    #[must_use]
    pub fn past(&self, query: &ActionQuery, but: ActionId, now: Timestamp) -> Vec<PastAction> {
        let mut found: Vec<PastAction> = self
            .log
            .iter()
            .filter(|past| past.id != but && past.created_at <= now)
            .filter(|past| query.kind.as_ref().is_none_or(|kind| types::member::pattern_covers(kind, &past.kind)))
            .filter(|past| query.initiator.is_none_or(|member| past.initiator == Some(member)))
            .filter(|past| query.since_ms.is_none_or(|since| past.created_at.millis() >= since))
            .cloned()
            .collect();
        found.sort_by_key(|past| std::cmp::Reverse((past.created_at, past.id)));
        found.truncate(usize::try_from(query.limit.max(1)).unwrap_or(1));
        found
    }
}

/// A member as the initiator of an action.
#[must_use]
pub fn initiator_of(member: &Member, roles: &[Role]) -> Initiator {
    let names = roles.iter().filter(|role| role.is_base || member.roles.contains(&role.id));
    Initiator {
        id: member.id,
        handle: member.handle.clone(),
        display_name: member.display_name.clone(),
        joined_at: member.joined_at,
        roles: names.map(|role| role.name.clone()).collect(),
    }
}

/// An id for an invented thing: the same seed and name give the same id.
#[must_use]
pub fn invented_id(seed: u64, name: &str) -> Uuid {
    let digest = Sha256::digest(format!("{seed} {name}"));
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    // Version 8: "custom", RFC 9562 §5.8.
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The seed of a simulated proposal's draws.
#[must_use]
pub fn draws(seed: u64, seat: usize) -> Seed {
    let text = if seat == 0 { format!("simulation {seed}") } else { format!("simulation {seed} {seat}") };
    Seed(Sha256::digest(text).into())
}

/// An invented member's id, by place: the same request draws the same jury.
#[must_use]
pub fn member_id(place: usize) -> MemberId {
    MemberId(Uuid::from_u128((0x3e3b_u128 << 96) | (place as u128).saturating_add(1)))
}

/// An invented role's id, by place.
#[must_use]
pub fn role_id(place: usize) -> RoleId {
    RoleId(Uuid::from_u128((0x7201_u128 << 96) | (place as u128).saturating_add(1)))
}
