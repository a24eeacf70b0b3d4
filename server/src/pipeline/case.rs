//! One action with everything its decision needs, in memory.
//!
//! Production fills a [`Case`] from stored rows and the simulator from an invented world;
//! both hand it to [`decide`](super::decide::decide) and differ only in what becomes of the effects.

use std::collections::BTreeMap;
use std::sync::Arc;

use types::ballot::Ballot;
use types::decision::Wake;
use types::evaluation::{ActionInput, BundleInput, PolicyInput, ProposalInput, Request, Seed, Step};
use types::{
    Ask, Combining, CommunityId, Effect, Enforcement, Evaluation, Facts, Json, OnError, ProposalId, ProposalStatus,
    Reads, Timestamp,
};

/// One action and the proposals under which it is decided, in the order in which their policies are asked.
#[derive(Clone, Debug)]
pub struct Case {
    /// Whose action it is.
    pub community: CommunityId,
    /// The action; `action.data` is what its policies share.
    pub action: ActionInput,
    /// How the proposals' verdicts become one.
    pub combining: Combining,
    /// The bundle that the action is, if it is one.
    pub bundle: Option<BundleInput>,
    /// The action under each pinned policy version.
    pub dockets: Vec<Docket>,
}

/// One proposal of a [`Case`].
#[derive(Clone, Debug)]
pub struct Docket {
    /// The proposal.
    pub id: ProposalId,
    /// The pinned version.
    pub policy: Arc<PolicyInput>,
    /// How far its decision reaches.
    pub enforcement: Enforcement,
    /// What happens when it breaks.
    pub on_error: OnError,
    /// Where it stands.
    pub status: ProposalStatus,
    /// Why.
    pub reason: String,
    /// Since when it is open.
    pub opened_at: Timestamp,
    /// Whether `initialize` has run.
    pub is_initialized: bool,
    /// Whether `notify` has run.
    pub is_notified: bool,
    /// Whether `pass` asked for the action to be carried out.
    pub wants_execute: bool,
    /// What voters were asked.
    pub ask: Option<Ask>,
    /// The current ballots, oldest first.
    pub ballots: Vec<Ballot>,
    /// Where its random draws come from.
    pub seed: Seed,
    /// What its last evaluation read.
    pub reads: Reads,
    /// When its answer could change by itself.
    pub wake: Option<Wake>,
    /// A trial policy's own `action.data`: what it sets must not reach the policies that decide.
    pub trial_data: BTreeMap<String, Json>,
}

/// One evaluation of one docket, kept for the record.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which docket, by its place in the case.
    pub docket: usize,
    /// Where it stood before.
    pub before: ProposalStatus,
    /// The whole question, so that the decision can be replayed.
    pub request: Request,
    /// The answer.
    pub evaluation: Evaluation,
}

impl Case {
    /// The question put to the engine about docket `at`, with no facts yet.
    pub(super) fn request(&self, docket: &Docket, step: Step, now: Timestamp) -> Request {
        let mut action = self.action.clone();
        if docket.is_trial() {
            action.data.extend(docket.trial_data.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        Request {
            step,
            policy: (*docket.policy).clone(),
            action,
            proposal: ProposalInput {
                id: docket.id,
                status: docket.status,
                opened_at: docket.opened_at,
                is_initialized: docket.is_initialized,
                is_notified: docket.is_notified,
                ask: docket.ask.clone(),
                ballots: docket.ballots.clone(),
            },
            bundle: self.bundle.clone(),
            facts: Facts::default(),
            now,
            seed: docket.seed,
        }
    }

    /// The verdicts of all dockets as one.
    #[must_use]
    pub fn combined(&self) -> engine::combine::Combined {
        let opinion = |docket: &Docket| engine::combine::Opinion {
            status: docket.status,
            enforcement: docket.enforcement,
            on_error: docket.on_error,
        };
        let opinions: Vec<_> = self.dockets.iter().map(opinion).collect();
        engine::combine::combine(self.combining, self.action.layer, &opinions)
    }

    /// The earliest moment at which an open docket could change its answer by itself.
    #[must_use]
    pub fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        let open = self.dockets.iter().filter(|docket| docket.status.is_open());
        open.filter_map(|docket| docket.wake)
            .map(|wake| match wake {
                Wake::At(at) => at,
                Wake::EveryMinute => now + std::time::Duration::from_secs(60),
            })
            .min()
    }
}

impl Docket {
    /// Whether the policy only decides on trial: its effects reach nobody.
    #[must_use]
    pub fn is_trial(&self) -> bool {
        matches!(self.enforcement, Enforcement::Shadow | Enforcement::Warn)
    }

    /// Takes one effect into the docket and the action's data. Returns whether shared data changed.
    pub(super) fn absorb(&mut self, effect: &Effect, shared: &mut BTreeMap<String, Json>) -> bool {
        match effect {
            Effect::Execute => self.wants_execute = true,
            Effect::Ask(ask) => self.ask = Some(ask.clone()),
            Effect::SetActionData { key, value } => {
                let trial = self.is_trial();
                let data = if trial { &mut self.trial_data } else { shared };
                let changed = data.get(key) != value.as_ref();
                match value {
                    Some(value) => data.insert(key.clone(), value.clone()),
                    None => data.remove(key),
                };
                return changed && !trial;
            }
            _ => {}
        }
        false
    }
}
