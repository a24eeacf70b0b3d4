//! One reader's view of a community at one moment: what cards and pages are drawn from.

use std::borrow::Cow;
use std::collections::HashSet;

use app::api::ballot::MyBallot;
use app::api::proposal::{MyPart, ProposalCard, TallyView};
use app::api::words::Standing;
use types::member::Member;
use types::{Action, ActionStatus, Ask, BallotKind, Enforcement, ProposalId, ProposalStatus, Timestamp};

use super::bounds;
use super::count::{self, Looker, Sight};
use super::dossier::{Docket, Dossier};
use super::roster::Roster;
use super::sentence::{self, Names, counted};
use super::vote::Voting;

/// Who reads, what they know, and when.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The community's people.
    pub roster: &'a Roster,
    /// Names of what payloads mention by id.
    pub names: &'a Names,
    /// The reader; none for a visitor.
    pub member: Option<&'a Member>,
    /// Proposals on which the reader has voted.
    pub voted: &'a HashSet<ProposalId>,
    /// The moment.
    pub now: Timestamp,
}

/// How a proposal stands, as pages word it: the action's end where it has one.
#[must_use]
pub fn standing(action: &Action, docket: &Docket) -> Standing {
    match (docket.proposal.status, action.status) {
        (ProposalStatus::Passed, _) => Standing::Passed,
        (ProposalStatus::Failed, _) => Standing::Failed,
        (_, ActionStatus::Passed | ActionStatus::Executed) => Standing::Passed,
        (_, ActionStatus::Failed | ActionStatus::Reverted) => Standing::Failed,
        (ProposalStatus::Held, _) | (_, ActionStatus::Held) => Standing::Held,
        _ => Standing::Open,
    }
}

/// Whether a policy only decides on trial.
#[must_use]
pub fn is_trial(docket: &Docket) -> bool {
    matches!(docket.proposal.enforcement, Enforcement::Shadow | Enforcement::Warn)
}

impl Scene<'_> {
    /// Whether the reader's ballot on a proposal is in.
    #[must_use]
    pub fn has_voted(&self, docket: &Docket) -> bool {
        self.voted.contains(&docket.proposal.id)
    }

    /// What the reader may see of the vote.
    #[must_use]
    pub fn sight(&self, docket: &Docket) -> Sight {
        let looker = Looker { is_member: self.member.is_some(), has_voted: self.has_voted(docket) };
        Sight::of(&docket.ask(), docket.is_closed(self.now), looker)
    }

    /// May the reader vote.
    #[must_use]
    pub fn voting<'v>(&'v self, docket: &Docket, ask: &'v Ask) -> Voting<'v> {
        Voting {
            ask,
            status: docket.proposal.status,
            member: self.member,
            has_voted: self.has_voted(docket),
            n_members: self.roster.voters().count(),
            now: self.now,
        }
    }

    /// Whether a ballot of the reader is wanted: they were asked, may vote and have not.
    #[must_use]
    pub fn is_wanted(&self, docket: &Docket) -> bool {
        let ask = docket.ask();
        docket.proposal.status == ProposalStatus::Proposed
            && !self.has_voted(docket)
            && self.voting(docket, &ask).refusal().is_none()
    }

    /// How many may vote.
    #[must_use]
    pub fn n_eligible(&self, ask: &Ask) -> usize {
        ask.eligible.as_ref().map_or_else(|| self.roster.voters().count(), Vec::len)
    }

    /// The count, as far as the reader may see it, with what the policy's settings say is needed.
    #[must_use]
    pub fn tally(&self, docket: &Docket) -> TallyView {
        let ask = docket.ask();
        let n_eligible = self.n_eligible(&ask);
        let mut view = count::tally(&ask, &docket.ballots, self.sight(docket), n_eligible, self.now);
        if view.hidden.is_none() {
            let goal = Goal::of(docket, n_eligible);
            (view.needed, view.quorum, view.threshold_permille) = (goal.needed, goal.quorum, goal.threshold_permille);
            if let Some(bounds) = bounds::bounds(goal, &view).filter(|_| !docket.is_closed(self.now)) {
                view.leans = Some(bounds.passes_now);
                (view.forecast, view.turns) = (bounds.forecast, bounds.turns);
            }
        }
        view
    }

    /// The reader's own ballot, where it is known whose it is.
    #[must_use]
    pub fn own_ballot(&self, docket: &Docket) -> Option<MyBallot> {
        let member = self.member?.id;
        let ballot = docket.ballots.iter().rev().find(|ballot| ballot.member == Some(member))?;
        Some(MyBallot {
            value: ballot.value.clone(),
            reason: ballot.reason.clone().unwrap_or_default(),
            at: ballot.cast_at,
        })
    }

    /// What the action is, as a title.
    #[must_use]
    pub fn title(&self, action: &Action) -> String {
        sentence::title(&action.kind, &action.payload, self.names)
    }

    /// A proposal in a list.
    #[must_use]
    pub fn card(&self, dossier: &Dossier, docket: &Docket) -> ProposalCard {
        let (action, proposal) = (&dossier.action, &docket.proposal);
        let standing = standing(action, docket);
        let is_open = standing == Standing::Open;
        ProposalCard {
            id: proposal.id,
            title: self.title(action),
            standing,
            is_trial: is_trial(docket),
            layer: action.kind.layer(),
            how: self.how(dossier, docket),
            proposer: action.initiator.and_then(|id| self.roster.person(id)),
            proposed_at: action.created_at,
            closes_at: docket.ask().closes.or(proposal.deadline).filter(|_| is_open),
            decided_at: action.decided_at.or(proposal.decided_at),
            outcome: (!is_open).then(|| outcome(action, docket)).filter(|outcome| !outcome.is_empty()),
            tally: Some(self.tally(docket)).filter(|_| is_asked(docket)).filter(|tally| tally.hidden.is_none()),
            mine: match (self.has_voted(docket), self.is_wanted(docket)) {
                (true, _) => MyPart::Voted,
                (false, true) => MyPart::NotYet,
                (false, false) => MyPart::None,
            },
        }
    }

    /// How it is decided, or what it waits for.
    #[must_use]
    pub fn how(&self, dossier: &Dossier, docket: &Docket) -> String {
        let ask = docket.ask();
        if let Some(error) = &docket.proposal.error {
            return format!("{} broke: {}", docket.policy_name(), sentence::cut(&error.message, 120));
        }
        if dossier.action.status == ActionStatus::Held {
            return dossier.action.reason.clone();
        }
        let who = match &ask.eligible {
            Some(asked) => counted(asked.len(), "member decides", "members decide"),
            None => "every member may vote".to_owned(),
        };
        match is_asked(docket) {
            true => format!("{}: {}, {who}", docket.policy_name(), kind_in_words(ask.kind)),
            false => docket.policy_name().to_owned(),
        }
    }
}

