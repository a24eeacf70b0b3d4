//! Ballots as they may be seen: who may know how somebody voted, who may know the count, and the count itself.
//!
//! Everything that shows a ballot or a count, on whatever channel, goes through [`Sight`].

use std::collections::BTreeMap;

use app::api::proposal::{TallyRow, TallyView};
use types::ballot::Ballot;
use types::{Ask, BallotKind, BallotValue, Privacy, Results, Timestamp};

/// Who is looking at a vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looker {
    /// Whether they belong to the community.
    pub is_member: bool,
    /// Whether their own ballot is in.
    pub has_voted: bool,
}

/// What a looker may see of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Whether they may see who voted.
    pub names: bool,
    /// Why they may not see the count, where they may not.
    pub hidden: Option<&'static str>,
}

impl Sight {
    /// What `looker` may see of a vote that was asked as `ask`.
    #[must_use]
    pub fn of(ask: &Ask, is_closed: bool, looker: Looker) -> Self {
        let names = match ask.privacy {
            Privacy::Open => true,
            Privacy::AfterClose => is_closed && looker.is_member,
            Privacy::Secret => false,
        };
        let hidden = match ask.results {
            Results::Always => None,
            _ if is_closed => None,
            Results::AfterBallot if looker.has_voted => None,
            Results::AfterBallot => Some("The count is shown once your own ballot is in."),
            Results::AtClose => Some("The count is shown when the vote has closed."),
        };
        Self { names, hidden }
    }

    /// Whether they may see the count.
    #[must_use]
    pub fn count(self) -> bool {
        self.hidden.is_none()
    }

    /// Whether they may see who answered what: with names, the answers of all would be the count.
    #[must_use]
    pub fn answers(self) -> bool {
        self.names && self.count()
    }
}

/// What can be seen of the voters, as a sentence.
#[must_use]
pub fn privacy_in_words(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Open => "Names are shown with votes.",
        Privacy::AfterClose => "Members see who voted how once the vote has closed.",
        Privacy::Secret => "Votes are secret: nobody can see who voted how.",
    }
}

/// When the vote no longer takes ballots.
#[must_use]
pub fn is_closed(ask: &Ask, is_decided: bool, now: Timestamp) -> bool {
    is_decided || ask.closes.is_some_and(|closes| now > closes)
}

/// The count, as far as `sight` allows.
#[must_use]
pub fn tally(ask: &Ask, ballots: &[Ballot], sight: Sight, n_eligible: usize, now: Timestamp) -> TallyView {
    let blank = TallyView { kind: ask.kind, n_eligible: small(n_eligible), ..TallyView::default() };
    if let Some(why) = sight.hidden {
        return TallyView { hidden: Some(why.to_owned()), n_eligible: 0, ..blank };
    }
    let mut rows = rows(ask, ballots);
    let most = rows.iter().filter(|row| row.id != "abstain").map(|row| row.count).fold(0.0, f64::max);
    let ahead = rows.iter().filter(|row| row.id != "abstain" && row.count >= most).count();
    for row in &mut rows {
        row.leads = most > 0.0 && ahead == 1 && row.id != "abstain" && row.count >= most;
    }
    TallyView { n_voted: small(ballots.len()), rows, counted_at: Some(now), ..blank }
}

/// The answers in the order of the ballot, each with its count.
#[must_use]
pub fn rows(ask: &Ask, ballots: &[Ballot]) -> Vec<TallyRow> {
    let mut counts: BTreeMap<String, f64> = BTreeMap::new();
    for ballot in ballots {
        for (answer, weight) in answers(ask, &ballot.value) {
            *counts.entry(answer).or_default() += weight;
        }
    }
    let row = |id: &str, label: &str| TallyRow {
        id: id.to_owned(),
        label: label.to_owned(),
        count: counts.get(id).copied().unwrap_or_default(),
        leads: false,
    };
    match ask.kind {
        BallotKind::YesNo => vec![row("yes", "Yes"), row("no", "No"), row("abstain", "Abstain")],
        BallotKind::Consent => {
            vec![row("agree", "Agree"), row("stand-aside", "Stand aside"), row("object", "Object")]
        }
        _ => ask.options.iter().map(|option| row(option, option)).collect(),
    }
}

/// The answers of one ballot, each with what it weighs: for rankings the first preference, for scores the number.
fn answers(ask: &Ask, value: &BallotValue) -> Vec<(String, f64)> {
    match (ask.kind, value) {
        (_, BallotValue::Abstain) => vec![("abstain".to_owned(), 1.0)],
        (BallotKind::Consent, BallotValue::Yes) => vec![("agree".to_owned(), 1.0)],
        (BallotKind::Consent, BallotValue::No) => vec![("object".to_owned(), 1.0)],
        (_, BallotValue::Yes) => vec![("yes".to_owned(), 1.0)],
        (_, BallotValue::No) => vec![("no".to_owned(), 1.0)],
        (_, BallotValue::Choice(option)) => vec![(option.clone(), 1.0)],
        (BallotKind::Ranking, BallotValue::List(options)) => {
            options.first().map(|first| (first.clone(), 1.0)).into_iter().collect()
        }
        (_, BallotValue::List(options)) => options.iter().map(|option| (option.clone(), 1.0)).collect(),
        (_, BallotValue::Numbers(numbers)) => numbers.iter().map(|(option, n)| (option.clone(), *n)).collect(),
        (_, BallotValue::Number(number)) => vec![("score".to_owned(), *number)],
    }
}

