//! Events of repositories, as webhooks tell them.

use serde_json::{Value, json};
use types::payload::Payload;
use types::payload::github::*;
use types::platform::{ExternalUser, PlatformEvent};
use types::{Json, Timestamp};

use super::open::{read, verify};
use super::rules::checked;
use super::settings::Settings;
use crate::{Connection, DecodeError, Delivery, Heard, Note};

/// Checks the signature, then reads the event.
pub(super) fn decode(connection: &Connection, delivery: &Delivery) -> Result<Heard, DecodeError> {
    verify(connection, delivery)?;
    let (name, body) = read(delivery)?;
    let settings = Settings::of(connection);
    let mut hearing = Hearing { settings: &settings, received_at: delivery.received_at, heard: Heard::default() };
    hearing.event(name, &Told(&body));
    Ok(hearing.heard)
}

/// An event's body, read field by field.
#[derive(Clone, Copy)]
pub(super) struct Told<'a>(pub &'a Value);

impl<'a> Told<'a> {
    /// The text at a path such as `/issue/title`; `None` where it is none or empty.
    pub fn text(&self, path: &str) -> Option<&'a str> {
        self.0.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The number at a path.
    pub fn number(&self, path: &str) -> Option<u64> {
        self.0.pointer(path).and_then(Value::as_u64)
    }

    /// The flag at a path.
    pub fn is(&self, path: &str) -> bool {
        self.0.pointer(path).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// One event being read.
pub(super) struct Hearing<'a> {
    /// The settings of the connection.
    pub settings: &'a Settings,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What was said so far.
    pub heard: Heard,
}

impl Hearing<'_> {
    fn event(&mut self, name: &str, told: &Told<'_>) {
        let action = told.text("/action").unwrap_or_default();
        if name == "installation" {
            if matches!(action, "deleted" | "suspend") {
                let why = format!(
                    "the app was {} on GitHub; nothing there is governed until it is installed again",
                    if action == "deleted" { "uninstalled" } else { "suspended" }
                );
                self.heard.notes.push(Note::Uninstalled { why });
            }
            return;
        }
        // What we ourselves did comes back under our own name, or marked as done by our app.
        let app =
            told.number("/comment/performed_via_github_app/id").or(told.number("/issue/performed_via_github_app/id"));
        let is_ours = told.text("/sender/login").is_some_and(|login| self.settings.is_own(login));
        let is_by_app =
            matches!(action, "created" | "opened") && app.is_some_and(|app| app.to_string() == self.settings.app_id);
        let Some(repository) = told.text("/repository/full_name") else { return };
        if is_ours || is_by_app || !self.settings.governs(repository) {
            return;
        }
        match (name, action) {
            ("issues", _) => self.issue(told, repository, action, "issue"),
            ("issue_comment", _) => self.comment(told, repository, action),
            ("pull_request", _) => self.pull(told, repository, action),
            ("push", _) if told.is("/deleted") => self.branch_deleted(told, repository),
            ("member", "added") => self.collaborator(told, repository, true),
            ("member", "removed") => self.collaborator(told, repository, false),
            ("repository", "renamed") => self.renamed(told, repository),
            ("release", "published") => self.released(told, repository),
            _ => {}
        }
    }

    fn pull(&mut self, told: &Told<'_>, repository: &str, action: &str) {
        let (Some(pull), Some(sha)) = (told.number("/pull_request/number"), told.text("/pull_request/head/sha")) else {
            return;
        };
        let id = format!("merge:{repository}#{pull}:{sha}");
        let payload = Merge { repository: repository.to_owned(), pull, sha: Some(sha.to_owned()) };
        let undo =
            json!({ "repository": repository, "pull": pull, "sha": sha, "base": told.text("/pull_request/base/ref") });
        match action {
            // Whoever asks to pull asks to merge: the check waits until it is decided. New commits are another question.
            "opened" | "synchronize" | "reopened" | "ready_for_review" if !told.is("/pull_request/draft") => {
                self.attempted(told, id, &payload, undo, false);
            }
            "closed" if told.is("/pull_request/merged") => self.attempted(told, id, &payload, undo, true),
            _ => self.issue(told, repository, action, "pull_request"),
        }
    }

