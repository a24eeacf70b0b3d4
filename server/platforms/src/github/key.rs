//! The app's key: with it we say to GitHub who we are, for ten minutes at most.
//!
//! # Source
//! <https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use crate::ApplyError;

/// How far our clock may run ahead of GitHub's.
const BACKDATED_SECONDS: i64 = 60;

/// How long a token is good. GitHub takes none for more than ten minutes.
const GOOD_FOR_SECONDS: i64 = 9 * 60;

/// A token that says that we are app `app_id`, signed with the PEM that GitHub gave.
///
/// # Errors
/// Permanent: the key is none.
pub(super) fn token(app_id: &str, pem: &str, now_seconds: i64) -> Result<String, ApplyError> {
    let bad = || {
        ApplyError::permanent(
            "bad-key",
            "the private key of the GitHub app is no RSA key: give the PEM that GitHub gave",
        )
    };
    let key = pair(pem).ok_or_else(bad)?;
    let encode = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = encode(&json!({ "alg": "RS256", "typ": "JWT" }));
    let claims = encode(&json!({
        "iss": app_id, "iat": now_seconds - BACKDATED_SECONDS, "exp": now_seconds + GOOD_FOR_SECONDS,
    }));
    let signed = format!("{header}.{claims}");
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).map_err(|_| bad())?;
    Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
}

/// The key of a PEM: `RSA PRIVATE KEY` as GitHub gives it, or `PRIVATE KEY`. In an environment variable `\n` may stand for
/// its line ends.
fn pair(pem: &str) -> Option<RsaKeyPair> {
    let pem = pem.replace("\\n", "\n");
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (kind, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let body: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    let der = BASE64_STANDARD.decode(body).ok()?;
    match kind {
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der).ok(),
        _ => RsaKeyPair::from_pkcs8(&der).ok(),
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_token_is_signed_by_the_key_and_says_who_we_are_and_until_when() {
        let made = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&made).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----",
            BASE64_STANDARD.encode(der.as_ref())
        );
        let token = token("123", &pem, 1_700_000_000).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let claims: serde_json::Value =
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        assert_eq!(claims, json!({ "iss": "123", "iat": 1_699_999_940, "exp": 1_700_000_540 }));
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, made.public_key().as_ref());
        let signature = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        assert!(public.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).is_ok());
        assert!(super::token("123", "no key", 0).is_err());
    }
}
