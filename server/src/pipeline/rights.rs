//! Permissions first: who may attempt what, before any policy is asked.

use types::member::{Permission, Right};
use types::{ActionType, RoleId};

/// Whether a member with `roles` holds `right` on actions of type `kind`.
///
/// *execute* includes *propose*, and *propose* includes *view*.
#[must_use]
pub fn holds(right: Right, kind: &ActionType, roles: &[RoleId], permissions: &[Permission]) -> bool {
    permissions
        .iter()
        .any(|permission| permission.right >= right && roles.contains(&permission.role) && permission.covers(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greater_right_includes_the_lesser() {
        let (role, other) = (RoleId(uuid::Uuid::from_u128(1)), RoleId(uuid::Uuid::from_u128(2)));
        let kind: ActionType = "board.rename_channel".parse().unwrap();
        let execute = |pattern: &str| Permission { role, pattern: pattern.to_owned(), right: Right::Execute };
        assert!(holds(Right::Propose, &kind, &[role], &[execute("board.*")]));
        assert!(!holds(Right::Propose, &kind, &[other], &[execute("board.*")]));
        assert!(!holds(Right::View, &kind, &[role], &[execute("matrix.*")]));
        let view = Permission { right: Right::View, ..execute("*") };
        assert!(!holds(Right::Propose, &kind, &[role], &[view]));
    }
}
