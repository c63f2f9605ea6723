//! The service's time, as far as its answers tell: a television's own clock may be off by years.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use device_auth::{Clock, Timestamp};

use crate::slot::Slot;

/// `Date` has whole seconds and has been under way for a while: below this, a difference is none.
const TOLERANCE_MILLIS: i64 = 5_000;

/// The local clock, put right by what the answers say.
#[derive(Debug)]
pub(crate) struct ServerTime {
    clock: Arc<dyn Clock>,
    ahead_millis: AtomicI64,
    /// For the time before the first answer of the next start.
    kept: Slot<i64>,
}

impl ServerTime {
    pub(crate) fn new(clock: Arc<dyn Clock>, kept: Slot<i64>) -> Self {
        Self { clock, ahead_millis: AtomicI64::new(kept.get()), kept }
    }

    /// What the service's clock shows; before its first answer, what the last start has learnt. Instants that the service has named are
    /// compared with this one.
    pub(crate) fn now(&self) -> Timestamp {
        let local = self.clock.now();
        match self.ahead_millis.load(Ordering::Relaxed) {
            ahead @ 0.. => local.plus(Duration::from_millis(ahead.unsigned_abs())),
            behind => local.minus(Duration::from_millis(behind.unsigned_abs())),
        }
    }

    /// How far the service's clock is ahead of this device's, in milliseconds; negative where it is behind.
    pub(crate) fn ahead_millis(&self) -> i64 {
        self.ahead_millis.load(Ordering::Relaxed)
    }

    /// Takes in the `Date` of an answer.
    pub(crate) fn observe(&self, date: Timestamp) {
        let ahead = date.as_millis().saturating_sub(self.clock.now().as_millis());
        let ahead = if ahead.abs() <= TOLERANCE_MILLIS { 0 } else { ahead };
        if self.ahead_millis.swap(ahead, Ordering::Relaxed).abs_diff(ahead) > TOLERANCE_MILLIS.unsigned_abs()
        {
            log::info!("this device's clock differs from the service's by {} s", ahead / 1_000);
            self.kept.update(|kept| *kept = ahead);
        }
    }
}
