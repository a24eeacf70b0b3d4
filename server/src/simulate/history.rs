//! The community's recorded past, as scenarios: who attempted what, who belonged to the community then, and who voted when.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use store::CommunityStore;
use store::actions::{ActionFilter, MAX_ACTION_PAGE, StoredAction};
use store::proposals::StoredProposal;
use types::ballot::Ballot;
use types::fact::PastAction;
use types::member::{Member, Role};
use types::simulation::{Event, Happening};
use types::{ActionId, ActionStatus, MemberId, Origin, Privacy, ProposalId, Timestamp, Verdict};

use super::SimulateError;
use super::scenario::{Attempted, DEFAULT_UNTIL_SECONDS, Spans, World};

/// Most actions that one backtest looks at, newest first.
pub const MOST_ACTIONS: usize = 10_000;

/// Most comings, goings and changes of roles that are played within one scenario.
const MOST_CHANGES: usize = 200;

/// An action of the past.
#[derive(Clone, Debug)]
pub struct Past {
    /// As stored.
    pub stored: StoredAction,
    /// Under which policies, and what became of each.
    pub proposals: Vec<StoredProposal>,
    /// What was voted.
    pub ballots: Vec<(ProposalId, Ballot)>,
}

/// The past of a community.
#[derive(Clone, Debug)]
pub struct History {
    /// Who belonged to it when.
    pub spans: Arc<Spans>,
    /// Its actions, newest first.
    pub actions: Vec<Past>,
    /// Whether there were more.
    pub is_cut: bool,
    handles: HashMap<MemberId, String>,
}

impl History {
    /// Loads the decided actions of a community, or one action alone, whatever became of it.
    ///
    /// # Errors
    /// [`SimulateError::Unavailable`].
    pub async fn load(store: &CommunityStore<'_>, only: Option<ActionId>) -> Result<Self, SimulateError> {
        let (actions, is_cut) = match only {
            Some(id) => (store.action(id).await?.into_iter().collect(), false),
            None => decided(store).await?,
        };
        Self::of(store, actions, is_cut).await
    }

    /// Loads the open actions of a community.
    ///
    /// # Errors
    /// [`SimulateError::Unavailable`].
    pub async fn open(store: &CommunityStore<'_>) -> Result<Self, SimulateError> {
        let statuses = vec![ActionStatus::Proposed, ActionStatus::Held];
        let filter = ActionFilter { statuses, limit: MAX_ACTION_PAGE, ..ActionFilter::default() };
        let actions = store.actions(&filter).await?;
        let is_cut = actions.len() >= usize::try_from(MAX_ACTION_PAGE).unwrap_or(usize::MAX);
        Self::of(store, actions, is_cut).await
    }

    async fn of(store: &CommunityStore<'_>, actions: Vec<StoredAction>, is_cut: bool) -> Result<Self, SimulateError> {
        let spans = spans(store).await?;
        let handles = spans.memberships.iter().map(|(member, _)| (member.id, member.handle.clone())).collect();
        let mut past = Vec::with_capacity(actions.len());
        for some in actions.chunks(500) {
            let ids: Vec<ActionId> = some.iter().map(|stored| stored.action.id).collect();
            let mut proposals: BTreeMap<ActionId, Vec<StoredProposal>> = BTreeMap::new();
            for proposal in store.proposals_of(&ids).await? {
                proposals.entry(proposal.action).or_default().push(proposal);
            }
            let voted: Vec<ProposalId> = proposals.values().flatten().map(|proposal| proposal.id).collect();
            let mut ballots = store.ballots_of(&voted).await?;
            for stored in some {
                let mut proposals = proposals.remove(&stored.action.id).unwrap_or_default();
                proposals.sort_by_key(|proposal| proposal.position);
                let cast = proposals
                    .iter()
                    .flat_map(|proposal| {
                        let id = proposal.id;
                        ballots.remove(&id).unwrap_or_default().into_iter().map(move |ballot| (id, ballot))
                    })
                    .collect();
                past.push(Past { stored: stored.clone(), proposals, ballots: cast });
            }
        }
        Ok(Self { spans: Arc::new(spans), actions: past, is_cut, handles })
    }

    /// The world of every scenario of this past. Members are those of each attempt's moment.
    #[must_use]
    pub fn world(&self, present: &World, with_log: bool) -> World {
        let log = if with_log { self.actions.iter().map(past_action).collect() } else { Vec::new() };
        World {
            members: Vec::new(),
            roles: Vec::new(),
            documents: present.documents.clone(),
            policies: present.policies.clone(),
            log,
            spans: Some(Arc::clone(&self.spans)),
        }
    }

    /// What was attempted.
    #[must_use]
    pub fn attempt(&self, past: &Past) -> Attempted {
        let action = &past.stored.action;
        let origin = match &action.origin {
            Origin::Web => "web",
            Origin::Api => "api",
            Origin::Policy { .. } => "policy",
            Origin::Trigger { .. } => "trigger",
            Origin::System => "system",
            Origin::Platform { .. } => action.kind.platform(),
        };
        Attempted {
            kind: action.kind.clone(),
            payload: action.payload.clone(),
            initiator: action.initiator.and_then(|id| self.handles.get(&id).cloned()),
            at: past.began(),
            id: Some(action.id),
            origin: origin.to_owned(),
            has_happened: action.origin.has_happened(),
            seeds: past.proposals.iter().map(|proposal| (proposal.policy, proposal.seed)).collect(),
        }
    }

