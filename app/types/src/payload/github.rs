//! Actions in repositories on GitHub. A repository is named `owner/name`; an issue or pull request by its number in it.

use super::payloads;

payloads! {
    /// Open an issue. Undone by closing it as not planned; GitHub deletes none.
    "github.open_issue", "Open an issue", "open “{title}” in {repository}", true,
    OpenIssue {
        /// The repository.
        repository: String,
        /// The title.
        title: String,
        /// The text.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        body: String,
    }

    /// Close an issue.
    "github.close_issue", "Close an issue", "close {repository}#{issue}", true,
    CloseIssue {
        /// The repository.
        repository: String,
        /// Its number.
        issue: u64,
    }

    /// Open a closed issue again.
    "github.reopen_issue", "Reopen an issue", "reopen {repository}#{issue}", true,
    ReopenIssue {
        /// The repository.
        repository: String,
        /// Its number.
        issue: u64,
    }

    /// Change what an issue says.
    "github.edit_issue", "Edit an issue", "edit {repository}#{issue}: “{title}”", true,
    EditIssue {
        /// The repository.
        repository: String,
        /// Its number.
        issue: u64,
        /// The new title.
        title: String,
        /// The new text.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        body: String,
    }

    /// Write a comment. Undone by hiding it.
    "github.comment", "Comment", "comment on {repository}#{issue}: “{text}”", true,
    Comment {
        /// The repository.
        repository: String,
        /// The number of the issue or pull request.
        issue: u64,
        /// What is said.
        #[cfg_attr(feature = "schema", schemars(extend("x-kind" = "text")))]
        text: String,
    }

    /// Put a label on an issue or pull request.
    "github.add_label", "Label an issue", "label {repository}#{issue} “{label}”", true,
    AddLabel {
        /// The repository.
        repository: String,
        /// Its number.
        issue: u64,
        /// The label.
        label: String,
    }

    /// Take a label from an issue or pull request.
    "github.remove_label", "Remove a label", "take “{label}” from {repository}#{issue}", true,
    RemoveLabel {
        /// The repository.
        repository: String,
        /// Its number.
        issue: u64,
        /// The label.
        label: String,
    }

    /// Assign somebody to an issue or pull request.
    "github.assign", "Assign somebody", "assign {user} to {repository}#{issue}", true,
    Assign {
        /// The repository.
        repository: String,
        /// Its number.
        issue: u64,
        /// Who, by login.
        user: String,
    }

    /// Take somebody from an issue or pull request.
    "github.unassign", "Unassign somebody", "take {user} from {repository}#{issue}", true,
    Unassign {
        /// The repository.
        repository: String,
        /// Its number.
        issue: u64,
        /// Who, by login.
        user: String,
    }

    /// Keep an issue or pull request from being commented on.
    "github.lock", "Lock a discussion", "lock {repository}#{issue}", true,
    Lock {
        /// The repository.
        repository: String,
        /// Its number.
        issue: u64,
    }

    /// Let an issue or pull request be commented on again.
    "github.unlock", "Unlock a discussion", "unlock {repository}#{issue}", true,
    Unlock {
        /// The repository.
        repository: String,
        /// Its number.
        issue: u64,
    }

    /// Merge a pull request. A merge cannot be undone: where the check of Polity is required, GitHub waits for the decision.
    "github.merge", "Merge a pull request", "merge {repository}#{pull}", false,
    Merge {
        /// The repository.
        repository: String,
        /// Its number.
        pull: u64,
        /// The commit that was agreed to: what is pushed later is not merged by this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sha: Option<String>,
    }

    /// Delete a branch.
    "github.delete_branch", "Delete a branch", "delete the branch {branch} of {repository}", true,
    DeleteBranch {
        /// The repository.
        repository: String,
        /// The branch.
        branch: String,
    }

    /// Give somebody access to a repository. They are invited, and accept themselves.
    "github.add_collaborator", "Add a collaborator", "give {user} access to {repository}: {permission}", true,
    AddCollaborator {
        /// The repository.
        repository: String,
        /// Who, by login.
        user: String,
        /// `pull`, `triage`, `push`, `maintain` or `admin`.
        permission: String,
    }

    /// Take somebody's access to a repository.
    "github.remove_collaborator", "Remove a collaborator", "take {user}’s access to {repository}", true,
    RemoveCollaborator {
        /// The repository.
        repository: String,
        /// Who, by login.
        user: String,
    }

    /// Give a repository another name.
    "github.rename_repository", "Rename a repository", "rename {repository} to {name}", true,
    RenameRepository {
        /// The repository, by its present name.
        repository: String,
        /// The new name, without the owner.
        name: String,
    }

    /// Publish a release.
    "github.publish_release", "Publish a release", "release {tag} of {repository}", true,
    PublishRelease {
        /// The repository.
        repository: String,
        /// The tag.
        tag: String,
        /// Its title.
        #[serde(default)]
        name: String,
    }
}
