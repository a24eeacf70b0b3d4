//! `ask(who, {…})`: opens the ballot, or extends it.

use boa_engine::{Context, JsObject, JsResult, JsValue};
use serde::de::DeserializeOwned;
use types::{Ask, BallotKind, Effect, Privacy};

use super::args::{self, Args};
use super::{build, who};
use crate::tally::MAX_OPTIONS;

const KNOWN: [&str; 10] =
    ["text", "kind", "options", "where", "closes", "privacy", "results", "place", "delegation", "topic"];

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::global(context, "ask", 2, ask)?;
    build::global(context, "remind", 2, remind)
}

fn ask(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("ask", arguments, context)?;
    let eligible = who::read(&args, &args.value(0), "who", context)?;
    if eligible.as_ref().is_some_and(Vec::is_empty) {
        return Err(args.refuse("`who` names nobody: a vote needs at least one voter", context));
    }
    let options = args.options(1, &KNOWN, context)?;
    let options = options.as_ref();
    let text = text(&args, options, "text", context)?.unwrap_or_default();
    let kinds = "\"yes-no\", \"choice\", \"approval\", \"ranking\", \"score\", \"budget\" or \"consent\"";
    let kind = word(&args, options, "kind", kinds, context)?.unwrap_or_default();
    let place = match text_of_either(&args, options, context)? {
        Some(place) if place.is_empty() => None,
        place => place,
    };
    let closes = args::field(options, "closes", context)?;
    let closes = if closes.is_null_or_undefined() { None } else { Some(args.moment(&closes, "closes", context)?) };
    let privacy =
        word(&args, options, "privacy", "\"open\", \"after-close\" or \"secret\"", context)?.unwrap_or_default();
    let results =
        word(&args, options, "results", "\"always\", \"after-ballot\" or \"at-close\"", context)?.unwrap_or_default();
    let choices = choices(&args, options, kind, context)?;
    let delegation = args::field(options, "delegation", context)?.to_boolean();
    if delegation && privacy == Privacy::Secret {
        let why = "a secret vote takes no delegations: nobody could tell whose voice a ballot carries; leave out `delegation`, or use privacy: \"after-close\"";
        return Err(args.refuse(why, context));
    }
    let topic = self::text(&args, options, "topic", context)?.filter(|topic| delegation && !topic.is_empty());
    let role = if delegation { who::role_meant(&args, &args.value(0))? } else { None };
    let ask = Ask { eligible, text, kind, options: choices, place, closes, privacy, results, delegation, topic, role };
    args.call.effect(Effect::Ask(ask.clone()), context)?;
    args.call.ask.replace(Some(ask));
    Ok(JsValue::undefined())
}

fn remind(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("remind", arguments, context)?;
    let to = who::read_all(&args, &args.value(0), "who", context)?;
    let text = args.text(1, "text", context)?;
    if !to.is_empty() {
        args.call.effect(Effect::Remind { to, text }, context)?;
    }
    Ok(JsValue::undefined())
}

fn text(
    args: &Args<'_>,
    options: Option<&JsObject>,
    name: &'static str,
    context: &mut Context,
) -> JsResult<Option<String>> {
    let value = args::field(options, name, context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    args.as_text(&value, name, context).map(Some)
}

/// `where` is the word of the interface; `place` says the same.
fn text_of_either(args: &Args<'_>, options: Option<&JsObject>, context: &mut Context) -> JsResult<Option<String>> {
    match text(args, options, "where", context)? {
        Some(place) => Ok(Some(place)),
        None => text(args, options, "place", context),
    }
}

/// A word that names a case of `T`.
fn word<T: DeserializeOwned>(
    args: &Args<'_>,
    options: Option<&JsObject>,
    name: &'static str,
    expected: &str,
    context: &mut Context,
) -> JsResult<Option<T>> {
    let value = args::field(options, name, context)?;
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    let word = value.as_string().map(|text| serde_json::Value::String(text.to_std_string_lossy()));
    let case = word.and_then(|word| serde_json::from_value(word).ok());
    case.map(Some).ok_or_else(|| args.wrong(name, expected, &value, context))
}

fn choices(
    args: &Args<'_>,
    options: Option<&JsObject>,
    kind: BallotKind,
    context: &mut Context,
) -> JsResult<Vec<String>> {
    let value = args::field(options, "options", context)?;
    let needs = matches!(kind, BallotKind::Choice | BallotKind::Approval | BallotKind::Ranking | BallotKind::Budget);
    if value.is_null_or_undefined() {
        if needs {
            return Err(args.refuse("this kind of ballot needs `options`: a list of texts to choose from", context));
        }
        return Ok(Vec::new());
    }
    let mut choices: Vec<String> = Vec::new();
    for item in args.list(&value, "options", context)? {
        let choice = args.as_text(&item, "options", context)?;
        if choice.is_empty() || choices.contains(&choice) {
            return Err(args.refuse("`options` must be different texts, none of them empty", context));
        }
        choices.push(choice);
    }
    if choices.len() > MAX_OPTIONS || (needs && choices.is_empty()) {
        return Err(args.refuse(format!("`options` must have 1 to {MAX_OPTIONS} texts"), context));
    }
    Ok(choices)
}
