//! `POST /hooks/in/{community}/{webhook}`: what other services tell a community.
//!
//! A delivery is genuine if it says so in one of three ways:
//! - `X-Polity-Signature: sha256=<hex>` with `X-Polity-Timestamp: <Unix seconds>`: the HMAC-SHA256, under the secret, of the
//!   timestamp, a full stop and the raw body. It counts within five minutes of its time, and once.
//! - `X-Hub-Signature-256: sha256=<hex>` (also accepted under the name above, without a timestamp): the HMAC-SHA256 of the raw
//!   body alone, as GitHub signs. Nothing in it says when it was made, so the same body counts once, for ever.
//! - `Authorization: Bearer <secret>`. Two deliveries with the same `Idempotency-Key` count once; without one, each counts.
//!
//! # Source
//! GitHub, "Validating webhook deliveries", <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>;
//! Slack, "Verifying requests from Slack" (timestamp and window), <https://docs.slack.dev/authentication/verifying-requests-from-slack>;
//! both read 2026-11-22.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use axum::{Extension, Json, Router};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use serde::Serialize;
use sha2::{Digest, Sha256};
use types::{Timestamp, WebhookId};

use super::body::{Raw, read};
use super::error::ApiError;
use super::state::Web;
use super::{keep, secret};
use crate::hex::hex;
use crate::pipeline::reacting::webhook::deliver;

/// Largest delivery: it is kept in the record whole.
///
/// # Units
/// Bytes.
const MAX_BYTES: usize = 64 * 1024;

/// How far a signed time may lie from ours: clocks differ, and deliveries are repeated.
///
/// # Units
/// Milliseconds.
const WINDOW_MS: i64 = 5 * 60 * 1000;

/// Deliveries a second of one webhook. Each starts a procedure of people; a machine that says more should say it at once.
const PER_SECOND: u32 = 5;

/// How many may come at once.
const BURST: u32 = 60;

/// Longest `Idempotency-Key`.
const MAX_KEY_BYTES: usize = 200;

type Rates = Arc<DefaultKeyedRateLimiter<WebhookId>>;

/// What a delivery became.
#[derive(Debug, Serialize)]
pub struct Accepted {
    /// The actions that stand for it in the record: one for each policy that answers.
    actions: Vec<String>,
}

/// The route, with its own limits.
pub fn routes() -> Router<Web> {
    let second = NonZeroU32::new(PER_SECOND).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(BURST).unwrap_or(NonZeroU32::MIN);
    let rates: Rates = Arc::new(RateLimiter::keyed(Quota::per_second(second).allow_burst(burst)));
    Router::new()
        .route("/hooks/in/{community}/{webhook}", post(receive))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .layer(Extension(rates))
}

/// What a webhook's secret is encrypted for: that of another cannot be put in its place.
pub(super) fn purpose(id: WebhookId) -> String {
    format!("webhook:{id}")
}

