//! Who may look at a community.

use store::communities::Community;

/// Whether everybody may look at a community: the setting `visibility` is `public`.
///
/// Where it says nothing, only members may; in a demo everybody may, because looking around is what a demo is for.
#[must_use]
pub fn is_public(community: &Community, is_demo: bool) -> bool {
    match community.settings.text("visibility") {
        Some(word) => word == "public",
        None => is_demo,
    }
}
