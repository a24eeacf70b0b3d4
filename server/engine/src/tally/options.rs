//! What a policy may ask of a count: the second argument of `proposal.tally("schulze", { … })`.

use std::collections::BTreeMap;

use serde_json::Value;
use types::MemberId;
use types::ballot::MAX_BALLOT_NUMBER;

use super::share::{Quorum, Threshold};
use super::{MAX_WEIGHT, Method, TallyError};

/// Credits of a quadratic vote where the policy names none.
pub const DEFAULT_CREDITS: u64 = 100;
/// Dots of a dot vote where the policy names none.
pub const DEFAULT_DOTS: u64 = 5;
/// Most seats, objections or eligible members that a policy can name.
const MAX_NUMBER: u64 = 1_000_000_000;

/// What a threshold is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Base {
    /// Those who took a side: abstentions count toward the quorum only.
    #[default]
    Sides,
    /// Everyone who cast a ballot, abstentions included.
    Cast,
    /// Everyone who may vote.
    Eligible,
}

/// What a quorum counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum QuorumOf {
    /// Every valid ballot, abstentions included.
    #[default]
    Cast,
    /// Those who took a side.
    Sides,
    /// Those who said yes, so that voting no never helps a proposal over its quorum.
    Yes,
}

/// What a score ballot says of an option that it leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Unscored {
    /// Zero; the total decides.
    #[default]
    Zero,
    /// Nothing; the mean of those who scored it decides.
    Skip,
}

/// What the numbers on a quadratic ballot are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Numbers {
    /// Votes, which cost their square.
    #[default]
    Votes,
    /// Credits, which buy their square root.
    Credits,
}

/// Everything that a policy can set. Each method takes the keys of [`Options::keys`] and refuses the others, so that a
/// misspelt `treshold` is never silently a simple majority.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// `options`: what is on the ballot, where the vote does not say.
    pub options: Option<Vec<String>>,
    /// `eligible`: how many may vote.
    pub eligible: Option<u64>,
    /// `quorum`: how many must take part; a number or a share of all who may vote.
    pub quorum: Option<Quorum>,
    /// `quorumOf`: `"cast"`, `"sides"` or `"yes"`.
    pub quorum_of: QuorumOf,
    /// `threshold`: the share that a winner needs.
    pub threshold: Option<Threshold>,
    /// `of`: what the threshold is a share of: `"sides"`, `"cast"` or `"eligible"`.
    pub of: Base,
    /// `seats`: how many win.
    pub seats: Option<u64>,
    /// `budget`: credits or dots that each voter has.
    pub budget: Option<u64>,
    /// `maxPerOption`: most dots on one option.
    pub max_per_option: Option<u64>,
    /// `maxScore`: the highest score on the scale.
    pub max_score: Option<u64>,
    /// `unscored`: `"zero"` or `"skip"`.
    pub unscored: Unscored,
    /// `numbers`: `"votes"` or `"credits"`.
    pub numbers: Numbers,
    /// `objections`: how many objections are still consent.
    pub objections: u64,
    /// `standAside`: how many may stand aside; a number or a share of all who may vote.
    pub stand_aside: Option<Quorum>,
    /// `none`: the option that stands for "none of these"; what does not beat it does not win.
    pub none: Option<String>,
    /// `optionQuorum`: how many must prefer an option to `none` (Debian's rule).
    pub option_quorum: u64,
    /// `seed`: where lots are drawn from, instead of the evaluation's seed.
    pub seed: Option<String>,
    /// `weights`: members whose ballot counts for more than one.
    pub weights: BTreeMap<MemberId, u64>,
}

