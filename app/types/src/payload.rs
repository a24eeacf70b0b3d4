//! Payloads: the typed fields of each action type. With feature `schema`, the catalogue that describes them all.
//!
//! Doc comments of fields are the help text of forms and of `policy.d.ts`; `x-kind` names the picker of a field.

pub mod board;
pub mod constitution;
pub mod matrix;

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

        /// The catalogue rows of this platform.
        #[cfg(feature = "schema")]
        pub(super) fn rows() -> Vec<crate::platform::ActionTypeSpec> {
            vec![$(super::catalogue::row::<$name>(),)+]
        }
    };
}
pub(crate) use payloads;
