//! Talking to a server: one call, its failures in words, and what is read.

use reqwest::{Client, Method, Url};
use serde_json::{Value, json};
use types::Json;
use types::platform::{ExternalUser, Person};

use super::rules::is_id;
use super::settings::Settings;
use crate::limits::{Limits, Urgency};
use crate::remote::{Answered, Call, Remote, Sent, address, said};
use crate::{ApplyError, Connection, Found, votes};

/// Pages of reactions that are read: ten thousand voters under one emoji.
const MAX_PAGES: usize = 100;

/// A server, as one connection reaches it.
pub(super) struct Guild<'a> {
    remote: Remote<'a>,
    base: Url,
    token: &'a str,
    /// The settings of the connection.
    pub settings: Settings,
}

/// One call: what for, how, where, and with what.
pub(super) struct Asked<'a> {
    /// In words: "delete the message".
    pub doing: &'a str,
    /// The method.
    pub method: Method,
    /// The parts of the address.
    pub path: &'a [&'a str],
    /// The query.
    pub query: &'a [(&'a str, &'a str)],
    /// What is sent along.
    pub body: Option<&'a Value>,
    /// Why, for the server's own log.
    pub reason: Option<&'a str>,
    /// How urgent it is.
    pub urgency: Urgency,
}

impl<'a> Asked<'a> {
    /// A call that carries out, undoes, or finds out.
    pub fn effect(doing: &'a str, method: Method, path: &'a [&'a str]) -> Self {
        Self { doing, method, path, query: &[], body: None, reason: None, urgency: Urgency::Effect }
    }

    /// A call that says something.
    pub fn talk(doing: &'a str, method: Method, path: &'a [&'a str], body: &'a Value) -> Self {
        Self { body: Some(body), urgency: Urgency::Talk, ..Self::effect(doing, method, path) }
    }
}

/// Discord said no, with its own code: 10008 is a message that is not there.
#[derive(Debug)]
pub(super) struct DiscordError {
    /// The status; 0 where no answer came.
    pub status: u16,
    /// Discord's code; 0 where there is none.
    pub code: u64,
    /// What it means for the operation.
    pub failure: ApplyError,
}

impl From<DiscordError> for ApplyError {
    fn from(error: DiscordError) -> Self {
        error.failure
    }
}

impl From<ApplyError> for DiscordError {
    fn from(failure: ApplyError) -> Self {
        Self { status: 0, code: 0, failure }
    }
}

impl<'a> Guild<'a> {
    /// The server of `connection`.
    pub fn of(client: &'a Client, limits: &'a Limits, connection: &'a Connection) -> Result<Self, ApplyError> {
        let settings = Settings::of(connection);
        let tenant = connection.config.text("tenant").unwrap_or_default();
        let token = connection
            .secret("bot_token")
            .ok_or_else(|| ApplyError::permanent("no-token", "the operator has not set Discord's bot token"))?;
        let base = base(&settings)?;
        Ok(Self { remote: Remote { name: "Discord", client, limits, tenant }, base, token, settings })
    }

    /// One call.
    pub async fn call(&self, asked: Asked<'_>) -> Result<Value, DiscordError> {
        call(self.remote, &self.base, Some(format!("Bot {}", self.token)), asked).await
    }

    /// The id of the channel that `place` names: an id, or `#name`. Nothing outside what is governed is acted in.
    pub async fn channel(&self, place: &str) -> Result<String, ApplyError> {
        let place = place.trim();
        let found = if is_id(place) { Some(place.to_owned()) } else { self.channel_named(place).await? };
        let shown = said(place);
        found.filter(|id| self.settings.governs(id)).ok_or_else(|| {
            ApplyError::permanent(
                "no-such-channel",
                format!("'{shown}' is none of the community's channels on Discord"),
            )
        })
    }

    async fn channel_named(&self, place: &str) -> Result<Option<String>, ApplyError> {
        let name = place.trim_start_matches('#').to_lowercase();
        let channels = self.channels().await?;
        let channels = channels.as_array().into_iter().flatten();
        let found = channels.into_iter().find(|channel| channel.get("name").and_then(Value::as_str) == Some(&name));
        Ok(found.and_then(|channel| channel.get("id")?.as_str()).map(str::to_owned))
    }

    /// All channels of the server.
    pub async fn channels(&self) -> Result<Value, ApplyError> {
        let path = ["guilds", &self.settings.tenant, "channels"];
        Ok(self.call(Asked::effect("list the channels", Method::GET, &path)).await?)
    }

    /// The server, with its roles.
    pub async fn see(&self) -> Result<Value, ApplyError> {
        Ok(self.call(Asked::effect("see the server", Method::GET, &["guilds", &self.settings.tenant])).await?)
    }

    /// A member; `None` for who is none.
    pub async fn member(&self, user: &str) -> Result<Option<Value>, ApplyError> {
        let path = ["guilds", &self.settings.tenant, "members", user];
        match self.call(Asked::effect("look somebody up", Method::GET, &path)).await {
            Ok(member) => Ok(Some(member)),
            Err(error) if error.status == 404 => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The reactions under a message that are votes, all pages, ordinary and super, each with who made it.
    pub async fn reactions(&self, message: &str) -> Result<Vec<Found>, ApplyError> {
        let (channel, id) = message.split_once('/').unwrap_or(("", message));
        let path = ["channels", channel, "messages", id];
        let asked = Asked { urgency: Urgency::Talk, ..Asked::effect("count the reactions", Method::GET, &path) };
        let posted = self.call(asked).await?;
        let mut found: Vec<Found> = Vec::new();
        for reaction in posted.get("reactions").and_then(Value::as_array).into_iter().flatten() {
            let emoji = reaction.pointer("/emoji/name").and_then(Value::as_str).unwrap_or_default();
            let custom = reaction.pointer("/emoji/id").and_then(Value::as_str);
            let Some(value) = votes::from_reaction(emoji) else { continue };
            let named = custom.map_or(emoji.to_owned(), |id| format!("{emoji}:{id}"));
            for voter in self.reactors(channel, id, &named).await? {
                let event = format!("reaction:{message}:{}:{emoji}", voter.id);
                if !found.iter().any(|known| known.event == event) {
                    found.push(Found { event, voter, value: value.clone() });
                }
            }
        }
        Ok(found)
    }

    async fn reactors(&self, channel: &str, message: &str, emoji: &str) -> Result<Vec<ExternalUser>, ApplyError> {
        let mut all = Vec::new();
        for kind in ["0", "1"] {
            let mut after = "0".to_owned();
            for _ in 0..MAX_PAGES {
                let path = ["channels", channel, "messages", message, "reactions", emoji];
                let query = [("limit", "100"), ("type", kind), ("after", after.as_str())];
                let asked = Asked {
                    query: &query,
                    urgency: Urgency::Talk,
                    ..Asked::effect("count the reactions", Method::GET, &path)
                };
                let page = self.call(asked).await?;
                let page = page.as_array().cloned().unwrap_or_default();
                let text = |user: &Value, key: &str| user.get(key).and_then(Value::as_str).map(str::to_owned);
                let last = page.last().and_then(|user| text(user, "id"));
                let is_bot = |user: &Value| user.get("bot").and_then(Value::as_bool).unwrap_or(false);
                all.extend(page.iter().filter(|user| !is_bot(user)).filter_map(|user| {
                    let name = text(user, "global_name").or_else(|| text(user, "username"));
                    Some(ExternalUser { id: text(user, "id")?, display_name: name, is_bot: false })
                }));
                match last.filter(|_| page.len() == 100) {
                    Some(last) => after = last,
                    None => break,
                }
            }
        }
        Ok(all)
    }

    /// What the server knows of a member.
    pub async fn look_up(&self, name: &str, of: &Person) -> Result<Json, ApplyError> {
        let Some(user) = of.external.as_deref() else { return Ok(Json(Value::Null)) };
        if name == "account_created_at" {
            let ever = types::Timestamp::from_millis(i64::MAX);
            return Ok(Json(json!(super::decode::moment(user, ever))));
        }
        let Some(member) = self.member(user).await? else { return Ok(Json(Value::Null)) };
        match name {
            "joined_at" => Ok(Json(member.get("joined_at").cloned().unwrap_or_default())),
            "is_boosting" => Ok(Json(json!(member.get("premium_since").is_some_and(|since| !since.is_null())))),
            "roles" => {
                let server = self.see().await?;
                let held = member.get("roles").and_then(Value::as_array).cloned().unwrap_or_default();
                let roles = server.get("roles").and_then(Value::as_array).into_iter().flatten();
                let held = roles.filter(|role| role.get("id").is_some_and(|id| held.contains(id)));
                Ok(Json(held.filter_map(|role| role.get("name").cloned()).collect()))
            }
            _ => {
                Err(ApplyError::permanent("unknown-lookup", format!("discord has nothing called '{name}' to look up")))
            }
        }
    }
}

/// The address that calls are made under.
pub(super) fn base(settings: &Settings) -> Result<Url, ApplyError> {
    Url::parse(settings.api())
        .map_err(|_| ApplyError::permanent("bad-settings", "the address of Discord is no address"))
}

/// One call, by whomever.
pub(super) async fn call(
    remote: Remote<'_>,
    base: &Url,
    authorization: Option<String>,
    asked: Asked<'_>,
) -> Result<Value, DiscordError> {
    let mut url = address(base, asked.path);
    if !asked.query.is_empty() {
        url.query_pairs_mut().extend_pairs(asked.query);
    }
    // Discord counts by the first id of the path, and by method.
    let route = format!("{} {}", asked.method, asked.path.iter().take(3).copied().collect::<Vec<_>>().join("/"));
    let quoted: String =
        asked.reason.map(|why| url::form_urlencoded::byte_serialize(cut(why).as_bytes()).collect()).unwrap_or_default();
    let headers = [("x-audit-log-reason", quoted.replace('+', "%20"))];
    let call = Call {
        doing: asked.doing,
        method: asked.method,
        url,
        route: &route,
        authorization,
        headers: if quoted.is_empty() { &[] } else { &headers },
        sent: asked.body.map_or(Sent::Nothing, Sent::Json),
        urgency: asked.urgency,
    };
    let answered = remote.call(call).await?;
    if answered.is_ok() { Ok(answered.body) } else { Err(refused(asked.doing, &answered)) }
}

/// A reason as far as the log keeps it.
fn cut(why: &str) -> String {
    why.chars().take(200).collect()
}

/// Discord said no.
fn refused(doing: &str, answered: &Answered) -> DiscordError {
    let code = answered.body.get("code").and_then(Value::as_u64).unwrap_or_default();
    let words = said(answered.text("message").unwrap_or_default());
    let words = if words.is_empty() { format!("status {}", answered.status) } else { words };
    let failure = match (answered.status, code) {
        (401, _) => {
            ApplyError::permanent("token-refused", format!("Discord does not accept the bot's token ({words})"))
        }
        (_, 50013 | 50001) | (403, _) => ApplyError::permanent(
            "forbidden",
            format!(
                "Discord does not let Polity {doing}: {words}. Its role must have the permission, and stand above whom it concerns"
            ),
        ),
        (404, _) => ApplyError::permanent("not-found", format!("Polity could not {doing}: {words}")),
        _ => ApplyError::permanent("refused", format!("Discord refused to {doing}: {words}")),
    };
    DiscordError { status: answered.status, code, failure }
}
