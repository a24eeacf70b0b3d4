//! `actions`: the searchable log of past actions.

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsResult, JsValue};
use types::fact::{ActionQuery, PastAction};
use types::{FactKey, Reads};

use super::args::{self, Args};
use super::build::{self, Prototype};
use super::handle::Handle;
use super::{members, who};
use crate::call::Call;
use crate::convert;

/// Past actions that one search returns unless told otherwise.
const USUAL: u32 = 100;

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::namespace(context, "actions", |actions| {
        actions.method("where", 1, search)?.method("count", 1, count)?;
        Ok(())
    })
}

pub(super) fn describe(past: &mut Prototype<'_>) -> JsResult<()> {
    past.getter("id", |this, _, context| show(this, context, |past| build::text(&past.id.to_string())))?;
    past.getter("type", |this, _, context| show(this, context, |past| build::text(past.kind.as_str())))?;
    past.getter("createdAt", |this, _, context| show(this, context, |past| build::moment(past.created_at)))?;
    past.getter("status", |this, _, context| show(this, context, |past| build::word(&past.status)))?;
    past.getter("initiator", initiator)?.getter("payload", payload)?;
    past.method("toJSON", 0, |this, _, context| show(this, context, |past| build::text(&past.id.to_string())))?;
    Ok(())
}

/// The answer to a search, with its place among the answers given.
fn answer<'a>(args: &'a Args<'_>, context: &mut Context) -> JsResult<(u32, &'a [PastAction])> {
    let known = ["type", "by", "since", "limit"];
    let options = args.options(0, &known, context)?;
    let kind = args::field(options.as_ref(), "type", context)?;
    let kind = if kind.is_undefined() { None } else { Some(args.as_text(&kind, "type", context)?) };
    let by = args::field(options.as_ref(), "by", context)?;
    let initiator = if by.is_undefined() { None } else { Some(who::read_one(args, &by, "by", context)?) };
    let since = args::field(options.as_ref(), "since", context)?;
    let since_ms = if since.is_undefined() { None } else { Some(since_ms(args, &since, context)?) };
    let limit = args::field(options.as_ref(), "limit", context)?;
    let most = args.call.limits.past_actions;
    let limit = match limit.as_number() {
        None if limit.is_undefined() => USUAL,
        Some(number) if number.fract() == 0.0 && (1.0..=f64::from(most)).contains(&number) => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be a small whole number"
            )]
            let limit = number as u32;
            limit
        }
        _ => return Err(args.wrong("limit", &format!("a whole number from 1 to {most}"), &limit, context)),
    };
    let query = ActionQuery { kind, initiator, since_ms, limit };
    args.call.reads(Reads::ACTIONS);
    let found = (0_u32..).zip(&args.call.facts().actions).find(|(_, (asked, _))| *asked == query);
    match found {
        Some((place, (_, actions))) => Ok((place, actions)),
        None => Err(args.call.needs(FactKey::Actions(query))),
    }
}

/// A length of time means "that long before the proposal was opened": counted from now, the question would change with
/// every moment and never be answered.
fn since_ms(args: &Args<'_>, value: &JsValue, context: &mut Context) -> JsResult<i64> {
    if let Some(length) = value.as_number().filter(|number| (0.0..args::LONGEST_LENGTH_MS).contains(number)) {
        #[expect(clippy::cast_possible_truncation, reason = "within ten years")]
        let length = length.round() as i64;
        return Ok(args.call.request.proposal.opened_at.millis().saturating_sub(length));
    }
    Ok(args.moment(value, "since", context)?.millis())
}

fn search(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("actions.where", arguments, context)?;
    let (place, actions) = answer(&args, context)?;
    let n = u32::try_from(actions.len()).unwrap_or(0);
    let list: Vec<JsValue> = (0..n).map(|at| Handle::Past(place, at).wrap(context)).collect();
    Ok(JsArray::from_iter(list, context).into())
}

fn count(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("actions.count", arguments, context)?;
    let (_, actions) = answer(&args, context)?;
    Ok(build::count(actions.len()))
}

fn past<'a>(call: &'a Call, this: &JsValue) -> JsResult<Option<&'a PastAction>> {
    let Handle::Past(answer, place) = Handle::of(this)? else { return Ok(None) };
    let at = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
    Ok(call.facts().actions.get(at(answer)).and_then(|(_, actions)| actions.get(at(place))))
}

fn show(this: &JsValue, context: &mut Context, read: impl Fn(&PastAction) -> JsValue) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(past(&call, this)?.map(read).unwrap_or_default())
}

fn initiator(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let id = past(&call, this)?.and_then(|past| past.initiator);
    id.map_or_else(|| Ok(JsValue::null()), |id| members::wrap(id, context))
}

fn payload(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    match past(&call, this)? {
        Some(past) => convert::from_json(&past.payload.0, context),
        None => Ok(JsValue::undefined()),
    }
}
