//! `action.data` and `policy.data`: small JSON stores, written in the same transaction as the decision.

use std::collections::BTreeMap;

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsResult, JsValue};
use serde_json::Value;
use types::decision::ErrorCode;
use types::{Effect, FactKey, Json, Reads};

use super::args::Args;
use super::build::{self, Prototype};
use super::handle::{Handle, OWN};
use super::policy;
use crate::call::{Call, Store};
use crate::convert;

pub(super) fn describe(data: &mut Prototype<'_>) -> JsResult<()> {
    data.method("get", 2, get)?.method("set", 2, set)?.method("has", 1, has)?.method("remove", 1, remove)?;
    data.method("add", 2, add)?.method("increment", 2, increment)?.method("keys", 0, keys)?;
    Ok(())
}

/// The store that `this` stands for.
fn store(this: &JsValue) -> JsResult<(Store, u32)> {
    match Handle::of(this)? {
        Handle::Data(store, policy) => Ok((store, policy)),
        _ => Ok((Store::Action, OWN)),
    }
}

/// What was stored before this evaluation.
fn stored(call: &Call, store: Store, place: u32) -> JsResult<&BTreeMap<String, Json>> {
    match (store, place) {
        (Store::Action, _) => {
            call.reads(Reads::ACTION_DATA);
            Ok(&call.request.action.data)
        }
        (Store::Policy, OWN) => {
            call.reads(Reads::POLICY_DATA);
            call.facts().policy_data.as_ref().ok_or_else(|| call.needs(FactKey::PolicyData))
        }
        (Store::Policy, other) => {
            call.reads(Reads::POLICIES);
            match policy::other(call, other) {
                Some(module) => Ok(&module.data),
                None => Ok(&call.request.action.data),
            }
        }
    }
}

/// The value under `key` as it stands.
fn value(call: &Call, (store, place): (Store, u32), key: &str) -> JsResult<Option<Json>> {
    if place == OWN
        && let Some(written) = call.stores.borrow().get(store, key)
    {
        // What it wrote itself may be changed by another action before it looks again.
        if matches!(store, Store::Policy) {
            call.reads(Reads::POLICY_DATA);
        }
        return Ok(written.cloned());
    }
    Ok(stored(call, store, place)?.get(key).cloned())
}

fn get(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("data.get", arguments, context)?;
    let key = args.name(0, "key", context)?;
    match value(&args.call, store(this)?, &key)? {
        Some(json) => convert::from_json(&json.0, context),
        None => Ok(args.value(1)),
    }
}

fn has(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("data.has", arguments, context)?;
    let key = args.name(0, "key", context)?;
    Ok(value(&args.call, store(this)?, &key)?.is_some().into())
}

fn set(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("data.set", arguments, context)?;
    let key = args.name(0, "key", context)?;
    let given = args.value(1);
    let Some(json) = args.json(&given, "value", context)? else {
        return Err(args.wrong("value", "something that JSON can hold (use remove(key) to delete)", &given, context));
    };
    write(&args, store(this)?, key, Some(json), context)?;
    Ok(given)
}

fn remove(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("data.remove", arguments, context)?;
    let key = args.name(0, "key", context)?;
    write(&args, store(this)?, key, None, context)?;
    Ok(JsValue::undefined())
}

/// Appends to the list under a key, which begins empty.
fn add(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("data.add", arguments, context)?;
    let key = args.name(0, "key", context)?;
    let given = args.value(1);
    let Some(json) = args.json(&given, "value", context)? else {
        return Err(args.wrong("value", "something that JSON can hold", &given, context));
    };
    let place = store(this)?;
    let list = match value(&args.call, place, &key)?.map(|list| list.0) {
        None => vec![json],
        Some(Value::Array(mut list)) => {
            list.push(json);
            list
        }
        Some(_) => return Err(args.refuse(format!("“{key}” does not hold a list"), context)),
    };
    let length = list.len();
    write(&args, place, key, Some(Value::Array(list)), context)?;
    Ok(build::count(length))
}

/// Adds to the number under a key, which begins at 0.
fn increment(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("data.increment", arguments, context)?;
    let key = args.name(0, "key", context)?;
    let by = args.value(1);
    let by = match by.variant() {
        boa_engine::JsVariant::Undefined => 1.0,
        _ => match by.as_number().filter(|number| number.is_finite()) {
            Some(number) => number,
            None => return Err(args.wrong("by", "a number", &by, context)),
        },
    };
    let place = store(this)?;
    let before = match value(&args.call, place, &key)?.map(|before| before.0) {
        None => 0.0,
        Some(Value::Number(number)) => number.as_f64().unwrap_or(0.0),
        Some(_) => return Err(args.refuse(format!("“{key}” does not hold a number"), context)),
    };
    let after = JsValue::new(before + by);
    let Some(json) = args.json(&after, "value", context)? else { return Ok(after) };
    write(&args, place, key, Some(json), context)?;
    Ok(after)
}

fn keys(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("data.keys", arguments, context)?;
    let (store, place) = store(this)?;
    let stored = stored(&args.call, store, place)?;
    let keys = match place {
        OWN => args.call.stores.borrow().keys(store, stored),
        _ => stored.keys().cloned().collect(),
    };
    let keys: Vec<JsValue> = keys.iter().map(|key| build::text(key)).collect();
    Ok(JsArray::from_iter(keys, context).into())
}

fn write(
    args: &Args<'_>,
    (store, place): (Store, u32),
    key: String,
    json: Option<Value>,
    context: &Context,
) -> JsResult<()> {
    if place != OWN {
        return Err(args.refuse("another policy's data can only be read", context));
    }
    let limits = &args.call.limits;
    let bytes = json.as_ref().map_or(0, |json| json.to_string().len()).saturating_add(key.len());
    if bytes > limits.value_bytes {
        let message =
            format!("data.set: the value of “{key}” has {bytes} bytes; at most {} are allowed", limits.value_bytes);
        return Err(args.call.refuse(ErrorCode::TooMuch, message, context));
    }
    let json = json.map(Json);
    let effect = match store {
        Store::Action => Effect::SetActionData { key: key.clone(), value: json.clone() },
        Store::Policy => Effect::SetPolicyData { key: key.clone(), value: json.clone() },
    };
    args.call.writes(effect, context)?;
    let mut stores = args.call.stores.borrow_mut();
    let total = stores.set(store, &key, json, bytes);
    let n_keys = stores.n_written(store);
    if total > limits.data_bytes || n_keys > limits.data_keys {
        let message = format!(
            "more than {} keys or {} bytes of data written in one evaluation",
            limits.data_keys, limits.data_bytes
        );
        return Err(args.call.refuse(ErrorCode::TooMuch, message, context));
    }
    Ok(())
}
