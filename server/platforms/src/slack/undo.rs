//! Undoing actions in a workspace, and the names of doings that will look like the administrator's.

use serde_json::{Value, json};
use types::Json;
use types::platform::{Operation, Receipt};

use super::change::receipt;
use super::rules::SlackAction;
use super::settings::Settings;
use super::text::moment_of;
use super::workspace::{As, Workspace};
use crate::ApplyError;

impl Workspace<'_> {
    /// Undoes `action`, from what was captured when it was heard or what its receipt kept.
    pub(super) async fn revert(&self, action: &SlackAction, undo: &Json) -> Result<Receipt, ApplyError> {
        let mut receipt = self.take_back(action, undo).await?;
        // What was captured is needed once more if the action is carried out after all: the text, the files, the channel.
        if let (Value::Object(detail), Value::Object(kept)) = (&mut receipt.detail.0, &undo.0) {
            for (field, value) in kept.iter().filter(|(field, _)| *field != "ours") {
                detail.entry(field.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(receipt)
    }

    async fn take_back(&self, action: &SlackAction, undo: &Json) -> Result<Receipt, ApplyError> {
        let kept = |key: &str| undo.text(key).ok_or_else(|| nothing_kept(key));
        let was_ours = undo.get("ours").and_then(Value::as_bool).unwrap_or(false);
        match action {
            SlackAction::PostMessage(_) => {
                let (channel, ts) = moment_of(kept("message")?, kept("channel")?);
                self.delete(channel, ts, if was_ours { As::Bot } else { As::Admin }).await?;
                Ok(receipt(None, json!({ "deleted": undo.get("message") })))
            }
            SlackAction::DeleteMessage(_) => {
                Err(ApplyError::permanent("irreversible", "a message that was deleted cannot be brought back"))
            }
            SlackAction::RenameChannel(a) => {
                let (channel, old) = (kept("channel")?, kept("old_name")?);
                let now = self.about(channel, "/channel/name").await?;
                // What we ourselves set since is a decision, and stays; what a member set since is being undone as well.
                if was_ours && now.as_str() != Some(a.name.as_str()) {
                    return Ok(receipt(None, json!({ "superseded": true })));
                }
                if now.as_str() != Some(old) {
                    self.rename(channel, old).await?;
                }
                Ok(receipt(None, json!({ "restored": old })))
            }
            SlackAction::SetTopic(a) => self.restore(&a.channel, "topic", &a.topic, undo, was_ours).await,
            SlackAction::SetPurpose(a) => self.restore(&a.channel, "purpose", &a.purpose, undo, was_ours).await,
            SlackAction::Invite(a) => {
                let channel = self.channel(&a.channel).await?;
                self.kick(&channel, &a.user).await?;
                Ok(receipt(None, json!({ "removed": a.user })))
            }
            SlackAction::Kick(a) => {
                let channel = self.channel(&a.channel).await?;
                self.invite(&channel, &a.user).await?;
                Ok(receipt(None, json!({ "invited": a.user })))
            }
            SlackAction::Pin(a) => self.pin(&a.channel, &a.message, false).await,
            SlackAction::Unpin(a) => self.pin(&a.channel, &a.message, true).await,
            SlackAction::CreateChannel(_) => self.archive(kept("channel")?, true).await,
            SlackAction::ArchiveChannel(a) => self.archive(&a.channel, false).await,
            SlackAction::UnarchiveChannel(a) => self.archive(&a.channel, true).await,
            SlackAction::SetUserGroup(a) => {
                let before: Vec<String> = undo
                    .get("before")
                    .and_then(|before| serde_json::from_value(before.clone()).ok())
                    .ok_or_else(|| nothing_kept("who was in the group"))?;
                self.set_group(&a.group, &before).await?;
                Ok(receipt(None, json!({ "restored": before })))
            }
        }
    }

    /// Puts a topic or description back, unless a later decision set another.
    async fn restore(
        &self,
        channel: &str,
        what: &str,
        undone: &str,
        undo: &Json,
        was_ours: bool,
    ) -> Result<Receipt, ApplyError> {
        let channel = self.channel(channel).await?;
        // A value that nobody had seen before it was changed was empty as far as anybody can tell, and is not guessed at.
        let before = undo.text("before").ok_or_else(|| nothing_kept(what))?;
        let now = self.about(&channel, &format!("/channel/{what}/value")).await?;
        if was_ours && now.as_str().is_some_and(|now| super::decode::plain(now) != undone) {
            return Ok(receipt(None, json!({ "superseded": true })));
        }
        self.set_text(&channel, what, before).await?;
        Ok(receipt(None, json!({ "restored": before })))
    }
}

/// The name of a doing that the administrator's token did for us.
pub(super) fn echo(verb: &str, of: &[&str]) -> String {
    format!("{verb}:{}", of.join(":"))
}

/// The names under which `operation` will be heard as the administrator's own doing.
pub(super) fn echoes(settings: &Settings, operation: &Operation) -> Vec<String> {
    if settings.admin_user.is_empty() {
        return Vec::new();
    }
    let (kind, payload, undoes, undo) = match operation {
        Operation::Execute { kind, payload, undo, .. } => (kind, payload, false, undo),
        Operation::Revert { kind, payload, undo, .. } => (kind, payload, true, undo),
        _ => return Vec::new(),
    };
    let Ok(action) = SlackAction::read(kind, payload) else { return Vec::new() };
    let one = |verb: &str, of: &[&str]| vec![echo(verb, of)];
    match (&action, undoes) {
        (SlackAction::RenameChannel(a), false) => one("rename", &[&a.channel, &a.name]),
        (SlackAction::RenameChannel(a), true) => {
            undo.text("old_name").map(|old| one("rename", &[&a.channel, old])).unwrap_or_default()
        }
        (SlackAction::ArchiveChannel(a), false) => one("archive", &[&a.channel]),
        (SlackAction::ArchiveChannel(a), true) => one("unarchive", &[&a.channel]),
        (SlackAction::UnarchiveChannel(a), false) => one("unarchive", &[&a.channel]),
        (SlackAction::UnarchiveChannel(a), true) => one("archive", &[&a.channel]),
        (SlackAction::CreateChannel(_), _) => {
            let verb = if undoes { "archive" } else { "unarchive" };
            undo.text("channel").map(|channel| one(verb, &[channel])).unwrap_or_default()
        }
        (SlackAction::Invite(a), false) => one("invite", &[&a.channel, &a.user]),
        (SlackAction::Kick(a), true) => one("invite", &[&a.channel, &a.user]),
        (SlackAction::SetUserGroup(a), _) => one("user_group", &[&a.group]),
        _ => Vec::new(),
    }
}

/// Nothing was captured, so nothing can be put back.
pub(super) fn nothing_kept(what: &str) -> ApplyError {
    ApplyError::permanent("nothing-to-undo", format!("nothing was kept about the {what}, so it cannot be undone"))
}
