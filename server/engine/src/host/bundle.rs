//! `action.bundle`: the actions that the action consists of.

use std::collections::BTreeSet;

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsObject, JsResult, JsValue};
use types::evaluation::BundleInput;
use types::{ActionId, Effect, Reads};

use super::action;
use super::args::Args;
use super::build::{self, Prototype};
use super::handle::{Handle, Subject};
use crate::call::Call;

pub(super) fn describe(bundle: &mut Prototype<'_>) -> JsResult<()> {
    bundle.getter("id", |_, _, context| show(context, |bundle| build::text(&bundle.id.to_string())))?;
    bundle.getter("kind", |_, _, context| show(context, |bundle| build::word(&bundle.kind)))?;
    bundle.getter("title", |_, _, context| show(context, |bundle| build::text(&bundle.title)))?;
    bundle.getter("seats", |_, _, context| show(context, |bundle| bundle.seats.into()))?;
    bundle
        .getter("none", |_, _, context| show(context, |b| b.none.as_deref().map_or_else(JsValue::null, build::text)))?;
    bundle.getter("actions", actions)?.getter("options", options)?.method("find", 1, find)?;
    bundle.method("keep", 1, keep)?.method("drop", 1, drop_action)?.method("clearBallots", 1, clear_ballots)?;
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

/// What stands on a ballot over the bundle.
fn options(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    call.reads(Reads::BUNDLE);
    let options: Vec<JsValue> = call.request.bundle.iter().flat_map(BundleInput::options).map(build::text).collect();
    Ok(JsArray::from_iter(options, context).into())
}

/// The action that is called so on the ballot; `null` for "none of these", and for what is no longer in the bundle.
fn find(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("bundle.find", arguments, context)?;
    args.call.reads(Reads::BUNDLE);
    let label = args.text(0, "label", context)?;
    match place_of(&args.call, &label) {
        Some(place) => action::wrap(Subject::Bundled(place), context),
        None => Ok(JsValue::null()),
    }
}

fn place_of(call: &Call, label: &str) -> Option<u32> {
    let bundle = call.request.bundle.as_ref()?;
    (0_u32..).zip(&bundle.actions).find(|(_, action)| action.label == label).map(|(place, _)| place)
}

/// Drops all others: those named stay, by label, as actions, or as a list of either.
fn keep(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("bundle.keep", arguments, context)?;
    let value = args.value(0);
    let named = if value.as_object().as_ref().is_some_and(JsObject::is_array) {
        args.list(&value, "winners", context)?
    } else {
        vec![value]
    };
    let mut kept = BTreeSet::new();
    for one in &named {
        kept.extend(kept_one(&args, one, context)?);
    }
    let all: Vec<ActionId> = args.call.request.bundle.iter().flat_map(|b| &b.actions).map(|action| action.id).collect();
    for action in all.into_iter().filter(|id| !kept.contains(id)) {
        args.call.effect(Effect::DropFromBundle { action }, context)?;
    }
    Ok(JsValue::undefined())
}

/// One that stays; nobody for "none of these" and for what was dropped or withdrawn before.
fn kept_one(args: &Args<'_>, value: &JsValue, context: &mut Context) -> JsResult<Option<ActionId>> {
    let Some(label) = value.as_string() else {
        return match Handle::in_value(value) {
            Some(Handle::Action(Subject::Bundled(place))) => {
                Ok(action::bundled(&args.call, place).map(|action| action.id))
            }
            _ => Err(args.wrong(
                "winners",
                "labels of candidates, such as a tally's winners, or actions",
                value,
                context,
            )),
        };
    };
    let label = label.to_std_string_lossy();
    let Some(bundle) = &args.call.request.bundle else { return Ok(None) };
    if let Some(action) = bundle.actions.iter().find(|action| action.label == label) {
        return Ok(Some(action.id));
    }
    if bundle.none.as_deref() == Some(label.as_str()) || bundle.gone.contains(&label) {
        return Ok(None);
    }
    let known: Vec<&str> = bundle.options().take(20).collect();
    let label: String = label.chars().take(60).collect();
    Err(args.refuse(format!("there is no candidate “{label}”; there are: {}", known.join(", ")), context))
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
