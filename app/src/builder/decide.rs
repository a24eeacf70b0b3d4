//! *Decide by*: the procedures that a form offers.

use serde::{Deserialize, Serialize};
use types::effect::Power;

use super::blanks::{Length, Threshold, Turnout};

/// How an attempt is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decide {
    /// It passes at once.
    AtOnce(Reason),
    /// It is refused at once.
    Refuse(Reason),
    /// Nobody is asked and nothing is carried out by this policy: it only watches, and does what *then* says.
    Nobody(Nobody),
    /// A vote of yes, no and abstain.
    Vote(Vote),
    /// Members drawn by lot vote.
    Jury(Jury),
    /// It passes when some agree and nobody objects.
    Consent(Consent),
    /// It passes after some time unless somebody objects: silence is consent.
    LazyConsensus(LazyConsensus),
    /// So many holders of a role must say yes.
    Approvals(Approvals),
    /// One holder of a role decides alone.
    OnePerson(OnePerson),
    /// Voters choose among candidates.
    Election(Election),
    /// It waits, and passes unless it is vetoed.
    CoolOff(CoolOff),
}

/// Why, in words that the record shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The words; may be empty for what passes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Nothing to fill in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nobody {}

/// Who votes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voters {
    /// Holders of this role; empty for every member.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// Whether whoever proposed it may not vote.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub except_proposer: bool,
}

/// Of what the yes votes must be a share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// Of those who said yes or no.
    #[default]
    Sides,
    /// Of all ballots, abstentions included.
    Cast,
    /// Of all who may vote.
    Eligible,
}

impl Of {
    /// The word of the policy language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sides => "sides",
            Self::Cast => "cast",
            Self::Eligible => "eligible",
        }
    }
}

/// Who can see how a member voted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Privacy {
    /// Everybody.
    #[default]
    Open,
    /// Members, once it has closed.
    AfterClose,
    /// Nobody, ever.
    Secret,
}

/// When the count can be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Results {
    /// Always.
    #[default]
    Always,
    /// After voting.
    AfterBallot,
    /// Once it has closed.
    AtClose,
}

/// How a ballot is held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ballot {
    /// The question; empty for the usual one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// A channel or room where it is posted besides the page; empty for none.
    #[serde(default, rename = "where", skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Who can see how a member voted.
    #[serde(default)]
    pub privacy: Privacy,
    /// When the count can be seen.
    #[serde(default)]
    pub results: Results,
}

/// A vote of yes, no and abstain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// Who votes.
    #[serde(default)]
    pub voters: Voters,
    /// How many must take part; none for no quorum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Turnout>,
    /// The share that must say yes.
    pub threshold: Threshold,
    /// Of what.
    #[serde(default)]
    pub of: Of,
    /// How long the vote is open at most.
    pub at_most: Length,
    /// Whether it ends as soon as no ballot to come can change it.
    pub closes_early: bool,
    /// After how long those who have not voted are reminded; none for no reminder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_after: Option<Length>,
    /// How the ballot is held.
    #[serde(default)]
    pub ballot: Ballot,
}

/// Members drawn by lot vote; the one who proposed is never drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jury {
    /// How many are drawn: 1 to 1,000.
    pub size: u32,
    /// How many of them must say yes.
    pub yes: u32,
    /// Among the holders of this role; empty for every member.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from_role: String,
    /// How long they have.
    pub at_most: Length,
    /// How the ballot is held.
    #[serde(default)]
    pub ballot: Ballot,
}

/// It passes when some agree and nobody objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Who is asked.
    #[serde(default)]
    pub voters: Voters,
    /// How many must take part; none for no quorum, but one must agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Turnout>,
    /// How many objections it bears: 0 for consent proper.
    #[serde(default)]
    pub objections: u32,
    /// How long they have.
    pub at_most: Length,
    /// How the ballot is held.
    #[serde(default)]
    pub ballot: Ballot,
}