    fn branch_deleted(&mut self, told: &Told<'_>, repository: &str) {
        let (Some(branch), Some(sha)) =
            (told.text("/ref").and_then(|name| name.strip_prefix("refs/heads/")), told.text("/before"))
        else {
            return;
        };
        let payload = DeleteBranch { repository: repository.to_owned(), branch: branch.to_owned() };
        let undo = json!({ "repository": repository, "branch": branch, "sha": sha });
        let at = told.number("/repository/pushed_at").unwrap_or_default();
        self.attempted(told, format!("branch:{repository}:{branch}:{sha}:{at}"), &payload, undo, true);
    }

    fn collaborator(&mut self, told: &Told<'_>, repository: &str, is_added: bool) {
        let Some(user) = told.text("/member/login") else { return };
        let (repository, user) = (repository.to_owned(), user.to_owned());
        let undo = json!({ "repository": repository, "user": user });
        // The event has no moment and no id of its own.
        let id = format!("member:{repository}:{user}:{is_added}:{}", self.received_at.0 / 1000);
        if is_added {
            let permission = told.text("/changes/permission/to").unwrap_or("push");
            let permission = if permission == "write" { "push" } else { permission }.to_owned();
            self.attempted(told, id, &AddCollaborator { repository, user, permission }, undo, true);
        } else {
            self.attempted(told, id, &RemoveCollaborator { repository, user }, undo, true);
        }
    }

    fn renamed(&mut self, told: &Told<'_>, repository: &str) {
        let (Some(name), Some(old)) = (told.text("/repository/name"), told.text("/changes/repository/name/from"))
        else {
            return;
        };
        let payload = RenameRepository { repository: repository.to_owned(), name: name.to_owned() };
        let undo = json!({ "repository": repository, "before": old });
        let at = told.text("/repository/updated_at").unwrap_or_default();
        self.attempted(told, format!("repository:{repository}:{old}:{at}"), &payload, undo, true);
    }

    fn released(&mut self, told: &Told<'_>, repository: &str) {
        let (Some(id), Some(tag)) = (told.number("/release/id"), told.text("/release/tag_name")) else { return };
        let name = told.text("/release/name").unwrap_or_default().to_owned();
        let payload = PublishRelease { repository: repository.to_owned(), tag: tag.to_owned(), name };
        let undo = json!({ "repository": repository, "release": id });
        let at = told.text("/release/published_at").unwrap_or_default();
        self.attempted(told, format!("release:{repository}:{id}:{at}"), &payload, undo, true);
    }

    /// Who sent an event; for an organisation's own doings there may be nobody.
    pub(super) fn sender(told: &Told<'_>) -> Option<ExternalUser> {
        let login = told.text("/sender/login")?.to_owned();
        let is_bot = told.text("/sender/type") == Some("Bot") || login.ends_with("[bot]");
        Some(ExternalUser { id: login, display_name: None, is_bot })
    }

    pub(super) fn attempted<P: Payload>(
        &mut self,
        told: &Told<'_>,
        event: String,
        payload: &P,
        undo: Value,
        happened: bool,
    ) {
        let (Ok(kind), Some(actor)) = (P::TYPE.parse(), Self::sender(told)) else { return };
        let payload = Json(serde_json::to_value(payload).unwrap_or_default());
        if let Err(refusal) = checked(&kind, &payload) {
            return self.heard.notes.push(Note::Skipped { event: Some(event), why: refusal.why });
        }
        let (undo, at) = (Json(undo), self.received_at);
        self.heard.events.push(PlatformEvent::Attempted {
            event,
            kind,
            payload,
            undo,
            actor,
            at,
            happened,
            echo: None,
        });
    }
}

/// The moment of an ISO text; never later than it arrived.
pub(super) fn moment(text: Option<&str>, received_at: Timestamp) -> Timestamp {
    text.and_then(|text| text.parse::<Timestamp>().ok()).map_or(received_at, |at| at.min(received_at))
}
