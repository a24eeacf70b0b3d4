//! `policy`: the running policy itself, and other policies whose functions it calls.

use std::rc::Rc;

use boa_engine::{Context, JsResult, JsValue};
use types::decision::ErrorCode;
use types::fact::PolicyModule;

use super::args::Args;
use super::build::{self, Prototype};
use super::handle::{Handle, OWN};
use crate::call::{Call, Composed, Function, Store};
use crate::convert;
use crate::failure;
use crate::module::{Module, OtherModules};
use crate::syntax;

pub(super) fn describe(policy: &mut Prototype<'_>) -> JsResult<()> {
    policy.getter("id", |this, _, context| show(this, context, |policy| build::text(&policy.id)))?;
    policy.getter("name", |this, _, context| show(this, context, |policy| build::text(policy.name)))?;
    policy.getter("version", |this, _, context| show(this, context, |policy| JsValue::new(policy.version)))?;
    policy.getter("settings", settings)?.getter("data", data)?;
    policy.method("filter", 1, |this, arguments, context| call_other(Function::Filter, this, arguments, context))?;
    policy.method("initialize", 1, |this, arguments, context| {
        call_other(Function::Initialize, this, arguments, context)
    })?;
    policy.method("check", 1, |this, arguments, context| call_other(Function::Check, this, arguments, context))?;
    policy.method("notify", 1, |this, arguments, context| call_other(Function::Notify, this, arguments, context))?;
    policy.method("pass", 1, |this, arguments, context| call_other(Function::Pass, this, arguments, context))?;
    policy.method("fail", 1, |this, arguments, context| call_other(Function::Fail, this, arguments, context))?;
    policy.method("toJSON", 0, |this, _, context| show(this, context, |policy| build::text(policy.name)))?;
    Ok(())
}

/// What both the own and another policy have.
struct Seen<'a> {
    id: String,
    name: &'a str,
    version: u32,
    settings: &'a types::Json,
}

/// The place that `this` stands for.
fn place(this: &JsValue) -> JsResult<u32> {
    match Handle::of(this)? {
        Handle::Policy(place) => Ok(place),
        _ => Ok(u32::MAX),
    }
}

/// Another policy, by place.
pub(super) fn other(call: &Call, place: u32) -> Option<&PolicyModule> {
    let place = usize::try_from(place.checked_sub(1)?).ok()?;
    call.facts().modules.values().nth(place)?.as_ref()
}

fn show(this: &JsValue, context: &mut Context, read: impl Fn(Seen<'_>) -> JsValue) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(seen(&call, place(this)?).map(read).unwrap_or_default())
}

fn seen(call: &Call, place: u32) -> Option<Seen<'_>> {
    if place == OWN {
        let own = &call.request.policy;
        return Some(Seen { id: own.id.to_string(), name: &own.name, version: own.version, settings: &own.settings });
    }
    let other = other(call, place)?;
    let policy = &other.policy;
    Some(Seen { id: policy.id.to_string(), name: &policy.name, version: policy.version, settings: &other.settings })
}

fn settings(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let place = place(this)?;
    if let Some(known) = call.settings_object(place) {
        return Ok(known);
    }
    let json = seen(&call, place).map(|seen| seen.settings.0.clone()).unwrap_or_default();
    // A policy without settings still reads `policy.settings.days`: that is undefined, not an exception.
    let json = if json.is_null() { serde_json::json!({}) } else { json };
    let object = convert::from_json(&json, context)?;
    call.keep_settings_object(place, &object);
    Ok(object)
}

fn data(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(Handle::Data(Store::Policy, place(this)?).wrap(context))
}

/// Runs a function of another policy in this evaluation: its effects are this policy's, under this policy's powers.
fn call_other(function: Function, this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("policy", arguments, context)?;
    let place = place(this)?;
    let Some(module) = other(&args.call, place) else {
        let name = function.name();
        return Err(args.refuse(format!("call {name}(action) directly instead of policy.{name}(action)"), context));
    };
    let name: Rc<str> = module.policy.name.as_str().into();
    if *name == *args.call.request.policy.name || args.call.composed.borrow().iter().any(|other| other.name == name) {
        return Err(args.refuse(format!("policy “{name}” would end up calling itself"), context));
    }
    if args.call.composed.borrow().len() >= args.call.limits.composition_depth {
        let message = format!("more than {} policies call each other in a chain", args.call.limits.composition_depth);
        return Err(args.call.refuse(ErrorCode::Recursion, message, context));
    }
    let compiled = compiled(&args, module, context)?;
    args.call.composed.borrow_mut().push(Composed { name, called_at: failure::caller(context) });
    let answer = run(&compiled, place, function, arguments, context);
    args.call.composed.borrow_mut().pop();
    answer
}

fn run(
    module: &Module,
    place: u32,
    function: Function,
    arguments: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let policy = Handle::Policy(place).wrap(context);
    let functions = module.instantiate(policy, context)?;
    match functions.get(function) {
        Some(body) => body.call(&JsValue::undefined(), arguments, context),
        // As in the workflow: no filter governs everything, and what is not there does nothing.
        None if function == Function::Filter => Ok(true.into()),
        None => Ok(JsValue::undefined()),
    }
}

/// The other policy, compiled once per context. Compiling is not charged to the policy that calls.
fn compiled(args: &Args<'_>, module: &PolicyModule, context: &mut Context) -> JsResult<Module> {
    let kept = context.get_data::<Rc<OtherModules>>().cloned();
    if let Some(known) = kept.as_ref().and_then(|kept| kept.get(&module.source)) {
        return Ok(known);
    }
    let name = &module.policy.name;
    if let Err(error) = syntax::check(&module.source, &args.call.limits) {
        let message = format!("policy “{name}” does not parse: line {}: {}", error.line, error.message);
        return Err(args.call.refuse(ErrorCode::Syntax, message, context));
    }
    let before = context.instructions_remaining();
    let compiled = Module::compile_other(name, &module.source, context);
    let spent = before.saturating_sub(context.instructions_remaining());
    args.call.unmetered.set(args.call.unmetered.get().saturating_add(spent));
    let compiled = compiled.map_err(|error| {
        args.call.refuse(ErrorCode::Syntax, format!("policy “{name}”: {}", syntax::refused(&error).message), context)
    })?;
    if let Some(kept) = kept {
        kept.keep(&module.source, &compiled);
    }
    Ok(compiled)
}
