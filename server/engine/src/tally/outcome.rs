//! What a count answers: the winners, the numbers behind them, and how it was done, in words.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use types::MemberId;

use super::Setup;
use super::ballots::Sorted;

/// An exact number, kept as a whole number of equal parts. In JSON it is a plain number.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    parts: u128,
    per_one: u32,
}

impl PartialEq for Amount {
    /// Equal numbers are equal, whatever parts they are counted in.
    fn eq(&self, other: &Self) -> bool {
        self.parts.saturating_mul(other.per_one.into()) == other.parts.saturating_mul(self.per_one.into())
    }
}

impl Eq for Amount {}

impl Amount {
    /// A whole number.
    #[must_use]
    pub fn whole(number: u128) -> Self {
        Self { parts: number, per_one: 1 }
    }

    /// `parts`, of which `per_one` make one.
    #[must_use]
    pub fn parts(parts: u128, per_one: u32) -> Self {
        Self { parts, per_one: per_one.max(1) }
    }

    /// The number as a float, for showing only.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for showing only; nothing is decided by it")]
    pub fn approximate(self) -> f64 {
        self.parts as f64 / f64::from(self.per_one)
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.parts.is_multiple_of(u128::from(self.per_one)) {
            return write!(f, "{}", self.parts / u128::from(self.per_one));
        }
        let text = format!("{:.5}", self.approximate());
        f.write_str(text.trim_end_matches('0'))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let one = u128::from(self.per_one);
        match u64::try_from(self.parts / one) {
            Ok(number) if self.parts.is_multiple_of(one) => serializer.serialize_u64(number),
            _ => serializer.serialize_f64(self.approximate()),
        }
    }
}

/// One round, or stage, of a count that has several.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// The votes of each option when the round ended.
    pub counts: BTreeMap<String, Amount>,
    /// Options elected in this round.
    pub elected: Vec<String>,
    /// The option dropped after this round.
    pub excluded: Option<String>,
    /// Votes that name nobody who is still in the race, and what was lost in rounding.
    pub exhausted: Option<Amount>,
    /// What was done in this round, in a sentence.
    pub what: String,
}

/// A tie, and how it was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tie {
    /// The options that were level.
    pub between: Vec<String>,
    /// What hung on it.
    pub about: String,
    /// The order that they were put in, the preferred one first.
    pub order: Vec<String>,
    /// `"lot"`, or `"earlier round"`.
    pub broken_by: &'static str,
    /// Whether somebody else might have won under another order.
    pub is_decisive: bool,
}

/// An objection to a proposal that needs consent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Objection {
    /// Whose; `None` in a secret vote.
    pub member: Option<MemberId>,
    /// Why.
    pub reason: Option<String>,
}

/// Ballots that were set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Invalid {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// The least that would turn a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Turn {
    /// The side that is short: `"yes"` or `"no"`.
    pub side: &'static str,
    /// So many more ballots for it; `None` where no number of them is enough.
    pub more: Option<u64>,
    /// So many voters changing sides; `None` where that is not enough.
    pub switches: Option<u64>,
}

/// What can still happen while a yes/no vote or a consent round is open, if nobody changes a ballot already cast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prospects {
    /// Those in favour.
    pub yes: u64,
    /// Those against.
    pub no: u64,
    /// How many may vote and have not; `None` where the number of eligible members is not known.
    pub outstanding: Option<u64>,
    /// Whether the ballots to come could make it pass.
    pub can_still_pass: bool,
    /// Whether the ballots to come, or their absence, could make it fail.
    pub can_still_fail: bool,
    /// Whether no ballot to come can change the result.
    pub settled: bool,
    /// How many more in favour it needs; `None` where no number that is left is enough.
    pub votes_needed: Option<u64>,
    /// The least that would turn the result.
    pub what_would_turn_it: Turn,
}

