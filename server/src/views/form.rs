//! Forms made from the schemas of action types, and payloads made from what forms send.

use std::collections::{BTreeMap, BTreeSet};

use app::api::action::{Attempt, FieldKind, FieldOption, FieldView};
use serde_json::{Map, Number, Value};
use types::Json;
use types::platform::ActionTypeSpec;

use super::sentence::{capitalised, label};

/// The order in which people expect fields; the rest follows by name.
const NATURAL_ORDER: [&str; 27] = [
    "policy",
    "document",
    "role",
    "member",
    "members",
    "channel",
    "post",
    "room",
    "event",
    "user",
    "handle",
    "name",
    "display_name",
    "title",
    "description",
    "layer",
    "kind",
    "action_types",
    "text",
    "topic",
    "source",
    "settings",
    "enforcement",
    "on_error",
    "powers",
    "http_hosts",
    "reason",
];

/// What there is to choose from in this community.
#[derive(Clone, Debug, Default)]
pub struct Pickers {
    /// Channels of the board: name and `#name`.
    pub channels: Vec<FieldOption>,
    /// Members: handle and name.
    pub members: Vec<FieldOption>,
    /// Roles.
    pub roles: Vec<FieldOption>,
    /// Policies: id and name.
    pub policies: Vec<FieldOption>,
    /// Documents: id and name.
    pub documents: Vec<FieldOption>,
    /// Action types, families of them and `*`.
    pub action_types: Vec<FieldOption>,
}

/// The names of a type's fields, in the order in which people expect them.
#[must_use]
pub fn field_order(spec: &ActionTypeSpec) -> Vec<String> {
    let mut names: Vec<String> = properties(spec).into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let rank = |name: &str| NATURAL_ORDER.iter().position(|known| *known == name).unwrap_or(NATURAL_ORDER.len());
    names.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    names
}

/// The fields of a type's form, filled with `values` where they name one.
#[must_use]
pub fn fields(spec: &ActionTypeSpec, pickers: &Pickers, values: &Map<String, Value>) -> Vec<FieldView> {
    let required = required(spec);
    field_order(spec)
        .into_iter()
        .filter_map(|name| {
            let schema = properties(spec)?.get(&name)?;
            let (kind, options) = shape(spec, &name, schema, pickers);
            let value = values.get(&name).or_else(|| schema.get("default"));
            Some(FieldView {
                label: label(&name),
                help: schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
                kind,
                required: required.contains(name.as_str()),
                value: value.map(|value| as_text(value, kind)).unwrap_or_default(),
                options,
                name,
            })
        })
        .collect()
}

/// A field that a form sent and that cannot be what the type needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not a number.
    #[error("“{1}” in {0} is not a whole number")]
    NotANumber(String, String),
    /// Not JSON.
    #[error("{0} is not JSON: {1}")]
    NotJson(String, String),
    /// Required and empty.
    #[error("{0} is empty; fill it in")]
    Missing(String),
}

/// The payload that a form means.
///
/// # Errors
/// [`FormError`] names the field by its label.
pub fn payload(spec: &ActionTypeSpec, attempt: &Attempt) -> Result<Json, FormError> {
    let required = required(spec);
    let mut payload = Map::new();
    for (name, schema) in properties(spec).into_iter().flatten() {
        let (kind, _) = shape(spec, name, schema, &Pickers::default());
        let text = attempt.fields.get(name).map(|text| text.replace("\r\n", "\n")).unwrap_or_default();
        let list = attempt.lists.get(name).cloned().unwrap_or_default();
        let value = read(name, kind, &text, list)?;
        match value {
            Some(value) => {
                payload.insert(name.clone(), value);
            }
            None if required.contains(name.as_str()) => return Err(FormError::Missing(label(name))),
            None => {}
        }
    }
    // Fields that the type does not know are kept, so that the pipeline refuses them by name instead of dropping them silently.
    let known: BTreeMap<_, _> =
        attempt.fields.iter().filter(|(name, text)| !text.is_empty() && !is_field(spec, name)).collect();
    payload.extend(known.into_iter().map(|(name, text)| (name.clone(), Value::String(text.clone()))));
    Ok(Json(Value::Object(payload)))
}

