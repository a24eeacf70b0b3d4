//! A member's own settings in one community.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::Timestamp;

use super::words::Person;
use crate::error::AppError;

/// A member's own settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The viewer.
    pub person: Person,
    /// Since when they belong.
    pub since: Timestamp,
    /// Their roles, as names.
    pub roles: Vec<String>,
    /// The platforms of the community, how they are, and who the viewer is there.
    pub connections: Vec<ConnectionView>,
    /// Who may look at the community, as a sentence.
    pub visibility: String,
}

/// A platform of the community.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionView {
    /// "Matrix".
    pub platform: String,
    /// Whether it works.
    pub is_well: bool,
    /// How it is, in words.
    pub state: String,
    /// Who the viewer is there; none where that is not known.
    pub mine: Option<String>,
}

/// Loads the viewer's settings.
#[server]
pub async fn settings(
    /// The community.
    slug: String,
) -> Result<SettingsView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.settings(&viewer, &slug).await)
}

/// Changes the name by which the viewer is known here.
#[server]
pub async fn rename_me(
    /// The community.
    slug: String,
    /// The new name.
    name: String,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.rename_me(&viewer, &slug, &name).await)
}

/// Leaves the community and goes to the start page.
#[server]
pub async fn leave_community(
    /// The community.
    slug: String,
    /// The community's name, typed once more so that nobody leaves by a slip.
    #[server(default)]
    confirm: String,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.leave(&viewer, &slug, &confirm).await)?;
    leptos_axum::redirect("/");
    Ok(())
}
