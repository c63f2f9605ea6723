//! Asking again until a person has acted: at an interval with jitter, up to a deadline.

use std::{ops::RangeInclusive, time::Duration};

use crate::Timestamp;

/// When to ask next.
///
/// The pause before each question is drawn anew from the interval, so that a million televisions do not ask in step.
/// It is never shorter than the interval's lower end: near the deadline there is one question fewer, not a faster one.
#[derive(Clone, Debug)]
pub struct Polling {
    interval: RangeInclusive<Duration>,
    deadline: Timestamp,
    random: fastrand::Rng,
}

impl Polling {
    /// Asks at this interval until the deadline; `random` draws the jitter.
    #[must_use]
    pub fn new(interval: RangeInclusive<Duration>, deadline: Timestamp, random: fastrand::Rng) -> Self {
        Self { interval, deadline, random }
    }

    /// How long to pause before the next question, or `None` when the deadline leaves no room for one.
    pub fn pause(&mut self, now: Timestamp) -> Option<Duration> {
        let millis = |duration: &Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let (least, most) = (millis(self.interval.start()), millis(self.interval.end()));
        let left = millis(&self.deadline.since(now));
        (left >= least).then(|| Duration::from_millis(self.random.u64(least..=most.max(least)).min(left)))
    }

    /// When asking becomes pointless.
    #[must_use]
    pub fn deadline(&self) -> Timestamp {
        self.deadline
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pauses_stay_in_the_interval_and_end_by_the_deadline(seed: u64, lifetime in 0_u64..3_600_000) {
            let interval = Duration::from_secs(3)..=Duration::from_secs(5);
            let deadline = Timestamp::from_millis(i64::try_from(lifetime).unwrap());
            let mut polling = Polling::new(interval.clone(), deadline, fastrand::Rng::with_seed(seed));
            let mut now = Timestamp::default();
            while let Some(pause) = polling.pause(now) {
                prop_assert!(interval.contains(&pause));
                now = now.plus(pause);
                prop_assert!(now <= deadline);
            }
            prop_assert!(deadline.since(now) < Duration::from_secs(3));
        }
    }
}
