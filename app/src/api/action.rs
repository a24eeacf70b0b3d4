//! Attempting something: which kinds of action there are, the form of one, and what came of it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{ActionId, Layer, ProposalId};

use crate::error::AppError;

/// The kinds of action the viewer may propose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionTypesView {
    /// The kinds, in groups as people think of them: "The board", "Policies", "Roles".
    pub groups: Vec<ActionTypeGroup>,
}

/// Kinds of action that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionTypeGroup {
    /// The name of the group.
    pub title: String,
    /// Everyday life, or the government itself.
    pub layer: Layer,
    /// The kinds.
    pub types: Vec<ActionTypeLine>,
}

/// A kind of action in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionTypeLine {
    /// `board.rename_channel`.
    pub action_type: String,
    /// "Rename a channel".
    pub title: String,
    /// What it does. May be empty.
    pub about: String,
    /// What will decide: "A jury of three", "Happens at once". May be empty.
    pub decided_by: String,
}

/// The form of one kind of action.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionFormView {
    /// `board.rename_channel`.
    pub action_type: String,
    /// "Rename a channel".
    pub title: String,
    /// What it does. May be empty.
    pub about: String,
    /// What will happen when it is sent, as a sentence: "Three members drawn by lot will decide ."
    pub decided_by: String,
    /// The fields, in order.
    pub fields: Vec<FieldView>,
    /// Makes this attempt count once, however often the form is sent.
    pub attempt_key: String,
}

/// One field of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Its name in the payload.
    pub name: String,
    /// Its name in words.
    pub label: String,
    /// What to write. May be empty.
    pub help: String,
    /// How it is filled in.
    pub kind: FieldKind,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it starts with. For [`FieldKind::Checks`] the chosen values, separated by line breaks.
    pub value: String,
    /// What to choose from, for [`FieldKind::Select`] and [`FieldKind::Checks`].
    pub options: Vec<FieldOption>,
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    #[default]
    Line,
    /// Several lines of text.
    Text,
    /// The source of a policy.
    Source,
    /// A JSON value.
    Json,
    /// A whole number.
    Number,
    /// On or off. Sent as `true`, or not at all.
    Toggle,
    /// One of the options.
    Select,
    /// Any number of the options. Sent in [`Attempt::lists`].
    Checks,
    /// A list of texts, one a line. Sent as one text with line breaks.
    Lines,
}

/// Something to choose in a form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldOption {
    /// As it is sent.
    pub value: String,
    /// As people read it.
    pub label: String,
}

/// An action on its way in, as a form gives it. The backend makes the typed payload of it by the action type's schema: an empty
/// text is a field left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// `board.rename_channel`.
    pub action_type: String,
    /// The single values, by field.
    pub fields: BTreeMap<String, String>,
    /// The lists, by field.
    pub lists: BTreeMap<String, Vec<String>>,
    /// The key the form came with: the same key is the same attempt. Empty where the form had none.
    pub key: String,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptOutcome {
    /// The action.
    pub action: ActionId,
    /// How it went.
    pub result: AttemptResult,
    /// The same as a sentence: "Three members were drawn by lot and asked. Until they decide, the name stays #random."
    pub sentence: String,
    /// The proposal to look at, where there is one.
    pub proposal: Option<ProposalId>,
}

/// How an attempt went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptResult {
    /// It was done, or is on its way to the platform.
    Done,
    /// It is to be decided.
    Open,
    /// A policy decided against it at once.
    Failed,
    /// It is held until somebody acts.
    Held,
}

/// Loads the kinds of action the viewer may propose.
#[server]
pub async fn action_types(
    /// The community.
    slug: String,
) -> Result<ActionTypesView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.action_types(&viewer, &slug).await)
}

/// Loads the form of one kind of action.
#[server]
pub async fn action_form(
    /// The community.
    slug: String,
    /// The kind.
    action_type: String,
    /// What it starts from: the id of a policy or document to change.
    #[server(default)]
    about: Option<String>,
) -> Result<ActionFormView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.action_form(&viewer, &slug, &action_type, about.as_deref()).await)
}

/// Attempts an action and stays on the page it came from: the board's forms.
#[server]
pub async fn attempt_action(
    /// The community.
    slug: String,
    /// The kind of action.
    action_type: String,
    /// The single values, by field.
    #[server(default)]
    fields: BTreeMap<String, String>,
    /// The lists, by field.
    #[server(default)]
    lists: BTreeMap<String, Vec<String>>,
    /// The key the form came with.
    #[server(default)]
    key: String,
) -> Result<AttemptOutcome, AppError> {
    let (backend, viewer) = super::asked()?;
    let outcome = super::answered(backend.attempt(&viewer, &slug, Attempt { action_type, fields, lists, key }).await)?;
    super::back_with(&format!("did={}", outcome.action));
    Ok(outcome)
}

/// Attempts an action and goes to its proposal, or where there is none to its entries in the audit log: the propose form.
#[server]
pub async fn propose_action(
    /// The community.
    slug: String,
    /// The kind of action.
    action_type: String,
    /// The single values, by field.
    #[server(default)]
    fields: BTreeMap<String, String>,
    /// The lists, by field.
    #[server(default)]
    lists: BTreeMap<String, Vec<String>>,
    /// The key the form came with.
    #[server(default)]
    key: String,
) -> Result<AttemptOutcome, AppError> {
    let (backend, viewer) = super::asked()?;
    let outcome = super::answered(backend.attempt(&viewer, &slug, Attempt { action_type, fields, lists, key }).await)?;
    let to = match outcome.proposal {
        Some(proposal) => format!("/c/{slug}/proposals/{proposal}"),
        None => format!("/c/{slug}/audit?subject=action:{}", outcome.action),
    };
    leptos_axum::redirect(&to);
    Ok(outcome)
}
