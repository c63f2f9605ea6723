//! A clock for tests: it stands still until the test moves it, or runs as fast as its sleepers let it.

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{Clock, Timestamp, Wait};

/// Time that passes only when a test says so.
///
/// Held, the clock moves by [`advance`](VirtualClock::advance) alone. Let run ([`run`](VirtualClock::run)), each
/// [`sleep`](Clock::sleep) moves it forward to the moment that the sleeper waits for, so hours of polling take no time;
/// a [`timeout`](Clock::timeout) never moves it, since it only bounds something else.
#[derive(Clone)]
pub struct VirtualClock {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    waiting: Notify,
}

type Hook = Box<dyn Fn(Duration) + Send + Sync>;

struct State {
    origin: Timestamp,
    elapsed: Duration,
    running: bool,
    next_id: u64,
    timers: BTreeMap<(Duration, u64), Timer>,
    hooks: Vec<Hook>,
}

struct Timer {
    pacing: bool,
    waker: Waker,
}

impl VirtualClock {
    /// A held clock that shows this instant.
    #[must_use]
    pub fn held_at(origin: Timestamp) -> Self {
        let state = State {
            origin,
            elapsed: Duration::ZERO,
            running: false,
            next_id: 0,
            timers: BTreeMap::new(),
            hooks: Vec::new(),
        };
        Self { shared: Arc::new(Shared { state: Mutex::new(state), waiting: Notify::new() }) }
    }

    /// Calls `hook` with each step that the clock takes, before anyone is woken: for a second clock that must agree.
    pub fn on_advance(&self, hook: impl Fn(Duration) + Send + Sync + 'static) {
        self.lock().hooks.push(Box::new(hook));
    }

    /// Moves the clock and wakes whoever is due.
    pub fn advance(&self, step: Duration) {
        let mut state = self.lock();
        let target = state.elapsed + step;
        state.move_to(target);
    }

    /// From now on sleeps are skipped: each moves the clock to its own end.
    pub fn run(&self) {
        let mut state = self.lock();
        state.running = true;
        for timer in state.timers.values() {
            timer.waker.wake_by_ref();
        }
    }

    /// Stops what [`run`](VirtualClock::run) began.
    pub fn hold(&self) {
        self.lock().running = false;
    }

    /// Waits until somebody sleeps on this clock, and says for how long from now the earliest sleeper will.
    /// Timeouts do not count.
    pub async fn next_sleep(&self) -> Duration {
        loop {
            let arrival = self.shared.waiting.notified();
            if let Some(wait) = self.earliest(true) {
                return wait;
            }
            arrival.await;
        }
    }

    /// Waits until somebody bounds something by this clock, and says how long from now the earliest bound is.
    pub async fn next_timeout(&self) -> Duration {
        loop {
            let arrival = self.shared.waiting.notified();
            if let Some(wait) = self.earliest(false) {
                return wait;
            }
            arrival.await;
        }
    }

    fn earliest(&self, pacing: bool) -> Option<Duration> {
        let state = self.lock();
        let timer = state.timers.iter().find(|(_, timer)| timer.pacing == pacing);
        timer.map(|((due, _), _)| due.saturating_sub(state.elapsed))
    }

    fn wait(&self, how_long: Duration, pacing: bool) -> Wait {
        let mut state = self.lock();
        state.next_id += 1;
        let key = (state.elapsed + how_long, state.next_id);
        Box::pin(VirtualWait { clock: self.clone(), key, pacing })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn move_to(&mut self, target: Duration) {
        if target > self.elapsed {
            let step = target - self.elapsed;
            self.elapsed = target;
            self.hooks.iter().for_each(|hook| hook(step));
        }
        for (_, timer) in self.timers.range(..=(self.elapsed, u64::MAX)) {
            timer.waker.wake_by_ref();
        }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let state = self.lock();
        state.origin.plus(state.elapsed)
    }

    fn monotonic(&self) -> Duration {
        self.lock().elapsed
    }

    fn sleep(&self, how_long: Duration) -> Wait {
        self.wait(how_long, true)
    }

    fn timeout(&self, how_long: Duration) -> Wait {
        self.wait(how_long, false)
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("VirtualClock")
            .field("now", &state.origin.plus(state.elapsed))
            .field("running", &state.running)
            .field("waiting", &state.timers.len())
            .finish()
    }
}

struct VirtualWait {
    clock: VirtualClock,
    key: (Duration, u64),
    pacing: bool,
}

impl Future for VirtualWait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.lock();
        if state.running && self.pacing {
            state.move_to(self.key.0);
        }
        if state.elapsed >= self.key.0 {
            state.timers.remove(&self.key);
            return Poll::Ready(());
        }
        state.timers.insert(self.key, Timer { pacing: self.pacing, waker: context.waker().clone() });
        drop(state);
        self.clock.shared.waiting.notify_waiters();
        Poll::Pending
    }
}

impl Drop for VirtualWait {
    fn drop(&mut self) {
        self.clock.lock().timers.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join;

    use super::*;

    #[tokio::test]
    async fn a_held_clock_wakes_a_sleeper_when_it_is_moved() {
        let clock = VirtualClock::held_at(Timestamp::from_millis(1_000));
        let mover = async {
            assert_eq!(clock.next_sleep().await, Duration::from_secs(5));
            clock.advance(Duration::from_secs(5));
        };
        join(clock.sleep(Duration::from_secs(5)), mover).await;
        assert_eq!(clock.now(), Timestamp::from_millis(6_000));
    }

    #[tokio::test]
    async fn a_running_clock_skips_sleeps_but_not_timeouts() {
        let clock = VirtualClock::held_at(Timestamp::default());
        clock.run();
        let mut bound = clock.timeout(Duration::from_secs(10));
        clock.sleep(Duration::from_secs(9)).await;
        assert!(futures_util::poll!(&mut bound).is_pending());
        clock.sleep(Duration::from_secs(1)).await;
        bound.await;
    }

    #[tokio::test]
    async fn a_second_clock_can_follow() {
        let clock = VirtualClock::held_at(Timestamp::default());
        let follower = Arc::new(Mutex::new(Duration::ZERO));
        let seen = Arc::clone(&follower);
        clock.on_advance(move |step| *seen.lock().unwrap() += step);
        clock.advance(Duration::from_secs(2));
        clock.run();
        clock.sleep(Duration::from_secs(3)).await;
        assert_eq!(*follower.lock().unwrap(), Duration::from_secs(5));
    }
}
