//! Ballots: what voters are asked and what they answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::{MemberId, Timestamp};

/// What voters choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BallotKind {
    /// Yes, no or abstain.
    #[default]
    YesNo,
    /// One of the options.
    Choice,
    /// Any number of the options.
    Approval,
    /// The options in order of preference; unranked ones stand last.
    Ranking,
    /// A number for each option.
    Score,
    /// Credits spread over the options; the policy says what they cost.
    Budget,
    /// Agree, stand aside or object, with a reason.
    Consent,
}

/// Who can see how a member voted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Privacy {
    /// Everyone who sees the proposal.
    #[default]
    Open,
    /// Members only, and only after the close.
    AfterClose,
    /// Nobody: stored without the voter.
    Secret,
}

/// When the count can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Results {
    /// At any time.
    #[default]
    Always,
    /// Once one's own ballot is in.
    AfterBallot,
    /// When the vote is closed.
    AtClose,
}

/// What a policy asked of voters: the effect of `ask(who, {…})`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Who may vote; `None` for every member.
    pub eligible: Option<Vec<MemberId>>,
    /// The question, in words.
    pub text: String,
    /// What they choose from.
    pub kind: BallotKind,
    /// The options, for the kinds that have them.
    pub options: Vec<String>,
    /// A channel or room where the ballot is posted, besides the page.
    pub place: Option<String>,
    /// When it closes; later ballots are refused.
    pub closes: Option<Timestamp>,
    /// Who can see how a member voted.
    pub privacy: Privacy,
    /// When the count can be seen.
    pub results: Results,
    /// Whether those who do not vote may have given their voice to who does. Never in a secret vote.
    #[serde(default)]
    pub delegation: bool,
    /// What the vote is about, for delegations by topic.
    #[serde(default)]
    pub topic: Option<String>,
    /// The role whose holders are asked, for delegations by role.
    #[serde(default)]
    pub role: Option<crate::RoleId>,
}

impl Default for Ask {
    /// What a proposal that nobody asked about takes: yes, no or abstain from every member.
    fn default() -> Self {
        Self {
            eligible: None,
            text: String::new(),
            kind: BallotKind::YesNo,
            options: Vec::new(),
            place: None,
            closes: None,
            privacy: Privacy::Open,
            results: Results::Always,
            delegation: false,
            topic: None,
            role: None,
        }
    }
}

/// What one ballot says. In JSON: `true`, `false`, `"abstain"`, `"an option"`, `3`, `["first", "second"]`, `{"option": 3}`.
#[derive(Clone, Debug, PartialEq)]
pub enum BallotValue {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Present, taking no side.
    Abstain,
    /// One option; for consent `agree`, `stand-aside` or `object`.
    Choice(String),
    /// A single number.
    Number(f64),
    /// Options approved of, or in order of preference.
    List(Vec<String>),
    /// A number for each option.
    Numbers(BTreeMap<String, f64>),
}

/// The shape that serde sees; [`BallotValue`] gives its cases their names.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Plain {
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<String>),
    Numbers(BTreeMap<String, f64>),
}

impl From<Plain> for BallotValue {
    fn from(plain: Plain) -> Self {
        match plain {
            Plain::Bool(true) => Self::Yes,
            Plain::Bool(false) => Self::No,
            Plain::Number(number) => Self::Number(number),
            Plain::Text(text) if text == "abstain" => Self::Abstain,
            Plain::Text(text) => Self::Choice(text),
            Plain::List(list) => Self::List(list),
            Plain::Numbers(numbers) => Self::Numbers(numbers),
        }
    }
}

impl From<BallotValue> for Plain {
    fn from(value: BallotValue) -> Self {
        match value {
            BallotValue::Yes => Self::Bool(true),
            BallotValue::No => Self::Bool(false),
            BallotValue::Abstain => Self::Text("abstain".to_owned()),
            BallotValue::Choice(option) => Self::Text(option),
            BallotValue::Number(number) => Self::Number(number),
            BallotValue::List(list) => Self::List(list),
            BallotValue::Numbers(numbers) => Self::Numbers(numbers),
        }
    }
}

