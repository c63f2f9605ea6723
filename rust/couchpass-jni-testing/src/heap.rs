//! The memory that Rust has: every allocation of the library is counted, so that a leak is a number and not a trend.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicI64, Ordering::Relaxed},
};

/// The system's allocator, which is what the shipping library uses, and the counts beside it.
struct Counting {
    live_bytes: AtomicI64,
    live_blocks: AtomicI64,
    /// All that was ever asked for.
    total_bytes: AtomicI64,
}

#[global_allocator]
static HEAP: Counting = Counting {
    live_bytes: AtomicI64::new(0),
    live_blocks: AtomicI64::new(0),
    total_bytes: AtomicI64::new(0),
};

/// Bytes that are in use.
pub(crate) fn live_bytes() -> i64 {
    HEAP.live_bytes.load(Relaxed)
}

/// Allocations that are in use.
pub(crate) fn live_blocks() -> i64 {
    HEAP.live_blocks.load(Relaxed)
}

/// Bytes that were allocated since the library was loaded.
pub(crate) fn total_bytes() -> i64 {
    HEAP.total_bytes.load(Relaxed)
}

/// No allocation has more bytes than this.
fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

impl Counting {
    fn given(&self, block: *mut u8, size: usize) -> *mut u8 {
        if !block.is_null() {
            self.live_bytes.fetch_add(signed(size), Relaxed);
            self.live_blocks.fetch_add(1, Relaxed);
            self.total_bytes.fetch_add(signed(size), Relaxed);
        }
        block
    }

    fn taken(&self, size: usize) {
        self.live_bytes.fetch_sub(signed(size), Relaxed);
        self.live_blocks.fetch_sub(1, Relaxed);
    }
}

// SAFETY: all of it is done by the system's allocator, with what the caller has passed; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the system's own conditions.
        self.given(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        self.given(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) };
        self.taken(layout.size());
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        let grown = unsafe { System.realloc(block, layout, size) };
        if !grown.is_null() {
            self.taken(layout.size());
        }
        self.given(grown, size)
    }
}
