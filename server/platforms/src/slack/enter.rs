//! Entering channels, and who already has which standing in the workspace.

use serde_json::{Value, json};
use types::platform::ExternalUser;

use super::decode::plain;
use super::workspace::{As, Workspace};
use crate::{ApplyError, Installed, Role};

impl Workspace<'_> {
    /// Sees that the tokens work, enters the channels that are governed, and finds out who is who.
    pub(super) async fn enter_all(&self) -> Result<Installed, ApplyError> {
        let who = self.call(As::Bot, "sign in", "auth.test", &[]).await?;
        let own_user = who.get("user_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let place = if self.tenant().is_empty() {
            who.get("team_id").and_then(Value::as_str).unwrap_or_default().to_owned()
        } else {
            self.tenant().to_owned()
        };
        let mut installed = Installed { own_user, places: vec![place], ..Installed::default() };
        if self.settings.admin_user.is_empty() {
            let warning = "without an administrator's token Polity can remove nobody's messages, nor rename channels";
            installed.warnings.push(warning.to_owned());
        }
        self.enter_channels(&mut installed).await?;
        installed.roles = self.standings().await?;
        let groups = self.call(As::Bot, "read the user groups", "usergroups.list", &[("include_users", "true")]).await;
        // Workspaces without a paid plan have no user groups.
        let groups = groups.ok().and_then(|answer| answer.get("usergroups").and_then(Value::as_array).cloned());
        for group in groups.unwrap_or_default() {
            if let (Some(id), Some(users)) = (group.get("id").and_then(Value::as_str), group.get("users")) {
                installed.known.push((format!("user_group:{id}"), types::Json(users.clone())));
            }
        }
        Ok(installed)
    }

    /// Joins public channels, says which private ones we are not in, and remembers topics and descriptions.
    async fn enter_channels(&self, installed: &mut Installed) -> Result<(), ApplyError> {
        let mut channels: Vec<Value> = Vec::new();
        let fields = [("types", "public_channel,private_channel"), ("exclude_archived", "true")];
        self.pages("list the channels", "conversations.list", &fields, |page| {
            channels.extend(page.get("channels").and_then(Value::as_array).into_iter().flatten().cloned());
            false
        })
        .await?;
        for channel in &channels {
            let text = |path: &str| channel.pointer(path).and_then(Value::as_str).unwrap_or_default();
            let is = |key: &str| channel.get(key).and_then(Value::as_bool).unwrap_or(false);
            let id = text("/id");
            if !self.settings.governs(id) {
                continue;
            }
            installed.known.push((format!("topic:{id}"), types::Json(json!(plain(text("/topic/value"))))));
            installed.known.push((format!("purpose:{id}"), types::Json(json!(plain(text("/purpose/value"))))));
            if is("is_general") {
                installed.lobby = Some(id.to_owned());
            }
            if !is("is_member") && !is("is_private") {
                self.join(id).await?;
            }
        }
        for missing in self
            .settings
            .channels
            .iter()
            .filter(|id| !channels.iter().any(|one| one.get("id").and_then(Value::as_str) == Some(id.as_str())))
        {
            installed
                .warnings
                .push(format!("Polity does not see the channel {missing}: invite it there, then try again"));
        }
        Ok(())
    }

    /// Owners and administrators: those who could do everything until now.
    async fn standings(&self) -> Result<Vec<Role>, ApplyError> {
        let (mut owners, mut administrators) = (Vec::new(), Vec::new());
        self.pages("list the members", "users.list", &[], |page| {
            for user in page.get("members").and_then(Value::as_array).into_iter().flatten() {
                let is = |key: &str| user.get(key).and_then(Value::as_bool).unwrap_or(false);
                let Some(id) = user.get("id").and_then(Value::as_str) else { continue };
                if is("is_bot") || is("deleted") || id == "USLACKBOT" {
                    continue;
                }
                let name = user.pointer("/profile/real_name").or_else(|| user.get("name")).and_then(Value::as_str);
                let known = ExternalUser { id: id.to_owned(), display_name: name.map(str::to_owned), is_bot: false };
                if is("is_owner") {
                    owners.push(known);
                } else if is("is_admin") {
                    administrators.push(known);
                }
            }
            false
        })
        .await?;
        let named = [("Slack owners", owners), ("Slack administrators", administrators)];
        let role = |(name, members): (&str, Vec<ExternalUser>)| Role { name: name.to_owned(), members };
        Ok(named.into_iter().filter(|(_, members)| !members.is_empty()).map(role).collect())
    }

    /// Enters a public channel.
    pub(super) async fn join(&self, channel: &str) -> Result<(), ApplyError> {
        match self.call(As::Bot, "enter the channel", "conversations.join", &[("channel", channel)]).await {
            Ok(_) => Ok(()),
            // A channel shared with another workspace, or one that was archived meanwhile, is not ours to enter.
            Err(error) if matches!(error.word.as_str(), "is_archived" | "method_not_supported_for_channel_type") => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}
