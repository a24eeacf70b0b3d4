//! `notifyMembers` and `announce`: telling people.

use boa_engine::{Context, JsObject, JsResult, JsValue};
use sha2::{Digest, Sha256};
use types::Effect;

use super::args::{self, Args};
use super::{build, who};
use crate::call::Call;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::global(context, "notifyMembers", 3, notify)?;
    build::global(context, "announce", 3, announce)
}

fn notify(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("notifyMembers", arguments, context)?;
    let to = who::read_all(&args, &args.value(0), "who", context)?;
    let text = args.text(1, "text", context)?;
    let options = args.options(2, &["ephemeral", "thread"], context)?;
    let ephemeral = args::field(options.as_ref(), "ephemeral", context)?;
    let ephemeral = match ephemeral.as_boolean() {
        Some(flag) => flag,
        None if ephemeral.is_undefined() => false,
        None => return Err(args.wrong("ephemeral", "true or false", &ephemeral, context)),
    };
    let thread = thread(&args, options.as_ref(), context)?;
    if !to.is_empty() {
        args.call.effect(Effect::Notify { to, text, ephemeral, thread }, context)?;
    }
    Ok(JsValue::undefined())
}

/// Answers with the message's key, so that a later message can be its thread.
fn announce(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("announce", arguments, context)?;
    let place = args.name(0, "place", context)?;
    let text = args.text(1, "text", context)?;
    let options = args.options(2, &["thread"], context)?;
    let thread = thread(&args, options.as_ref(), context)?;
    let key = key(&args.call);
    let place = place.strip_prefix('#').map(ToOwned::to_owned).unwrap_or(place);
    args.call.effect(Effect::Announce { key: key.clone(), place, text, thread }, context)?;
    Ok(build::text(&key))
}

fn thread(args: &Args<'_>, options: Option<&JsObject>, context: &mut Context) -> JsResult<Option<String>> {
    let value = args::field(options, "thread", context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    match value.as_string() {
        Some(key) => Ok(Some(key.to_std_string_lossy())),
        None => Err(args.wrong("thread", "what announce() returned", &value, context)),
    }
}

/// Different for every message of every evaluation, and the same when the evaluation is repeated.
fn key(call: &Call) -> String {
    let n = call.messages.get();
    call.messages.set(n.saturating_add(1));
    let mut hash = Sha256::new();
    hash.update(call.request.proposal.id.0.as_bytes());
    hash.update(call.request.now.millis().to_be_bytes());
    hash.update(call.request.proposal.ballots.len().to_be_bytes());
    hash.update(n.to_be_bytes());
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
