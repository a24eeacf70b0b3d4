//! Finding out what we may do on a server, who has which standing there, and telling Discord of our command.

use reqwest::Method;
use serde_json::{Value, json};
use types::platform::ExternalUser;

use super::guild::{Asked, Guild};
use super::install::NEEDED;
use crate::{ApplyError, Installed, Role};

/// Who may do any of this can moderate: kick, ban, administrate, manage channels, server, messages, roles; put in timeout.
const MODERATES: u64 = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 13 | 1 << 28 | 1 << 40;

/// May do everything.
const ADMINISTRATOR: u64 = 1 << 3;

/// Pages of a thousand members that are read.
const MAX_PAGES: usize = 20;

/// What our rule is called among those of AutoMod.
const RULE: &str = "Polity: held until decided";

impl Guild<'_> {
    /// Sees what we lack, sets our command up, and finds out who is who.
    pub(super) async fn enter(&self) -> Result<Installed, ApplyError> {
        let server = self.see().await?;
        let own_user = self.settings.application_id.clone();
        let mut installed = Installed {
            own_user: own_user.clone(),
            places: vec![self.settings.tenant.clone()],
            ..Installed::default()
        };
        installed.lobby = server.get("system_channel_id").and_then(Value::as_str).map(str::to_owned);
        let roles = server.get("roles").and_then(Value::as_array).cloned().unwrap_or_default();
        let own = self.member(&own_user).await?.unwrap_or_default();
        let held = own.get("roles").and_then(Value::as_array).cloned().unwrap_or_default();
        let may = roles
            .iter()
            .filter(|role| role.get("id").is_some_and(|id| held.contains(id) || id == self.settings.tenant.as_str()))
            .fold(0, |may, role| may | permissions(role));
        if may & ADMINISTRATOR == 0 {
            for (bit, what) in NEEDED.iter().filter(|(bit, _)| may & (1 << bit) == 0) {
                installed
                    .warnings
                    .push(format!("Polity cannot {what} (permission {bit}): give its role that permission"));
            }
        }
        self.offer_command().await?;
        self.hold_words(&mut installed).await?;
        installed.roles = self.standings(&roles, &mut installed.warnings).await?;
        Ok(installed)
    }

    /// `/polity`, with its words to choose from.
    async fn offer_command(&self) -> Result<(), ApplyError> {
        let words = ["propose", "ballots", "rules here", "why", "help"];
        let choices: Vec<Value> = words.iter().map(|word| json!({ "name": word, "value": word })).collect();
        let option = json!({
            "type": 3, "name": "what", "description": "What you want to know or do", "required": false, "choices": choices,
        });
        let commands = json!([{
            "name": "polity", "type": 1, "description": "Propose, vote, and read the rules", "options": [option],
        }]);
        let path = ["applications", &self.settings.application_id, "guilds", &self.settings.tenant, "commands"];
        let asked = Asked { body: Some(&commands), ..Asked::effect("set the command up", Method::PUT, &path) };
        Ok(self.call(asked).await.map(drop)?)
    }

    /// Has AutoMod hold what the community listed: the message is kept from being said, and told to us.
    async fn hold_words(&self, installed: &mut Installed) -> Result<(), ApplyError> {
        if self.settings.hold_words.is_empty() {
            return Ok(());
        }
        let path = ["guilds", self.settings.tenant.as_str(), "auto-moderation", "rules"];
        let known = match self.call(Asked::effect("read AutoMod's rules", Method::GET, &path)).await {
            Ok(rules) => rules,
            Err(error) if error.status == 403 => {
                installed
                    .warnings
                    .push("Polity may not set AutoMod up, so nothing is held before it is said".to_owned());
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let ours =
            known.as_array().into_iter().flatten().find(|rule| rule.get("name").and_then(Value::as_str) == Some(RULE));
        let body = json!({
            "name": RULE, "event_type": 1, "trigger_type": 1, "enabled": true,
            "trigger_metadata": { "keyword_filter": self.settings.hold_words },
            "actions": [{ "type": 1, "metadata": { "custom_message": "This waits for the community's decision." } }],
        });
        let id = ours.and_then(|rule| rule.get("id")?.as_str());
        let (method, path) = match id {
            Some(id) => (Method::PATCH, [&path[..], &[id]].concat()),
            None => (Method::POST, path.to_vec()),
        };
        let asked = Asked { body: Some(&body), ..Asked::effect("set AutoMod up", method, &path) };
        Ok(self.call(asked).await.map(drop)?)
    }

    /// Roles that can moderate, with who holds them.
    async fn standings(&self, roles: &[Value], warnings: &mut Vec<String>) -> Result<Vec<Role>, ApplyError> {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let is_managed = |role: &Value| role.get("managed").and_then(Value::as_bool).unwrap_or(false);
        let moderating: Vec<&Value> =
            roles.iter().filter(|role| permissions(role) & MODERATES != 0 && !is_managed(role)).collect();
        let mut found: Vec<(String, Role)> = moderating
            .into_iter()
            .map(|role| {
                let name = format!("{} (Discord)", text(role, "name"));
                (text(role, "id"), Role { name, members: Vec::new() })
            })
            .collect();
        let mut after = "0".to_owned();
        for _ in 0..MAX_PAGES {
            let path = ["guilds", self.settings.tenant.as_str(), "members"];
            let query = [("limit", "1000"), ("after", after.as_str())];
            let page = match self
                .call(Asked { query: &query, ..Asked::effect("list the members", Method::GET, &path) })
                .await
            {
                Ok(page) => page,
                Err(error) if error.status == 403 => {
                    warnings
                        .push("Polity may not list the server's members, so its roles were not taken over".to_owned());
                    return Ok(Vec::new());
                }
                Err(error) => return Err(error.into()),
            };
            let page = page.as_array().cloned().unwrap_or_default();
            for member in &page {
                let Some(user) = member.get("user") else { continue };
                after = text(user, "id");
                let is_bot = user.get("bot").and_then(Value::as_bool).unwrap_or(false);
                let name = [member.get("nick"), user.get("global_name"), user.get("username")];
                let name = name.into_iter().flatten().find_map(Value::as_str).map(str::to_owned);
                let held = member.get("roles").and_then(Value::as_array).cloned().unwrap_or_default();
                for (_, role) in found.iter_mut().filter(|(id, _)| !is_bot && held.contains(&json!(id))) {
                    role.members.push(ExternalUser { id: after.clone(), display_name: name.clone(), is_bot: false });
                }
            }
            if page.len() < 1000 {
                break;
            }
        }
        Ok(found.into_iter().map(|(_, role)| role).filter(|role| !role.members.is_empty()).collect())
    }

    /// Leaves the server.
    pub(super) async fn leave(&self) -> Result<(), ApplyError> {
        let path = ["users", "@me", "guilds", self.settings.tenant.as_str()];
        match self.call(Asked::effect("leave the server", Method::DELETE, &path)).await {
            Err(error) if error.status != 404 && error.code != 10004 => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// What a role may do.
fn permissions(role: &Value) -> u64 {
    role.get("permissions").and_then(Value::as_str).and_then(|bits| bits.parse().ok()).unwrap_or_default()
}
