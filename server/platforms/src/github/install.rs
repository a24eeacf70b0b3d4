//! Installing the app: the visit to GitHub, what comes of it, and the app that GitHub is told of.
//!
//! # Source
//! <https://docs.github.com/apps/creating-github-apps/registering-a-github-app/about-the-setup-url>: the installation that the
//! address names can be anybody's, so the installer's own token has to see it.

use std::collections::BTreeMap;

use reqwest::{Client, Method, Url};
use serde_json::{Value, json};
use types::Json;
use types::platform::ExternalUser;

use super::repository::{Asked, base, call};
use super::settings::Settings;
use crate::limits::{Limits, Urgency};
use crate::remote::{Call, Remote, Sent};
use crate::{ApplyError, Connection, Grant};

/// Where somebody is sent to install the app.
pub(super) fn url(service: &Connection, state: &str) -> Option<String> {
    let settings = Settings::of(service);
    let slug = Some(settings.slug.as_str()).filter(|slug| !slug.is_empty())?;
    let mut url = Url::parse(settings.web()).ok()?.join(&format!("apps/{slug}/installations/new")).ok()?;
    url.query_pairs_mut().append_pair("state", state);
    Some(url.into())
}

/// What came of the visit. Only who administrates a repository of the installation connects it.
pub(super) async fn granted(
    client: &Client,
    limits: &Limits,
    service: &Connection,
    query: &BTreeMap<String, String>,
    back: &str,
) -> Result<Grant, ApplyError> {
    let named =
        query.get("installation_id").filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
    let installation =
        named.ok_or_else(|| ApplyError::permanent("not-granted", "the app was not installed on GitHub"))?;
    let no_code = "GitHub sent no code along: let the app request authorization of users during installation";
    let code = query.get("code").ok_or_else(|| ApplyError::permanent("no-code", no_code))?;
    let settings = Settings::of(service);
    let remote = Remote { name: "GitHub", client, limits, tenant: installation };
    let token = exchange(remote, service, &settings, code, back).await?;
    let base = base(&settings)?;
    let as_user = |path: &'static [&'static str]| {
        let asked = Asked {
            doing: "see who installs it",
            method: Method::GET,
            path,
            query: &[("per_page", "100")],
            body: None,
        };
        call(remote, &base, format!("Bearer {token}"), asked)
    };
    let user = as_user(&["user"]).await?.body;
    let seen = as_user(&["user", "installations"]).await?.body;
    let installations = seen.get("installations").and_then(Value::as_array).into_iter().flatten();
    let id = |one: &Value| one.get("id").and_then(Value::as_u64).map(|id| id.to_string());
    let ours = |one: &&Value| {
        let app = one.get("app_id").and_then(Value::as_u64).map(|id| id.to_string());
        id(one).as_ref() == Some(installation) && app.as_deref() == Some(settings.app_id.as_str())
    };
    let not_theirs = || {
        let why = "only who administrates a repository of the installation can connect it: ask one of them to do it";
        ApplyError::permanent("not-an-administrator", why)
    };
    let found = installations.into_iter().find(ours).cloned().ok_or_else(not_theirs)?;
    let path = ["user", "installations", installation.as_str(), "repositories"];
    let query = [("per_page", "100")];
    let asked = Asked { doing: "see who installs it", method: Method::GET, path: &path, query: &query, body: None };
    let repositories = call(remote, &base, format!("Bearer {token}"), asked).await?.body;
    let all = repositories.get("repositories").and_then(Value::as_array).into_iter().flatten();
    let is_admin = |one: &Value| one.pointer("/permissions/admin").and_then(Value::as_bool).unwrap_or(false);
    if !all.into_iter().any(is_admin) {
        return Err(not_theirs());
    }
    let name = found.pointer("/account/login").and_then(Value::as_str).unwrap_or(installation).to_owned();
    let login = user.get("login").and_then(Value::as_str).unwrap_or_default().to_owned();
    let display_name = user.get("name").and_then(Value::as_str).map(str::to_owned);
    let config = json!({ "tenant": installation, "name": name, "repositories": [] });
    let installer = ExternalUser { id: login, display_name, is_bot: false };
    Ok(Grant { tenant: installation.clone(), name, config: Json(config), secrets: BTreeMap::new(), installer })
}

/// The installer's own token, with which we look once and never again.
async fn exchange(
    remote: Remote<'_>,
    service: &Connection,
    settings: &Settings,
    code: &str,
    back: &str,
) -> Result<String, ApplyError> {
    let missing = |what| ApplyError::permanent("not-configured", format!("the operator has not set GitHub's {what}"));
    let client_id = service.config.text("client_id").ok_or_else(|| missing("client id"))?;
    let client_secret = service.secret("client_secret").ok_or_else(|| missing("client secret"))?;
    let url = Url::parse(settings.web()).ok().and_then(|web| web.join("login/oauth/access_token").ok());
    let fields = [("client_id", client_id), ("client_secret", client_secret), ("code", code), ("redirect_uri", back)];
    let call = Call {
        doing: "finish the installation",
        method: Method::POST,
        url: url.ok_or_else(|| missing("address"))?,
        route: "oauth",
        authorization: None,
        headers: &[],
        sent: Sent::Form(&fields),
        urgency: Urgency::Effect,
    };
    let answered = remote.call(call).await?;
    answered.text("access_token").map(str::to_owned).ok_or_else(|| {
        let why = "GitHub does not know this visit any more: begin again from the community's page";
        ApplyError::permanent("code-spent", why)
    })
}

/// The app as GitHub is told of it, for `https://github.com/settings/apps/new`.
#[must_use]
pub fn manifest(public_url: &str) -> String {
    let manifest = json!({
        "name": "Polity",
        "url": public_url,
        "hook_attributes": { "url": format!("{public_url}/hooks/github"), "active": true },
        "redirect_url": format!("{public_url}/connect/github/back"),
        "callback_urls": [format!("{public_url}/connect/github/back")],
        "setup_on_update": false,
        "request_oauth_on_install": true,
        "public": false,
        "default_permissions": {
            "administration": "write", "checks": "write", "contents": "write", "issues": "write", "metadata": "read",
            "pull_requests": "write",
        },
        "default_events": ["issues", "issue_comment", "pull_request", "push", "member", "repository", "release"],
    });
    serde_json::to_string_pretty(&manifest).unwrap_or_default()
}
