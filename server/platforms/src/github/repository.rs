//! Talking to an installation: its token, one call, its failures in words, and what is read.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::{Client, Method, Url};
use serde_json::{Value, json};
use types::Json;
use types::platform::{ExternalUser, Person};

use super::key;
use super::settings::Settings;
use crate::limits::{Limits, Urgency};
use crate::remote::{Answered, Call, Remote, Sent, address, said};
use crate::socket::now;
use crate::{ApplyError, Connection, Found, votes};

/// How long before it runs out a token is not used any more. GitHub gives them for an hour.
const SPARE: Duration = Duration::from_secs(5 * 60);

/// How long a token is good.
const GOOD_FOR: Duration = Duration::from_secs(3600);

/// Pages that are read of any list: ten thousand entries.
const MAX_PAGES: usize = 100;

/// The version of the interface that we speak.
pub(super) const VERSION: (&str, &str) = ("x-github-api-version", "2022-11-28");

/// Tokens of installations, for as long as they are good. Never written down.
#[derive(Default)]
pub(super) struct Keyring {
    tokens: Mutex<HashMap<String, (String, Instant)>>,
}

/// The repositories of an installation, as one connection reaches them.
pub(super) struct Repositories<'a> {
    remote: Remote<'a>,
    base: Url,
    keys: &'a Keyring,
    connection: &'a Connection,
    /// The settings of the connection.
    pub settings: Settings,
}

/// GitHub said no.
#[derive(Debug)]
pub(super) struct GitHubError {
    /// The status; 0 where no answer came.
    pub status: u16,
    /// What it means for the operation.
    pub failure: ApplyError,
}

impl From<GitHubError> for ApplyError {
    fn from(error: GitHubError) -> Self {
        error.failure
    }
}

impl From<ApplyError> for GitHubError {
    fn from(failure: ApplyError) -> Self {
        Self { status: 0, failure }
    }
}

impl<'a> Repositories<'a> {
    /// The repositories of `connection`.
    pub fn of(
        client: &'a Client,
        limits: &'a Limits,
        keys: &'a Keyring,
        connection: &'a Connection,
    ) -> Result<Self, ApplyError> {
        let settings = Settings::of(connection);
        let base = base(&settings)?;
        let tenant = connection.config.text("tenant").unwrap_or_default();
        Ok(Self { remote: Remote { name: "GitHub", client, limits, tenant }, base, keys, connection, settings })
    }

    /// One call as the installation.
    pub async fn call(
        &self,
        doing: &str,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Value, GitHubError> {
        self.ask(doing, method, path, &[], body).await.map(|answered| answered.body)
    }

    /// One call of an address below a repository: `issues/12/lock`.
    pub async fn on(
        &self,
        doing: &str,
        method: Method,
        repository: &str,
        rest: &[&str],
        body: Option<&Value>,
    ) -> Result<Value, GitHubError> {
        let (owner, name) = self.governed(repository)?;
        let path = [&["repos", owner, name], rest].concat();
        self.call(doing, method, &path, body).await
    }

    /// Owner and name of a repository that is governed.
    pub fn governed<'r>(&self, repository: &'r str) -> Result<(&'r str, &'r str), ApplyError> {
        let shown = said(repository);
        let parts = repository
            .split_once('/')
            .filter(|_| super::rules::repository(repository).is_ok() && self.settings.governs(repository));
        parts.ok_or_else(|| {
            ApplyError::permanent("no-such-repository", format!("'{shown}' is none of the community's repositories"))
        })
    }