impl Serialize for BallotValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let plain = Plain::from(self.clone());
        if serializer.is_human_readable() {
            plain.serialize(serializer)
        } else {
            serde_json::to_string(&plain).map_err(ser::Error::custom)?.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for BallotValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let plain = if deserializer.is_human_readable() {
            Plain::deserialize(deserializer).map_err(|_| {
                de::Error::custom(
                    "a ballot is true, false, \"abstain\", an option, a number, a list of options or numbers by option",
                )
            })?
        } else {
            let text = String::deserialize(deserializer)?;
            serde_json::from_str(&text).map_err(de::Error::custom)?
        };
        Ok(plain.into())
    }
}

/// Most credits one ballot of kind [`BallotKind::Score`] or [`BallotKind::Budget`] may put on one option.
pub const MAX_BALLOT_NUMBER: f64 = 1_000_000.0;

/// Why a ballot was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BallotError {
    /// The value is not of the kind that was asked for.
    #[error("this vote takes {expected}")]
    WrongKind {
        /// What would have been right.
        expected: &'static str,
    },
    /// An option that was not on the ballot.
    #[error("'{0}' is not on the ballot; choose from: {1}")]
    UnknownOption(String, String),
    /// The same option twice in one ranking or approval.
    #[error("'{0}' is named twice")]
    Repeated(String),
    /// Not a finite number between zero and [`MAX_BALLOT_NUMBER`].
    #[error("{0} is not a number that can be counted: use 0 to 1,000,000")]
    BadNumber(f64),
}

impl Ask {
    /// The question as it may be put once ballots are in: never less private, and never counted in public earlier, than
    /// voters were promised. Whether a vote is secret cannot change at all: a ballot in the box could be cast again in the open.
    #[must_use]
    pub fn held_to(mut self, promised: &Self) -> Self {
        self.privacy = match (promised.privacy, self.privacy) {
            (Privacy::Open, Privacy::AfterClose) => Privacy::AfterClose,
            (before, _) => before,
        };
        self.results = match (promised.results, self.results) {
            (Results::Always, later) => later,
            (Results::AfterBallot, Results::AtClose) | (Results::AtClose, _) => Results::AtClose,
            (Results::AfterBallot, _) => Results::AfterBallot,
        };
        self.delegation &= self.privacy != Privacy::Secret;
        self
    }

    /// Checks that `value` answers this question.
    ///
    /// # Errors
    /// [`BallotError`] with what would have been right.
    pub fn admits(&self, value: &BallotValue) -> Result<(), BallotError> {
        let wrong = |expected| Err(BallotError::WrongKind { expected });
        match (self.kind, value) {
            (_, BallotValue::Abstain) => Ok(()),
            (BallotKind::YesNo, BallotValue::Yes | BallotValue::No) => Ok(()),
            (BallotKind::YesNo, _) => wrong("true, false or \"abstain\""),
            (BallotKind::Choice, BallotValue::Choice(option)) => self.knows(option),
            (BallotKind::Choice, _) => wrong("one of the options"),
            (BallotKind::Approval | BallotKind::Ranking, BallotValue::List(options)) => self.knows_each_once(options),
            (BallotKind::Approval, _) => wrong("a list of the options approved of"),
            (BallotKind::Ranking, _) => wrong("a list of options, best first"),
            (BallotKind::Score, BallotValue::Number(number)) if self.options.is_empty() => countable(*number),
            (BallotKind::Score | BallotKind::Budget, BallotValue::Numbers(numbers)) => {
                numbers.iter().try_for_each(|(option, number)| self.knows(option).and_then(|()| countable(*number)))
            }
            (BallotKind::Score, _) => wrong("a number for each option"),
            (BallotKind::Budget, _) => wrong("credits for each option"),
            (BallotKind::Consent, BallotValue::Choice(answer))
                if matches!(answer.as_str(), "agree" | "stand-aside" | "object") =>
            {
                Ok(())
            }
            (BallotKind::Consent, BallotValue::Yes | BallotValue::No) => Ok(()),
            (BallotKind::Consent, _) => wrong("\"agree\", \"stand-aside\" or \"object\""),
        }
    }

