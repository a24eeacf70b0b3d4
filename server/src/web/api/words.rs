//! The words under which the interface writes enumerations: those of `types`.

use serde::Serialize;
use serde_json::Value;

/// The word of a case: `Enforcement::Shadow` is `shadow`.
pub fn word<T: Serialize>(case: T) -> String {
    match serde_json::to_value(case) {
        Ok(Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
