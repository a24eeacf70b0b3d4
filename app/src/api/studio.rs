//! The studio: what a policy is written from, the drafts of it, and the reference beside it.

use std::collections::BTreeSet;

use leptos::{prelude::*, server_fn::codec::Json as JsonBody};
use serde::{Deserialize, Serialize};
use types::effect::Power;
use types::simulation::{Example, ScenarioInput, TrialAction};
use types::{Changeover, DraftId, Enforcement, Json, Layer, OnError, PolicyId, PolicyKind, Timestamp};

use super::{action::FieldOption, policy::DiffLine, words::Person};
use crate::error::AppError;

/// Everything that an author decides, and what they try it on. It is stored as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The policy that it changes; none for a new one.
    #[serde(default)]
    pub policy: Option<PolicyId>,
    /// The policy's name.
    pub name: String,
    /// What it does, in plain words.
    #[serde(default)]
    pub description: String,
    /// What it governs: everyday life, or the government.
    pub layer: Layer,
    /// Whether it decides or answers.
    #[serde(default)]
    pub kind: PolicyKind,
    /// Action types, families of them, or `*`.
    #[serde(default)]
    pub action_types: Vec<String>,
    /// The six functions.
    pub source: String,
    /// The values of `policy.settings`.
    #[serde(default)]
    pub settings: Json,
    /// Hosts that it may ask over HTTP.
    #[serde(default)]
    pub http_hosts: Vec<String>,
    /// What its effects may be; empty means everything but HTTP.
    #[serde(default)]
    pub powers: BTreeSet<Power>,
    /// How seriously it is taken, for a new policy.
    #[serde(default)]
    pub enforcement: Enforcement,
    /// What happens when it breaks, for a new policy.
    #[serde(default)]
    pub on_error: OnError,
    /// What becomes of open proposals, for a changed policy.
    #[serde(default)]
    pub changeover: Changeover,
    /// What it is tried on.
    pub scenario: ScenarioInput,
    /// Scenarios that ship with it, each with the outcome that is expected.
    #[serde(default)]
    pub examples: Vec<Example>,
}

impl Draft {
    /// The policy as the simulator takes it: what `constitution.add_policy` carries.
    #[must_use]
    pub fn to_policy(&self) -> Json {
        let name = if self.name.trim().is_empty() { "a policy on trial" } else { self.name.trim() };
        Json(serde_json::json!({
            "name": name, "description": self.description, "layer": self.layer, "kind": self.kind,
            "action_types": self.action_types, "source": self.source, "settings": self.settings,
            "http_hosts": self.http_hosts, "powers": self.powers,
            "enforcement": self.enforcement, "on_error": self.on_error,
        }))
    }
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            policy: None,
            name: String::new(),
            description: String::new(),
            layer: Layer::Platform,
            kind: PolicyKind::Governing,
            action_types: Vec::new(),
            source: String::new(),
            settings: Json(serde_json::json!({})),
            http_hosts: Vec::new(),
            powers: BTreeSet::new(),
            enforcement: Enforcement::Shadow,
            on_error: OnError::Hold,
            changeover: Changeover::FinishUnderOld,
            scenario: ScenarioInput {
                action: TrialAction {
                    kind: String::new(),
                    payload: Json(serde_json::json!({})),
                    initiator: String::new(),
                },
                members: None,
                events: Vec::new(),
                until_seconds: None,
                seed: 0,
                starts_at: None,
            },
            examples: Vec::new(),
        }
    }
}

/// What the studio opens with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StudioView {
    /// The community's name in the address.
    pub slug: String,
    /// The community's name.
    pub community: String,
    /// The draft as it is.
    pub draft: Draft,
    /// The policy that it changes.
    pub base: Option<BaseView>,
    /// Where it is stored; none while nothing was saved.
    pub saved: Option<SavedDraft>,
    /// Whether the viewer may change it. Who was sent a link reads and tries, and changes nothing.
    pub may_edit: bool,
    /// Whether the viewer may try policies at all.
    pub may_try: bool,
    /// Whether the viewer may propose it.
    pub may_propose: bool,
    /// What the viewer does not see of a shared draft, as a sentence. May be empty.
    pub left_out: String,
    /// The viewer's own drafts, newest first.
    pub drafts: Vec<DraftLine>,
    /// What can be attempted here, and so governed.
    pub kinds: Vec<KindOption>,
    /// The members, by name.
    pub members: Vec<MemberOption>,
    /// The roles, without the one that everybody has.
    pub roles: Vec<String>,
    /// Policies to begin from.
    pub templates: Vec<TemplateLine>,
    /// Makes the proposal count once, however often the form is sent.
    pub attempt_key: String,
}

/// The version that a draft changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseView {
    /// The policy.
    pub id: PolicyId,
    /// How messages cite it: "R-02".
    pub label: String,
    /// Its name.
    pub name: String,
    /// The version in force.
    pub version: u32,
    /// How seriously it is taken.
    pub enforcement: Enforcement,
    /// Its source.
    pub source: String,
}

/// Where a draft is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDraft {
    /// The draft.
    pub id: DraftId,
    /// Which version of it, from 1.
    pub version: u32,
    /// When that was last written.
    pub at: Timestamp,
}

