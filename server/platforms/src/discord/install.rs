//! Installing us on a server: the visit to Discord and what comes of it.
//!
//! # Source
//! <https://docs.discord.com/developers/topics/oauth2#advanced-bot-authorization>.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::{Client, Method, Url};
use serde_json::{Value, json};
use types::Json;
use types::platform::ExternalUser;

use super::guild::{Asked, Guild, base, call};
use super::settings::Settings;
use crate::limits::{Limits, Urgency};
use crate::remote::{Call, Remote, Sent, address};
use crate::{ApplyError, Connection, Grant};

/// What the bot may do: the bit of the permission, and what it is for, in words.
pub(super) const NEEDED: &[(u32, &str)] = &[
    (1, "remove somebody"),
    (2, "ban somebody"),
    (4, "change channels"),
    (5, "set AutoMod up"),
    (7, "see who did what"),
    (10, "see channels"),
    (11, "write"),
    (13, "remove messages"),
    (16, "read what was said"),
    (27, "set nicknames"),
    (28, "give roles"),
    (40, "put somebody in timeout"),
    (51, "pin messages"),
];

/// Who may do any of this may install: administrate, or manage the server.
const MAY_INSTALL: u64 = 1 << 3 | 1 << 5;

/// Where somebody is sent to install us.
pub(super) fn url(service: &Connection, state: &str, back: &str) -> Option<String> {
    let id = service.config.text("application_id")?;
    let permissions = NEEDED.iter().fold(0_u64, |all, (bit, _)| all | 1 << bit);
    let mut url = base(&Settings::of(service)).ok()?.join("/oauth2/authorize").ok()?;
    url.query_pairs_mut()
        .append_pair("client_id", id)
        .append_pair("scope", "bot applications.commands identify guilds")
        .append_pair("permissions", &permissions.to_string())
        .append_pair("response_type", "code")
        .append_pair("state", state)
        .append_pair("redirect_uri", back);
    Some(url.into())
}

/// What came of the visit. Only who manages the server installs us there: for anybody else we leave again.
///
/// The server is the one that the token was given for. The one in the address could be anybody's.
pub(super) async fn granted(
    client: &Client,
    limits: &Limits,
    service: &Connection,
    query: &BTreeMap<String, String>,
    back: &str,
) -> Result<Grant, ApplyError> {
    if query.contains_key("error") {
        return Err(ApplyError::permanent("not-granted", "nothing was granted on Discord"));
    }
    let code = query.get("code").ok_or_else(|| ApplyError::permanent("no-code", "Discord sent no code along"))?;
    let operator = Operator::of(client, limits, service)?;
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", back)];
    let answer = operator.post("finish the installation", "token", &fields).await?;
    let token = answer.get("access_token").and_then(Value::as_str);
    let guild = answer.pointer("/guild/id").and_then(Value::as_str);
    let (Some(token), Some(guild)) = (token, guild) else {
        let why =
            "Discord does not know this visit any more, or no server was chosen: begin again from the community's page";
        return Err(ApplyError::permanent("code-spent", why));
    };
    let name = answer.pointer("/guild/name").and_then(Value::as_str).unwrap_or(guild).to_owned();
    let remote = Remote { name: "Discord", client, limits, tenant: guild };
    let bearer = || Some(format!("Bearer {token}"));
    let user =
        call(remote, &operator.base, bearer(), Asked::effect("see who installs it", Method::GET, &["users", "@me"]))
            .await;
    let guilds = call(
        remote,
        &operator.base,
        bearer(),
        Asked::effect("see who installs it", Method::GET, &["users", "@me", "guilds"]),
    )
    .await;
    // We act as the bot from now on; what speaks for the installer is given back, whatever comes of it.
    let _ = operator.post("give the grant back", "token/revoke", &[("token", token)]).await;
    let (user, guilds) = (user?, guilds?);
    let installer = user.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let theirs =
        guilds.as_array().into_iter().flatten().find(|one| one.get("id").and_then(Value::as_str) == Some(guild));
    let may = theirs.is_some_and(|one| {
        let bits = one.get("permissions").and_then(Value::as_str).and_then(|bits| bits.parse::<u64>().ok());
        one.get("owner").and_then(Value::as_bool).unwrap_or(false) || bits.unwrap_or_default() & MAY_INSTALL != 0
    });
    let config = json!({ "tenant": guild, "name": name, "channels": [], "hold_words": [] });
    if !may {
        let mut theirs = service.clone();
        theirs.config.0 = merged(&service.config.0, &config);
        if let Ok(server) = Guild::of(client, limits, &theirs) {
            let _ = server.leave().await;
        }
        let why = "only who may manage the server can install Polity there: ask one of them. Polity has left it again";
        return Err(ApplyError::permanent("not-an-administrator", why));
    }
    let display_name = user.get("global_name").or(user.get("username")).and_then(Value::as_str).map(str::to_owned);
    let installer = ExternalUser { id: installer, display_name, is_bot: false };
    Ok(Grant { tenant: guild.to_owned(), name, config: Json(config), secrets: BTreeMap::new(), installer })
}

fn merged(service: &Value, own: &Value) -> Value {
    let mut fields = service.as_object().cloned().unwrap_or_default();
    fields.extend(own.as_object().cloned().unwrap_or_default());
    Value::Object(fields)
}

/// The application's own side of a visit.
struct Operator<'a> {
    remote: Remote<'a>,
    base: Url,
    authorization: String,
}

impl<'a> Operator<'a> {
    fn of(client: &'a Client, limits: &'a Limits, service: &Connection) -> Result<Self, ApplyError> {
        let missing =
            |what| ApplyError::permanent("not-configured", format!("the operator has not set Discord's {what}"));
        let id = service.config.text("application_id").ok_or_else(|| missing("application id"))?;
        let secret = service.secret("client_secret").ok_or_else(|| missing("client secret"))?;
        let authorization = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
        let remote = Remote { name: "Discord", client, limits, tenant: "" };
        Ok(Self { remote, base: base(&Settings::of(service))?, authorization })
    }

    async fn post(&self, doing: &str, name: &str, fields: &[(&str, &str)]) -> Result<Value, ApplyError> {
        let path: Vec<&str> = ["oauth2"].into_iter().chain(name.split('/')).collect();
        let call = Call {
            doing,
            method: Method::POST,
            url: address(&self.base, &path),
            route: "oauth2",
            authorization: Some(self.authorization.clone()),
            headers: &[],
            sent: Sent::Form(fields),
            urgency: Urgency::Effect,
        };
        Ok(self.remote.call(call).await?.body)
    }
}
