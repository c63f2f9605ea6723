//! Clients in a hurry: nothing waits for Adobe's rate, and pauses are shorter by a factor. Thousands of sign-ins fit into a test then.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::Duration,
};

use couchpass_jni::testing;
use device_auth::{Clock, Governor, Limits, SystemClock, Timestamp, Wait};

static FACTOR: AtomicU32 = AtomicU32::new(1);
static REQUESTS: AtomicI64 = AtomicI64::new(0);

/// One for the process, as it ships, but for its rate.
static GOVERNOR: LazyLock<Arc<Governor>> = LazyLock::new(|| {
    let limits = Limits { interval: Duration::from_nanos(1), burst: 1000, caution: Duration::ZERO };
    Arc::new(Governor::new(limits, Arc::new(SystemClock::new())))
});

/// All clients that are made from now on.
pub(crate) fn hurry(factor: u32) {
    FACTOR.store(factor.max(1), Ordering::Relaxed);
    testing::change_clients(|builder| {
        builder
            .governor(Arc::clone(&GOVERNOR))
            .clock(Arc::new(Hurried::new()))
            .metrics(|_| _ = REQUESTS.fetch_add(1, Ordering::Relaxed))
    });
}

/// How many requests these clients have made.
pub(crate) fn requests() -> i64 {
    REQUESTS.load(Ordering::Relaxed)
}

/// The machine's time of day, and pauses that pass so many times faster. What bounds a request is as long as ever.
#[derive(Debug)]
struct Hurried {
    system: SystemClock,
    factor: u32,
}

impl Hurried {
    fn new() -> Self {
        Self { system: SystemClock::new(), factor: FACTOR.load(Ordering::Relaxed) }
    }
}

impl Clock for Hurried {
    fn now(&self) -> Timestamp {
        self.system.now()
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic() * self.factor
    }

    fn sleep(&self, how_long: Duration) -> Wait {
        Box::pin(tokio::time::sleep(how_long / self.factor))
    }

    fn timeout(&self, how_long: Duration) -> Wait {
        self.system.timeout(how_long)
    }
}