impl Options {
    /// The keys that `method` takes.
    #[must_use]
    pub fn keys(method: Method) -> &'static [&'static str] {
        match method {
            Method::YesNo => &["eligible", "of", "quorum", "quorumOf", "threshold", "weights"],
            Method::Plurality | Method::Approval => {
                &["eligible", "none", "of", "options", "quorum", "seats", "seed", "threshold", "weights"]
            }
            Method::Score => {
                &["eligible", "maxScore", "none", "options", "quorum", "seats", "seed", "unscored", "weights"]
            }
            Method::Borda | Method::Stv => &["eligible", "none", "options", "quorum", "seats", "seed", "weights"],
            Method::InstantRunoff => &["eligible", "none", "options", "quorum", "seed", "weights"],
            Method::Schulze => {
                &["eligible", "none", "optionQuorum", "options", "quorum", "seats", "seed", "threshold", "weights"]
            }
            Method::Quadratic => {
                &["budget", "eligible", "none", "numbers", "options", "quorum", "seats", "seed", "weights"]
            }
            Method::Dots => {
                &["budget", "eligible", "maxPerOption", "none", "options", "quorum", "seats", "seed", "weights"]
            }
            Method::Consent => &["eligible", "objections", "quorum", "standAside", "weights"],
        }
    }

    /// Reads the object that a policy gave; `null` is the same as `{}`.
    ///
    /// # Errors
    /// [`TallyError`] that names the key, and what would have been right.
    pub fn read(method: Method, value: &Value) -> Result<Self, TallyError> {
        let object = match value {
            Value::Null => return Ok(Self::default()),
            Value::Object(object) => object,
            other => return Err(TallyError::NotAnObject(shown(other))),
        };
        let mut options = Self::default();
        for (key, value) in object {
            if !Self::keys(method).contains(&key.as_str()) {
                return Err(TallyError::UnknownKey {
                    method: method.name(),
                    key: key.chars().take(40).collect(),
                    known: Self::keys(method).join(", "),
                });
            }
            // A blank that was left empty is a key without a value: the default, not a mistake.
            if !value.is_null() {
                options.set(key, value)?;
            }
        }
        Ok(options)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), TallyError> {
        match key {
            "options" => self.options = Some(need("options", "a list of texts", value, texts(value))?),
            "eligible" => self.eligible = Some(need_whole("eligible", value)?),
            "quorum" => {
                let expected = "a whole number of ballots or a share such as \"25%\" or \"1/4\"";
                self.quorum = Some(need("quorum", expected, value, Quorum::read(value))?);
            }
            "quorumOf" => {
                let read = match value.as_str() {
                    Some("cast") => Some(QuorumOf::Cast),
                    Some("sides") => Some(QuorumOf::Sides),
                    Some("yes") => Some(QuorumOf::Yes),
                    _ => None,
                };
                self.quorum_of = need("quorumOf", "\"cast\", \"sides\" or \"yes\"", value, read)?;
            }
            "threshold" => {
                let expected = "\"majority\", \"two-thirds\", \"unanimous\", or a share such as \"2/3\" or \"60%\"";
                self.threshold = Some(need("threshold", expected, value, Threshold::read(value))?);
            }
            "of" => {
                let read = match value.as_str() {
                    Some("sides") => Some(Base::Sides),
                    Some("cast") => Some(Base::Cast),
                    Some("eligible") => Some(Base::Eligible),
                    _ => None,
                };
                self.of = need("of", "\"sides\", \"cast\" or \"eligible\"", value, read)?;
            }
            "seats" => {
                let seats = whole(value).filter(|seats| (1..=MAX_NUMBER).contains(seats));
                self.seats = Some(need("seats", "a whole number from 1", value, seats)?);
            }
            "budget" => self.budget = Some(need("budget", BUDGET, value, budget(value))?),
            "maxPerOption" => self.max_per_option = Some(need("maxPerOption", BUDGET, value, budget(value))?),
            "maxScore" => self.max_score = Some(need("maxScore", BUDGET, value, budget(value))?),
            "unscored" => {
                let read = match value.as_str() {
                    Some("zero") => Some(Unscored::Zero),
                    Some("skip") => Some(Unscored::Skip),
                    _ => None,
                };
                self.unscored = need("unscored", "\"zero\" or \"skip\"", value, read)?;
            }
            "numbers" => {
                let read = match value.as_str() {
                    Some("votes") => Some(Numbers::Votes),
                    Some("credits") => Some(Numbers::Credits),
                    _ => None,
                };
                self.numbers = need("numbers", "\"votes\" or \"credits\"", value, read)?;
            }
            "objections" => self.objections = need_whole("objections", value)?,
            "standAside" => {
                let expected = "a whole number of members or a share such as \"25%\"";
                self.stand_aside = Some(need("standAside", expected, value, Quorum::read(value))?);
            }
            "none" => self.none = Some(need("none", "one of the options", value, value.as_str())?.to_owned()),
            "optionQuorum" => self.option_quorum = need_whole("optionQuorum", value)?,
            "seed" => self.seed = Some(need("seed", "a text", value, value.as_str())?.to_owned()),
            "weights" => {
                let expected = "an object of members' ids and whole numbers from 0 to 1,000,000";
                self.weights = need("weights", expected, value, weights(value))?;
            }
            _ => {}
        }
        Ok(())
    }
}

