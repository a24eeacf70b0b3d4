//! `action.proposal`: the action under this policy, its age and its ballots.

use std::collections::BTreeSet;

use boa_engine::{Context, JsResult, JsValue};
use types::evaluation::Seed;
use types::{BallotValue, MemberId, Reads, Timestamp};

use super::args::Args;
use super::ballots;
use super::build::{self, Prototype};
use super::handle::{Handle, Subject};
use super::{action, who};
use crate::call::Call;
use crate::convert;
use crate::delegation;
use crate::tally;

pub(super) fn describe(proposal: &mut Prototype<'_>) -> JsResult<()> {
    proposal.getter("id", id)?.getter("status", status)?.getter("openedAt", opened_at)?.getter("elapsed", elapsed)?;
    proposal.getter("closesAt", closes_at)?.getter("isClosed", is_closed)?;
    proposal.method("hasElapsed", 1, has_elapsed)?.method("deadline", 1, deadline)?;
    proposal.method("ballots", 1, ballots::list)?.getter("voters", ballots::voters)?;
    proposal.getter("yes", |this, _, context| ballots::count(this, &BallotValue::Yes, context))?;
    proposal.getter("no", |this, _, context| ballots::count(this, &BallotValue::No, context))?;
    proposal.getter("abstain", |this, _, context| ballots::count(this, &BallotValue::Abstain, context))?;
    proposal.method("tally", 2, count)?.method("toJSON", 0, id)?;
    Ok(())
}

pub(super) fn subject(this: &JsValue) -> JsResult<Subject> {
    match Handle::of(this)? {
        Handle::Proposal(subject) => Ok(subject),
        _ => Ok(Subject::Bundled(u32::MAX)),
    }
}

fn id(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let id = match subject(this)? {
        Subject::Main => Some(call.request.proposal.id),
        Subject::Bundled(place) => action::bundled(&call, place).map(|action| action.proposal),
    };
    Ok(id.map(|id| build::text(&id.to_string())).unwrap_or_default())
}

fn status(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(match subject(this)? {
        Subject::Main => build::word(&call.request.proposal.status),
        Subject::Bundled(place) => action::bundled(&call, place).map(|a| build::word(&a.status)).unwrap_or_default(),
    })
}

fn opened_at(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    subject(this)?;
    Ok(build::moment(Call::of(context)?.request.proposal.opened_at))
}

/// How long the proposal is open. It changes with every moment, so the policy is looked at every minute.
fn elapsed(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    subject(this)?;
    let call = Call::of(context)?;
    call.reads_raw_clock();
    let length = call.request.now.since(call.request.proposal.opened_at);
    Ok(JsValue::new(length.as_secs_f64() * 1000.0))
}

fn at(args: &Args<'_>, context: &Context) -> JsResult<Timestamp> {
    let length = args.length(0, "length", context)?;
    Ok(Timestamp(args.call.request.proposal.opened_at.millis().saturating_add(length)))
}

fn has_elapsed(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    subject(this)?;
    let args = Args::new("proposal.hasElapsed", arguments, context)?;
    let moment = at(&args, context)?;
    args.call.wakes_at(moment);
    Ok((args.call.request.now >= moment).into())
}

fn deadline(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    subject(this)?;
    let args = Args::new("proposal.deadline", arguments, context)?;
    let moment = at(&args, context)?;
    args.call.wakes_at(moment);
    Ok(build::moment(moment))
}

fn closes(call: &Call) -> Option<Timestamp> {
    call.ask.borrow().as_ref().and_then(|ask| ask.closes)
}

fn closes_at(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    subject(this)?;
    let call = Call::of(context)?;
    let Some(moment) = closes(&call) else { return Ok(JsValue::null()) };
    call.wakes_at(moment);
    Ok(build::moment(moment))
}

fn is_closed(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    subject(this)?;
    let call = Call::of(context)?;
    let Some(moment) = closes(&call) else { return Ok(false.into()) };
    call.wakes_at(moment);
    Ok((call.request.now >= moment).into())
}

