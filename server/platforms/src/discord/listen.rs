//! The gateway: identify, heartbeat, resume, and catching up where a session was lost.
//!
//! # Source
//! <https://docs.discord.com/developers/events/gateway>.

use std::time::Duration;

use reqwest::{Client, Method};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::decode::id_after;
use super::guild::{Asked, base, call};
use super::settings::Settings;
use crate::limits::Limits;
use crate::remote::Remote;
use crate::socket::{Frame, Socket, now};
use crate::{ApplyError, Connection, Delivery, Ear};

/// What we want to hear of: servers, members*, moderation, messages, reactions, contents*, AutoMod. Those with a star are
/// privileges that the operator switches on at Discord.
const INTENTS: u64 = 1 | 1 << 1 | 1 << 2 | 1 << 9 | 1 << 10 | 1 << 15 | 1 << 21;

/// Messages of one channel that are read to catch up.
const CAUGHT_UP: &str = "100";

/// The events that say something. All others are the gateway's own business.
const HEARD: &[&str] = &[
    "AUTO_MODERATION_ACTION_EXECUTION",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "GUILD_DELETE",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_REMOVE",
    "INTERACTION_CREATE",
    "MESSAGE_CREATE",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_ADD",
    "MESSAGE_REACTION_REMOVE",
    "MESSAGE_UPDATE",
];

/// How far we have come: enough to go on where we stopped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cursor {
    /// The session; empty where there is none to resume.
    session: String,
    /// Where it is resumed.
    address: String,
    /// The number of its last event.
    seq: u64,
    /// When we last heard anything, in milliseconds.
    at_ms: i64,
}

/// One session on the gateway.
struct Session<'a> {
    socket: Socket,
    ear: &'a dyn Ear,
    remote: Remote<'a>,
    service: &'a Connection,
    token: &'a str,
    cursor: Cursor,
    /// Since when messages have to be read, because the session in which they would have been told was lost.
    lost_since_ms: Option<i64>,
}

/// Dials, and hands on what is said until the socket ends.
pub(super) async fn listen(
    client: &Client,
    limits: &Limits,
    service: &Connection,
    cursor: Option<String>,
    ear: &dyn Ear,
) -> Result<(), ApplyError> {
    let missing = || ApplyError::permanent("not-configured", "the operator has not set Discord's bot token");
    let token = service.secret("bot_token").ok_or_else(missing)?;
    let remote = Remote { name: "Discord", client, limits, tenant: "" };
    let cursor: Cursor = cursor.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let address = if cursor.session.is_empty() {
        let asked = Asked::effect("find the gateway", Method::GET, &["gateway", "bot"]);
        let found = call(remote, &base(&Settings::of(service))?, Some(format!("Bot {token}")), asked).await?;
        found.get("url").and_then(Value::as_str).unwrap_or_default().to_owned()
    } else {
        cursor.address.clone()
    };
    let socket = Socket::dial("Discord", &format!("{}/?v=10&encoding=json", address.trim_end_matches('/'))).await?;
    Session { socket, ear, remote, service, token, cursor, lost_since_ms: None }.run().await
}

