//! What an operator may set: `Leptos.toml`, then the environment, then flags; the later wins. Secrets only by environment.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use leptos_config::LeptosOptions;
use secrecy::SecretString;
use serde::Deserialize;

use self::vendors::{DiscordConfig, GitHubConfig, SlackConfig, Vendors};

pub mod vendors;

/// The file that is read where none is named.
pub const DEFAULT_FILE: &str = "Leptos.toml";

/// What the binary was built with: the configuration where there is no file.
const BUILT_IN: &str = include_str!("../../Leptos.toml");

/// Everything an operator may set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the pages are, and the address to serve on.
    pub leptos: LeptosOptions,
    /// How the world sees this service.
    pub service: ServiceConfig,
    /// Where everything is kept.
    pub database: DatabaseConfig,
    /// The processes that run policies.
    pub workers: WorkersConfig,
    /// The homeserver whose rooms communities may govern, if there is one.
    pub matrix: Option<MatrixConfig>,
    /// The vendors' platforms that communities may connect.
    pub vendors: Vendors,
    /// What nobody else may know.
    pub secrets: SecretsConfig,
}

/// How the world sees this service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceConfig {
    /// The address people type, such as `https://polity.example`; `http://ADDR` where it is not set.
    /// `POLITY_PUBLIC_URL`. Links, sign-in and the origin check follow it.
    pub public_url: Option<String>,
    /// What to log, in the words of `tracing`: `info`, or `server=debug,info`. `POLITY_LOG`.
    pub log: String,
    /// Whether log lines are JSON objects, for machines. `POLITY_LOG_JSON=true`.
    pub log_as_json: bool,
    /// Whom letters come from, such as `Polity <polity@example.org>`. `POLITY_MAIL_FROM`. Without `POLITY_SMTP_URL` there are none.
    pub mail_from: Option<String>,
    /// Who may found communities by themselves. `POLITY_FOUNDING`.
    pub founding: FoundingRule,
}

/// Who may found communities by themselves. The operator always may, over the REST interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundingRule {
    /// Nobody, except in a demo.
    #[default]
    Operator,
    /// Whoever is signed in.
    SignedIn,
}

impl Default for ServiceConfig {
    fn default() -> Self {
        Self {
            public_url: None,
            log: "info".to_owned(),
            log_as_json: false,
            mail_from: None,
            founding: FoundingRule::Operator,
        }
    }
}

/// Where everything is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite:FILE`, or `postgres://USER@HOST/NAME` where several processes share the work. `POLITY_DATABASE`.
    pub url: String,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self { url: "sqlite:data/polity.db".to_owned() }
    }
}

/// The processes that run policies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkersConfig {
    /// As many as may be busy at once; a warm spare is kept besides. As many as there are cores where it is not set:
    /// more only wait for each other. `POLITY_WORKERS`.
    pub count: Option<NonZeroUsize>,
    /// Longest that one evaluation may take, wall-clock; then its process is killed.
    ///
    /// # Units
    /// Milliseconds. 250 is two hundred times a jury's check, and still not felt by the next in the queue.
    pub wall_limit_ms: u64,
    /// Largest heap of one process; beyond it the process ends itself.
    ///
    /// # Units
    /// Mebibytes. A check over 10,000 members needs 45.
    pub heap_limit_mib: usize,
    /// The binary to run as `worker`: this one where it is not set.
    pub program: Option<PathBuf>,
}

impl Default for WorkersConfig {
    fn default() -> Self {
        Self { count: None, wall_limit_ms: 250, heap_limit_mib: 96, program: None }
    }
}

impl WorkersConfig {
    /// [`Self::wall_limit_ms`] as a length of time.
    #[must_use]
    pub fn wall_limit(&self) -> Duration {
        Duration::from_millis(self.wall_limit_ms)
    }

    /// [`Self::heap_limit_mib`] in bytes.
    #[must_use]
    pub fn heap_limit_bytes(&self) -> usize {
        self.heap_limit_mib.saturating_mul(1 << 20)
    }
}

/// The homeserver at which Polity is registered as an application service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixConfig {
    /// The address of its client interface, such as `https://matrix.example.org`.
    pub homeserver: String,
    /// The part of user ids after the colon, such as `example.org`.
    pub server_name: String,
    /// The part before it of our own user, as registered.
    #[serde(default = "own_localpart")]
    pub localpart: String,
}

