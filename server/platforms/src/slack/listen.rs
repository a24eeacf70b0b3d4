//! Socket Mode: Slack's deliveries over a socket that we dial, for services without a public address.
//!
//! # Source
//! <https://docs.slack.dev/apis/events-api/using-socket-mode>

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use super::settings::Settings;
use super::workspace::{base, call};
use crate::limits::{Limits, Urgency};
use crate::remote::Remote;
use crate::socket::{Frame, Socket, now};
use crate::{ApplyError, Connection, Delivery, Ear};

/// Longest that a socket may be silent: Slack pings more often than this.
const SILENCE: Duration = Duration::from_secs(90);

/// Dials, and hands on what is said until the socket ends. What we do not acknowledge, Slack says again on the next one.
pub(super) async fn listen(
    client: &Client,
    limits: &Limits,
    service: &Connection,
    ear: &dyn Ear,
) -> Result<(), ApplyError> {
    let missing = || ApplyError::permanent("not-configured", "the operator has not set Slack's app token");
    let token = service.secret("app_token").ok_or_else(missing)?;
    let remote = Remote { name: "Slack", client, limits, tenant: "" };
    let base = base(&Settings::of(service))?;
    let opened =
        call(remote, &base, Some(token), "open a socket", "apps.connections.open", &[], Urgency::Effect).await?;
    let address = opened.get("url").and_then(Value::as_str).unwrap_or_default();
    let mut socket = Socket::dial("Slack", address).await?;
    loop {
        let silent = |_| ApplyError::retry("the socket to Slack fell silent");
        let Frame::Message(bytes) = tokio::time::timeout(SILENCE, socket.next()).await.map_err(silent)?? else {
            return Ok(());
        };
        let Ok(envelope) = serde_json::from_slice::<Value>(&bytes) else { continue };
        let id = envelope.get("envelope_id").and_then(Value::as_str);
        match (envelope.get("type").and_then(Value::as_str), id) {
            // Slack is about to close this socket; the next one hears what this one does not.
            (Some("disconnect"), _) => {
                socket.close(1000).await;
                return Ok(());
            }
            (Some("events_api" | "interactive" | "slash_commands"), Some(id)) => {
                let payload = envelope.get("payload").cloned().unwrap_or_default();
                let delivery = Delivery::dialled(payload.to_string().into_bytes(), now());
                let answer = ear.hear(delivery, None).await?;
                let body: Option<Value> = answer.and_then(|answer| serde_json::from_str(&answer.body).ok());
                let mut ack = json!({ "envelope_id": id });
                if let (Some(body), Some(fields)) = (body, ack.as_object_mut()) {
                    fields.insert("payload".to_owned(), body);
                }
                socket.send(&ack).await?;
            }
            _ => {}
        }
    }
}