    async fn ask(
        &self,
        doing: &str,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answered, GitHubError> {
        let token = self.token().await?;
        let asked = Asked { doing, method, path, query, body };
        call(self.remote, &self.base, format!("Bearer {token}"), asked).await
    }

    /// All pages of a list.
    pub async fn pages(&self, doing: &str, path: &[&str], key: Option<&str>) -> Result<Vec<Value>, ApplyError> {
        let mut all = Vec::new();
        for page in 1..=MAX_PAGES {
            let page = page.to_string();
            let query = [("per_page", "100"), ("page", page.as_str())];
            let answered = self.ask(doing, Method::GET, path, &query, None).await?;
            let list = key.map_or(Some(&answered.body), |key| answered.body.get(key));
            let list = list.and_then(Value::as_array).cloned().unwrap_or_default();
            let is_last = list.len() < 100;
            all.extend(list);
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// A call of the other interface, which alone can hide comments.
    pub async fn graph(&self, doing: &str, query: &str, variables: &Value) -> Result<Value, ApplyError> {
        let body = json!({ "query": query, "variables": variables });
        let path: &[&str] = if self.settings.api.ends_with("/v3/") { &["..", "graphql"] } else { &["graphql"] };
        let answer = self.call(doing, Method::POST, path, Some(&body)).await?;
        match answer.pointer("/errors/0/message").and_then(Value::as_str) {
            Some(message) => {
                Err(ApplyError::permanent("refused", format!("GitHub refused to {doing}: {}", said(message))))
            }
            None => Ok(answer),
        }
    }

    /// The installation's token: the one at hand, or a new one.
    async fn token(&self) -> Result<String, ApplyError> {
        let known = {
            let tokens = self.keys.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            tokens.get(self.remote.tenant).filter(|(_, until)| *until > Instant::now()).map(|(token, _)| token.clone())
        };
        if let Some(token) = known {
            return Ok(token);
        }
        let path = ["app", "installations", self.remote.tenant, "access_tokens"];
        let answer = self.as_app("sign in", Method::POST, &path).await?;
        let token = answer.get("token").and_then(Value::as_str).unwrap_or_default().to_owned();
        if token.is_empty() {
            return Err(ApplyError::permanent("no-token", "GitHub gave the installation no token"));
        }
        let mut tokens = self.keys.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(self.remote.tenant.to_owned(), (token.clone(), Instant::now() + GOOD_FOR.saturating_sub(SPARE)));
        Ok(token)
    }

    /// One call as the app itself.
    async fn as_app(&self, doing: &str, method: Method, path: &[&str]) -> Result<Value, GitHubError> {
        let missing =
            |what| ApplyError::permanent("not-configured", format!("the operator has not set GitHub's {what}"));
        let pem = self.connection.secret("private_key").ok_or_else(|| missing("private key"))?;
        if self.settings.app_id.is_empty() {
            return Err(missing("app id").into());
        }
        let token = key::token(&self.settings.app_id, pem, now().0.div_euclid(1000))?;
        let asked = Asked { doing, method, path, query: &[], body: None };
        call(self.remote, &self.base, format!("Bearer {token}"), asked).await.map(|answered| answered.body)
    }

    /// Uninstalls the app. What is uninstalled already stays so.
    pub async fn uninstall(&self) -> Result<(), ApplyError> {
        match self.as_app("uninstall the app", Method::DELETE, &["app", "installations", self.remote.tenant]).await {
            Err(error) if error.status != 404 => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The names of the repositories that are governed.
    pub async fn named(&self) -> Result<Vec<String>, ApplyError> {
        let all = self.pages("list the repositories", &["installation", "repositories"], Some("repositories")).await?;
        let names = all.iter().filter_map(|one| one.get("full_name")?.as_str()).map(str::to_owned);
        Ok(names.filter(|name| self.settings.governs(name)).collect())
    }

    /// The reactions under the ballot of an issue, all pages, each with who made it.
    pub async fn reactions(&self, message: &str) -> Result<Vec<Found>, ApplyError> {
        let Some((repository, comment)) = self.ballot_of(message).await? else { return Ok(Vec::new()) };
        let (owner, name) = self.governed(&repository)?;
        let comment = comment.to_string();
        let path = ["repos", owner, name, "issues", "comments", &comment, "reactions"];
        let all = self.pages("count the reactions", &path, None).await?;
        let vote = |reaction: &Value| {
            let text = |path: &str| reaction.pointer(path).and_then(Value::as_str);
            let (content, login) = (text("/content")?, text("/user/login")?);
            let value = votes::from_reaction(content).filter(|_| text("/user/type") != Some("Bot"))?;
            let voter = ExternalUser { id: login.to_owned(), display_name: None, is_bot: false };
            Some(Found { event: format!("reaction:{message}:{login}:{content}"), voter, value })
        };
        Ok(all.iter().filter_map(vote).collect())
    }

    /// What GitHub knows of a member.
    pub async fn look_up(&self, name: &str, of: &Person) -> Result<Json, ApplyError> {
        let Some(user) = of.external.as_deref() else { return Ok(Json(Value::Null)) };
        if name == "account_created_at" {
            let answer = self.call("look somebody up", Method::GET, &["users", user], None).await?;
            return Ok(Json(answer.get("created_at").cloned().unwrap_or_default()));
        }
        let first = match self.settings.repositories.first() {
            Some(first) => Some(first.clone()),
            None => self.named().await?.into_iter().next(),
        };
        let Some(repository) = first else { return Ok(Json(Value::Null)) };
        let (owner, repo) = self.governed(&repository)?;
        match name {
            "permission" => {
                let path = ["repos", owner, repo, "collaborators", user, "permission"];
                let answer = self.call("look somebody up", Method::GET, &path, None).await?;
                Ok(Json(answer.get("role_name").or(answer.get("permission")).cloned().unwrap_or_default()))
            }
            "contributions" => {
                let query = [("author", user), ("per_page", "1")];
                let path = ["repos", owner, repo, "commits"];
                let answered = self.ask("count somebody's commits", Method::GET, &path, &query, None).await?;
                // With one commit a page, the number of the last page is how many there are.
                let link = answered.headers.get("link").and_then(|value| value.to_str().ok()).unwrap_or_default();
                let n = last_page(link).unwrap_or_else(|| answered.body.as_array().map_or(0, Vec::len) as u64);
                Ok(Json(json!(n)))
            }
            _ => Err(ApplyError::permanent("unknown-lookup", format!("github has nothing called '{name}' to look up"))),
        }
    }
}

/// The number of the last page that a `Link` header names.
fn last_page(link: &str) -> Option<u64> {
    let last = link.split(',').find(|part| part.contains("rel=\"last\""))?;
    let address = last.split_once('<')?.1.split_once('>')?.0;
    let url = Url::parse(address).ok()?;
    url.query_pairs().find(|(name, _)| name == "page")?.1.parse().ok()
}

/// One call: what for, how, where, and with what.
pub(super) struct Asked<'a> {
    /// In words: "close the issue".
    pub doing: &'a str,
    /// The method.
    pub method: Method,
    /// The parts of the address.
    pub path: &'a [&'a str],
    /// The query.
    pub query: &'a [(&'a str, &'a str)],
    /// What is sent along.
    pub body: Option<&'a Value>,
}

/// The address that calls are made under.
pub(super) fn base(settings: &Settings) -> Result<Url, ApplyError> {
    Url::parse(settings.api()).map_err(|_| ApplyError::permanent("bad-settings", "the address of GitHub is no address"))
}

/// One call, by whomever.
pub(super) async fn call(
    remote: Remote<'_>,
    base: &Url,
    authorization: String,
    asked: Asked<'_>,
) -> Result<Answered, GitHubError> {
    let mut url = address(base, asked.path);
    if !asked.query.is_empty() {
        url.query_pairs_mut().extend_pairs(asked.query);
    }
    // GitHub counts all calls of an installation together, and those that write something besides.
    let route = if asked.method == Method::GET { "read" } else { "write" };
    let call = Call {
        doing: asked.doing,
        method: asked.method,
        url,
        route,
        authorization: Some(authorization),
        headers: &[(VERSION.0, VERSION.1.to_owned())],
        sent: asked.body.map_or(Sent::Nothing, Sent::Json),
        urgency: Urgency::Effect,
    };
    let answered = remote.call(call).await?;
    if answered.is_ok() { Ok(answered) } else { Err(refused(asked.doing, &answered)) }
}

/// GitHub said no.
fn refused(doing: &str, answered: &Answered) -> GitHubError {
    let words = said(answered.text("message").unwrap_or_default());
    let words = if words.is_empty() { format!("status {}", answered.status) } else { words };
    let failure = match answered.status {
        401 => ApplyError::permanent("token-refused", format!("GitHub does not accept the app's token ({words})")),
        403 => ApplyError::permanent(
            "forbidden",
            format!(
                "GitHub does not let Polity {doing}: {words}. The app needs the permission, and its owner has to accept it"
            ),
        ),
        404 | 410 => ApplyError::permanent("not-found", format!("Polity could not {doing}: {words}")),
        301 | 307 => {
            ApplyError::permanent("moved", format!("Polity could not {doing}: the repository has another name now"))
        }
        _ => ApplyError::permanent("refused", format!("GitHub refused to {doing}: {words}")),
    };
    GitHubError { status: answered.status, failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_page_says_how_many() {
        let link = "<https://api.github.com/repositories/1/commits?author=a&per_page=1&page=2>; rel=\"next\", \
                    <https://api.github.com/repositories/1/commits?author=a&per_page=1&page=57>; rel=\"last\"";
        assert_eq!(last_page(link), Some(57));
        assert_eq!(last_page(""), None);
    }
}
