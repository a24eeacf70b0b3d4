//! Strikes: a policy version whose workers had to be ended again and again is set aside for a while.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::queue::Tenant;

/// When a policy version is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrikeRule {
    /// After so many ended workers …
    pub n_strikes: usize,
    /// … within this time …
    pub within: Duration,
    /// … it is set aside for this long. The first strike after that sets it aside again at once.
    pub set_aside_for: Duration,
}

impl Default for StrikeRule {
    fn default() -> Self {
        Self { n_strikes: 3, within: Duration::from_secs(5 * 60), set_aside_for: Duration::from_secs(10 * 60) }
    }
}

/// Versions remembered at once; beyond it those without recent strikes are forgotten.
const MAX_REMEMBERED: usize = 10_000;

/// Who struck how often.
///
/// Counted for each community by itself: another one's data must not set aside a policy that both took from one template.
pub struct Strikes {
    rule: StrikeRule,
    versions: HashMap<(Tenant, String), Record>,
    tenants: HashMap<Tenant, Instant>,
}

#[derive(Default)]
struct Record {
    strikes: VecDeque<Instant>,
    set_aside_until: Option<Instant>,
}

impl Strikes {
    /// Nobody has struck.
    #[must_use]
    pub fn new(rule: StrikeRule) -> Self {
        Self { rule, versions: HashMap::new(), tenants: HashMap::new() }
    }

    /// Counts a strike, and answers whether the version is now set aside.
    pub fn strike(&mut self, tenant: Tenant, version: &str, now: Instant) -> bool {
        self.forget_old(now);
        self.tenants.insert(tenant, now);
        let rule = self.rule;
        let record = self.versions.entry((tenant, version.to_owned())).or_default();
        record.strikes.push_back(now);
        while record.strikes.front().is_some_and(|strike| now.duration_since(*strike) > rule.within) {
            record.strikes.pop_front();
        }
        let is_on_probation = record.set_aside_until.is_some_and(|until| now < until + rule.within);
        let is_set_aside = is_on_probation || record.strikes.len() >= rule.n_strikes;
        if is_set_aside {
            record.set_aside_until = Some(now + rule.set_aside_for);
        }
        is_set_aside
    }

    /// For how much longer the version is set aside, if it is.
    #[must_use]
    pub fn set_aside(&self, tenant: Tenant, version: &str, now: Instant) -> Option<Duration> {
        // Almost always nobody has struck at all: do not copy the version's name to find that out.
        if self.versions.is_empty() {
            return None;
        }
        let until = self.versions.get(&(tenant, version.to_owned()))?.set_aside_until?;
        until.checked_duration_since(now).filter(|left| !left.is_zero())
    }

    /// Whether any policy of the tenant struck lately.
    #[must_use]
    pub fn is_penalised(&self, tenant: Tenant, now: Instant) -> bool {
        self.tenants.get(&tenant).is_some_and(|last| now.duration_since(*last) <= self.rule.within)
    }

    fn forget_old(&mut self, now: Instant) {
        if self.versions.len() < MAX_REMEMBERED {
            return;
        }
        let StrikeRule { within, .. } = self.rule;
        self.tenants.retain(|_, last| now.duration_since(*last) <= within);
        self.versions.retain(|_, record| {
            record.strikes.back().is_some_and(|last| now.duration_since(*last) <= within)
                || record.set_aside_until.is_some_and(|until| now < until + within)
        });
    }
}

#[cfg(test)]
mod tests {
    use types::CommunityId;

    use super::*;
    use crate::workers::Priority;

    const TENANT: Tenant = (CommunityId::NIL, Priority::Deciding);
    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn three_strikes_in_five_minutes_set_a_version_aside_and_time_releases_it() {
        let mut strikes = Strikes::new(StrikeRule::default());
        let start = Instant::now();
        assert!(!strikes.strike(TENANT, "v", start));
        assert!(!strikes.strike(TENANT, "v", start + MINUTE));
        assert_eq!(strikes.set_aside(TENANT, "v", start + MINUTE), None);
        assert!(strikes.strike(TENANT, "v", start + 2 * MINUTE));
        assert_eq!(strikes.set_aside(TENANT, "v", start + 2 * MINUTE), Some(10 * MINUTE));
        assert_eq!(strikes.set_aside(TENANT, "v", start + 12 * MINUTE), None);
        assert!(strikes.strike(TENANT, "v", start + 13 * MINUTE), "on probation one strike is enough");
    }

    #[test]
    fn strikes_far_apart_are_forgiven() {
        let mut strikes = Strikes::new(StrikeRule::default());
        let start = Instant::now();
        assert!((0..10).all(|n| !strikes.strike(TENANT, "v", start + 3 * n * MINUTE)));
    }

    #[test]
    fn simulating_does_not_set_aside_what_decides() {
        let mut strikes = Strikes::new(StrikeRule::default());
        let now = Instant::now();
        for _ in 0..3 {
            strikes.strike((CommunityId::NIL, Priority::Simulating), "v", now);
        }
        assert_eq!(strikes.set_aside(TENANT, "v", now), None);
        assert!(!strikes.is_penalised(TENANT, now));
    }
}
