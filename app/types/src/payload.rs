//! Payloads: the typed fields of each action type. With feature `schema`, the catalogue that describes them all.
//!
//! Doc comments of fields are the help text of forms and of `policy.d.ts`; `x-kind` names the picker of a field.

pub mod board;
pub mod bundle;
pub mod constitution;
pub mod discord;
pub mod github;
pub mod matrix;
pub mod modes;
pub mod recovery;
pub mod safeguards;
pub mod slack;
pub mod trigger;
pub mod webhooks;

#[cfg(feature = "schema")]
mod catalogue;
#[cfg(feature = "schema")]
pub use catalogue::{catalogue, spec};

/// What ties a payload to its action type.
pub trait Payload: serde::Serialize + serde::de::DeserializeOwned {
    /// `platform.verb`.
    const TYPE: &'static str;
    /// What it does, as a verb phrase.
    const TITLE: &'static str;
    /// A sentence with `{field}` blanks.
    const SENTENCE: &'static str;
    /// Whether it can be undone.
    const IS_REVERSIBLE: bool;
}

/// A payload that its action type does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {}{problem}; its fields are {fields}", place(.at))]
pub struct PayloadError {
    /// The action type.
    pub kind: String,
    /// The path of the field within the payload, such as `actions[1].payload`; empty where `problem` names it.
    pub at: String,
    /// What is wrong, naming the field.
    pub problem: String,
    /// All fields of the type.
    pub fields: String,
}

impl PayloadError {
    /// The field that is wrong, as a path within the payload, where one can be named.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        if !self.at.is_empty() {
            return Some(&self.at);
        }
        let names_a_field = self.problem.starts_with("missing field") || self.problem.starts_with("unknown field");
        self.problem.split('`').nth(1).filter(|_| names_a_field)
    }
}

/// The path in front of the problem.
fn place(at: &str) -> String {
    if at.is_empty() { String::new() } else { format!("{at}: ") }
}

/// Checks `payload` against the built-in type `kind`; `None` where there is no such type.
///
/// # Errors
/// [`PayloadError`] with what is wrong and what the type's fields are.
#[must_use]
pub fn check(kind: &crate::ActionType, payload: &crate::Json) -> Option<Result<(), PayloadError>> {
    let name = kind.as_str();
    board::check(name, &payload.0)
        .or_else(|| matrix::check(name, &payload.0))
        .or_else(|| slack::check(name, &payload.0))
        .or_else(|| discord::check(name, &payload.0))
        .or_else(|| github::check(name, &payload.0))
        .or_else(|| constitution::check(name, &payload.0))
        .or_else(|| {
            bundle::check(name, &payload.0).map(|checked| checked.and_then(|()| bundle::check_parts(kind, payload)))
        })
        .or_else(|| safeguards::check(name, &payload.0))
        .or_else(|| modes::check(name, &payload.0))
        .or_else(|| webhooks::check(name, &payload.0))
        .or_else(|| recovery::check(name, &payload.0))
        .or_else(|| trigger::check(name, &payload.0))
}

/// Whether actions of the built-in type named `kind` can be undone; `None` where there is no such type.
fn reversibility(kind: &str) -> Option<bool> {
    board::reversibility(kind)
        .or_else(|| matrix::reversibility(kind))
        .or_else(|| slack::reversibility(kind))
        .or_else(|| discord::reversibility(kind))
        .or_else(|| github::reversibility(kind))
        .or_else(|| constitution::reversibility(kind))
        .or_else(|| bundle::reversibility(kind))
        .or_else(|| safeguards::reversibility(kind))
        .or_else(|| modes::reversibility(kind))
        .or_else(|| webhooks::reversibility(kind))
        .or_else(|| recovery::reversibility(kind))
        .or_else(|| trigger::reversibility(kind))
}

/// The title of a built-in type, such as “Post a message”; `None` where there is no such type.
#[must_use]
pub fn title(kind: &str) -> Option<&'static str> {
    let titles = [
        board::TITLES,
        matrix::TITLES,
        slack::TITLES,
        discord::TITLES,
        github::TITLES,
        constitution::TITLES,
        bundle::TITLES,
        safeguards::TITLES,
        modes::TITLES,
        webhooks::TITLES,
        recovery::TITLES,
        trigger::TITLES,
    ];
    titles.into_iter().flatten().find(|(known, _)| *known == kind).map(|(_, title)| *title)
}

/// Reads `payload` as `P`, for the error alone.
fn check_as<P: Payload>(payload: &serde_json::Value, fields: &[&str]) -> Result<(), PayloadError> {
    P::deserialize(payload).map(|_| ()).map_err(|error| PayloadError {
        kind: P::TYPE.to_owned(),
        at: String::new(),
        problem: error.to_string(),
        fields: fields.iter().map(|field| field.trim_start_matches("r#")).collect::<Vec<_>>().join(", "),
    })
}

/// Declares payload structs together with their action types.
macro_rules! payloads {
    ($($(#[$doc:meta])* $kind:literal, $title:literal, $sentence:literal, $reversible:literal,
       $name:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[$field_doc])* pub $field: $ty,)* }

            impl crate::payload::Payload for $name {
                const TYPE: &'static str = $kind;
                const TITLE: &'static str = $title;
                const SENTENCE: &'static str = $sentence;
                const IS_REVERSIBLE: bool = $reversible;
            }
        )+

        /// Reads `payload` as one of this platform's types; `None` where `kind` is not one of them.
        pub(super) fn check(kind: &str, payload: &serde_json::Value) -> Option<Result<(), super::PayloadError>> {
            match kind {
                $($kind => Some(super::check_as::<$name>(payload, &[$(stringify!($field),)*])),)+
                _ => None,
            }
        }

        /// Whether actions of the type named `kind` can be undone; `None` where it is not one of this platform's.
        pub(super) fn reversibility(kind: &str) -> Option<bool> {
            match kind {
                $($kind => Some($reversible),)+
                _ => None,
            }
        }

        /// Type and title of each, for those who have no catalogue: the browser.
        pub(super) const TITLES: &[(&str, &str)] = &[$(($kind, $title),)+];

        /// The catalogue rows of this platform.
        #[cfg(feature = "schema")]
        pub(super) fn rows() -> Vec<crate::platform::ActionTypeSpec> {
            vec![$(super::catalogue::row::<$name>(),)+]
        }
    };
}
pub(crate) use payloads;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(kind: &str, payload: serde_json::Value) -> Result<(), String> {
        check(&kind.parse().unwrap(), &crate::Json(payload)).unwrap().map_err(|error| error.to_string())
    }

    #[test]
    fn a_payload_is_checked_by_its_type() {
        assert_eq!(checked("board.rename_channel", json!({ "channel": "general", "name": "plaza" })), Ok(()));
        let error = checked("board.rename_channel", json!({ "channel": "general" })).unwrap_err();
        assert_eq!(error, "board.rename_channel: missing field `name`; its fields are channel, name");
        let error =
            checked("board.set_topic", json!({ "channel": "general", "topik": "x", "topic": "y" })).unwrap_err();
        assert!(error.contains("unknown field `topik`"), "{error}");
        assert_eq!(check(&"board.dance".parse().unwrap(), &crate::Json::default()), None);
    }
}
