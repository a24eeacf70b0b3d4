//! Documents.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{DocumentId, Enforcement, PolicyId, ProposalId, Timestamp};

use super::words::Person;
use crate::error::AppError;

/// The community's documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentsView {
    /// The documents, the constitution first.
    pub documents: Vec<DocumentLine>,
    /// Whether the viewer may propose a new one.
    pub may_add: bool,
    /// Policies in force that no document names.
    pub unwritten: Vec<ServingPolicy>,
    /// The moment whose documents these are; none for now.
    pub at: Option<Timestamp>,
}

/// A document in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// Its id.
    pub id: DocumentId,
    /// Its name.
    pub name: String,
    /// Its first words. May be empty.
    pub summary: String,
    /// The newest version.
    pub version: u32,
    /// When that was made.
    pub changed_at: Timestamp,
    /// An open proposal that would change it.
    pub under_vote: Option<ProposalId>,
}

/// One document, at one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentView {
    /// Its id.
    pub id: DocumentId,
    /// Its name.
    pub name: String,
    /// The text of the version that is shown. Markdown; the page shows headings, lists, emphasis and links, and nothing else.
    pub text: String,
    /// Which version that is.
    pub version: u32,
    /// The newest version.
    pub newest: u32,
    /// Its versions, newest first.
    pub versions: Vec<DocumentVersion>,
    /// An open proposal that would change it.
    pub under_vote: Option<ProposalId>,
    /// Whether the viewer may propose a change of it.
    pub may_change: bool,
    /// The moment that was asked for, where one was.
    pub at: Option<Timestamp>,
    /// Its parts, each with the policies that it names.
    pub clauses: Vec<ClauseView>,
}

/// A part of a document, and the policies that see to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseView {
    /// Its heading.
    pub heading: String,
    /// The place in the page.
    pub anchor: String,
    /// The policies that it names.
    pub policies: Vec<ServingPolicy>,
}

/// A policy that a clause names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServingPolicy {
    /// The policy; none where there is none of that name.
    pub id: Option<PolicyId>,
    /// Its name, as the clause says it.
    pub name: String,
    /// How seriously it is taken; none where it is not in force.
    pub enforcement: Option<Enforcement>,
}

/// Which version of a document is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentMoment {
    /// The newest.
    #[default]
    Newest,
    /// The one of this number.
    Version(u32),
    /// The one that was in force at this moment.
    At(Timestamp),
}

/// What became of a text from one version to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareView {
    /// The document.
    pub id: DocumentId,
    /// Its name.
    pub name: String,
    /// The version compared from.
    pub from: DocumentVersion,
    /// The version compared to.
    pub to: DocumentVersion,
    /// The pieces, in order.
    pub pieces: Vec<WordPiece>,
    /// How many words went.
    pub n_removed: u32,
    /// How many words came.
    pub n_added: u32,
}

/// A run of words that stayed, went or came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordPiece {
    /// What became of it.
    pub change: super::policy::Change,
    /// The words with the space around them.
    pub text: String,
}

/// One version of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentVersion {
    /// Its number, from 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// Who wrote it; none for a starter kit.
    pub author: Option<Person>,
    /// The proposal that brought it.
    pub proposal: Option<ProposalId>,
}

/// Loads the documents.
#[server]
pub async fn documents(
    /// The community.
    slug: String,
    /// The day whose documents are wanted, `2026-11-22`; now where none is named.
    #[server(default)]
    at: Option<String>,
) -> Result<DocumentsView, AppError> {
    let (backend, viewer) = super::asked()?;
    let at = super::answered(day(at.as_deref()))?;
    super::answered(backend.documents(&viewer, &slug, at).await)
}

/// Loads one document, at a version where one is named.
#[server]
pub async fn document(
    /// The community.
    slug: String,
    /// The document, as it stands in the address.
    id: String,
    /// The version.
    #[server(default)]
    version: Option<u32>,
    /// The day whose version is wanted, `2026-11-22`.
    #[server(default)]
    at: Option<String>,
) -> Result<DocumentView, AppError> {
    let (backend, viewer) = super::asked()?;
    let known = super::answered(id.parse::<DocumentId>().map_err(|_| AppError::not_found("document")))?;
    let at = super::answered(day(at.as_deref()))?;
    let moment = match (version, at) {
        (Some(version), _) => DocumentMoment::Version(version),
        (None, Some(at)) => DocumentMoment::At(at),
        (None, None) => DocumentMoment::Newest,
    };
    super::answered(backend.document(&viewer, &slug, known, moment).await)
}

/// Compares two versions of a document, word by word.
#[server]
pub async fn compare_document(
    /// The community.
    slug: String,
    /// The document, as it stands in the address.
    id: String,
    /// The older version.
    from: u32,
    /// The newer version.
    to: u32,
) -> Result<CompareView, AppError> {
    let (backend, viewer) = super::asked()?;
    let known = super::answered(id.parse::<DocumentId>().map_err(|_| AppError::not_found("document")))?;
    super::answered(backend.compare_document(&viewer, &slug, known, from, to).await)
}

/// The end of a day, in UTC: what was decided on it is in force then.
#[cfg(feature = "ssr")]
fn day(text: Option<&str>) -> Result<Option<Timestamp>, AppError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let end = format!("{text}T23:59:59Z").parse::<Timestamp>().map_err(|_| {
        let message = format!("“{}” is no day. Write one like 2026-11-22.", text.chars().take(40).collect::<String>());
        AppError::new(crate::error::ErrorKind::Invalid, "not-a-day", message)
    })?;
    Ok(Some(end))
}
