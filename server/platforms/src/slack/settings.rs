//! Settings of a connection to a workspace.

use serde::Deserialize;

use crate::Connection;

/// Where Slack's interface is.
pub const API: &str = "https://slack.com/api/";

/// The connection's `config`, as far as it is Slack's own. Unknown fields are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The workspace, `T…`; the organisation, `E…`, where the app was installed for all of it.
    pub tenant: String,
    /// The workspace's name.
    pub name: String,
    /// The bot's user, `U…`: what it does is our doing.
    pub own_user: String,
    /// The app, `A…`: so is what carries it.
    pub app_id: String,
    /// The administrator who installed us, and whose token does what no bot may. What they do themself is governed.
    pub admin_user: String,
    /// The channels that are governed, by id; empty for all that the bot is in.
    pub channels: Vec<String>,
    /// Where Slack's interface is; [`API`] where it is not set. The operator's own setting, for proxies and tests.
    pub api: String,
}

impl Settings {
    /// The settings of `connection`; those that cannot be read are empty, so that nothing is heard.
    #[must_use]
    pub fn of(connection: &Connection) -> Self {
        connection.config.read().unwrap_or_default()
    }

    /// Whether the channel is one of the community's.
    #[must_use]
    pub fn governs(&self, channel: &str) -> bool {
        self.channels.is_empty() || self.channels.iter().any(|known| known == channel)
    }

    /// Where Slack's interface is.
    pub(super) fn api(&self) -> &str {
        if self.api.is_empty() { API } else { &self.api }
    }
}
