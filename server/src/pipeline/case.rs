//! One action with everything its decision needs, in memory.
//!
//! Production fills a [`Case`] from stored rows and the simulator from an invented world;
//! both hand it to [`decide`](super::decide::decide) and differ only in what becomes of the effects.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::combine::{Combined, Opinion};
use types::ballot::Ballot;
use types::decision::Wake;
use types::evaluation::{ActionInput, PolicyInput, ProposalInput, Request, Seed, Step};
use types::payload::bundle;
use types::{
    Ask, Combining, CommunityId, Effect, Enforcement, Evaluation, Facts, Json, Layer, OnError, PolicyId, ProposalId,
    ProposalStatus, Reads, Timestamp,
};

pub use super::bundle::case::{BundleCase, PartCase};

/// Why a bundle waits that no policy governs.
const UNGOVERNED_BUNDLE: &str = "no policy governs it; a bundle waits until a policy says how it is decided, or it would be a way past the policies of what it holds";

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
    pub bundle: Option<BundleCase>,
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
    /// The policy of which it is a stage, and in which place, from 1.
    pub stage: Option<(PolicyId, u32)>,
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
    pub(super) fn request(&self, at: usize, docket: &Docket, step: Step, now: Timestamp) -> Request {
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
            bundle: self.bundle.as_ref().map(|bundle| bundle.input(at)),
            facts: Facts::default(),
            now,
            seed: docket.seed,
        }
    }

    /// Whether the turn of docket `at` has come: a stage is asked when those before it have passed or have no opinion.
    #[must_use]
    pub fn has_its_turn(&self, at: usize) -> bool {
        let Some(Docket { stage: Some((of, place)), .. }) = self.dockets.get(at) else { return true };
        let earlier = self.dockets.iter().filter(|docket| docket.stage.is_some_and(|(o, p)| o == *of && p < *place));
        earlier.into_iter().all(|docket| matches!(docket.status, ProposalStatus::Passed | ProposalStatus::OutOfScope))
    }

    /// Whether a further stage follows docket `at`.
    pub(super) fn has_next_stage(&self, at: usize) -> bool {
        let Some(Docket { stage: Some((of, place)), .. }) = self.dockets.get(at) else { return false };
        self.dockets.iter().any(|docket| docket.stage.is_some_and(|(o, p)| o == *of && p > *place))
    }

    /// The verdicts of all dockets as one. The stages of a policy are one opinion: that of the stage whose turn it is.
    #[must_use]
    pub fn combined(&self) -> Combined {
        let voices = self.voices();
        let opinion = |docket: &Docket| Opinion {
            status: docket.status,
            enforcement: docket.enforcement,
            on_error: docket.on_error,
        };
        let opinions: Vec<_> = voices.iter().filter_map(|at| self.dockets.get(*at)).map(opinion).collect();
        let is_bundle = bundle::kind_of(&self.action.kind).is_some();
        // A bundle that nobody governs must not be a way past the policies of what it holds.
        let layer = if is_bundle { Layer::Constitution } else { self.action.layer };
        let mut combined = engine::combine::combine(self.combining, layer, &opinions);
        if is_bundle && combined.decisive.is_empty() {
            combined.held = combined.held.map(|_| UNGOVERNED_BUNDLE.to_owned());
        }
        combined.decisive = combined.decisive.iter().filter_map(|place| voices.get(*place)).copied().collect();
        combined
    }

    /// The dockets that speak, by place: each policy once, a policy in stages by the stage whose turn it is.
    fn voices(&self) -> Vec<usize> {
        let mut voices: Vec<usize> = Vec::new();
        for (at, docket) in self.dockets.iter().enumerate() {
            let last = voices.last().copied();
            let earlier = last.and_then(|last| self.dockets.get(last)).filter(|earlier| {
                docket.stage.is_some_and(|(of, _)| earlier.stage.is_some_and(|(other, _)| other == of))
            });
            match (earlier.map(|earlier| earlier.status), voices.last_mut()) {
                // Done, so the next speaks; one without an opinion leaves it to the one before.
                (Some(ProposalStatus::Passed), Some(voice)) if docket.status != ProposalStatus::OutOfScope => {
                    *voice = at
                }
                (Some(ProposalStatus::OutOfScope), Some(voice)) => *voice = at,
                (Some(_), Some(_)) => {}
                (_, _) => voices.push(at),
            }
        }
        voices
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
    ///
    /// Once there are ballots, a question can only become more private.
    pub(super) fn absorb(&mut self, effect: &Effect, shared: &mut BTreeMap<String, Json>, has_ballots: bool) -> bool {
        match effect {
            Effect::Execute => self.wants_execute = true,
            Effect::Ask(ask) => {
                let promised = self.ask.clone().unwrap_or_default();
                self.ask = Some(if has_ballots { ask.clone().held_to(&promised) } else { ask.clone() });
            }
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
