//! The landing page.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{proposal::TallyView, session::CommunityLink};
use crate::error::AppError;

/// What the landing page shows beside its own words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LandingView {
    /// Where "Look around" leads: a community that everyone may see.
    pub look_around: Option<CommunityLink>,
    /// A vote to show in the hero; the page has an invented one where there is none.
    pub example: Option<LandingExample>,
    /// The starter kits, simplest first.
    pub kits: Vec<KitCard>,
}

/// An open vote, shown as seats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LandingExample {
    /// The proposal's title.
    pub title: String,
    /// Whose it is and until when: "Riverside Tool Library, closes tomorrow".
    pub place: String,
    /// What passing means, as a sentence.
    pub effect: String,
    /// The count.
    pub tally: TallyView,
}

/// A starter kit, as a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KitCard {
    /// Its name in addresses and in the REST interface.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it governs, in a sentence or two.
    pub about: String,
    /// For whom: "5 to 50 people".
    pub size: String,
    /// How many policies it brings.
    pub n_policies: u32,
}

/// Loads the landing page.
#[server]
pub async fn landing() -> Result<LandingView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.landing(&viewer).await)
}
