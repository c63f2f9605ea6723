//! The rate governor: no more requests than the service allows, the urgent ones first, silence after a refusal.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{Clock, Timestamp};

/// Who goes first when there is not room for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// A viewer waits for it: playback, and the first steps of a sign-in.
    Playback,
    /// Asking whether somebody has acted elsewhere.
    Polling,
    /// Nobody waits: preauthorization, refreshing a list.
    Preauthorization,
}

/// What a service allows: a steady rate, and a number of requests ahead of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time that one request costs at the steady rate.
    pub interval: Duration,
    /// How many requests may go at once after a quiet while of `interval × burst`; at least 1.
    pub burst: u32,
    /// After a refusal there is no burst for this long: the service counts otherwise than we do, or somebody else
    /// spends from the same allowance.
    pub caution: Duration,
}

impl Limits {
    fn window(&self, burst: u32) -> Duration {
        self.interval * burst.max(1)
    }
}

/// What passing the governor cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// The time spent waiting for room.
    pub waited: Duration,
}

/// One allowance, shared by everything in the process that sends from the same address.
///
/// Internally there is a single number, the moment at which the allowance is whole again: each request pushes it one
/// interval further, and a request may go as long as that moment is no further away than the burst is worth.
#[derive(Debug)]
pub struct Governor {
    limits: Limits,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// When the allowance is whole again, by the monotonic clock.
    whole_at: Duration,
    /// Nothing goes before this.
    silent_until: Duration,
    /// No burst before this.
    cautious_until: Duration,
    queue: BTreeSet<(Priority, u64)>,
    arrivals: u64,
}

impl Governor {
    /// A governor with its whole allowance.
    #[must_use]
    pub fn new(limits: Limits, clock: Arc<dyn Clock>) -> Self {
        Self { limits, clock, state: Mutex::default(), changed: Notify::new() }
    }

    /// Waits for room and takes it. Dropping the future gives the place in the queue to the next.
    pub async fn admit(&self, priority: Priority) -> Admission {
        let asked = self.clock.monotonic();
        let place = self.queue_up(priority);
        loop {
            let change = self.changed.notified();
            match self.try_take(&place) {
                Attempt::Taken => break,
                Attempt::NotFirst => change.await,
                Attempt::TooEarly(wait) => tokio::select! {
                    () = self.clock.sleep(wait) => {}
                    () = change => {}
                },
            }
        }
        Admission { waited: self.clock.monotonic().saturating_sub(asked) }
    }

    /// The service has refused a request: nothing goes for `silence`, and no burst for a while.
    pub fn refused(&self, silence: Duration) {
        let now = self.clock.monotonic();
        let mut state = self.lock();
        state.silent_until = state.silent_until.max(now + silence);
        state.cautious_until = state.cautious_until.max(now + self.limits.caution);
        drop(state);
        self.changed.notify_waiters();
    }

    /// When the allowance will be whole again, to be remembered across a restart.
    #[must_use]
    pub fn whole_at(&self) -> Timestamp {
        let ahead = self.lock().whole_at.saturating_sub(self.clock.monotonic());
        self.clock.now().plus(ahead)
    }

    /// What an earlier process remembered: the burst is not spent again before it has come back. Once this governor has
    /// admitted something it knows better itself.
    ///
    /// A moment further away than a whole allowance takes to return means that the wall clock was set back; it counts
    /// as a whole allowance.
    pub fn remember(&self, whole_at: Timestamp) {
        let ahead = whole_at.since(self.clock.now()).min(self.limits.window(self.limits.burst));
        let mut state = self.lock();
        if state.arrivals > 0 {
            return;
        }
        state.whole_at = state.whole_at.max(self.clock.monotonic() + ahead);
    }

    /// What an earlier process has noted of its last refusal: the caution lasts as long as if it were the same process. One
    /// that lies ahead was noted before the wall clock was set back; it counts as of now.
    pub fn remember_refusal(&self, refused: Timestamp) {
        let left = self.limits.caution.saturating_sub(self.clock.now().since(refused));
        if !left.is_zero() {
            let mut state = self.lock();
            state.cautious_until = state.cautious_until.max(self.clock.monotonic() + left);
        }
    }

    fn queue_up(&self, priority: Priority) -> Place<'_> {
        let mut state = self.lock();
        state.arrivals += 1;
        let ticket = (priority, state.arrivals);
        state.queue.insert(ticket);
        Place { governor: self, ticket }
    }

    fn try_take(&self, place: &Place<'_>) -> Attempt {
        let now = self.clock.monotonic();
        let mut state = self.lock();
        if state.queue.first() != Some(&place.ticket) {
            return Attempt::NotFirst;
        }
        let burst = if now < state.cautious_until { 1 } else { self.limits.burst };
        let whole_after = state.whole_at.max(now) + self.limits.interval;
        let opens = whole_after.saturating_sub(self.limits.window(burst)).max(state.silent_until);
        if opens > now {
            return Attempt::TooEarly(opens - now);
        }
        state.whole_at = whole_after;
        Attempt::Taken
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Attempt {
    Taken,
    NotFirst,
    TooEarly(Duration),
}

/// A place in the queue, left when it is dropped.
struct Place<'g> {
    governor: &'g Governor,
    ticket: (Priority, u64),
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.governor.lock().queue.remove(&self.ticket);
        self.governor.changed.notify_waiters();
    }
}

