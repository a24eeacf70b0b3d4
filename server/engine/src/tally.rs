//! Tallies: how ballots become an outcome.
//!
//! Every method is a function of the ballots, the options and a seed, and nothing else: the order of the ballots never
//! matters, each member is counted once (the last ballot cast stands), and no comparison is made in floating point.
//! A ballot that does not answer the question is set aside, counted as invalid and named in the outcome.
//!
//! A tie that the method's own rule does not settle is settled by lot: see [`lot`].

pub mod lot;
pub mod options;
pub mod outcome;
pub mod share;

mod ballots;
mod points;

mod approval;
mod borda;
mod consent;
mod dots;
mod plurality;
mod quadratic;
mod runoff;
mod schulze;
mod score;
mod stages;
mod stv;
mod yes_no;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod published;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use types::ballot::Ballot;
use types::{BallotKind, BallotValue, MemberId};

pub use options::{Base, Options};
pub use outcome::{Amount, Objection, Outcome, Prospects, Round, Tie, Turn};
pub use share::{Fraction, Quorum, Threshold};

/// Most options that one vote can have.
///
/// Schulze's method takes time with the cube of it, and nobody ranks two hundred things.
pub const MAX_OPTIONS: usize = 200;

/// Most votes that one member can cast for others, and most that a role can weigh.
pub const MAX_WEIGHT: u64 = 1_000_000;

/// A method of counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Yes, no and abstain, with quorum and threshold.
    YesNo,
    /// One option each; most votes win.
    Plurality,
    /// Any number of options each; most approvals win.
    Approval,
    /// A number for each option; the highest total or mean wins.
    Score,
    /// Ranked; points by position.
    Borda,
    /// Ranked; the weakest option is dropped until one has a majority.
    InstantRunoff,
    /// Ranked; several seats in proportion.
    Stv,
    /// Ranked; the option that beats every other one to one, or by the strongest path.
    Schulze,
    /// Credits; the n-th vote for the same option costs more.
    Quadratic,
    /// A handful of dots to spread.
    Dots,
    /// Passed unless somebody objects.
    Consent,
}

impl Method {
    /// All of them, in the order in which they are explained.
    pub const ALL: [Self; 11] = [
        Self::YesNo,
        Self::Plurality,
        Self::Approval,
        Self::Score,
        Self::Borda,
        Self::InstantRunoff,
        Self::Stv,
        Self::Schulze,
        Self::Quadratic,
        Self::Dots,
        Self::Consent,
    ];

    /// The name that policies use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::YesNo => "yes-no",
            Self::Plurality => "plurality",
            Self::Approval => "approval",
            Self::Score => "score",
            Self::Borda => "borda",
            Self::InstantRunoff => "ranked",
            Self::Stv => "stv",
            Self::Schulze => "schulze",
            Self::Quadratic => "quadratic",
            Self::Dots => "dots",
            Self::Consent => "consent",
        }
    }

    /// The kind of ballot that it counts.
    #[must_use]
    pub fn ballot_kind(self) -> BallotKind {
        match self {
            Self::YesNo => BallotKind::YesNo,
            Self::Plurality => BallotKind::Choice,
            Self::Approval => BallotKind::Approval,
            Self::Score => BallotKind::Score,
            Self::Borda | Self::InstantRunoff | Self::Stv | Self::Schulze => BallotKind::Ranking,
            Self::Quadratic | Self::Dots => BallotKind::Budget,
            Self::Consent => BallotKind::Consent,
        }
    }

    /// The method of that name, or of another name in common use.
    ///
    /// # Errors
    /// [`TallyError::UnknownMethod`], which names those there are.
    pub fn named(name: &str) -> Result<Self, TallyError> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        Ok(match plain.to_ascii_lowercase().as_str() {
            "yesno" | "yesnoabstain" | "majority" => Self::YesNo,
            "plurality" | "choice" | "fptp" => Self::Plurality,
            "approval" => Self::Approval,
            "score" | "range" => Self::Score,
            "borda" => Self::Borda,
            "ranked" | "irv" | "instantrunoff" | "rankedchoice" => Self::InstantRunoff,
            "stv" | "scottishstv" => Self::Stv,
            "schulze" | "condorcet" | "beatpath" => Self::Schulze,
            "quadratic" => Self::Quadratic,
            "dots" | "dot" | "dotvoting" => Self::Dots,
            "consent" => Self::Consent,
            _ => {
                return Err(TallyError::UnknownMethod {
                    name: name.chars().take(40).collect(),
                    known: Self::ALL.map(Self::name).join(", "),
                });
            }
        })
    }
}

/// What a count needs to know besides the ballots and what the policy asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// What is on the ballot, in the order it was offered.
    pub options: Vec<String>,
    /// How many members may vote; `None` where that was not loaded.
    pub eligible: Option<u64>,
    /// Where lots are drawn from: the recorded seed of the evaluation.
    pub seed: Vec<u8>,
    /// Members whose ballot counts for more than one, as under delegation; 0 leaves a ballot out.
    pub weights: BTreeMap<MemberId, u64>,
}

