//! Documents.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{DocumentId, ProposalId, Timestamp};

use super::words::Person;
use crate::error::AppError;

/// The community's documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentsView {
    /// The documents, the constitution first.
    pub documents: Vec<DocumentLine>,
    /// Whether the viewer may propose a new one.
    pub may_add: bool,
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
) -> Result<DocumentsView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.documents(&viewer, &slug).await)
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
) -> Result<DocumentView, AppError> {
    let (backend, viewer) = super::asked()?;
    let known = super::answered(id.parse::<DocumentId>().map_err(|_| AppError::not_found("document")))?;
    super::answered(backend.document(&viewer, &slug, known, version).await)
}
