//! Deliveries: bytes that a platform sent us, and what they turned out to say.

use subtle::ConstantTimeEq;
use types::Timestamp;
use types::platform::PlatformEvent;

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
}

impl Delivery {
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
