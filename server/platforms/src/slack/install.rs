//! Installing us in a workspace: the visit to Slack, what comes of it, and the app that Slack is told of.
//!
//! # Source
//! <https://docs.slack.dev/authentication/installing-with-oauth>, <https://docs.slack.dev/reference/app-manifest>.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use types::platform::ExternalUser;
use types::{Json, Timestamp};

use super::settings::Settings;
use super::workspace::{As, SlackError, Workspace, base, call};
use crate::limits::{Limits, Urgency};
use crate::remote::Remote;
use crate::socket::now;
use crate::{ApplyError, Connection, Grant};

/// What the bot may do.
pub(super) const BOT_SCOPES: &[&str] = &[
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.customize",
    "chat:write.public",
    "commands",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "team:read",
    "usergroups:read",
    "usergroups:write",
    "users:read",
];

/// What we may do in the administrator's name, because Slack lets no bot do it: delete members' messages, rename and archive
/// channels, remove somebody from one.
pub(super) const ADMIN_SCOPES: &[&str] = &["channels:write", "chat:write", "groups:write"];

/// What Slack tells us of.
const EVENTS: &[&str] = &[
    "app_uninstalled",
    "channel_archive",
    "channel_created",
    "channel_unarchive",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "pin_added",
    "pin_removed",
    "reaction_added",
    "reaction_removed",
    "subteam_updated",
    "team_join",
    "tokens_revoked",
];

/// How long before a token runs out it is exchanged.
const RENEWED_BEFORE: Duration = Duration::from_secs(3 * 3600);

/// Where somebody is sent to install us.
pub(super) fn url(service: &Connection, state: &str, back: &str) -> Option<String> {
    let client_id = service.config.text("client_id")?;
    // Beside the interface: `https://slack.com/api/` and `https://slack.com/oauth/v2/authorize`.
    let mut url = base(&Settings::of(service)).ok()?.join("/oauth/v2/authorize").ok()?;
    url.query_pairs_mut()
        .append_pair("client_id", client_id)
        .append_pair("scope", &BOT_SCOPES.join(","))
        .append_pair("user_scope", &ADMIN_SCOPES.join(","))
        .append_pair("state", state)
        .append_pair("redirect_uri", back);
    Some(url.into())
}

/// What came of the visit. Only an administrator of the workspace installs us: what anybody else granted is given back.
pub(super) async fn granted(
    client: &Client,
    limits: &Limits,
    service: &Connection,
    query: &BTreeMap<String, String>,
    back: &str,
) -> Result<Grant, ApplyError> {
    if let Some(error) = query.get("error") {
        let why = if error == "access_denied" { "nothing was granted on Slack" } else { "Slack broke the visit off" };
        return Err(ApplyError::permanent("not-granted", why));
    }
    let code = query.get("code").ok_or_else(|| ApplyError::permanent("no-code", "Slack sent no code along"))?;
    let (remote, base, credentials) = operator(client, limits, service)?;
    let mut fields: Vec<(&str, &str)> = credentials.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("code", code.as_str()), ("redirect_uri", back)]);
    let exchange = call(remote, &base, None, "finish the installation", "oauth.v2.access", &fields, Urgency::Effect);
    let answer = exchange.await.map_err(spent)?;
    let grant = grant(&answer)?;
    let admin = grant.secrets.get("admin_token").map(|token| token.expose_secret().to_owned()).unwrap_or_default();
    let bot = grant.secrets.get("bot_token").map(|token| token.expose_secret().to_owned()).unwrap_or_default();
    let remote = Remote { tenant: &grant.tenant, ..remote };
    let fields = [("user", grant.installer.id.as_str())];
    let who = call(remote, &base, Some(&bot), "see who installs it", "users.info", &fields, Urgency::Effect).await;
    let is = |key: &str| {
        let answer = who.as_ref().ok();
        answer.and_then(|answer| answer.pointer(&format!("/user/{key}"))).and_then(Value::as_bool).unwrap_or(false)
    };
    if is("is_admin") || is("is_owner") || is("is_primary_owner") {
        let name = who.as_ref().ok().and_then(|answer| answer.pointer("/user/real_name")).and_then(Value::as_str);
        let installer = ExternalUser { display_name: name.map(str::to_owned), ..grant.installer.clone() };
        return Ok(Grant { installer, ..grant });
    }
    for token in [bot, admin].iter().filter(|token| !token.is_empty()) {
        // Whether or not Slack takes it back, we forget it.
        let _ = call(remote, &base, Some(token), "give the grant back", "auth.revoke", &[], Urgency::Effect).await;
    }
    let why =
        "only an administrator of the workspace can install Polity: ask one to do it. What you granted was given back";
    Err(who.err().map_or_else(|| ApplyError::permanent("not-an-administrator", why), |error| error.failure))
}

/// A code is good once, and for ten minutes.
fn spent(error: SlackError) -> ApplyError {
    match error.word.as_str() {
        "invalid_code" | "code_already_used" | "bad_redirect_uri" => ApplyError::permanent(
            "code-spent",
            "Slack does not know this visit any more: begin again from the community's page",
        ),
        _ => error.failure,
    }
}