/// A draft in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftLine {
    /// The draft.
    pub id: DraftId,
    /// What it is called.
    pub title: String,
    /// When it was last written.
    pub at: Timestamp,
}

/// A version of a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftVersion {
    /// Its number, from 1.
    pub version: u32,
    /// When it was last written.
    pub at: Timestamp,
    /// What was written.
    pub draft: Draft,
}

/// Something that can be attempted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindOption {
    /// `board.rename_channel`, or a family such as `board.*`.
    pub value: String,
    /// "Rename a channel".
    pub label: String,
    /// Where it belongs.
    pub layer: Layer,
    /// Whether it is a family: it can be governed, and not attempted.
    pub is_family: bool,
}

/// Somebody who can take part in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberOption {
    /// Who.
    pub person: Person,
    /// The roles held, without the one that everybody has.
    pub roles: Vec<String>,
}

/// A policy to begin from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateLine {
    /// Names it in the address.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
}

/// One entry of the reference: a word of the policy language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceEntry {
    /// The word, with what it belongs to: `Proposal.hasElapsed`.
    pub name: String,
    /// The part of the language: "Verdicts and time".
    pub section: String,
    /// How it is written.
    pub signature: String,
    /// What it does.
    pub about: String,
    /// A piece of policy that uses it. May be empty.
    pub example: String,
}

/// The link under which others read a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLink {
    /// The address, from the community's own on: `/c/…/studio?draft=…&key=…`.
    pub href: String,
}

/// What a proposal to add or change a policy comes to: shown where it is voted on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyCase {
    /// What changes, in sentences.
    pub summary: Vec<String>,
    /// What the policy would be.
    pub draft: Draft,
    /// What changes in the source, line by line; for a new policy every line comes.
    pub changes: Vec<DiffLine>,
    /// What it could do, with how many there are of it: "can carry out renames of 6 channels".
    pub powers: Vec<CasePower>,
    /// The SHA-256 of the source, hexadecimal.
    pub hash: String,
    /// Whether the viewer may try it.
    pub may_try: bool,
    /// Who can take part when it is tried.
    pub members: Vec<MemberOption>,
    /// The roles, without the one that everybody has.
    pub roles: Vec<String>,
    /// What can be attempted when it is tried.
    pub kinds: Vec<KindOption>,
}

/// One power in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePower {
    /// What, with its count, as a sentence.
    pub sentence: String,
    /// Whether the policy has it.
    pub granted: bool,
    /// Whether it is new in this version.
    pub is_new: bool,
}

/// What the address of the studio asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudioQuery {
    /// A policy to change, by id.
    pub policy: Option<String>,
    /// A draft to open, by id.
    pub draft: Option<String>,
    /// The key of a shared draft.
    pub key: Option<String>,
    /// A shipped policy to begin from, by slug.
    pub template: Option<String>,
}

/// A kind of action as people choose it.
impl From<&KindOption> for FieldOption {
    fn from(kind: &KindOption) -> Self {
        Self { value: kind.value.clone(), label: kind.label.clone() }
    }
}

/// Loads what the studio opens with.
#[server(input = JsonBody)]
pub async fn studio(
    /// The community.
    slug: String,
    /// What the address asks for.
    query: StudioQuery,
) -> Result<StudioView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.studio(&viewer, &slug, query).await)
}

/// Loads the reference of the policy language.
#[server]
pub async fn reference() -> Result<Vec<ReferenceEntry>, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.reference(&viewer).await)
}

/// Saves a draft: a new one where no id is given.
#[server(input = JsonBody)]
pub async fn save_draft(
    /// The community.
    slug: String,
    /// The draft that was saved before.
    id: Option<DraftId>,
    /// What is saved.
    draft: Draft,
) -> Result<SavedDraft, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.save_draft(&viewer, &slug, id, draft).await)
}

/// Loads the versions of one of the viewer's drafts, newest first.
#[server]
pub async fn draft_versions(
    /// The community.
    slug: String,
    /// The draft.
    id: DraftId,
) -> Result<Vec<DraftVersion>, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.draft_versions(&viewer, &slug, id).await)
}

/// Makes the link under which others read one of the viewer's drafts; a second time, the link before stops working.
#[server]
pub async fn share_draft(
    /// The community.
    slug: String,
    /// The draft.
    id: DraftId,
) -> Result<ShareLink, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.share_draft(&viewer, &slug, id).await)
}

/// Deletes one of the viewer's drafts with all its versions.
#[server]
pub async fn delete_draft(
    /// The community.
    slug: String,
    /// The draft.
    id: DraftId,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.delete_draft(&viewer, &slug, id).await)
}

/// Loads what a proposal about a policy comes to; none where the proposal is about something else.
#[server]
pub async fn case_of(
    /// The community.
    slug: String,
    /// The proposal, as it stands in the address.
    id: String,
) -> Result<Option<PolicyCase>, AppError> {
    let (backend, viewer) = super::asked()?;
    let known = super::answered(id.parse().map_err(|_| AppError::not_found("proposal")))?;
    super::answered(backend.policy_case(&viewer, &slug, known).await)
}
