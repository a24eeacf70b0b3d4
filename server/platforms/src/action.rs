//! Actions as typed payloads: one enum per platform, read from the type's name and the JSON.

use types::{ActionType, Json};

use crate::Refusal;

/// The payload as `P`, or why it is not one.
pub(crate) fn read<P: types::payload::Payload>(kind: &ActionType, payload: &Json) -> Result<P, Refusal> {
    payload.read().map_err(|error| Refusal::new("invalid-payload", format!("{kind} cannot be read: {error}")))
}

/// Refuses a type that a platform does not have.
pub(crate) fn unknown(platform: &'static str, kind: &ActionType) -> Refusal {
    Refusal::new("unknown-action-type", format!("{platform} has no action {kind}"))
}

/// Declares the enum of a platform's actions, with `read(kind, payload)`.
macro_rules! actions {
    ($(#[$doc:meta])* $platform:literal, $name:ident { $($case:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) enum $name {
            $(
                #[doc = concat!("`", stringify!($case), "` of the catalogue.")]
                $case($case),
            )+
        }

        impl $name {
            /// The typed action.
            pub(crate) fn read(kind: &types::ActionType, payload: &types::Json) -> Result<Self, crate::Refusal> {
                match kind.as_str() {
                    $(<$case as types::payload::Payload>::TYPE => crate::action::read(kind, payload).map(Self::$case),)+
                    _ => Err(crate::action::unknown($platform, kind)),
                }
            }

            /// The payload as JSON again.
            pub(crate) fn to_json(&self) -> types::Json {
                match self {
                    // Payloads are structs of texts and numbers, which always have a JSON form.
                    $(Self::$case(payload) => types::Json(serde_json::to_value(payload).unwrap_or_default()),)+
                }
            }
        }
    };
}
pub(crate) use actions;