/// An answer as a tally names it, and in words.
#[must_use]
pub fn answer_in_words(ask: &Ask, value: &BallotValue) -> (String, String) {
    match (ask.kind, value) {
        (_, BallotValue::Abstain) => ("abstain".to_owned(), "abstained".to_owned()),
        (BallotKind::Consent, BallotValue::Yes) => ("agree".to_owned(), "agrees".to_owned()),
        (BallotKind::Consent, BallotValue::No) => ("object".to_owned(), "objects".to_owned()),
        (BallotKind::Consent, BallotValue::Choice(answer)) => {
            let words = match answer.as_str() {
                "agree" => "agrees",
                "stand-aside" => "stands aside",
                _ => "objects",
            };
            (answer.clone(), words.to_owned())
        }
        (_, BallotValue::Yes) => ("yes".to_owned(), "yes".to_owned()),
        (_, BallotValue::No) => ("no".to_owned(), "no".to_owned()),
        (_, BallotValue::Choice(option)) => (option.clone(), option.clone()),
        (_, BallotValue::Number(number)) => (number.to_string(), number.to_string()),
        (BallotKind::Ranking, BallotValue::List(options)) => {
            (options.first().cloned().unwrap_or_default(), options.join(", then "))
        }
        (_, BallotValue::List(options)) => (options.join(", "), options.join(", ")),
        (_, BallotValue::Numbers(numbers)) => {
            let text = numbers.iter().map(|(option, n)| format!("{option}: {n}")).collect::<Vec<_>>().join(", ");
            (text.clone(), text)
        }
    }
}

/// A count as pages carry it.
#[must_use]
pub fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ballot(value: BallotValue) -> Ballot {
        Ballot { member: None, value, cast_at: Timestamp(0), reason: None }
    }

    #[test]
    fn a_secret_vote_never_shows_names() {
        let ask = Ask { privacy: Privacy::Secret, ..Ask::default() };
        for is_closed in [false, true] {
            for is_member in [false, true] {
                for has_voted in [false, true] {
                    let sight = Sight::of(&ask, is_closed, Looker { is_member, has_voted });
                    assert!(!sight.names && !sight.answers());
                }
            }
        }
    }

    #[test]
    fn names_after_the_close_are_for_members() {
        let ask = Ask { privacy: Privacy::AfterClose, ..Ask::default() };
        let member = Looker { is_member: true, has_voted: true };
        assert!(!Sight::of(&ask, false, member).names);
        assert!(Sight::of(&ask, true, member).names);
        assert!(!Sight::of(&ask, true, Looker::default()).names);
    }

    #[test]
    fn the_count_waits_for_the_ballot_or_the_close() {
        let member = |has_voted| Looker { is_member: true, has_voted };
        let after_ballot = Ask { results: Results::AfterBallot, ..Ask::default() };
        assert!(!Sight::of(&after_ballot, false, member(false)).count());
        assert!(Sight::of(&after_ballot, false, member(true)).count());
        let at_close = Ask { results: Results::AtClose, ..Ask::default() };
        let sight = Sight::of(&at_close, false, member(true));
        assert!(sight.names && !sight.answers(), "open names must not give the count away");
        let hidden = tally(&at_close, &[ballot(BallotValue::Yes)], sight, 9, Timestamp(0));
        assert!(hidden.hidden.is_some() && hidden.rows.is_empty() && hidden.n_voted == 0);
        assert!(Sight::of(&at_close, true, Looker::default()).count());
    }

    #[test]
    fn answers_are_counted_in_the_order_of_the_ballot() {
        let sight = Sight { names: true, hidden: None };
        let votes = [BallotValue::Yes, BallotValue::Yes, BallotValue::No, BallotValue::Abstain].map(ballot);
        let view = tally(&Ask::default(), &votes, sight, 10, Timestamp(0));
        let counts: Vec<_> = view.rows.iter().map(|row| (row.id.as_str(), row.count, row.leads)).collect();
        assert_eq!(counts, [("yes", 2.0, true), ("no", 1.0, false), ("abstain", 1.0, false)]);
        assert_eq!((view.n_voted, view.n_eligible), (4, 10));

        let ask = Ask { kind: BallotKind::Ranking, options: vec!["tea".into(), "coffee".into()], ..Ask::default() };
        let votes = [ballot(BallotValue::List(vec!["coffee".into(), "tea".into()]))];
        assert_eq!(rows(&ask, &votes).iter().map(|row| row.count).collect::<Vec<_>>(), [0.0, 1.0]);
    }
}
