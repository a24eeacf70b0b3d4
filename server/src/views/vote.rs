//! May somebody vote, and on what.

use app::api::ballot::{BallotForm, BallotOption, MyBallot};
use app::api::proposal::Eligibility;
use app::api::words::{StepState, WhyStep};
use types::member::Member;
use types::{Ask, BallotKind, ProposalStatus, Timestamp};

use super::moment;
use super::sentence::counted;

/// What decides whether somebody may vote.
#[derive(Clone, Copy, Debug)]
pub struct Voting<'a> {
    /// What voters were asked; the default where nobody was asked.
    pub ask: &'a Ask,
    /// Where the proposal stands.
    pub status: ProposalStatus,
    /// Who wants to vote; none for a visitor.
    pub member: Option<&'a Member>,
    /// Whether their ballot is in.
    pub has_voted: bool,
    /// How many members could be asked at all.
    pub n_members: usize,
    /// The moment.
    pub now: Timestamp,
}

/// Why a ballot is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not a member of the community.
    NotAMember,
    /// A program.
    IsABot,
    /// Others were asked.
    NotAsked,
    /// The policy has no say in this action, at least now.
    NothingToDecide,
    /// It was decided.
    Decided,
    /// The time is over.
    Closed,
}

impl Voting<'_> {
    /// Why the ballot would be refused, the first reason first; `None` where it would be taken.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let Some(member) = self.member else { return Some(Refusal::NotAMember) };
        if member.is_bot {
            return Some(Refusal::IsABot);
        }
        if !self.is_asked(member) {
            return Some(Refusal::NotAsked);
        }
        match self.status {
            ProposalStatus::Passed | ProposalStatus::Failed => Some(Refusal::Decided),
            ProposalStatus::OutOfScope => Some(Refusal::NothingToDecide),
            _ if self.is_over() => Some(Refusal::Closed),
            _ => None,
        }
    }

    /// May they vote, and why: every condition with its present value.
    #[must_use]
    pub fn eligibility(&self) -> Eligibility {
        let refusal = self.refusal();
        let mut conditions = vec![self.membership()];
        if let Some(member) = self.member {
            conditions.push(self.asked(member));
        }
        conditions.push(self.time());
        if self.has_voted {
            conditions.push(step("Your ballot is in; a new one replaces it.", None, StepState::Noted));
        }
        Eligibility { may_vote: refusal.is_none(), sentence: self.sentence(refusal), conditions }
    }

    fn sentence(&self, refusal: Option<Refusal>) -> String {
        match refusal {
            None if self.has_voted => "You have voted, and can change your vote.".to_owned(),
            None => "You can vote.".to_owned(),
            Some(Refusal::NotAMember) => "You cannot vote here: only members of this community can.".to_owned(),
            Some(Refusal::IsABot) => "You cannot vote here: programs are never asked.".to_owned(),
            Some(Refusal::NotAsked) => {
                let n = self.ask.eligible.as_ref().map_or(0, Vec::len);
                let were = if n == 1 { "was" } else { "were" };
                format!(
                    "You cannot vote here: {} {were} asked, and you are not one of them.",
                    counted(n, "member", "members")
                )
            }
            Some(Refusal::NothingToDecide) => "There is nothing to vote on: this policy has no say in it.".to_owned(),
            Some(Refusal::Decided) => "You cannot vote any more: it is decided.".to_owned(),
            Some(Refusal::Closed) => match self.ask.closes {
                Some(closes) => format!("You cannot vote any more: the vote closed on {}.", moment::words(closes)),
                None => "You cannot vote any more: the vote is closed.".to_owned(),
            },
        }
    }

    fn membership(&self) -> WhyStep {
        match self.member {
            Some(member) if member.is_bot => step("You are a program.", None, StepState::NotMet),
            Some(member) => {
                let since = format!("since {}", moment::day(member.joined_at));
                step("You are a member of this community.", Some(since), StepState::Met)
            }
            None => step("You are not a member of this community.", None, StepState::NotMet),
        }
    }

    fn asked(&self, member: &Member) -> WhyStep {
        match &self.ask.eligible {
            None => {
                let all = format!("{} may vote", counted(self.n_members, "member", "members"));
                step("Every member may vote.", Some(all), StepState::Met)
            }
            Some(asked) if asked.contains(&member.id) => {
                let all = format!("one of {}", counted(asked.len(), "member", "members"));
                step("You were asked.", Some(all), StepState::Met)
            }
            Some(asked) => {
                let all = format!("{} may vote", counted(asked.len(), "member", "members"));
                step("You were not asked.", Some(all), StepState::NotMet)
            }
        }
    }

    fn time(&self) -> WhyStep {
        if !self.status.is_open() {
            return step("The decision has been made.", None, StepState::NotMet);
        }
        match self.ask.closes {
            Some(closes) if self.is_over() => {
                step("The vote is closed.", Some(format!("since {}", moment::words(closes))), StepState::NotMet)
            }
            Some(closes) => step("The vote is open.", Some(format!("until {}", moment::words(closes))), StepState::Met),
            None => step("The vote is open.", Some("until it is decided".to_owned()), StepState::Met),
        }
    }

    fn is_asked(&self, member: &Member) -> bool {
        self.ask.eligible.as_ref().is_none_or(|asked| asked.contains(&member.id))
    }

    fn is_over(&self) -> bool {
        self.ask.closes.is_some_and(|closes| self.now > closes)
    }

    /// The ballot, where they may vote now.
    #[must_use]
    pub fn form(&self, fallback_question: &str, mine: Option<MyBallot>) -> Option<BallotForm> {
        if self.refusal().is_some() {
            return None;
        }
        let question = if self.ask.text.is_empty() { fallback_question } else { &self.ask.text };
        Some(BallotForm {
            question: question.to_owned(),
            kind: self.ask.kind,
            options: options(self.ask),
            closes_at: self.ask.closes,
            privacy: self.ask.privacy,
            mine,
            most: match self.ask.kind {
                BallotKind::Score => Some(MOST_SCORE),
                BallotKind::Budget => Some(MOST_CREDITS),
                _ => None,
            },
        })
    }
}

