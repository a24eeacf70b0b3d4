//! `propose(type, payload, {at})`: attempting a further action, under its own policies.

use boa_engine::{Context, JsResult, JsValue};
use serde_json::Value;
use types::{ActionType, Effect, Json};

use super::args::{self, Args};
use super::build;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::global(context, "propose", 3, propose)
}

fn propose(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("propose", arguments, context)?;
    let kind = args.name(0, "type", context)?;
    let kind: ActionType =
        kind.parse().map_err(|error: types::text::TextError| args.refuse(error.to_string(), context))?;
    let given = args.value(1);
    let payload = match args.json(&given, "payload", context)? {
        Some(payload @ Value::Object(_)) => payload,
        None => Value::Object(serde_json::Map::new()),
        Some(_) => {
            return Err(args.wrong("payload", "an object with the fields of the action's type", &given, context));
        }
    };
    if let Some(why) = unfit(&kind, &payload) {
        return Err(args.refuse(why, context));
    }
    let options = args.options(2, &["at"], context)?;
    let at = args::field(options.as_ref(), "at", context)?;
    let at = if at.is_null_or_undefined() { None } else { Some(args.moment(&at, "at", context)?) };
    args.call.effect(Effect::Propose { kind, payload: Json(payload), at }, context)?;
    Ok(JsValue::undefined())
}

/// What is wrong with a payload of a built-in type: a field missing, or one that the type does not have.
fn unfit(kind: &ActionType, payload: &Value) -> Option<String> {
    let spec = types::payload::spec(kind)?;
    let fields = spec.schema.get("properties").and_then(Value::as_object);
    let required = spec.schema.get("required").and_then(Value::as_array);
    let given = payload.as_object()?;
    let missing = required.into_iter().flatten().filter_map(Value::as_str).find(|name| !given.contains_key(*name));
    if let Some(missing) = missing {
        return Some(format!("{kind} needs the field `{missing}`"));
    }
    let unknown = given.keys().find(|name| fields.is_none_or(|fields| !fields.contains_key(*name)))?;
    let known: Vec<&str> = fields.into_iter().flat_map(|fields| fields.keys()).map(String::as_str).collect();
    let unknown: String = unknown.chars().take(40).collect();
    Some(format!("{kind} has no field `{unknown}`; it has: {}", known.join(", ")))
}
