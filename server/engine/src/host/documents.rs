//! `documents`: the written guidelines in force.

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsResult, JsValue};
use types::fact::DocumentFact;
use types::{FactKey, Reads};

use super::args::Args;
use super::build::{self, Prototype};
use super::handle::Handle;
use crate::call::Call;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::namespace(context, "documents", |documents| {
        documents.getter("count", count)?.method("all", 0, all)?.method("get", 1, get)?.method("where", 1, filter)?;
        documents.iterable(all)?;
        Ok(())
    })
}

pub(super) fn describe(document: &mut Prototype<'_>) -> JsResult<()> {
    document.getter("id", |this, _, context| show(this, context, |document| build::text(&document.id.to_string())))?;
    document.getter("name", |this, _, context| show(this, context, |document| build::text(&document.name)))?;
    document.getter("text", |this, _, context| show(this, context, |document| build::text(&document.text)))?;
    document.getter("version", |this, _, context| show(this, context, |document| JsValue::new(document.version)))?;
    document.method("toJSON", 0, |this, _, context| show(this, context, |document| build::text(&document.name)))?;
    Ok(())
}

fn documents(call: &Call) -> JsResult<&[DocumentFact]> {
    call.reads(Reads::DOCUMENTS);
    call.facts().documents.as_deref().ok_or_else(|| call.needs(FactKey::Documents))
}

fn show(this: &JsValue, context: &mut Context, read: impl Fn(&DocumentFact) -> JsValue) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let Handle::Document(place) = Handle::of(this)? else { return Ok(JsValue::undefined()) };
    Ok(documents(&call)?.get(usize::try_from(place).unwrap_or(usize::MAX)).map(read).unwrap_or_default())
}

fn count(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(build::count(documents(&call)?.len()))
}

fn all(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let n = u32::try_from(documents(&call)?.len()).unwrap_or(0);
    let list: Vec<JsValue> = (0..n).map(|place| Handle::Document(place).wrap(context)).collect();
    Ok(JsArray::from_iter(list, context).into())
}

fn get(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("documents.get", arguments, context)?;
    let name = args.name(0, "name", context)?;
    let found = (0_u32..)
        .zip(documents(&args.call)?)
        .find(|(_, document)| document.name == name || document.id.to_string() == name);
    let Some((place, _)) = found else { return Ok(JsValue::null()) };
    Ok(Handle::Document(place).wrap(context))
}

fn filter(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("documents.where", arguments, context)?;
    let n = u32::try_from(documents(&args.call)?.len()).unwrap_or(0);
    build::keep(&args, (0..n).map(Handle::Document), context)
}
