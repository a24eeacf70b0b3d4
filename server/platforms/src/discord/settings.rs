//! Settings of a connection to a server.

use serde::Deserialize;

use crate::Connection;

/// Where Discord's interface is.
pub const API: &str = "https://discord.com/api/v10/";

/// The connection's `config`, as far as it is Discord's own. Unknown fields are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The server, which Discord calls a guild.
    pub tenant: String,
    /// Its name.
    pub name: String,
    /// The bot's user, which is the application's id.
    pub application_id: String,
    /// The channels that are governed, by id; empty for all that the bot sees.
    pub channels: Vec<String>,
    /// Words that Discord itself keeps from being said until the community has decided.
    pub hold_words: Vec<String>,
    /// Where Discord's interface is; [`API`] where it is not set. The operator's own setting.
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

    /// Where Discord's interface is.
    pub(super) fn api(&self) -> &str {
        if self.api.is_empty() { API } else { &self.api }
    }
}
