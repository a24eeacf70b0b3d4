//! Finding out what we may do in an installation, and who already has which standing in it.

use std::collections::BTreeMap;

use serde_json::Value;
use types::platform::ExternalUser;

use super::repository::Repositories;
use super::settings::CHECK;
use crate::{ApplyError, Installed, Role};

/// Repositories whose collaborators are read.
const MAX_REPOSITORIES: usize = 50;

impl Repositories<'_> {
    /// Sees the repositories, and who may administrate and maintain them.
    pub(super) async fn enter(&self) -> Result<Installed, ApplyError> {
        let names = self.named().await?;
        let own_user = format!("{}[bot]", self.settings.slug);
        let mut installed = Installed { own_user, places: vec![self.settings.tenant.clone()], ..Installed::default() };
        if names.is_empty() {
            installed.warnings.push("the app may not see any repository: choose some where it is installed".to_owned());
        }
        for missing in self.settings.repositories.iter().filter(|name| !names.contains(name)) {
            installed.warnings.push(format!("the app may not see {missing}: choose it where the app is installed"));
        }
        installed.warnings.push(format!(
            "merging waits for a decision only where the check “{CHECK}” is required: set it in the branch's rules on GitHub"
        ));
        let mut standing: BTreeMap<&str, BTreeMap<String, ()>> = BTreeMap::new();
        for repository in names.iter().take(MAX_REPOSITORIES) {
            let (owner, name) = self.governed(repository)?;
            let path = ["repos", owner, name, "collaborators"];
            let people = match self.pages("list the collaborators", &path, None).await {
                Ok(people) => people,
                Err(error) if error.is_retryable() => return Err(error),
                // Without the permission to read members nobody is taken over.
                Err(_) => continue,
            };
            for person in people.iter().filter(|person| person.get("type").and_then(Value::as_str) != Some("Bot")) {
                let Some(login) = person.get("login").and_then(Value::as_str) else { continue };
                let may = |key: &str| {
                    person.pointer(&format!("/permissions/{key}")).and_then(Value::as_bool).unwrap_or(false)
                };
                if may("admin") {
                    standing.entry("GitHub administrators").or_default().insert(login.to_owned(), ());
                } else if may("maintain") || may("push") {
                    standing.entry("GitHub maintainers").or_default().insert(login.to_owned(), ());
                }
            }
        }
        let user = |login: String| ExternalUser { id: login, display_name: None, is_bot: false };
        let role = |(name, people): (&str, BTreeMap<String, ()>)| Role {
            name: name.to_owned(),
            members: people.into_keys().map(user).collect(),
        };
        installed.roles = standing.into_iter().map(role).collect();
        Ok(installed)
    }
}
