//! Ballots as they are posted where people talk: the question, how to answer, and buttons.

use types::{Ask, BallotKind, BallotValue, ProposalId};

/// Most options that get a button: beyond that a message drowns in them, and members answer with numbers or on the page.
const MAX_BUTTONS: usize = 20;

/// Longest label of a button, in characters: what Slack (75) and Discord (80) both take.
const MAX_LABEL_CHARS: usize = 70;

/// What a button's id begins with. Ids of other makes are nobody's vote.
const MARK: &str = "polity-vote";

/// How a button looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// In favour.
    Yes,
    /// Against.
    No,
    /// Neither.
    Plain,
}

/// A button under a ballot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    /// What stands on it.
    pub label: String,
    /// What comes back when it is clicked; at most 100 characters.
    pub id: String,
    /// How it looks.
    pub tone: Tone,
}

/// What is asked.
pub(crate) fn question(ask: &Ask) -> &str {
    if ask.text.trim().is_empty() { "A decision needs you." } else { ask.text.trim() }
}

/// The options, one a line, numbered.
pub(crate) fn options(ask: &Ask) -> Vec<String> {
    match ask.kind {
        BallotKind::YesNo | BallotKind::Consent => Vec::new(),
        _ => ask.options.iter().enumerate().map(|(at, option)| format!("{}. {option}", at + 1)).collect(),
    }
}

/// How to answer besides by a button.
pub(crate) fn how(ask: &Ask) -> &'static str {
    match ask.kind {
        BallotKind::YesNo => "Or react with 👍 or 👎, or answer +1, -1 or abstain.",
        BallotKind::Choice => "Or answer with the number of your choice.",
        BallotKind::Approval => "Each button adds or takes back your approval.",
        BallotKind::Ranking => "Answer with the numbers in your order, best first, such as: 2 1 3",
        BallotKind::Consent => "Or react with 👍 to agree or 👎 to object, or answer stand-aside.",
        BallotKind::Score | BallotKind::Budget => "Vote on the page.",
    }
}

/// The buttons of a ballot; empty where it cannot be answered by one click.
pub(crate) fn buttons(proposal: ProposalId, ask: &Ask) -> Vec<Button> {
    let button = |label: &str, code: &str, tone| Button { label: label.to_owned(), id: id(proposal, code), tone };
    let mut buttons = match ask.kind {
        BallotKind::YesNo => {
            vec![
                button("Yes", "yes", Tone::Yes),
                button("No", "no", Tone::No),
                button("Abstain", "abstain", Tone::Plain),
            ]
        }
        BallotKind::Consent => vec![
            button("Agree", "yes", Tone::Yes),
            button("Object", "no", Tone::No),
            button("Stand aside", "abstain", Tone::Plain),
        ],
        BallotKind::Choice | BallotKind::Approval if ask.options.len() <= MAX_BUTTONS => {
            let option = |(at, option): (usize, &String)| {
                button(&cut(&format!("{}. {option}", at + 1)), &(at + 1).to_string(), Tone::Plain)
            };
            ask.options.iter().enumerate().map(option).collect()
        }
        _ => return Vec::new(),
    };
    if ask.privacy != types::Privacy::Secret {
        buttons.push(button("Take back", "withdraw", Tone::Plain));
    }
    buttons
}

fn id(proposal: ProposalId, code: &str) -> String {
    format!("{MARK}:{proposal}:{code}")
}

/// What the click of a button with this id says: on what, and what, or that a vote is taken back. `None` for other buttons.
pub(crate) fn clicked(id: &str) -> Option<(ProposalId, Option<BallotValue>)> {
    let mut parts = id.split(':');
    let (mark, proposal, code) = (parts.next()?, parts.next()?, parts.next()?);
    if mark != MARK || parts.next().is_some() {
        return None;
    }
    let value = match code {
        "yes" => Some(BallotValue::Yes),
        "no" => Some(BallotValue::No),
        "abstain" => Some(BallotValue::Abstain),
        "withdraw" => None,
        number => {
            let place: usize = number.parse().ok().filter(|place| (1..=MAX_BUTTONS).contains(place))?;
            Some(BallotValue::Choice(place.to_string()))
        }
    };
    Some((proposal.parse().ok()?, value))
}

fn cut(label: &str) -> String {
    if label.chars().count() <= MAX_LABEL_CHARS {
        return label.to_owned();
    }
    label.chars().take(MAX_LABEL_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_button_that_we_offer_is_a_vote_that_we_hear() {
        let options: Vec<String> = (1..=20).map(|n| format!("option {n} {}", "x".repeat(100))).collect();
        let proposal = ProposalId(uuid::Uuid::from_u128(9));
        for kind in [BallotKind::YesNo, BallotKind::Consent, BallotKind::Choice, BallotKind::Approval] {
            let ask = Ask { kind, options: options.clone(), ..Ask::default() };
            let offered = buttons(proposal, &ask);
            assert!(offered.len() >= 4);
            for button in offered {
                assert!(button.id.len() <= 100 && button.label.chars().count() <= MAX_LABEL_CHARS);
                assert_eq!(clicked(&button.id).map(|(on, _)| on), Some(proposal), "{}", button.id);
            }
        }
        let ranking = Ask { kind: BallotKind::Ranking, options, ..Ask::default() };
        assert_eq!(buttons(proposal, &ranking), []);
    }

    #[test]
    fn other_buttons_are_nobodys_vote() {
        let proposal = ProposalId(uuid::Uuid::from_u128(9));
        for id in [
            "approve".to_owned(),
            format!("polity-vote:{proposal}"),
            format!("polity-vote:{proposal}:maybe"),
            format!("polity-vote:{proposal}:0"),
            format!("polity-vote:{proposal}:21"),
            format!("polity-vote:{proposal}:yes:no"),
            "polity-vote:9:yes".to_owned(),
            format!("other:{proposal}:yes"),
        ] {
            assert_eq!(clicked(&id), None, "{id}");
        }
    }

    #[test]
    fn a_secret_ballot_cannot_be_taken_back_by_a_button() {
        let ask = Ask { privacy: types::Privacy::Secret, ..Ask::default() };
        assert!(buttons(ProposalId::NIL, &ask).iter().all(|button| !button.id.ends_with("withdraw")));
    }
}
