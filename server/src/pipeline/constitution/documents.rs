//! Documents: adding, changing, deleting, recovering.

use serde_json::json;
use store::documents::Document;
use types::payload::constitution::{AddDocument, ChangeDocument, DeleteDocument, RecoverDocument};
use types::{AuditKind, DocumentId, text};

use super::{Done, PerformError, Performing};

/// Longest document.
///
/// # Units
/// Bytes of Markdown: about a hundred pages.
const MAX_TEXT_BYTES: usize = 200 * 1024;

pub(super) async fn add(p: &Performing<'_>, payload: AddDocument) -> Done {
    let name = checked_name(&payload.name)?;
    check_length(&payload.text)?;
    must_be_free(p, &name, None).await?;
    let id: DocumentId = p.ids.next();
    p.tx.add_document(id, &name, &payload.text, Some(p.action.id), p.now).await?;
    p.tell(AuditKind::DocumentAdded, subject(id), json!({ "name": name, "version": 1 }));
    Ok(json!({ "document": id, "version": 1 }))
}

pub(super) async fn change(p: &Performing<'_>, payload: ChangeDocument) -> Done {
    let document = in_force(p, &payload.document).await?;
    let name = payload.name.as_deref().map_or(Ok(document.name.clone()), checked_name)?;
    check_length(&payload.text)?;
    must_be_free(p, &name, Some(document.id)).await?;
    let version = p.tx.change_document(document.id, &name, &payload.text, Some(p.action.id), p.now).await?;
    let body = json!({ "name": name, "name_before": document.name, "version": version });
    p.tell(AuditKind::DocumentChanged, subject(document.id), body);
    Ok(json!({ "document": document.id, "version": version, "version_before": document.version }))
}

pub(super) async fn delete(p: &Performing<'_>, payload: DeleteDocument) -> Done {
    let document = in_force(p, &payload.document).await?;
    p.tx.set_document_active(document.id, false, p.now).await?;
    p.tell(AuditKind::DocumentDeleted, subject(document.id), json!({ "name": document.name }));
    Ok(json!({ "document": document.id }))
}

pub(super) async fn recover(p: &Performing<'_>, payload: RecoverDocument) -> Done {
    let document = named(p, &payload.document).await?;
    if document.is_active {
        return Err(PerformError::refused(format!("“{}” is there; there is nothing to recover", document.name)));
    }
    must_be_free(p, &document.name, Some(document.id)).await?;
    p.tx.set_document_active(document.id, true, p.now).await?;
    p.tell(AuditKind::DocumentRecovered, subject(document.id), json!({ "name": document.name }));
    Ok(json!({ "document": document.id }))
}

fn checked_name(name: &str) -> Result<String, PerformError> {
    text::name(name, "the document's title").map_err(|error| PerformError::refused(error.to_string()))
}

fn check_length(text: &str) -> Result<(), PerformError> {
    if text.len() <= MAX_TEXT_BYTES {
        return Ok(());
    }
    let limit = MAX_TEXT_BYTES / 1024;
    Err(PerformError::refused(format!("the text has {} bytes; at most {limit} KiB are allowed", text.len())))
}

/// The document of this title or id, deleted or not.
async fn named(p: &Performing<'_>, name: &str) -> Result<Document, PerformError> {
    let found = match name.parse::<DocumentId>() {
        Ok(id) => p.tx.document(id).await?,
        Err(_) => p.tx.document_by_name(name).await?,
    };
    found.ok_or_else(|| PerformError::refused(format!("there is no document “{name}”")))
}

async fn in_force(p: &Performing<'_>, name: &str) -> Result<Document, PerformError> {
    let document = named(p, name).await?;
    if document.is_active {
        return Ok(document);
    }
    Err(PerformError::refused(format!("the document “{}” was deleted; recover it first", document.name)))
}

async fn must_be_free(p: &Performing<'_>, name: &str, except: Option<DocumentId>) -> Result<(), PerformError> {
    match p.tx.document_by_name(name).await? {
        Some(other) if other.is_active && Some(other.id) != except => {
            Err(PerformError::refused(format!("there is a document “{name}” already; choose another title")))
        }
        _ => Ok(()),
    }
}

fn subject(document: DocumentId) -> String {
    format!("document:{document}")
}
