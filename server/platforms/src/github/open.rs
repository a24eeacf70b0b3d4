//! What GitHub sends: one event in one webhook, signed.
//!
//! # Source
//! <https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries>.

use serde_json::Value;

use crate::signature::check_hmac;
use crate::{Answer, Connection, DecodeError, Delivery, Opened};

/// Largest delivery that is read.
///
/// # Units
/// Bytes. GitHub itself sends none above 25 MB.
pub const MAX_DELIVERY_BYTES: usize = 25 * 1024 * 1024;

/// Checks that GitHub sent it.
pub(super) fn verify(connection: &Connection, delivery: &Delivery) -> Result<(), DecodeError> {
    if delivery.body.len() > MAX_DELIVERY_BYTES {
        return Err(DecodeError::TooLarge(delivery.body.len(), MAX_DELIVERY_BYTES));
    }
    let secret = connection.secret("webhook_secret").ok_or(DecodeError::NotConfigured("webhook_secret"))?;
    let signature = delivery.header("x-hub-signature-256").ok_or(DecodeError::Unsigned)?;
    let signature = signature.strip_prefix("sha256=").ok_or(DecodeError::Forged)?;
    check_hmac(secret, &[&delivery.body], signature)
}

/// The event's name and body.
pub(super) fn read(delivery: &Delivery) -> Result<(&str, Value), DecodeError> {
    let name = delivery.header("x-github-event").ok_or(DecodeError::Malformed("no event is named".to_owned()))?;
    let is_json = delivery.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if !is_json {
        let why = "the webhook must be set to send application/json";
        return Err(DecodeError::Malformed(why.to_owned()));
    }
    let body = serde_json::from_slice(&delivery.body).map_err(|error| DecodeError::Malformed(error.to_string()))?;
    Ok((name, body))
}

/// Checks a delivery, and says whose it is.
///
/// GitHub signs no moment, and the delivery's id stands outside the signature: whoever recorded a delivery could give it
/// another. So its bytes are its id, which a redelivery shares, and each event is known by what it is about besides.
pub(super) fn open(service: &Connection, delivery: &Delivery) -> Result<Opened, DecodeError> {
    verify(service, delivery)?;
    let (name, body) = read(delivery)?;
    if name == "ping" {
        let answer = Answer { content_type: "text/plain", body: "pong".to_owned() };
        return Ok(Opened { answer: Some(answer), ..Opened::default() });
    }
    let tenant = body.pointer("/installation/id").and_then(Value::as_u64).map(|id| id.to_string());
    Ok(Opened { tenant, ..Opened::default() })
}
