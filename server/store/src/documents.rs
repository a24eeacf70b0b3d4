//! Documents: written guidelines and constitutions, and every version of them.

use types::fact::DocumentFact;
use types::{ActionId, DocumentId, Timestamp};

use crate::communities::Part;
use crate::sql::{Cells, FromRow, values};
use crate::{CommunityStore, CommunityTx, Result, StoreError};

/// A document at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The id.
    pub id: DocumentId,
    /// The title.
    pub name: String,
    /// The text, Markdown.
    pub text: String,
    /// The version, from 1.
    pub version: u32,
    /// Whether it is in force (not deleted).
    pub is_active: bool,
    /// When this version was written.
    pub written_at: Timestamp,
    /// The action that wrote it.
    pub written_by: Option<ActionId>,
}

impl From<Document> for DocumentFact {
    fn from(document: Document) -> Self {
        Self { id: document.id, name: document.name, text: document.text, version: document.version }
    }
}

impl FromRow for Document {
    fn from_row(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self {
            id: cells.take()?,
            name: cells.take()?,
            text: cells.take()?,
            version: cells.take()?,
            is_active: cells.take()?,
            written_at: cells.take()?,
            written_by: cells.opt()?,
        })
    }
}

/// Documents at their current version.
const NOW: &str = "SELECT d.id, v.name, v.body, v.version, d.is_active, v.created_at, v.created_by
    FROM documents d JOIN document_versions v ON v.document_id = d.id AND v.version = d.version";

impl CommunityStore<'_> {
    /// Documents in force, by title.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn documents(&self) -> Result<Vec<Document>> {
        let sql = format!("{NOW} WHERE d.community_id = $1 AND d.is_active = TRUE ORDER BY d.name, d.id");
        self.db.all(&sql, values![self.id]).await
    }

    /// Every document there ever was, deleted ones last.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn all_documents(&self) -> Result<Vec<Document>> {
        let sql = format!("{NOW} WHERE d.community_id = $1 ORDER BY d.is_active DESC, d.name, d.id");
        self.db.all(&sql, values![self.id]).await
    }

    /// One document, in force or deleted.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn document(&self, id: DocumentId) -> Result<Option<Document>> {
        self.db.one(&format!("{NOW} WHERE d.community_id = $1 AND d.id = $2"), values![self.id, id]).await
    }

    /// The document of a title, in force; failing that the one deleted last.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn document_by_name(&self, name: &str) -> Result<Option<Document>> {
        let sql = format!(
            "{NOW} WHERE d.community_id = $1 AND d.name = $2 ORDER BY d.is_active DESC, d.updated_at DESC, d.id LIMIT 1"
        );
        self.db.one(&sql, values![self.id, name]).await
    }

    /// All versions of a document, newest first.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn document_versions(&self, id: DocumentId) -> Result<Vec<Document>> {
        let sql = "SELECT d.id, v.name, v.body, v.version, d.is_active, v.created_at, v.created_by
            FROM document_versions v JOIN documents d ON d.id = v.document_id
            WHERE v.community_id = $1 AND v.document_id = $2 ORDER BY v.version DESC";
        self.db.all(sql, values![self.id, id]).await
    }
}

impl CommunityTx<'_> {
    /// Writes a new document.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the title is in use, or what the database answered.
    pub async fn add_document(
        &self,
        id: DocumentId,
        name: &str,
        text: &str,
        by: Option<ActionId>,
        at: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO documents (id, community_id, name, version, is_active, created_at, updated_at)
            VALUES ($1, $2, $3, 0, TRUE, $4, $4)";
        self.db.run(sql, values![id, self.id, name, at]).await?;
        self.change_document(id, name, text, by, at).await?;
        Ok(())
    }

    /// Writes the next version of a document, and answers with its number.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Taken`] when the new title is in use, or what the database answered.
    pub async fn change_document(
        &self,
        id: DocumentId,
        name: &str,
        text: &str,
        by: Option<ActionId>,
        at: Timestamp,
    ) -> Result<u32> {
        let sql = "UPDATE documents SET version = version + 1, name = $3, updated_at = $4
            WHERE community_id = $1 AND id = $2 RETURNING version";
        let changed = self.db.change::<(u32,)>(sql, values![self.id, id, name, at]).await?;
        let (version,) = changed.first().copied().ok_or(StoreError::Missing("document"))?;
        let sql =
            "INSERT INTO document_versions (community_id, document_id, version, name, body, created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        self.db.run(sql, values![self.id, id, version, name, text, at, by]).await?;
        self.touch(Part::Documents).await?;
        Ok(version)
    }

    /// Deletes a document, or brings it back.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Taken`] when it comes back and its title is in use by another, or what the
    /// database answered.
    pub async fn set_document_active(&self, id: DocumentId, is_active: bool, at: Timestamp) -> Result<()> {
        let sql = "UPDATE documents SET is_active = $3, updated_at = $4 WHERE community_id = $1 AND id = $2";
        match self.db.run(sql, values![self.id, id, is_active, at]).await? {
            0 => Err(StoreError::Missing("document")),
            _ => self.touch(Part::Documents).await,
        }
    }
}
