//! Where time and new ids come from. Both are passed in, so that a test or a demo decides what time it is.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rand::RngExt;
use types::Timestamp;
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The system's clock, set forward by whoever shows a demo and does not want to wait seven days.
#[derive(Debug, Default)]
pub struct DemoClock {
    ahead_ms: AtomicI64,
}

impl DemoClock {
    /// A clock that is `ahead` of the system's, as it was left before a restart.
    #[must_use]
    pub fn ahead_by(ahead: Duration) -> Self {
        Self { ahead_ms: AtomicI64::new(millis(ahead)) }
    }

    /// Moves the clock forward, and answers with the new time. It never goes back: deadlines that have passed stay passed.
    pub fn advance(&self, by: Duration) -> Timestamp {
        self.ahead_ms.fetch_add(millis(by), Ordering::SeqCst);
        self.now()
    }

    /// Sets the clock back, to play the past of a demo community that is being founded. Never once there is one.
    pub fn rewind(&self, by: Duration) {
        self.ahead_ms.fetch_sub(millis(by), Ordering::SeqCst);
    }

    /// How far behind the system's clock this is.
    #[must_use]
    pub fn behind(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.ahead_ms.load(Ordering::SeqCst).saturating_neg()).unwrap_or(0))
    }

    /// How far ahead of the system's clock this is.
    #[must_use]
    pub fn ahead(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.ahead_ms.load(Ordering::SeqCst)).unwrap_or(0))
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0.saturating_add(self.ahead_ms.load(Ordering::SeqCst)))
    }
}

/// A clock that stands still until it is told otherwise: for tests and replays.
#[derive(Debug)]
pub struct FixedClock {
    now_ms: AtomicI64,
}

impl FixedClock {
    /// A clock that says `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { now_ms: AtomicI64::new(now.0) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.now_ms.fetch_add(millis(by), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now_ms.load(Ordering::SeqCst))
    }
}

/// A length in whole milliseconds, at most 100 years, so that sums stay far from the end of the numbers.
fn millis(length: Duration) -> i64 {
    const CENTURY_MS: i64 = 100 * 366 * 24 * 3600 * 1000;
    i64::try_from(length.as_millis()).unwrap_or(CENTURY_MS).min(CENTURY_MS)
}

/// Makes new ids. Ids made later sort later.
pub trait IdSource: Send + Sync {
    /// A UUID that was never given out before.
    fn uuid(&self) -> Uuid;
}

impl dyn IdSource + '_ {
    /// A new id of the wanted kind: `let action: ActionId = ids.next();`.
    #[must_use]
    pub fn next<T: From<Uuid>>(&self) -> T {
        self.uuid().into()
    }
}

/// UUIDs of version 7: the clock's milliseconds, then random bits.
///
/// Within one millisecond the random part is counted up, so ids of one process sort in the order in which they were made.
///
/// # Source
/// RFC 9562, section 6.2, method 2.
pub struct TimeOrderedIds {
    clock: Arc<dyn Clock>,
    last: Mutex<(u64, u128)>,
}

impl TimeOrderedIds {
    /// Ids that carry the time of `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, last: Mutex::new((0, 0)) }
    }
}

impl IdSource for TimeOrderedIds {
    fn uuid(&self) -> Uuid {
        let now_ms = u64::try_from(self.clock.now().0).unwrap_or(0);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not make ids that sort before the earlier ones.
        *last = if now_ms > last.0 { (now_ms, fresh_tail()) } else { (last.0, last.1.wrapping_add(1) & TAIL_MASK) };
        version_7(last.0, last.1)
    }
}

/// The 74 bits of a version 7 UUID that are neither time nor version nor variant.
const TAIL_MASK: u128 = (1 << 74) - 1;

/// A random tail. Its highest bit is 0, so that counting up within a millisecond never wraps.
fn fresh_tail() -> u128 {
    rand::rng().random::<u128>() & (TAIL_MASK >> 1)
}

fn version_7(unix_ms: u64, tail: u128) -> Uuid {
    const VERSION: u128 = 7 << 76;
    const VARIANT: u128 = 0b10 << 62;
    let upper = (tail >> 62) << 64;
    let lower = tail & ((1 << 62) - 1);
    Uuid::from_u128((u128::from(unix_ms) << 80) | VERSION | upper | VARIANT | lower)
}

/// The ids 1, 2, 3, …: for tests and replays, whose snapshots must not change from run to run.
#[derive(Debug, Default)]
pub struct CountedIds {
    last: AtomicU64,
}

impl IdSource for CountedIds {
    fn uuid(&self) -> Uuid {
        version_7(0, u128::from(self.last.fetch_add(1, Ordering::SeqCst) + 1))
    }
}

#[cfg(test)]
mod tests {
    use types::ActionId;

    use super::*;

    #[test]
    fn ids_of_one_moment_are_distinct_and_sort_in_order() {
        let clock = Arc::new(FixedClock::at(Timestamp::from_millis(1_780_000_000_123)));
        let ids = TimeOrderedIds::new(clock.clone());
        let made: Vec<Uuid> = (0..1_000)
            .map(|n| {
                if n == 500 {
                    clock.advance(Duration::from_millis(1));
                }
                ids.uuid()
            })
            .collect();
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(made.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
        assert_eq!(made[0].as_u128() >> 80, 1_780_000_000_123);
    }

    #[test]
    fn counted_ids_are_the_same_in_every_run() {
        let ids: Box<dyn IdSource> = Box::new(CountedIds::default());
        let (first, second): (ActionId, ActionId) = (ids.next(), ids.next());
        assert_eq!(first.to_string(), "00000000-0000-7000-8000-000000000001");
        assert_eq!(second.to_string(), "00000000-0000-7000-8000-000000000002");
    }

    #[test]
    fn a_demo_clock_only_goes_forward() {
        let clock = DemoClock::ahead_by(Duration::from_secs(60));
        let before = clock.now();
        assert!(clock.advance(Duration::from_secs(7 * 86_400)).since(before) >= Duration::from_secs(7 * 86_400));
        assert_eq!(clock.ahead(), Duration::from_secs(60 + 7 * 86_400));
    }
}
