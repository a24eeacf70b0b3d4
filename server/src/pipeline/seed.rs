//! Where a proposal's random draws come from.

use sha2::{Digest, Sha256};
use types::ActionId;
use types::evaluation::Seed;

/// The seed of an action under one policy version: `SHA-256(action id ‖ version hash ‖ previous audit hash)`.
///
/// The id as 36 characters with hyphens, both hashes as 64 hexadecimal characters, joined by line feeds. The id is drawn by
/// the server and the audit hash stood before the action, so nobody can choose a jury; all three are public, so anybody can
/// check one.
#[must_use]
pub fn seed(action: ActionId, version_hash: &str, previous_audit_hash: &str) -> Seed {
    Seed(Sha256::digest(format!("{action}\n{version_hash}\n{previous_audit_hash}")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let action = ActionId(uuid::Uuid::from_u128(7));
        let one = seed(action, "aa", "bb");
        assert_eq!(one, seed(action, "aa", "bb"));
        assert_ne!(one, seed(action, "aa", "bc"));
        assert_ne!(one, seed(action, "ab", "bb"));
        assert_ne!(one, seed(ActionId::NIL, "aa", "bb"));
    }
}
