//! Issues and comments, as they are heard. A pull request is an issue too.

use serde_json::json;
use types::payload::github::*;
use types::platform::{ExternalUser, PlatformEvent};

use super::decode::{Hearing, Told, moment};
use crate::votes;

/// Longest text of ours that tells of somebody else's, in characters, as GitHub cuts them.
const MAX_BODY_CHARS: usize = 65_536;

impl Hearing<'_> {
    /// One change of an issue; `key` is where the event keeps it.
    pub(super) fn issue(&mut self, told: &Told<'_>, repository: &str, action: &str, key: &str) {
        let at = |field: &str| told.text(&format!("/{key}/{field}"));
        let Some(issue) = told.number(&format!("/{key}/number")) else { return };
        let repository = repository.to_owned();
        let updated = at("updated_at").unwrap_or_default();
        let id = format!("issue:{repository}#{issue}:{action}:{updated}");
        let undo = json!({ "repository": repository, "issue": issue });
        let title = at("title").unwrap_or_default().to_owned();
        let body: String = at("body").unwrap_or_default().chars().take(MAX_BODY_CHARS).collect();
        match action {
            "opened" if key == "issue" => {
                self.attempted(told, id, &OpenIssue { repository, title, body }, undo, true);
            }
            "closed" => self.attempted(told, id, &CloseIssue { repository, issue }, undo, true),
            "reopened" => self.attempted(told, id, &ReopenIssue { repository, issue }, undo, true),
            "edited" => {
                let before = json!({
                    "repository": repository, "issue": issue,
                    "title": told.text("/changes/title/from").unwrap_or(&title),
                    "body": told.0.pointer("/changes/body/from").cloned().unwrap_or_else(|| json!(body)),
                });
                self.attempted(told, id, &EditIssue { repository, issue, title, body }, before, true);
            }
            "labeled" | "unlabeled" => {
                let Some(label) = told.text("/label/name").map(str::to_owned) else { return };
                let id = format!("{id}:{label}");
                if action == "labeled" {
                    self.attempted(told, id, &AddLabel { repository, issue, label }, undo, true);
                } else {
                    self.attempted(told, id, &RemoveLabel { repository, issue, label }, undo, true);
                }
            }
            "assigned" | "unassigned" => {
                let Some(user) = told.text("/assignee/login").map(str::to_owned) else { return };
                let id = format!("{id}:{user}");
                if action == "assigned" {
                    self.attempted(told, id, &Assign { repository, issue, user }, undo, true);
                } else {
                    self.attempted(told, id, &Unassign { repository, issue, user }, undo, true);
                }
            }
            "locked" => self.attempted(told, id, &Lock { repository, issue }, undo, true),
            "unlocked" => self.attempted(told, id, &Unlock { repository, issue }, undo, true),
            _ => {}
        }
    }

    /// A comment is an action; where its issue carries a ballot and it says so, it is first a vote.
    pub(super) fn comment(&mut self, told: &Told<'_>, repository: &str, action: &str) {
        let (Some(id), Some(issue)) = (told.number("/comment/id"), told.number("/issue/number")) else { return };
        let (event, message) = (format!("comment:{repository}:{id}"), format!("{repository}#{issue}"));
        let updated = told.text("/comment/updated_at");
        let at = moment(updated, self.received_at);
        if action == "deleted" {
            let event_id = format!("{event}:deleted");
            return self.heard.events.push(PlatformEvent::Withdrew {
                event: event_id,
                cast_by: event,
                at: self.received_at,
            });
        }
        let Some(text) = told.text("/comment/body").filter(|_| matches!(action, "created" | "edited")) else { return };
        // Whoever edits somebody else's comment does not vote for them.
        let author = told.text("/comment/user/login").unwrap_or_default();
        let is_bot = told.text("/comment/user/type") == Some("Bot");
        let voter = ExternalUser { id: author.to_owned(), display_name: None, is_bot };
        match votes::from_reply(text).filter(|_| told.text("/sender/login") == Some(author)) {
            Some(value) => {
                self.heard.events.push(PlatformEvent::Voted { event: event.clone(), message, voter, value, at })
            }
            None if action == "edited" => {
                let event_id = format!("{event}:edited:{}", updated.unwrap_or_default());
                self.heard.events.push(PlatformEvent::Withdrew { event: event_id, cast_by: event.clone(), at });
            }
            None => {}
        }
        let payload =
            Comment { repository: repository.to_owned(), issue, text: text.chars().take(MAX_BODY_CHARS).collect() };
        let undo = json!({
            "repository": repository, "issue": issue, "comment": id, "node": told.text("/comment/node_id"),
            "before": told.text("/changes/body/from"),
        });
        let event = if action == "edited" { format!("{event}#{}", updated.unwrap_or_default()) } else { event };
        self.attempted(told, event, &payload, undo, true);
    }
}