/// One value of a form; `None` where nothing was filled in.
fn read(name: &str, kind: FieldKind, text: &str, list: Vec<String>) -> Result<Option<Value>, FormError> {
    let filled = Some(text).filter(|text| !text.trim().is_empty());
    let strings = |items: Vec<String>| (!items.is_empty()).then(|| items.into_iter().map(Value::String).collect());
    Ok(match kind {
        FieldKind::Line | FieldKind::Select => filled.map(|text| Value::String(text.trim().to_owned())),
        FieldKind::Text | FieldKind::Source => filled.map(|text| Value::String(text.to_owned())),
        FieldKind::Toggle => filled.map(|text| Value::Bool(matches!(text, "true" | "on" | "1"))),
        FieldKind::Number => match filled {
            None => None,
            Some(text) => match text.trim().parse::<i64>() {
                Ok(number) => Some(Value::Number(Number::from(number))),
                Err(_) => return Err(FormError::NotANumber(label(name), text.to_owned())),
            },
        },
        FieldKind::Json => match filled {
            None => None,
            Some(text) => {
                Some(serde_json::from_str(text).map_err(|error| FormError::NotJson(label(name), error.to_string()))?)
            }
        },
        FieldKind::Checks => strings(list),
        FieldKind::Lines => {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
            strings(lines.chain(list).collect())
        }
    })
}

/// How a field is filled in, and from what.
fn shape(spec: &ActionTypeSpec, name: &str, schema: &Value, pickers: &Pickers) -> (FieldKind, Vec<FieldOption>) {
    match schema.get("x-kind").and_then(Value::as_str) {
        Some("text") => return (FieldKind::Text, Vec::new()),
        Some("source") => return (FieldKind::Source, Vec::new()),
        Some("channel") => return (FieldKind::Select, pickers.channels.clone()),
        Some("member") => return (FieldKind::Select, pickers.members.clone()),
        Some("members") => return (FieldKind::Checks, pickers.members.clone()),
        Some("role") => return (FieldKind::Select, pickers.roles.clone()),
        Some("policy") => return (FieldKind::Select, pickers.policies.clone()),
        Some("document") => return (FieldKind::Select, pickers.documents.clone()),
        _ => {}
    }
    if name == "action_types" {
        return (FieldKind::Checks, pickers.action_types.clone());
    }
    let schema = resolved(spec, schema);
    if let Some(options) = choices(schema) {
        return (FieldKind::Select, options);
    }
    match json_type(schema) {
        Some("boolean") => (FieldKind::Toggle, Vec::new()),
        Some("integer" | "number") => (FieldKind::Number, Vec::new()),
        Some("string") => (FieldKind::Line, Vec::new()),
        Some("array") => {
            let items = schema.get("items").map(|items| resolved(spec, items));
            match items.and_then(choices) {
                Some(options) => (FieldKind::Checks, options),
                None if items.and_then(json_type) == Some("string") => (FieldKind::Lines, Vec::new()),
                None => (FieldKind::Json, Vec::new()),
            }
        }
        _ => (FieldKind::Json, Vec::new()),
    }
}

/// The schema that a `$ref` into `$defs` stands for.
fn resolved<'a>(spec: &'a ActionTypeSpec, schema: &'a Value) -> &'a Value {
    let optional =
        schema.get("anyOf").and_then(Value::as_array).and_then(|any| any.iter().find(|one| one.get("$ref").is_some()));
    let schema = optional.unwrap_or(schema);
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix("#/$defs/"));
    name.and_then(|name| spec.schema.get("$defs")?.get(name)).unwrap_or(schema)
}

/// The values of an enumeration, each with what it means.
fn choices(schema: &Value) -> Option<Vec<FieldOption>> {
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let option =
            |value: &str| FieldOption { value: value.to_owned(), label: capitalised(&value.replace('_', " ")) };
        return Some(values.iter().filter_map(Value::as_str).map(option).collect());
    }
    let cases = schema.get("oneOf")?.as_array()?;
    let option = |case: &Value| {
        let value = case.get("const")?.as_str()?;
        let means = case.get("description").and_then(Value::as_str).map(|text| text.trim_end_matches('.'));
        let word = capitalised(&value.replace(['_', '-'], " "));
        Some(FieldOption {
            value: value.to_owned(),
            label: means.map_or(word.clone(), |means| format!("{word}: {means}")),
        })
    };
    cases.iter().map(option).collect()
}

