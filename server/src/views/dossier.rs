//! Actions with everything that is known of them: proposals, the policy versions that decide, ballots, effects.

use std::borrow::Cow;
use std::collections::HashMap;

use store::actions::StoredAction;
use store::bundles::{Bundle, Part};
use store::effects::StoredEffect;
use store::proposals::StoredProposal;
use store::{CommunityStore, Result};
use types::ballot::Ballot;
use types::payload::bundle::kind_of;
use types::policy::Policy;
use types::{Action, ActionId, Ask, MemberId, PolicyVersionId, ProposalId, ProposalStatus};

/// One action with everything that is known of it.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The action.
    pub action: Action,
    /// The action under each policy that was asked, in order.
    pub dockets: Vec<Docket>,
    /// What was asked of the world, in order.
    pub effects: Vec<StoredEffect>,
    /// The bundle that the action is, if it is one.
    pub bundle: Option<Bunch>,
    /// What the action is within the bundle it is part of, and the bundle's own action.
    pub part: Option<(Part, Option<ActionId>)>,
}

/// A bundle with what is known of each of its actions.
#[derive(Clone, Debug)]
pub struct Bunch {
    /// The bundle.
    pub bundle: Bundle,
    /// Its actions, in the order of the ballot, each under each policy that decides on the bundle.
    pub parts: Vec<(Part, Vec<Docket>)>,
}

/// One action under one policy version.
#[derive(Clone, Debug)]
pub struct Docket {
    /// The proposal.
    pub proposal: StoredProposal,
    /// The version that decides; none where its row cannot be found.
    pub policy: Option<Policy>,
    /// The ballots, oldest first; those of a secret vote without voter, reason or time.
    pub ballots: Vec<Ballot>,
}

impl Docket {
    /// What voters were asked: where nobody asked, yes or no of everybody.
    #[must_use]
    pub fn ask(&self) -> Cow<'_, Ask> {
        self.proposal.ask.as_ref().map_or_else(|| Cow::Owned(Ask::default()), Cow::Borrowed)
    }

    /// The policy's name at that version.
    #[must_use]
    pub fn policy_name(&self) -> &str {
        self.policy.as_ref().map_or("a policy that is gone", |policy| policy.draft.name.as_str())
    }

    /// Whether the policy has, or may still have, something to say.
    #[must_use]
    pub fn has_opinion(&self) -> bool {
        self.proposal.status != ProposalStatus::OutOfScope
    }

    /// Whether the vote no longer takes ballots.
    #[must_use]
    pub fn is_closed(&self, now: types::Timestamp) -> bool {
        super::count::is_closed(&self.ask(), !self.proposal.status.is_open(), now)
    }
}

impl Dossier {
    /// The proposal that stands for the action in lists: the first that is open, else the first that decided.
    #[must_use]
    pub fn leading(&self) -> Option<&Docket> {
        let mut open = self.dockets.iter().filter(|docket| docket.has_opinion() && docket.proposal.status.is_open());
        // A vote before a policy that merely waits.
        let asked =
            self.dockets.iter().find(|docket| docket.proposal.status.is_open() && docket.proposal.ask.is_some());
        asked.or_else(|| open.next()).or_else(|| self.dockets.iter().find(|docket| docket.has_opinion()))
    }
}

/// The dossiers of `actions`, in their order.
///
/// # Errors
/// What the store answered.
pub async fn load(store: &CommunityStore<'_>, actions: Vec<StoredAction>) -> Result<Vec<Dossier>> {
    if actions.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ActionId> = actions.iter().map(|stored| stored.action.id).collect();
    let proposals = store.proposals_of(&ids).await?;
    let mut effects: HashMap<ActionId, Vec<StoredEffect>> = HashMap::new();
    for effect in store.effects_of(&ids).await? {
        if let Some(action) = effect.action {
            effects.entry(action).or_default().push(effect);
        }
    }
    let mut dockets: HashMap<ActionId, Vec<Docket>> = HashMap::new();
    for docket in with_policies(store, proposals).await? {
        dockets.entry(docket.proposal.action).or_default().push(docket);
    }
    let mut bunches = bunches(store, &actions).await?;
    let mut parts = parts(store, &actions).await?;
    let dossier = |stored: StoredAction| {
        let id = stored.action.id;
        Dossier {
            action: stored.action,
            dockets: dockets.remove(&id).unwrap_or_default(),
            effects: effects.remove(&id).unwrap_or_default(),
            bundle: bunches.remove(&id),
            part: parts.remove(&id),
        }
    };
    Ok(actions.into_iter().map(dossier).collect())
}

