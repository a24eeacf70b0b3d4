//! Proposals: as cards in a list, and one whole.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{BallotKind, Enforcement, Layer, PolicyId, ProposalId, Timestamp};

use super::{
    ballot::BallotForm,
    words::{HistoryLine, NamedValue, Person, Standing, WhyStep},
};
use crate::error::AppError;

/// Which proposals to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProposalFilter {
    /// Only those that stand so; all where none is named.
    pub standing: Option<Standing>,
    /// Words that the title contains.
    pub text: Option<String>,
    /// Only of this action type.
    pub action_type: Option<String>,
    /// The page, from 1.
    pub page: Option<u32>,
}

/// A page of proposals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProposalsPage {
    /// The proposals.
    pub proposals: Vec<ProposalCard>,
    /// How many there are for each standing, under the other filters: for the chips.
    pub counts: StandingCounts,
    /// How many match in all.
    pub total: u32,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub n_pages: u32,
}

/// How many proposals stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingCounts {
    /// Open.
    pub open: u32,
    /// Held.
    pub held: u32,
    /// Passed.
    pub passed: u32,
    /// Failed.
    pub failed: u32,
}

/// A proposal in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposalCard {
    /// Its id.
    pub id: ProposalId,
    /// What it is about: "Rename #random to #tool-chat".
    pub title: String,
    /// How it stands.
    pub standing: Standing,
    /// Whether its policy is on trial: decided, recorded, never carried out.
    pub is_trial: bool,
    /// Whether it concerns everyday life or the government itself.
    pub layer: Layer,
    /// How it is decided, or what it waits for: "Ranked vote, 6 candidates", "Waiting for Matrix to answer."
    pub how: String,
    /// Who proposed it; none for Polity itself.
    pub proposer: Option<Person>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// When the vote closes.
    pub closes_at: Option<Timestamp>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// The outcome as a sentence, once there is one.
    pub outcome: Option<String>,
    /// The count, where it may be seen.
    pub tally: Option<TallyView>,
    /// The viewer's part in it.
    pub mine: MyPart,
}

/// The viewer's part in a proposal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MyPart {
    /// Has voted.
    Voted,
    /// May vote and has not.
    NotYet,
    /// May not vote, or there is nothing to vote on.
    #[default]
    None,
}

/// One proposal, with everything the viewer may know of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposalView {
    /// Its id.
    pub id: ProposalId,
    /// What it is about.
    pub title: String,
    /// What happens if it passes (while open), or what happened (afterwards): one sentence, read before any number.
    pub effect: String,
    /// How it stands.
    pub standing: Standing,
    /// The combined reason for that, as a sentence: "2 of 3 jurors agreed." Empty while open.
    pub reason: String,
    /// Whether its policy is on trial.
    pub is_trial: bool,
    /// The type of the action: `board.rename_channel`.
    pub action_type: String,
    /// The type in words: "Rename a channel".
    pub action_title: String,
    /// Who proposed it; none for Polity itself.
    pub proposer: Option<Person>,
    /// When.
    pub proposed_at: Timestamp,
    /// When the vote closes.
    pub closes_at: Option<Timestamp>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// The policy that decides, at the version that was pinned.
    pub policy: Option<PolicyRef>,
    /// The way it takes: proposed, vote, carried out, and what a policy bundle adds.
    pub stages: Vec<StageView>,
    /// What was attempted, field by field.
    pub payload: Vec<NamedValue>,
    /// May the viewer vote, and why.
    pub eligibility: Eligibility,
    /// The ballot, where the viewer may vote now.
    pub ballot: Option<BallotForm>,
    /// The count.
    pub tally: TallyView,
    /// What happens if it passes, if it fails, if nobody else votes. Empty once decided.
    pub then: Vec<ThenLine>,
    /// Reasons that voters gave, newest first, at most twenty.
    pub reasons: Vec<ReasonView>,
    /// How many gave one.
    pub n_reasons: u32,
    /// What it will do, or did.
    pub effects: Vec<EffectView>,
    /// What it cannot do: "It cannot spend money, remove anyone or change a policy." May be empty.
    pub limits: String,
    /// Why it is still open, or was decided so.
    pub why: Vec<WhyStep>,
    /// When that was last worked out.
    pub checked_at: Option<Timestamp>,
    /// Who was asked and who voted.
    pub voters: VotersView,
    /// What happened, newest first.
    pub history: Vec<HistoryLine>,
    /// Other policies that decide on the same action.
    pub siblings: Vec<SiblingView>,
}

/// A policy at a version, as a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRef {
    /// The policy.
    pub id: PolicyId,
    /// How messages cite it: "R-07".
    pub label: String,
    /// Its name.
    pub name: String,
    /// The version.
    pub version: u32,
    /// How seriously it is taken.
    pub enforcement: Enforcement,
}

/// One stage of a proposal's way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageView {
    /// "Vote".
    pub name: String,
    /// "Until Mon 23 Nov, 18:00".
    pub note: String,
    /// How far it is.
    pub state: StageState,
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageState {
    /// Over.
    Done,
    /// Now.
    Current,
    /// Not yet.
    Ahead,
    /// Will not come, because an earlier one failed.
    Skipped,
}

/// May the viewer vote, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eligibility {
    /// Whether they may, now.
    pub may_vote: bool,
    /// "You can vote." or "You cannot vote here." and the deciding reason: "Three members were drawn by lot, and you were not."
    pub sentence: String,
    /// Every condition, met or not.
    pub conditions: Vec<WhyStep>,
}

