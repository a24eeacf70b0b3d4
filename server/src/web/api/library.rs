//! The library: what comes with Polity. Open to everyone, for it says nothing of any community.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;

use super::failures::Anytime;
use crate::kits;
use crate::library::{self, Card, KitPage, PolicyPage};
use crate::web::error::ApiError;

/// Everything that comes with Polity.
#[derive(Debug, Serialize, ToSchema)]
pub struct Library {
    /// Policies, the simplest first.
    policies: Vec<Card>,
    /// Starter kits, in the order in which they are offered.
    kits: Vec<Card>,
}

/// List shipped policies and starter kits
///
/// Open to everyone.
#[utoipa::path(get, path = "/library", tag = "library", security(()),
    responses((status = 200, body = Library, description = "Everything that comes with Polity"), Anytime))]
pub async fn list() -> Json<Library> {
    let policies = engine::shipped().iter().map(Card::from).collect();
    Json(Library { policies, kits: kits::kits().iter().map(Card::from).collect() })
}

/// Get a shipped policy
///
/// Open to everyone. Source, blanks, who uses it, how it goes wrong, and its life in scenarios.
#[utoipa::path(get, path = "/library/{name}", tag = "library", security(()),
    params(("name" = String, Path, description = "The policy's slug", example = "jury")),
    responses((status = 200, body = PolicyPage, description = "The policy"), Anytime))]
pub async fn policy(Path(name): Path<String>) -> Result<Json<PolicyPage>, ApiError> {
    let policy = engine::shipped::named(&name).ok_or_else(|| ApiError::not_found("policy"))?;
    Ok(Json(library::policy_page(policy)))
}

/// Get a starter kit
///
/// Open to everyone. Its blanks, roles and policies, who governs themselves so, and how it goes wrong.
#[utoipa::path(get, path = "/library/kits/{name}", tag = "library", security(()),
    params(("name" = String, Path, description = "The kit's slug", example = "jury")),
    responses((status = 200, body = KitPage, description = "The kit"), Anytime))]
pub async fn kit(Path(name): Path<String>) -> Result<Json<KitPage>, ApiError> {
    let kit = kits::named(&name).ok_or_else(|| ApiError::not_found("starter kit"))?;
    Ok(Json(library::kit_page(kit)))
}