    /// What happened then: votes, comings and goings, changes of roles, up to `until_seconds`.
    #[must_use]
    pub fn events(&self, past: &Past, until_seconds: u64) -> Vec<Event> {
        let from = past.began();
        let mut events = self.spans.events(from, from + Duration::from_secs(until_seconds), MOST_CHANGES);
        for (_, ballot) in &past.ballots {
            let Some(member) = ballot.member.and_then(|id| self.handles.get(&id).cloned()) else { continue };
            let at_seconds = ballot.cast_at.since(from).as_secs();
            if at_seconds <= until_seconds {
                let (value, reason) = (ballot.value.clone(), None);
                events.push(Event { at_seconds, what: Happening::Ballot { member, value, reason } });
            }
        }
        events.sort_by_key(|event| event.at_seconds);
        events
    }
}

impl Past {
    /// When it came before its policies.
    #[must_use]
    pub fn began(&self) -> Timestamp {
        self.proposals.first().map_or(self.stored.action.created_at, |proposal| proposal.opened_at)
    }

    /// How long people could vote on it, in seconds from the attempt; to the scenario's end where it is still open.
    #[must_use]
    pub fn closed_after_seconds(&self) -> Option<u64> {
        self.stored.action.decided_at.map(|at| at.since(self.began()).as_secs())
    }

    /// What became of it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.stored.action.status {
            ActionStatus::Proposed | ActionStatus::Held => Verdict::Proposed,
            ActionStatus::Passed | ActionStatus::Executed => Verdict::Passed,
            ActionStatus::Failed | ActionStatus::Reverted => Verdict::Failed,
        }
    }

    /// Whether somebody voted in secret, so that nobody can tell who voted how.
    #[must_use]
    pub fn has_secret_votes(&self) -> bool {
        self.proposals.iter().any(|proposal| proposal.ask.as_ref().is_some_and(|ask| ask.privacy == Privacy::Secret))
    }

    /// How long a scenario of it runs.
    #[must_use]
    pub fn until_seconds(&self) -> u64 {
        self.closed_after_seconds().map_or(DEFAULT_UNTIL_SECONDS, |closed| closed.saturating_add(DEFAULT_UNTIL_SECONDS))
    }

    /// A number from which a scenario's invented ids follow.
    #[must_use]
    pub fn seed(&self) -> u64 {
        let [high, low] = [self.stored.action.id.0.as_u128() >> 64, self.stored.action.id.0.as_u128()];
        // JSON holds whole numbers up to 2^53 in every reader.
        u64::try_from((high ^ low) & ((1 << 53) - 1)).unwrap_or(0)
    }
}

async fn decided(store: &CommunityStore<'_>) -> Result<(Vec<StoredAction>, bool), SimulateError> {
    let statuses = vec![ActionStatus::Passed, ActionStatus::Failed, ActionStatus::Executed, ActionStatus::Reverted];
    let mut found: Vec<StoredAction> = Vec::new();
    let mut after = None;
    loop {
        let filter =
            ActionFilter { statuses: statuses.clone(), after, limit: MAX_ACTION_PAGE, ..ActionFilter::default() };
        let page = store.actions(&filter).await?;
        let is_last = page.len() < usize::try_from(MAX_ACTION_PAGE).unwrap_or(usize::MAX);
        after = page.last().map(|last| (last.action.created_at, last.action.id));
        // What an earlier attempt of the system itself did (founding) is nobody's decision.
        found.extend(page.into_iter().filter(|stored| stored.action.origin != Origin::System));
        if found.len() > MOST_ACTIONS {
            found.truncate(MOST_ACTIONS);
            return Ok((found, true));
        }
        if is_last {
            return Ok((found, false));
        }
    }
}

async fn spans(store: &CommunityStore<'_>) -> Result<Spans, SimulateError> {
    let rows = store.roster_spans().await?;
    Ok(Spans {
        memberships: rows
            .memberships
            .into_iter()
            .map(|row| {
                let member = Member {
                    id: row.member,
                    handle: row.handle,
                    display_name: row.display_name,
                    joined_at: row.from,
                    roles: Vec::new(),
                    is_bot: row.is_bot,
                };
                (member, row.to)
            })
            .collect(),
        roles: rows
            .roles
            .into_iter()
            .map(|row| {
                let role = Role { id: row.role, name: row.name, description: row.description, is_base: row.is_base };
                (role, row.from, row.to)
            })
            .collect(),
        grants: rows.grants.into_iter().map(|row| (row.role, row.member, row.from, row.to)).collect(),
    })
}

fn past_action(past: &Past) -> PastAction {
    let action = &past.stored.action;
    PastAction {
        id: action.id,
        kind: action.kind.clone(),
        initiator: action.initiator,
        payload: action.payload.clone(),
        created_at: action.created_at,
        status: action.status,
    }
}
