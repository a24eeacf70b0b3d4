//! A bundle that is being decided on, in memory.

use types::ballot::Ballot;
use types::evaluation::{BundleInput, BundleKind, BundledAction};
use types::{ActionId, ActionStatus, ActionType, BundleId, Effect, Json, MemberId, ProposalId};

/// The bundle that an action is.
#[derive(Clone, Debug)]
pub struct BundleCase {
    /// The id.
    pub id: BundleId,
    /// Election or combination.
    pub kind: BundleKind,
    /// What is decided, in a sentence.
    pub title: String,
    /// How many may win, for an election.
    pub seats: u32,
    /// The option that stands for "none of these", where the election offers it.
    pub none: Option<String>,
    /// Its actions, in the order of the ballot.
    pub parts: Vec<PartCase>,
}

/// One action of a bundle.
#[derive(Clone, Debug)]
pub struct PartCase {
    /// The action.
    pub action: ActionId,
    /// Its type.
    pub kind: ActionType,
    /// Its payload.
    pub payload: Json,
    /// Who attempted it.
    pub initiator: Option<MemberId>,
    /// What it is called on the ballot.
    pub label: String,
    /// Why, in the words of who named it.
    pub statement: String,
    /// Whom it concerns.
    pub nominee: Option<MemberId>,
    /// Where it stands.
    pub status: ActionStatus,
    /// Its own proposal and ballots under each docket of the case, in their order.
    pub votes: Vec<(ProposalId, Vec<Ballot>)>,
}

impl PartCase {
    /// Whether it is still in the bundle.
    #[must_use]
    pub fn is_left(&self) -> bool {
        self.status.is_open()
    }
}

impl BundleCase {
    /// The bundle as the policy of docket `at` sees it.
    #[must_use]
    pub fn input(&self, at: usize) -> BundleInput {
        let (left, gone): (Vec<&PartCase>, Vec<&PartCase>) = self.parts.iter().partition(|part| part.is_left());
        let bundled = |part: &PartCase| {
            let (proposal, ballots) = part.votes.get(at).cloned().unwrap_or((ProposalId::NIL, Vec::new()));
            BundledAction {
                id: part.action,
                kind: part.kind.clone(),
                payload: part.payload.clone(),
                initiator: part.initiator,
                status: part.status,
                label: part.label.clone(),
                statement: part.statement.clone(),
                nominee: part.nominee,
                proposal,
                ballots,
            }
        };
        BundleInput {
            id: self.id,
            kind: self.kind,
            title: self.title.clone(),
            actions: left.into_iter().map(bundled).collect(),
            seats: self.seats,
            none: self.none.clone(),
            gone: gone.into_iter().map(|part| part.label.clone()).collect(),
        }
    }

    /// Whether anybody has voted on one of its actions under docket `at`.
    #[must_use]
    pub fn has_ballots(&self, at: usize) -> bool {
        self.parts.iter().filter_map(|part| part.votes.get(at)).any(|(_, ballots)| !ballots.is_empty())
    }

    /// Whether anything is left to be carried out.
    #[must_use]
    pub fn has_parts(&self) -> bool {
        self.parts.iter().any(PartCase::is_left)
    }

    /// Why an election that its policies have passed chose nobody: more candidates are left than there are seats.
    #[must_use]
    pub fn is_undecided(&self) -> Option<String> {
        let left: Vec<&str> = self.parts.iter().filter(|part| part.is_left()).map(|part| part.label.as_str()).collect();
        let seats = usize::try_from(self.seats).unwrap_or(usize::MAX);
        (self.kind == BundleKind::Election && left.len() > seats).then(|| {
            let seats = if seats == 1 { "1 seat".to_owned() } else { format!("{seats} seats") };
            format!("it passed, but {} candidates are left for {seats}: {}", left.len(), left.join(", "))
        })
    }

    /// Takes in what the policy of docket `at` asked for. Returns whether the bundle has changed for the others.
    pub(in crate::pipeline) fn absorb(&mut self, at: usize, effect: &Effect) -> bool {
        match effect {
            Effect::DropFromBundle { action } => {
                let part = self.parts.iter_mut().find(|part| part.action == *action && part.is_left());
                if let Some(part) = part {
                    part.status = ActionStatus::Failed;
                    return true;
                }
            }
            Effect::ClearBallots { action } => {
                let part = self.parts.iter_mut().find(|part| part.action == *action);
                if let Some((_, ballots)) = part.and_then(|part| part.votes.get_mut(at)) {
                    ballots.clear();
                }
            }
            _ => {}
        }
        false
    }
}