    fn knows(&self, option: &str) -> Result<(), BallotError> {
        if self.options.iter().any(|known| known == option) {
            return Ok(());
        }
        Err(BallotError::UnknownOption(option.chars().take(60).collect(), self.options.join(", ")))
    }

    fn knows_each_once(&self, options: &[String]) -> Result<(), BallotError> {
        for (at, option) in options.iter().enumerate() {
            self.knows(option)?;
            if options.iter().take(at).any(|earlier| earlier == option) {
                return Err(BallotError::Repeated(option.clone()));
            }
        }
        Ok(())
    }
}

fn countable(number: f64) -> Result<(), BallotError> {
    if number.is_finite() && (0.0..=MAX_BALLOT_NUMBER).contains(&number) {
        Ok(())
    } else {
        Err(BallotError::BadNumber(number))
    }
}

/// One member's current vote, as a policy and a tally see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ballot {
    /// Who cast it; `None` when the vote is secret.
    pub member: Option<MemberId>,
    /// What it says.
    pub value: BallotValue,
    /// When it was cast, or last changed.
    pub cast_at: Timestamp,
    /// Why, in the voter's words.
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(kind: BallotKind) -> Ask {
        Ask { kind, options: vec!["tea".into(), "coffee".into()], ..Ask::default() }
    }

    #[test]
    fn a_ballot_reads_as_people_write_it() {
        let read = |text: &str| serde_json::from_str::<BallotValue>(text).unwrap();
        assert_eq!(read("true"), BallotValue::Yes);
        assert_eq!(read("\"abstain\""), BallotValue::Abstain);
        assert_eq!(read("[\"tea\"]"), BallotValue::List(vec!["tea".into()]));
        assert_eq!(read("{\"tea\":3}"), BallotValue::Numbers([("tea".to_owned(), 3.0)].into()));
        assert!(serde_json::from_str::<BallotValue>("null").is_err());
    }

    #[test]
    fn a_promise_to_voters_is_kept() {
        let all = |privacy, results| Ask { privacy, results, ..Ask::default() };
        let (privacies, results) = (
            [Privacy::Open, Privacy::AfterClose, Privacy::Secret],
            [Results::Always, Results::AfterBallot, Results::AtClose],
        );
        let rank = |one: Results| results.iter().position(|other| *other == one);
        for before in privacies.iter().flat_map(|p| results.map(|r| all(*p, r))) {
            for after in privacies.iter().flat_map(|p| results.map(|r| all(*p, r))) {
                let held = after.clone().held_to(&before);
                assert!(rank(held.results) >= rank(before.results), "{before:?} {after:?}");
                assert_eq!(held.privacy == Privacy::Secret, before.privacy == Privacy::Secret, "{before:?} {after:?}");
                assert!(before.privacy == Privacy::Open || held.privacy != Privacy::Open, "{before:?} {after:?}");
            }
        }
    }

    #[test]
    fn each_kind_admits_its_own_answers_only() {
        assert!(ask(BallotKind::YesNo).admits(&BallotValue::Yes).is_ok());
        assert!(ask(BallotKind::YesNo).admits(&BallotValue::Choice("tea".into())).is_err());
        assert!(ask(BallotKind::Choice).admits(&BallotValue::Choice("water".into())).is_err());
        let twice = BallotValue::List(vec!["tea".into(), "tea".into()]);
        assert_eq!(ask(BallotKind::Ranking).admits(&twice), Err(BallotError::Repeated("tea".into())));
        let nan = BallotValue::Numbers([("tea".to_owned(), f64::NAN)].into());
        assert!(ask(BallotKind::Score).admits(&nan).is_err());
    }
}
