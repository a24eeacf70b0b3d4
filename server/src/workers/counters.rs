//! What the pool has done so far: for metrics, tests and the operator's page.

use std::sync::atomic::{AtomicU64, Ordering};

/// Declares the counters once, live and as read.
macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// Counts, as they go up.
        #[derive(Debug, Default)]
        pub struct Counters {$(pub(super) $name: AtomicU64,)+}

        /// Counts, at one moment.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counts {$($(#[$doc])* pub $name: u64,)+}

        impl Counters {
            /// The counts now.
            #[must_use]
            pub fn read(&self) -> Counts {
                Counts {$($name: self.$name.load(Ordering::Relaxed),)+}
            }
        }

        impl Counts {
            /// Each count with its name, for an exporter.
            #[must_use]
            pub fn named(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name),)+]
            }
        }
    };
}

counters! {
    /// Requests answered by a worker.
    answered,
    /// Requests refused because their community had too many waiting.
    refused_busy,
    /// Requests refused because the policy version is set aside.
    refused_quarantined,
    /// Policy versions set aside.
    quarantined,
    /// Workers ended because of time.
    ended_time,
    /// Workers that ended for lack of memory.
    ended_memory,
    /// Workers that crashed, broke a rule of the sandbox, or answered garbage.
    ended_crash,
    /// Workers lost through no fault of a policy.
    lost,
    /// Requests put to a second worker.
    retried,
    /// Times that a worker was given more time because the machine, not the policy, was busy.
    extended,
    /// Workers started.
    started,
    /// Workers replaced because of age or growth.
    recycled,
    /// Microseconds that requests have waited for a worker.
    waited_us,
    /// Microseconds that workers have been busy.
    busy_us,
}

/// Counts one.
pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Adds a length of time, in microseconds.
pub(super) fn add(counter: &AtomicU64, length: std::time::Duration) {
    counter.fetch_add(u64::try_from(length.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
}
