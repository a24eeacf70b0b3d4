//! What is found out by playing a policy many times.

use serde::{Deserialize, Serialize};

use super::scenario::{Event, ScenarioInput};
use crate::{ActionId, ProposalId, Verdict};

/// What would change the verdict of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// The verdict as the scenario stands.
    pub verdict: Verdict,
    /// The smallest change found; none where the search found none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest: Option<FlipChange>,
    /// Other changes of the same size or a little more, at most ten.
    pub others: Vec<FlipChange>,
    /// How many scenarios were played. What was not found is not proved absent.
    pub n_played: u32,
}

/// A change of a scenario that changes its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlipChange {
    /// In words: "2 more yes votes", "if ana had not voted".
    pub sentence: String,
    /// The verdict then.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// How many events differ.
    pub size: u32,
    /// The events then.
    pub events: Vec<Event>,
}

/// Where two versions of a policy behave differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// How many scenarios were played on both.
    pub n_played: u32,
    /// How many came out differently.
    pub n_different: u32,
    /// The smallest scenarios that come out differently, at most ten.
    pub differences: Vec<Difference>,
}

/// A scenario that comes out differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The scenario, in a sentence.
    pub sentence: String,
    /// What the one version makes of it.
    pub before: Verdict,
    /// Why.
    pub before_reason: String,
    /// What the other makes of it.
    pub after: Verdict,
    /// Why.
    pub after_reason: String,
    /// The scenario, so that it can be opened.
    pub scenario: ScenarioInput,
}

/// What is assumed of people in a population.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The share of those asked who vote, 0 to 1.
    pub turnout: f64,
    /// The share of votes that are in favour, 0 to 1.
    pub approval: f64,
    /// When the typical vote comes, in seconds after the question.
    pub vote_after_seconds: u64,
}

/// How a policy would come out over many invented votes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Population {
    /// How many votes were played.
    pub n: u32,
    /// What was assumed.
    pub parameters: Parameters,
    /// Where it comes from, as a sentence: "fitted from 214 decisions", "defaults: no votes are recorded".
    pub source: String,
    /// How many passed.
    pub passed: u32,
    /// How many failed.
    pub failed: u32,
    /// How many were still open at the end.
    pub open: u32,
    /// How many broke.
    pub errors: u32,
    /// The share that passed.
    pub pass_share: f64,
    /// The 95 % interval of that share (Wilson), from.
    pub low: f64,
    /// The 95 % interval of that share (Wilson), to.
    pub high: f64,
    /// Seconds to the decision, of those that were decided: a tenth, half and nine tenths took at most so long.
    pub seconds_to_decision: Option<[u64; 3]>,
    /// What each role's votes did.
    pub influence: Vec<Influence>,
    /// The seed of all draws.
    pub seed: u64,
}

/// How much the votes of a role decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Influence {
    /// The role.
    pub role: String,
    /// How many hold it.
    pub n_members: u32,
    /// The share that passes when all of them vote yes.
    pub if_all_yes: f64,
    /// The share that passes when all of them vote no.
    pub if_all_no: f64,
    /// The difference of the two: 1 where they decide alone, 0 where they decide nothing.
    pub swing: f64,
}

/// What is looked for in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Property {
    /// Whatever happens, it does not break.
    NeverThrows,
    /// Every proposal is decided in the end.
    AlwaysEnds,
    /// The order in which people vote at one moment does not matter.
    OrderIndependent,
    /// Nobody can pass anything with their own vote alone.
    NobodyAlonePasses,
    /// A tie is decided in the end, one way or the other.
    TieDefined,
    /// At the deadline, a moment before and a moment after it, it does not break, and does not stay open after it.
    DeadlineDefined,
    /// One more yes never turns a pass into a fail.
    Monotonic,
    /// People with the same roles are the same to it.
    Anonymous,
    /// Where it decides about policies: it can still be changed.
    NoLockout,
}

/// Whether a property holds, as far as the search went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyState {
    /// No counterexample was found. That is no proof.
    NotBroken,
    /// There is a counterexample.
    Broken,
    /// It says nothing of this policy: nobody is asked to vote, for example.
    Inapplicable,
}

/// What the search for counterexamples to one property found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PropertyReport {
    /// Which.
    pub property: Property,
    /// Whether it holds.
    pub state: PropertyState,
    /// What it says, as a sentence.
    pub title: String,
    /// What was found, as a sentence.
    pub sentence: String,
    /// Whether breaking it is a warning only: some policies do it on purpose.
    pub is_warning: bool,
    /// The smallest counterexample found; none of its events can be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterexample: Option<ScenarioInput>,
    /// The verdict of the counterexample, for pinning it as an example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// How many scenarios were played for it.
    pub n_played: u32,
}

/// What it takes to force an outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Capture {
    /// The cheapest way found to pass what nobody else wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_pass: Option<Coalition>,
    /// The cheapest way found to fail what everybody else wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_fail: Option<Coalition>,
    /// How many scenarios were played. What was not found is not proved absent.
    pub n_played: u32,
}

/// Some members who force an outcome together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coalition {
    /// Who, by handle.
    pub members: Vec<String>,
    /// How many.
    pub size: u32,
    /// Of how many who could vote.
    pub of: u32,
    /// In words: "2 of the 3 Stewards, voting a minute before the deadline, pass it against everybody else".
    pub sentence: String,
    /// The scenario, so that it can be opened.
    pub scenario: ScenarioInput,
}

/// What adopting a draft now would do to open business.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// Open actions that were looked at.
    pub n_open: u32,
    /// Those that would stand differently.
    pub rows: Vec<ImpactRow>,
    /// How, as a sentence: "2 of 11 open proposals would stand differently".
    pub sentence: String,
}

/// An open action that would stand differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImpactRow {
    /// The action.
    pub action: ActionId,
    /// Its proposal, where there is one to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalId>,
    /// What was attempted, in a sentence.
    pub title: String,
    /// How it stands now.
    pub now: Verdict,
    /// How it would stand under the draft, with the votes so far.
    pub then: Verdict,
    /// Why.
    pub reason: String,
}
