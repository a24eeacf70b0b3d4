//! Talking to a homeserver: one call, its failures in words, and what is read from a room.

use std::time::Duration;

use reqwest::{Client, Method, Url};
use serde_json::{Map, Value, json};
use types::platform::IdempotencyKey;

use super::settings::{Settings, server_of};
use crate::http::{Reach, out_of_reach, read_body, within};
use crate::{ApplyError, Connection};

/// Largest answer that is read, in bytes. Power levels of a big room are the largest thing we ask for.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Most rooms whose names are compared with the name of a place.
const MAX_NAMED_ROOMS: usize = 50;

/// A homeserver, as one connection reaches it.
pub(super) struct Server<'a> {
    client: &'a Client,
    base: Url,
    token: &'a str,
    /// The settings of the connection.
    pub settings: Settings,
    /// Who we are there.
    pub own_user: &'a str,
}

/// A refused or lost call.
#[derive(Debug)]
pub(super) struct CallError {
    /// The status; 0 where no answer came.
    pub status: u16,
    /// The homeserver's code, such as `M_FORBIDDEN`.
    pub errcode: String,
    /// What it means for the operation.
    pub failure: ApplyError,
}

impl From<CallError> for ApplyError {
    fn from(error: CallError) -> Self {
        error.failure
    }
}

/// An event of a room's present state.
#[derive(Clone, Debug)]
pub(super) struct StateEvent {
    /// Its id.
    pub id: String,
    /// Who set it.
    pub sender: String,
    /// What it says.
    pub content: Map<String, Value>,
    /// What it replaced.
    pub before: Map<String, Value>,
    /// The id of what it replaced.
    pub replaces: Option<String>,
    /// When it was set, in milliseconds.
    pub at_ms: i64,
}

impl<'a> Server<'a> {
    /// The homeserver of `connection`.
    pub fn of(client: &'a Client, reach: Reach, connection: &'a Connection) -> Result<Self, ApplyError> {
        let settings = Settings::for_acting(connection)?;
        let base = Url::parse(&settings.homeserver).map_err(|_| {
            ApplyError::permanent("bad-settings", format!("'{}' is not a web address", settings.homeserver))
        })?;
        within(reach, &base).map_err(|error| ApplyError::permanent("out-of-reach", error.to_string()))?;
        let token = connection
            .secret("as_token")
            .ok_or_else(|| ApplyError::permanent("no-token", "the connection has no token for the homeserver"))?;
        Ok(Self { client, base, token, settings, own_user: &connection.own_user })
    }

    /// One call. `doing` says in words what it is for, such as "rename the room".
    pub async fn call(
        &self,
        doing: &str,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Value, CallError> {
        self.request(doing, method, self.address(path), body).await
    }

    /// The address of an endpoint; room ids and aliases in it are escaped.
    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["_matrix", "client", "v3"]).extend(path);
        }
        url
    }

    async fn request(&self, doing: &str, method: Method, url: Url, body: Option<&Value>) -> Result<Value, CallError> {
        let mut request = self.client.request(method, url).bearer_auth(self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut response = request.send().await.map_err(|error| lost(doing, &error))?;
        let status = response.status().as_u16();
        let header = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        let wait = header.map(Duration::from_secs);
        let body = read_body(&mut response, MAX_ANSWER_BYTES).await.map_err(|error| lost(doing, &error))?;
        let answer: Value = body.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
        match status {
            200..=299 if answer.is_object() => Ok(answer),
            200..=299 => Err(CallError {
                status,
                errcode: String::new(),
                failure: ApplyError::retry(format!("the homeserver answered with no JSON when asked to {doing}")),
            }),
            _ => Err(refused(doing, status, wait, &answer)),
        }
    }

    /// A `GET`; `None` where there is nothing.
    pub async fn find(&self, doing: &str, path: &[&str]) -> Result<Option<Value>, CallError> {
        found(self.call(doing, Method::GET, path, None).await)
    }

    /// The present state of a room under a type and key, or `None`.
    pub async fn state(&self, room: &str, kind: &str, key: &str) -> Result<Option<StateEvent>, CallError> {
        let mut url = self.address(&["rooms", room, "state", kind, key]);
        // Without it the answer is the content alone, and who set it is what we need to know.
        url.set_query(Some("format=event"));
        let answer = self.request("read the room's state", Method::GET, url, None).await;
        Ok(found(answer)?.map(|event| StateEvent::from(&event)))
    }

    /// Sets the state of a room; answers with the event's id.
    pub async fn set_state(
        &self,
        doing: &str,
        room: &str,
        kind: &str,
        key: &str,
        content: &Map<String, Value>,
    ) -> Result<String, CallError> {
        let body = Value::Object(content.clone());
        let answer = self.call(doing, Method::PUT, &["rooms", room, "state", kind, key], Some(&body)).await?;
        Ok(event_id(&answer))
    }

    /// Sends an event, at most once for each key and step; answers with its id.
    pub async fn send(
        &self,
        doing: &str,
        room: &str,
        kind: &str,
        (key, step): (IdempotencyKey, &str),
        content: &Value,
    ) -> Result<String, CallError> {
        let txn = transaction(key, step);
        let answer = self.call(doing, Method::PUT, &["rooms", room, "send", kind, &txn], Some(content)).await?;
        Ok(event_id(&answer))
    }

    /// Redacts an event, at most once for each key; answers with the redaction's id.
    pub async fn redact(
        &self,
        room: &str,
        event: &str,
        key: IdempotencyKey,
        reason: Option<&str>,
    ) -> Result<String, CallError> {
        let txn = transaction(key, "redact");
        let body = reason.filter(|reason| !reason.is_empty()).map_or(json!({}), |reason| json!({ "reason": reason }));
        let path = ["rooms", room, "redact", event, &txn];
        Ok(event_id(&self.call("remove the message", Method::PUT, &path, Some(&body)).await?))
    }

    /// The id of the community's room that `place` names: an id, an alias, or the room's name.
    ///
    /// No other room is ever acted in, whoever else's it is.
    pub async fn room(&self, place: &str) -> Result<String, ApplyError> {
        let place = place.trim();
        if place.starts_with('!') {
            let is_ours = self.settings.governs(place);
            return if is_ours { Ok(place.to_owned()) } else { Err(not_ours(place)) };
        }
        if place.starts_with('#') {
            let alias =
                if place.contains(':') { place.to_owned() } else { format!("{place}:{}", server_of(self.own_user)) };
            let found = self.find("find the room", &["directory", "room", &alias]).await?;
            let id = found.as_ref().and_then(|found| found.get("room_id")).and_then(Value::as_str);
            if let Some(id) = id {
                let is_ours = self.settings.governs(id) || self.settings.governs(&alias);
                return if is_ours { Ok(id.to_owned()) } else { Err(not_ours(place)) };
            }
        }
        let name = place.trim_start_matches('#');
        for room in self.settings.rooms.iter().filter(|room| room.starts_with('!')).take(MAX_NAMED_ROOMS) {
            let known = self.state(room, "m.room.name", "").await?;
            let known = known.as_ref().and_then(|event| event.content.get("name")).and_then(Value::as_str);
            if known.is_some_and(|known| known.to_lowercase() == name.to_lowercase()) {
                return Ok(room.clone());
            }
        }
        Err(not_ours(place))
    }
}

