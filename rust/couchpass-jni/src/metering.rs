//! What happens in a client, for those who collect it: bounded for each of them, and nothing at all before anybody does.

use std::sync::OnceLock;

use tokio::sync::broadcast::{self, error::RecvError};

/// How many wait for one who collects slowly. A start makes five requests and then one each few seconds, so this is minutes.
const WAITING: usize = 64;

/// Where it is told.
pub(crate) struct Metering<T> {
    /// Made for the first who collects.
    told: OnceLock<broadcast::Sender<T>>,
}

impl<T: Clone> Metering<T> {
    pub(crate) fn new() -> Self {
        Self { told: OnceLock::new() }
    }

    /// Tells of it, if anybody wants to know.
    pub(crate) fn tell(&self, of: &T) {
        if let Some(told) = self.told.get() {
            // Everybody may have left.
            let _ = told.send(of.clone());
        }
    }

    /// Collects what is told from now on.
    pub(crate) fn collect(&self) -> Collected<T> {
        let told = self.told.get_or_init(|| broadcast::Sender::new(WAITING));
        Collected { told: told.subscribe() }
    }
}

/// What has been told since somebody began to collect.
pub(crate) struct Collected<T> {
    told: broadcast::Receiver<T>,
}

impl<T: Clone> Collected<T> {
    /// Waits for the next one, and tells how many before it were dropped because nobody came for them. `None` when nothing can
    /// be told any more.
    pub(crate) async fn next(&mut self) -> Option<(T, u64)> {
        let mut missed = 0;
        loop {
            match self.told.recv().await {
                Ok(of) => return Some((of, missed)),
                Err(RecvError::Lagged(count)) => missed += count,
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_who_collect_get_what_is_told_from_then_on() {
        let metering = Metering::new();
        metering.tell(&1);
        assert!(metering.told.get().is_none(), "nothing is kept for nobody");
        let mut first = metering.collect();
        metering.tell(&2);
        let mut second = metering.collect();
        metering.tell(&3);
        assert_eq!(first.next().await, Some((2, 0)));
        assert_eq!(first.next().await, Some((3, 0)));
        assert_eq!(second.next().await, Some((3, 0)));
    }

    #[tokio::test]
    async fn whoever_is_slow_loses_the_oldest_and_is_told_how_many() {
        let metering = Metering::new();
        let mut slow = metering.collect();
        let all = i64::try_from(WAITING).unwrap() + 10;
        for number in 0..all {
            metering.tell(&number);
        }
        assert_eq!(slow.next().await, Some((10, 10)));
        for number in 11..all {
            assert_eq!(slow.next().await, Some((number, 0)));
        }
        drop(metering);
        assert_eq!(slow.next().await, None);
    }
}
