//! Deliveries: bytes that a platform sent us, and what they turned out to say.

use subtle::ConstantTimeEq;
use types::platform::{ExternalUser, PlatformEvent};
use types::{BallotValue, Json, ProposalId, Timestamp};

/// One request of a platform to us, exactly as it arrived.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The query of the address, without `?`.
    pub query: String,
    /// The body, untouched: signatures are made over these bytes.
    pub body: Vec<u8>,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Whether it came over a socket that we ourselves opened to the platform: who is at its other end is known, and nothing
    /// is signed.
    pub is_dialled: bool,
}

impl Delivery {
    /// A message that came over a socket of ours.
    #[must_use]
    pub fn dialled(body: Vec<u8>, received_at: Timestamp) -> Self {
        Self { headers: Vec::new(), query: String::new(), body, received_at, is_dialled: true }
    }

    /// The value of header `name` (given in lower case), or `None`.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The token of `Authorization: Bearer …`, or `None`.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
pub(crate) fn same_secret(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

/// A genuine delivery before it is understood: whose it is, and what must be answered at once.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Opened {
    /// The workspace, server or installation that it speaks of; `None` where each connection knows its own places in it.
    pub tenant: Option<String>,
    /// The platform's id of the delivery, the same when it is delivered again; `None` where its bytes are its id.
    pub id: Option<String>,
    /// What the platform wants to read at once: a challenge. Nothing else is in such a delivery.
    pub answer: Option<Answer>,
    /// Somebody who clicked or typed and waits for an answer.
    pub interaction: Option<Interaction>,
}

/// What is answered to a delivery, with status 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its media type.
    pub content_type: &'static str,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// An answer of JSON.
    #[must_use]
    pub fn json(value: &serde_json::Value) -> Self {
        Self { content_type: "application/json", body: value.to_string() }
    }
}

/// Somebody who clicked a button or typed a command, and waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    /// The platform's id of it: the same one never counts twice.
    pub id: String,
    /// Who. The platform vouches for it.
    pub user: ExternalUser,
    /// Where.
    pub place: Option<String>,
    /// What they want.
    pub wish: Wish,
    /// How an answer gets back to them; only the platform's adapter reads it.
    pub reply: Json,
}

/// What somebody wants by a click or a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// To vote, or with `None` to take their vote back.
    Vote {
        /// On what.
        proposal: ProposalId,
        /// What the button says. Options are named by their numbers, from 1.
        value: Option<BallotValue>,
    },
    /// A command, without its name: `propose`, `rules here`.
    Command(String),
}

/// What a delivery said.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Heard {
    /// What happened, in the order in which it did.
    pub events: Vec<PlatformEvent>,
    /// What somebody should know or do besides.
    pub notes: Vec<Note>,
}

/// Something heard that is no event of the community's life.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// We were asked into a place: [`crate::Platform::join`] accepts.
    Invited {
        /// The place.
        place: String,
        /// Who asked.
        by: String,
    },
    /// A place where we can neither read nor therefore govern; the community should be told, once for each place.
    Ungovernable {
        /// The place.
        place: String,
        /// Why, in words for the community.
        why: String,
    },
    /// We were removed from a place, or lost the power to act in it.
    LostPlace {
        /// The place.
        place: String,
        /// What happened, in words for the community.
        why: String,
    },
    /// We were uninstalled, or our token was revoked: nothing of the connection works any more.
    Uninstalled {
        /// What happened, in words for the community.
        why: String,
    },
    /// An entry of the delivery that could not be understood and was left out; the rest stands.
    Skipped {
        /// The platform's id of it, where it had one.
        event: Option<String>,
        /// What was wrong with it.
        why: String,
    },
}

/// Why a delivery was refused whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No signature or token.
    #[error("the delivery carries no token")]
    Unsigned,
    /// Signed, but too long ago: it may have been recorded and sent again.
    #[error("the delivery was signed {0} seconds away from now; at most {1} are accepted")]
    Stale(u64, u64),
    /// A signature or token that is not ours.
    #[error("the delivery's token is not the one agreed upon")]
    Forged,
    /// The connection lacks what is needed to check the delivery.
    #[error("the connection has no {0}, so no delivery can be trusted")]
    NotConfigured(&'static str),
    /// More bytes than any delivery has.
    #[error("the delivery has {0} bytes; at most {1} are read")]
    TooLarge(usize, usize),
    /// Not what the platform's documentation says it sends.
    #[error("the delivery is malformed: {0}")]
    Malformed(String),
    /// The platform sends nothing.
    #[error("{0} sends no deliveries")]
    NotSupported(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_header(value: &str) -> Delivery {
        Delivery {
            headers: vec![("authorization".into(), value.into())],
            query: String::new(),
            body: Vec::new(),
            received_at: Timestamp(0),
            is_dialled: false,
        }
    }

    #[test]
    fn the_bearer_token_is_read_whatever_the_case_of_its_scheme() {
        assert_eq!(with_header("bearer abc").bearer(), Some("abc"));
        assert_eq!(with_header("Basic abc").bearer(), None);
        assert_eq!(with_header("abc").bearer(), None);
    }

    #[test]
    fn secrets_are_equal_only_whole() {
        assert!(same_secret("abc", "abc"));
        assert!(!same_secret("ab", "abc"));
        assert!(!same_secret("abd", "abc"));
    }
}
