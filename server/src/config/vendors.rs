//! Platforms at which the operator has registered this service: ids may stand in the file, secrets only in the environment.

use secrecy::SecretString;
use serde::Deserialize;

/// The app at Slack.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlackConfig {
    /// The app's client id. `POLITY_SLACK_CLIENT_ID`.
    pub client_id: String,
    /// Where Slack's interface is, where it is not where it always is: for proxies and tests. `POLITY_SLACK_API`.
    pub api: Option<String>,
}

/// The application at Discord.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscordConfig {
    /// The application's id, which is its client id too. `POLITY_DISCORD_APPLICATION_ID`.
    pub application_id: String,
    /// The key that signs what Discord sends. `POLITY_DISCORD_PUBLIC_KEY`.
    pub public_key: String,
    /// Where Discord's interface is, where it is not where it always is. `POLITY_DISCORD_API`.
    pub api: Option<String>,
}

/// The app at GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GitHubConfig {
    /// The app's id. `POLITY_GITHUB_APP_ID`.
    pub app_id: String,
    /// The app's name in addresses. `POLITY_GITHUB_SLUG`.
    pub slug: String,
    /// The app's client id. `POLITY_GITHUB_CLIENT_ID`.
    pub client_id: String,
    /// Where GitHub's interface is, where it is not where it always is: an enterprise's own. `POLITY_GITHUB_API`.
    pub api: Option<String>,
    /// Where GitHub's pages are. `POLITY_GITHUB_WEB`.
    pub web: Option<String>,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Vendors {
    /// Slack, where communities may connect their workspaces.
    pub slack: Option<SlackConfig>,
    /// Discord, where they may connect their servers.
    pub discord: Option<DiscordConfig>,
    /// GitHub, where they may connect their repositories.
    pub github: Option<GitHubConfig>,
    /// What nobody else may know.
    pub secrets: VendorSecrets,
}

/// What the vendors gave the operator. Read from the environment only.
#[derive(Clone, Debug, Default)]
pub struct VendorSecrets {
    /// `POLITY_SLACK_CLIENT_SECRET`.
    pub slack_client_secret: Option<SecretString>,
    /// `POLITY_SLACK_SIGNING_SECRET`: with which Slack signs what it sends.
    pub slack_signing_secret: Option<SecretString>,
    /// `POLITY_SLACK_APP_TOKEN`: for Socket Mode, where Slack cannot reach this service.
    pub slack_app_token: Option<SecretString>,
    /// `POLITY_DISCORD_CLIENT_SECRET`.
    pub discord_client_secret: Option<SecretString>,
    /// `POLITY_DISCORD_BOT_TOKEN`.
    pub discord_bot_token: Option<SecretString>,
    /// `POLITY_GITHUB_CLIENT_SECRET`.
    pub github_client_secret: Option<SecretString>,
    /// `POLITY_GITHUB_WEBHOOK_SECRET`: with which GitHub signs what it sends.
    pub github_webhook_secret: Option<SecretString>,
    /// `POLITY_GITHUB_PRIVATE_KEY`: the app's key, as the PEM that GitHub gave; `\n` may stand for its line ends.
    pub github_private_key: Option<SecretString>,
}

impl Vendors {
    /// What the file and the environment say; the environment wins.
    #[must_use]
    pub fn read(
        slack: Option<SlackConfig>,
        discord: Option<DiscordConfig>,
        github: Option<GitHubConfig>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let secret = |name: &str| variable(name).map(SecretString::from);
        let slack = match variable("POLITY_SLACK_CLIENT_ID") {
            Some(client_id) => Some(SlackConfig { client_id, api: slack.and_then(|slack| slack.api) }),
            None => slack,
        };
        let slack = slack.map(|slack| SlackConfig { api: variable("POLITY_SLACK_API").or(slack.api), ..slack });
        let discord = match (variable("POLITY_DISCORD_APPLICATION_ID"), variable("POLITY_DISCORD_PUBLIC_KEY")) {
            (Some(application_id), Some(public_key)) => {
                Some(DiscordConfig { application_id, public_key, api: discord.and_then(|discord| discord.api) })
            }
            _ => discord,
        };
        let discord =
            discord.map(|discord| DiscordConfig { api: variable("POLITY_DISCORD_API").or(discord.api), ..discord });
        let named =
            (variable("POLITY_GITHUB_APP_ID"), variable("POLITY_GITHUB_SLUG"), variable("POLITY_GITHUB_CLIENT_ID"));
        let github = match named {
            (Some(app_id), Some(slug), Some(client_id)) => {
                let (api, web) = github.map(|github| (github.api, github.web)).unwrap_or_default();
                Some(GitHubConfig { app_id, slug, client_id, api, web })
            }
            _ => github,
        };
        let github = github.map(|github| GitHubConfig {
            api: variable("POLITY_GITHUB_API").or(github.api),
            web: variable("POLITY_GITHUB_WEB").or(github.web),
            ..github
        });
        let secrets = VendorSecrets {
            slack_client_secret: secret("POLITY_SLACK_CLIENT_SECRET"),
            slack_signing_secret: secret("POLITY_SLACK_SIGNING_SECRET"),
            slack_app_token: secret("POLITY_SLACK_APP_TOKEN"),
            discord_client_secret: secret("POLITY_DISCORD_CLIENT_SECRET"),
            discord_bot_token: secret("POLITY_DISCORD_BOT_TOKEN"),
            github_client_secret: secret("POLITY_GITHUB_CLIENT_SECRET"),
            github_webhook_secret: secret("POLITY_GITHUB_WEBHOOK_SECRET"),
            github_private_key: secret("POLITY_GITHUB_PRIVATE_KEY"),
        };
        Self { slack, discord, github, secrets }
    }
}
