//! A community as a whole: what surrounds each of its pages, and its home.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{DocumentId, Enforcement, PolicyId, ProposalId, Timestamp};

use super::{
    ballot::BallotForm,
    document::DocumentLine,
    proposal::{ProposalCard, TallyView},
    words::{Person, Standing},
};
use crate::error::AppError;

/// What surrounds every page of a community.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameView {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// One sentence about it. May be empty.
    pub about: String,
    /// The icon of its emblem, by the name of a Lucide icon the page knows; `hand-heart` where it does not.
    pub emblem: String,
    /// How many members it has.
    pub n_members: u32,
    /// How many proposals are open.
    pub n_open: u32,
    /// How many things wait for the viewer.
    pub n_needs_you: u32,
    /// How many notices the viewer has not read.
    pub n_unread: u32,
    /// The viewer's membership; none for a visitor or a stranger.
    pub membership: Option<MembershipView>,
    /// Linked platforms and how they are.
    pub platforms: Vec<PlatformHealth>,
    /// The time, as everything on the page should count it.
    pub now: Timestamp,
}

/// The viewer's own membership.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipView {
    /// Themselves.
    pub person: Person,
    /// Their roles, as names; never empty ("Member" at least).
    pub roles: Vec<String>,
    /// Since when.
    pub since: Timestamp,
}

/// How a linked platform is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformHealth {
    /// "Matrix".
    pub name: String,
    /// Whether it works.
    pub is_well: bool,
    /// How it is, in words: "working", "slow since 09:12".
    pub state: String,
}

/// The community's home.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HomeView {
    /// What waits for the viewer, soonest to close first.
    pub needs: Vec<NeedView>,
    /// Alerts for those who can act on them; empty for everyone else.
    pub alerts: Vec<AlertView>,
    /// Open decisions that are not among `needs`, soonest to close first, at most six.
    pub open: Vec<ProposalCard>,
    /// The rules in force, grouped by what they govern.
    pub rules: Vec<RuleGroup>,
    /// How many policies there are in all.
    pub n_policies: u32,
    /// What was decided lately, newest first, at most six.
    pub decided: Vec<DecidedLine>,
    /// The first words of the constitution, where there is one.
    pub excerpt: Option<ExcerptView>,
    /// The other documents.
    pub documents: Vec<DocumentLine>,
    /// How the community is doing, at most four figures. Empty while there is nothing to count.
    pub health: Vec<FigureView>,
}

/// Something that waits for the viewer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeedView {
    /// The proposal.
    pub proposal: ProposalId,
    /// Why it is theirs, where it is more than everybody's: "You are on the jury".
    pub because: Option<String>,
    /// What it is about.
    pub title: String,
    /// What to know before deciding, in a sentence or two. May be empty where there is a count.
    pub note: String,
    /// When it closes.
    pub closes_at: Option<Timestamp>,
    /// The count so far, where it may be seen.
    pub tally: Option<TallyView>,
    /// The ballot. Yes/no and consent can be answered right on the card.
    pub ballot: BallotForm,
}

/// Something that needs an administrator.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertView {
    /// What is wrong and what to do, in a sentence or two.
    pub sentence: String,
    /// Where to do it, where there is such a page.
    pub href: Option<String>,
    /// The words of that link.
    pub link: String,
}

/// Rules that govern the same thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleGroup {
    /// What they govern: "Channels and posts".
    pub title: String,
    /// The rules.
    pub rules: Vec<RuleLine>,
}

/// One rule, in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleLine {
    /// The policy.
    pub policy: PolicyId,
    /// How messages cite it: "R-02".
    pub label: String,
    /// What it says, in one plain sentence.
    pub sentence: String,
    /// How seriously it is taken.
    pub enforcement: Enforcement,
}

/// Something that was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedLine {
    /// The proposal.
    pub proposal: ProposalId,
    /// How it ended.
    pub standing: Standing,
    /// The outcome as a sentence: "Late fees stay as they are."
    pub sentence: String,
    /// How it came about: "Failed: 29 voted, 34 were needed."
    pub how: String,
    /// When.
    pub at: Timestamp,
}

/// The first words of the constitution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcerptView {
    /// The document.
    pub document: DocumentId,
    /// Its name.
    pub name: String,
    /// Which version.
    pub version: u32,
    /// A sentence or two of it.
    pub text: String,
}

/// A number worth reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureView {
    /// "38 %".
    pub value: String,
    /// "took part in a typical vote".
    pub name: String,
    /// "31 % the quarter before". May be empty.
    pub note: String,
    /// Where the events behind it are listed.
    pub href: Option<String>,
}

/// Loads what surrounds every page of a community.
#[server]
pub async fn community_frame(
    /// The community.
    slug: String,
) -> Result<FrameView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.frame(&viewer, &slug).await)
}

/// Loads a community's home.
#[server]
pub async fn community_home(
    /// The community.
    slug: String,
) -> Result<HomeView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.home(&viewer, &slug).await)
}
