//! What Slack sends: events, clicks and commands, all signed alike.
//!
//! # Source
//! <https://docs.slack.dev/authentication/verifying-requests-from-slack>, <https://docs.slack.dev/apis/events-api>,
//! <https://docs.slack.dev/reference/interaction-payloads>.

use serde_json::{Value, json};
use types::Json;
use types::platform::ExternalUser;

use crate::signature::{check_hmac, check_moment};
use crate::{Answer, Connection, DecodeError, Delivery, Interaction, Opened, Wish, ballots};

/// Largest delivery that is read.
///
/// # Units
/// Bytes. A message has at most 40,000 characters, and an edited one is told twice, with its blocks.
pub const MAX_DELIVERY_BYTES: usize = 2 * 1024 * 1024;

/// Checks that Slack sent it.
pub(super) fn verify(connection: &Connection, delivery: &Delivery) -> Result<(), DecodeError> {
    if delivery.body.len() > MAX_DELIVERY_BYTES {
        return Err(DecodeError::TooLarge(delivery.body.len(), MAX_DELIVERY_BYTES));
    }
    if delivery.is_dialled {
        return Ok(());
    }
    let secret = connection.secret("signing_secret").ok_or(DecodeError::NotConfigured("signing_secret"))?;
    let moment = delivery.header("x-slack-request-timestamp").ok_or(DecodeError::Unsigned)?;
    let signature = delivery.header("x-slack-signature").ok_or(DecodeError::Unsigned)?;
    check_moment(moment, delivery.received_at)?;
    let signature = signature.strip_prefix("v0=").ok_or(DecodeError::Forged)?;
    check_hmac(secret, &[b"v0:", moment.as_bytes(), b":", &delivery.body], signature)
}

/// Checks a delivery, and says whose it is.
pub(super) fn open(service: &Connection, delivery: &Delivery) -> Result<Opened, DecodeError> {
    verify(service, delivery)?;
    match read(delivery)? {
        Said::Event(envelope) => event(&envelope),
        Said::Click(payload) => click(&payload),
        Said::Command(fields) => Ok(command(&fields)),
    }
}

/// One delivery, told apart by its form.
pub(super) enum Said {
    /// Something happened.
    Event(Value),
    /// Somebody clicked.
    Click(Value),
    /// Somebody typed a command.
    Command(Value),
}

/// Reads the body: JSON of an event, or a form with a click in `payload`, or the form of a command.
pub(super) fn read(delivery: &Delivery) -> Result<Said, DecodeError> {
    let malformed = |error: serde_json::Error| DecodeError::Malformed(error.to_string());
    let is_form =
        delivery.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if is_form {
        let fields: serde_json::Map<String, Value> = url::form_urlencoded::parse(&delivery.body)
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect();
        return match fields.get("payload").and_then(Value::as_str) {
            Some(payload) => serde_json::from_str(payload).map(Said::Click).map_err(malformed),
            None if fields.contains_key("command") => Ok(Said::Command(Value::Object(fields))),
            None => Err(DecodeError::Malformed("the form holds neither a payload nor a command".to_owned())),
        };
    }
    let body: Value = serde_json::from_slice(&delivery.body).map_err(malformed)?;
    // Over a socket, all three come as JSON.
    match body.get("type").and_then(Value::as_str) {
        Some("block_actions" | "shortcut" | "message_action" | "view_submission" | "view_closed") => {
            Ok(Said::Click(body))
        }
        None if body.get("command").is_some() => Ok(Said::Command(body)),
        Some(_) => Ok(Said::Event(body)),
        None => Err(DecodeError::Malformed("the delivery has no type".to_owned())),
    }
}

fn event(envelope: &Value) -> Result<Opened, DecodeError> {
    let text = |key: &str| envelope.get(key).and_then(Value::as_str).map(str::to_owned);
    match text("type").as_deref() {
        Some("url_verification") => {
            let challenge = text("challenge").ok_or(DecodeError::Malformed("the challenge is missing".to_owned()))?;
            Ok(Opened { answer: Some(Answer::json(&json!({ "challenge": challenge }))), ..Opened::default() })
        }
        Some("event_callback") => {
            let tenant = tenant_of(envelope).ok_or(DecodeError::Malformed("no workspace is named".to_owned()))?;
            let id = text("event_id").ok_or(DecodeError::Malformed("the event has no id".to_owned()))?;
            Ok(Opened { tenant: Some(tenant), id: Some(id), ..Opened::default() })
        }
        Some("app_rate_limited") => {
            let id = format!("limited:{}", envelope.get("minute_rate_limited").unwrap_or(&Value::Null));
            Ok(Opened { tenant: text("team_id"), id: Some(id), ..Opened::default() })
        }
        _ => Err(DecodeError::Malformed("the type is none that Slack documents".to_owned())),
    }
}

/// The workspace by whose installation we hear of an event. In a channel shared between workspaces `team_id` may be another.
fn tenant_of(envelope: &Value) -> Option<String> {
    let seen_by = envelope.get("authorizations").and_then(|all| all.get(0));
    let is_enterprise = seen_by.and_then(|by| by.get("is_enterprise_install")).and_then(Value::as_bool) == Some(true);
    let key = if is_enterprise { "enterprise_id" } else { "team_id" };
    let named = seen_by.and_then(|by| by.get(key)).or_else(|| envelope.get("team_id"));
    named.and_then(Value::as_str).map(str::to_owned)
}

fn click(payload: &Value) -> Result<Opened, DecodeError> {
    let at = |path: &str| payload.pointer(path).and_then(Value::as_str);
    let tenant = at("/team/id").or(at("/enterprise/id")).map(str::to_owned);
    let (Some(user), Some(action)) = (at("/user/id"), at("/actions/0/value")) else {
        // A shortcut or a dialogue, of which we have none.
        return Ok(Opened { tenant, ..Opened::default() });
    };
    let Some((proposal, value)) = ballots::clicked(action) else { return Ok(Opened { tenant, ..Opened::default() }) };
    let moment = at("/actions/0/action_ts").or(at("/trigger_id"));
    let moment = moment.ok_or(DecodeError::Malformed("the click has no moment".to_owned()))?;
    let interaction = Interaction {
        id: format!("click:{user}:{moment}"),
        user: ExternalUser {
            id: user.to_owned(),
            display_name: at("/user/name").or(at("/user/username")).map(str::to_owned),
            is_bot: false,
        },
        place: at("/container/channel_id").or(at("/channel/id")).map(str::to_owned),
        wish: Wish::Vote { proposal, value },
        reply: Json(json!({ "response_url": at("/response_url") })),
    };
    Ok(Opened { tenant, interaction: Some(interaction), ..Opened::default() })
}

fn command(fields: &Value) -> Opened {
    let text = |key: &str| fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let tenant = text("team_id").or(text("enterprise_id")).map(str::to_owned);
    let Some(user) = text("user_id") else { return Opened { tenant, ..Opened::default() } };
    let interaction = Interaction {
        id: format!("command:{}", text("trigger_id").unwrap_or_default()),
        user: ExternalUser { id: user.to_owned(), display_name: text("user_name").map(str::to_owned), is_bot: false },
        place: text("channel_id").map(str::to_owned),
        wish: Wish::Command(text("text").unwrap_or_default().trim().to_owned()),
        reply: Json(json!({ "response_url": text("response_url"), "inline": true })),
    };
    Opened { tenant, interaction: Some(interaction), ..Opened::default() }
}