/// The outcome of a count.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The method.
    pub method: &'static str,
    /// Whether the quorum is met and something won.
    pub passed: bool,
    /// The winners, the strongest first; empty where nothing passed.
    pub winners: Vec<String>,
    /// All options, the strongest first.
    pub ranking: Vec<String>,
    /// Whether enough took part.
    pub quorum_met: bool,
    /// How many must take part.
    pub quorum: u64,
    /// How many may vote, where that is known.
    pub eligible: Option<u64>,
    /// Valid ballots, abstentions included; a weighted ballot counts by its weight.
    pub cast: u64,
    /// Ballots that took no side.
    pub abstain: u64,
    /// Ballots set aside.
    pub invalid: u64,
    /// Why they were set aside.
    pub invalid_because: Vec<Invalid>,
    /// The votes, points or credits of each option.
    pub counts: BTreeMap<String, Amount>,
    /// Rounds or stages, for methods that have them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<Round>,
    /// What a candidate needs for a seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<u64>,
    /// How many prefer the first option to the second, for methods that compare in pairs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub pairwise: BTreeMap<String, BTreeMap<String, u64>>,
    /// The strength of the strongest path from the first option to the second.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub paths: BTreeMap<String, BTreeMap<String, u64>>,
    /// Objections, for consent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<Objection>,
    /// Ties, and how each was broken.
    pub ties: Vec<Tie>,
    /// What can still happen.
    #[serde(flatten)]
    pub prospects: Option<Prospects>,
    /// The outcome in plain words.
    pub sentence: String,
}

impl Outcome {
    /// An outcome with everything in it that does not depend on the method.
    pub(super) fn begin<T>(setup: &Setup, sorted: &Sorted<T>) -> Self {
        let quorum = setup.options.quorum.map_or(0, |quorum| quorum.needed(setup.eligible));
        Self {
            method: setup.method.name(),
            passed: false,
            winners: Vec::new(),
            ranking: Vec::new(),
            quorum_met: sorted.cast >= quorum,
            quorum,
            eligible: setup.eligible,
            cast: sorted.cast,
            abstain: sorted.abstain,
            invalid: sorted.invalid.values().copied().fold(0, u64::saturating_add),
            invalid_because: sorted
                .invalid
                .iter()
                .map(|(reason, count)| Invalid { reason: reason.clone(), count: *count })
                .collect(),
            counts: BTreeMap::new(),
            rounds: Vec::new(),
            quota: None,
            pairwise: BTreeMap::new(),
            paths: BTreeMap::new(),
            objections: Vec::new(),
            ties: Vec::new(),
            prospects: None,
            sentence: String::new(),
        }
    }

    /// Writes the sentence of a method that chooses among options, and says whether it passed.
    /// `one` and `many` name what [`Outcome::counts`] holds, as in "vote" and "votes".
    pub(super) fn conclude(mut self, one: &str, many: &str) -> Self {
        let took_part = match self.eligible {
            Some(eligible) => format!("{} of {eligible} took part", self.cast),
            None => format!("{} took part", self.cast),
        };
        self.passed = self.quorum_met && !self.winners.is_empty();
        let with = |name: &String| match self.counts.get(name) {
            Some(amount) if *amount == Amount::whole(1) => format!("{name} (1 {one})"),
            Some(amount) => format!("{name} ({amount} {many})"),
            // Methods that compare in pairs give no option a number of its own.
            None => name.clone(),
        };
        let mut sentence = match self.winners.as_slice() {
            [] if self.cast == 0 => "Nobody has voted.".to_owned(),
            [] => format!("No option won; {took_part}."),
            [winner] => format!("{} won; {took_part}.", with(winner)),
            [all @ .., last] => {
                format!("{} and {} won; {took_part}.", all.iter().map(with).collect::<Vec<_>>().join(", "), with(last))
            }
        };
        if !self.quorum_met {
            sentence = format!("The quorum is not met: {took_part}, {} are needed.", self.quorum);
            self.winners.clear();
        }
        if let Some(tie) = self.ties.iter().find(|tie| tie.is_decisive) {
            let how = if tie.broken_by == "lot" { "by lot" } else { "by an earlier round" };
            sentence.push_str(&format!(" {} were level and were put in order {how}.", tie.between.join(" and ")));
        }
        if self.invalid > 0 {
            let (verb, noun) = if self.invalid == 1 { ("was", "ballot") } else { ("were", "ballots") };
            sentence.push_str(&format!(" {} {noun} could not be counted and {verb} set aside.", self.invalid));
        }
        self.sentence = sentence;
        self
    }

    /// The outcome as JSON, as a policy gets it.
    ///
    /// # Errors
    /// Never for an outcome of [`super::count`]; the type is serde's.
    pub fn to_json(&self) -> Result<serde_json::Value, serde_json::Error> {
        let mut json = serde_json::to_value(self)?;
        if let Some(fields) = json.as_object_mut() {
            // As `policy.d.ts` says; they stand beside the other fields as well.
            fields.insert("prospects".to_owned(), serde_json::to_value(&self.prospects)?);
        }
        Ok(json)
    }
}
