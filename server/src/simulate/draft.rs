//! From what a client sends to the policy that would come into force.

use types::payload::constitution::{AddPolicy, ChangePolicy};
use types::policy::Policy;
use types::simulation::{DraftInput, Example, ShadowTerms};
use types::{Enforcement, OnError, PolicyDraft, PolicyId};

use super::SimulateError;
use crate::pipeline::constitution;
use crate::pipeline::snapshot::Snapshot;

/// A policy that is about to be proposed.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// What it would be.
    pub draft: PolicyDraft,
    /// The policy that it changes.
    pub before: Option<Policy>,
    /// How far it would reach.
    pub enforcement: Enforcement,
    /// What would happen when it breaks.
    pub on_error: OnError,
    /// Its examples.
    pub examples: Vec<Example>,
    /// Its shadow stage.
    pub shadow: Option<ShadowTerms>,
}

impl Proposed {
    /// The policy that it changes.
    #[must_use]
    pub fn replaces(&self) -> Option<PolicyId> {
        self.before.as_ref().map(|policy| policy.id)
    }
}

/// Reads a draft in the community behind `snapshot`.
///
/// # Errors
/// [`SimulateError::BadInput`].
pub fn read(input: DraftInput, snapshot: &Snapshot) -> Result<Proposed, SimulateError> {
    let bad = |field: &str, problem: String| SimulateError::BadInput { field: field.to_owned(), problem };
    let replaces = input.replaces.or_else(|| input.policy.text("policy").map(str::to_owned));
    let Some(name) = replaces else {
        let add: AddPolicy = serde_path_to_error::deserialize(input.policy.0)
            .map_err(|error| bad(&format!("policy.{}", error.path()), error.inner().to_string()))?;
        let draft = constitution::draft(&add).map_err(|problem| bad("policy", problem))?;
        let (enforcement, on_error, examples, shadow) = (add.enforcement, add.on_error, add.examples, add.shadow);
        return Ok(Proposed { draft, before: None, enforcement, on_error, examples, shadow });
    };
    let found = snapshot.policies.iter().find(|policy| policy.draft.name == name || policy.id.to_string() == name);
    let Some(before) = found.cloned() else {
        return Err(bad("replaces", format!("there is no policy “{name}” in force")));
    };
    let mut fields = input.policy.0;
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("policy".to_owned(), name.into());
        // A whole policy may be sent where a change is meant; these parts of it do not change with a version.
        for part in ["layer", "kind", "enforcement", "on_error"] {
            fields.remove(part);
        }
    }
    let change: ChangePolicy = serde_path_to_error::deserialize(fields)
        .map_err(|error| bad(&format!("policy.{}", error.path()), error.inner().to_string()))?;
    let (examples, shadow) =
        (change.examples.clone().unwrap_or_else(|| before_examples(&before)), change.shadow.clone());
    let draft = constitution::changed(&before.draft, change).map_err(|problem| bad("policy", problem))?;
    let (enforcement, on_error) = (before.enforcement, before.on_error);
    Ok(Proposed { draft, before: Some(before), enforcement, on_error, examples, shadow })
}

/// The examples that a version already has.
fn before_examples(before: &Policy) -> Vec<Example> {
    before.draft.examples.clone()
}

/// The policy that an action proposes.
///
/// # Errors
/// [`SimulateError::BadInput`], also where the action proposes no policy.
pub fn of_action(action: &types::Action, snapshot: &Snapshot) -> Result<Proposed, SimulateError> {
    if !proposes_policy(&action.kind) {
        let problem = "only actions that add or change a policy have examples".to_owned();
        return Err(SimulateError::BadInput { field: "proposal".to_owned(), problem });
    }
    read(DraftInput { policy: action.payload.clone(), replaces: None }, snapshot)
}

/// Whether actions of a type bring a policy into force.
#[must_use]
pub fn proposes_policy(kind: &types::ActionType) -> bool {
    matches!(kind.as_str(), "constitution.add_policy" | "constitution.change_policy")
}