/// The count of a proposal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TallyView {
    /// What voters choose from.
    pub kind: BallotKind,
    /// Why the count cannot be seen and until when; the rest is then zero and empty.
    pub hidden: Option<String>,
    /// How it would end if it closed now: "Would pass if it closed now." Empty where nobody can say.
    pub forecast: String,
    /// What would turn it: "Still open either way: five more no votes would turn it." May be empty.
    pub turns: String,
    /// Whether that forecast is in favour; none where there is none.
    pub leans: Option<bool>,
    /// How many may vote; 0 where that is not known.
    pub n_eligible: u32,
    /// How many did.
    pub n_voted: u32,
    /// How many must, where a number is required.
    pub quorum: Option<u32>,
    /// The share of those who took a side that must be in favour, in thousandths: 667 for two thirds.
    pub threshold_permille: Option<u32>,
    /// How many yes votes are needed, where a number rather than a share decides (2 jurors of 3).
    pub needed: Option<u32>,
    /// The answers, in the order of the ballot: yes, no, abstain; or the options.
    pub rows: Vec<TallyRow>,
    /// The rounds, for rankings counted in rounds.
    pub rounds: Vec<RoundView>,
    /// When it was counted.
    pub counted_at: Option<Timestamp>,
}

/// One answer and its count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TallyRow {
    /// The answer as ballots name it: `yes`, `no`, `abstain`, `agree`, `stand-aside`, `object`, or the option.
    pub id: String,
    /// As people read it.
    pub label: String,
    /// How many gave it; for scores and budgets the sum.
    pub count: f64,
    /// Whether it is ahead, or won.
    pub leads: bool,
}

/// One round of a count in rounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoundView {
    /// The counts, as in the tally.
    pub rows: Vec<TallyRow>,
    /// What the round came to: "Rosa has the fewest and is left out."
    pub sentence: String,
}

/// What happens then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThenLine {
    /// In which case.
    pub case: ThenCase,
    /// What happens, as a sentence.
    pub sentence: String,
}

/// A way a proposal may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThenCase {
    /// It passes.
    Passes,
    /// It fails.
    Fails,
    /// Nobody else votes.
    NobodyElse,
}

/// A reason that a voter gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonView {
    /// The answer it goes with, as in the tally; none where that is not to be seen.
    pub answer: Option<String>,
    /// The answer in words.
    pub label: String,
    /// Why, in their words.
    pub text: String,
    /// Who; none where that is not to be seen.
    pub person: Option<Person>,
    /// When.
    pub at: Timestamp,
}

/// Something it will do, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectView {
    /// What, as a sentence: "Rename #random to #tool-chat".
    pub sentence: String,
    /// Smaller print. May be empty.
    pub detail: String,
    /// Where: "Board", "Matrix", "Roles".
    pub place: String,
    /// What kind of effect; picks the sign beside the line: `execute`, `revert`, `notify`, `announce`, `data`, `role`, `propose`, `document`, `policy`.
    pub kind: String,
    /// How far it is.
    pub state: EffectState,
    /// What the platform answered, or the error in words.
    pub answer: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was done, or is tried next.
    pub at: Option<Timestamp>,
}

/// How far an effect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectState {
    /// Will be asked for if it passes.
    Planned,
    /// Asked for, on its way.
    Waiting,
    /// Done.
    Done,
    /// Tried, and to be tried again.
    Retrying,
    /// Given up.
    Failed,
    /// Done and undone.
    Undone,
    /// Recorded only, because the policy is on trial.
    WouldHave,
}

/// Who was asked and who voted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VotersView {
    /// What can be seen of it, as a sentence: "Names are shown with votes."
    pub privacy: String,
    /// Whether everyone was asked; `asked` is then empty.
    pub everyone: bool,
    /// Who was asked by name, such as a jury.
    pub asked: Vec<Person>,
    /// How they were chosen: "Drawn by lot from 109 members, draw number 5d20 9a1e." May be empty.
    pub chosen: String,
    /// Who voted, newest first, as far as may be seen.
    pub voted: Vec<VoterLine>,
    /// How many voted.
    pub n_voted: u32,
}

/// One voter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoterLine {
    /// Who.
    pub person: Person,
    /// The answer, as in the tally; none where that is not to be seen.
    pub answer: Option<String>,
    /// The answer in words. Empty where it is not to be seen.
    pub label: String,
    /// When.
    pub at: Timestamp,
    /// Through what: "on this page", "in Matrix". May be empty.
    pub via: String,
}

/// Another policy deciding on the same action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiblingView {
    /// Its proposal.
    pub id: ProposalId,
    /// The policy.
    pub policy: PolicyRef,
    /// How that proposal stands; none where the policy has no opinion.
    pub standing: Option<Standing>,
}

/// Loads a page of proposals.
#[server]
pub async fn proposals(
    /// The community.
    slug: String,
    /// Which ones.
    #[server(default)]
    filter: ProposalFilter,
) -> Result<ProposalsPage, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.proposals(&viewer, &slug, filter).await)
}

/// Loads one proposal.
#[server]
pub async fn proposal(
    /// The community.
    slug: String,
    /// The proposal, as it stands in the address.
    id: String,
) -> Result<ProposalView, AppError> {
    let (backend, viewer) = super::asked()?;
    let known = super::answered(id.parse::<ProposalId>().map_err(|_| AppError::not_found("proposal")))?;
    super::answered(backend.proposal(&viewer, &slug, known).await)
}
