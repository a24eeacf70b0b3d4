//! The catalogue of built-in action types, each with its JSON Schema.

use std::sync::LazyLock;

use schemars::JsonSchema;

use super::{
    Payload, board, bundle, constitution, discord, github, matrix, modes, recovery, safeguards, slack, trigger, webhooks,
};
use crate::platform::ActionTypeSpec;
use crate::{ActionType, Json};

/// The table is the same for every process and never changes: derived from the payload structs at first use.
static CATALOGUE: LazyLock<Vec<ActionTypeSpec>> = LazyLock::new(|| {
    [
        board::rows(),
        matrix::rows(),
        slack::rows(),
        discord::rows(),
        github::rows(),
        constitution::rows(),
        bundle::rows(),
        safeguards::rows(),
        modes::rows(),
        webhooks::rows(),
        recovery::rows(),
        trigger::rows(),
    ]
    .concat()
});

/// Every built-in action type.
#[must_use]
pub fn catalogue() -> &'static [ActionTypeSpec] {
    &CATALOGUE
}

/// The row of one type, or `None`.
#[must_use]
pub fn spec(kind: &ActionType) -> Option<&'static ActionTypeSpec> {
    CATALOGUE.iter().find(|row| row.kind == *kind)
}

/// The row of payload `P`.
pub(super) fn row<P: Payload + JsonSchema>() -> ActionTypeSpec {
    let kind: ActionType = match P::TYPE.parse() {
        Ok(kind) => kind,
        // The types are literals of this crate, and the test below parses each.
        Err(_) => unreachable!("payload types are well formed"),
    };
    ActionTypeSpec {
        layer: kind.layer(),
        kind,
        title: P::TITLE.to_owned(),
        sentence: P::SENTENCE.to_owned(),
        schema: Json(schemars::schema_for!(P).to_value()),
        is_reversible: P::IS_REVERSIBLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_described() {
        assert!(catalogue().len() > 30);
        for row in catalogue() {
            let properties = row.schema.get("properties").and_then(|p| p.as_object());
            for (name, property) in properties.into_iter().flatten() {
                assert!(property.get("description").is_some(), "{}: field {name} has no help text", row.kind);
            }
            for blank in row.sentence.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                let known = properties.is_some_and(|p| p.contains_key(blank));
                assert!(known, "{}: the sentence names {{{blank}}}, which is no field", row.kind);
            }
        }
    }

    #[test]
    fn no_type_stands_twice() {
        let mut kinds: Vec<_> = catalogue().iter().map(|row| &row.kind).collect();
        kinds.sort();
        kinds.dedup();
        assert_eq!(kinds.len(), catalogue().len());
    }
}
