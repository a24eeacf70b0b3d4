//! Ballots, counted and filtered without becoming JavaScript objects unless they are asked for.

use std::collections::HashSet;

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsResult, JsValue};
use types::ballot::Ballot;
use types::{BallotValue, MemberId, Reads};

use super::args::{self, Args};
use super::build::{self, Prototype};
use super::handle::{Handle, Subject};
use super::proposal::subject;
use super::{action, members, who};
use crate::call::Call;
use crate::convert;

pub(super) fn describe(ballot: &mut Prototype<'_>) -> JsResult<()> {
    ballot.getter("voter", voter)?.getter("member", member)?.getter("value", value)?.getter("castAt", cast_at)?;
    ballot.getter("reason", reason)?.method("toJSON", 0, to_json)?;
    Ok(())
}

/// The ballots of a proposal, oldest first.
pub(super) fn of(call: &Call, subject: Subject) -> &[Ballot] {
    call.reads(Reads::BALLOTS);
    match subject {
        Subject::Main => &call.request.proposal.ballots,
        Subject::Bundled(place) => {
            action::bundled(call, place).map(|action| action.ballots.as_slice()).unwrap_or_default()
        }
    }
}

/// How many ballots say exactly `value`.
pub(super) fn count(this: &JsValue, value: &BallotValue, context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(build::count(of(&call, subject(this)?).iter().filter(|ballot| ballot.value == *value).count()))
}

/// The ids of those who cast a ballot that names them.
pub(super) fn voters(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let ids: Vec<JsValue> = of(&call, subject(this)?)
        .iter()
        .filter_map(|ballot| ballot.member)
        .map(|id| build::text(&id.to_string()))
        .collect();
    Ok(JsArray::from_iter(ids, context).into())
}

/// `ballots({ by, value })`: those that match, as an array.
pub(super) fn list(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("proposal.ballots", arguments, context)?;
    let subject = subject(this)?;
    let options = args.options(0, &["by", "value"], context)?;
    let by = args::field(options.as_ref(), "by", context)?;
    let value = args::field(options.as_ref(), "value", context)?;
    let wanted = if value.is_undefined() { None } else { Some(wanted(&args, &value, context)?) };
    let predicate = by.as_callable();
    let voters: Option<HashSet<MemberId>> = match &predicate {
        Some(_) => None,
        None if by.is_undefined() => None,
        None => who::read(&args, &by, "by", context)?.map(|ids| ids.into_iter().collect()),
    };
    let mut found = Vec::new();
    for (place, ballot) in (0_u32..).zip(of(&args.call, subject)) {
        let matches = wanted.as_ref().is_none_or(|wanted| *wanted == ballot.value)
            && voters.as_ref().is_none_or(|voters| ballot.member.is_some_and(|id| voters.contains(&id)));
        if !matches {
            continue;
        }
        if let Some(predicate) = &predicate {
            let Some(id) = ballot.member else { continue };
            let member = members::wrap(id, context)?;
            if member.is_null() || !predicate.call(&JsValue::undefined(), &[member], context)?.to_boolean() {
                continue;
            }
        }
        found.push(Handle::Ballot(subject, place).wrap(context));
    }
    Ok(JsArray::from_iter(found, context).into())
}

fn wanted(args: &Args<'_>, value: &JsValue, context: &mut Context) -> JsResult<BallotValue> {
    let expected = "true, false, \"abstain\", an option, a number or a list of options";
    let json = args.json(value, "value", context)?.unwrap_or_default();
    serde_json::from_value(json).map_err(|_| args.wrong("value", expected, value, context))
}

fn show(this: &JsValue, context: &mut Context, read: impl Fn(&Ballot) -> JsValue) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let Handle::Ballot(subject, place) = Handle::of(this)? else { return Ok(JsValue::undefined()) };
    Ok(of(&call, subject).get(usize::try_from(place).unwrap_or(usize::MAX)).map(read).unwrap_or_default())
}

/// The voter's id; `null` where the vote is secret.
fn voter(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    show(this, context, |ballot| ballot.member.map_or_else(JsValue::null, |id| build::text(&id.to_string())))
}

fn member(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let Handle::Ballot(subject, place) = Handle::of(this)? else { return Ok(JsValue::undefined()) };
    let id = of(&call, subject).get(usize::try_from(place).unwrap_or(usize::MAX)).and_then(|ballot| ballot.member);
    id.map_or_else(|| Ok(JsValue::null()), |id| members::wrap(id, context))
}

fn json_of(this: &JsValue, context: &mut Context) -> JsResult<serde_json::Value> {
    let call = Call::of(context)?;
    let Handle::Ballot(subject, place) = Handle::of(this)? else { return Ok(serde_json::Value::Null) };
    let ballot = of(&call, subject).get(usize::try_from(place).unwrap_or(usize::MAX));
    Ok(ballot.and_then(|ballot| serde_json::to_value(&ballot.value).ok()).unwrap_or_default())
}

fn value(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let json = json_of(this, context)?;
    convert::from_json(&json, context)
}

fn cast_at(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    show(this, context, |ballot| build::moment(ballot.cast_at))
}

fn reason(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    show(this, context, |ballot| ballot.reason.as_deref().map_or_else(JsValue::null, build::text))
}

fn to_json(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    value(this, &[], context)
}
