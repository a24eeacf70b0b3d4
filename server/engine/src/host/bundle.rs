//! `action.bundle`: the actions that the action consists of.

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsResult, JsValue};
use types::{ActionId, Effect, Reads};

use super::action;
use super::args::Args;
use super::build::{self, Prototype};
use super::handle::{Handle, Subject};
use crate::call::Call;

pub(super) fn describe(bundle: &mut Prototype<'_>) -> JsResult<()> {
    bundle.getter("id", |_, _, context| show(context, |bundle| build::text(&bundle.id.to_string())))?;
    bundle.getter("kind", |_, _, context| show(context, |bundle| build::word(&bundle.kind)))?;
    bundle.getter("actions", actions)?.method("drop", 1, drop_action)?.method("clearBallots", 1, clear_ballots)?;
    Ok(())
}

fn show(context: &mut Context, read: impl Fn(&types::evaluation::BundleInput) -> JsValue) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    call.reads(Reads::BUNDLE);
    Ok(call.request.bundle.as_ref().map(read).unwrap_or_default())
}

fn actions(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    call.reads(Reads::BUNDLE);
    let n = call.request.bundle.as_ref().map_or(0, |bundle| bundle.actions.len());
    let mut list = Vec::new();
    for place in 0..u32::try_from(n).unwrap_or(0) {
        list.push(action::wrap(Subject::Bundled(place), context)?);
    }
    Ok(JsArray::from_iter(list, context).into())
}

fn one(args: &Args<'_>, context: &Context) -> JsResult<ActionId> {
    let value = args.value(0);
    let found = match Handle::in_value(&value) {
        Some(Handle::Action(Subject::Bundled(place))) => action::bundled(&args.call, place).map(|action| action.id),
        _ => None,
    };
    found.ok_or_else(|| args.wrong("action", "one of action.bundle.actions", &value, context))
}

fn drop_action(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("bundle.drop", arguments, context)?;
    let action = one(&args, context)?;
    args.call.effect(Effect::DropFromBundle { action }, context)?;
    Ok(JsValue::undefined())
}

fn clear_ballots(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("bundle.clearBallots", arguments, context)?;
    let action = one(&args, context)?;
    args.call.effect(Effect::ClearBallots { action }, context)?;
    Ok(JsValue::undefined())
}
