//! The audit log.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::Timestamp;

use super::words::{NamedValue, Standing, WhyStep};
use crate::error::AppError;

/// Which entries to show. Everything that is set must hold. The names are those of the page's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    /// Words that the entry contains.
    pub text: Option<String>,
    /// A kind of entry: `ballot.cast`; or a family of kinds: `ballot`.
    pub kind: Option<String>,
    /// Who: a handle.
    pub actor: Option<String>,
    /// A policy, by id.
    pub policy: Option<String>,
    /// What it is about, as the log names it: `proposal:<id>`.
    pub subject: Option<String>,
    /// How it ended: `passed`, `failed`, `open`, `held`, `trial`.
    pub outcome: Option<String>,
    /// Not before this day: `2026-11-17`, UTC.
    pub since: Option<String>,
    /// Not after this day.
    pub until: Option<String>,
    /// Only entries older than this one: for the next page.
    pub before: Option<i64>,
}

/// A page of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The entries, newest first.
    pub entries: Vec<AuditLine>,
    /// How many match in all.
    pub total: u32,
    /// The `before` of the next page, where there is one.
    pub next: Option<i64>,
    /// Whether the chain is whole.
    pub integrity: Integrity,
    /// What may be filtered by.
    pub choices: AuditChoices,
    /// The filters that are set, in words, to be taken away one by one.
    pub active: Vec<ActiveFilter>,
}

/// Whether the chain of entries is whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrity {
    /// Whether it is.
    pub is_whole: bool,
    /// The first entry that was checked.
    pub from: i64,
    /// The last one.
    pub to: i64,
    /// When it was checked.
    pub checked_at: Option<Timestamp>,
    /// The newest entry's hash, hexadecimal.
    pub newest: String,
    /// What is wrong and since which entry, where something is.
    pub problem: Option<String>,
}

/// What may be filtered by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditChoices {
    /// Kinds and families of entries: value and words.
    pub kinds: Vec<Choice>,
    /// Who: handle and name.
    pub actors: Vec<Choice>,
    /// Policies: id and label with name.
    pub policies: Vec<Choice>,
}

/// A value to choose, and its words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// As it stands in the address.
    pub value: String,
    /// As people read it.
    pub label: String,
}

/// A filter that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveFilter {
    /// The field of [`AuditQuery`] that it sets: `policy`.
    pub field: String,
    /// In words: "Policy: R-02".
    pub label: String,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Its number.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: AuditActor,
    /// What they did, to follow the actor's name: "voted no on".
    pub verb: String,
    /// What it was done to, set off from the rest: "Open the workshop on Sunday afternoons". May be empty.
    pub object: String,
    /// Why, as a phrase: "because renaming a channel needs two of three jurors". May be empty.
    pub because: String,
    /// The kind of entry: `ballot.cast`.
    pub kind: String,
    /// The kind in one or two words: "Ballot".
    pub kind_label: String,
    /// How the thing stood then, where that is what the entry tells.
    pub standing: Option<Standing>,
    /// Whether a policy on trial is speaking.
    pub is_trial: bool,
    /// What changed, field by field, with what stood there before.
    pub facts: Vec<NamedValue>,
    /// The reasoning, for a decision.
    pub why: Vec<WhyStep>,
    /// Pages it leads to: name in words, address in `href`.
    pub links: Vec<NamedValue>,
    /// The whole body as it is chained, pretty-printed JSON.
    pub body: String,
    /// The hash of the entry before.
    pub prev_hash: String,
    /// The entry's own hash.
    pub hash: String,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditActor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Its name: of the member, of the policy, of the platform; "Someone" for a secret ballot.
    pub name: String,
    /// The handle of a member. Empty otherwise.
    pub handle: String,
}

/// What kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// A member.
    Member,
    /// A policy.
    Policy,
    /// A platform.
    Platform,
    /// Polity itself.
    System,
    /// The operator of the service.
    Operator,
    /// Somebody whose name is not recorded.
    Secret,
}

/// Loads a page of the audit log.
#[server]
pub async fn audit(
    /// The community.
    slug: String,
    /// Which entries.
    #[server(default)]
    query: AuditQuery,
) -> Result<AuditPage, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.audit(&viewer, &slug, query).await)
}
