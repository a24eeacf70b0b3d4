//! Settings of a connection to a homeserver.

use serde::Deserialize;

use crate::{ApplyError, Connection};

/// The connection's `config`.
///
/// Tokens are not here but among the connection's secrets: `as_token`, with which we speak to the homeserver, and
/// `hs_token`, with which it speaks to us.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Settings {
    /// The address of the homeserver's client interface, such as `https://matrix.example.org`.
    #[serde(default)]
    pub homeserver: String,
    /// The rooms that are governed, by id. Aliases may stand here until [`crate::Platform::install`] has found their ids.
    ///
    /// An application service hears every room of the homeserver; nothing outside this list is looked at or touched.
    #[serde(default)]
    pub rooms: Vec<String>,
    /// Users that are programs.
    #[serde(default)]
    pub bots: Vec<String>,
}

impl Settings {
    /// The settings of `connection`; those that cannot be read are empty, so that nothing is heard.
    #[must_use]
    pub fn of(connection: &Connection) -> Self {
        connection.config.read().unwrap_or_default()
    }

    /// The same, or what is missing for acting.
    pub(super) fn for_acting(connection: &Connection) -> Result<Self, ApplyError> {
        let settings: Self = connection.config.read().map_err(|error| {
            ApplyError::permanent("bad-settings", format!("the settings of the connection cannot be read: {error}"))
        })?;
        if settings.homeserver.is_empty() {
            return Err(ApplyError::permanent("bad-settings", "the connection names no homeserver"));
        }
        Ok(settings)
    }

    /// Whether the room is one of the community's.
    #[must_use]
    pub fn governs(&self, room: &str) -> bool {
        self.rooms.iter().any(|known| known == room)
    }
}

/// Whether `user` is us: the service's own user, or one in the namespace that only we may use (`@polity_…`).
#[must_use]
pub(super) fn is_own(own_user: &str, user: &str) -> bool {
    let Some((own, server)) = own_user.split_once(':') else { return false };
    let Some((local, host)) = user.split_once(':') else { return false };
    host == server && (local == own || local.strip_prefix(own).is_some_and(|rest| rest.starts_with('_')))
}

/// The server part of a user id, room id or alias; empty where it has none (a room of version 12 has none).
#[must_use]
pub(super) fn server_of(id: &str) -> &str {
    id.split_once(':').map_or("", |(_, server)| server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_namespace_is_us() {
        let own = "@polity:hs.test";
        assert!(is_own(own, "@polity:hs.test"));
        assert!(is_own(own, "@polity_ada:hs.test"));
        for other in ["@polity:evil.test", "@polityx:hs.test", "@ada:hs.test", "@polity", ""] {
            assert!(!is_own(own, other), "{other}");
        }
        assert!(!is_own("", ""));
    }
}