/// Counts the ballots by a method of [`crate::tally`].
fn count(this: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("proposal.tally", arguments, context)?;
    let subject = subject(this)?;
    let method = args.name(0, "method", context)?;
    let mut options = args.json(&args.value(1), "options", context)?.unwrap_or_default();
    args.call.reads(Reads::BALLOTS);
    let ask = args.call.ask.borrow().clone();
    let asked = ask.as_ref().and_then(|ask| ask.eligible.as_ref()).map(Vec::len);
    // Only a share of all who may vote needs to know how many those are: the member list is not loaded for less.
    let eligible = match asked {
        Some(asked) => u64::try_from(asked).ok(),
        None if args.call.facts().members.is_some() || tally_counts_everyone(&options) => {
            u64::try_from(who::people(who::members(&args.call)?).count()).ok()
        }
        None => None,
    };
    let Seed(seed) = args.call.request.seed;
    if ask.as_ref().is_some_and(|ask| ask.delegation) {
        weigh(&args.call, subject, &mut options)?;
    }
    let gone =
        if subject == Subject::Main { args.call.request.bundle.as_ref().map(|b| b.gone.as_slice()) } else { None };
    let gone = gone.unwrap_or_default();
    let mut on_ballot = ask.map(|ask| ask.options).unwrap_or_default();
    on_ballot.retain(|option| !gone.contains(option));
    let ballots = tally::without(ballots::of(&args.call, subject), gone);
    let setup = tally::Context {
        options: on_ballot,
        eligible,
        seed: seed.to_vec(),
        weights: std::collections::BTreeMap::new(),
    };
    let outcome =
        tally::count(&method, &ballots, &options, &setup).map_err(|error| args.refuse(error.to_string(), context))?;
    let json = outcome.to_json().map_err(|error| args.refuse(error.to_string(), context))?;
    convert::from_json(&json, context)
}

/// Gives each voter the weight of the voices that they carry, on top of what the policy said members weigh.
fn weigh(call: &Call, subject: Subject, options: &mut serde_json::Value) -> JsResult<()> {
    let ask = call.ask.borrow().clone().unwrap_or_default();
    call.reads(Reads::DELEGATIONS);
    let delegations = call.facts().delegations.as_deref().ok_or_else(|| call.needs(types::FactKey::Delegations))?;
    let eligible: BTreeSet<MemberId> = match &ask.eligible {
        Some(asked) => asked.iter().copied().collect(),
        None => who::people(who::members(call)?).map(|(_, member)| member.id).collect(),
    };
    let voted: BTreeSet<MemberId> = ballots::of(call, subject).iter().filter_map(|ballot| ballot.member).collect();
    let question = delegation::Question {
        kind: &call.request.action.kind,
        role: ask.role,
        topic: ask.topic.as_deref(),
        now: call.request.now,
    };
    if let Some(end) = delegation::next_end(delegations, &question) {
        call.wakes_at(end);
    }
    let carried = delegation::carried(delegations, &question, &eligible, &voted);
    if carried.is_empty() {
        return Ok(());
    }
    if options.is_null() {
        *options = serde_json::Value::Object(serde_json::Map::new());
    }
    let Some(options) = options.as_object_mut() else { return Ok(()) };
    let own = options.get("weights").and_then(serde_json::Value::as_object).cloned().unwrap_or_default();
    let weight = |member: &MemberId| own.get(&member.to_string()).map_or(1.0, |weight| weight.as_f64().unwrap_or(1.0));
    let mut weights = own.clone();
    for (voter, all) in &carried {
        let sum = weight(voter) + all.iter().map(weight).sum::<f64>();
        weights.insert(voter.to_string(), serde_json::json!(sum));
    }
    options.insert("weights".to_owned(), serde_json::Value::Object(weights));
    Ok(())
}

/// Whether a count with these options depends on how many may vote, and was not told.
fn tally_counts_everyone(options: &serde_json::Value) -> bool {
    let told = options.get("eligible").is_some_and(|eligible| !eligible.is_null());
    let share = |key: &str| options.get(key).is_some_and(|value| !value.is_null() && !value.is_u64());
    let of_eligible = options.get("of").and_then(serde_json::Value::as_str) == Some("eligible");
    !told && (share("quorum") || share("standAside") || of_eligible)
}
