//! Who is asking: a program with a token, or a person with a session.

use std::net::{IpAddr, SocketAddr};

use app::backend::Viewer;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use secrecy::ExposeSecret;
use store::tokens::{Scope, Token};
use types::{AccountId, CommunityId, SessionId, TokenId};

use super::error::ApiError;
use super::request::RequestId;
use super::state::Web;
use super::{secret, session};

/// Who calls the REST interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The operator of the service: everything.
    Operator,
    /// A program of one community: everything there, nothing elsewhere.
    Community {
        /// The community.
        community: CommunityId,
        /// The token it showed.
        token: TokenId,
    },
    /// A person, by the session of their browser: what their membership allows.
    Person {
        /// The account.
        account: AccountId,
        /// The session.
        session: SessionId,
    },
}

impl Caller {
    /// Who sent this request.
    ///
    /// # Errors
    /// 401 where nobody can be made out, with what to send.
    pub async fn of(web: &Web, parts: &Parts) -> Result<Self, ApiError> {
        if let Some(header) = parts.headers.get(header::AUTHORIZATION) {
            let token = header.to_str().ok().and_then(|value| value.split_once(' '));
            let token =
                token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
            return Self::of_token(web, token.ok_or_else(ApiError::unauthenticated)?).await;
        }
        if let Some(viewer) = parts.extensions.get::<Viewer>()
            && let (Some(account), Some(session)) = (viewer.account, viewer.session)
        {
            return Ok(Self::Person { account, session });
        }
        if web.options.trusts_loopback && is_on_this_machine(parts) {
            return Ok(Self::Operator);
        }
        Err(ApiError::unauthenticated())
    }

    async fn of_token(web: &Web, token: &str) -> Result<Self, ApiError> {
        let operator = web.options.operator_token.as_ref();
        if operator.is_some_and(|operator| secret::is_same(token, operator.expose_secret())) {
            return Ok(Self::Operator);
        }
        match super::keep::token(web, &secret::digest(token)).await? {
            Some(Token { scope: Scope::Operator, .. }) => Ok(Self::Operator),
            Some(Token { scope: Scope::Community(community), id, .. }) => Ok(Self::Community { community, token: id }),
            None => Err(ApiError::new(
                axum::http::StatusCode::UNAUTHORIZED,
                "token-unknown",
                "this bearer token is not known here: it may have been revoked, or have expired",
            )),
        }
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Self::Rejection> {
        Self::of(web, parts).await
    }
}

/// Whether a request comes from this machine and knows it by a loopback name.
///
/// The name matters: a page elsewhere can point its own name at 127.0.0.1 and have a browser here ask in its stead.
#[must_use]
pub fn is_on_this_machine(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    peer.is_some_and(|address| address.is_loopback())
        && is_loopback_name(&parts.headers)
        && !parts.headers.contains_key("x-forwarded-for")
}

fn is_loopback_name(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|value| value.to_str().ok()) else { return false };
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Finds the session of a browser's cookie, for everything that comes after.
///
/// A cookie that names no session is as good as none.
pub async fn recognise(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let mut viewer = Viewer { account: None, session: None, request_id };
    if let Some(cookie) = session::cookie(request.headers()) {
        match super::keep::session(&web, &secret::digest(&cookie)).await {
            Ok(Some((session, account))) => {
                viewer.session = Some(session);
                viewer.account = Some(account);
            }
            Ok(None) => {}
            // The page can still be read as a visitor; what needs the session will say so.
            Err(error) => tracing::warn!(cause = error.cause.as_deref().unwrap_or_default(), "sessions cannot be read"),
        }
    }
    request.extensions_mut().insert(viewer);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_count() {
        let named = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            is_loopback_name(&headers)
        };
        assert!(named("127.0.0.1:3000") && named("localhost") && named("[::1]:3000"));
        assert!(!named("evil.example:3000") && !named("10.0.0.1") && !named("127.0.0.1.evil.example"));
    }
}
