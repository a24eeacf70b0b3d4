//! How much each community may try: trying gives way to decisions anyway, but not to other communities' trying.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use types::CommunityId;

use super::SimulateError;

/// How long a window is.
const WINDOW: Duration = Duration::from_secs(60);

/// How long a community's simulations may take of the workers in one window. A few people who type all the time use a third of
/// it; a backtest that begins within it may go beyond.
const WORK_PER_WINDOW: Duration = Duration::from_secs(40);

/// Most large questions (backtests, populations, searches) of one community at once.
const MOST_AT_ONCE: u32 = 3;

/// What communities have used.
#[derive(Clone, Default)]
pub struct Allowances(Arc<Mutex<HashMap<CommunityId, Used>>>);

#[derive(Clone, Copy)]
struct Used {
    since: Instant,
    work: Duration,
    running: u32,
}

/// A question that is being answered. What it took is counted when it is dropped, also where nobody waits any more.
pub struct Asking {
    allowances: Allowances,
    community: CommunityId,
    begun: Instant,
    is_large: bool,
}

impl Allowances {
    /// Lets a community ask, if it may.
    ///
    /// # Errors
    /// [`SimulateError::Spent`] with the seconds to wait.
    pub fn begin(&self, community: CommunityId, is_large: bool) -> Result<Asking, SimulateError> {
        let now = Instant::now();
        let mut all = self.lock();
        all.retain(|_, used| used.running > 0 || now.duration_since(used.since) < WINDOW);
        let used = all.entry(community).or_insert(Used { since: now, work: Duration::ZERO, running: 0 });
        if now.duration_since(used.since) >= WINDOW {
            (used.since, used.work) = (now, Duration::ZERO);
        }
        let left = WINDOW.saturating_sub(now.duration_since(used.since)).as_secs().max(1);
        if used.work >= WORK_PER_WINDOW || (is_large && used.running >= MOST_AT_ONCE) {
            return Err(SimulateError::Spent { seconds: left });
        }
        if is_large {
            used.running = used.running.saturating_add(1);
        }
        Ok(Asking { allowances: self.clone(), community, begun: now, is_large })
    }

    /// How much of its share a community has left, in percent.
    #[must_use]
    pub fn left(&self, community: CommunityId) -> u32 {
        let all = self.lock();
        let Some(used) = all.get(&community).filter(|used| used.since.elapsed() < WINDOW) else { return 100 };
        let left =
            WORK_PER_WINDOW.saturating_sub(used.work).as_millis().saturating_mul(100) / WORK_PER_WINDOW.as_millis();
        u32::try_from(left).unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CommunityId, Used>> {
        // Only counts: what a panic leaves behind is still right enough.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let mut all = self.allowances.lock();
        if let Some(used) = all.get_mut(&self.community) {
            used.work = used.work.saturating_add(self.begun.elapsed());
            if self.is_large {
                used.running = used.running.saturating_sub(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_community_waits_and_others_do_not() {
        let allowances = Allowances::default();
        let (one, other) = (CommunityId(uuid::Uuid::from_u128(1)), CommunityId(uuid::Uuid::from_u128(2)));
        let large: Vec<_> = (0..MOST_AT_ONCE).map(|_| allowances.begin(one, true).unwrap()).collect();
        assert!(matches!(allowances.begin(one, true), Err(SimulateError::Spent { .. })));
        assert!(allowances.begin(one, false).is_ok(), "small questions go on");
        assert!(allowances.begin(other, true).is_ok());
        drop(large);
        assert!(allowances.begin(one, true).is_ok());
        allowances.lock().get_mut(&one).unwrap().work = WORK_PER_WINDOW;
        assert!(matches!(allowances.begin(one, false), Err(SimulateError::Spent { .. })));
        assert_eq!(allowances.left(one), 0);
        assert!(allowances.left(other) >= 90);
    }
}
