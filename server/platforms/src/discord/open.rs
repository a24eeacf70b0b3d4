//! What Discord sends: interactions over HTTP, signed; and everything over the gateway that we dial.
//!
//! # Source
//! <https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint-validating-security-request-headers>.

use serde_json::{Value, json};
use types::Json;
use types::platform::ExternalUser;

use super::settings::Settings;
use crate::signature::{check_ed25519, check_moment};
use crate::{Answer, Connection, DecodeError, Delivery, Interaction, Opened, Wish, ballots};

/// Largest delivery that is read, in bytes. The gateway's first words about a server are the largest.
pub const MAX_DELIVERY_BYTES: usize = 16 * 1024 * 1024;

/// An answer for the eyes of who clicked or typed alone.
const EPHEMERAL: u32 = 64;

/// Checks that Discord sent it.
pub(super) fn verify(connection: &Connection, delivery: &Delivery) -> Result<(), DecodeError> {
    if delivery.body.len() > MAX_DELIVERY_BYTES {
        return Err(DecodeError::TooLarge(delivery.body.len(), MAX_DELIVERY_BYTES));
    }
    if delivery.is_dialled {
        return Ok(());
    }
    let key = connection.config.text("public_key").filter(|key| !key.is_empty());
    let key = key.ok_or(DecodeError::NotConfigured("public_key"))?;
    let moment = delivery.header("x-signature-timestamp").ok_or(DecodeError::Unsigned)?;
    let signature = delivery.header("x-signature-ed25519").ok_or(DecodeError::Unsigned)?;
    check_ed25519(key, &[moment.as_bytes(), &delivery.body], signature)?;
    // Discord sets no limit; without one, whoever recorded a click could vote with it for ever.
    check_moment(moment, delivery.received_at)
}

/// Checks a delivery, and says whose it is.
pub(super) fn open(service: &Connection, delivery: &Delivery) -> Result<Opened, DecodeError> {
    verify(service, delivery)?;
    let body: Value =
        serde_json::from_slice(&delivery.body).map_err(|error| DecodeError::Malformed(error.to_string()))?;
    if body.get("op").is_some() {
        return Ok(dispatched(&body));
    }
    match body.get("type").and_then(Value::as_u64) {
        Some(1) => Ok(Opened { answer: Some(Answer::json(&json!({ "type": 1 }))), ..Opened::default() }),
        Some(_) => interaction(&body, false),
        None => Err(DecodeError::Malformed("the interaction has no type".to_owned())),
    }
}

/// An event of the gateway: `{op: 0, t, s, d}`.
fn dispatched(frame: &Value) -> Opened {
    let data = frame.get("d").unwrap_or(&Value::Null);
    let text = |key: &str| data.get(key).and_then(Value::as_str);
    let kind = frame.get("t").and_then(Value::as_str).unwrap_or_default();
    if kind == "INTERACTION_CREATE" {
        return interaction(data, true).unwrap_or_default();
    }
    // A server event names itself `id`, everything in it `guild_id`.
    let tenant = if kind.starts_with("GUILD_") && text("guild_id").is_none() { text("id") } else { text("guild_id") };
    let object = ["id", "message_id", "user_id"].iter().find_map(|key| text(key)).unwrap_or_default();
    let more = ["user_id", "edited_timestamp"].iter().find_map(|key| text(key)).unwrap_or_default();
    let seq = frame.get("s").and_then(Value::as_u64).unwrap_or_default();
    Opened { tenant: tenant.map(str::to_owned), id: Some(format!("{kind}:{object}:{more}:{seq}")), ..Opened::default() }
}

/// A click or a command. What else there is has no meaning here and is answered by nobody.
fn interaction(body: &Value, by_gateway: bool) -> Result<Opened, DecodeError> {
    let at = |path: &str| body.pointer(path).and_then(Value::as_str);
    let tenant = at("/guild_id").map(str::to_owned);
    let missing = |what: &str| DecodeError::Malformed(format!("the interaction has no {what}"));
    let id = at("/id").ok_or_else(|| missing("id"))?;
    let token = at("/token").ok_or_else(|| missing("token"))?;
    let Some(user) = at("/member/user/id").or(at("/user/id")) else {
        return Ok(Opened { tenant, ..Opened::default() });
    };
    let name = at("/member/nick").or(at("/member/user/global_name")).or(at("/member/user/username"));
    let wish = match body.get("type").and_then(Value::as_u64) {
        Some(2) => {
            let words = body.pointer("/data/options/0/value").and_then(Value::as_str).unwrap_or_default();
            Wish::Command(words.to_owned())
        }
        Some(3) => match at("/data/custom_id").and_then(ballots::clicked) {
            Some((proposal, value)) => Wish::Vote { proposal, value },
            None => return Ok(Opened { tenant, ..Opened::default() }),
        },
        _ => return Ok(Opened { tenant, ..Opened::default() }),
    };
    let is_bot = body.pointer("/member/user/bot").and_then(Value::as_bool).unwrap_or(false);
    let interaction = Interaction {
        id: id.to_owned(),
        user: ExternalUser { id: user.to_owned(), display_name: name.map(str::to_owned), is_bot },
        place: at("/channel_id").map(str::to_owned),
        wish,
        reply: Json(json!({ "id": id, "token": token, "by_gateway": by_gateway })),
    };
    Ok(Opened { tenant, interaction: Some(interaction), ..Opened::default() })
}

/// What is answered to a click or a command, for its maker alone; none to what came over the gateway, which is answered by a
/// call.
pub(super) fn reply(interaction: &Interaction, text: &str) -> Option<Answer> {
    let by_gateway = interaction.reply.get("by_gateway").and_then(Value::as_bool).unwrap_or(false);
    (!by_gateway).then(|| Answer::json(&message_for_one(text)))
}

/// A message that one person sees.
pub(super) fn message_for_one(text: &str) -> Value {
    let content = super::say::fit(text);
    json!({ "type": 4, "data": { "content": content, "flags": EPHEMERAL, "allowed_mentions": { "parse": [] } } })
}

/// Whether a user is the bot itself.
pub(super) fn is_own(settings: &Settings, user: &str) -> bool {
    !settings.application_id.is_empty() && settings.application_id == user
}