impl From<&Value> for StateEvent {
    fn from(event: &Value) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let unsigned = event.get("unsigned");
        let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
        Self {
            id: text(event.get("event_id")),
            sender: text(event.get("sender")),
            content: object(event.get("content")),
            before: object(unsigned.and_then(|unsigned| unsigned.get("prev_content"))),
            replaces: unsigned.and_then(|u| u.get("replaces_state")?.as_str()).map(str::to_owned),
            at_ms: event.get("origin_server_ts").and_then(Value::as_i64).unwrap_or_default(),
        }
    }
}

/// Nothing there is an answer too.
fn found(answer: Result<Value, CallError>) -> Result<Option<Value>, CallError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.status == 404 => Ok(None),
        Err(error) => Err(error),
    }
}

/// The transaction id of one step of an operation: the homeserver answers a repetition with the first event.
fn transaction(key: IdempotencyKey, step: &str) -> String {
    format!("polity-{}-{step}", key.0)
}

fn event_id(answer: &Value) -> String {
    answer.get("event_id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn not_ours(place: &str) -> ApplyError {
    let shown: String = place.chars().take(80).collect();
    ApplyError::permanent("no-such-room", format!("'{shown}' is none of the community's rooms"))
}

/// No answer came: the homeserver may be down, so it is tried again.
fn lost(doing: &str, error: &reqwest::Error) -> CallError {
    let failure = match out_of_reach(error) {
        Some(refused) => ApplyError::permanent("out-of-reach", refused.to_string()),
        None => {
            let how = if error.is_timeout() { "did not answer in time" } else { "cannot be reached" };
            ApplyError::retry(format!("the homeserver {how}, so Polity could not {doing} yet"))
        }
    };
    CallError { status: 0, errcode: String::new(), failure }
}

/// The homeserver said no.
fn refused(doing: &str, status: u16, wait: Option<Duration>, answer: &Value) -> CallError {
    let text = |key: &str| -> String {
        answer.get(key).and_then(Value::as_str).unwrap_or_default().chars().take(200).collect()
    };
    let (errcode, error) = (text("errcode"), text("error"));
    let said = if error.is_empty() { format!("status {status}") } else { error };
    let failure = match (status, errcode.as_str()) {
        (429, _) | (_, "M_LIMIT_EXCEEDED") => {
            let after = answer.get("retry_after_ms").and_then(Value::as_u64).map(Duration::from_millis).or(wait);
            ApplyError::Retry { after, why: format!("the homeserver asked us to wait before we {doing}") }
        }
        (500..=599, _) => ApplyError::Retry {
            after: wait,
            why: format!("the homeserver has trouble and could not {doing} yet ({said})"),
        },
        (401, _) => {
            ApplyError::permanent("token-refused", format!("the homeserver does not accept our token ({said})"))
        }
        (403, _) => ApplyError::permanent("forbidden", format!("the homeserver does not let Polity {doing}: {said}")),
        (404, _) => ApplyError::permanent("not-found", format!("Polity could not {doing}: {said}")),
        _ => ApplyError::permanent("refused", format!("the homeserver refused to {doing}: {said}")),
    };
    CallError { status, errcode, failure }
}