/// The JSON type, where it is one (or one and null).
fn json_type(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(one) => Some(one),
        Value::Array(several) => several.iter().filter_map(Value::as_str).find(|one| *one != "null"),
        _ => None,
    }
}

fn properties(spec: &ActionTypeSpec) -> Option<&Map<String, Value>> {
    spec.schema.get("properties").and_then(Value::as_object)
}

fn is_field(spec: &ActionTypeSpec, name: &str) -> bool {
    properties(spec).is_some_and(|properties| properties.contains_key(name))
}

fn required(spec: &ActionTypeSpec) -> BTreeSet<&str> {
    let names = spec.schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A value as a field of `kind` shows it.
fn as_text(value: &Value, kind: FieldKind) -> String {
    match (value, kind) {
        (Value::Null, _) => String::new(),
        (Value::String(text), _) => text.clone(),
        (Value::Array(items), FieldKind::Lines | FieldKind::Checks) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        (Value::Array(items), _) if items.is_empty() => String::new(),
        (other, FieldKind::Json) => serde_json::to_string_pretty(other).unwrap_or_default(),
        (other, _) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use types::payload::{catalogue, spec};

    use super::*;

    fn field<'a>(fields: &'a [FieldView], name: &str) -> &'a FieldView {
        fields.iter().find(|field| field.name == name).unwrap()
    }

    #[test]
    fn a_policy_is_added_by_form() {
        let spec = spec(&"constitution.add_policy".parse().unwrap()).unwrap();
        let form = fields(spec, &Pickers::default(), &Map::new());
        assert_eq!(form.first().unwrap().name, "name");
        assert_eq!(field(&form, "layer").kind, FieldKind::Select);
        assert_eq!(field(&form, "layer").options.len(), 2);
        assert_eq!(field(&form, "source").kind, FieldKind::Source);
        assert_eq!(field(&form, "powers").kind, FieldKind::Checks);
        assert_eq!(field(&form, "http_hosts").kind, FieldKind::Lines);
        assert_eq!(field(&form, "enforcement").value, "enforced");

        let mut attempt = Attempt { action_type: spec.kind.to_string(), ..Attempt::default() };
        for (name, text) in [
            ("name", " Jury "),
            ("layer", "platform"),
            ("source", "a\r\nb"),
            ("http_hosts", "a.example\nb.example"),
            ("settings", "{\"n\":3}"),
        ] {
            attempt.fields.insert(name.into(), text.into());
        }
        attempt.lists.insert("action_types".into(), vec!["board.*".into()]);
        let payload = payload(spec, &attempt).unwrap();
        assert_eq!(
            payload.0,
            json!({"name": "Jury", "layer": "platform", "source": "a\nb", "http_hosts": ["a.example", "b.example"],
                   "settings": {"n": 3}, "action_types": ["board.*"]})
        );
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let spec = spec(&"matrix.set_power_level".parse().unwrap()).unwrap();
        let mut attempt = Attempt::default();
        for (name, text) in [("room", "!a"), ("user", "@b"), ("level", "many")] {
            attempt.fields.insert(name.into(), text.into());
        }
        assert_eq!(payload(spec, &attempt), Err(FormError::NotANumber("Level".into(), "many".into())));
        attempt.fields.remove("level");
        assert_eq!(payload(spec, &attempt), Err(FormError::Missing("Level".into())));
    }

    #[test]
    fn every_type_has_a_form_that_names_each_field() {
        for spec in catalogue() {
            let form = fields(spec, &Pickers::default(), &Map::new());
            assert_eq!(form.len(), properties(spec).map_or(0, Map::len), "{}", spec.kind);
            assert!(form.iter().all(|field| !field.label.is_empty() && !field.help.is_empty()), "{}", spec.kind);
        }
    }
}