/// Whether somebody was, or could be, asked to vote.
#[must_use]
pub fn is_asked(docket: &Docket) -> bool {
    docket.proposal.ask.is_some() || !docket.ballots.is_empty()
}

/// How it ended, as a sentence.
#[must_use]
pub fn outcome(action: &Action, docket: &Docket) -> String {
    let reason: Cow<'_, str> = match (action.reason.as_str(), docket.proposal.reason.as_str()) {
        ("", reason) => reason.into(),
        (reason, _) => reason.into(),
    };
    sentence_of(&reason)
}

/// The text as a sentence: a capital first, a full stop last.
#[must_use]
pub fn sentence_of(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', '…']) {
        return sentence::capitalised(text);
    }
    format!("{}.", sentence::capitalised(text))
}

/// The kind of vote in words.
#[must_use]
pub fn kind_in_words(kind: BallotKind) -> &'static str {
    match kind {
        BallotKind::YesNo => "yes or no",
        BallotKind::Choice => "one choice",
        BallotKind::Approval => "approval vote",
        BallotKind::Ranking => "ranked vote",
        BallotKind::Score => "scores",
        BallotKind::Budget => "credits",
        BallotKind::Consent => "consent",
    }
}

/// What the policy's settings say is needed, where they use the words of the shipped policies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Goal {
    /// Yes votes.
    pub needed: Option<u32>,
    /// Voters.
    pub quorum: Option<u32>,
    /// Share in favour, in thousandths.
    pub threshold_permille: Option<u32>,
}

impl Goal {
    /// The goal of a proposal among `n_eligible` voters.
    #[must_use]
    pub fn of(docket: &Docket, n_eligible: usize) -> Self {
        let Some(policy) = &docket.policy else { return Self::default() };
        let number = |name: &str| policy.draft.settings.get(name).and_then(serde_json::Value::as_f64);
        let whole = |number: f64| (0.0..=4e9).contains(&number).then(|| number.ceil() as u32);
        Self {
            needed: number("needed").or_else(|| number("yes")).and_then(whole),
            // A share up to 1 is of those who may vote; anything more is a number of voters.
            quorum: number("quorum").and_then(|quorum| match quorum {
                share if share <= 0.0 => None,
                share if share <= 1.0 => whole(share * n_eligible as f64 - 1e-9),
                number => whole(number),
            }),
            threshold_permille: number("threshold")
                .filter(|share| *share <= 1.0)
                .and_then(|share| whole(share * 1_000.0 - 1e-6)),
        }
    }
}
