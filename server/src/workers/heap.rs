//! A heap with a limit: the only way to bound what the interpreter allocates, since it counts neither strings nor buffers.
#![expect(unsafe_code, reason = "a global allocator, and ending the process from within it, cannot be had without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering};

/// How a worker ends that used more than its heap.
pub const EXIT_OUT_OF_MEMORY: i32 = 77;

/// Bytes allowed; 0 is no limit, and then nothing is counted.
static LIMIT: AtomicIsize = AtomicIsize::new(0);

/// Bytes in use, counted from the moment the limit was set: less than nothing where older ones have been freed since.
static LIVE: AtomicIsize = AtomicIsize::new(0);

/// The system's heap, with a limit once [`set_limit`] has been called.
///
/// In the server, which never calls it, the cost is one relaxed load for each allocation.
pub struct LimitedHeap;

/// Ends the process with [`EXIT_OUT_OF_MEMORY`] as soon as it holds more than `bytes` beyond what it holds now.
pub fn set_limit(bytes: usize) {
    LIMIT.store(isize::try_from(bytes).unwrap_or(isize::MAX), Ordering::Relaxed);
}

/// Bytes in use, counted from the moment the limit was set.
#[must_use]
pub fn live_bytes() -> u64 {
    u64::try_from(LIVE.load(Ordering::Relaxed)).unwrap_or(0)
}

/// Counts `more` bytes, and ends the process if that is too much. A process must not unwind out of its allocator, and
/// returning null would abort it, which could not be told from a stack that overflowed.
fn grow(more: usize) {
    let limit = LIMIT.load(Ordering::Relaxed);
    if limit == 0 {
        return;
    }
    let more = isize::try_from(more).unwrap_or(isize::MAX);
    if LIVE.fetch_add(more, Ordering::Relaxed).saturating_add(more) > limit {
        // SAFETY: `_exit` takes no pointers, runs no handlers and does not return.
        unsafe { libc::_exit(EXIT_OUT_OF_MEMORY) }
    }
}

fn shrink(less: usize) {
    if LIMIT.load(Ordering::Relaxed) != 0 {
        LIVE.fetch_sub(isize::try_from(less).unwrap_or(isize::MAX), Ordering::Relaxed);
    }
}

// SAFETY: every call is passed on unchanged to the system's allocator, which keeps the contract; counting touches only
// two atomics and never allocates.
unsafe impl GlobalAlloc for LimitedHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promises, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promises, passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        shrink(layout.size());
        // SAFETY: the caller's promises, passed on.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if new_size >= layout.size() {
            grow(new_size - layout.size());
        } else {
            shrink(layout.size() - new_size);
        }
        // SAFETY: the caller's promises, passed on.
        unsafe { System.realloc(block, layout, new_size) }
    }
}
