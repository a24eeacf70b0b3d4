//! Requests that change something must come from our own pages, or from a program that holds a token.
//!
//! A browser sends the session's cookie along whoever made it send the request. So whatever a cookie could authenticate must
//! show where it comes from, in `Origin` or `Sec-Fetch-Site`, which pages cannot forge.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;

/// The origin under which browsers reach us, where the configuration names one: `https://polity.example`.
///
/// Without one, the request's own `Host` counts: enough against other sites, and right on loopback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicOrigin(pub Option<String>);

/// Refuses state-changing requests that come from elsewhere.
pub async fn check(State(public): State<PublicOrigin>, request: Request, next: Next) -> Response {
    if is_exempt(&request) || comes_from_us(request.headers(), &public) {
        return next.run(request).await;
    }
    ApiError::forbidden(
        "other-origin",
        "this request was sent by another site, or does not say by which; open the page here and try again. Programs send a \
         bearer token instead",
    )
    .into_response()
}

/// Requests that change nothing, and those that nothing ambient can authenticate.
fn is_exempt(request: &Request) -> bool {
    let path = request.uri().path();
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // Platforms sign what they send; a page of another site cannot.
    // A letter's link carries its own seal.
    let is_signed = ["/_matrix/", "/hooks/", "/mail/"].iter().any(|prefix| path.starts_with(prefix));
    let carries_token = path.starts_with("/api/") && request.headers().contains_key(header::AUTHORIZATION);
    // Without a cookie there is nothing to borrow. A browser always says where such a request comes from; if it does, look.
    let is_plain_program = path.starts_with("/api/") && !is_from_browser(request.headers());
    is_safe || is_signed || carries_token || is_plain_program
}

/// Whether a browser sent it, as far as it can be seen.
fn is_from_browser(headers: &HeaderMap) -> bool {
    [header::ORIGIN.as_str(), header::COOKIE.as_str(), "sec-fetch-site"].iter().any(|name| headers.contains_key(*name))
}

/// Whether the request says that one of our own pages sent it.
fn comes_from_us(headers: &HeaderMap, public: &PublicOrigin) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    match (text(header::ORIGIN.as_str()), &public.0) {
        (Some(origin), Some(public)) => origin.eq_ignore_ascii_case(public),
        (Some(origin), None) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some_and(|host| text(header::HOST.as_str()).is_some_and(|own| own.eq_ignore_ascii_case(host)))
        }
        (None, _) => site == Some("same-origin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(&str, &str)], public: Option<&str>) -> bool {
        let mut request = Request::builder().method("POST").uri("/_fn/x");
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        comes_from_us(request.headers(), &PublicOrigin(public.map(str::to_owned)))
    }

    #[test]
    fn only_our_own_pages_pass() {
        let host = ("host", "127.0.0.1:3000");
        assert!(judged(&[host, ("origin", "http://127.0.0.1:3000")], None));
        assert!(judged(&[host, ("sec-fetch-site", "same-origin")], None));
        assert!(!judged(&[host], None), "nothing says where it comes from");
        assert!(!judged(&[host, ("origin", "http://evil.example")], None));
        assert!(!judged(&[host, ("origin", "null")], None));
        assert!(!judged(&[host, ("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:3000")], None));
        assert!(!judged(&[host, ("sec-fetch-site", "cross-site")], None));
    }

    #[test]
    fn a_configured_origin_counts_alone() {
        let public = Some("https://polity.example");
        assert!(judged(&[("host", "10.0.0.7:3000"), ("origin", "https://polity.example")], public));
        assert!(!judged(&[("host", "evil.example"), ("origin", "http://evil.example")], public));
    }
}
