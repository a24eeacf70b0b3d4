//! The cookie of a signed-in browser.
//!
//! It holds 256 random bits and nothing else; the store knows only their hash. A new one is made at each sign-in, whatever the
//! browser brought along, so that nobody can hand somebody a session and share it.

use axum::http::{HeaderMap, header};

/// The cookie's name over http; over https [`SECURE_NAME`].
const NAME: &str = "polity_session";

/// The cookie's name over https. Browsers accept the prefix only from the host itself, securely, for all paths: another
/// subdomain cannot set it.
const SECURE_NAME: &str = "__Host-polity_session";

/// How long a browser stays signed in without coming back.
///
/// # Units
/// Seconds: thirty days.
pub const LIFETIME_SECONDS: u64 = 30 * 24 * 3600;

/// The session secret that a request carries.
#[must_use]
pub fn cookie(headers: &HeaderMap) -> Option<String> {
    let pairs =
        headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(';'));
    let mut plain = None;
    for pair in pairs {
        match pair.trim().split_once('=') {
            Some((SECURE_NAME, secret)) if is_secret(secret) => return Some(secret.to_owned()),
            Some((NAME, secret)) if is_secret(secret) => plain = Some(secret.to_owned()),
            _ => {}
        }
    }
    plain
}

/// Whether a text can be a secret of ours; anything else is not worth a look into the store.
fn is_secret(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The `Set-Cookie` that signs a browser in.
#[must_use]
pub fn set(secret: &str, is_https: bool) -> String {
    format!(
        "{}={secret}; Path=/; Max-Age={LIFETIME_SECONDS}; HttpOnly; SameSite=Lax{}",
        name(is_https),
        secure(is_https)
    )
}

/// The `Set-Cookie` that signs it out.
#[must_use]
pub fn clear(is_https: bool) -> String {
    format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}", name(is_https), secure(is_https))
}

fn name(is_https: bool) -> &'static str {
    if is_https { SECURE_NAME } else { NAME }
}

fn secure(is_https: bool) -> &'static str {
    if is_https { "; Secure" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_comes_back_as_it_was_set() {
        let secret = crate::web::secret::random_hex::<32>();
        for is_https in [false, true] {
            let line = set(&secret, is_https);
            assert!(line.contains("HttpOnly; SameSite=Lax") && line.ends_with("Secure") == is_https, "{line}");
            let mut headers = HeaderMap::new();
            let pair = line.split(';').next().unwrap();
            headers.insert(header::COOKIE, format!("theme=dark; {pair}").parse().unwrap());
            assert_eq!(cookie(&headers), Some(secret.clone()));
        }
    }

    #[test]
    fn anything_else_is_no_session() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "polity_session=1' or 1=1".parse().unwrap());
        assert_eq!(cookie(&headers), None);
    }
}
