//! Headers that keep a browser from being talked into something.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

/// Whether browsers reach us by https, as far as the configuration knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsHttps(pub bool);

/// For everything that is no page: nothing may be loaded, run or framed.
const NOTHING: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox");

/// A year, with subdomains: what browsers ask for before they trust it.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// On every answer.
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // `no-referrer` would make the browser send `Origin: null` with our own forms, which the origin check refuses.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// For the editor's workers: they load nothing. A sandbox would give them an origin of their own, which workers cannot have.
pub const WORKER: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'");

/// What a page needs besides what every page needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// The editor: it writes the places of lines into style attributes, and computes in workers of our own.
    Editor,
}

impl Needs {
    /// What the page at `path` needs. Only the studio has the editor; links to it load the page anew, so that its policy holds.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let mut parts = path.trim_matches('/').split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("c"), Some(_), Some("studio"), None, ..) => Self::Editor,
            (Some("c"), Some(_), Some("policies"), Some(_), Some("edit"), None) => Self::Editor,
            _ => Self::Nothing,
        }
    }
}

/// The content security policy of a page: only what carries this page's nonce runs, and what that loads.
///
/// `wasm-unsafe-eval` lets WebAssembly be compiled; it does not allow `eval`.
#[must_use]
pub fn content_security_policy(nonce: &str, needs: Needs) -> String {
    let more = match needs {
        Needs::Nothing => "",
        Needs::Editor => "style-src-attr 'unsafe-inline'; worker-src 'self'; ",
    };
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; {more}img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Sets the headers that an answer does not bring itself.
pub async fn protect(State(IsHttps(is_https)): State<IsHttps>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    // What is said to one person stays out of every cache, unless the handler knows better.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
    if is_https {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HSTS);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_studio_may_have_what_the_editor_needs() {
        for path in ["/c/fern-valley/studio", "/c/fern-valley/studio/", "/c/fern-valley/policies/42/edit"] {
            assert_eq!(Needs::of(path), Needs::Editor, "{path}");
        }
        for path in [
            "/",
            "/studio",
            "/c/studio",
            "/c/a/studio/b",
            "/c/a/policies/42",
            "/c/a/policies/42/edit/x",
            "/c/a/board/studio",
        ] {
            assert_eq!(Needs::of(path), Needs::Nothing, "{path}");
        }
        assert!(!content_security_policy("n", Needs::Nothing).contains("unsafe-inline"));
        assert!(!content_security_policy("n", Needs::Editor).contains("blob:"));
    }
}
