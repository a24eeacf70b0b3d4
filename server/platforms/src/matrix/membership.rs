//! Inviting, removing, banning, and each one's inverse.
//!
//! Nobody can be put back into a room, only invited back.

use reqwest::Method;
use serde_json::{Value, json};
use types::Json;
use types::platform::Receipt;

use super::change::{nothing_kept, receipt};
use super::rules::MatrixAction;
use super::server::Server;
use super::settings::is_own;
use crate::ApplyError;

/// What can be done to somebody's membership.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Invite,
    Kick,
    Ban,
    Unban,
}

/// The step, the user and the reason of an action on membership.
fn step(action: &MatrixAction) -> Option<(Step, &str, Option<&str>)> {
    match action {
        MatrixAction::Invite(a) => Some((Step::Invite, &a.user, None)),
        MatrixAction::Kick(a) => Some((Step::Kick, &a.user, a.reason.as_deref())),
        MatrixAction::Ban(a) => Some((Step::Ban, &a.user, a.reason.as_deref())),
        MatrixAction::Unban(a) => Some((Step::Unban, &a.user, None)),
        _ => None,
    }
}

impl Server<'_> {
    pub(super) async fn change_membership(&self, room: &str, action: &MatrixAction) -> Result<Receipt, ApplyError> {
        let (step, user, reason) = step(action).ok_or_else(not_membership)?;
        if is_own(self.own_user, user) && step != Step::Invite {
            let why = "Polity does not remove itself from a room that it governs; disconnect the room instead";
            return Err(ApplyError::permanent("own-membership", why));
        }
        let before = self.take_step(room, step, user, reason).await?;
        Ok(receipt(None, room, json!({ "user": user, "membership": before, "ours": true })))
    }

    pub(super) async fn undo_membership(
        &self,
        room: &str,
        action: &MatrixAction,
        undo: &Json,
        reason: &str,
    ) -> Result<Receipt, ApplyError> {
        let (done, user, own_reason) = step(action).ok_or_else(not_membership)?;
        let was = undo.text("membership").ok_or_else(|| nothing_kept("the membership"))?;
        let was_in = matches!(was, "join" | "invite");
        match done {
            Step::Invite if was_in => {}
            Step::Invite => drop(self.take_step(room, Step::Kick, user, Some(reason)).await?),
            Step::Kick if was_in => drop(self.take_step(room, Step::Invite, user, None).await?),
            Step::Kick => {}
            Step::Ban => {
                self.take_step(room, Step::Unban, user, None).await?;
                if was_in {
                    self.take_step(room, Step::Invite, user, None).await?;
                }
            }
            Step::Unban => {
                let kept = undo.get("content").and_then(|content| content.get("reason")).and_then(Value::as_str);
                self.take_step(room, Step::Ban, user, kept.or(own_reason).or(Some(reason))).await?;
            }
        }
        Ok(receipt(None, room, json!({ "user": user, "restored": was })))
    }

    /// Takes the step unless it is taken already; answers with the membership before.
    async fn take_step(&self, room: &str, step: Step, user: &str, reason: Option<&str>) -> Result<String, ApplyError> {
        let before = self.membership_of(room, user).await?;
        let (verb, doing, is_done) = match step {
            Step::Invite => ("invite", "invite somebody", matches!(before.as_str(), "join" | "invite")),
            Step::Kick => ("kick", "remove somebody", !matches!(before.as_str(), "join" | "invite" | "knock")),
            Step::Ban => ("ban", "ban somebody", before == "ban"),
            Step::Unban => ("unban", "lift a ban", before != "ban"),
        };
        if step == Step::Invite && before == "ban" {
            let why = format!("{user} is banned from the room; lift the ban first");
            return Err(ApplyError::permanent("banned", why));
        }
        if !is_done {
            let body = match reason.filter(|reason| !reason.is_empty()) {
                Some(reason) => json!({ "user_id": user, "reason": reason }),
                None => json!({ "user_id": user }),
            };
            self.call(doing, Method::POST, &["rooms", room, verb], Some(&body)).await?;
        }
        Ok(before)
    }

    /// `join`, `invite`, `ban`, `knock` or `leave`.
    pub(super) async fn membership_of(&self, room: &str, user: &str) -> Result<String, ApplyError> {
        let event = self.state(room, "m.room.member", user).await?;
        let membership = event.as_ref().and_then(|event| event.content.get("membership")).and_then(Value::as_str);
        Ok(membership.unwrap_or("leave").to_owned())
    }
}

fn not_membership() -> ApplyError {
    ApplyError::permanent("unknown-action-type", "matrix has no such action")
}