fn own_localpart() -> String {
    "polity".to_owned()
}

/// What nobody else may know. Read from the environment only, so that no file with a secret is ever committed.
#[derive(Clone, Debug, Default)]
pub struct SecretsConfig {
    /// `POLITY_OPERATOR_TOKEN`: the bearer of it may found communities.
    pub operator_token: Option<SecretString>,
    /// `POLITY_SECRET_KEY`: encrypts the secrets of connections.
    pub secret_key: Option<SecretString>,
    /// `POLITY_SMTP_URL`: the mail server, such as `smtps://user:password@mail.example.org`.
    pub smtp_url: Option<SecretString>,
    /// `POLITY_MATRIX_AS_TOKEN`: with which we speak to the homeserver.
    pub matrix_as_token: Option<SecretString>,
    /// `POLITY_MATRIX_HS_TOKEN`: with which it speaks to us.
    pub matrix_hs_token: Option<SecretString>,
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The named file cannot be read.
    #[error("could not read the configuration file {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// The file says something that is not understood.
    #[error("the section [polity] of {path} is not understood")]
    Polity {
        /// Which file.
        path: PathBuf,
        /// Where, and what was expected.
        #[source]
        source: toml::de::Error,
    },
    /// The section of leptos.
    #[error("the section [package.metadata.leptos] of {path} is not understood")]
    Leptos {
        /// Which file.
        path: PathBuf,
        /// What was expected.
        #[source]
        source: leptos_config::errors::LeptosConfigError,
    },
    /// A variable of the environment.
    #[error("{name} is set to something that is not {expected}")]
    Variable {
        /// Which one.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

/// The file, as far as it is ours.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    polity: Sections,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Sections {
    service: ServiceConfig,
    database: DatabaseConfig,
    workers: WorkersConfig,
    matrix: Option<MatrixConfig>,
    slack: Option<SlackConfig>,
    discord: Option<DiscordConfig>,
    github: Option<GitHubConfig>,
}

impl Config {
    /// Reads `file` (else [`DEFAULT_FILE`] in the working directory if it is there, else what was built in), then the
    /// process's environment.
    ///
    /// # Errors
    /// [`ConfigError`], naming the file or the variable.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let path = file.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => BUILT_IN.to_owned(),
            Err(source) => return Err(ConfigError::File { path: path.to_owned(), source }),
        };
        Self::parse(path, &text, &|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// The configuration of this text and environment. `path` only appears in errors.
    ///
    /// # Errors
    /// [`ConfigError`], naming the file or the variable.
    pub fn parse(path: &Path, text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let file: File =
            toml::from_str(text).map_err(|source| ConfigError::Polity { path: path.to_owned(), source })?;
        let leptos = leptos_config::get_config_from_str(text)
            .map_err(|source| ConfigError::Leptos { path: path.to_owned(), source })?;
        let Sections { mut service, mut database, mut workers, mut matrix, slack, discord, github } = file.polity;

        service.public_url = variable("POLITY_PUBLIC_URL").or(service.public_url);
        service.mail_from = variable("POLITY_MAIL_FROM").or(service.mail_from);
        if let Some(value) = variable("POLITY_FOUNDING") {
            service.founding = match value.as_str() {
                "operator" => FoundingRule::Operator,
                "signed_in" => FoundingRule::SignedIn,
                _ => {
                    return Err(ConfigError::Variable { name: "POLITY_FOUNDING", expected: "operator or signed_in" });
                }
            };
        }
        service.log = variable("POLITY_LOG").unwrap_or(service.log);
        if let Some(value) = variable("POLITY_LOG_JSON") {
            let expected = || ConfigError::Variable { name: "POLITY_LOG_JSON", expected: "true or false" };
            service.log_as_json = value.parse().map_err(|_| expected())?;
        }
        database.url = variable("POLITY_DATABASE").unwrap_or(database.url);
        if let Some(value) = variable("POLITY_WORKERS") {
            let expected = || ConfigError::Variable { name: "POLITY_WORKERS", expected: "a number from 1" };
            workers.count = Some(value.parse().map_err(|_| expected())?);
        }
        if let (Some(homeserver), Some(server_name)) =
            (variable("POLITY_MATRIX_HOMESERVER"), variable("POLITY_MATRIX_SERVER_NAME"))
        {
            matrix = Some(MatrixConfig { homeserver, server_name, localpart: own_localpart() });
        }
        let secrets = SecretsConfig {
            operator_token: variable("POLITY_OPERATOR_TOKEN").map(SecretString::from),
            secret_key: variable("POLITY_SECRET_KEY").map(SecretString::from),
            smtp_url: variable("POLITY_SMTP_URL").map(SecretString::from),
            matrix_as_token: variable("POLITY_MATRIX_AS_TOKEN").map(SecretString::from),
            matrix_hs_token: variable("POLITY_MATRIX_HS_TOKEN").map(SecretString::from),
        };
        let vendors = Vendors::read(slack, discord, github, variable);
        Ok(Self { leptos, service, database, workers, matrix, vendors, secrets })
    }

    /// The same with what the flags say: they win over file and environment.
    #[must_use]
    pub fn with_flags(mut self, addr: Option<SocketAddr>, database: Option<String>) -> Self {
        self.leptos.site_addr = addr.unwrap_or(self.leptos.site_addr);
        self.database.url = database.unwrap_or(self.database.url);
        self
    }

    /// The address people type, without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> String {
        let url = self.service.public_url.clone().unwrap_or_else(|| format!("http://{}", self.leptos.site_addr));
        url.trim_end_matches('/').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO_TOML: &str = include_str!("../../Cargo.toml");

    fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let variable = |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, v)| (*v).to_owned());
        Config::parse(Path::new("Leptos.toml"), text, &variable)
    }

    /// The build reads Cargo.toml and the server reads Leptos.toml: where both speak, they must say the same, or the pages
    /// ask for files and functions that are not there.
    #[test]
    fn leptos_toml_agrees_with_cargo_toml() {
        let built: toml::Table = toml::from_str(CARGO_TOML).unwrap();
        let build = built["workspace"]["metadata"]["leptos"][0].as_table().unwrap();
        let run: toml::Table = toml::from_str(BUILT_IN).unwrap();
        let run = run["package"]["metadata"]["leptos"].as_table().unwrap();
        for (key, value) in run {
            assert_eq!(build.get(key), Some(value), "{key} differs between Leptos.toml and Cargo.toml");
        }
        let needed = [
            "output-name",
            "site-root",
            "site-pkg-dir",
            "site-addr",
            "reload-port",
            "hash-files",
            "server-fn-prefix",
            "server-fn-mod-path",
            "disable-server-fn-hash",
        ];
        for key in needed {
            assert!(run.contains_key(key), "Leptos.toml does not say {key}");
        }
    }

    #[test]
    fn the_shipped_file_is_understood() {
        let config = parse(BUILT_IN, &[]).unwrap();
        assert_eq!(&*config.leptos.output_name, "polity");
        assert_eq!(config.workers.wall_limit(), Duration::from_millis(250));
        assert_eq!(config.public_url(), "http://127.0.0.1:3000");
    }

    #[test]
    fn flags_win_over_the_environment_and_the_environment_over_the_file() {
        let environment = [("POLITY_DATABASE", "postgres://db/polity"), ("POLITY_WORKERS", "7")];
        let config = parse(BUILT_IN, &environment).unwrap();
        assert_eq!(config.database.url, "postgres://db/polity");
        assert_eq!(config.workers.count, NonZeroUsize::new(7));
        let config = config.with_flags(Some("127.0.0.1:4000".parse().unwrap()), Some("sqlite:x.db".to_owned()));
        assert_eq!(config.database.url, "sqlite:x.db");
        assert_eq!(config.public_url(), "http://127.0.0.1:4000");
    }

    #[test]
    fn a_misspelt_setting_is_an_error_and_a_secret_never_shows() {
        let text = format!("{BUILT_IN}\n[polity.service]\npublic_ulr = \"x\"\n");
        let error = parse(&text, &[]).unwrap_err();
        assert!(matches!(&error, ConfigError::Polity { source, .. } if source.to_string().contains("public_ulr")));
        assert!(parse(BUILT_IN, &[("POLITY_WORKERS", "0")]).is_err());
        let config = parse(BUILT_IN, &[("POLITY_OPERATOR_TOKEN", "hunter2")]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
