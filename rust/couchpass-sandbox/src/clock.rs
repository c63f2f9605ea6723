//! The clock of a sandbox: real, or standing still until a test moves it.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// Milliseconds since 1970, the unit of nearly every instant in REST API v1.
pub type Millis = u64;

/// Where the hands stand, and whether they move.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hands {
    /// Follows the machine's clock, shifted by so many milliseconds.
    Running { offset: i64 },
    /// Stands at this instant.
    Frozen { at: Millis },
}

/// What a sandbox takes for the time. Every lifetime and the throttling go by it, and so does the `Date` of its
/// answers.
///
/// Clones share the same hands. The default is the machine's clock.
///
/// ```
/// use couchpass_sandbox::SandboxClock;
/// use std::time::Duration;
///
/// let clock = SandboxClock::frozen_at(1_700_000_000_000);
/// clock.advance(Duration::from_secs(3));
/// assert_eq!(clock.now(), 1_700_000_003_000);
/// ```
#[derive(Clone, Debug)]
pub struct SandboxClock {
    hands: Arc<watch::Sender<Hands>>,
}

impl Default for SandboxClock {
    fn default() -> Self {
        Self::real()
    }
}

impl SandboxClock {
    /// The machine's clock. It can be shifted with [`advance`](Self::advance) and [`set`](Self::set), and runs on.
    pub fn real() -> Self {
        Self::with(Hands::Running { offset: 0 })
    }

    /// A clock that stands at `at` (milliseconds since 1970) until it is moved.
    pub fn frozen_at(at: Millis) -> Self {
        Self::with(Hands::Frozen { at })
    }

    fn with(hands: Hands) -> Self {
        Self { hands: Arc::new(watch::Sender::new(hands)) }
    }

    /// The time, in milliseconds since 1970.
    pub fn now(&self) -> Millis {
        read(*self.hands.borrow())
    }

    /// Moves the clock forward by `by`.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.hands.send_modify(|hands| match hands {
            Hands::Running { offset } => *offset = offset.saturating_add(by),
            Hands::Frozen { at } => *at = at.saturating_add_signed(by),
        });
    }

    /// Puts the clock at `at` (milliseconds since 1970), backwards too: an instant that a device's clock may disagree
    /// with.
    pub fn set(&self, at: Millis) {
        self.hands.send_modify(|hands| match hands {
            Hands::Running { offset } => *offset = (at as i64).saturating_sub(machine() as i64),
            Hands::Frozen { at: standing } => *standing = at,
        });
    }

    /// Stops the clock where it is.
    pub fn freeze(&self) {
        self.hands.send_modify(|hands| *hands = Hands::Frozen { at: read(*hands) });
    }

    /// Lets the clock run on from where it is.
    pub fn run(&self) {
        self.hands.send_modify(|hands| {
            *hands = Hands::Running { offset: (read(*hands) as i64).saturating_sub(machine() as i64) };
        });
    }

    /// Whether the clock stands until it is moved.
    pub fn is_frozen(&self) -> bool {
        matches!(*self.hands.borrow(), Hands::Frozen { .. })
    }

    /// How the hands are now, for [`put`](Self::put).
    pub(crate) fn hands(&self) -> Hands {
        *self.hands.borrow()
    }

    pub(crate) fn put(&self, hands: Hands) {
        self.hands.send_replace(hands);
    }

    /// Returns once the clock has reached `at`: after that time on a running clock, when a test moves it on a frozen
    /// one.
    pub(crate) async fn wait_until(&self, at: Millis) {
        let mut moves = self.hands.subscribe();
        loop {
            let hands = *moves.borrow_and_update();
            let left = at.saturating_sub(read(hands));
            if left == 0 {
                return;
            }
            // A change is awaited in both cases: a running clock can be shifted, too. The sender lives in `self`.
            match hands {
                Hands::Frozen { .. } => _ = moves.changed().await,
                Hands::Running { .. } => {
                    _ = tokio::time::timeout(Duration::from_millis(left), moves.changed()).await;
                }
            }
        }
    }
}

fn read(hands: Hands) -> Millis {
    match hands {
        Hands::Running { offset } => machine().saturating_add_signed(offset),
        Hands::Frozen { at } => at,
    }
}

fn machine() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
