//! Trying a policy that is still being written, and looking at it.

use leptos::{prelude::*, server_fn::codec::Json as JsonBody};
use types::simulation::{CheckLine, Example, Finding, Outcome, TrialInput};
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
    super::answered(backend.simulate(&viewer, &slug, trial).await)
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
    super::answered(backend.lint(&viewer, &slug, source).await)
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
    super::answered(backend.check_policy(&viewer, &slug, base, policy, examples).await)
}
