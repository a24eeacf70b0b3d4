//! `platform(name).lookup(what, member)`: a number or text that a platform knows of a member.

use boa_engine::property::PropertyDescriptor;
use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, NativeFunction, js_string};
use types::decision::ErrorCode;
use types::{FactKey, Reads};

use super::args::Args;
use super::{build, who};
use crate::convert;
use crate::sandbox::native;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::global(context, "platform", 1, platform)
}

fn platform(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("platform", arguments, context)?;
    let name = args.name(0, "name", context)?;
    let object = JsObject::with_object_proto(context.intrinsics());
    object.create_data_property_or_throw(js_string!("name"), build::text(&name), context)?;
    let lookup = NativeFunction::from_copy_closure_with_captures(lookup, JsString::from(name.as_str()));
    let lookup = native("lookup", 2, lookup, context);
    let lookup = PropertyDescriptor::builder().value(lookup).enumerable(false).writable(false).configurable(false);
    object.define_property_or_throw(js_string!("lookup"), lookup, context)?;
    Ok(object.into())
}

/// The answer, or `null` where the platform knows nothing.
///
/// While answers are missing the policy goes on with `null` and its decision is thrown away: so one round asks about
/// all members, not about one.
fn lookup(_: &JsValue, arguments: &[JsValue], platform: &JsString, context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("platform.lookup", arguments, context)?;
    let name = args.name(0, "what", context)?;
    let member = who::read_one(&args, &args.value(1), "member", context)?;
    let platform = platform.to_std_string_lossy();
    args.call.reads(Reads::LOOKUP);
    let answers = &args.call.facts().lookups;
    let known = answers.iter().find(|(asked, what, whom, _)| *asked == platform && *what == name && *whom == member);
    if let Some((_, _, _, json)) = known {
        return convert::from_json(&json.0, context);
    }
    let mut missing = args.call.missing.borrow_mut();
    if answers.len().saturating_add(missing.len()) >= args.call.limits.lookups {
        drop(missing);
        args.call.missing.take();
        let message = format!("more than {} look-ups in one evaluation", args.call.limits.lookups);
        return Err(args.call.refuse(ErrorCode::FactLoop, message, context));
    }
    missing.insert(FactKey::Lookup { platform, name, member });
    Ok(JsValue::null())
}