fn grant(answer: &Value) -> Result<Grant, ApplyError> {
    let at = |path: &str| answer.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_organisation = answer.get("is_enterprise_install").and_then(Value::as_bool).unwrap_or(false);
    let whose = if is_organisation { "enterprise" } else { "team" };
    let (tenant, name, bot) = (at(&format!("/{whose}/id")), at(&format!("/{whose}/name")), at("/access_token"));
    if tenant.is_empty() || bot.is_empty() {
        return Err(ApplyError::permanent("not-granted", "Slack did not say for which workspace it grants what"));
    }
    let installer = at("/authed_user/id");
    let admin = at("/authed_user/access_token");
    let mut secrets = BTreeMap::from([("bot_token".to_owned(), SecretString::from(bot))]);
    if !admin.is_empty() {
        secrets.insert("admin_token".to_owned(), admin.clone().into());
    }
    // Apps with token rotation get tokens for twelve hours, and another that brings new ones.
    for (name, path) in [("refresh_token", "/refresh_token"), ("admin_refresh_token", "/authed_user/refresh_token")] {
        if !at(path).is_empty() {
            secrets.insert(name.to_owned(), at(path).into());
        }
    }
    if let Some(seconds) = answer.get("expires_in").and_then(Value::as_u64) {
        let at = now() + Duration::from_secs(seconds);
        secrets.insert("expires_at".to_owned(), at.0.to_string().into());
    }
    let config = json!({
        "tenant": tenant, "name": name, "own_user": at("/bot_user_id"), "app_id": at("/app_id"),
        "admin_user": if admin.is_empty() { "" } else { installer.as_str() }, "channels": [],
    });
    let installer = ExternalUser { id: installer, display_name: None, is_bot: false };
    Ok(Grant { tenant, name, config: Json(config), secrets, installer })
}

/// The operator's side of a call: the client, the address, and the app's own credentials.
type Operator<'a> = (Remote<'a>, Url, Vec<(&'static str, String)>);

fn operator<'a>(client: &'a Client, limits: &'a Limits, service: &Connection) -> Result<Operator<'a>, ApplyError> {
    let missing = |what| ApplyError::permanent("not-configured", format!("the operator has not set Slack's {what}"));
    let id = service.config.text("client_id").ok_or_else(|| missing("client id"))?.to_owned();
    let secret = service.secret("client_secret").ok_or_else(|| missing("client secret"))?.to_owned();
    let remote = Remote { name: "Slack", client, limits, tenant: "" };
    Ok((remote, base(&Settings::of(service))?, vec![("client_id", id), ("client_secret", secret)]))
}

/// Sees that the token works, and exchanges it where it would soon run out.
pub(super) async fn tend(
    client: &Client,
    limits: &Limits,
    connection: &Connection,
    now: Timestamp,
) -> Result<Option<BTreeMap<String, SecretString>>, ApplyError> {
    let expires: Option<i64> = connection.secret("expires_at").and_then(|at| at.parse().ok());
    let runs_out = expires.is_some_and(|at| now + RENEWED_BEFORE >= Timestamp::from_millis(at));
    let Some(refresh) = connection.secret("refresh_token").filter(|_| runs_out) else {
        Workspace::of(client, limits, connection)?
            .call(As::Bot, "see whether the token works", "auth.test", &[])
            .await?;
        return Ok(None);
    };
    let (remote, base, credentials) = operator(client, limits, connection)?;
    let mut renewed = BTreeMap::new();
    let pairs = [
        ("bot_token", "refresh_token", Some(refresh)),
        ("admin_token", "admin_refresh_token", connection.secret("admin_refresh_token")),
    ];
    for (token, again, refresh) in pairs {
        let Some(refresh) = refresh else { continue };
        let mut fields: Vec<(&str, &str)> = credentials.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.extend([("grant_type", "refresh_token"), ("refresh_token", refresh)]);
        let exchange = call(remote, &base, None, "renew the token", "oauth.v2.access", &fields, Urgency::Effect);
        let answer = exchange.await?;
        let at = |key: &str| answer.get(key).and_then(Value::as_str).map(SecretString::from);
        renewed.extend(at("access_token").map(|new| (token.to_owned(), new)));
        renewed.extend(at("refresh_token").map(|new| (again.to_owned(), new)));
        if let Some(seconds) = answer.get("expires_in").and_then(Value::as_u64) {
            let at = now + Duration::from_secs(seconds);
            renewed.insert("expires_at".to_owned(), at.0.to_string().into());
        }
    }
    Ok(Some(renewed))
}

impl Workspace<'_> {
    /// Gives the grant back. What Slack does not know any more needs no giving back.
    pub(super) async fn uninstall(&self) -> Result<(), ApplyError> {
        for who in [As::Admin, As::Bot] {
            match self.call(who, "give the grant back", "auth.revoke", &[]).await {
                Err(error) if error.failure.is_retryable() => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// The app as Slack is told of it: uploaded at api.slack.com/apps, it sets every address and permission.
#[must_use]
pub fn manifest(public_url: &str) -> String {
    let hook = format!("{public_url}/hooks/slack");
    let manifest = json!({
        "display_information": {
            "name": "Polity",
            "description": "Lets the community decide by its own rules",
            "background_color": "#2b2d42",
        },
        "features": {
            "bot_user": { "display_name": "Polity", "always_online": true },
            "slash_commands": [{
                "command": "/polity",
                "url": hook,
                "description": "Propose, vote, and read the rules",
                "usage_hint": "propose | ballots | rules here | why | help",
                "should_escape": false,
            }],
        },
        "oauth_config": {
            "redirect_urls": [format!("{public_url}/connect/slack/back")],
            "scopes": { "bot": BOT_SCOPES, "user": ADMIN_SCOPES },
        },
        "settings": {
            "event_subscriptions": { "request_url": hook, "bot_events": EVENTS },
            "interactivity": { "is_enabled": true, "request_url": hook },
            "org_deploy_enabled": false,
            "socket_mode_enabled": false,
            "token_rotation_enabled": false,
        },
    });
    serde_json::to_string_pretty(&manifest).unwrap_or_default()
}
