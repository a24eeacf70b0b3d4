//! Trying a policy that is still being written, and looking at it.

use leptos::{prelude::*, server_fn::codec::Json as JsonBody};
use types::simulation::{CheckLine, DraftInput, Example, Finding, Outcome, TrialInput};
use types::{Json, PolicyId};

use crate::error::AppError;

/// Plays a trial. Nothing is written.
#[server(input = JsonBody)]
pub async fn simulate(
    /// The community.
    slug: String,
    /// What is played.
    trial: TrialInput,
) -> Result<Outcome, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.try_policy(&viewer, &slug, trial).await)
}

/// Looks for mistakes in a source.
#[server(input = JsonBody)]
pub async fn lint(
    /// The community.
    slug: String,
    /// The source.
    source: String,
) -> Result<Vec<Finding>, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.lint_policy(&viewer, &slug, &source).await)
}

/// Looks at everything that must be in order before a policy is proposed.
#[server(input = JsonBody)]
pub async fn check_policy(
    /// The community.
    slug: String,
    /// The policy that it changes.
    base: Option<PolicyId>,
    /// The policy, as in `constitution.add_policy`.
    policy: Json,
    /// Its examples.
    examples: Vec<Example>,
) -> Result<Vec<CheckLine>, AppError> {
    let (backend, viewer) = super::asked()?;
    let mut policy = policy;
    if let Some(fields) = policy.0.as_object_mut() {
        fields.insert("examples".to_owned(), serde_json::json!(examples));
    }
    let draft = DraftInput { policy, replaces: base.map(|id| id.to_string()) };
    super::answered(backend.check_draft(&viewer, &slug, draft).await)
}
