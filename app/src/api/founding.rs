//! Founding a community, step by step.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// What there is to choose from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FoundingView {
    /// Whether the viewer may found a community.
    pub may: bool,
    /// Why not, as a sentence. Empty where they may.
    pub why_not: String,
    /// Where it can live: the board, and platforms that the operator has set up.
    pub places: Vec<FoundingPlace>,
    /// The starter kits, simplest first.
    pub kits: Vec<KitView>,
    /// Makes the founding count once, however often the form is sent.
    pub attempt_key: String,
}

/// Where a community can live.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundingPlace {
    /// The platform: `board`.
    pub id: String,
    /// As people read it.
    pub name: String,
    /// What it means, in a sentence.
    pub about: String,
}

/// A starter kit with everything it brings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KitView {
    /// The word by which it is chosen.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it means.
    pub about: String,
    /// Who governs themselves so.
    pub used_by: String,
    /// When it goes wrong.
    pub fails_when: String,
    /// What has to be filled in.
    pub blanks: Vec<BlankView>,
    /// Its policies: name, and what it does.
    pub policies: Vec<(String, String)>,
    /// Its roles besides the one that everybody holds: the founder gets them.
    pub roles: Vec<String>,
    /// Its documents, by title.
    pub documents: Vec<String>,
}

/// Something to fill in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BlankView {
    /// The word by which the kit refers to it.
    pub name: String,
    /// The question.
    pub label: String,
    /// Whether it is a number.
    pub is_number: bool,
    /// The least number allowed.
    pub min: Option<f64>,
    /// The greatest number allowed.
    pub max: Option<f64>,
    /// What stands there at first.
    pub value: String,
}

/// A community to be, as the form gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FoundingForm {
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// What it is.
    pub about: String,
    /// Where it lives.
    pub place: String,
    /// The starter kit.
    pub kit: String,
    /// The kit's blanks.
    pub blanks: BTreeMap<String, String>,
    /// The founder's handle.
    pub handle: String,
    /// The key the form came with.
    pub key: String,
}

/// Loads what there is to choose from.
#[server]
pub async fn founding() -> Result<FoundingView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.founding(&viewer).await)
}

/// Founds a community and goes to its home.
#[server]
pub async fn found_community(
    /// The community to be.
    form: FoundingForm,
) -> Result<String, AppError> {
    let (backend, viewer) = super::asked()?;
    let slug = super::answered(backend.found(&viewer, form).await)?;
    leptos_axum::redirect(&format!("/c/{slug}"));
    Ok(slug)
}
