//! A community's government and people, as of its latest revision.
//!
//! Most actions find the same policies, roles and members as the one before. A snapshot is kept until the community's revisions
//! say that it is stale, so that an action costs one small query instead of five large ones.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use store::communities::{Community, Revisions};
use store::members::Roster;
use store::{CommunityStore, Result};
use types::evaluation::{Initiator, PolicyInput};
use types::fact::{DocumentFact, PolicyFact};
use types::member::{Member, Permission, Right};
use types::policy::Policy;
use types::{ActionType, Combining, CommunityId, Enforcement, Layer, MemberId, PolicyKind, PolicyVersionId, RoleId};

use super::rights;

/// Most communities whose snapshot is kept. A thousand members take some 200 kB.
const MOST: usize = 256;

/// What is in force in one community, and who belongs to it.
#[derive(Debug)]
pub struct Snapshot {
    /// The community.
    pub community: Community,
    /// What this is a snapshot of.
    pub revisions: Revisions,
    /// The policies in force, in the order in which they are asked.
    pub policies: Vec<Policy>,
    /// The stages of those that are in stages, by their version and in order.
    pub stages: HashMap<PolicyVersionId, Vec<Policy>>,
    /// Members and roles.
    pub roster: Roster,
    /// Rights of roles.
    pub permissions: Vec<Permission>,
    places: HashMap<MemberId, usize>,
    base_role: Option<RoleId>,
}

impl Snapshot {
    async fn load(store: &CommunityStore<'_>, revisions: Revisions) -> Result<Option<Self>> {
        let Some(community) = store.community().await? else { return Ok(None) };
        let roster = store.roster(None).await?;
        let places = roster.members.iter().enumerate().map(|(place, member)| (member.id, place)).collect();
        let base_role = roster.roles.iter().find(|role| role.is_base).map(|role| role.id);
        let (policies, permissions) = (store.policies().await?, store.permissions().await?);
        let versions: Vec<PolicyVersionId> = policies.iter().map(|policy| policy.version_id).collect();
        let mut stages: HashMap<PolicyVersionId, Vec<Policy>> = HashMap::new();
        for stage in store.stages_of(&versions).await? {
            stages.entry(stage.of).or_default().push(stage.policy);
        }
        Ok(Some(Self { community, revisions, policies, stages, roster, permissions, places, base_role }))
    }

    /// A present member.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.places.get(&id).and_then(|place| self.roster.members.get(*place))
    }

    /// A present member by handle.
    #[must_use]
    pub fn member_called(&self, handle: &str) -> Option<&Member> {
        self.roster.members.iter().find(|member| member.handle == handle)
    }

    /// Whether a present member holds `right` on actions of type `kind`.
    #[must_use]
    pub fn may(&self, member: &Member, right: Right, kind: &ActionType) -> bool {
        let roles: Vec<RoleId> = member.roles.iter().copied().chain(self.base_role).collect();
        rights::holds(right, kind, &roles, &self.permissions)
    }

    /// The policies that are asked about actions of type `kind`, in order.
    pub fn candidates<'s>(&'s self, kind: &'s ActionType) -> impl Iterator<Item = &'s Policy> {
        self.policies.iter().filter(|policy| {
            policy.enforcement != Enforcement::Off
                && policy.draft.kind == PolicyKind::Governing
                && policy.draft.covers(kind)
        })
    }

    /// What is pinned of a policy: itself, or each of its stages with its place from 1.
    #[must_use]
    pub fn pinned<'s>(&'s self, policy: &'s Policy) -> Vec<(&'s Policy, Option<u32>)> {
        match self.stages.get(&policy.version_id) {
            None => vec![(policy, None)],
            Some(stages) => stages.iter().zip(1..).map(|(stage, place)| (stage, Some(place))).collect(),
        }
    }

    /// The policies that answer to what happens, in order.
    pub fn reacting(&self) -> impl Iterator<Item = &Policy> {
        self.policies
            .iter()
            .filter(|policy| policy.enforcement != Enforcement::Off && policy.draft.kind == PolicyKind::Reacting)
    }

    /// How the verdicts of several policies of a layer become one.
    #[must_use]
    pub fn combining(&self, layer: Layer) -> Combining {
        combining(&self.community, layer)
    }

    /// A member as a policy sees who attempted the action.
    #[must_use]
    pub fn initiator(&self, id: MemberId) -> Option<Initiator> {
        let member = self.member(id)?;
        let held = self.roster.roles.iter().filter(|role| role.is_base || member.roles.contains(&role.id));
        Some(Initiator {
            id,
            handle: member.handle.clone(),
            display_name: member.display_name.clone(),
            joined_at: member.joined_at,
            roles: held.map(|role| role.name.clone()).collect(),
        })
    }

    /// The policies in force, as a policy sees them.
    #[must_use]
    pub fn policy_facts(&self) -> Vec<PolicyFact> {
        self.policies.iter().map(policy_fact).collect()
    }
}

