//! Actions with everything that is known of them: proposals, the policy versions that decide, ballots, effects.

use std::borrow::Cow;
use std::collections::HashMap;

use store::actions::StoredAction;
use store::effects::StoredEffect;
use store::proposals::StoredProposal;
use store::{CommunityStore, Result};
use types::ballot::Ballot;
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
    let dossier = |stored: StoredAction| {
        let id = stored.action.id;
        Dossier {
            action: stored.action,
            dockets: dockets.remove(&id).unwrap_or_default(),
            effects: effects.remove(&id).unwrap_or_default(),
        }
    };
    Ok(actions.into_iter().map(dossier).collect())
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