impl Session<'_> {
    async fn run(mut self) -> Result<(), ApplyError> {
        let Frame::Message(hello) = self.socket.next().await? else {
            return Err(ApplyError::retry("Discord closed the socket before it said hello"));
        };
        let hello: Value = serde_json::from_slice(&hello).unwrap_or_default();
        let interval = hello.pointer("/d/heartbeat_interval").and_then(Value::as_u64).unwrap_or(41_250).max(1_000);
        let interval = Duration::from_millis(interval);
        self.introduce().await?;
        // The first beat comes at a random moment of the first interval, so that not all bots beat at once.
        let share = u32::try_from(now().0.rem_euclid(1000)).unwrap_or(500);
        let mut beat_at = Instant::now() + interval.mul_f64(f64::from(share) / 1000.0);
        let mut is_acknowledged = true;
        loop {
            let frame = tokio::select! {
                frame = self.socket.next() => frame?,
                () = tokio::time::sleep_until(beat_at) => {
                    if !is_acknowledged {
                        // Nobody is there any more. A code that is not 1000 keeps the session for resuming.
                        self.socket.close(4000).await;
                        return Err(ApplyError::retry("Discord does not answer our heartbeat"));
                    }
                    is_acknowledged = false;
                    beat_at = Instant::now() + interval;
                    self.socket.send(&json!({ "op": 1, "d": self.cursor.seq })).await?;
                    continue;
                }
            };
            let bytes = match frame {
                Frame::Message(bytes) => bytes,
                Frame::Closed(code) => return self.closed(code).await,
            };
            let Ok(frame) = serde_json::from_slice::<Value>(&bytes) else { continue };
            match frame.get("op").and_then(Value::as_u64) {
                Some(0) => self.dispatched(frame).await?,
                Some(1) => self.socket.send(&json!({ "op": 1, "d": self.cursor.seq })).await?,
                Some(7) => {
                    self.socket.close(4000).await;
                    return Ok(());
                }
                // The session is gone, unless Discord says that it can be resumed.
                Some(9) => {
                    if frame.get("d").and_then(Value::as_bool) != Some(true) {
                        self.forget().await?;
                    }
                    self.socket.close(4000).await;
                    return Err(ApplyError::retry("Discord does not know our session any more"));
                }
                Some(11) => is_acknowledged = true,
                _ => {}
            }
        }
    }

    /// Resumes the session, or begins a new one.
    async fn introduce(&mut self) -> Result<(), ApplyError> {
        if !self.cursor.session.is_empty() {
            let resume = json!({ "token": self.token, "session_id": self.cursor.session, "seq": self.cursor.seq });
            return self.socket.send(&json!({ "op": 6, "d": resume })).await;
        }
        self.lost_since_ms = (self.cursor.at_ms > 0).then_some(self.cursor.at_ms);
        let us = json!({ "os": std::env::consts::OS, "browser": "polity", "device": "polity" });
        let identify = json!({ "token": self.token, "intents": INTENTS, "properties": us });
        self.socket.send(&json!({ "op": 2, "d": identify })).await
    }

    async fn dispatched(&mut self, frame: Value) -> Result<(), ApplyError> {
        let seq = frame.get("s").and_then(Value::as_u64);
        let kind = frame.get("t").and_then(Value::as_str).unwrap_or_default();
        self.cursor.seq = seq.unwrap_or(self.cursor.seq);
        self.cursor.at_ms = now().0;
        let text = |path: &str| frame.pointer(path).and_then(Value::as_str).map(str::to_owned);
        match kind {
            "READY" => {
                self.cursor.session = text("/d/session_id").unwrap_or_default();
                self.cursor.address = text("/d/resume_gateway_url").unwrap_or_default();
                self.hear(&json!({ "op": 0, "t": "READY", "s": seq, "d": {} })).await
            }
            "GUILD_CREATE" => match self.lost_since_ms {
                Some(since) => self.catch_up(&frame, since).await,
                None => Ok(()),
            },
            kind if HEARD.contains(&kind) => self.hear(&frame).await,
            _ => Ok(()),
        }
    }

    /// Hands an event on; where it was not kept, the socket ends here and Discord says it again.
    async fn hear(&self, frame: &Value) -> Result<(), ApplyError> {
        let cursor = serde_json::to_string(&self.cursor).ok();
        self.ear.hear(Delivery::dialled(frame.to_string().into_bytes(), now()), cursor).await.map(drop)
    }

    /// Reads what was said in a server's channels while nobody heard it, and tells it as if it were said now.
    async fn catch_up(&self, created: &Value, since_ms: i64) -> Result<(), ApplyError> {
        let guild = created.pointer("/d/id").and_then(Value::as_str).unwrap_or_default();
        let after = id_after(since_ms);
        let base = base(&Settings::of(self.service))?;
        for channel in created.pointer("/d/channels").and_then(Value::as_array).into_iter().flatten() {
            let is_text = matches!(channel.get("type").and_then(Value::as_u64), Some(0 | 5));
            let Some(id) = channel.get("id").and_then(Value::as_str).filter(|_| is_text) else { continue };
            let path = ["channels", id, "messages"];
            let query = [("after", after.as_str()), ("limit", CAUGHT_UP)];
            let asked = Asked { query: &query, ..Asked::effect("catch up", Method::GET, &path) };
            let remote = Remote { tenant: guild, ..self.remote };
            // A channel that we may not read is one that we did not hear before either.
            let Ok(page) = call(remote, &base, Some(format!("Bot {}", self.token)), asked).await else { continue };
            // Newest first; told oldest first.
            for message in page.as_array().into_iter().flatten().rev() {
                let mut message = message.clone();
                if let Some(fields) = message.as_object_mut() {
                    fields.insert("guild_id".to_owned(), json!(guild));
                }
                self.hear(&json!({ "op": 0, "t": "MESSAGE_CREATE", "s": 0, "d": message })).await?;
            }
        }
        Ok(())
    }

    /// Forgets the session, and remembers when it was lost.
    async fn forget(&mut self) -> Result<(), ApplyError> {
        self.cursor = Cursor { at_ms: self.cursor.at_ms, ..Cursor::default() };
        self.hear(&json!({ "op": 0, "t": "RESUMED", "s": 0, "d": {} })).await
    }

    async fn closed(mut self, code: Option<u16>) -> Result<(), ApplyError> {
        match code {
            // Our token, our shard, our version or our privileges: only the operator can mend these.
            Some(code @ (4004 | 4010..=4014)) => Err(ApplyError::permanent(
                "gateway-refused",
                format!("Discord refuses the bot (code {code}): look at its token and its privileged intents"),
            )),
            // The session cannot be resumed.
            Some(4007 | 4009) => self.forget().await,
            _ => Ok(()),
        }
    }
}
