//! How fast one caller may ask, so that one cannot slow the others.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::error::ApiError;

/// Requests a second of one address. A page loads a dozen resources; twenty people may share one address.
const PER_ADDRESS: u32 = 100;

/// Requests a second of one session or token: no person clicks as fast, and a program that does should wait.
const PER_CALLER: u32 = 50;

/// Deliveries a second of one address to a platform's hook: what the webhook budget promises, with room.
const PER_HOOK: u32 = 500;

/// How many seconds' worth may come at once.
const BURST_SECONDS: u32 = 5;

/// Checks after which callers that have been quiet are forgotten.
const SWEEP_EVERY: u32 = 10_000;

/// Who is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Caller {
    Address(IpAddr),
    /// The digest of a token or session.
    Bearer(String),
    Hook(IpAddr),
}

/// The counters of one process.
#[derive(Clone)]
pub struct Rates {
    addresses: Arc<DefaultKeyedRateLimiter<Caller>>,
    callers: Arc<DefaultKeyedRateLimiter<Caller>>,
    hooks: Arc<DefaultKeyedRateLimiter<Caller>>,
    checks: Arc<AtomicU32>,
    options: RateOptions,
}

/// Which callers are counted, and by which address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateOptions {
    /// Whether requests of programs on this machine are not counted: they are the operator's, and benches and tests ask as fast
    /// as they can. What a proxy here passes on says so, and is counted.
    pub spares_loopback: bool,
    /// Whether a proxy in front writes `X-Forwarded-For`; its last address is then the caller's.
    pub trusts_proxy: bool,
}

impl Rates {
    /// Fresh counters.
    #[must_use]
    pub fn new(options: RateOptions) -> Self {
        let limiter = |per_second: u32| {
            let second = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
            let burst = NonZeroU32::new(per_second * BURST_SECONDS).unwrap_or(NonZeroU32::MIN);
            Arc::new(RateLimiter::keyed(Quota::per_second(second).allow_burst(burst)))
        };
        Self {
            addresses: limiter(PER_ADDRESS),
            callers: limiter(PER_CALLER),
            hooks: limiter(PER_HOOK),
            checks: Arc::default(),
            options,
        }
    }

    /// Counts one request. `Err` holds the seconds to wait.
    fn count(&self, limiter: &DefaultKeyedRateLimiter<Caller>, caller: &Caller) -> Result<(), u64> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            for limiter in [&self.addresses, &self.callers, &self.hooks] {
                limiter.retain_recent();
            }
        }
        limiter.check_key(caller).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            wait.as_secs() + 1
        })
    }
}

/// The address of a request's sender; none where there is no socket (tests).
#[must_use]
pub fn sender(request: &Request, options: RateOptions) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    if !options.trusts_proxy {
        return peer;
    }
    let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
    forwarded.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse().ok()).or(peer)
}

/// Refuses callers that ask too fast.
pub async fn limit(State(rates): State<Rates>, request: Request, next: Next) -> Response {
    let Some(address) = sender(&request, rates.options) else { return next.run(request).await };
    let is_passed_on = request.headers().contains_key("x-forwarded-for");
    if rates.options.spares_loopback && address.is_loopback() && !is_passed_on {
        return next.run(request).await;
    }
    let path = request.uri().path();
    let counted = if path.starts_with("/_matrix/") || path.starts_with("/hooks/") {
        rates.count(&rates.hooks, &Caller::Hook(address))
    } else {
        rates.count(&rates.addresses, &Caller::Address(address)).and_then(|()| match bearer(request.headers()) {
            Some(caller) => rates.count(&rates.callers, &caller),
            None => Ok(()),
        })
    };
    match counted {
        Ok(()) => next.run(request).await,
        Err(seconds) => {
            metrics::counter!("polity_http_throttled_total").increment(1);
            let mut error = ApiError::new(
                axum::http::StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                format!("too many requests from you; wait {seconds} s and ask more slowly"),
            );
            error.retry_after = Some(seconds);
            error.into_response()
        }
    }
}

/// The token or session that a request carries, as a counter's key. The secret itself is not kept.
fn bearer(headers: &HeaderMap) -> Option<Caller> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let session = || super::session::cookie(headers);
    token.map(str::to_owned).or_else(session).map(|secret| Caller::Bearer(super::secret::digest(&secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_that_asks_too_fast_waits_and_others_do_not() {
        let rates = Rates::new(RateOptions::default());
        let (fast, slow) = (Caller::Address([10, 0, 0, 1].into()), Caller::Address([10, 0, 0, 2].into()));
        let refused =
            (0..PER_ADDRESS * BURST_SECONDS + 50).filter(|_| rates.count(&rates.addresses, &fast).is_err()).count();
        assert!(refused > 0);
        assert!(rates.count(&rates.addresses, &slow).is_ok());
    }

    #[test]
    fn only_a_trusted_proxy_names_the_sender() {
        let mut request =
            Request::builder().header("x-forwarded-for", "1.1.1.1, 2.2.2.2").body(axum::body::Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([9, 9, 9, 9], 1))));
        assert_eq!(sender(&request, RateOptions::default()), Some([9, 9, 9, 9].into()));
        let trusting = RateOptions { trusts_proxy: true, ..RateOptions::default() };
        assert_eq!(sender(&request, trusting), Some([2, 2, 2, 2].into()));
    }
}
