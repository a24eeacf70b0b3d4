//! What can be seen to be wrong with a payload before GitHub is asked.

use types::payload::github::*;
use types::{ActionType, Json};

use crate::Refusal;
use crate::action::actions;

/// Longest text, in characters.
const MAX_BODY_CHARS: usize = 65_536;

/// Longest title, in characters.
const MAX_TITLE_CHARS: usize = 256;

/// What may be done in a repository, from least to most.
const PERMISSIONS: [&str; 5] = ["pull", "triage", "push", "maintain", "admin"];

actions! {
    /// An action in a repository.
    "github",
    GitHubAction {
        OpenIssue,
        CloseIssue,
        ReopenIssue,
        EditIssue,
        Comment,
        AddLabel,
        RemoveLabel,
        Assign,
        Unassign,
        Lock,
        Unlock,
        Merge,
        DeleteBranch,
        AddCollaborator,
        RemoveCollaborator,
        RenameRepository,
        PublishRelease,
    }
}

impl GitHubAction {
    /// The repository it happens in.
    pub(super) fn repository(&self) -> &str {
        match self {
            Self::OpenIssue(a) => &a.repository,
            Self::CloseIssue(a) => &a.repository,
            Self::ReopenIssue(a) => &a.repository,
            Self::EditIssue(a) => &a.repository,
            Self::Comment(a) => &a.repository,
            Self::AddLabel(a) => &a.repository,
            Self::RemoveLabel(a) => &a.repository,
            Self::Assign(a) => &a.repository,
            Self::Unassign(a) => &a.repository,
            Self::Lock(a) => &a.repository,
            Self::Unlock(a) => &a.repository,
            Self::Merge(a) => &a.repository,
            Self::DeleteBranch(a) => &a.repository,
            Self::AddCollaborator(a) => &a.repository,
            Self::RemoveCollaborator(a) => &a.repository,
            Self::RenameRepository(a) => &a.repository,
            Self::PublishRelease(a) => &a.repository,
        }
    }
}

/// The action, or what is wrong with it.
pub(super) fn checked(kind: &ActionType, payload: &Json) -> Result<GitHubAction, Refusal> {
    let action = GitHubAction::read(kind, payload)?;
    repository(action.repository())?;
    match &action {
        GitHubAction::OpenIssue(a) => title(&a.title).and_then(|()| at_most(&a.body, "the text", MAX_BODY_CHARS))?,
        GitHubAction::EditIssue(a) => title(&a.title).and_then(|()| at_most(&a.body, "the text", MAX_BODY_CHARS))?,
        GitHubAction::Comment(a) => {
            filled(&a.text, "the comment").and_then(|()| at_most(&a.text, "the comment", MAX_BODY_CHARS))?;
        }
        GitHubAction::AddLabel(a) => filled(&a.label, "the label")?,
        GitHubAction::RemoveLabel(a) => filled(&a.label, "the label")?,
        GitHubAction::Assign(a) => login(&a.user)?,
        GitHubAction::Unassign(a) => login(&a.user)?,
        GitHubAction::DeleteBranch(a) => filled(&a.branch, "the branch")?,
        GitHubAction::RemoveCollaborator(a) => login(&a.user)?,
        GitHubAction::AddCollaborator(a) => {
            login(&a.user)?;
            // What an organisation named itself is not ours to judge where it has happened, but cannot be asked for.
            if a.permission.is_empty() || a.permission.len() > 100 {
                return Err(Refusal::new(
                    "bad-permission",
                    format!("a permission is one of {}", PERMISSIONS.join(", ")),
                ));
            }
        }
        GitHubAction::RenameRepository(a) => {
            filled(&a.name, "the name")?;
            if a.name.contains('/') {
                return Err(Refusal::new("bad-name", "the new name is written without its owner"));
            }
        }
        GitHubAction::PublishRelease(a) => filled(&a.tag, "the tag")?,
        GitHubAction::CloseIssue(_)
        | GitHubAction::ReopenIssue(_)
        | GitHubAction::Lock(_)
        | GitHubAction::Unlock(_)
        | GitHubAction::Merge(_) => {}
    }
    Ok(action)
}

/// `owner/name`.
pub(super) fn repository(written: &str) -> Result<(), Refusal> {
    let part = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && !matches!(part, "." | "..")
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    let shown: String = written.chars().take(80).collect();
    let wrong = || Refusal::new("bad-repository", format!("'{shown}' is not a repository such as octocat/hello-world"));
    let is_good = written.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name));
    if is_good { Ok(()) } else { Err(wrong()) }
}

fn login(written: &str) -> Result<(), Refusal> {
    let is_good = !written.is_empty()
        && written.len() <= 60
        && written.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '[' | ']'));
    let shown: String = written.chars().take(60).collect();
    if is_good { Ok(()) } else { Err(Refusal::new("bad-user", format!("'{shown}' is not a login on GitHub"))) }
}

fn title(written: &str) -> Result<(), Refusal> {
    filled(written, "the title").and_then(|()| at_most(written, "the title", MAX_TITLE_CHARS))
}

fn filled(written: &str, what: &str) -> Result<(), Refusal> {
    if written.trim().is_empty() { Err(Refusal::new("empty-text", format!("{what} is empty"))) } else { Ok(()) }
}

fn at_most(written: &str, what: &str, limit: usize) -> Result<(), Refusal> {
    match written.chars().count() {
        n if n > limit => {
            Err(Refusal::new("too-long", format!("{what} has {n} characters; at most {limit} are allowed")))
        }
        _ => Ok(()),
    }
}
