//! Time as a seam: what is the time, and wake me later. Production uses the system's, tests move their own.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

/// An instant of the wall clock, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant and a while, at the most the last instant there is.
    #[must_use]
    pub fn plus(self, while_: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(while_.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This instant less a while.
    #[must_use]
    pub fn minus(self, while_: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(while_.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; nothing if it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms since 1970", self.0)
    }
}

/// A wait that ends by itself; dropping it ends it at once.
pub type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What time it is, and how to let some pass.
///
/// There are two ways to wait because a test treats them differently: a [`sleep`](Clock::sleep) is all that its task
/// is doing, so a test may skip it; a [`timeout`](Clock::timeout) bounds something else that is going on, so a test
/// must not.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The wall clock. It may jump.
    fn now(&self) -> Timestamp;
    /// The time since a fixed moment; never goes back.
    fn monotonic(&self) -> Duration;
    /// Waits because it is too early to go on.
    fn sleep(&self, how_long: Duration) -> Wait;
    /// Waits until something else has taken too long.
    fn timeout(&self, how_long: Duration) -> Wait;
}

/// The machine's clock; its waits need a running tokio timer.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: std::time::Instant,
}

impl SystemClock {
    /// A clock whose monotonic time starts now.
    #[must_use]
    pub fn new() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock before 1970 is a device that has not been told the time yet: the epoch itself is as good.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, how_long: Duration) -> Wait {
        Box::pin(tokio::time::sleep(how_long))
    }

    fn timeout(&self, how_long: Duration) -> Wait {
        Box::pin(tokio::time::sleep(how_long))
    }
}
