//! Ballots: what a member is asked, and what they answer.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{BallotKind, BallotValue, Privacy, ProposalId, Timestamp};

use crate::error::{AppError, ErrorKind};

/// What the viewer is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BallotForm {
    /// The question, in words.
    pub question: String,
    /// What they choose from.
    pub kind: BallotKind,
    /// The options, for the kinds that have them; for yes/no and consent what each answer means, where that is known:
    /// the ids are then `yes`, `no`, `abstain`, or `agree`, `stand-aside`, `object`.
    pub options: Vec<BallotOption>,
    /// When it closes.
    pub closes_at: Option<Timestamp>,
    /// Who will see how they voted.
    pub privacy: Privacy,
    /// The viewer's present ballot.
    pub mine: Option<MyBallot>,
    /// The highest number for [`BallotKind::Score`], the credits for [`BallotKind::Budget`].
    pub most: Option<u32>,
}

/// One thing to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BallotOption {
    /// The option as ballots name it.
    pub id: String,
    /// The option as people read it.
    pub label: String,
    /// What it means: "Open on Sundays from 29 November". May be empty.
    pub meaning: String,
}

/// The viewer's present ballot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MyBallot {
    /// What it says.
    pub value: BallotValue,
    /// Why, in their words. May be empty.
    pub reason: String,
    /// When it was cast or last changed.
    pub at: Timestamp,
}

/// A ballot on its way in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BallotInput {
    /// What it says.
    pub value: BallotValue,
    /// Why, in the voter's words. Empty where they gave none.
    pub reason: String,
}

/// What came of casting a ballot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BallotReceipt {
    /// "Your vote is in: yes. You can change it until Monday, 18:00."
    pub sentence: String,
    /// When it was taken.
    pub at: Timestamp,
}

/// The fields of a ballot form, as a browser sends them: only those of the ballot's kind are filled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BallotFields {
    /// The kind of ballot that the form was made for, as `types` writes it: `yes-no`, `ranking`.
    pub kind: String,
    /// The single answer: `yes`, `no`, `abstain`, `agree`, `stand-aside`, `object`, or `option:` and an option.
    pub answer: String,
    /// The options approved of.
    pub approved: Vec<String>,
    /// A place (1 first), score or number of credits for each option, by the option's position on the form.
    pub numbers: BTreeMap<String, String>,
    /// The options as they stood on the form, by position.
    pub options: BTreeMap<String, String>,
    /// Why, in the voter's words.
    pub reason: String,
}

impl BallotFields {
    /// What the form says.
    ///
    /// # Errors
    /// `ballot-empty` where nothing was chosen, `ballot-not-a-number` and `ballot-same-place` where a number cannot be right.
    pub fn value(&self) -> Result<BallotValue, AppError> {
        match (self.answer.as_str(), self.kind.as_str()) {
            ("abstain", _) => Ok(BallotValue::Abstain),
            (_, "approval") => Ok(BallotValue::List(self.approved.clone())),
            (_, "ranking") => self.ranking(),
            (_, "score" | "budget") => self.scores(),
            ("yes", "yes-no") => Ok(BallotValue::Yes),
            ("no", "yes-no") => Ok(BallotValue::No),
            (answer @ ("agree" | "stand-aside" | "object"), "consent") => Ok(BallotValue::Choice(answer.to_owned())),
            (answer, _) => match answer.strip_prefix("option:") {
                Some(option) => Ok(BallotValue::Choice(option.to_owned())),
                None => Err(empty_ballot()),
            },
        }
    }

    /// The numbered options in the order of their numbers.
    fn ranking(&self) -> Result<BallotValue, AppError> {
        let mut places = self.filled()?;
        if places.is_empty() {
            return Err(empty_ballot());
        }
        places.sort_by_key(|(place, _)| *place);
        let repeated = places.windows(2).any(|pair| matches!(pair, [(a, _), (b, _)] if a == b));
        if repeated {
            return Err(AppError::new(
                ErrorKind::Invalid,
                "ballot-same-place",
                "Two options have the same place. Give each a place of its own, or leave one out.",
            ));
        }
        Ok(BallotValue::List(places.into_iter().map(|(_, option)| option).collect()))
    }

    /// A number for each option that has one.
    fn scores(&self) -> Result<BallotValue, AppError> {
        let scores: BTreeMap<_, _> = self.filled()?.into_iter().map(|(n, option)| (option, f64::from(n))).collect();
        if scores.is_empty() { Err(empty_ballot()) } else { Ok(BallotValue::Numbers(scores)) }
    }

    /// The options with a number, in the order of the form.
    fn filled(&self) -> Result<Vec<(u32, String)>, AppError> {
        let mut filled = Vec::new();
        for (position, text) in &self.numbers {
            let (text, option) = (text.trim(), self.options.get(position));
            let Some(option) = option.filter(|_| !text.is_empty()) else { continue };
            let number = text.parse::<u32>().map_err(|_| {
                AppError::new(
                    ErrorKind::Invalid,
                    "ballot-not-a-number",
                    format!("“{text}” is not a whole number. Write 0, 1, 2 and so on."),
                )
            })?;
            filled.push((number, option.clone()));
        }
        Ok(filled)
    }
}

/// Nothing was chosen.
fn empty_ballot() -> AppError {
    AppError::new(ErrorKind::Invalid, "ballot-empty", "Nothing was chosen yet. Choose an answer, then vote.")
}

/// Casts or changes the viewer's ballot.
#[server]
pub async fn cast_ballot(
    /// The community.
    slug: String,
    /// The proposal.
    proposal: ProposalId,
    /// What the form says.
    ballot: BallotFields,
) -> Result<BallotReceipt, AppError> {
    let (backend, viewer) = super::asked()?;
    let input = super::answered(ballot.value())?;
    let input = BallotInput { value: input, reason: ballot.reason.trim().to_owned() };
    super::answered(backend.cast_ballot(&viewer, &slug, proposal, input).await)
}
