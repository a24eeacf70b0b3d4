//! Texts with rules: checked once at the edge, trusted afterwards.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest policy source that is accepted.
///
/// # Units
/// Bytes. boa's parser needs native stack in proportion to nesting, and 64 KiB is twenty times the longest shipped policy.
pub const MAX_SOURCE_BYTES: usize = 64 * 1024;

/// Longest name of anything a person names (policy, role, document, community).
pub const MAX_NAME_CHARS: usize = 100;

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A slug or handle with a character or length outside the rule.
    #[error("'{0}' is not a valid {1}: use 1 to {2} of a-z, 0-9, '-' and '_', starting with a letter or digit")]
    Malformed(String, &'static str, usize),
    /// An action type that is not `platform.verb`.
    #[error("'{0}' is not an action type: write platform.verb, such as board.post_message")]
    NotAnActionType(String),
    /// Nothing but white space.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// More characters than allowed.
    #[error("{what} has {length} characters; at most {limit} are allowed")]
    TooLong {
        /// What was too long.
        what: &'static str,
        /// How long it was.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
}

/// Whether `text` is 1 to `limit` characters of a-z, 0-9, '-', '_' (and `extra`), starting with a letter or digit.
fn is_plain(text: &str, limit: usize, extra: &[char]) -> bool {
    let starts_well = text.chars().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_' || extra.contains(&c);
    starts_well && text.len() <= limit && text.chars().all(plain)
}

/// Declares a text newtype with one rule.
macro_rules! plain_texts {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $limit:literal, $extra:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, TextError> {
                if is_plain(&text, $limit, $extra) {
                    Ok(Self(text))
                } else {
                    Err(TextError::Malformed(text.chars().take(40).collect(), $what, $limit))
                }
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                Self::try_from(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

plain_texts! {
    /// A community's name in addresses: `/c/{slug}`.
    Slug, "community address", 48, &[];
    /// A member's short name within one community. Platforms' names keep their dots and signs.
    Handle, "handle", 64, &['.', '@', ':', '=', '/', '+'];
}

/// A name as people write it: trimmed, not empty, at most [`MAX_NAME_CHARS`].
///
/// # Errors
/// [`TextError::Empty`] or [`TextError::TooLong`], naming `what`.
pub fn name(text: &str, what: &'static str) -> Result<String, TextError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(TextError::Empty(what)),
        length if length > MAX_NAME_CHARS => Err(TextError::TooLong { what, length, limit: MAX_NAME_CHARS }),
        _ => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        assert!("fern-valley".parse::<Slug>().is_ok());
        for wrong in ["", "-fern", "Fern", "a b", "ä", &"a".repeat(49)] {
            assert!(wrong.parse::<Slug>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn handles_keep_matrix_names() {
        assert!("@ada:hs.test".parse::<Handle>().is_err());
        assert!("ada:hs.test".parse::<Handle>().is_ok());
    }
}
