//! Connections: a community's link to one platform.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use types::{CommunityId, ConnectionId, Json};

/// A community's link to one platform, decrypted for as long as one call takes.
///
/// Not serializable on purpose, and its `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The id.
    pub id: ConnectionId,
    /// Whose it is.
    pub community: CommunityId,
    /// The platform's name, such as `matrix`.
    pub platform: String,
    /// Settings that may be shown: addresses, rooms.
    pub config: Json,
    /// Tokens by name.
    pub secrets: BTreeMap<String, SecretString>,
    /// The platform's id of the user that we act as; empty where we are no user.
    pub own_user: String,
}

impl Connection {
    /// The secret `name`; `None` where it is not set, or empty (an empty token would match an empty header).
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&str> {
        self.secrets.get(name).map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_never_reach_debug_and_an_empty_one_is_none() {
        let connection = Connection {
            id: ConnectionId::NIL,
            community: CommunityId::NIL,
            platform: "matrix".into(),
            config: Json::default(),
            secrets: [("as_token".to_owned(), "hunter2".into()), ("hs_token".to_owned(), "".into())].into(),
            own_user: String::new(),
        };
        assert!(!format!("{connection:?}").contains("hunter2"));
        assert_eq!(connection.secret("as_token"), Some("hunter2"));
        assert_eq!(connection.secret("hs_token"), None);
    }
}
