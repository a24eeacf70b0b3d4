//! `http.get` and `http.post`: answers that the parent process fetched, by replay.

use std::collections::BTreeMap;

use boa_engine::{Context, JsObject, JsResult, JsValue};
use types::decision::ErrorCode;
use types::effect::Power;
use types::fact::{HttpAnswer, HttpRequest};
use types::{FactKey, Reads};

use super::args::{self, Args};
use super::build::{self, Prototype};
use super::handle::Handle;
use crate::call::Call;
use crate::convert;

/// Request headers that say who asks or how the connection works: the parent process sets those.
const RESERVED: [&str; 7] = ["host", "cookie", "content-length", "connection", "transfer-encoding", "user-agent", "te"];

pub(super) fn install(context: &mut Context) -> JsResult<()> {
    build::namespace(context, "http", |http| {
        http.method("get", 2, get)?.method("post", 3, post)?;
        Ok(())
    })
}

/// What an answer has.
pub(super) fn describe(answer: &mut Prototype<'_>) -> JsResult<()> {
    answer.getter("status", |this, _, context| show(this, context, |answer| JsValue::new(i32::from(answer.status))))?;
    answer.getter("ok", |this, _, context| show(this, context, |answer| (200..300).contains(&answer.status).into()))?;
    answer.getter("body", |this, _, context| show(this, context, |answer| build::text(&answer.body)))?;
    answer.getter("error", |this, _, context| {
        show(this, context, |answer| answer.error.as_deref().map_or_else(JsValue::null, build::text))
    })?;
    answer.method("json", 0, json)?;
    Ok(())
}

fn get(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("http.get", arguments, context)?;
    let options = args.options(1, &["headers"], context)?;
    ask(&args, "GET", None, options.as_ref(), context)
}

/// A text is sent as it is, anything else as JSON.
fn post(_: &JsValue, arguments: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let args = Args::new("http.post", arguments, context)?;
    let given = args.value(1);
    let body = match given.as_string() {
        Some(text) => text.to_std_string_lossy(),
        None => args.json(&given, "body", context)?.map(|json| json.to_string()).unwrap_or_default(),
    };
    let options = args.options(2, &["headers"], context)?;
    ask(&args, "POST", Some(body), options.as_ref(), context)
}

fn ask(
    args: &Args<'_>,
    method: &str,
    body: Option<String>,
    options: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<JsValue> {
    let url = args.text(0, "url", context)?;
    allow(args, &url, context)?;
    if body.as_ref().is_some_and(|body| body.len() > args.call.limits.value_bytes) {
        let message = format!("http.post: the body has more than {} bytes", args.call.limits.value_bytes);
        return Err(args.call.refuse(ErrorCode::TooMuch, message, context));
    }
    let headers = headers(args, options, context)?;
    let request = HttpRequest { method: method.to_owned(), url, headers, body };
    args.call.reads(Reads::HTTP);
    let answers = &args.call.facts().http;
    if let Some((place, _)) = (0_u32..).zip(answers).find(|(_, (asked, _))| *asked == request) {
        return Ok(Handle::Answer(place).wrap(context));
    }
    if answers.len() >= args.call.limits.http_requests {
        let message = format!("more than {} HTTP requests in one evaluation", args.call.limits.http_requests);
        return Err(args.call.refuse(ErrorCode::FactLoop, message, context));
    }
    Err(args.call.needs(FactKey::Http(request)))
}

/// Only hosts that the policy declares, only over TLS, and only what is plainly an address.
fn allow(args: &Args<'_>, url: &str, context: &Context) -> JsResult<()> {
    args.call.allow(Power::Http, context)?;
    let Some(rest) = url.strip_prefix("https://") else {
        return Err(args.refuse("`url` must begin with https://", context));
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = url.chars().all(|c| c.is_ascii_graphic() && c != '\\') && !host.contains('@');
    if !is_plain || host.is_empty() {
        return Err(args.refuse("`url` is not a plain https address: escape it with encodeURIComponent", context));
    }
    let hosts = &args.call.request.policy.http_hosts;
    if hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) {
        return Ok(());
    }
    let declared = if hosts.is_empty() { "none".to_owned() } else { hosts.join(", ") };
    let message = format!("this policy does not declare the host {host}; it declares: {declared}");
    Err(args.call.refuse(ErrorCode::NotAllowed, message, context))
}

fn headers(args: &Args<'_>, options: Option<&JsObject>, context: &mut Context) -> JsResult<BTreeMap<String, String>> {
    let given = args::field(options, "headers", context)?;
    let mut headers = BTreeMap::new();
    let json = args.json(&given, "headers", context)?.unwrap_or_default();
    if !json.is_object() && !json.is_null() {
        return Err(args.wrong("headers", "an object of texts", &given, context));
    }
    for (name, value) in json.as_object().into_iter().flatten() {
        let name = name.to_ascii_lowercase();
        let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let value = value.as_str().filter(|value| value.chars().all(|c| c == ' ' || c.is_ascii_graphic()));
        match value {
            Some(value) if is_plain && !RESERVED.contains(&name.as_str()) && headers.len() < 20 => {
                headers.insert(name, value.to_owned());
            }
            _ => {
                return Err(args.refuse(
                    format!("the header `{}` cannot be set", name.chars().take(40).collect::<String>()),
                    context,
                ));
            }
        }
    }
    Ok(headers)
}

fn answer<'a>(call: &'a Call, this: &JsValue) -> JsResult<Option<&'a HttpAnswer>> {
    let Handle::Answer(place) = Handle::of(this)? else { return Ok(None) };
    Ok(call.facts().http.get(usize::try_from(place).unwrap_or(usize::MAX)).map(|(_, answer)| answer))
}

fn show(this: &JsValue, context: &mut Context, read: impl Fn(&HttpAnswer) -> JsValue) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    Ok(answer(&call, this)?.map(read).unwrap_or_default())
}

/// The body as JSON; `null` where it is none.
fn json(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let call = Call::of(context)?;
    let parsed = answer(&call, this)?.and_then(|answer| serde_json::from_str::<serde_json::Value>(&answer.body).ok());
    match parsed {
        Some(json) => convert::from_json(&json, context),
        None => Ok(JsValue::null()),
    }
}