/// How the verdicts of several policies of a layer become one: `settings.combining.<layer>`.
#[must_use]
pub fn combining(community: &Community, layer: Layer) -> Combining {
    let word = match layer {
        Layer::Platform => "platform",
        Layer::Constitution => "constitution",
    };
    let chosen = community.settings.get("combining").and_then(|by_layer| by_layer.get(word));
    chosen.and_then(|word| serde_json::from_value(word.clone()).ok()).unwrap_or_default()
}

/// A policy as another policy sees it.
#[must_use]
pub fn policy_fact(policy: &Policy) -> PolicyFact {
    PolicyFact {
        id: policy.id,
        name: policy.draft.name.clone(),
        layer: policy.draft.layer,
        version: policy.version,
        enforcement: policy.enforcement,
    }
}

/// A policy version as the engine runs it.
#[must_use]
pub fn policy_input(policy: &Policy) -> PolicyInput {
    PolicyInput {
        id: policy.id,
        version_id: policy.version_id,
        version: policy.version,
        name: policy.draft.name.clone(),
        hash: policy.hash.clone(),
        source: policy.draft.source.clone(),
        settings: policy.draft.settings.clone(),
        powers: policy.draft.powers.clone(),
        http_hosts: policy.draft.http_hosts.clone(),
    }
}

/// Documents as of a revision of theirs.
type DocumentsAsOf = (i64, Arc<Vec<DocumentFact>>);

/// The snapshots that are kept, and policy versions, which never change.
#[derive(Default)]
pub struct Snapshots {
    kept: Mutex<HashMap<CommunityId, Arc<Snapshot>>>,
    documents: Mutex<HashMap<CommunityId, DocumentsAsOf>>,
    versions: Mutex<HashMap<PolicyVersionId, Arc<PolicyInput>>>,
}

impl Snapshots {
    /// The present snapshot of the community behind `store`, which may stand in a transaction. `None` where there is none.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn of(&self, store: &CommunityStore<'_>) -> Result<Option<Arc<Snapshot>>> {
        let revisions = store.revisions().await?;
        if let Some(kept) = lock(&self.kept).get(&store.id()).filter(|kept| kept.revisions == revisions) {
            return Ok(Some(Arc::clone(kept)));
        }
        let Some(snapshot) = Snapshot::load(store, revisions).await? else { return Ok(None) };
        let snapshot = Arc::new(snapshot);
        let mut kept = lock(&self.kept);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(store.id(), Arc::clone(&snapshot));
        Ok(Some(snapshot))
    }

    /// Forgets what was seen of a community: after a transaction that changed it was rolled back.
    pub fn forget(&self, community: CommunityId) {
        lock(&self.kept).remove(&community);
        lock(&self.documents).remove(&community);
    }

    /// The documents in force.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn documents(&self, store: &CommunityStore<'_>) -> Result<Arc<Vec<DocumentFact>>> {
        let revision = store.revisions().await?.documents;
        if let Some((_, documents)) = lock(&self.documents).get(&store.id()).filter(|(kept, _)| *kept == revision) {
            return Ok(Arc::clone(documents));
        }
        let documents = Arc::new(store.documents().await?.into_iter().map(DocumentFact::from).collect::<Vec<_>>());
        let mut kept = lock(&self.documents);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(store.id(), (revision, Arc::clone(&documents)));
        Ok(documents)
    }

    /// Policy versions by id, as the engine runs them.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn versions(
        &self,
        store: &CommunityStore<'_>,
        ids: &[PolicyVersionId],
    ) -> Result<HashMap<PolicyVersionId, Arc<PolicyInput>>> {
        let mut found: HashMap<_, _> = {
            let kept = lock(&self.versions);
            ids.iter().filter_map(|id| kept.get(id).map(|version| (*id, Arc::clone(version)))).collect()
        };
        let mut missing: Vec<_> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(found);
        }
        let loaded = store.policy_versions_by_id(&missing).await?;
        let mut kept = lock(&self.versions);
        if kept.len() >= MOST * 16 {
            kept.clear();
        }
        for policy in &loaded {
            let version = Arc::new(policy_input(policy));
            kept.insert(policy.version_id, Arc::clone(&version));
            found.insert(policy.version_id, version);
        }
        Ok(found)
    }
}

fn lock<T>(kept: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What a panic leaves behind is a cache: at worst it lacks an entry.
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
