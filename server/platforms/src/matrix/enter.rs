//! Entering rooms, finding out what we may do there, and what a room knows of a member.

use reqwest::Method;
use serde_json::{Value, json};
use types::platform::Person;
use types::{Json, Timestamp};

use super::power::power_of;
use super::server::{CallError, Server, StateEvent};
use super::settings::server_of;
use super::state::level;
use crate::{ApplyError, Installed};

/// Most changes of a profile that are looked through for the moment when somebody joined.
const MAX_PROFILE_CHANGES: usize = 50;

impl Server<'_> {
    /// Signs in, enters the configured rooms, and says what we lack there.
    pub(super) async fn install(&self) -> Result<Installed, ApplyError> {
        let own_user = self.sign_in().await?;
        let mut installed = Installed { own_user: own_user.clone(), ..Installed::default() };
        for place in &self.settings.rooms {
            match self.enter(place).await {
                Ok(room) => {
                    installed.warnings.extend(self.shortcomings(&room, &own_user).await?);
                    if !installed.places.contains(&room) {
                        installed.places.push(room);
                    }
                }
                Err(error) if error.failure.is_retryable() || error.status == 401 => return Err(error.into()),
                Err(_) => {
                    installed
                        .warnings
                        .push(format!("Polity is not in {place}: invite {own_user} there, then try again"));
                }
            }
        }
        Ok(installed)
    }

    /// Who we are, by our token; the user is registered where it does not exist yet.
    async fn sign_in(&self) -> Result<String, ApplyError> {
        let answer = match self.call("sign in", Method::GET, &["account", "whoami"], None).await {
            Err(error) if error.status == 403 && !self.own_user.is_empty() => {
                let local = self.own_user.trim_start_matches('@').split(':').next().unwrap_or_default();
                let body = json!({ "type": "m.login.application_service", "username": local, "inhibit_login": true });
                self.call("register our user", Method::POST, &["register"], Some(&body)).await?;
                self.call("sign in", Method::GET, &["account", "whoami"], None).await?
            }
            other => other?,
        };
        let user = answer.get("user_id").and_then(Value::as_str).unwrap_or_default();
        if user.is_empty() {
            return Err(ApplyError::permanent("no-user", "the homeserver does not say who we are"));
        }
        Ok(user.to_owned())
    }

    /// Enters a room by id or alias, accepting an invitation where there is one; answers with the room's id.
    pub(super) async fn enter(&self, place: &str) -> Result<String, CallError> {
        let answer = self.call("enter the room", Method::POST, &["join", place], Some(&json!({}))).await?;
        Ok(answer.get("room_id").and_then(Value::as_str).unwrap_or(place).to_owned())
    }

    /// What will not work in a room, in words for the community.
    async fn shortcomings(&self, room: &str, own_user: &str) -> Result<Vec<String>, ApplyError> {
        let mut warnings = Vec::new();
        let name = self.state(room, "m.room.name", "").await?;
        let name = name.as_ref().and_then(|event| event.content.get("name")).and_then(Value::as_str).unwrap_or(room);
        if self.state(room, "m.room.encryption", "").await?.is_some() {
            warnings
                .push(format!("“{name}” is encrypted: Polity cannot read what is said there, so it cannot govern it"));
        }
        if self.creators(room).await?.iter().any(|creator| creator == own_user) {
            return Ok(warnings);
        }
        let levels = self.levels(room).await?;
        let ours = power_of(&levels, own_user);
        let needed = |key: &str, usual: i64| levels.get(key).and_then(level).unwrap_or(usual);
        let state = needed("state_default", 50);
        let of_event =
            |kind: &str| levels.get("events").and_then(|events| events.get(kind)).and_then(level).unwrap_or(state);
        for (power, what) in [
            (needed("redact", 50), "remove messages"),
            (of_event("m.room.name"), "rename the room"),
            (of_event("m.room.topic"), "set the topic"),
            (of_event("m.room.avatar"), "change the picture"),
            (of_event("m.room.pinned_events"), "change the pinned messages"),
            (of_event("m.room.join_rules"), "change who may join"),
            (of_event("m.room.power_levels"), "change power levels"),
            (needed("invite", 0), "invite somebody"),
            (needed("kick", 50), "remove somebody"),
            (needed("ban", 50), "ban somebody"),
        ] {
            if ours < power {
                warnings.push(format!("in “{name}” Polity cannot {what}: it has power {ours} and needs {power}"));
            }
        }
        let listed = levels.get("users").and_then(Value::as_object);
        let equals = listed.into_iter().flatten().filter(|(user, _)| *user != own_user);
        let equals: Vec<&str> = equals
            .filter(|(_, power)| level(power).is_some_and(|p| p >= ours && p > 0))
            .map(|(user, _)| user.as_str())
            .collect();
        if !equals.is_empty() {
            let who = equals.iter().take(5).copied().collect::<Vec<_>>().join(", ");
            warnings.push(format!("in “{name}” Polity cannot remove or demote those of the same power or more: {who}"));
        }
        Ok(warnings)
    }

    /// What the community's first room knows of a member.
    pub(super) async fn look_up(&self, name: &str, of: &Person) -> Result<Json, ApplyError> {
        let (Some(user), Some(room)) = (of.external.as_deref(), self.settings.rooms.first()) else {
            return Ok(Json(Value::Null));
        };
        let room = self.room(room).await?;
        match name {
            "power_level" => Ok(Json(json!(self.power(&room, user).await?))),
            "joined_at" => Ok(Json(self.joined_at(&room, user).await?.map_or(Value::Null, |at| json!(at)))),
            "server" => Ok(Json(json!(server_of(user)))),
            _ => Err(ApplyError::permanent("unknown-lookup", format!("matrix has nothing called '{name}' to look up"))),
        }
    }

    /// Since when somebody has been in the room, or `None`. A new display name is no new arrival.
    async fn joined_at(&self, room: &str, user: &str) -> Result<Option<Timestamp>, ApplyError> {
        let is_join = |event: &StateEvent| event.content.get("membership").and_then(Value::as_str) == Some("join");
        let now = self.state(room, "m.room.member", user).await?;
        let Some(mut event) = now.filter(is_join) else { return Ok(None) };
        for _ in 0..MAX_PROFILE_CHANGES {
            let was_in = event.before.get("membership").and_then(Value::as_str) == Some("join");
            let Some(before) = event.replaces.as_deref().filter(|_| was_in) else { break };
            let path = ["rooms", room, "event", before];
            let Some(earlier) = self.find("read the room's past", &path).await? else { break };
            event = StateEvent::from(&earlier);
        }
        Ok(Some(Timestamp::from_millis(event.at_ms)))
    }
}
