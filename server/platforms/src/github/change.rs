//! Carrying out and undoing actions in repositories.

use reqwest::Method;
use serde_json::{Value, json};
use types::Json;
use types::payload::github::Merge;
use types::platform::{IdempotencyKey, Person, Receipt};

use super::repository::{GitHubError, Repositories};
use super::rules::GitHubAction;
use super::settings::CHECK;
use crate::ApplyError;

/// Hides a comment, or shows it again.
const MINIMIZE: &str =
    "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { clientMutationId } }";
const SHOW: &str = "mutation($id: ID!) { unminimizeComment(input: {subjectId: $id}) { clientMutationId } }";

impl Repositories<'_> {
    /// Carries out `action`. `kept` is what was captured when it was heard, if it was undone since.
    pub(super) async fn execute(
        &self,
        action: &GitHubAction,
        initiator: Option<&Person>,
        kept: &Json,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        match action {
            GitHubAction::OpenIssue(a) => match kept.get("issue").and_then(Value::as_u64) {
                Some(issue) => self.set_open(&a.repository, issue, true).await,
                None => self.open_issue(&a.repository, &a.title, &a.body, key).await,
            },
            GitHubAction::CloseIssue(a) => self.set_open(&a.repository, a.issue, false).await,
            GitHubAction::ReopenIssue(a) => self.set_open(&a.repository, a.issue, true).await,
            GitHubAction::EditIssue(a) => {
                let number = a.issue.to_string();
                let was = self.on("read the issue", Method::GET, &a.repository, &["issues", &number], None).await?;
                self.edit(&a.repository, a.issue, &json!({ "title": a.title, "body": a.body })).await?;
                let (title, body) = (was.get("title"), was.get("body"));
                Ok(receipt(
                    json!({ "repository": a.repository, "issue": a.issue, "title": title, "body": body, "ours": true }),
                ))
            }
            GitHubAction::Comment(a) => match kept.text("node") {
                Some(node) => {
                    self.graph("show the comment again", SHOW, &json!({ "id": node })).await?;
                    Ok(receipt(json!({ "repository": a.repository, "node": node })))
                }
                None => self.comment(a, initiator, key).await,
            },
            GitHubAction::AddLabel(a) => self.label(&a.repository, a.issue, &a.label, true).await,
            GitHubAction::RemoveLabel(a) => self.label(&a.repository, a.issue, &a.label, false).await,
            GitHubAction::Assign(a) => self.assign(&a.repository, a.issue, &a.user, true).await,
            GitHubAction::Unassign(a) => self.assign(&a.repository, a.issue, &a.user, false).await,
            GitHubAction::Lock(a) => self.lock(&a.repository, a.issue, true).await,
            GitHubAction::Unlock(a) => self.lock(&a.repository, a.issue, false).await,
            GitHubAction::Merge(a) => self.merge(a).await,
            GitHubAction::DeleteBranch(a) => {
                let reference = ["git", "ref", "heads", a.branch.as_str()];
                let was = self.on("read the branch", Method::GET, &a.repository, &reference, None).await?;
                let path = ["git", "refs", "heads", a.branch.as_str()];
                done_already(
                    self.on("delete the branch", Method::DELETE, &a.repository, &path, None).await,
                    &[404, 422],
                )?;
                let sha = was.pointer("/object/sha").cloned();
                Ok(receipt(json!({ "repository": a.repository, "branch": a.branch, "sha": sha, "ours": true })))
            }
            GitHubAction::AddCollaborator(a) => self.collaborator(&a.repository, &a.user, Some(&a.permission)).await,
            GitHubAction::RemoveCollaborator(a) => self.collaborator(&a.repository, &a.user, None).await,
            GitHubAction::RenameRepository(a) => self.rename(&a.repository, &a.name).await,
            GitHubAction::PublishRelease(a) => match kept.get("release").and_then(Value::as_u64) {
                Some(release) => self.draft(&a.repository, release, false).await,
                None => {
                    let body = json!({ "tag_name": a.tag, "name": a.name });
                    let made =
                        self.on("publish the release", Method::POST, &a.repository, &["releases"], Some(&body)).await?;
                    Ok(receipt(json!({ "repository": a.repository, "release": made.get("id"), "ours": true })))
                }
            },
        }
    }

    /// Undoes `action`, from what was captured when it was heard or what its receipt kept.
    pub(super) async fn revert(&self, action: &GitHubAction, undo: &Json) -> Result<Receipt, ApplyError> {
        let mut receipt = self.take_back(action, undo).await?;
        if let (Value::Object(detail), Value::Object(kept)) = (&mut receipt.detail.0, &undo.0) {
            for (field, value) in kept.iter().filter(|(field, _)| *field != "ours") {
                detail.entry(field.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(receipt)
    }

    async fn take_back(&self, action: &GitHubAction, undo: &Json) -> Result<Receipt, ApplyError> {
        let text = |key: &str| undo.text(key).ok_or_else(|| nothing_kept(key));
        let number = |key: &str| undo.get(key).and_then(Value::as_u64).ok_or_else(|| nothing_kept(key));
        match action {
            GitHubAction::OpenIssue(a) => self.set_open(&a.repository, number("issue")?, false).await,
            GitHubAction::CloseIssue(a) => self.set_open(&a.repository, a.issue, true).await,
            GitHubAction::ReopenIssue(a) => self.set_open(&a.repository, a.issue, false).await,
            GitHubAction::EditIssue(a) => {
                let body = json!({ "title": text("title")?, "body": undo.get("body") });
                self.edit(&a.repository, a.issue, &body).await?;
                Ok(receipt(json!({ "restored": a.issue })))
            }
            GitHubAction::Comment(_) => {
                let hidden = self.graph("hide the comment", MINIMIZE, &json!({ "id": text("node")? })).await;
                match hidden {
                    // Whoever deleted it did what was asked for.
                    Err(ApplyError::Permanent { why, .. }) if why.contains("Could not resolve to a node") => {
                        Ok(receipt(json!({ "gone": true })))
                    }
                    Err(error) => Err(error),
                    Ok(_) => Ok(receipt(json!({ "hidden": true }))),
                }
            }
            GitHubAction::AddLabel(a) => self.label(&a.repository, a.issue, &a.label, false).await,
            GitHubAction::RemoveLabel(a) => self.label(&a.repository, a.issue, &a.label, true).await,
            GitHubAction::Assign(a) => self.assign(&a.repository, a.issue, &a.user, false).await,
            GitHubAction::Unassign(a) => self.assign(&a.repository, a.issue, &a.user, true).await,
            GitHubAction::Lock(a) => self.lock(&a.repository, a.issue, false).await,
            GitHubAction::Unlock(a) => self.lock(&a.repository, a.issue, true).await,
            GitHubAction::Merge(_) => Err(ApplyError::permanent(
                "irreversible",
                "a merge cannot be undone; require the check “Polity” for the branch, so that merging waits for the decision",
            )),
            GitHubAction::DeleteBranch(a) => {
                let body = json!({ "ref": format!("refs/heads/{}", a.branch), "sha": text("sha")? });
                let made =
                    self.on("bring the branch back", Method::POST, &a.repository, &["git", "refs"], Some(&body)).await;
                done_already(made, &[422])?;
                Ok(receipt(json!({ "restored": a.branch })))
            }
            GitHubAction::AddCollaborator(a) => self.collaborator(&a.repository, &a.user, None).await,
            GitHubAction::RemoveCollaborator(a) => {
                let permission = undo.text("permission").unwrap_or("push");
                self.collaborator(&a.repository, &a.user, Some(permission)).await
            }
            GitHubAction::RenameRepository(a) => {
                let before = text("before")?;
                // A repository that was renamed is reached by its new name.
                let owner = a.repository.split('/').next().unwrap_or_default();
                self.rename(&format!("{owner}/{}", a.name), before).await
            }
            GitHubAction::PublishRelease(a) => self.draft(&a.repository, number("release")?, true).await,
        }
    }

    async fn edit(&self, repository: &str, issue: u64, body: &Value) -> Result<(), ApplyError> {
        let number = issue.to_string();
        Ok(self.on("change the issue", Method::PATCH, repository, &["issues", &number], Some(body)).await.map(drop)?)
    }

    async fn set_open(&self, repository: &str, issue: u64, is_open: bool) -> Result<Receipt, ApplyError> {
        let body = match is_open {
            true => json!({ "state": "open" }),
            false => json!({ "state": "closed", "state_reason": "not_planned" }),
        };
        self.edit(repository, issue, &body).await?;
        Ok(receipt(json!({ "repository": repository, "issue": issue, "ours": true })))
    }

    async fn label(&self, repository: &str, issue: u64, label: &str, is_on: bool) -> Result<Receipt, ApplyError> {
        let number = issue.to_string();
        if is_on {
            let body = json!({ "labels": [label] });
            self.on("put the label on", Method::POST, repository, &["issues", &number, "labels"], Some(&body)).await?;
        } else {
            let path = ["issues", &number, "labels", label];
            done_already(self.on("take the label off", Method::DELETE, repository, &path, None).await, &[404])?;
        }
        Ok(receipt(json!({ "repository": repository, "issue": issue, "label": label, "ours": true })))
    }

    async fn assign(&self, repository: &str, issue: u64, user: &str, is_on: bool) -> Result<Receipt, ApplyError> {
        let number = issue.to_string();
        let method = if is_on { Method::POST } else { Method::DELETE };
        let body = json!({ "assignees": [user] });
        self.on("change who is assigned", method, repository, &["issues", &number, "assignees"], Some(&body)).await?;
        Ok(receipt(json!({ "repository": repository, "issue": issue, "user": user, "ours": true })))
    }

    async fn lock(&self, repository: &str, issue: u64, is_on: bool) -> Result<Receipt, ApplyError> {
        let number = issue.to_string();
        let (doing, method) =
            if is_on { ("lock the discussion", Method::PUT) } else { ("unlock the discussion", Method::DELETE) };
        self.on(doing, method, repository, &["issues", &number, "lock"], None).await?;
        Ok(receipt(json!({ "repository": repository, "issue": issue, "ours": true })))
    }

    /// Answers the check that the branch may require, then merges exactly the commit that was agreed to.
    async fn merge(&self, a: &Merge) -> Result<Receipt, ApplyError> {
        let number = a.pull.to_string();
        let path = ["pulls", number.as_str()];
        let pull = self.on("read the pull request", Method::GET, &a.repository, &path, None).await?;
        let head = pull.pointer("/head/sha").and_then(Value::as_str).unwrap_or_default();
        let sha = a.sha.as_deref().unwrap_or(head);
        let detail = json!({ "repository": a.repository, "pull": a.pull, "sha": sha, "ours": true });
        if pull.get("merged").and_then(Value::as_bool) == Some(true) {
            return Ok(receipt(detail));
        }
        if sha != head {
            let why = "commits were pushed since it was agreed to; what is there now is another question";
            return Err(ApplyError::permanent("pushed-since", why));
        }
        let check = json!({
            "name": CHECK, "head_sha": sha, "status": "completed", "conclusion": "success",
            "output": { "title": "The community agreed", "summary": "Decided with Polity." },
        });
        self.on("answer the check", Method::POST, &a.repository, &["check-runs"], Some(&check)).await?;
        let body = json!({ "sha": sha });
        let merged = self.on("merge", Method::PUT, &a.repository, &["pulls", &number, "merge"], Some(&body)).await;
        match merged {
            Ok(_) => Ok(receipt(detail)),
            // Another check is missing, or there is a conflict: the community has agreed, and people can merge from here.
            Err(error) if matches!(error.status, 405 | 409) => {
                let mut detail = detail;
                if let Some(fields) = detail.as_object_mut() {
                    fields.insert("merged".to_owned(), json!(false));
                }
                Ok(receipt(detail))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn collaborator(
        &self,
        repository: &str,
        user: &str,
        permission: Option<&str>,
    ) -> Result<Receipt, ApplyError> {
        let path = ["collaborators", user];
        let known = ["collaborators", user, "permission"];
        let was = self.on("look somebody up", Method::GET, repository, &known, None).await.unwrap_or_default();
        match permission {
            Some(permission) => {
                let body = json!({ "permission": permission });
                self.on("invite somebody", Method::PUT, repository, &path, Some(&body)).await?;
            }
            None => {
                done_already(self.on("take somebody's access", Method::DELETE, repository, &path, None).await, &[404])?
            }
        }
        let before = was.get("role_name").or(was.get("permission")).cloned();
        Ok(receipt(json!({ "repository": repository, "user": user, "permission": before, "ours": true })))
    }

    async fn rename(&self, repository: &str, name: &str) -> Result<Receipt, ApplyError> {
        let before = repository.split_once('/').map_or(repository, |(_, name)| name);
        self.on("rename the repository", Method::PATCH, repository, &[], Some(&json!({ "name": name }))).await?;
        Ok(receipt(json!({ "before": before, "ours": true })))
    }

    async fn draft(&self, repository: &str, release: u64, is_draft: bool) -> Result<Receipt, ApplyError> {
        let id = release.to_string();
        let body = json!({ "draft": is_draft });
        self.on("change the release", Method::PATCH, repository, &["releases", &id], Some(&body)).await?;
        Ok(receipt(json!({ "repository": repository, "release": release, "ours": true })))
    }
}

/// What was asked for is so already.
fn done_already(outcome: Result<Value, GitHubError>, statuses: &[u16]) -> Result<(), ApplyError> {
    match outcome {
        Ok(_) => Ok(()),
        Err(error) if statuses.contains(&error.status) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn nothing_kept(what: &str) -> ApplyError {
    ApplyError::permanent("nothing-to-undo", format!("nothing was kept about the {what}, so it cannot be undone"))
}

/// A receipt of something done in a repository.
pub(super) fn receipt(detail: Value) -> Receipt {
    Receipt { external: None, detail: Json(detail) }
}