#[cfg(all(test, feature = "virtual-clock"))]
mod tests {
    use futures_util::{FutureExt, future::join_all};
    use proptest::prelude::*;

    use super::*;
    use crate::VirtualClock;

    const LIMITS: Limits =
        Limits { interval: Duration::from_secs(1), burst: 10, caution: Duration::from_secs(600) };

    fn governor(clock: &VirtualClock) -> Governor {
        Governor::new(LIMITS, Arc::new(clock.clone()))
    }

    fn running() -> VirtualClock {
        let clock = VirtualClock::held_at(Timestamp::from_millis(1_700_000_000_000));
        clock.run();
        clock
    }

    async fn waits(governor: &Governor, times: usize) -> Vec<u128> {
        let mut waits = Vec::new();
        for _ in 0..times {
            waits.push(governor.admit(Priority::Playback).await.waited.as_millis());
        }
        waits
    }

    #[tokio::test]
    async fn ten_go_at_once_and_then_one_a_second() {
        let clock = running();
        assert_eq!(waits(&governor(&clock), 12).await, [[0; 10].as_slice(), &[1_000, 1_000]].concat());
    }

    #[tokio::test]
    async fn the_burst_comes_back_after_ten_quiet_seconds() {
        let clock = running();
        let governor = governor(&clock);
        waits(&governor, 10).await;
        clock.advance(Duration::from_secs(4));
        assert_eq!(waits(&governor, 5).await, [0, 0, 0, 0, 1_000]);
        clock.advance(Duration::from_secs(10));
        assert_eq!(waits(&governor, 10).await, [0; 10]);
    }

    #[tokio::test]
    async fn after_a_refusal_there_is_silence_and_then_no_burst() {
        let clock = running();
        let governor = governor(&clock);
        waits(&governor, 1).await;
        governor.refused(Duration::from_secs(1));
        assert_eq!(waits(&governor, 3).await, [1_000, 1_000, 1_000]);
        clock.advance(Duration::from_secs(20));
        assert_eq!(waits(&governor, 2).await, [0, 1_000]);
        clock.advance(Duration::from_secs(600));
        assert_eq!(waits(&governor, 10).await, [0; 10]);
    }

    #[tokio::test]
    async fn playback_overtakes_polling_and_polling_preauthorization() {
        let clock = VirtualClock::held_at(Timestamp::default());
        let governor = governor(&clock);
        waits(&governor, 10).await;
        let order = Mutex::new(Vec::new());
        let ask = async |priority| {
            governor.admit(priority).await;
            order.lock().unwrap().push(priority);
        };
        let mut all = Box::pin(join_all([
            ask(Priority::Preauthorization),
            ask(Priority::Polling),
            ask(Priority::Playback),
        ]));
        assert!(all.as_mut().now_or_never().is_none(), "there was no room");
        clock.run();
        all.await;
        assert_eq!(
            *order.lock().unwrap(),
            [Priority::Playback, Priority::Polling, Priority::Preauthorization]
        );
    }

    #[tokio::test]
    async fn whoever_gives_up_leaves_the_queue() {
        let clock = VirtualClock::held_at(Timestamp::default());
        let governor = governor(&clock);
        waits(&governor, 10).await;
        assert!(governor.admit(Priority::Playback).now_or_never().is_none());
        clock.run();
        assert_eq!(governor.admit(Priority::Preauthorization).await.waited, Duration::from_secs(1));
    }

    #[tokio::test]
    async fn a_restart_does_not_win_a_second_burst() {
        let clock = running();
        let before = governor(&clock);
        waits(&before, 10).await;
        clock.advance(Duration::from_secs(3));
        let after = governor(&clock);
        after.remember(before.whole_at());
        assert_eq!(waits(&after, 4).await, [0, 0, 0, 1_000]);
    }

    #[tokio::test]
    async fn a_restart_does_not_forget_a_refusal() {
        let clock = running();
        let refused = clock.now();
        clock.advance(Duration::from_secs(590));
        let after = governor(&clock);
        after.remember_refusal(refused);
        assert_eq!(waits(&after, 2).await, [0, 1_000]);
        clock.advance(Duration::from_secs(10));
        let long_after = governor(&clock);
        long_after.remember_refusal(refused);
        assert_eq!(waits(&long_after, 10).await, [0; 10]);
    }

    #[tokio::test]
    async fn a_clock_that_was_set_back_costs_one_allowance_at_most() {
        let clock = running();
        let governor = governor(&clock);
        governor.remember(clock.now().plus(Duration::from_secs(86_400)));
        assert_eq!(waits(&governor, 2).await, [1_000, 1_000]);
    }

    proptest! {
        /// Whatever the pauses between requests, no stretch of time holds more than its seconds and the burst.
        #[test]
        fn no_stretch_of_time_holds_more_than_is_allowed(pauses in prop::collection::vec(0_u64..4_000, 1..80)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let times = runtime.block_on(async {
                let clock = running();
                let governor = governor(&clock);
                let mut times = Vec::new();
                for pause in &pauses {
                    clock.advance(Duration::from_millis(*pause));
                    governor.admit(Priority::Playback).await;
                    times.push(clock.monotonic());
                }
                times
            });
            for (first, start) in times.iter().enumerate() {
                for (last, end) in times.iter().enumerate().skip(first) {
                    let sent = u64::try_from(last - first + 1).unwrap();
                    prop_assert!(sent <= (*end - *start).as_secs() + 10, "{sent} requests in {:?}", *end - *start);
                }
            }
        }
    }
}
