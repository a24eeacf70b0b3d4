//! `JSON` and `Math.random`, replaced: boa's parse runs its text as a script, its stringify recurses without a limit.

use boa_engine::property::Attribute;
use boa_engine::{Context, JsNativeError, JsResult, JsValue, NativeFunction, js_string};
use serde_json::Value;

use super::args::Args;
use super::build::{self, Prototype};
use crate::convert;
use crate::sandbox::native;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let json = Prototype::make(context, |json| {
        json.method("parse", 1, parse)?.method("stringify", 1, stringify)?;
        Ok(())
    })?;
    context.register_global_property(js_string!("JSON"), json, Attribute::CONFIGURABLE)?;
    let random = native("random", 0, NativeFunction::from_fn_ptr(super::random::fraction), context);
    let math = context.global_object().get(js_string!("Math"), context)?;
    if let Some(math) = math.as_object() {
        math.set(js_string!("random"), random, true, context)?;
    }
    Ok(())
}

fn parse(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("JSON.parse", arguments, context)?;
    let value = args.value(0);
    let Some(text) = value.as_string() else { return Err(args.wrong("text", "a text", &value, context)) };
    if !args.value(1).is_undefined() {
        return Err(args.refuse("a reviver is not supported: change the value after parsing", context));
    }
    let json: Value = serde_json::from_str(&text.to_std_string_lossy())
        .map_err(|error| JsNativeError::syntax().with_message(format!("JSON.parse: {error}")))?;
    convert::from_json(&json, context)
}

fn stringify(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("JSON.stringify", arguments, context)?;
    if !args.value(1).is_null_or_undefined() {
        return Err(args.refuse("a replacer is not supported: choose the fields before", context));
    }
    let Some(json) = args.json(&args.value(0), "value", context)? else { return Ok(JsValue::undefined()) };
    let is_pretty = args.value(2).to_boolean();
    let text = if is_pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
    Ok(build::text(&text.unwrap_or_default()))
}