/// Silence is consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LazyConsensus {
    /// Who may object.
    #[serde(default)]
    pub voters: Voters,
    /// How long it waits for objections.
    pub wait: Length,
    /// How many objections end it: at least 1.
    pub objections: u32,
    /// How the ballot is held.
    #[serde(default)]
    pub ballot: Ballot,
}

/// So many holders of a role must say yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// The role.
    pub role: String,
    /// How many: 1 to 1,000.
    pub needed: u32,
    /// Whether the one who proposed may approve too, holding the role.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proposer_counts: bool,
    /// Whether one no ends it.
    pub no_ends: bool,
    /// How long they have; none for as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Length>,
    /// How the ballot is held.
    #[serde(default)]
    pub ballot: Ballot,
}

/// One holder of a role decides alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnePerson {
    /// The role.
    pub role: String,
    /// Whether what a holder of the role proposes passes at once.
    pub own_passes: bool,
    /// How long they have before it fails; none for as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Length>,
}

/// How an election is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// One choice each; most votes win.
    #[default]
    Plurality,
    /// Any number of choices each; most approvals win.
    Approval,
    /// Ranked; the weakest is dropped until one has a majority.
    Ranked,
    /// Ranked; whoever beats every other one to one.
    Schulze,
    /// Ranked; several seats in proportion.
    Stv,
    /// Ranked; points by place.
    Borda,
}

impl Method {
    /// The name of the method in the policy language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Plurality => "plurality",
            Self::Approval => "approval",
            Self::Ranked => "ranked",
            Self::Schulze => "schulze",
            Self::Stv => "stv",
            Self::Borda => "borda",
        }
    }

    /// The kind of ballot that it counts.
    #[must_use]
    pub fn ballot_kind(self) -> &'static str {
        match self {
            Self::Plurality => "choice",
            Self::Approval => "approval",
            Self::Ranked | Self::Schulze | Self::Stv | Self::Borda => "ranking",
        }
    }

    /// Whether it can fill more than one seat.
    #[must_use]
    pub fn fills_seats(self) -> bool {
        self != Self::Ranked
    }
}

/// Who stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Candidates {
    /// The members that the action names in a field, by handle: `members` for `constitution.assign_role`.
    NamedIn(String),
    /// These options; handles where offices are filled.
    Listed(Vec<String>),
}

/// Voters choose among candidates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Election {
    /// How it is counted.
    pub method: Method,
    /// Who stands.
    pub candidates: Candidates,
    /// How many are elected: 1 to 100.
    pub seats: u32,
    /// Whether the ballot offers “none of these”.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub none_of_these: bool,
    /// Who votes.
    #[serde(default)]
    pub voters: Voters,
    /// How many must take part; none for no quorum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<Turnout>,
    /// How long the vote is open.
    pub at_most: Length,
    /// How the ballot is held.
    #[serde(default)]
    pub ballot: Ballot,
}

/// It waits, and passes unless it is vetoed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoolOff {
    /// How long it waits.
    pub wait: Length,
    /// A role whose holders may each veto it; empty for nobody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub veto: String,
}

impl Decide {
    /// Whether it is decided in the moment it is attempted.
    #[must_use]
    pub fn is_immediate(&self) -> bool {
        matches!(self, Self::AtOnce(_) | Self::Refuse(_) | Self::Nobody(_))
    }

    /// Whether somebody is elected.
    #[must_use]
    pub fn elects(&self) -> bool {
        matches!(self, Self::Election(_))
    }

    /// What deciding needs to be allowed.
    pub(super) fn powers(&self) -> Vec<Power> {
        match self {
            Self::AtOnce(_) | Self::Refuse(_) | Self::Nobody(_) => vec![],
            Self::CoolOff(CoolOff { veto, .. }) if veto.is_empty() => vec![],
            _ => vec![Power::Ask],
        }
    }
}
