//! How fast a platform lets us ask, as it says itself: by tenant and route, learned from its answers.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;

/// Calls that announcements leave over, so that something that has to be undone does not wait behind them.
const KEPT_FOR_EFFECTS: u32 = 2;

/// Routes remembered before those that ran out are forgotten.
const MAX_ROUTES: usize = 10_000;

/// How long we wait where a platform says that we are too fast and not for how long.
const UNKNOWN_WAIT: Duration = Duration::from_secs(60);

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Carrying out or undoing an action, and what that needs.
    Effect,
    /// Saying something.
    Talk,
}

/// One route's allowance, as of the last answer.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    /// Calls left until `renewed`.
    left: u32,
    /// When there are calls again.
    renewed: Instant,
}

/// The allowances of one platform.
#[derive(Default)]
pub(crate) struct Limits {
    routes: Mutex<HashMap<(String, String), Allowance>>,
}

impl Limits {
    /// How long a call must wait before it is made; `None` where it need not. Counts the call where it need not.
    pub fn wait(&self, tenant: &str, route: &str, urgency: Urgency) -> Option<Duration> {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let allowance = routes.get_mut(&(tenant.to_owned(), route.to_owned()))?;
        let wait = allowance.renewed.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero())?;
        let kept = if urgency == Urgency::Talk { KEPT_FOR_EFFECTS } else { 0 };
        if allowance.left <= kept {
            return Some(jittered(wait));
        }
        allowance.left -= 1;
        None
    }

    /// Takes in what an answer said about its route. The answer is how long to wait, where it said that we are too fast.
    pub fn learn(&self, tenant: &str, route: &str, is_refused: bool, headers: &HeaderMap) -> Option<Duration> {
        let left = number(headers, "x-ratelimit-remaining");
        let wait = wait_in(headers);
        let (left, wait) = match (is_refused, left, wait) {
            (true, _, wait) => (0, wait.unwrap_or(UNKNOWN_WAIT)),
            (false, Some(left), Some(wait)) => (left as u32, wait),
            _ => return None,
        };
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        if routes.len() >= MAX_ROUTES {
            let now = Instant::now();
            routes.retain(|_, allowance| allowance.renewed > now);
        }
        // A limit for everybody holds on every route.
        let tenant = if headers.get("x-ratelimit-global").is_some() { "*" } else { tenant };
        let key = (tenant.to_owned(), route.to_owned());
        routes.insert(key, Allowance { left, renewed: Instant::now() + wait });
        is_refused.then(|| jittered(wait))
    }
}

/// How long until there are calls again, as the headers say: `Retry-After` first, then when the allowance is renewed.
pub(crate) fn wait_in(headers: &HeaderMap) -> Option<Duration> {
    let seconds = number(headers, "retry-after").or_else(|| number(headers, "x-ratelimit-reset-after"));
    if let Some(seconds) = seconds {
        return Duration::try_from_secs_f64(seconds.clamp(0.0, 86_400.0)).ok();
    }
    // A moment in Unix time; GitHub says it so. The answer's own date is the clock it was measured by.
    let reset = number(headers, "x-ratelimit-reset")?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_secs_f64();
    Duration::try_from_secs_f64((reset - now).clamp(0.0, 86_400.0)).ok()
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A little longer than asked for, and never twice the same, so that those who wait do not all come back at once.
fn jittered(wait: Duration) -> Duration {
    let random = RandomState::new().hash_one(0_u8) % 256;
    wait + wait.mul_f64(0.2 * random as f64 / 256.0)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_route_rests_as_long_as_it_was_told_and_others_go_on() {
        let limits = Limits::default();
        let wait = limits.learn("T1", "chat.delete", true, &headers(&[("retry-after", "30")])).unwrap();
        assert!((30..=36).contains(&wait.as_secs()), "{wait:?}");
        assert!(limits.wait("T1", "chat.delete", Urgency::Effect).unwrap() > Duration::from_secs(29));
        assert_eq!(limits.wait("T1", "pins.add", Urgency::Effect), None);
        assert_eq!(limits.wait("T2", "chat.delete", Urgency::Effect), None, "another community is not held up");
    }

    #[test]
    fn announcements_leave_the_last_calls_to_what_must_be_undone() {
        let limits = Limits::default();
        let said = headers(&[("x-ratelimit-remaining", "3"), ("x-ratelimit-reset-after", "1.5")]);
        assert_eq!(limits.learn("G", "messages", false, &said), None);
        assert_eq!(limits.wait("G", "messages", Urgency::Talk), None);
        assert!(limits.wait("G", "messages", Urgency::Talk).is_some());
        assert_eq!(limits.wait("G", "messages", Urgency::Effect), None);
        assert_eq!(limits.wait("G", "messages", Urgency::Effect), None);
        assert!(limits.wait("G", "messages", Urgency::Effect).is_some());
    }

    #[test]
    fn fractions_and_nonsense_are_read_for_what_they_are() {
        assert_eq!(wait_in(&headers(&[("retry-after", "0.25")])), Some(Duration::from_millis(250)));
        assert_eq!(wait_in(&headers(&[("retry-after", "soon")])), None);
        assert_eq!(wait_in(&headers(&[("retry-after", "-5")])), Some(Duration::ZERO));
        assert_eq!(wait_in(&headers(&[("retry-after", "1e300")])), Some(Duration::from_secs(86_400)));
    }
}
