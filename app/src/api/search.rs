//! Search in one community.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::error::AppError;

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundKind {
    /// Something that was attempted.
    Proposal,
    /// A policy in force.
    Policy,
    /// A document in force.
    Document,
    /// Something that was said.
    Comment,
    /// A line of the log.
    Log,
}

impl FoundKind {
    /// Every kind, in the order of the tabs.
    pub const ALL: [Self; 5] = [Self::Proposal, Self::Policy, Self::Document, Self::Comment, Self::Log];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proposal => "proposal",
            Self::Policy => "policy",
            Self::Document => "document",
            Self::Comment => "comment",
            Self::Log => "log",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Proposal => "Proposals",
            Self::Policy => "Policies",
            Self::Document => "Documents",
            Self::Comment => "Discussion",
            Self::Log => "Log",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchView {
    /// What was looked for.
    pub text: String,
    /// Only things of this kind.
    pub kind: Option<FoundKind>,
    /// The best first.
    pub found: Vec<FoundLine>,
    /// Whether there is more than is shown.
    pub has_more: bool,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundLine {
    /// What it is.
    pub kind: FoundKind,
    /// Its name.
    pub title: String,
    /// The words around the first that matches, in pieces: those that match are marked.
    pub excerpt: Vec<(String, bool)>,
    /// When it happened or last changed.
    pub at: Timestamp,
    /// Where it is, below the community's address.
    pub path: String,
}

/// Looks for words.
#[server]
pub async fn search(
    /// The community.
    slug: String,
    /// What is looked for.
    text: String,
    /// Only things of this kind.
    #[server(default)]
    kind: Option<FoundKind>,
) -> Result<SearchView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.search(&viewer, &slug, &text, kind).await)
}