/// The highest score that the form offers. Policies may count any number; five is what people can tell apart.
const MOST_SCORE: u32 = 5;

/// The credits that the form lets a voter spread.
const MOST_CREDITS: u32 = 100;

fn options(ask: &Ask) -> Vec<BallotOption> {
    let option = |id: &str, label: &str, meaning: &str| BallotOption {
        id: id.to_owned(),
        label: label.to_owned(),
        meaning: meaning.to_owned(),
    };
    match ask.kind {
        BallotKind::YesNo => Vec::new(),
        BallotKind::Consent => vec![
            option("agree", "Agree", ""),
            option("stand-aside", "Stand aside", "You do not agree, and will not hold it up."),
            option("object", "Object", "It should not happen like this; say why."),
        ],
        _ => ask.options.iter().map(|name| option(name, name, "")).collect(),
    }
}

fn step(sentence: &str, because: Option<String>, state: StepState) -> WhyStep {
    WhyStep { sentence: sentence.to_owned(), because, state }
}

#[cfg(test)]
mod tests {
    use types::MemberId;
    use uuid::Uuid;

    use super::*;

    fn member(n: u128) -> Member {
        Member {
            id: MemberId(Uuid::from_u128(n)),
            handle: "ada".into(),
            display_name: "Ada".into(),
            joined_at: Timestamp(0),
            roles: Vec::new(),
            is_bot: false,
        }
    }

    #[test]
    fn each_refusal_has_its_reason() {
        let (ada, jury) = (member(1), Ask { eligible: Some(vec![member(2).id]), ..Ask::default() });
        let open = Ask { closes: Some(Timestamp(1_000)), ..Ask::default() };
        let base = Voting {
            ask: &open,
            status: ProposalStatus::Proposed,
            member: Some(&ada),
            has_voted: false,
            n_members: 9,
            now: Timestamp(10),
        };
        assert_eq!(base.refusal(), None);
        assert!(base.eligibility().may_vote && base.form("?", None).is_some());
        assert_eq!(Voting { member: None, ..base }.refusal(), Some(Refusal::NotAMember));
        assert_eq!(Voting { ask: &jury, ..base }.refusal(), Some(Refusal::NotAsked));
        assert_eq!(Voting { now: Timestamp(1_001), ..base }.refusal(), Some(Refusal::Closed));
        assert_eq!(Voting { status: ProposalStatus::Passed, ..base }.refusal(), Some(Refusal::Decided));
        let told = Voting { ask: &jury, ..base }.eligibility();
        assert_eq!(told.sentence, "You cannot vote here: 1 member was asked, and you are not one of them.");
        assert!(told.conditions.iter().any(|condition| condition.state == StepState::NotMet));
    }
}
