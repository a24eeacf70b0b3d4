//! Documents. Writing and changing them are actions: `constitution.add_document` and its relatives.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use store::documents::Document;
use utoipa::ToSchema;

use super::failures::Anytime;
use super::here::Here;
use super::shapes::DocumentShape;
use crate::web::error::ApiError;
use crate::web::state::Web;
use crate::web::who::Caller;

/// The documents of a community.
#[derive(Debug, Serialize, ToSchema)]
pub struct Documents {
    /// The documents in force.
    documents: Vec<DocumentShape>,
}

/// List documents
#[utoipa::path(get, path = "/communities/{slug}/documents", tag = "documents",
    params(("slug" = String, Path, description = "The community")),
    responses((status = 200, body = Documents, description = "In force"), Anytime))]
pub async fn list(
    State(web): State<Web>,
    caller: Caller,
    Path(slug): Path<String>,
) -> Result<Json<Documents>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let documents = web.ctx.store.community(here.community.id).documents().await?;
    Ok(Json(Documents { documents: documents.into_iter().map(shape).collect() }))
}

/// Get a document
#[utoipa::path(get, path = "/communities/{slug}/documents/{id}", tag = "documents",
    params(("slug" = String, Path, description = "The community"), ("id" = String, Path, description = "The document")),
    responses((status = 200, body = DocumentShape, description = "The newest version"), Anytime))]
pub async fn get(
    State(web): State<Web>,
    caller: Caller,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Json<DocumentShape>, ApiError> {
    let here = Here::enter(&web, &caller, &slug).await?;
    let unknown = || ApiError::not_found("document");
    let id = id.parse().map_err(|_| unknown())?;
    let document = web.ctx.store.community(here.community.id).document(id).await?;
    document.map(|document| Json(shape(document))).ok_or_else(unknown)
}

fn shape(document: Document) -> DocumentShape {
    DocumentShape {
        id: document.id.to_string(),
        name: document.name,
        text: document.text,
        version: document.version,
        is_active: document.is_active,
        changed_at: document.written_at.to_string(),
    }
}