/// Why nothing could be counted: a mistake of the policy's author, never of a voter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TallyError {
    /// No method of that name.
    #[error("there is no tally method '{name}'; there are: {known}")]
    UnknownMethod {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// An option that this method does not take.
    #[error("tally(\"{method}\") does not take '{key}'; it takes: {known}")]
    UnknownKey {
        /// The method.
        method: &'static str,
        /// The key.
        key: String,
        /// The keys it takes.
        known: String,
    },
    /// An option with a value that makes no sense.
    #[error("'{key}' must be {expected}, not {found}")]
    BadValue {
        /// The key.
        key: &'static str,
        /// What would have been right.
        expected: &'static str,
        /// What was given.
        found: String,
    },
    /// The settings are not an object.
    #[error("the second argument of tally() is an object such as {{ quorum: \"25%\" }}, not {0}")]
    NotAnObject(String),
    /// A method that chooses among options was given none.
    #[error(
        "tally(\"{0}\") chooses among options, and this vote has none: give them to ask(…, {{ options: […] }}) or to tally(…, {{ options: […] }})"
    )]
    NoOptions(&'static str),
    /// More options than can be counted.
    #[error("{0} options are too many to count: at most {MAX_OPTIONS}")]
    TooManyOptions(usize),
    /// The same option twice.
    #[error("the option '{0}' is listed twice")]
    OptionTwice(String),
    /// A share of the eligible members was asked for, and their number is not known.
    #[error(
        "'{0}' is a share of all who may vote, and their number is not known here: give tally() an 'eligible' number"
    )]
    NoEligible(&'static str),
}

/// One count, with everything checked: what the methods read.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub method: Method,
    pub names: Vec<String>,
    pub eligible: Option<u64>,
    pub seed: Vec<u8>,
    pub weights: BTreeMap<MemberId, u64>,
    pub options: Options,
}

impl Setup {
    fn new(method: Method, options: &Value, context: &Context) -> Result<Self, TallyError> {
        let options = Options::read(method, options)?;
        let names = options.options.clone().unwrap_or_else(|| context.options.clone());
        if names.len() > MAX_OPTIONS {
            return Err(TallyError::TooManyOptions(names.len()));
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = names.iter().find(|name| !seen.insert(name.as_str())) {
            return Err(TallyError::OptionTwice(twice.clone()));
        }
        let chooses = !matches!(method, Method::YesNo | Method::Consent | Method::Score);
        if chooses && names.is_empty() {
            return Err(TallyError::NoOptions(method.name()));
        }
        if let Some(none) = options.none.as_ref().filter(|none| !names.contains(none)) {
            return Err(TallyError::BadValue {
                key: "none",
                expected: "one of the options on the ballot",
                found: format!("'{}'", none.chars().take(60).collect::<String>()),
            });
        }
        let eligible = options.eligible.or(context.eligible);
        if eligible.is_none() && options.quorum.is_some_and(Quorum::is_share) {
            return Err(TallyError::NoEligible("quorum"));
        }
        if eligible.is_none() && options.stand_aside.is_some_and(Quorum::is_share) {
            return Err(TallyError::NoEligible("standAside"));
        }
        if method == Method::Schulze && options.none.is_none() && options.threshold.is_some() {
            return Err(TallyError::BadValue {
                key: "threshold",
                expected: "given together with 'none', the option that it is measured against,",
                found: "alone".to_owned(),
            });
        }
        if eligible.is_none() && options.of == Base::Eligible {
            return Err(TallyError::NoEligible("of"));
        }
        let seed = options.seed.as_ref().map_or_else(|| context.seed.clone(), |seed| seed.clone().into_bytes());
        let mut weights = context.weights.clone();
        weights.extend(options.weights.iter().map(|(member, weight)| (*member, *weight)));
        Ok(Self { method, names, eligible, seed, weights, options })
    }

    /// The name of option `at`.
    pub fn name(&self, at: usize) -> String {
        self.names.get(at).cloned().unwrap_or_default()
    }

    /// The place of the option that stands for "none of these".
    pub fn none_at(&self) -> Option<usize> {
        self.options.none.as_ref().and_then(|none| self.names.iter().position(|name| name == none))
    }
}

/// The ballots without the options that are `gone`: who had named a candidate that withdrew is read as having named the
/// rest, and who named no other as abstaining.
#[must_use]
pub fn without<'b>(ballots: &'b [Ballot], gone: &[String]) -> Cow<'b, [Ballot]> {
    if gone.is_empty() {
        return Cow::Borrowed(ballots);
    }
    let strip = |ballot: &Ballot| {
        let value = match &ballot.value {
            BallotValue::Choice(option) if gone.contains(option) => BallotValue::Abstain,
            BallotValue::List(list) => {
                BallotValue::List(list.iter().filter(|option| !gone.contains(option)).cloned().collect())
            }
            BallotValue::Numbers(numbers) => BallotValue::Numbers(
                numbers.iter().filter(|(option, _)| !gone.contains(option)).map(|(o, n)| (o.clone(), *n)).collect(),
            ),
            other => other.clone(),
        };
        Ballot { value, ..ballot.clone() }
    };
    Cow::Owned(ballots.iter().map(strip).collect())
}

/// Counts `ballots` by the method named `method`.
///
/// `options` is the policy's own object, such as `{ "quorum": "25%", "threshold": "2/3" }`, or `null`; [`Options`] says
/// what each method takes.
///
/// # Errors
/// [`TallyError`], in words for the policy's author. Ballots never cause one.
pub fn count(method: &str, ballots: &[Ballot], options: &Value, context: &Context) -> Result<Outcome, TallyError> {
    let setup = Setup::new(Method::named(method)?, options, context)?;
    Ok(match setup.method {
        Method::YesNo => yes_no::count(&setup, ballots),
        Method::Plurality => plurality::count(&setup, ballots),
        Method::Approval => approval::count(&setup, ballots),
        Method::Score => score::count(&setup, ballots),
        Method::Borda => borda::count(&setup, ballots),
        Method::InstantRunoff => runoff::count(&setup, ballots),
        Method::Stv => stv::count(&setup, ballots),
        Method::Schulze => schulze::count(&setup, ballots),
        Method::Quadratic => quadratic::count(&setup, ballots),
        Method::Dots => dots::count(&setup, ballots),
        Method::Consent => consent::count(&setup, ballots),
    })
}
