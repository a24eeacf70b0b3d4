//! Documents.

use std::collections::{BTreeMap, BTreeSet};

use app::api::document::{
    ClauseView, CompareView, DocumentLine, DocumentMoment, DocumentVersion, DocumentView, DocumentsView, ServingPolicy,
    WordPiece,
};
use app::api::policy::Change;
use app::backend::{DocumentBackend, Viewer};
use app::error::AppError;
use async_trait::async_trait;
use store::actions::ActionFilter;
use store::audit::AuditQuery;
use store::documents::Document;
use types::{ActionId, ActionStatus, AuditKind, DocumentId, Enforcement, PolicyId, ProposalId, Timestamp};

use super::{PageBackend, Place, failed};
use crate::views::sentence;

/// Characters of a document's first words.
const SUMMARY_CHARS: usize = 160;

#[async_trait]
impl DocumentBackend for PageBackend {
    async fn documents(&self, viewer: &Viewer, slug: &str, at: Option<Timestamp>) -> Result<DocumentsView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let documents = match at {
            None => place.document_lines().await?,
            Some(at) => place.document_lines_at(at).await?,
        };
        Ok(DocumentsView {
            documents,
            may_add: at.is_none() && place.may_propose("constitution.add_document"),
            unwritten: if at.is_none() { place.unwritten().await? } else { Vec::new() },
            at,
        })
    }

    async fn document(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: DocumentId,
        moment: DocumentMoment,
    ) -> Result<DocumentView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let unknown = || AppError::not_found("document");
        let newest = place.store().document(id).await.map_err(failed)?.ok_or_else(unknown)?;
        let versions = place.store().document_versions(id).await.map_err(failed)?;
        let shown = match moment {
            DocumentMoment::Newest => newest.clone(),
            DocumentMoment::Version(number) => {
                versions.iter().find(|version| version.version == number).cloned().ok_or_else(unknown)?
            }
            // Newest first: the first that was there by then.
            DocumentMoment::At(at) => {
                versions.iter().find(|version| version.written_at <= at).cloned().ok_or_else(unknown)?
            }
        };
        let mut lines = Vec::new();
        for version in &versions {
            lines.push(place.version(version).await?);
        }
        let under_vote = place.changes_under_vote().await?;
        let policies = place.policies_by_name().await?;
        Ok(DocumentView {
            id,
            under_vote: proposal_about(&under_vote, &newest),
            clauses: clauses(&shown.text, &policies),
            text: linked(&shown.text, &policies, &place.here.community.slug),
            name: shown.name,
            version: shown.version,
            newest: newest.version,
            versions: lines,
            may_change: newest.is_active && place.may_propose("constitution.change_document"),
            at: match moment {
                DocumentMoment::At(at) => Some(at),
                _ => None,
            },
        })
    }

    async fn compare_document(
        &self,
        viewer: &Viewer,
        slug: &str,
        id: DocumentId,
        from: u32,
        to: u32,
    ) -> Result<CompareView, AppError> {
        let place = self.enter(viewer, slug).await?;
        let unknown = || AppError::not_found("version");
        let versions = place.store().document_versions(id).await.map_err(failed)?;
        let of = |number| versions.iter().find(|version| version.version == number).ok_or_else(unknown);
        let (from, to) = (of(from)?, of(to)?);
        let pieces: Vec<WordPiece> = app::difference::words(&from.text, &to.text)
            .into_iter()
            .map(|(change, text)| WordPiece { change, text })
            .collect();
        let count = |wanted: Change| {
            let words =
                pieces.iter().filter(|piece| piece.change == wanted).map(|piece| piece.text.split_whitespace().count());
            u32::try_from(words.sum::<usize>()).unwrap_or(u32::MAX)
        };
        Ok(CompareView {
            id,
            name: to.name.clone(),
            n_removed: count(Change::Removed),
            n_added: count(Change::Added),
            from: place.version(from).await?,
            to: place.version(to).await?,
            pieces,
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

    /// The documents that were in force at a moment.
    async fn document_lines_at(&self, at: Timestamp) -> Result<Vec<DocumentLine>, AppError> {
        let mut lines = Vec::new();
        for document in self.store().all_documents().await.map_err(failed)? {
            // A deleted document was in force until it was deleted, which is when it last changed.
            let deletion = if document.is_active { None } else { self.deleted_at(document.id).await? };
            if deletion.is_some_and(|gone| gone <= at) {
                continue;
            }
            let versions = self.store().document_versions(document.id).await.map_err(failed)?;
            let Some(then) = versions.into_iter().find(|version| version.written_at <= at) else { continue };
            lines.push(DocumentLine {
                id: then.id,
                under_vote: None,
                summary: first_words(&then.text),
                name: then.name,
                version: then.version,
                changed_at: then.written_at,
            });
        }
        lines.sort_by_key(|line| (!is_constitution(&line.name), line.name.to_lowercase()));
        Ok(lines)
    }

    /// When a document was deleted last, by the log.
    async fn deleted_at(&self, id: DocumentId) -> Result<Option<Timestamp>, AppError> {
        let query = AuditQuery {
            kinds: vec![AuditKind::DocumentDeleted],
            subject: Some(format!("document:{id}")),
            limit: 1,
            from_end: true,
            ..AuditQuery::default()
        };
        let entries = self.store().audit_entries(&query).await.map_err(failed)?;
        Ok(entries.first().map(|entry| entry.at))
    }

    /// The policies in force by name.
    async fn policies_by_name(&self) -> Result<BTreeMap<String, (PolicyId, Enforcement)>, AppError> {
        let snapshot = self.snapshot().await?;
        let named = snapshot.policies.iter().map(|policy| (policy.draft.name.clone(), (policy.id, policy.enforcement)));
        Ok(named.collect())
    }

    /// Policies in force that no document names. Empty while no document names any: then the community does not use it.
    async fn unwritten(&self) -> Result<Vec<ServingPolicy>, AppError> {
        let policies = self.policies_by_name().await?;
        let documents = self.store().documents().await.map_err(failed)?;
        let named: BTreeSet<String> = documents.iter().flat_map(|document| named_policies(&document.text)).collect();
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let missing = policies.iter().filter(|(name, _)| !named.contains(*name));
        Ok(missing
            .map(|(name, (id, enforcement))| ServingPolicy {
                id: Some(*id),
                name: name.clone(),
                enforcement: Some(*enforcement),
            })
            .collect())
    }

    async fn version(&self, version: &Document) -> Result<DocumentVersion, AppError> {
        let (author, proposal) = self.origin(version.written_by).await?;
        Ok(DocumentVersion { number: version.version, at: version.written_at, author, proposal })
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

/// The policies that a text names as `[[Name]]`.
fn named_policies(text: &str) -> Vec<String> {
    let parts = text.split("[[").skip(1).filter_map(|rest| rest.split_once("]]"));
    parts.map(|(name, _)| name.trim().to_owned()).filter(|name| !name.is_empty() && !name.contains('\n')).collect()
}

/// The text with `[[Name]]` as a link to the policy, or as its words where there is none of that name.
fn linked(text: &str, policies: &BTreeMap<String, (PolicyId, Enforcement)>, slug: &str) -> String {
    let mut text = text.to_owned();
    for name in named_policies(&text) {
        let shown = match policies.get(&name) {
            Some((id, _)) => format!("[{}](/c/{slug}/policies/{id})", name.replace(['[', ']'], "")),
            None => format!("“{name}”"),
        };
        text = text.replace(&format!("[[{name}]]"), &shown);
    }
    text
}

/// The parts of a text, each with the policies that it names.
fn clauses(text: &str, policies: &BTreeMap<String, (PolicyId, Enforcement)>) -> Vec<ClauseView> {
    let mut clauses: Vec<ClauseView> = Vec::new();
    for line in text.lines() {
        let level = line.chars().take_while(|c| *c == '#').count();
        if (1..=3).contains(&level) && line.chars().nth(level) == Some(' ') {
            let heading = line.trim_start_matches('#').trim().replace("[[", "").replace("]]", "");
            let anchor = app::components::markdown::anchor(&heading);
            clauses.push(ClauseView { heading, anchor, policies: Vec::new() });
        }
        for name in named_policies(line) {
            let known = policies.get(&name);
            let serving = ServingPolicy { id: known.map(|(id, _)| *id), enforcement: known.map(|(_, how)| *how), name };
            match clauses.last_mut() {
                Some(clause) => clause.policies.push(serving),
                None => clauses.push(ClauseView {
                    heading: "Beginning".to_owned(),
                    anchor: String::new(),
                    policies: vec![serving],
                }),
            }
        }
    }
    clauses
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_name_the_policies_that_see_to_them() {
        let id = PolicyId::NIL;
        let policies = BTreeMap::from([("Jury".to_owned(), (id, Enforcement::Enforced))]);
        let text = "## Names\nA jury decides: [[Jury]].\n\n## Peace\nBe kind. [[Quiet]]\n";
        let found = clauses(text, &policies);
        assert_eq!(found.iter().map(|clause| clause.heading.as_str()).collect::<Vec<_>>(), ["Names", "Peace"]);
        assert_eq!((found[0].policies[0].id, found[1].policies[0].enforcement), (Some(id), None));
        let shown = linked(text, &policies, "fern");
        assert!(shown.contains(&format!("[Jury](/c/fern/policies/{id})")) && shown.contains("“Quiet”"), "{shown}");
        assert!(clauses("no headings here", &policies).is_empty());
    }
}
