//! Documents.

use app::api::document::{DocumentLine, DocumentVersion, DocumentView, DocumentsView};
use app::backend::{DocumentBackend, Viewer};
use app::error::AppError;
use async_trait::async_trait;
use store::actions::ActionFilter;
use store::documents::Document;
use types::{ActionId, ActionStatus, DocumentId, ProposalId};

use super::{PageBackend, Place, failed};
use crate::views::sentence;

/// Characters of a document's first words.
const SUMMARY_CHARS: usize = 160;

#[async_trait]
impl DocumentBackend for PageBackend {
    async fn documents(&self, viewer: &Viewer, slug: &str) -> Result<DocumentsView, AppError> {
        let place = self.enter(viewer, slug).await?;
        Ok(DocumentsView {
            documents: place.document_lines().await?,
            may_add: place.may_propose("constitution.add_document"),
        })
    }

    async fn document(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: DocumentId,
        version: Option<u32>,
    ) -> Result<DocumentView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let unknown = || AppError::not_found("document");
        let newest = place.store().document(id).await.map_err(failed)?.ok_or_else(unknown)?;
        let versions = place.store().document_versions(id).await.map_err(failed)?;
        let shown = match version {
            None => newest.clone(),
            Some(number) => versions.iter().find(|version| version.version == number).cloned().ok_or_else(unknown)?,
        };
        let mut lines = Vec::new();
        for version in &versions {
            let (author, proposal) = place.origin(version.written_by).await?;
            lines.push(DocumentVersion { number: version.version, at: version.written_at, author, proposal });
        }
        let under_vote = place.changes_under_vote().await?;
        Ok(DocumentView {
            id,
            under_vote: proposal_about(&under_vote, &newest),
            name: shown.name,
            text: shown.text,
            version: shown.version,
            newest: newest.version,
            versions: lines,
            may_change: newest.is_active && place.may_propose("constitution.change_document"),
        })
    }
}

/// An open proposal that would change a document, and how it names it.
type UnderVote = (String, ProposalId);

impl Place<'_> {
    /// The documents, the constitution first.
    pub(super) async fn document_lines(&self) -> Result<Vec<DocumentLine>, AppError> {
        let mut documents = self.store().documents().await.map_err(failed)?;
        documents.sort_by_key(|document| (!is_constitution(&document.name), document.name.to_lowercase()));
        let under_vote = self.changes_under_vote().await?;
        let line = |document: Document| DocumentLine {
            id: document.id,
            under_vote: proposal_about(&under_vote, &document),
            summary: first_words(&document.text),
            name: document.name,
            version: document.version,
            changed_at: document.written_at,
        };
        Ok(documents.into_iter().map(line).collect())
    }

    async fn changes_under_vote(&self) -> Result<Vec<UnderVote>, AppError> {
        let mut found = Vec::new();
        for kind in ["constitution.change_document", "constitution.delete_document"] {
            let filter = ActionFilter {
                kind: Some(kind.to_owned()),
                statuses: vec![ActionStatus::Proposed, ActionStatus::Held],
                limit: 50,
                ..ActionFilter::default()
            };
            let actions = self.store().actions(&filter).await.map_err(failed)?;
            let ids: Vec<ActionId> = actions.iter().map(|stored| stored.action.id).collect();
            let proposals = self.store().proposals_of(&ids).await.map_err(failed)?;
            for stored in actions.iter().filter(|stored| self.here.sees(&stored.action.kind)) {
                let proposal = proposals.iter().find(|proposal| proposal.action == stored.action.id);
                if let (Some(document), Some(proposal)) = (stored.action.payload.text("document"), proposal) {
                    found.push((document.to_owned(), proposal.id));
                }
            }
        }
        Ok(found)
    }

    /// Who brought a version, and by which proposal.
    async fn origin(
        &self,
        by: Option<ActionId>,
    ) -> Result<(Option<app::api::words::Person>, Option<ProposalId>), AppError> {
        let Some(by) = by else { return Ok((None, None)) };
        let action = self.store().action(by).await.map_err(failed)?;
        let author = action.and_then(|stored| stored.action.initiator).and_then(|id| self.here.roster.person(id));
        let proposal = self.store().proposals_of(&[by]).await.map_err(failed)?.first().map(|proposal| proposal.id);
        Ok((author, proposal))
    }
}

fn proposal_about(under_vote: &[UnderVote], document: &Document) -> Option<ProposalId> {
    let id = document.id.to_string();
    under_vote.iter().find(|(named, _)| *named == document.name || *named == id).map(|(_, proposal)| *proposal)
}

/// Whether a document is the one that comes first.
pub(super) fn is_constitution(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("constitution") || name.contains("rules") || name.contains("charter")
}

/// The first words below the headings, without Markdown's signs.
pub(super) fn first_words(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '|', '>']));
    let plain: Vec<String> =
        lines.take(4).map(|line| line.trim_start_matches(['-', '*', ' ']).replace(['*', '_', '`'], "")).collect();
    sentence::cut(&plain.join(" "), SUMMARY_CHARS)
}
