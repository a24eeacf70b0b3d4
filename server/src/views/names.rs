//! Names of what payloads may mention by id.

use crate::pipeline::snapshot::Snapshot;

use super::sentence::Names;

/// Names of the community's policies, by id.
#[must_use]
pub fn of(snapshot: &Snapshot) -> Names {
    snapshot.policies.iter().map(|policy| (policy.id.to_string(), policy.draft.name.clone())).collect()
}