/// Takes in one delivery. When this answers, nothing loses it.
///
/// # Errors
/// 404 where there is no such webhook, 401 where it is not genuine, 400 where it is no JSON, 413 and 429 where it is too much.
pub async fn receive(
    State(web): State<Web>,
    Extension(rates): Extension<Rates>,
    Path((community, webhook)): Path<(String, String)>,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<(StatusCode, Json<Accepted>), ApiError> {
    let unknown = || ApiError::not_found("webhook");
    let id: WebhookId = webhook.parse().map_err(|_| unknown())?;
    let community = keep::community(&web, &community).await?.ok_or_else(unknown)?;
    let webhook = web.ctx.store.community(community.id).webhook(id).await?.ok_or_else(unknown)?;
    let sealed = webhook.secret.as_deref().ok_or_else(not_genuine)?;
    let plain = web.ctx.vault.unseal(&purpose(id), sealed).map_err(|error| ApiError::internal(error.to_string()))?;
    let delivery = genuine(&headers, &body, plain.expose_secret(), web.ctx.clock.now())?;
    // Only what is genuine counts: nobody uses up the rate of others.
    if let Err(not_until) = rates.check_key(&id) {
        let seconds = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        let why = format!("too many deliveries to this webhook; wait {seconds} s");
        let mut error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", why);
        error.retry_after = Some(seconds);
        return Err(error);
    }
    let delivery = delivery.unwrap_or_else(|| web.ctx.ids.uuid().to_string());
    let body = read(&body)?;
    let actions = deliver(&web.ctx, community.id, &webhook, &delivery, body).await?;
    Ok((StatusCode::ACCEPTED, Json(Accepted { actions: actions.iter().map(ToString::to_string).collect() })))
}

/// Checks that a delivery is genuine. Answers with what tells it from others; `None` where nothing does.
fn genuine(headers: &HeaderMap, body: &[u8], secret: &str, now: Timestamp) -> Result<Option<String>, ApiError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signature = text("x-polity-signature").or_else(|| text("x-hub-signature-256"));
    if let Some(signature) = signature {
        return match text("x-polity-timestamp") {
            Some(time) => {
                let seconds: i64 = time.parse().map_err(|_| not_genuine())?;
                let age = now.millis().saturating_sub(seconds.saturating_mul(1000));
                let signed = [time.as_bytes(), b".", body].concat();
                if !is_signed(signature, &signed, secret) {
                    return Err(not_genuine());
                }
                if age.saturating_abs() > WINDOW_MS {
                    return Err(ApiError::new(
                        StatusCode::UNAUTHORIZED,
                        "stale-delivery",
                        "the signed time is more than five minutes from now; set the clock, or sign again",
                    ));
                }
                Ok(Some(digest(&signed)))
            }
            None if is_signed(signature, body, secret) => Ok(Some(digest(body))),
            None => Err(not_genuine()),
        };
    }
    let bearer = text(header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
    if !bearer.is_some_and(|given| secret::is_same(given, secret)) {
        return Err(not_genuine());
    }
    let key = text("idempotency-key").filter(|key| !key.is_empty() && key.len() <= MAX_KEY_BYTES);
    Ok(key.map(|key| digest(key.as_bytes())))
}

/// Whether `signature` is `sha256=` and the HMAC of `signed`. Compared in constant time.
fn is_signed(signature: &str, signed: &[u8], secret: &str) -> bool {
    let hex = signature.strip_prefix("sha256=").unwrap_or(signature);
    let Some(given) = bytes(hex) else { return false };
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(signed);
    mac.verify_slice(&given).is_ok()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let is_hex = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| hex.as_bytes().chunks(2).map(pair).collect()).flatten()
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn not_genuine() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "bad-signature",
        "the delivery is not signed with the webhook's secret: send X-Polity-Signature, X-Hub-Signature-256 or the secret as a bearer token",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "It's a Secret to Everybody";
    const NOW: Timestamp = Timestamp::from_millis(1_780_000_000_000);

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    /// The example of GitHub's documentation.
    #[test]
    fn a_signature_like_githubs_is_understood() {
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let signed = headers(&[("x-hub-signature-256", signature)]);
        let known = genuine(&signed, b"Hello, World!", SECRET, NOW).unwrap();
        assert_eq!(known, Some(digest(b"Hello, World!")));
        assert!(genuine(&signed, b"Hello, World?", SECRET, NOW).is_err());
        assert!(genuine(&signed, b"Hello, World!", "another", NOW).is_err());
        let cut = headers(&[("x-hub-signature-256", &signature[..70])]);
        assert!(genuine(&cut, b"Hello, World!", SECRET, NOW).is_err());
    }

    #[test]
    fn a_signed_time_counts_within_five_minutes() {
        let sign = |time: &str| {
            let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
            mac.update(format!("{time}.{{}}").as_bytes());
            headers(&[
                ("x-polity-timestamp", time),
                ("x-polity-signature", &format!("sha256={}", hex(&mac.finalize().into_bytes()))),
            ])
        };
        assert!(genuine(&sign("1780000000"), b"{}", SECRET, NOW).unwrap().is_some());
        assert!(genuine(&sign("1779999701"), b"{}", SECRET, NOW).is_ok());
        assert_eq!(genuine(&sign("1779999699"), b"{}", SECRET, NOW).unwrap_err().code, "stale-delivery");
        assert_eq!(genuine(&sign("1780000301"), b"{}", SECRET, NOW).unwrap_err().code, "stale-delivery");
        let mut moved = sign("1779999699");
        moved.insert("x-polity-timestamp", "1780000000".parse().unwrap());
        assert_eq!(genuine(&moved, b"{}", SECRET, NOW).unwrap_err().code, "bad-signature", "the time is signed too");
    }

    #[test]
    fn the_secret_itself_opens_and_nothing_else() {
        let bearer = |token: &str| headers(&[("authorization", &format!("Bearer {token}"))]);
        assert_eq!(genuine(&bearer(SECRET), b"{}", SECRET, NOW).unwrap(), None);
        assert!(genuine(&bearer("guess"), b"{}", SECRET, NOW).is_err());
        assert!(genuine(&HeaderMap::new(), b"{}", SECRET, NOW).is_err());
        let mut keyed = bearer(SECRET);
        keyed.insert("idempotency-key", "7".parse().unwrap());
        assert_eq!(genuine(&keyed, b"{}", SECRET, NOW).unwrap(), Some(digest(b"7")));
    }
}
