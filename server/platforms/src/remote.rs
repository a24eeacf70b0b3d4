//! Calling a platform's interface over HTTP: one way for all of them to wait, to fail and to say so in words.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Url};
use serde_json::Value;

use crate::http::{out_of_reach, read_body};
use crate::limits::{Limits, Urgency, wait_in};
use crate::{ApplyError, TOLD_TO_WAIT};

/// Largest answer that is read, in bytes: a page of a thousand members is the largest thing we ask for.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// Longest part of a platform's own words that is repeated.
const MAX_SAID_CHARS: usize = 200;

/// A platform, as one tenant reaches it.
#[derive(Clone, Copy)]
pub(crate) struct Remote<'a> {
    /// What people call the platform.
    pub name: &'static str,
    /// The client.
    pub client: &'a Client,
    /// How fast we may ask.
    pub limits: &'a Limits,
    /// The workspace, server or installation on whose behalf we ask.
    pub tenant: &'a str,
}

/// What is sent along.
#[derive(Clone, Copy)]
pub(crate) enum Sent<'a> {
    /// Nothing.
    Nothing,
    /// A JSON object.
    Json(&'a Value),
    /// A form.
    Form(&'a [(&'a str, &'a str)]),
}

/// One call.
pub(crate) struct Call<'a> {
    /// What it is for, in words: "rename the channel".
    pub doing: &'a str,
    /// Its method.
    pub method: Method,
    /// Its address.
    pub url: Url,
    /// The route that its limit counts by.
    pub route: &'a str,
    /// The value of `Authorization`.
    pub authorization: Option<String>,
    /// Further headers.
    pub headers: &'a [(&'static str, String)],
    /// What is sent along.
    pub sent: Sent<'a>,
    /// How urgent it is.
    pub urgency: Urgency,
}

/// What was answered, whatever its status. 429 and failures of the platform never get here: they are [`ApplyError::Retry`].
#[derive(Debug)]
pub(crate) struct Answered {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null where it is no JSON.
    pub body: Value,
}

impl Answered {
    /// Whether the status says that it worked.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The text under `key` of the body.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key).and_then(Value::as_str)
    }
}

impl Remote<'_> {
    /// Makes the call, unless it is known to be too early for it.
    pub async fn call(&self, call: Call<'_>) -> Result<Answered, ApplyError> {
        for (tenant, route) in [(self.tenant, call.route), ("*", call.route)] {
            if let Some(wait) = self.limits.wait(tenant, route, call.urgency) {
                return Err(self.too_fast(call.doing, wait));
            }
        }
        let mut request = self.client.request(call.method, call.url).header("accept", "application/json");
        if let Some(authorization) = &call.authorization {
            request = request.header("authorization", authorization);
        }
        for (name, value) in call.headers {
            request = request.header(*name, value);
        }
        request = match call.sent {
            Sent::Nothing => request,
            Sent::Json(body) => request.json(body),
            Sent::Form(fields) => request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()),
        };
        let mut response = request.send().await.map_err(|error| self.lost(call.doing, &error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read_body(&mut response, MAX_ANSWER_BYTES).await.map_err(|error| self.lost(call.doing, &error))?;
        let body: Value = body.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
        // GitHub answers 403 where others answer 429, and says in a header that this is what it means.
        let is_limit = status == 429
            || (status == 403
                && (headers.contains_key("retry-after")
                    || headers.get("x-ratelimit-remaining").is_some_and(|left| left == "0")));
        if let Some(wait) = self.limits.learn(self.tenant, call.route, is_limit, &headers) {
            return Err(self.too_fast(call.doing, wait));
        }
        if status >= 500 {
            let why = format!("{} has trouble and could not {} yet (status {status})", self.name, call.doing);
            return Err(ApplyError::Retry { after: wait_in(&headers), why });
        }
        Ok(Answered { status, headers, body })
    }

    fn too_fast(&self, doing: &str, wait: Duration) -> ApplyError {
        ApplyError::Retry { after: Some(wait), why: format!("{} {TOLD_TO_WAIT} before we {doing}", self.name) }
    }

    /// No answer came.
    fn lost(&self, doing: &str, error: &reqwest::Error) -> ApplyError {
        match out_of_reach(error) {
            Some(refused) => ApplyError::permanent("out-of-reach", refused.to_string()),
            None => {
                let how = if error.is_timeout() { "did not answer in time" } else { "cannot be reached" };
                ApplyError::retry(format!("{} {how}, so Polity could not {doing} yet", self.name))
            }
        }
    }
}

/// A platform's own words, as far as they are repeated.
pub(crate) fn said(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_SAID_CHARS).collect()
}

/// The address `path` under `base`; each part of the path is escaped.
pub(crate) fn address(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}
