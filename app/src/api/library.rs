//! The library: what comes with Polity. Templates need no server: they are part of the pages.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{Layer, PublicationId};

use crate::error::AppError;

/// Shipped policies and starter kits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryView {
    /// Policies that come with Polity.
    pub shipped: Vec<LibraryLine>,
    /// Starter kits, simplest first.
    pub kits: Vec<LibraryLine>,
    /// What communities have published, the most used first.
    pub shared: Vec<SharedLine>,
}

/// A policy that a community has published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedLine {
    /// What was published.
    pub id: PublicationId,
    /// Its name.
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// The layer that it governs.
    pub layer: Layer,
    /// The community to credit; empty where it keeps its name to itself.
    pub credit: String,
    /// An SPDX expression.
    pub licence: String,
    /// How it has worked there. May be empty.
    pub note: String,
    /// Which version was published.
    pub version: u32,
    /// SHA-256 of its source, hexadecimal.
    pub hash: String,
    /// Whether it was made from another published policy.
    pub is_fork: bool,
    /// How many communities took it over.
    pub adopted: u32,
    /// How many of them removed it again.
    pub rolled_back: u32,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryLine {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it does, in plain words.
    pub description: String,
    /// The layer that it is usually used on; none for a kit.
    pub layer: Option<Layer>,
    /// Words to find it by.
    pub tags: Vec<String>,
}

/// Loads the library.
#[server]
pub async fn library() -> Result<LibraryView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.library(&viewer).await)
}
