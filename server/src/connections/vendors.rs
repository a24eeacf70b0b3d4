//! The operator's side of the platforms that vendors run: what was registered there, and with which secrets.

use std::sync::Arc;

use anyhow::{Context, Result};
use platforms::Connection;
use platforms::discord::{self, Discord};
use platforms::github::{self, GitHub};
use platforms::http::Reach;
use platforms::slack::{self, Slack};
use secrecy::SecretString;
use serde_json::{Value, json};
use types::{CommunityId, ConnectionId, Json};

use crate::config::Config;
use crate::config::vendors::Vendors;
use crate::ctx::Platforms;

/// Adds the vendors' platforms that the operator has set up.
///
/// # Errors
/// Where one of them is set up by half: which setting is missing.
pub fn add(platforms: Platforms, config: &Config) -> Result<Platforms> {
    let platforms = add_slack(platforms, &config.vendors)?;
    let platforms = add_discord(platforms, &config.vendors)?;
    add_github(platforms, &config.vendors)
}

fn add_slack(platforms: Platforms, vendors: &Vendors) -> Result<Platforms> {
    let Some(slack) = &vendors.slack else { return Ok(platforms) };
    let platform = Slack::new(reach(slack.api.as_deref()), slack::CALL_WITHIN).context("could not set up Slack")?;
    let secrets = &vendors.secrets;
    let needed = [
        ("client_secret", "POLITY_SLACK_CLIENT_SECRET", secrets.slack_client_secret.as_ref()),
        ("signing_secret", "POLITY_SLACK_SIGNING_SECRET", secrets.slack_signing_secret.as_ref()),
    ];
    let service = service("slack", json!({ "client_id": slack.client_id }), slack.api.as_deref(), &needed)?;
    let service = with(service, "app_token", secrets.slack_app_token.as_ref());
    Ok(platforms.with(Arc::new(platform)).with_service(service))
}

fn add_discord(platforms: Platforms, vendors: &Vendors) -> Result<Platforms> {
    let Some(discord) = &vendors.discord else { return Ok(platforms) };
    let platform =
        Discord::new(reach(discord.api.as_deref()), discord::CALL_WITHIN).context("could not set up Discord")?;
    let secrets = &vendors.secrets;
    let needed = [
        ("client_secret", "POLITY_DISCORD_CLIENT_SECRET", secrets.discord_client_secret.as_ref()),
        ("bot_token", "POLITY_DISCORD_BOT_TOKEN", secrets.discord_bot_token.as_ref()),
    ];
    let config = json!({ "application_id": discord.application_id, "public_key": discord.public_key });
    let mut service = service("discord", config, discord.api.as_deref(), &needed)?;
    service.own_user.clone_from(&discord.application_id);
    Ok(platforms.with(Arc::new(platform)).with_service(service))
}

fn add_github(platforms: Platforms, vendors: &Vendors) -> Result<Platforms> {
    let Some(github) = &vendors.github else { return Ok(platforms) };
    let platform = GitHub::new(reach(github.api.as_deref()), github::CALL_WITHIN).context("could not set up GitHub")?;
    let secrets = &vendors.secrets;
    let needed = [
        ("client_secret", "POLITY_GITHUB_CLIENT_SECRET", secrets.github_client_secret.as_ref()),
        ("webhook_secret", "POLITY_GITHUB_WEBHOOK_SECRET", secrets.github_webhook_secret.as_ref()),
        ("private_key", "POLITY_GITHUB_PRIVATE_KEY", secrets.github_private_key.as_ref()),
    ];
    let web = github.web.clone().unwrap_or_default();
    let config = json!({ "app_id": github.app_id, "slug": github.slug, "client_id": github.client_id, "web": web });
    let mut service = service("github", config, github.api.as_deref(), &needed)?;
    service.own_user = format!("{}[bot]", github.slug);
    Ok(platforms.with(Arc::new(platform)).with_service(service))
}

/// What the operator uploads at a vendor so that it knows this service: a file's name and text. `None` where there is none.
#[must_use]
pub fn manifest(platform: &str, public_url: &str) -> Option<(&'static str, String)> {
    match platform {
        "slack" => Some(("slack-manifest.json", slack::manifest(public_url))),
        "github" => Some(("github-manifest.json", github::manifest(public_url))),
        _ => None,
    }
}

/// A secret of a platform: its name there, its variable, and its value.
type Needed<'a> = (&'static str, &'static str, Option<&'a SecretString>);

fn service(platform: &str, config: Value, api: Option<&str>, needed: &[Needed<'_>]) -> Result<Connection> {
    let mut config = config;
    if let (Some(api), Some(fields)) = (api, config.as_object_mut()) {
        fields.insert("api".to_owned(), json!(api));
    }
    let mut service = Connection {
        id: ConnectionId::NIL,
        community: CommunityId::NIL,
        platform: platform.to_owned(),
        config: Json(config),
        secrets: Default::default(),
        own_user: String::new(),
    };
    for (name, variable, value) in needed {
        let value = value.cloned().with_context(|| {
            format!("{platform} is set up, but {variable} is not: give it in the environment, or leave {platform} out")
        })?;
        service.secrets.insert((*name).to_owned(), value);
    }
    Ok(service)
}

fn with(mut service: Connection, name: &str, value: Option<&SecretString>) -> Connection {
    service.secrets.extend(value.map(|value| (name.to_owned(), value.clone())));
    service
}

/// Vendors are out in the world; another address is the operator's own choice, and may stand next to us.
fn reach(api: Option<&str>) -> Reach {
    if api.is_some() { Reach::Anywhere } else { Reach::Public }
}
