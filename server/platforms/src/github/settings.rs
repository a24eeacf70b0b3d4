//! Settings of a connection to an installation.

use serde::Deserialize;

use crate::Connection;

/// Where GitHub's interface is.
pub const API: &str = "https://api.github.com/";

/// Where GitHub's pages are.
pub const WEB: &str = "https://github.com/";

/// The check that a branch may require, so that merging waits for the community.
pub const CHECK: &str = "Polity";

/// The connection's `config`, as far as it is GitHub's own. Unknown fields are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The installation, by its number.
    pub tenant: String,
    /// The account that it was installed for.
    pub name: String,
    /// The app's id, by which our own doings are known.
    pub app_id: String,
    /// The app's name in addresses: our user is `{slug}[bot]`.
    pub slug: String,
    /// The repositories that are governed, as `owner/name`; empty for all of the installation.
    pub repositories: Vec<String>,
    /// Where GitHub's interface is; [`API`] where it is not set. The operator's own setting.
    pub api: String,
    /// Where GitHub's pages are; [`WEB`] where it is not set.
    pub web: String,
}

impl Settings {
    /// The settings of `connection`; those that cannot be read are empty, so that nothing is heard.
    #[must_use]
    pub fn of(connection: &Connection) -> Self {
        connection.config.read().unwrap_or_default()
    }

    /// Whether the repository is one of the community's.
    #[must_use]
    pub fn governs(&self, repository: &str) -> bool {
        self.repositories.is_empty() || self.repositories.iter().any(|known| known.eq_ignore_ascii_case(repository))
    }

    /// Whether a user is ourselves.
    pub(super) fn is_own(&self, login: &str) -> bool {
        !self.slug.is_empty() && login.strip_suffix("[bot]").is_some_and(|slug| slug == self.slug)
    }

    pub(super) fn api(&self) -> &str {
        if self.api.is_empty() { API } else { &self.api }
    }

    pub(super) fn web(&self) -> &str {
        if self.web.is_empty() { WEB } else { &self.web }
    }
}
