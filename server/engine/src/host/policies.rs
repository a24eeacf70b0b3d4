//! `policies`: the community's other policies; `get` gives one whose functions can be called.

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsResult, JsValue};
use types::fact::PolicyFact;
use types::{FactKey, Reads};

use super::args::Args;
use super::build::{self, Prototype};
use super::handle::Handle;
use crate::call::Call;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::namespace(context, "policies", |policies| {
        policies.getter("count", count)?.method("all", 0, all)?.method("get", 1, get)?.method("where", 1, filter)?;
        policies.iterable(all)?;
        Ok(())
    })
}

pub(super) fn describe(policy: &mut Prototype<'_>) -> JsResult<()> {
    policy.getter("id", |this, _, context| show(this, context, |policy| build::text(&policy.id.to_string())))?;
    policy.getter("name", |this, _, context| show(this, context, |policy| build::text(&policy.name)))?;
    policy.getter("layer", |this, _, context| show(this, context, |policy| build::word(&policy.layer)))?;
    policy.getter("version", |this, _, context| show(this, context, |policy| JsValue::new(policy.version)))?;
    policy.getter("enforcement", |this, _, context| show(this, context, |policy| build::word(&policy.enforcement)))?;
    policy.method("toJSON", 0, |this, _, context| show(this, context, |policy| build::text(&policy.name)))?;
    Ok(())
}

fn policies(call: &Call) -> JsResult<&[PolicyFact]> {
    call.reads(Reads::POLICIES);
    call.facts().policies.as_deref().ok_or_else(|| call.needs(FactKey::Policies))
}

fn show(this: &JsValue, context: &mut Context, read: impl Fn(&PolicyFact) -> JsValue) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let Handle::Listed(place) = Handle::of(this)? else { return Ok(JsValue::undefined()) };
    Ok(policies(&call)?.get(usize::try_from(place).unwrap_or(usize::MAX)).map(read).unwrap_or_default())
}

fn count(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(build::count(policies(&call)?.len()))
}

fn all(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let n = u32::try_from(policies(&call)?.len()).unwrap_or(0);
    let list: Vec<JsValue> = (0..n).map(|place| Handle::Listed(place).wrap(context)).collect();
    Ok(JsArray::from_iter(list, context).into())
}

fn filter(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("policies.where", arguments, context)?;
    let n = u32::try_from(policies(&args.call)?.len()).unwrap_or(0);
    build::keep(&args, (0..n).map(Handle::Listed), context)
}

/// One policy with its functions; `null` where there is none of that name.
fn get(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("policies.get", arguments, context)?;
    let name = args.name(0, "name", context)?;
    args.call.reads(Reads::POLICIES);
    let modules = &args.call.facts().modules;
    match modules.get(&name) {
        None => Err(args.call.needs(FactKey::Policy(name))),
        Some(None) => Ok(JsValue::null()),
        Some(Some(_)) => {
            let place = modules.keys().position(|known| *known == name).and_then(|place| u32::try_from(place).ok());
            Ok(Handle::Policy(place.unwrap_or(0).saturating_add(1)).wrap(context))
        }
    }
}