const BUDGET: &str = "a whole number from 1 to 1,000,000";

fn budget(value: &Value) -> Option<u64> {
    // The bound is a whole number well inside what a float holds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive whole constant")]
    let most = MAX_BALLOT_NUMBER as u64;
    whole(value).filter(|number| (1..=most).contains(number))
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(ToOwned::to_owned)).collect()
}

fn weights(value: &Value) -> Option<BTreeMap<MemberId, u64>> {
    let read = |(member, weight): (&String, &Value)| {
        Some((member.parse().ok()?, whole(weight).filter(|weight| *weight <= MAX_WEIGHT)?))
    };
    value.as_object()?.iter().map(read).collect()
}

/// A whole number that is not negative; JavaScript's `3` may arrive as `3.0`.
pub(super) fn whole(value: &Value) -> Option<u64> {
    if let Some(number) = value.as_u64() {
        return Some(number);
    }
    let number = value.as_f64()?;
    // Above this, neighbouring whole numbers are no longer told apart.
    let is_exact = number.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&number);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and in range")]
    is_exact.then_some(number as u64)
}

fn need<T>(key: &'static str, expected: &'static str, value: &Value, read: Option<T>) -> Result<T, TallyError> {
    read.ok_or_else(|| TallyError::BadValue { key, expected, found: shown(value) })
}

fn need_whole(key: &'static str, value: &Value) -> Result<u64, TallyError> {
    need(key, "a whole number", value, whole(value).filter(|number| *number <= MAX_NUMBER))
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 60 { text } else { text.chars().take(59).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(method: Method, value: &Value) -> String {
        Options::read(method, value).unwrap_err().to_string()
    }

    #[test]
    fn a_misspelt_key_is_named_with_the_right_ones() {
        assert_eq!(
            refusal(Method::YesNo, &json!({ "treshold": "2/3" })),
            "tally(\"yes-no\") does not take 'treshold'; it takes: eligible, of, quorum, quorumOf, threshold, weights"
        );
        assert!(refusal(Method::Schulze, &json!({ "budget": 3 })).contains("does not take 'budget'"));
    }

    #[test]
    fn a_bad_value_is_shown_with_what_would_be_right() {
        assert_eq!(
            refusal(Method::YesNo, &json!({ "threshold": "most" })),
            "'threshold' must be \"majority\", \"two-thirds\", \"unanimous\", or a share such as \"2/3\" or \"60%\", not \"most\""
        );
        assert_eq!(refusal(Method::Stv, &json!({ "seats": 0 })), "'seats' must be a whole number from 1, not 0");
        assert!(refusal(Method::Stv, &json!([1])).starts_with("the second argument of tally() is an object"));
    }

    #[test]
    fn null_and_blank_settings_are_the_defaults() {
        assert_eq!(Options::read(Method::Stv, &Value::Null), Ok(Options::default()));
        assert_eq!(Options::read(Method::Stv, &json!({ "seats": null })), Ok(Options::default()));
    }

    #[test]
    fn every_key_that_is_offered_is_read() {
        let member = MemberId::NIL.to_string();
        let samples = json!({
            "options": ["a"], "eligible": 3.0, "quorum": "1/4", "quorumOf": "yes", "threshold": 0.6, "of": "cast",
            "seats": 2, "budget": 9, "maxPerOption": 3, "maxScore": 5, "unscored": "skip", "numbers": "credits",
            "objections": 1, "standAside": 2, "none": "a", "optionQuorum": 4, "seed": "s", "weights": { member: 2 },
        });
        for method in Method::ALL {
            for key in Options::keys(method) {
                let value = json!({ *key: samples[*key].clone() });
                assert_ne!(Options::read(method, &value).unwrap(), Options::default(), "{key}");
            }
        }
    }
}
