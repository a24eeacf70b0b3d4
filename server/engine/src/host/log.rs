//! `log(…)`: a line for the policy's author.

use boa_engine::{Context, JsResult, JsValue};

use super::args::Args;
use super::build;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::global(context, "log", 1, log)
}

fn log(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("log", arguments, context)?;
    let mut words = Vec::new();
    for value in arguments {
        words.push(match value.as_string() {
            Some(text) if text.len() <= args.call.limits.log_bytes => text.to_std_string_lossy(),
            Some(_) => "…".repeat(args.call.limits.log_bytes),
            None => match args.json(value, "value", context)? {
                Some(json) => json.to_string(),
                None => value.type_of().to_owned(),
            },
        });
    }
    args.call.log(words.join(" "), context)?;
    Ok(JsValue::undefined())
}