/// The bundles among `actions`.
async fn bunches(store: &CommunityStore<'_>, actions: &[StoredAction]) -> Result<HashMap<ActionId, Bunch>> {
    let is_bundle = |stored: &&StoredAction| kind_of(&stored.action.kind).is_some();
    let ids: Vec<ActionId> = actions.iter().filter(is_bundle).map(|stored| stored.action.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let bundles = store.bundles_of_actions(&ids).await?;
    let parts = store.parts_of(&bundles.iter().map(|bundle| bundle.id).collect::<Vec<_>>()).await?;
    let of_parts: Vec<ActionId> = parts.iter().map(|part| part.stored.action.id).collect();
    let mut dockets: HashMap<ActionId, Vec<Docket>> = HashMap::new();
    for docket in with_policies(store, store.proposals_of(&of_parts).await?).await? {
        dockets.entry(docket.proposal.action).or_default().push(docket);
    }
    let mut bunches: HashMap<ActionId, Bunch> = HashMap::new();
    for bundle in bundles {
        if let Some(action) = bundle.action {
            bunches.insert(action, Bunch { bundle, parts: Vec::new() });
        }
    }
    for part in parts {
        let own = dockets.remove(&part.stored.action.id).unwrap_or_default();
        if let Some(bunch) = bunches.values_mut().find(|bunch| bunch.bundle.id == part.bundle) {
            bunch.parts.push((part, own));
        }
    }
    Ok(bunches)
}

/// What those of `actions` that stand in bundles are there.
async fn parts(
    store: &CommunityStore<'_>,
    actions: &[StoredAction],
) -> Result<HashMap<ActionId, (Part, Option<ActionId>)>> {
    let mut parts = HashMap::new();
    for stored in actions.iter().filter(|stored| stored.action.bundle.is_some()) {
        let Some(part) = store.part(stored.action.id).await? else { continue };
        let whole = store.bundle(part.bundle).await?.and_then(|bundle| bundle.action);
        parts.insert(stored.action.id, (part, whole));
    }
    Ok(parts)
}

/// Proposals with the versions that decide and their ballots.
async fn with_policies(store: &CommunityStore<'_>, proposals: Vec<StoredProposal>) -> Result<Vec<Docket>> {
    let mut versions: Vec<PolicyVersionId> = proposals.iter().map(|proposal| proposal.version).collect();
    versions.sort_unstable();
    versions.dedup();
    let policies = store.policy_versions_by_id(&versions).await?;
    let policies: HashMap<PolicyVersionId, Policy> =
        policies.into_iter().map(|policy| (policy.version_id, policy)).collect();
    let ids: Vec<ProposalId> = proposals.iter().map(|proposal| proposal.id).collect();
    let mut ballots = store.ballots_of(&ids).await?;
    let docket = |proposal: StoredProposal| Docket {
        policy: policies.get(&proposal.version).cloned(),
        ballots: ballots.remove(&proposal.id).unwrap_or_default(),
        proposal,
    };
    Ok(proposals.into_iter().map(docket).collect())
}

/// The dossier of one action.
///
/// # Errors
/// What the store answered.
pub async fn of_action(store: &CommunityStore<'_>, id: ActionId) -> Result<Option<Dossier>> {
    match store.action(id).await? {
        Some(stored) => Ok(load(store, vec![stored]).await?.pop()),
        None => Ok(None),
    }
}

/// The dossier of the action that a proposal decides on.
///
/// # Errors
/// What the store answered.
pub async fn of_proposal(store: &CommunityStore<'_>, id: ProposalId) -> Result<Option<Dossier>> {
    match store.proposal(id).await? {
        Some(proposal) => of_action(store, proposal.action).await,
        None => Ok(None),
    }
}

/// Whether a member's ballot is in, openly or in secret.
///
/// # Errors
/// What the store answered.
pub async fn has_voted(store: &CommunityStore<'_>, docket: &Docket, member: MemberId) -> Result<bool> {
    if docket.ballots.iter().any(|ballot| ballot.member == Some(member)) {
        return Ok(true);
    }
    Ok(!store.voted_on(member, &[docket.proposal.id]).await?.is_empty())
}
