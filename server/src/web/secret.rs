//! Secrets that we hand out: random, shown once, kept as a hash.

use std::fmt::Write as _;

use rand::Rng;
use sha2::{Digest, Sha256};

/// `N` random bytes of the operating system's generator, in hexadecimal.
#[must_use]
pub fn random_hex<const N: usize>() -> String {
    let mut bytes = [0_u8; N];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

/// What is stored of a secret: its SHA-256, in hexadecimal.
///
/// The secrets have 256 random bits, so a slow hash would protect nothing.
#[must_use]
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Whether two secrets are the same, in a time that does not depend on where they differ.
#[must_use]
pub fn is_same(given: &str, expected: &str) -> bool {
    use subtle::ConstantTimeEq;
    // Digests have one length, so the comparison does not tell the length of the secret either.
    digest(given).as_bytes().ct_eq(digest(expected).as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
