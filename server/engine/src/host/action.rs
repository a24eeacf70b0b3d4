//! `action`: what was attempted.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};
use types::evaluation::BundledAction;
use types::{Effect, Json};

use super::args::Args;
use super::build::{self, Prototype};
use super::handle::{Handle, OWN, Prototypes, Subject};
use super::members;
use crate::call::{Call, Store};
use crate::convert;

/// Names that belong to every action. A payload's field of one of these names is in `action.payload` only.
pub(crate) const COMMON: [&str; 18] = [
    "id",
    "type",
    "layer",
    "initiator",
    "createdAt",
    "origin",
    "hasHappened",
    "status",
    "payload",
    "data",
    "proposal",
    "bundle",
    "label",
    "statement",
    "nominee",
    "execute",
    "revert",
    "toJSON",
];

pub(super) fn describe(action: &mut Prototype<'_>) -> JsResult<()> {
    action.getter("id", id)?.getter("type", kind)?.getter("layer", layer)?.getter("initiator", initiator)?;
    action.getter("createdAt", created_at)?.getter("origin", origin)?.getter("hasHappened", has_happened)?;
    action.getter("payload", payload)?.getter("data", data)?.getter("proposal", proposal)?.getter("bundle", bundle)?;
    action
        .getter("status", status)?
        .getter("label", label)?
        .getter("statement", statement)?
        .getter("nominee", nominee)?;
    action.method("execute", 0, execute)?.method("revert", 0, revert)?.method("toJSON", 0, id)?;
    Ok(())
}

/// The action as an object with the payload's own fields.
pub(super) fn wrap(subject: Subject, context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let Some(prototypes) = context.get_data::<Rc<Prototypes>>().cloned() else { return Ok(JsValue::undefined()) };
    let handle = Handle::Action(subject);
    let (kind, place) = handle.key();
    if let Some(known) = call.known_object(kind, place) {
        return Ok(known);
    }
    let object = JsObject::from_proto_and_data(prototypes.action(), handle);
    if let Some(fields) = payload_of(&call, subject).and_then(|payload| payload.0.as_object()) {
        for (name, value) in fields.iter().filter(|(name, _)| !COMMON.contains(&name.as_str())) {
            let value = convert::from_json(value, context)?;
            object.create_data_property_or_throw(JsString::from(name.as_str()), value, context)?;
        }
    }
    object.set_integrity_level(boa_engine::object::IntegrityLevel::Frozen, context)?;
    Ok(call.object(kind, place, || object))
}

fn subject(this: &JsValue) -> JsResult<Subject> {
    match Handle::of(this)? {
        Handle::Action(subject) => Ok(subject),
        _ => Ok(Subject::Bundled(u32::MAX)),
    }
}

/// The action of the bundle at `place`.
pub(super) fn bundled(call: &Call, place: u32) -> Option<&BundledAction> {
    call.request.bundle.as_ref()?.actions.get(usize::try_from(place).ok()?)
}

fn payload_of(call: &Call, subject: Subject) -> Option<&Json> {
    match subject {
        Subject::Main => Some(&call.request.action.payload),
        Subject::Bundled(place) => bundled(call, place).map(|action| &action.payload),
    }
}

fn id(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(match subject(this)? {
        Subject::Main => build::text(&call.request.action.id.to_string()),
        Subject::Bundled(place) => bundled(&call, place).map(|a| build::text(&a.id.to_string())).unwrap_or_default(),
    })
}

fn kind(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(match subject(this)? {
        Subject::Main => build::text(call.request.action.kind.as_str()),
        Subject::Bundled(place) => bundled(&call, place).map(|a| build::text(a.kind.as_str())).unwrap_or_default(),
    })
}

fn layer(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(match subject(this)? {
        Subject::Main => build::word(&call.request.action.layer),
        Subject::Bundled(place) => bundled(&call, place).map(|a| build::word(&a.kind.layer())).unwrap_or_default(),
    })
}

fn initiator(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let id = match subject(this)? {
        Subject::Main => call.request.action.initiator.as_ref().map(|initiator| initiator.id),
        Subject::Bundled(place) => bundled(&call, place).and_then(|action| action.initiator),
    };
    id.map_or_else(|| Ok(JsValue::null()), |id| members::wrap(id, context))
}

fn created_at(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    subject(this)?;
    Ok(build::moment(Call::of(context)?.request.action.created_at))
}

fn origin(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    subject(this)?;
    Ok(build::text(&Call::of(context)?.request.action.origin))
}

fn has_happened(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let is_main = subject(this)? == Subject::Main;
    Ok((is_main && Call::of(context)?.request.action.has_happened).into())
}

/// Where an action of a bundle stands; for the action being decided that is its proposal's status.
fn status(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(match subject(this)? {
        Subject::Main => build::word(&call.request.proposal.status),
        Subject::Bundled(place) => bundled(&call, place).map(|a| build::word(&a.status)).unwrap_or_default(),
    })
}

/// What an action of a bundle is called on the ballot; `null` for every other action.
fn label(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(bundled_of(this, &call)?.map_or_else(JsValue::null, |action| build::text(&action.label)))
}

fn statement(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(bundled_of(this, &call)?.map_or_else(JsValue::null, |action| build::text(&action.statement)))
}

fn nominee(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let id = bundled_of(this, &call)?.and_then(|action| action.nominee);
    id.map_or_else(|| Ok(JsValue::null()), |id| members::wrap(id, context))
}

fn bundled_of<'c>(this: &JsValue, call: &'c Call) -> JsResult<Option<&'c BundledAction>> {
    Ok(match subject(this)? {
        Subject::Main => None,
        Subject::Bundled(place) => bundled(call, place),
    })
}

fn payload(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    match payload_of(&call, subject(this)?) {
        Some(payload) => convert::from_json(&payload.0, context),
        None => Ok(JsValue::undefined()),
    }
}

fn data(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    subject(this)?;
    Ok(Handle::Data(Store::Action, OWN).wrap(context))
}

fn proposal(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(Handle::Proposal(subject(this)?).wrap(context))
}

fn bundle(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let is_bundle = subject(this)? == Subject::Main && Call::of(context)?.request.bundle.is_some();
    Ok(if is_bundle { Handle::Bundle.wrap(context) } else { JsValue::null() })
}

fn execute(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    ask_for("action.execute", Effect::Execute, this, arguments, context)
}

fn revert(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    ask_for("action.revert", Effect::Revert, this, arguments, context)
}

/// Carrying out a bundle carries out what `bundle.drop` left in it.
fn ask_for(
    name: &'static str,
    effect: Effect,
    this: &JsValue,
    arguments: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let args = Args::new(name, arguments, context)?;
    if subject(this)? != Subject::Main {
        let message = "an action of a bundle is carried out with the bundle: drop the others, then action.execute()";
        return Err(args.refuse(message, context));
    }
    args.call.effect(effect, context)?;
    Ok(JsValue::undefined())
}
